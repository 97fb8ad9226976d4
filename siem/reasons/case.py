"""A case of a person with the system behind, as far as it gives a reason to look at that person. Digests only."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

FEED = "feed"
"""The source that tells of all cases of a system."""
ANYBODY = "*"
"""The handler of a case that everybody of the system may handle."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One matter of one person, from one time on."""

    person: str
    """Digest."""
    number: str
    """Digest of the case's number."""
    since: datetime | None = None
    """When it was opened; None: always was."""
    until: datetime | None = None
    """When it was closed; None: it is open, as far as was told."""
    handlers: tuple[str, ...] = (ANYBODY,)
    """`caller:clerk-wang`, `post:hall`, `attribute:office=1` or `*`."""

    def explains(self, at: datetime, who: frozenset[str], *, grace: timedelta, after_close: timedelta) -> bool:
        """Whether it is a reason for somebody, who is known by the names *who*, to look at its person at that time."""
        if self.since is not None and self.since > at + grace:
            return False
        if self.until is not None and self.until + after_close < at:
            return False
        return not who.isdisjoint(self.handlers) or ANYBODY in self.handlers


class People(StrEnum):
    """Of whom a look-up is a finding by itself."""

    STAFF = "staff"
    LISTED = "listed"
    RELATIVES = "relatives"


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One of them."""

    person: str
    """Digest."""
    caller: str = ""
    """Of staff, who it is; of relatives, whose; of listed persons nobody."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What was told at one time: cases of a system, or all people of a kind. Digests only."""

    as_of: datetime
    """So long as this the telling is complete. Aware."""
    system: str = ""
    source: str = FEED
    """Who told: `feed`, or `caller:<id>` for the answer about one caller."""
    cases: tuple[Case, ...] = ()
    kind: People | None = None
    people: tuple[Person, ...] = ()
