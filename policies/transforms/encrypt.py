"""Encrypts values so that only this installation can read them, and only in the place they were made for.

A token is `<version>.<key id>.<nonce and ciphertext>`, base64url. The context (what it is, which system, whose) is
authenticated with it: a token that is altered, truncated, or shown elsewhere opens no more than a forged one.
"""

import base64
import binascii
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from policies.data_keys import BadToken, DataKeys

VERSION = "y1"
NONCE_BYTES = 12
_LEAST_BYTES = NONCE_BYTES + 16


class Cipher:
    """AES-256-GCM under keys of their own for each *use*: the current one makes tokens, and all of *keys* open them.

    Source: NIST SP 800-38D, 8.3: nonces are random, so one key serves for fewer than 2^32 tokens.
    """

    def __init__(self, keys: DataKeys, use: str) -> None:
        self._current = keys.current.id
        self._by_id = {key.id: AESGCM(key.for_use("encrypt", use)) for key in keys}

    def encrypt(self, value: bytes, *context: str) -> str:
        """A token for *value* that opens under the same *context* only. Two tokens for one value differ."""
        return self._encrypt(secrets.token_bytes(NONCE_BYTES), value, context)

    def decrypt(self, token: str, *context: str) -> bytes:
        """The value in *token*. Raises BadToken for whatever is wrong with it."""
        version, _, rest = token.partition(".")
        key_id, _, body = rest.partition(".")
        aead = self._by_id.get(key_id)
        if version != VERSION or aead is None:
            raise BadToken
        try:
            sealed = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise BadToken from None
        if len(sealed) < _LEAST_BYTES or _spelled(sealed) != body:  # one spelling only
            raise BadToken
        try:
            return aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _associated(context))
        except InvalidTag:
            raise BadToken from None

    def _encrypt(self, nonce: bytes, value: bytes, context: tuple[str, ...]) -> str:
        sealed = nonce + self._by_id[self._current].encrypt(nonce, value, _associated(context))
        return f"{VERSION}.{self._current}.{_spelled(sealed)}"

    def __reduce__(self) -> str:
        raise TypeError("a cipher holds a key and is not pickled")


def _spelled(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _associated(context: tuple[str, ...]) -> bytes:
    return b"".join(len(part.encode()).to_bytes(4) + part.encode() for part in context)
