"""Seven days in figures: what is counted, that nobody's digest is among it, and that it ends in time."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from console.dashboard import Line, figures
from console.search.event_timeline import CLEAR, HIDDEN
from siem.index.store import StoreUnavailable
from siem.record.event import CallerKind, Disclosure, Phase, Verdict
from tests.console.bureau import FIELDS, Bureau, use
from tests.incident.office import LIMIT, TEN
from tests.siem.events import digest, document

ZONE = timezone(timedelta(hours=8))
DAY = timedelta(days=1)
START = datetime(2026, 11, 17, tzinfo=ZONE)


def told(lines: Any) -> dict[str, dict[str, int]]:
    return {line.name or f"{line.at:%d}": {kind: n for kind, n in line.numbers.items() if n} for line in lines}


@pytest.fixture
def busy(bureau: Bureau) -> Bureau:
    mobile = (use("mobile", "mobile", Disclosure.CLEAR, "keep", 1), use("mobile", "mobile", Disclosure.MASKED, "k", 1))
    facts: list[dict[str, Any]] = [
        {"caller": "clerk-li", "fields": FIELDS},
        {"caller": "clerk-li", "fields": mobile, "at": TEN - 2 * DAY},
        {"caller": "clerk-li", "disclosure": Disclosure.MASKED, "fields": FIELDS[2:3], "system": "hall"},
        {"caller": "portal", "caller_kind": CallerKind.SYSTEM, "disclosure": Disclosure.PSEUDONYMOUS},
        {"caller": digest(7), "caller_kind": CallerKind.CITIZEN, "fields": FIELDS},
        {"caller": digest(8), "caller_kind": CallerKind.STAFF, "fields": FIELDS},  # as another maker's event may say
        {"phase": Phase.OPEN, "fields": FIELDS},
        {"phase": Phase.SHOWN, "fields": FIELDS},
        {"phase": Phase.CLOSE, "fields": FIELDS},
        {"verdict": Verdict.WITHHOLD, "reason": "caller_blocked", "disclosure": Disclosure.NONE, "fields": ()},
        {"verdict": Verdict.WITHHOLD, "disclosure": Disclosure.NONE, "fields": (), "at": TEN - DAY},
        {"caller": "clerk-before", "at": START - timedelta(microseconds=1)},
        {"caller": "clerk-after", "at": START + 7 * DAY},
    ]
    bureau.office.events.append([document(n, **{"at": TEN, **each}) for n, each in enumerate(facts, 100)], LIMIT)
    return bureau


def test_what_is_counted(busy: Bureau) -> None:
    alert = busy.leak(persons=10)
    found = figures(busy.office.events, busy.alerts_read, START, LIMIT)
    assert found.is_whole
    assert told(found.systems) == {"register": {CLEAR: 15, HIDDEN: 1}, "hall": {HIDDEN: 1}}
    days: dict[str, dict[str, int]] = {f"{day:02}": {} for day in range(17, 24)}
    assert told(found.days) == {**days, "21": {CLEAR: 1}, "23": {CLEAR: 14, HIDDEN: 2}}
    assert told(found.categories) == {
        "mobile": {CLEAR: 15},
        "name": {CLEAR: 14},
        "resident_id": {HIDDEN: 15},
        "address": {HIDDEN: 14},
    }
    assert told(found.callers) == {"clerk-wang": {CLEAR: 11}, "clerk-li": {CLEAR: 2, HIDDEN: 1}, "portal": {HIDDEN: 1}}
    assert [(line.name, line.total) for line in found.reasons or ()] == [("", 1), ("caller_blocked", 1)]
    assert told(found.withheld_days) == {**days, "22": {"withheld": 1}, "23": {"withheld": 1}}
    assert alert.raised_at == TEN
    assert told(found.alerts) == {**days, "23": {"alerts": 1}}


def test_bars_are_as_long_as_their_numbers(busy: Bureau) -> None:
    found = figures(busy.office.events, busy.alerts_read, START, LIMIT)
    lines = [line for line in found.systems or () if isinstance(line, Line)]
    assert sum(each.width for each in lines[0].bar) == 1000
    assert [each.kind for each in lines[0].bar] == [CLEAR, HIDDEN]


def test_the_week_before_is_another_week(busy: Bureau) -> None:
    found = figures(busy.office.events, busy.alerts_read, START - 7 * DAY, LIMIT)
    assert told(found.callers) == {"clerk-before": {CLEAR: 1}}


class Slow:
    """An index of which every answer takes two seconds of the clock that the page goes by."""

    def __init__(self, events: Any) -> None:
        self.events, self.now = events, 0.0

    def count_by(self, asked: Any, start: datetime, end: datetime, timeout: timedelta, every: Any = None) -> Any:
        self.now += min(2.0, timeout.total_seconds())
        if timeout < timedelta(seconds=2):
            raise StoreUnavailable("the index did not answer in time")
        return self.events.count_by(asked, start, end, LIMIT, every)


def test_all_of_it_ends_in_time_and_what_was_answered_is_shown(busy: Bureau) -> None:
    slow = Slow(busy.office.events)
    found = figures(slow, busy.alerts_read, START, timedelta(seconds=5), lambda: slow.now)  # type: ignore[arg-type]
    assert slow.now <= 5.1
    assert found.systems is not None
    assert found.reasons is not None
    assert found.callers is None
    assert found.categories is None
    assert not found.is_whole


def test_no_event_is_read(busy: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the page of a busy week must not do."""
    for name in ("search", "latest", "get"):
        monkeypatch.delattr(type(busy.office.events), name)
    assert figures(busy.office.events, busy.alerts_read, START, LIMIT).is_whole
