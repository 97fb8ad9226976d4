"""Evidence of a case: what it is, its digests, and in whose hands it was. The octets themselves rest elsewhere, sealed.

Each digest is there twice: SHA-256 for everybody, SM3 (GB/T 32905-2016) for those who have to use the national one.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from incident.ids import Actor, Bilingual
from incident.marking import Tlp


class Custody(StrEnum):
    """What became of a piece of evidence."""

    HANDED_OVER = "handed_over"
    SEALED = "sealed"
    RETURNED = "returned"


CUSTODY_NAMES: Mapping[Custody, Bilingual] = {
    Custody.HANDED_OVER: Bilingual(zh="移交", en="handed over"),
    Custody.SEALED: Bilingual(zh="封存", en="sealed"),
    Custody.RETURNED: Bilingual(zh="归还", en="returned"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link of the chain of custody."""

    step: Custody | None
    """None: it was opened and read."""
    party: str
    """To or by whom; empty where it was opened."""
    note: str
    by: Actor
    at: datetime
    intact: bool = True
    """Whether what was opened was what had been added."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One piece of evidence."""

    number: int
    """From 1, within the case."""
    name: str
    size: int
    """Octets."""
    sha256: str
    sm3: str
    """Empty where only the other digest of what is kept elsewhere is known."""
    origin: str
    """Where it comes from; of what is kept elsewhere, also where that is."""
    tlp: Tlp
    """Who may be told of it, apart from the mark of its case."""
    kept: bool
    """Whether the installation keeps it, or only its digests."""
    keep_until: datetime
    """When the purpose ends that it is kept for, and the file goes. Its digests and its chain stay."""
    by: Actor
    at: datetime
    chain: tuple[Link, ...] = ()

    @property
    def altered(self) -> bool:
        """Whether it was not what had been added when it was opened last."""
        opened = [link for link in self.chain if link.step is None]
        return bool(opened) and not opened[-1].intact


def digests(data: bytes) -> tuple[str, str]:
    """SHA-256 and SM3 of *data*, in hex."""
    return hashlib.sha256(data).hexdigest(), hashlib.new("sm3", data).hexdigest()
