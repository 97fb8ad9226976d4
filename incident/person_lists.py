"""The lists of persons to tell (PIPL art. 57) of a case, as its journal adds them up: never a name, only numbers.

One person asks for a list and says whose key it is encrypted to, another agrees; then it is made, in as many attempts
as it takes. Each attempt that finds somebody leaves a part, which only the holder of the key can read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from incident.facts.persons import PersonsAgreed, PersonsAsked, PersonsListed, PersonsStopped
from incident.ids import Actor, Bilingual, CaseId, PersonId

type PersonsFact = PersonsAsked | PersonsAgreed | PersonsListed | PersonsStopped


class ListStanding(StrEnum):
    """How far a list is."""

    ASKED = "asked"
    AGREED = "agreed"
    PARTIAL = "partial"
    COMPLETE = "complete"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonList:
    """One list."""

    asked: PersonsAsked
    asked_by: PersonId
    asked_at: datetime
    agreed_by: PersonId | None = None
    last: PersonsListed | None = None
    """The last attempt."""
    last_at: datetime | None = None
    parts: int = 0
    stopped: PersonsStopped | None = None

    @property
    def number(self) -> int:
        """Of the list within the case."""
        return self.asked.number

    @property
    def standing(self) -> ListStanding:
        """How far it is."""
        if self.last and self.last.complete:
            return ListStanding.COMPLETE
        if self.stopped:
            return ListStanding.STOPPED
        if self.agreed_by is None:
            return ListStanding.ASKED
        return ListStanding.PARTIAL if self.last else ListStanding.AGREED

    @property
    def is_due(self) -> bool:
        """Whether it is still to be made, or made whole."""
        return self.standing in (ListStanding.AGREED, ListStanding.PARTIAL)


def part_name(case: CaseId, number: int, part: int) -> str:
    """What the file of a part is called."""
    return f"{case}-P{number}-{part}.age"


def with_fact(lists: Mapping[int, PersonList], fact: PersonsFact, by: Actor, at: datetime) -> Mapping[int, PersonList]:
    """*lists* with one more *fact*, which *by* recorded."""
    match fact:
        case PersonsAsked():
            made = PersonList(asked=fact, asked_by=PersonId(by.id), asked_at=at)
        case PersonsAgreed():
            made = replace(lists[fact.number], agreed_by=PersonId(by.id))
        case PersonsListed():
            before = lists[fact.number]
            made = replace(before, last=fact, last_at=at, parts=max(before.parts, fact.part))
        case PersonsStopped():
            made = replace(lists[fact.number], stopped=fact)
        case _:
            assert_never(fact)
    return {**lists, fact.number: made}


def told_of(fact: PersonsFact) -> Bilingual:
    """What *fact* says to a reader, in one line."""
    zh, en = f"告知名单 {fact.number}", f"List of persons to tell {fact.number}"
    match fact:
        case PersonsAsked(source=source, reason=reason):
            return Bilingual(zh=f"申请{zh}（{source}）：{reason}", en=f"Asked for: {en} ({source}): {reason}")
        case PersonsAgreed():
            return Bilingual(zh=f"另一人同意编制{zh}", en=f"Another person agreed to it: {en}")
        case PersonsListed(affected=affected, found=found, complete=True):
            return Bilingual(
                zh=f"{zh}已编完：须告知 {affected} 人，查到 {found} 人，{affected - found} 人不在该系统中",
                en=f"{en} is complete: {affected} to tell, {found} found, {affected - found} not in that system",
            )
        case PersonsListed(affected=affected, found=found, why=why):
            why_zh, _, why_en = why.partition(" / ")
            return Bilingual(
                zh=f"{zh}不完整：须告知 {affected} 人，已查到 {found} 人；{why_zh}，将再试",
                en=f"{en} is partial: {affected} to tell, {found} found so far; {why_en or why}; it is tried again",
            )
        case PersonsStopped(reason=reason):
            return Bilingual(zh=f"停止编制{zh}：{reason}", en=f"No more is tried: {en}: {reason}")
