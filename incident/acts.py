"""What persons may do with a case: each act is the facts that it adds, or NotPermitted with the reason.

What they may do with its notice is in `incident.publishing`.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from incident.activation import Issued, Progress
from incident.blank import is_blank
from incident.command import AskPerson, Containment, Question, Tighten, lacks_object, takes_target
from incident.commanding import LOOK_BACK_HOURS, first_at, scope_command, since_of
from incident.duty.clocks import ProofFile
from incident.duty.deadlines import late_facts
from incident.duty.duties import Grade, Occurrence
from incident.facts.case import Move, StateMoved
from incident.facts.duty import ClockSet, DutyFulfilled, DutyJudged, Graded, Happened
from incident.facts.run import CommandEnded, CommandIssued, Ending
from incident.ids import CommandKey, DutyId, NotPermitted, PersonId, person
from incident.incident import Case
from incident.journal import Fact
from incident.review import needs_no_more
from incident.state import ENDED, TRANSITIONS
from incident.step_commands import RETRY

MOST_CONTAINMENT = timedelta(hours=24)
"""Invariant 6: what lasts longer takes two people."""


_SHA256 = re.compile(r"[0-9a-f]{64}")
EARLIEST = timedelta(days=90)
"""How long before the first event of a case something about it may have become known."""


def move(case: Case, step: Move, reason: str, now: datetime) -> tuple[Fact, ...]:
    """Change the state of the case."""
    if (case.state, step) not in TRANSITIONS:
        raise NotPermitted(f"案件处于“{case.state}”状态，不能这样处理", f"a case that is {case.state} cannot {step}")
    if step not in (Move.CONTAIN, Move.RESOLVE):
        needs_reason(reason)
    if step is Move.CLOSE:
        owed = [record.duty.name for record in case.clocks.values() if record.owed]
        if owed:
            raise NotPermitted(
                f"尚有未履行的职责：{'、'.join(name.zh for name in owed)}",
                f"duties are still owed: {'; '.join(name.en for name in owed)}",
            )
        needs_no_more(case, now)
    moved = StateMoved(move=step, reason=reason)
    return (moved, Happened(what=Occurrence.HANDLED, at=now)) if step is Move.RESOLVE else (moved,)


def happened(case: Case, what: Occurrence, at: datetime, note: str, now: datetime) -> tuple[Fact, ...]:
    """Record what a clock may run from: a confirmation, a report received, a clue to a crime."""
    if what in (Occurrence.ALERT, Occurrence.HANDLED):
        raise NotPermitted("告警和处置结束由系统记录", "alerts and the end of the handling are recorded by the system")
    if at > now:
        raise NotPermitted("时间不能晚于现在", "the time cannot lie in the future")
    _not_too_early(case, at)
    if what is Occurrence.CONFIRMATION and any(event.what is what for event in case.occurrences):
        raise NotPermitted("已经确认过", "it is confirmed already")
    return (Happened(what=what, at=at, note=note),)


def _not_too_early(case: Case, at: datetime) -> None:
    first = min((alert.first_at for alert in case.alerts.values()), default=case.opened_at)
    if at < first - EARLIEST:
        days = EARLIEST.days
        raise NotPermitted(
            f"时间不能早于案件最早的记录 {days} 天以上，请核对年份",
            f"the time lies more than {days} days before the first event of the case: look at the year",
        )


def move_clock(case: Case, duty: DutyId, start: datetime, reason: str, now: datetime) -> tuple[Fact, ...]:
    """Let a clock run from another time. It shows for ever, and what was late stays late."""
    record = case.clocks.get(duty)
    if record is None or record.fulfilled:
        raise NotPermitted("该时限未启动或职责已履行", "this clock does not run")
    needs_reason(reason)
    if start > now:
        raise NotPermitted("起算时间不能晚于现在", "a clock cannot start in the future")
    _not_too_early(case, start)
    moved = ClockSet(duty=record.duty, start=start.astimezone(UTC), due=record.duty.due(start), reason=reason)
    return (*(fact for fact in late_facts(case, now) if getattr(fact, "duty", None) == duty), moved)


def grade(to: Grade, reason: str) -> tuple[Fact, ...]:
    """Grade the incident, whatever the engine suggested."""
    needs_reason(reason)
    return (Graded(grade=to, why=reason),)


def judge_duty(case: Case, duty: DutyId, reason: str, *, applies: bool) -> tuple[Fact, ...]:
    """Decide whether a duty exists: not to tell persons needs its legal ground, the others follow from the grade."""
    record = case.clocks.get(duty)
    if record is None or record.fulfilled:
        raise NotPermitted("该时限未启动或职责已履行", "this clock does not run")
    if not applies and record.duty.waived_when is None and record.duty.from_grade is None:
        raise NotPermitted("法律没有规定可以不履行这项职责", "the law names no ground on which this duty falls away")
    needs_reason(reason)
    return (DutyJudged(duty=duty, applies=applies, why=reason),)


def fulfil(
    case: Case, duty: DutyId, reference: str, note: str, now: datetime, file: ProofFile | None = None
) -> tuple[Fact, ...]:
    """Record that a duty was fulfilled; *reference* is the proof, as a receipt's number, *file* what proves it too."""
    record = case.clocks.get(duty)
    if record is None or not record.owed:
        raise NotPermitted("该职责未产生、已履行或不适用", "this duty is not owed")
    if is_blank(reference):
        raise NotPermitted("请填写回执编号等证明", "a proof is needed, such as the number of the receipt")
    if file and not (_SHA256.fullmatch(file.sha256) and not is_blank(file.name) and file.size > 0):
        raise NotPermitted(
            "证明文件要有名称、内容和 SHA-256 摘要", "a file that proves something has a name, content and its SHA-256"
        )
    late = (fact for fact in late_facts(case, now) if getattr(fact, "duty", None) == duty)
    return (*late, DutyFulfilled(duty=duty, reference=reference, note=note, file=file))


