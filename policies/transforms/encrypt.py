"""Encrypts values so that only this installation can read them, and only in the place they were made for.

A token is `<version>.<key id>.<ciphertext>`, base64url; the version says by which method. The context (what it is,
which system, whose) is authenticated with it: a token that is altered, truncated, or shown elsewhere opens no more than
a forged one.
"""

import base64
import binascii
import secrets
from collections.abc import Callable
from enum import StrEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher as BlockCipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

from policies.keys.data_keys import BadToken, DataKey, DataKeys

NONCE_BYTES = 12
TAG_BYTES = 16


class Method(StrEnum):
    """How a token is made: its version."""

    AES_GCM = "y1"
    """AES-256-GCM with a random nonce: two tokens for one value differ. Source: NIST SP 800-38D."""
    SM4_GCM = "s1"
    """SM4-GCM, the same with the national cipher. Source: GB/T 32907-2016."""
    AES_SIV = "d1"
    """AES-256-SIV without a nonce: one value has one token in one place. Source: RFC 5297."""


VERSION = Method.AES_GCM

type _Seal = Callable[[bytes, bytes, bytes], bytes]
"""From nonce, data and what is authenticated to ciphertext and tag, or back."""


class Cipher:
    """Tokens by one *method* under keys of their own for each *use*: the current key makes them, all *keys* open them.

    Source: NIST SP 800-38D, 8.3: nonces are random, so one key serves for fewer than 2^32 tokens.
    """

    def __init__(self, keys: DataKeys, use: str, method: Method = Method.AES_GCM) -> None:
        self.method = method
        self._current = keys.current.id
        self._by_id = {key.id: _METHODS[method](key, use) for key in keys}
        self._nonce_bytes = 0 if method is Method.AES_SIV else NONCE_BYTES

    def encrypt(self, value: bytes, *context: str) -> str:
        """A token for *value* that opens under the same *context* only."""
        return self._encrypt(secrets.token_bytes(self._nonce_bytes), value, context)

    def decrypt(self, token: str, *context: str) -> bytes:
        """The value in *token*. Raises BadToken for whatever is wrong with it."""
        version, _, rest = token.partition(".")
        key_id, _, body = rest.partition(".")
        found = self._by_id.get(key_id)
        if version != self.method or found is None:
            raise BadToken
        try:
            sealed = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise BadToken from None
        if len(sealed) < self._nonce_bytes + TAG_BYTES or _spelled(sealed) != body:  # one spelling only
            raise BadToken
        try:
            return found[1](sealed[: self._nonce_bytes], sealed[self._nonce_bytes :], _associated(context))
        except InvalidTag:
            raise BadToken from None

    def _encrypt(self, nonce: bytes, value: bytes, context: tuple[str, ...]) -> str:
        sealed = nonce + self._by_id[self._current][0](nonce, value, _associated(context))
        return f"{self.method}.{self._current}.{_spelled(sealed)}"

    def __reduce__(self) -> str:
        raise TypeError("a cipher holds a key and is not pickled")


def _aes_gcm(key: DataKey, use: str) -> tuple[_Seal, _Seal]:
    aead = AESGCM(key.for_use("encrypt", use))
    return aead.encrypt, aead.decrypt


def _sm4_gcm(key: DataKey, use: str) -> tuple[_Seal, _Seal]:
    block = SM4(key.for_use("encrypt", use, "sm4")[:16])

    def encrypt(nonce: bytes, data: bytes, associated: bytes) -> bytes:
        running = BlockCipher(block, GCM(nonce)).encryptor()
        running.authenticate_additional_data(associated)
        return running.update(data) + running.finalize() + running.tag

    def decrypt(nonce: bytes, sealed: bytes, associated: bytes) -> bytes:
        running = BlockCipher(block, GCM(nonce, sealed[-TAG_BYTES:])).decryptor()
        running.authenticate_additional_data(associated)
        return running.update(sealed[:-TAG_BYTES]) + running.finalize()

    return encrypt, decrypt


def _aes_siv(key: DataKey, use: str) -> tuple[_Seal, _Seal]:
    siv = AESSIV(key.for_use("token", use, "mac") + key.for_use("token", use, "encrypt"))
    return lambda _, data, associated: siv.encrypt(data, [associated]), lambda _, sealed, associated: siv.decrypt(
        sealed, [associated]
    )


_METHODS = {Method.AES_GCM: _aes_gcm, Method.SM4_GCM: _sm4_gcm, Method.AES_SIV: _aes_siv}


def _spelled(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _associated(context: tuple[str, ...]) -> bytes:
    return b"".join(len(part.encode()).to_bytes(4) + part.encode() for part in context)
