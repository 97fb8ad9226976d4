"""Digests of subjects: what the log holds in place of the person.

A digest is a keyed hash (BLAKE2b, RFC 7693) of the subject's identifier in canonical form, so one person has one digest
whatever system spelled the number. It is still treated as personal data (PIPL art. 73: de-identified, not anonymous).
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from policies.kernel.library import DIGEST_BYTES as DIGEST_BYTES
from policies.kernel.library import KERNEL, Spans
from policies.recognisers.checksums import is_resident_id, is_resident_id_15, lengthen_resident_id

_IGNORED = re.compile("[\\s\\-\u00ad\u200b-\u200f\u2060\ufeff]+")
_MOBILE = re.compile(r"(?:\+|00)?86(1[3-9]\d{9})")
_SPELLED_MOBILE = re.compile(r"(?:(?:\+|00)86[ -]?)?1[3-9][0-9]([ -]?)[0-9]{4}\1[0-9]{4}")


def canonical(identifier: str) -> str:
    """*identifier* as every system would have to write it: NFKC, upper case, no separators, 18 digits, no `+86`."""
    if len(identifier) == 18 and identifier.isascii() and identifier.isalnum():
        return identifier.upper()  # as below, and what nearly all identifiers are: a mobile number is shorter
    text = _IGNORED.sub("", unicodedata.normalize("NFKC", identifier)).upper()
    if mobile := _MOBILE.fullmatch(text):
        return mobile[1]
    return lengthen_resident_id(text) if is_resident_id_15(text) else text


def is_exact(identifier: str) -> bool:
    """Whether *identifier*, as it is spelled, is one person's.

    In other identifiers than resident IDs and mobile numbers, case and separators may tell one person from another, and
    the canonical form drops them: it says who was seen, as far as that goes, and not whose a record is.
    """
    plain = canonical(identifier)
    if identifier == plain or is_resident_id(plain):
        return bool(plain)
    return _SPELLED_MOBILE.fullmatch(unicodedata.normalize("NFKC", identifier).strip()) is not None


class Digester:
    """Digests under the key of one epoch. The key has 32 to 64 bytes and is never shown."""

    former: "Digester | None" = None
    """Of the epoch before, as long as its digests are written beside these."""
    earlier: tuple["Digester", ...] = ()
    """Of every epoch before."""

    def __init__(self, epoch: str, key: bytes) -> None:
        if not 32 <= len(key) <= hashlib.blake2b.MAX_KEY_SIZE:
            raise ValueError("a digest key has 32 to 64 bytes")
        self.epoch = epoch
        self._prefix = f"{epoch}:"
        self._keyed = hashlib.blake2b(key=key, digest_size=DIGEST_BYTES)
        self.state = KERNEL.keyed(key) if KERNEL is not None else b""
        """The same for the kernel, and as secret."""

    def __call__(self, identifier: str) -> str:
        """`<epoch>:<hex>` for the subject known by *identifier*."""
        return self.each((identifier,))[0]

    def each(self, identifiers: Iterable[str]) -> list[str]:
        """The same for each of *identifiers*, in order: a page may be about a thousand subjects."""
        octets = []
        fresh = self._keyed.copy
        for identifier in identifiers:
            hashed = fresh()
            spelled = identifier.encode()
            # What nearly all identifiers are has its canonical form already: of bytes, only ASCII digits are digits.
            hashed.update(spelled if len(spelled) == 18 and spelled.isdigit() else canonical(identifier).encode())
            octets.append(hashed.digest())
        return self._spelled(b"".join(octets))

    def _spelled(self, octets: bytes) -> list[str]:
        prefix, spelled = self._prefix, octets.hex("\n", DIGEST_BYTES)
        return f"{prefix}{spelled.replace('\n', f'\n{prefix}')}".split("\n") if octets else []

    def note(self, identifiers: Iterable[str], subjects: dict[str, str]) -> None:
        """Put the digest of each of *identifiers* into *subjects*, with the former one while both are written."""
        if self.former is None:
            subjects.update(dict.fromkeys(self.each(identifiers), ""))
        else:
            each = tuple(identifiers)
            subjects.update(zip(self.each(each), self.former.each(each), strict=True))

    def note_in(
        self, records: bytes, spans: Spans, group: int, subjects: dict[str, str], octets: bytes | None = None
    ) -> bool:
        """The same for the identifiers in *group* of *spans*, whose digests are *octets* where the kernel has made them
        already; false where it cannot digest them all.
        """
        if KERNEL is None or (octets := octets or KERNEL.digests(self.state, records, spans, group)) is None:
            return False
        if self.former is None:
            subjects.update(dict.fromkeys(self._spelled(octets), ""))
            return True
        former = KERNEL.digests(self.former.state, records, spans, group)
        assert former is not None
        subjects.update(zip(self._spelled(octets), self.former._spelled(former), strict=True))
        return True

    def after(self, earlier: Iterable["Digester"], *, writes_both: bool) -> "Digester":
        """The same after the epochs of *earlier*, the oldest first."""
        made = self.alone()
        made.earlier = tuple(earlier)
        made.former = made.earlier[-1] if writes_both and made.earlier else None
        return made

    def alone(self) -> "Digester":
        """The same, once the digests of the epoch before are written no more."""
        made = object.__new__(Digester)
        made.epoch, made._prefix, made._keyed, made.state = self.epoch, self._prefix, self._keyed, self.state
        made.earlier = self.earlier
        return made

    def __repr__(self) -> str:
        return f"Digester(epoch={self.epoch!r})"

    def __reduce__(self) -> str:
        raise TypeError("a digester holds a key and is not pickled")
