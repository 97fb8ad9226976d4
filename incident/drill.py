"""Drills: cases for practice. What one would do outside is written down as rehearsed, and done by nobody.

INVARIANT: a drill publishes nothing, reports to nobody, blocks no caller and tells no person. It holds three times:
no command that would act outside gets into the journal of a drill (`harmless`, at the one place that writes journals),
none that got there otherwise is listed as pending (`is_barred`), and whoever performs commands asks again.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from incident.codec import tag_of
from incident.command import CONTAINING, AskPerson, AssessScope, Command, DraftNotice, Rehearsal, StartDuties, Tighten
from incident.command_words import command_words
from incident.draft import Draft
from incident.facts.case import AlertFacts, AlertJoined, Move, StateMoved
from incident.facts.duty import DutyFulfilled
from incident.facts.notice import NoticeDrafted, NoticePublished
from incident.facts.persons import PersonsAgreed, PersonsAsked, PersonsListed
from incident.facts.run import CommandEnded, CommandIssued, Ending
from incident.ids import Bilingual, CaseId, NotPermitted
from incident.incident import Case
from incident.journal import Fact
from incident.state import TRANSITIONS

MARK = Bilingual(zh="演练", en="DRILL")
"""What stands on everything of a drill."""
RULE = "drill"
"""The rule that the invented alert of a drill bears."""
NOT_DONE = "演练，没有执行 / a drill: not carried out"

_WITHIN = (AskPerson, AssessScope, StartDuties, DraftNotice, Rehearsal)
"""What happens inside: persons are asked, the log is counted. Any kind of command not listed here acts outside."""


def is_barred(case: Case, command: Command) -> bool:
    """Whether *command* may not be performed, since it acts outside and *case* is a drill."""
    return case.drill and not isinstance(command, _WITHIN)


def needs_real(case: Case) -> None:
    """Return if *case* is no drill. Raises NotPermitted otherwise."""
    if case.drill:
        raise NotPermitted(
            "这是演练，不能对外发布、报告、告知或者控制", "this is a drill: nothing is published, reported or told"
        )


def harmless(case: CaseId, facts: Sequence[Fact], *, drill: bool) -> tuple[Fact, ...]:
    """*facts* as they may be recorded of *case*: of a *drill* without anything that acts outside.

    Raises NotPermitted where a drill would take in a real alert, list persons, or hold that something is public.
    """
    return tuple(_harmless(case, fact) for fact in facts) if drill else tuple(facts)


def _harmless(case: CaseId, fact: Fact) -> Fact:
    match fact:
        case CommandIssued(command=command) if not isinstance(command, _WITHIN):
            about = command_words(command)
            stand_in = Rehearsal(key=command.key, case=case, of=_kind_of(command), about=about)
            return replace(fact, command=stand_in)
        case DutyFulfilled(reference=reference):
            return replace(fact, reference=marked(reference, MARK.zh))
        case NoticeDrafted(draft=draft):
            return replace(fact, draft=marked_draft(draft))
        case AlertJoined() | NoticePublished() | PersonsAsked() | PersonsAgreed() | PersonsListed():
            raise NotPermitted(
                "演练不能并入告警，不能发布，也不能列出要告知的人",
                "a drill takes in no alert, publishes nothing and lists nobody",
            )
        case _:
            return fact


def _kind_of(command: Command) -> str:
    """The kind of command that a rehearsal is of; what does not contain goes by a name of its own."""
    if isinstance(command, Tighten) and command.kind not in CONTAINING:
        return command.kind.value
    return tag_of(type(command))


def marked_draft(draft: Draft) -> Draft:
    """*draft* with the mark of a drill on its titles."""
    content = draft.content
    return replace(
        draft,
        content=replace(
            content, title_zh=marked(content.title_zh, MARK.zh), title_en=marked(content.title_en, MARK.en)
        ),
    )


def marked(text: str, mark: str) -> str:
    """*text* with *mark* in front of it, once."""
    return text if text.startswith(f"【{mark}】") else f"【{mark}】{text}"


def rehearsed(case: Case, command: Rehearsal) -> tuple[Fact, ...]:
    """What follows from a rehearsal: the playbook goes on as if it had been done, and it is said that it was not."""
    ended = CommandEnded(key=command.key, ending=Ending.SUCCEEDED, said=NOT_DONE)
    contains = command.of == tag_of(Tighten) and (case.state, Move.CONTAIN) in TRANSITIONS
    return (StateMoved(move=Move.CONTAIN), ended) if contains else (ended,)


def invented_alert(name: str, title: str, level: str, book: str, now: datetime) -> AlertFacts:
    """An alert that no rule raised, so that the playbook *book* has somebody to be about. It names nobody there is."""
    return AlertFacts(
        id=f"DRILL-{name}",
        rule=RULE,
        title=title,
        level=level,
        group={
            "user.id": "drill-account",
            "service.name": "drill-system",
            "yingbi.credential": "drill-credential",
        },
        raised_at=now,
        first_at=now,
        last_at=now,
        event_count=0,
        subject_count=0,
        events=(),
        respond=book,
        automatic=False,
    )
