"""A case as programs read it: what `yingbi case --json` prints and the API answers, and nothing else.

Keys are only ever added. Citizens are numbered within one answer and named by no digest (invariant 3).
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from console.cases.handling_json import handling_json
from console.cases.view import ClockView, Held, clocks_of, held_by, steps_left, steps_of, targets_of, under_way
from console.notices.view import standing_of
from console.unseen import Readable
from incident.activation import Issued
from incident.by_hand import is_late, late_steps, urgency_of
from incident.command import LASTING, AskPerson, Containment, Lift, Tighten
from incident.duty.clocks import Reading
from incident.facts.case import AlertFacts
from incident.graph import Books
from incident.ids import Bilingual
from incident.incident import Case
from incident.journal import Entry
from incident.scope import Scope
from incident.state import ENDED
from incident.timeline import describe
from siem.detect.aliases import Aliases

type Told = Callable[[datetime], Bilingual]
type Handle = Callable[[Containment, str], str]
"""What a program names somebody by who is not named to it."""

LATE = frozenset({Reading.LATE, Reading.DONE_LATE})


def case_line(case: Case, now: datetime, alias: Aliases | None = None) -> dict[str, Any]:
    """What a list says of *case*."""
    alias = alias or Aliases()
    owed = [view for view in clocks_of(case, now) if view.record.owed and not case.merged_into]
    return {
        "id": case.id,
        "title": alias(case.title),
        "state": case.state.value,
        "ended": case.state in ENDED,
        "level": case.level,
        "grade": case.graded.grade.value if case.graded else None,
        "opened_at": iso(case.opened_at),
        "drill": case.drill,
        "tlp": case.handling.tlp.value,
        "restricted": case.handling.restricted,
        "alerts": len(case.alerts),
        "persons": case.scope.persons if case.scope else None,
        "questions": len(case.questions),
        "next_due": iso(owed[0].record.due) if owed else None,
        "late": any(view.reading in LATE for view in clocks_of(case, now)),
        "notice": standing_of(case).value,
        "entries": case.last.number,
    }


def case_json(
    case: Case, now: datetime, *, books: Books, handle: Handle | None = None, alias: Readable | None = None
) -> dict[str, Any]:
    """Everything that a person on duty needs of *case* as it stands at *now*, but for the timeline.

    *alias* is how whoever asks reads: of cases that they may not see nothing is said.
    """
    alias = alias or Readable()
    graded = case.graded
    return {
        **case_line(case, now, alias),
        "merged_into": None if case.merged_into in alias.unseen else case.merged_into,
        "taken_in": [each for each in case.taken_in if each not in alias.unseen],
        "links": [
            {"kind": each.kind.value, "case": each.other, "reason": alias(each.reason)}
            for each in case.links
            if each.other not in alias.unseen
        ],
        "grading": {
            "grade": graded.grade.value,
            "why": alias(graded.why),
            "clauses": list(graded.clauses),
            "by": str(case.graded_by),
        }
        if graded
        else None,
        "aware_at": iso(case.aware_at),
        "contained_at": iso(case.contained_at),
        "alert_list": [_alert(alert, alias) for alert in case.alerts.values()],
        "clocks": [_clock(view) for view in clocks_of(case, now)],
        "blocked": [_held(held, alias) for held in held_by(case, now)],
        "targets": [
            {"of": handle(kind, target) if handle else None, "kind": kind.value, "target": alias(target)}
            for kind, target in targets_of(case)
        ],
        "under_way": [_issued(issued, alias) for issued in under_way(case)],
        "scope": _scope(case.scope, case, alias) if case.scope else None,
        "question_list": [_question(case.commands[asked.key], asked, now, alias) for asked in case.questions],
        "playbook": _playbook(case, now, books, alias),
        "notice_state": notice_line(case),
        "handling": handling_json(case, now, alias),
    }


def timeline_json(
    case: Case, told: Told, entries: Sequence[Entry] | None = None, *, alias: Readable | None = None
) -> list[dict[str, Any]]:
    """The journal of *case*, or some *entries* of it, oldest first: a line each in both languages, as *alias* reads."""
    alias = alias or Readable()
    return [_entry(entry, describe(entry.fact, case, told), alias) for entry in entries or case.entries]


def _entry(entry: Entry, said: Bilingual, alias: Aliases) -> dict[str, Any]:
    return {
        "number": entry.number,
        "at": iso(entry.at),
        "by": alias(str(entry.by)),
        "zh": alias(said.zh),
        "en": alias(said.en),
        "chain": entry.chain,
    }


def iso(at: datetime | None) -> str | None:
    """*at* in UTC, to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else None


def _alert(alert: AlertFacts, alias: Aliases) -> dict[str, Any]:
    return {
        "id": alert.id,
        "rule": alert.rule,
        "title": alias(alert.title),
        "level": alert.level,
        "about": {name: alias(value) for name, value in alert.group.items()},
        "raised_at": iso(alert.raised_at),
        "first_at": iso(alert.first_at),
        "last_at": iso(alert.last_at),
        "events": alert.event_count,
        "subjects": alert.subject_count,
    }