def contain(
    case: Case,
    kind: Containment,
    *,
    system: str,
    target: str,
    hours: int,
    reason: str,
    by: PersonId,
    now: datetime,
) -> tuple[Fact, ...]:
    """Contain at once, beside the playbook. What is about a system as a whole, or about the log, has no *target*."""
    needs_open(case)
    needs_reason(reason)
    if not 1 <= hours * 3600 <= MOST_CONTAINMENT.total_seconds():
        raise NotPermitted("控制时间最长 24 小时", "containment lasts 1 to 24 hours; longer takes two people")
    if lacks_object(kind, system, target):
        raise NotPermitted("请指明控制的对象", "it has to be said whom or what to contain")
    return (
        CommandIssued(
            step=0,
            command=Tighten(
                key=new_key(case),
                case=case.id,
                kind=kind,
                system=system,
                target=target if takes_target(kind) else "",
                since=since_of(kind, first_at(case), now),
                until=now + timedelta(hours=hours),
                reason=reason,
                by=person(by),
            ),
        ),
    )


def reassess(case: Case, now: datetime, look_back_hours: int = LOOK_BACK_HOURS) -> tuple[Fact, ...]:
    """Count again who is affected, up to now."""
    needs_open(case)
    try:
        command = scope_command(case, new_key(case), now, timedelta(hours=look_back_hours))
    except ValueError as error:
        raise NotPermitted("案件没有关联告警，无法统计", str(error)) from error
    return (CommandIssued(step=0, command=command),)


MEASURE = "measure"
"""The input that names the measure that was chosen, by its place from 0."""


