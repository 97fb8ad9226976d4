"""The journal of searches: what people keep to look for again, and what they took out of the console."""

from dataclasses import dataclass
from enum import StrEnum

from console import sealed_journal
from console.sealed_journal import SealedJournal
from incident.ids import Bilingual


class Format(StrEnum):
    """In which form findings are given out."""

    CSV = "csv"
    JSON_LINES = "jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """Somebody keeps a search."""

    search: str
    name: str
    query: str
    """The filters as an address has them; holds no personal data."""
    shared: bool
    """Whether everybody who may search sees it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed:
    """Its owner gave it another name, or lets others see it, or no longer."""

    search: str
    name: str
    shared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """Its owner does not need it any more."""

    search: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """Somebody took the result of a search out of the console."""

    query: str
    format: Format
    rows: int
    is_whole: bool
    """Whether that was all that was found."""


type Fact = Saved | Renamed | Deleted | Exported
Entry = sealed_journal.Entry[Fact]


class BrokenSearchJournal(sealed_journal.BrokenJournal):
    """The journal of searches is not as it was written."""

    of = Bilingual(zh="查询记录", en="searches")


JOURNAL = SealedJournal[Fact]("yingbi search journal 1", Fact, BrokenSearchJournal)
