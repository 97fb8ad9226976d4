"""Keys to which files are encrypted with age, for one reader alone."""

from pathlib import Path

import pyrage

from deploy.private_file import write_private


class NotOpened(Exception):
    """A file or a key cannot be used. The message says why, Chinese and English."""


def make_key(path: Path) -> str:
    """A new key in the file *path*, which must not be there, for its owner's eyes. Returns the public key."""
    if path.exists():
        raise NotOpened(f"`{path}` 已经存在 / is there already: a key is never overwritten")
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    try:
        write_private(path, f"# public key: {public}\n{identity}\n".encode())
    except OSError as error:
        raise NotOpened(f"`{path}`: {error.strerror}") from None
    return public
