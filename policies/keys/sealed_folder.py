"""A folder whose files only this installation can read: AES-256-GCM, each bound to its name and to what it is.

The key is one secret of its own. A file begins with the version, then the nonce, then ciphertext and tag. Whatever is
wrong with one - an octet that changed, a file put in another's place - is the same error. Source: NIST SP 800-38D.
"""

import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION = b"YBSF1\n"
_NONCE_BYTES = 12


class NotAsSealed(Exception):
    """The file is not what was put there: it was altered, cut, moved, replaced, or is gone."""


class SealedFolder:
    """The files in *folder*, under keys for one *use* made from *secret* (32 bytes). One process writes it."""

    def __init__(self, folder: Path, secret: bytes, use: str) -> None:
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"yingbi sealed folder 1 {use}".encode())
        self._aead = AESGCM(key.derive(secret))
        self._folder = folder
        self._use = use

    def put(self, name: str, data: bytes) -> None:
        """Keep *data* under *name*, on the disk when this returns; what was there is replaced. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        path = self._folder / name
        unfinished = path.with_name(f".{name}.{secrets.token_hex(4)}")
        try:
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(_VERSION + nonce + self._aead.encrypt(nonce, data, self._about(name)))
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)

    def get(self, name: str) -> bytes:
        """What was kept under *name*. Raises NotAsSealed, and OSError where the disk does not answer."""
        try:
            sealed = (self._folder / name).read_bytes()
        except FileNotFoundError:
            raise NotAsSealed from None
        begin, nonce = sealed[: len(_VERSION)], sealed[len(_VERSION) : len(_VERSION) + _NONCE_BYTES]
        try:
            if begin != _VERSION:
                raise NotAsSealed
            return self._aead.decrypt(nonce, sealed[len(_VERSION) + _NONCE_BYTES :], self._about(name))
        except (InvalidTag, ValueError):
            raise NotAsSealed from None

    def drop(self, name: str) -> None:
        """Let go of what was kept under *name*; fine where there is nothing."""
        (self._folder / name).unlink(missing_ok=True)

    def _about(self, name: str) -> bytes:
        return f"{self._use}\n{name}".encode()

    def __reduce__(self) -> str:
        raise TypeError("a sealed folder holds a key and is not pickled")
