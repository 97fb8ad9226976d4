"""The commands that prepare a hall and that serve it. Who starts one loads no Django for that."""

import sys
from pathlib import Path


def prepare_command(home: Path, seed: int) -> list[str]:
    """What to run to have a hall in *home*. It ends when the hall is there, and keeps one that is."""
    return [sys.executable, "-m", "deploy.demo.hall", "prepare", "--home", str(home), "--seed", str(seed)]


def command(home: Path, port: int, host_name: str) -> list[str]:
    """What to run to have the hall of *home* served on the loopback interface.

    *host_name* is the one that browsers use, with its port where that is not 443. The gateway passes `Host` on.
    """
    options = ["--home", str(home), "--port", str(port), "--host-name", host_name]
    return [sys.executable, "-m", "deploy.demo.hall", "serve", *options]
