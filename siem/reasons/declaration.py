"""What security officers declare of a system whose look-ups have to have a reason: `reasons/<system>.yaml`.

    system: register
    feed: {file: /srv/exchange/cases.csv, columns: {person: id_no, case: case_no, callers: handler}}
    grace: 2h                   # a case opened so long after the look-up still explains it
    findings:
      no_case: {level: medium, people: 5}

`siem.reasons.declaration_file` reads it, with every problem and its line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from siem.detect.definition import Level

COLUMNS = ("person", "case", "callers", "posts", "attributes", "from", "until")
"""What a row of a feed can say."""
CALLER, SINCE = "{caller}", "{since}"
"""What the address of a look-up names: whose cases, and those that were open at any time from when on."""


class Kind(StrEnum):
    """What can be found."""

    NO_CASE = "no_case"
    """So many people within a day with whom no case is open."""
    ONE_LOOK = "one_look"
    """Each look at one such person."""
    COLLEAGUES = "colleagues"
    LISTED = "listed"
    RELATIVES = "relatives"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One kind of finding, as it is declared."""

    level: Level
    people: int = 1
    respond: str = ""
    """Which playbook leads the response, or empty."""
    even_with_case: bool = False
    """Whether an open case is no excuse, as who is related has to hand it on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A file that the system behind drops or adds to."""

    file: Path
    columns: Mapping[str, str]
    """What the file calls each of `COLUMNS` that it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """An address at which the system behind tells the cases of a caller.

    It is asked for the caller and not for the person: whom the caller saw is known here by digest only.
    """

    url: str
    columns: Mapping[str, str]
    authorization: str = ""
    """A file in the data directory with the value of the header `Authorization`, or empty."""
    per_minute: int = 30
    timeout: timedelta = timedelta(seconds=3)
    cache: timedelta = timedelta(minutes=10)
    """So long a caller is not asked for again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What is declared of one system."""

    system: str
    feed: Feed | None = None
    look_up: LookUp | None = None
    grace: timedelta = timedelta(hours=2)
    after_close: timedelta = timedelta(days=1)
    """So long after it was closed a case still explains a look-up."""
    most_shown: int = 3
    """An answer about no more people was asked for because of them; one about more is a list."""
    exempt_posts: frozenset[str] = frozenset()
    exempt_callers: frozenset[str] = frozenset()
    keep: timedelta = timedelta(days=90)
    """So long after its end, or after it was told of last, a case is forgotten."""
    findings: Mapping[Kind, Wanted] = field(default_factory=dict)
