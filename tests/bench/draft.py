"""From contained to a complete draft: a million persons counted, the first report as PDF, the notice with its texts.

By the real journal, index and engine. Of the `--events` events of others most lie before the window that is asked for,
as on any day; the answers that showed the million lie within it. What the playbook asks a person takes as long as the
person does and is not in it: nothing before the draft is asked.
"""

import contextlib
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import batched
from typing import Any

from incident.command import Lift, Tighten
from incident.duty.forms import Form
from incident.sheets.file import file_of
from incident.sheets.sheet import SheetFormat
from siem.record.ecs import Document
from siem.record.event import EventId, ExchangeId
from tests.bench.figure import Bench, Figure, figure
from tests.bench.scope import LEAST, PERSONS, PROMISE, SOON
from tests.incident.office import TEN, Office, alert, new_database, shown
from tests.siem.events import document

SHAPES = (1_000, 50)
"""So many persons an answer."""
SPREAD = timedelta(hours=20)


def figures(bench: Bench) -> list[Figure]:
    """The figures of the index in SQLite, for each shape."""
    return [each for at_once in SHAPES for each in _measured(bench, at_once)]


def _measured(bench: Bench, at_once: int) -> Iterator[Figure]:
    events = bench.events or LEAST
    folder = bench.folder / str(at_once)
    folder.mkdir()
    engine = new_database(folder)
    office = Office(folder=folder, engine=engine, canaries=frozenset())
    with contextlib.closing(office.events) as store:
        for number, batch in enumerate(batched(_events(events, at_once), 1_000), start=1):
            bench.progress(f"{number * 1_000:,} events")
            store.append(batch, SOON)
        case = office.cases.open_or_join(alert(automatic=True))
        while not (known := office.cases.get(case)).contained_at:
            assert office.perform(Tighten), [asked.title for asked in known.questions]
            office.cases.tick()
        assert known.scope is None
        bench.progress(f"counting and drafting for {PERSONS:,} persons, {at_once} at a time")
        began, busy = time.perf_counter(), time.process_time()
        office.perform_all()
        report = file_of(office.cases.form(case, Form.FIRST), SheetFormat.PDF)
        seconds, busy = time.perf_counter() - began, time.process_time() - busy
        known = office.cases.get(case)
        assert known.scope is not None
        assert known.scope.persons == PERSONS, known.scope.persons
        assert known.notice.draft is not None
        assert f"{PERSONS:,}" in known.notice.draft.content.body_zh
        assert report.startswith(b"%PDF")
        assert not any(isinstance(command, Lift) for command in office.cases.pending())
    engine.dispose()
    what = f"{PERSONS:,} persons, {at_once} an answer, {events:,} events of others: contained to drafts"
    yield figure(what, [seconds], "s", PROMISE)
    yield figure(f"{what}, processor", [busy], "s")


def _events(others: int, at_once: int) -> Iterator[Document]:
    fields = (shown("name", count=1), shown("mobile", count=1))
    for number in range(others):
        at = TEN - SPREAD + number * (SPREAD / others)
        yield _event(
            number, at=at, caller=f"clerk-{number % 2_000}", subjects=_people(number % 500_000, 1), fields=fields
        )
    answers, first_at = PERSONS // at_once, TEN - timedelta(minutes=5)
    fields = (shown("name", count=at_once), shown("mobile", count=at_once))
    for number in range(answers):
        at = first_at + number * (timedelta(minutes=4) / answers)
        yield _event(others + number, at=at, subjects=_people(number * at_once, at_once), fields=fields)


def _people(first: int, count: int) -> tuple[str, ...]:
    return tuple(f"1:{number:032x}" for number in range(first, first + count))


def _event(number: int, **facts: Any) -> Document:
    identity = f"6YQ3K0M9ZT-{number}"
    return document(number, id=EventId(identity), exchange=ExchangeId(identity), **facts)
