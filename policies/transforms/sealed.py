"""Values of fields as tokens that can be opened again: by grant only, and only where they belong.

What is shown as a token, and what a system behind stores as one, are made alike: the first is bound to the system and
the category, so that the same value is the same token wherever the caller meets it; the second to the field it lies in.
"""

import re

from policies.keys.data_keys import BadToken
from policies.transforms.encrypt import Cipher, Method
from policies.transforms.keyed import FieldKeys
from policies.transforms.spec import Encrypt, EncryptWith, Token

FIELD = "field"
"""The use that stored values are encrypted for."""
BLOCK_BYTES = 16
"""What is encrypted is filled up to a multiple of this: lengths tell less of a value."""
TOKEN = re.compile(r"\s*(?:y1|s1|d1)\.[0-9a-f]{8}\.[A-Za-z0-9_-]{22,}\s*")
"""What every token looks like, whoever made it."""
_METHODS = {EncryptWith.AES: Method.AES_GCM, EncryptWith.SM4: Method.SM4_GCM}


class FieldCipher:
    """Tokens of the values of one field, as *spec* makes them for *context*."""

    def __init__(self, spec: Token | Encrypt, keys: FieldKeys, use: str, *context: str) -> None:
        if keys.data is None:
            raise ValueError("there are no data keys of the system")
        self._cipher = Cipher(keys.data, use, _METHODS[spec.cipher] if isinstance(spec, Encrypt) else Method.AES_SIV)
        self._context = (keys.system, *context)
        self.is_deterministic = isinstance(spec, Token)
        """Whether one value has one token, under one key."""

    def make(self, value: str) -> str:
        """The token of *value*; an empty value stays empty."""
        if not value:
            return value
        data = value.encode("utf-8", "surrogatepass") + b"\x80"
        return self._cipher.encrypt(data.ljust(-(-len(data) // BLOCK_BYTES) * BLOCK_BYTES, b"\0"), *self._context)

    def open(self, token: str) -> str:
        """The value of *token*; an empty one stays empty. Raises BadToken for whatever is wrong with it."""
        if not token.strip():
            return token
        filled = self._cipher.decrypt(token.strip(), *self._context).rstrip(b"\0")
        if not filled.endswith(b"\x80"):
            raise BadToken
        return filled[:-1].decode("utf-8", "surrogatepass")


def shown_tokens(spec: Token | Encrypt, keys: FieldKeys) -> FieldCipher:
    """The tokens that callers are shown in place of values of the category."""
    return FieldCipher(spec, keys, "shown", keys.category)


def stored_tokens(spec: Token | Encrypt, keys: FieldKeys, field: str) -> FieldCipher:
    """The tokens that the system behind stores in *field*, called `record.field`."""
    return FieldCipher(spec, keys, FIELD, field)


def plain_value(stored: str) -> str:
    """*stored*, where nothing is encrypted yet. Raises BadToken for a token, whoever made it."""
    if TOKEN.fullmatch(stored):
        raise BadToken
    return stored
