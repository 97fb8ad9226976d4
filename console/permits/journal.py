"""The journal of permits: who was let see more and who was not, who ended it early, and what a reviewer held of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console import sealed_journal
from console.sealed_journal import SealedJournal
from incident.ids import Bilingual
from policies.permits import Kind
from siem.record.event import CallerKind


class Judgement(StrEnum):
    """What a reviewer holds of a permit."""

    PROPER = "proper"
    IMPROPER = "improper"


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """From now on the control process records what becomes of permits in the log of this start."""

    start: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A permit was opened. In force it is once it is in the log and in the table of permits."""

    permit: str
    kind: Kind
    reveal: str
    caller: str
    caller_kind: CallerKind
    posts: tuple[str, ...]
    system: str
    subject: str
    """Digest; empty where it is about everybody."""
    categories: tuple[str, ...]
    case: str
    why: str
    """In the words of who asked, in which no recogniser found personal data."""
    about: str
    """The event that showed the masked record; empty where it is about everybody."""
    until: datetime
    sampled: bool
    """Whether somebody else is asked whether it was right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """What was asked for was not given."""

    permit: str
    kind: Kind
    reveal: str
    caller: str
    caller_kind: CallerKind
    posts: tuple[str, ...]
    system: str
    case: str
    why: str
    about: str
    code: str
    """Of `proxy.reasons`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Somebody ended a permit before its time."""

    permit: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """Somebody other than the caller looked at it afterwards."""

    permit: str
    judgement: Judgement
    remark: str


type Fact = Began | Opened | Refused | Ended | Reviewed
Entry = sealed_journal.Entry[Fact]


class BrokenPermitJournal(sealed_journal.BrokenJournal):
    """The journal of permits is not as it was written."""

    of = Bilingual(zh="查看许可记录", en="permits")


JOURNAL = SealedJournal[Fact]("yingbi permit journal 1", Fact, BrokenPermitJournal)
