"""A look-up of one person, or of one caller: what is recorded of it before it is made, and what makes digests."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from incident.ids import PersonId
from siem.record.event import EventId


class CannotLookUp(Exception):
    """Nobody can be looked up now: it could not be recorded, or the keys cannot be read. The message says why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """Who looks somebody up, and on what ground. Whom they look for is not in it, unless it is a caller."""

    by: PersonId
    basis: str = ""
    """The number of a case or of a report, in which there is no personal data; empty for a caller."""
    about: Mapping[str, int]
    """How many identifiers of each kind; `event` for a person of an event, `caller` for a caller."""
    caller: str = ""
    """The account of staff, a system or a terminal whose numbers are looked at; citizens are not asked for."""


class LookUps(Protocol):
    """The one who records look-ups in the access log, and has the keys of digests."""

    def record(self, look_up: LookUp) -> EventId:
        """Record it: on the disk when this returns. Raises CannotLookUp."""

    def digests_of(self, identifier: str) -> frozenset[str]:
        """The digests of *identifier* under the key of each epoch. Raises CannotLookUp."""
