"""The journal of a case: facts in the order they were recorded, chained, append-only. The state is their sum."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from incident.codec import canonical, decode, encode
from incident.facts.by_hand import StepFact
from incident.facts.case import CaseFact
from incident.facts.duty import DutyFact
from incident.facts.handling import HandlingFact
from incident.facts.notice import NoticeFact
from incident.facts.persons import PersonsFact
from incident.facts.run import RunFact
from incident.ids import Actor, CaseId

type Fact = CaseFact | DutyFact | RunFact | StepFact | NoticeFact | PersonsFact | HandlingFact


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a journal."""

    case: CaseId
    number: int
    """From 1, without gaps."""
    at: datetime
    """When it was recorded."""
    by: Actor
    fact: Fact
    body: str
    """The fact as it is stored: what the chain is over, so that a newer program reads old journals as they are."""
    chain: str
    """SHA-256 over the chain of the entry before and this entry, in hex."""


class BrokenJournal(Exception):
    """An entry does not follow from the one before: it was changed, dropped, added or moved."""


def entries_of(
    case: CaseId, facts: Iterable[Fact], *, after: Entry | None, at: datetime, by: Actor
) -> tuple[Entry, ...]:
    """The entries that record *facts* after the entry *after*, or as the first of *case*."""
    number, chain = (after.number, after.chain) if after else (0, seed_of(case))
    found = []
    for fact in facts:
        number += 1
        body = canonical(write_fact(fact)).decode()
        chain = link(chain, case, number, at, by, body)
        found.append(Entry(case=case, number=number, at=at, by=by, fact=fact, body=body, chain=chain))
    return tuple(found)


def verify(entries: Iterable[Entry]) -> None:
    """Return if *entries*, the whole journal of one case, follow from one another. Raises BrokenJournal."""
    chain = ""
    for number, entry in enumerate(entries, 1):
        chain = link(chain or seed_of(entry.case), entry.case, number, entry.at, entry.by, entry.body)
        if entry.number != number or entry.chain != chain:
            raise BrokenJournal(f"{entry.case}: entry {entry.number} does not follow from the one before")


def seed_of(case: CaseId) -> str:
    """The chain before the first entry of *case*."""
    return hashlib.sha256(f"yingbi journal 1 {case}".encode()).hexdigest()


def link(chain: str, case: CaseId, number: int, at: datetime, by: Actor, body: str) -> str:
    """The chain of an entry, where *chain* is that of the one before."""
    told = [chain, case, number, encode(datetime, at), str(by), body]
    return hashlib.sha256(canonical(told)).hexdigest()


def write_fact(fact: Fact) -> dict[str, object]:
    """*fact* as JSON types, with its kind under `type`."""
    written: dict[str, object] = encode(Fact, fact)
    return written


def read_fact(raw: object) -> Fact:
    """The fact that `write_fact` wrote. Raises ValueError where it is none."""
    fact: Fact = decode(Fact, raw)
    return fact
