"""OpenSSL's own client, where there is one: it says what others hide."""

import shutil
import subprocess

from tests.absence import not_here


def s_client(port: int, *options: str, said: bytes = b"") -> str:
    """What `openssl s_client` prints of a connection to *port*, on which *said* is said."""
    program = shutil.which("openssl") or not_here("there is no `openssl` on this machine")
    command = [program, "s_client", "-connect", f"127.0.0.1:{port}", *options]
    ran = subprocess.run(command, input=said, capture_output=True, timeout=300, check=False)
    return (ran.stdout + ran.stderr).decode("utf-8", "replace")