def answer(
    case: Case,
    key: CommandKey,
    *,
    accepted: bool,
    note: str,
    by: PersonId,
    now: datetime,
    inputs: Mapping[str, str] | None = None,
) -> tuple[Fact, ...]:
    """Answer a question: the step is done, or the person says no. A yes to measures puts the chosen one in force."""
    needs_open(case)
    asked = _question(case, key)
    if asked.question is Question.APPROVE_NOTICE and accepted:
        raise NotPermitted("请在通告页面提交和批准", "a notice is submitted and approved on its own page")
    if asked.question is Question.RESCUE and not accepted:
        raise NotPermitted("请选择重试，或者登记已人工完成", "try again, or say that it was done by hand")
    given = dict(inputs or {})
    chosen = given.pop(MEASURE, "0" if len(asked.measures) == 1 else "") if asked.measures else ""
    if unknown := sorted(given.keys() - set(asked.answers)):
        raise NotPermitted(f"没有要求填写“{unknown[0]}”", f"`{unknown[0]}` was not asked for")
    if accepted and (missing := [name for name in asked.answers if is_blank(given.get(name, ""))]):
        raise NotPermitted(f"请填写“{missing[0]}”", f"`{missing[0]}` has to be filled in")
    if not accepted:
        needs_reason(note)
    ending = Ending.SUCCEEDED if accepted else Ending.FAILED
    ended = CommandEnded(key=key, ending=ending, said=note, outputs=given)
    if not accepted or not asked.measures:
        return (ended,)
    return (ended, _taken(case, asked, chosen, by, now))


def _taken(case: Case, asked: AskPerson, chosen: str, by: PersonId, now: datetime) -> CommandIssued:
    if chosen not in map(str, range(len(asked.measures))):
        raise NotPermitted("请选择一项控制措施", "one of the measures has to be chosen")
    measure = asked.measures[int(chosen)]
    command = Tighten(
        key=new_key(case),
        case=case.id,
        kind=measure.kind,
        system=measure.system,
        target=measure.target,
        since=since_of(measure.kind, first_at(case), now),
        until=now + timedelta(hours=measure.hours),
        reason=measure.reason,
        by=person(by),
    )
    return CommandIssued(step=0, command=command)


def retry(case: Case, key: CommandKey) -> tuple[Fact, ...]:
    """Try again what failed: by the rescue question of a step, or by the failed command that a person asked for."""
    needs_open(case)
    issued = case.commands.get(key)
    by_hand = issued is not None and issued.step == 0 and not isinstance(issued.command, AskPerson)
    if issued and by_hand and issued.progress is Progress.FAILED:
        return (CommandIssued(step=0, command=issued.command),)
    asked = _question(case, key)
    if asked.question is not Question.RESCUE:
        raise NotPermitted("这一步没有失败", "this did not fail, so there is nothing to try again")
    return (CommandEnded(key=key, ending=Ending.SUCCEEDED, said="重试 / try again", outputs={RETRY: "true"}),)


def _question(case: Case, key: CommandKey) -> AskPerson:
    issued: Issued | None = case.commands.get(key)
    if issued is None or not isinstance(issued.command, AskPerson) or issued.progress is not Progress.PENDING:
        raise NotPermitted("这个问题不存在或者已经有人处理", "there is no such question, or it is answered already")
    return issued.command


def new_key(case: Case, others: int = 0) -> CommandKey:
    """A key for a command beside the playbook, where *others* are issued before it and not recorded yet."""
    number = sum(1 for issued in case.commands.values() if issued.step == 0) + others + 1
    return CommandKey(f"{case.id}.0.{number}")


def needs_open(case: Case) -> None:
    """Return if commands of the case are performed: those of one that has ended would wait until it is reopened.

    Raises NotPermitted otherwise.
    """
    if case.state in ENDED:
        raise NotPermitted("案件已经结束，请先重新打开", "the case has ended: reopen it first")


def needs_reason(reason: str) -> None:
    """Return if a reason is given. Raises NotPermitted otherwise."""
    if is_blank(reason):
        raise NotPermitted("请填写理由", "a reason is needed")