def _clock(view: ClockView) -> dict[str, Any]:
    record = view.record
    return {
        "duty": record.duty.id,
        "audience": record.duty.audience.value,
        "zh": record.duty.name.zh,
        "en": record.duty.name.en,
        "recipient": {"zh": record.duty.recipient.zh, "en": record.duty.recipient.en},
        "reading": view.reading.value,
        "urgency": view.urgency.value,
        "owed": record.owed,
        "start": iso(record.start),
        "due": iso(record.due),
        "limit": record.duty.limit.value,
        "late": view.reading in LATE,
        "late_since": iso(record.late_since),
        "moves": [
            {
                "start": iso(each.start),
                "due": iso(each.due),
                "reason": each.reason,
                "at": iso(each.at),
                "by": str(each.by),
            }
            for each in record.settings
        ],
        "fulfilled": {
            "at": iso(record.fulfilled.at),
            "by": str(record.fulfilled.by),
            "reference": record.fulfilled.reference,
            "note": record.fulfilled.note,
        }
        if record.fulfilled
        else None,
    }


def _held(held: Held, alias: Aliases) -> dict[str, Any]:
    asked = held.asked
    return {
        **_tightening(held.command, alias),
        "lift_asked": {"by": asked.by, "reason": asked.reason, "at": iso(asked.at)} if asked else None,
    }


def _tightening(command: Tighten, alias: Aliases) -> dict[str, Any]:
    return {
        "key": command.key,
        "kind": command.kind.value,
        "system": command.system,
        "target": alias(command.target),
        "until": None if command.kind in LASTING else iso(command.until),
        "reason": alias(command.reason),
        "by": str(command.by),
    }


def _issued(issued: Issued, alias: Aliases) -> dict[str, Any]:
    command = issued.command
    assert isinstance(command, Tighten | Lift)
    about = command.tightening if isinstance(command, Lift) else command
    return {"lifts": isinstance(command, Lift), **_tightening(about, alias), "key": command.key}


def _scope(scope: Scope, case: Case, alias: Aliases) -> dict[str, Any]:
    return {
        "counted_at": iso(case.scope_at),
        "outdated": case.scope_outdated,
        "start": iso(scope.question.start),
        "end": iso(scope.question.end),
        "events": scope.events,
        "refused": scope.refused,
        "persons": scope.persons,
        "persons_masked": scope.persons_masked,
        "unattributed": scope.unattributed,
        "persons_at_most": scope.persons_at_most,
        "canaries": scope.canaries,
        "doubtful": scope.doubtful,
        "cautions": [caution.value for caution in scope.cautions],
        "categories": {
            name: {
                "clear_values": count.clear_values,
                "masked_values": count.masked_values,
                "clear_persons": count.clear_persons,
                "clear_unattributed": count.clear_unattributed,
            }
            for name, count in scope.categories.items()
        },
        "systems": dict(scope.systems),
        "operations": dict(scope.operations),
        "callers": [alias(caller) for caller in scope.callers],
        "exports": scope.streams,
        "export_list": [
            {
                "event": each.event,
                "at": iso(each.at),
                "system": each.system,
                "operation": each.operation,
                "bytes_out": each.bytes_out,
            }
            for each in scope.exports
        ],
        "persons_by_level": dict(scope.persons_by_level),
        "bytes_out": scope.bytes_out,
    }


def _question(issued: Issued, asked: AskPerson, now: datetime, alias: Aliases) -> dict[str, Any]:
    return {
        "key": asked.key,
        "question": asked.question.value,
        "title": alias(asked.title),
        "text": alias(asked.text),
        "assignee": asked.assignee,
        "due_at": iso(asked.due),
        "urgency": urgency_of(issued, now).value,
        "late": is_late(issued, now),
        "taken_by": issued.taken_by,
        "answers": list(asked.answers),
        "measures": [
            {
                "measure": str(place),
                "kind": each.kind.value,
                "system": each.system,
                "target": alias(each.target),
                "hours": each.hours,
                "reason": alias(each.reason),
            }
            for place, each in enumerate(asked.measures)
        ],
    }


def _playbook(case: Case, now: datetime, books: Books, alias: Aliases) -> dict[str, Any] | None:
    if not case.book:
        return None
    late = late_steps(case, now)
    return {
        "book": case.book,
        "ended": case.run_ended.value if case.run_ended else None,
        "steps": [
            {
                "number": view.step.number,
                "id": view.step.step,
                "name": view.step.name,
                "depth": view.depth,
                "progress": view.step.progress.value,
                "said": alias(view.step.said),
                "started_at": iso(view.step.started_at),
                "ended_at": iso(view.step.ended_at),
                "late": view.step.number in late,
            }
            for view in steps_of(case)
        ],
        "left": list(steps_left(case, books)),
    }


def notice_line(case: Case) -> dict[str, Any]:
    """How far the notice of *case* is, and its versions."""
    notice = case.notice
    return {
        "id": case.notice_id,
        "standing": standing_of(case).value,
        "digest": notice.digest or None,
        "submitted_by": notice.submitted_by,
        "approved_by": notice.approved_by,
        "due": iso(notice.due),
        "versions": [
            {
                "number": version.number,
                "at": iso(version.at),
                "digest": version.digest,
                "withdrawn": iso(version.withdrawn.at) if version.withdrawn else None,
            }
            for version in notice.versions
        ],
    }
