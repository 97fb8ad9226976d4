"""Files for their owner's eyes: passwords, keys, canaries."""

import os
import secrets
from pathlib import Path


def write_private(path: Path, data: bytes) -> None:
    """Put *data* in the file *path*, mode 0600, in the place of what was there: nobody sees half of it."""
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


def make_password(path: Path) -> str:
    """The password in *path*; where there is none yet, a new one of 128 random bits."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(16).encode() + b"\n")
    return path.read_text("ascii").strip()
