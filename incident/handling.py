"""How a case is handled: roles, tasks, marks, who may open it, and the review. All of it adds up from the journal."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never

from incident.evidence import CUSTODY_NAMES, Evidence, Link
from incident.facts.handling import (
    AccessSet,
    EvidenceAdded,
    EvidenceMoved,
    EvidenceOpened,
    HandlingFact,
    Marked,
    RestrictedRead,
    Reviewed,
    RoleGiven,
    TaskDone,
    TaskSet,
)
from incident.ids import Actor, Bilingual, PersonId
from incident.journal import Entry
from incident.marking import CASE_ROLE_NAMES, CaseRole, Tlp


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEnd:
    """That a task was done."""

    by: Actor
    at: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something that a person has to do by a time."""

    number: int
    """From 1, within the case."""
    title: str
    assignee: PersonId
    due: datetime
    lasting: bool
    """Whether it is an action that outlives the case."""
    done: TaskEnd | None = None
    late_since: datetime | None = None
    """The first due time that passed before it was given anew or done: giving it anew does not undo that."""

    def is_overdue(self, now: datetime) -> bool:
        """Whether it should have been done by *now* and was not."""
        return self.done is None and now > self.due


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What was learned."""

    fact: Reviewed
    by: Actor
    at: datetime
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """All of it, as it stands."""

    roles: Mapping[CaseRole, tuple[PersonId, ...]] = field(default_factory=dict)
    tasks: Mapping[int, Task] = field(default_factory=dict)
    """By number, in the order in which they were given first."""
    tlp: Tlp = Tlp.AMBER
    readers: frozenset[PersonId] = frozenset()
    """Who may open it, where it is restricted; nobody is named where it is not."""
    review: Review | None = None
    """The newest."""
    evidence: Mapping[int, Evidence] = field(default_factory=dict)
    """By number."""

    @property
    def restricted(self) -> bool:
        """Whether only named persons may open the case."""
        return bool(self.readers)

    @property
    def named(self) -> frozenset[PersonId]:
        """Who may open it where it is restricted: the readers, and who has a role in it."""
        return self.readers.union(*self.roles.values())

    def opens_to(self, person: PersonId) -> bool:
        """Whether *person* may open the case, as far as its restriction goes."""
        return not self.restricted or person in self.named

    @property
    def open_tasks(self) -> tuple[Task, ...]:
        """What is still to be done, the earliest due first."""
        waiting = (task for task in self.tasks.values() if task.done is None)
        return tuple(sorted(waiting, key=lambda task: (task.due, task.number)))


def with_handling(handling: Handling, fact: HandlingFact, entry: Entry) -> Handling:
    """*handling* with one more fact."""
    match fact:
        case RoleGiven(role=role, persons=persons):
            return replace(handling, roles={**handling.roles, role: persons})
        case TaskSet(task=number):
            before = handling.tasks.get(number)
            late = (before.late_since or (before.due if entry.at > before.due else None)) if before else None
            task = Task(
                number=number,
                title=fact.title,
                assignee=fact.assignee,
                due=fact.due,
                lasting=fact.lasting,
                late_since=late,
            )
            return replace(handling, tasks={**handling.tasks, number: task})
        case TaskDone(task=number, note=note):
            before = handling.tasks[number]
            late = before.late_since or (before.due if entry.at > before.due else None)
            task = replace(before, done=TaskEnd(by=entry.by, at=entry.at, note=note), late_since=late)
            return replace(handling, tasks={**handling.tasks, number: task})
        case Marked(tlp=tlp):
            return replace(handling, tlp=tlp)
        case AccessSet(persons=persons):
            return replace(handling, readers=frozenset(persons))
        case RestrictedRead():
            return handling
        case Reviewed():
            return replace(handling, review=Review(fact=fact, by=entry.by, at=entry.at, entry=entry.number))
        case EvidenceAdded(evidence=number):
            made = Evidence(
                number=number,
                name=fact.name,
                size=fact.size,
                sha256=fact.sha256,
                sm3=fact.sm3,
                origin=fact.origin,
                tlp=fact.tlp,
                kept=fact.kept,
                keep_until=fact.keep_until,
                by=entry.by,
                at=entry.at,
            )
            return replace(handling, evidence={**handling.evidence, number: made})
        case EvidenceMoved(evidence=number, step=step, party=party, note=note):
            return _linked(handling, number, Link(step=step, party=party, note=note, by=entry.by, at=entry.at))
        case EvidenceOpened(evidence=number, intact=intact):
            return _linked(
                handling, number, Link(step=None, party="", note="", by=entry.by, at=entry.at, intact=intact)
            )
        case _:
            assert_never(fact)


def _linked(handling: Handling, number: int, link: Link) -> Handling:
    before = handling.evidence[number]
    after = replace(before, chain=(*before.chain, link))
    return replace(handling, evidence={**handling.evidence, number: after})


def handling_line(fact: HandlingFact, handling: Handling) -> Bilingual:
    """What *fact* says to a reader, in one line."""
    match fact:
        case RoleGiven(role=role, persons=persons):
            who, name = "、".join(persons) or "无 / nobody", CASE_ROLE_NAMES[role]
            return Bilingual(zh=f"{name.zh}：{who}", en=f"{name.en.capitalize()}: {', '.join(persons) or 'nobody'}")
        case TaskSet(task=number, title=title, assignee=assignee, lasting=lasting):
            zh, en = ("整改", "Action") if lasting else ("任务", "Task")
            return Bilingual(zh=f"{zh} {number} 交给 {assignee}：{title}", en=f"{en} {number} given to {assignee}")
        case TaskDone(task=number, note=note):
            zh, en = ("整改", "Action") if handling.tasks[number].lasting else ("任务", "Task")
            return Bilingual(zh=f"{zh} {number} 完成：{note}", en=f"{en} {number} done")
        case Marked(tlp=tlp, reason=reason):
            return Bilingual(zh=f"标记 {tlp.label}" + (f"：{reason}" if reason else ""), en=f"Marked {tlp.label}")
        case AccessSet(persons=persons, reason=reason) if persons:
            who = "、".join(persons)
            return Bilingual(zh=f"只有 {who} 可以打开：{reason}", en=f"Restricted to {', '.join(persons)}")
        case AccessSet(reason=reason):
            return Bilingual(zh=f"不再限制查看：{reason}", en="No longer restricted")
        case RestrictedRead(page=page):
            return Bilingual(zh=f"未列名的人查看：{page}", en=f"Read by somebody who is not named: {page}")
        case Reviewed(lessons=lessons):
            return Bilingual(zh=f"复盘：{lessons}", en="Reviewed")
        case EvidenceAdded(evidence=number, name=name, kept=kept):
            zh, en = ("加入证据", "Evidence added") if kept else ("登记他处保管的证据", "Evidence kept elsewhere noted")
            return Bilingual(zh=f"{zh} {number}：{name}", en=f"{en}: {number}")
        case EvidenceMoved(evidence=number, step=step, party=party):
            words = CUSTODY_NAMES[step]
            return Bilingual(zh=f"证据 {number} {words.zh}：{party}", en=f"Evidence {number} {words.en}: {party}")
        case EvidenceOpened(evidence=number, intact=intact):
            zh, en = ("与加入时一致", "as it was added") if intact else ("与加入时不一致，被改动过", "altered")
            return Bilingual(zh=f"打开证据 {number}，{zh}", en=f"Evidence {number} opened: {en}")
        case _:
            assert_never(fact)
