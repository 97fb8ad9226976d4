"""`siem.index.sightings` asked of the tables of `siem/index/sqlite_day.py`."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from siem.index.sightings import Sample, Seer, Sighting, lowest_of
from siem.index.sqlite_file import SqliteFile
from siem.index.sqlite_query import SUBJECTS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_WHO = '"user.id", CASE WHEN "user.id" IS NULL THEN "source.ip" END'
# From the subjects to their events: the other way every event of the span would be looked at.
_SHOWN = f"listed CROSS JOIN events ON number = event WHERE field = {SUBJECTS}"
_IN_SPAN = "at >= ? AND at < ?"
_CLEAR = "\"yingbi.disclosure\" = 'clear'"

type Span = tuple[int, int]
"""Microseconds since 1970: from the first until before the second."""


def day_of(path: Path) -> Span:
    """The day whose events the file at *path* holds, which is called after it."""
    begin = datetime.fromisoformat(f"{path.stem}T00:00:00+00:00") - _EPOCH
    return begin // _MICRO, (begin + timedelta(days=1)) // _MICRO


def sightings(file: SqliteFile, subjects: Collection[str], span: Span | None, timeout: timedelta) -> Iterator[Sighting]:
    """The sightings of *subjects* within *span*, or on the whole day, one for each subject, seer and form."""
    marks = ", ".join("?" * len(subjects))
    if span is None:
        select = f"SELECT * FROM sighted WHERE subject IN ({marks})"  # noqa: S608
    else:
        select = (
            f"SELECT value, {_WHO}, {_CLEAR}, count(*), min(at), max(at) FROM {_SHOWN}"  # noqa: S608
            f" AND value IN ({marks}) AND {_IN_SPAN} GROUP BY 1, 2, 3, 4"
        )
    for subject, caller, address, clear, events, first, last in file.read(select, (*subjects, *(span or ())), timeout):
        yield Sighting(
            subject=subject,
            seer=Seer(caller or "", address or ""),
            is_clear=bool(clear),
            events=events,
            first=_milliseconds(first),
            last=_milliseconds(last),
        )


def subjects_of(file: SqliteFile, seer: Seer, span: Span | None, timeout: timedelta) -> set[str]:
    """Whom *seer* was shown in clear within *span*, or on the whole day."""
    if span is None:
        select = "SELECT subject FROM sighted WHERE caller = ? AND address = ? AND is_clear"
        return {subject for (subject,) in file.read(select, (seer.caller, seer.address), timeout)}
    who, value = ('"user.id" = ?', seer.caller) if seer.caller else ('"user.id" IS NULL AND "source.ip" IS ?', None)
    select = (
        f"SELECT DISTINCT value FROM events CROSS JOIN listed ON number = event AND field = {SUBJECTS}"  # noqa: S608
        f" WHERE {who} AND {_IN_SPAN} AND {_CLEAR}"
    )
    return {subject for (subject,) in file.read(select, (value or seer.address or None, *span), timeout)}


def add_to(
    sample: Sample, file: SqliteFile, epochs: Collection[str], parts: int, span: Span | None, timeout: timedelta
) -> None:
    """Add to *sample* the subjects of the first *parts* of `PARTS`, and who was shown them in clear within *span*, or
    on the whole day.
    """
    for epoch in epochs:
        lowest = lowest_of(epoch, parts)
        known = f"SELECT DISTINCT value FROM listed WHERE field = {SUBJECTS} AND value >= ? AND value < ?"  # noqa: S608
        sample.known.update(subject for (subject,) in file.read(known, lowest, timeout))
        each = (
            "SELECT caller, address, subject FROM sighted WHERE subject >= ? AND subject < ? AND is_clear"
            if span is None
            else f"SELECT DISTINCT {_WHO}, value FROM {_SHOWN}"  # noqa: S608
            f" AND value >= ? AND value < ? AND {_IN_SPAN} AND {_CLEAR}"
        )
        for caller, address, subject in file.read(each, (*lowest, *(span or ())), timeout):
            sample.of.setdefault(Seer(caller or "", address or ""), set()).add(subject)


def events_in(file: SqliteFile, timeout: timedelta) -> int:
    """How many events there are."""
    ((events,),) = file.read("SELECT coalesce(max(number), 0) FROM events", (), timeout)
    return int(events)


def _milliseconds(micros: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=micros // 1000)
