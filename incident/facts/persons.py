"""Facts of the list of persons who have to be told."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsAsked:
    """A person wants the list of persons to tell; another has to agree."""

    number: int
    """Of the list, from 1 within the case."""
    source: str
    """The declared system whose records say who they are."""
    recipient: str
    """The public key of who will tell them: nobody else can read the list."""
    masked: bool
    """Whether also those are to be told of whom only masked data was shown."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsAgreed:
    """Another person agreed: the list is made."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsListed:
    """One attempt at a list came to its end; `part` 0 where it found nobody whom the parts before had not."""

    number: int
    part: int
    affected: int
    """Persons whom the list is to have."""
    found: int
    """Of them in all parts together."""
    read: int
    """Records that the attempt was shown."""
    complete: bool
    """Whether every record of the system has been seen: who is not found is not there."""
    why: str = ""
    """What is missing, and why, where it is not complete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsStopped:
    """A person decided that nothing more is tried."""

    number: int
    reason: str


type PersonsFact = PersonsAsked | PersonsAgreed | PersonsListed | PersonsStopped
