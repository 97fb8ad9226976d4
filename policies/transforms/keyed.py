"""The keys that the transforms of one field are made with, and the surrogates that they choose."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.hashes import SHA256, SM3
from cryptography.hazmat.primitives.hmac import HMAC

from policies.digest import canonical
from policies.keys.data_keys import DataKeys, derive_key
from policies.transforms.spec import Dictionary, Hash, Of, Pseudonym

type SubjectTransform = Callable[[str, str], str]
"""From a value and the canonical form of whom its record is about (`policies.digest.canonical`)."""

SIGN_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without the letters that are taken for digits. Source: Crockford's Base 32."""

DIGEST_CHARS = 26
"""Base 32 without padding: 130 bits."""
DIGEST_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


@dataclass(frozen=True, slots=True)
class FieldKeys:
    """What keys are derived from for one field of one system. Never printed, never pickled."""

    secret: bytes = field(repr=False)
    """The installation's secret for fields, 32 bytes."""
    system: str
    category: str
    data: DataKeys | None = None
    """The data keys of the system, for what can be opened again; None where nothing is."""

    def of_category(self, use: str, *more: str) -> bytes:
        """The key for one *use* with values of the category, in whatever field of the system they stand."""
        return derive_key(self.secret, use, self.system, self.category, *more)

    def of_system(self, use: str) -> bytes:
        """The key for one *use* with subjects of the system, whatever category the value is of."""
        return derive_key(self.secret, use, self.system)

    def __reduce__(self) -> str:
        raise TypeError("the keys of a field are not pickled")


def digester(keys: FieldKeys, hash_: Hash) -> Callable[[str], str]:
    """The function from a value to a token of 26 lower-case characters, the same for the same value.

    It is HMAC with SHA-256 or with SM3 (GB/T 32905-2016), cut to 130 bits. An empty value stays empty.
    """
    key = keys.of_category("field digest", *([] if hash_ is Hash.SHA256 else [hash_]))
    began = HMAC(key, SM3() if hash_ is Hash.SM3 else SHA256())

    def digest(value: str) -> str:
        if not value:
            return value
        hashed = began.copy()
        hashed.update(value.encode("utf-8", "surrogatepass"))
        number = int.from_bytes(hashed.finalize()) >> (256 - 5 * DIGEST_CHARS)
        return "".join(DIGEST_ALPHABET[(number >> (5 * place)) & 31] for place in range(DIGEST_CHARS))

    return digest


def surrogate(spec: Pseudonym | Dictionary, keys: FieldKeys) -> SubjectTransform:
    """The function from a value and its subject to the surrogate of the one that *spec* goes by.

    Spellings of one value (`policies.digest.canonical`) have one surrogate. An empty value stays empty.
    """
    use = spec.__struct_config__.tag
    key = keys.of_system(f"{use} of subject") if spec.by is Of.SUBJECT else keys.of_category(f"{use} of value")
    choose = _sign(spec) if isinstance(spec, Pseudonym) else _word(spec)
    if spec.by is Of.SUBJECT:
        return lambda value, subject: choose(number_of(key, subject)) if value else value
    return lambda value, _: choose(number_of(key, canonical(value))) if value else value


def number_of(key: bytes, text: str) -> int:
    """A number of 256 bits, the same for the same *text* under the same *key*."""
    return int.from_bytes(hmac.digest(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256))


def _sign(spec: Pseudonym) -> Callable[[int], str]:
    places = range(0, 5 * spec.chars, 5)
    return lambda number: f"{spec.prefix}-{''.join(SIGN_ALPHABET[number >> place & 31] for place in places)}"


def _word(spec: Dictionary) -> Callable[[int], str]:
    words = tuple(first + second for first in spec.words for second in spec.then or ("",))
    return lambda number: words[number % len(words)]
