"""The duties of a case as programs read them: each with its law, its clock, what was decided about it, and the proof.

Everything comes from the journal: where something was recorded is told by the number of its entry.
"""

from datetime import UTC, datetime
from typing import Any

from incident.duty.clocks import ClockRecord
from incident.duty.duties import STARTED_BY, Duty, DutyTable, Source
from incident.facts.duty import ClockSet, DutyFulfilled, DutyJudged, DutyLate, DutyWarned, Happened
from incident.ids import Bilingual, DutyId
from incident.incident import Case
from incident.journal import Entry

_DAY_S = 86_400
_HOUR_S = 3600
_MOST_HOURS = 72
"""Up to so many a limit is said in hours, as laws do."""


def duties_json(case: Case, table: DutyTable, now: datetime) -> dict[str, Any]:
    """What `yingbi duties CASE --json` prints. *table* names the duties whose clocks have not started."""
    views = [_duty(case, record, now) for record in case.clocks.values()]
    return {
        "case": case.id,
        "state": case.state.value,
        "grade": case.graded.grade.value if case.graded else None,
        "as_of": _time(now),
        "aware_at": _time(case.aware_at),
        "duties": sorted(views, key=lambda view: (view["due"], view["id"])),
        "not_started": [_law(duty) for duty in table.duties if duty.id not in case.clocks],
    }


def limit_words(duty: Duty) -> Bilingual:
    """How much time *duty* gives: `4 小时`, `30 天`, `10 个工作日（Europe/Berlin）`."""
    if duty.days:
        return duty.days.words
    seconds = int(duty.within.total_seconds())
    if seconds % _DAY_S == 0 and seconds > _MOST_HOURS * _HOUR_S:
        return Bilingual(zh=f"{seconds // _DAY_S} 天", en=f"{seconds // _DAY_S} d")
    if seconds % _HOUR_S == 0:
        return Bilingual(zh=f"{seconds // _HOUR_S} 小时", en=f"{seconds // _HOUR_S} h")
    return Bilingual(zh=f"{seconds // 60} 分钟", en=f"{seconds // 60} min")


def started_by(case: Case, duty: Duty, start: datetime) -> Entry | None:
    """The entry that says what happened at *start*, from which the clock of *duty* runs; None where a person chose
    another time.
    """
    found = (
        entry
        for entry in case.entries
        if isinstance(entry.fact, Happened) and entry.fact.what in STARTED_BY[duty.since] and entry.fact.at == start
    )
    return next(found, None)


def _law(duty: Duty) -> dict[str, Any]:
    days = duty.days
    return {
        "id": duty.id,
        "audience": duty.audience.value,
        "name": _both(duty.name),
        "recipient": _both(duty.recipient),
        "channel": _both(duty.channel),
        "content": list(duty.content),
        "content_source": _source(duty.content_source),
        "sources": [_source(source) for source in duty.sources],
        "since": duty.since.value,
        "triggers": sorted(what.value for what in STARTED_BY[duty.since]),
        "limit": {
            **_both(limit_words(duty)),
            "seconds": None if days else int(duty.within.total_seconds()),
            "days": {"count": days.count, "counting": days.counting.value, "zone": days.zone} if days else None,
            "set_by": duty.limit.value,
        },
        "from_grade": duty.from_grade.value if duty.from_grade else None,
        "waived_when": _both(duty.waived_when) if duty.waived_when else None,
    }


def _duty(case: Case, record: ClockRecord, now: datetime) -> dict[str, Any]:
    duty, done, judged = record.duty, record.fulfilled, record.judged
    started, late = started_by(case, duty, record.start), record.late_since
    is_late = late is not None or (record.owed and now > record.due)
    return {
        **_law(duty),
        "reading": record.reading(now).value,
        "urgency": record.urgency(now).value,
        "runs_from": _occurrence(started),
        "start": _time(record.start),
        "half_at": _time(record.half_at),
        "last_quarter_at": _time(record.last_quarter_at),
        "due": _time(record.due),
        "settings": [
            {
                "start": _time(setting.fact.start),
                "due": _time(setting.fact.due),
                "moved_because": setting.fact.reason or None,
                **_recorded(setting),
            }
            for setting in case.entries
            if isinstance(setting.fact, ClockSet) and setting.fact.duty.id == duty.id
        ],
        "applies": judged.applies if judged else None if duty.from_grade else True,
        "judged": {"why": judged.why, **_recorded(_last(case, DutyJudged, duty.id))} if judged else None,
        "warned": [
            {"urgency": entry.fact.urgency.value, **_recorded(entry)}
            for entry in case.entries
            if isinstance(entry.fact, DutyWarned) and entry.fact.duty == duty.id
        ],
        "late": is_late,
        "late_since": _time(late or record.due) if is_late else None,
        "late_entry": _number(_last(case, DutyLate, duty.id)),
        "fulfilled": {
            "reference": done.reference,
            "note": done.note,
            "file": {"name": done.file.name, "sha256": done.file.sha256, "size": done.file.size} if done.file else None,
            **_recorded(_last(case, DutyFulfilled, duty.id)),
        }
        if done
        else None,
    }


def _last(case: Case, kind: type[DutyJudged | DutyFulfilled | DutyLate], duty: DutyId) -> Entry | None:
    return next(
        (entry for entry in reversed(case.entries) if isinstance(entry.fact, kind) and entry.fact.duty == duty), None
    )


def _occurrence(entry: Entry | None) -> dict[str, Any] | None:
    if entry is None or not isinstance(entry.fact, Happened):
        return None
    return {"what": entry.fact.what.value, **_recorded(entry)}


def _recorded(entry: Entry | None) -> dict[str, Any]:
    return {"at": _time(entry.at), "by": str(entry.by), "entry": entry.number} if entry else {}


def _number(entry: Entry | None) -> int | None:
    return entry.number if entry else None


def _both(words: Bilingual) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def _source(source: Source) -> dict[str, str]:
    return {"text": source.text, "standing": source.standing.value}


def _time(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None
