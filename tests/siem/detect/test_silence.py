from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from siem.detect.alert import Alert
from siem.detect.definition import Level
from siem.detect.silence import NotSilenced, Silence, SilenceStore
from siem.index.sqlite import SqliteStore
from tests.siem.detect.detection import Detection, detecting
from tests.siem.detect.rules import EVENTS_RULE
from tests.siem.events import NINE, document

SECOND = timedelta(seconds=1)
RULE = replace(EVENTS_RULE, level=Level.HIGH)


@pytest.fixture
def detection(tmp_path: Path) -> Iterator[Detection]:
    with closing(SqliteStore(tmp_path / "index.db")) as store, detecting([RULE], store, tmp_path) as detection:
        yield detection


@pytest.fixture
def silences(tmp_path: Path) -> Iterator[SilenceStore]:
    with closing(SilenceStore(tmp_path / "silences.db")) as silences:
        yield silences


def burst(start: int, count: int = 6, caller: str = "clerk-wang") -> list[dict[str, Any]]:
    return [document(start + n, caller=caller) for n in range(count)]


def alert(detection: Detection) -> Alert:
    return detection.alerts.latest()[-1]


def silence(first: int, last: int) -> Silence:
    return Silence(
        id="S-7",
        rule=RULE.id,
        caller="clerk-wang",
        since=NINE + first * SECOND,
        until=NINE + last * SECOND,
        why="核对",
        by="p-lin",
        ended_by="",
    )


def told(detection: Detection) -> list[tuple[str, str, int]]:
    return [(each.title, each.respond, each.event_count) for each in detection.alerts.latest()[::-1]]


def test_what_is_silenced_is_kept_and_nothing_comes_of_it(detection: Detection) -> None:
    detection.silences.append(silence(0, 3600))
    detection.feed([*burst(100), *burst(200, caller="clerk-li")])
    assert sorted(told(detection)) == [
        ("多 / Many", "bulk-retrieval", 6),
        ("多（已静音 S-7） / Many (silenced, S-7)", "", 6),
    ]


@pytest.mark.parametrize("restarts", [False, True])
def test_what_comes_before_and_after_it_is_an_alert_as_ever(detection: Detection, restarts: bool) -> None:
    detection.silences.append(silence(200, 300))
    for start in (100, 200, 290, 300):
        detection.feed(burst(start, 10 if start == 290 else 6))
        if restarts:
            detection.restart()
    assert told(detection) == [
        ("多 / Many", "bulk-retrieval", 28),
        ("多（已静音 S-7） / Many (silenced, S-7)", "", 16),
    ], "the loud alert goes on after the silence, and all that lies between is evidence of it as well"


def test_a_silence_is_kept_with_its_end_and_its_reason(
    detection: Detection, silences: SilenceStore, tmp_path: Path
) -> None:
    detection.feed(burst(100))
    made = silences.add(alert(detection), 30, " 年检核对，见 2026-118 ", "p-lin", NINE)
    assert (made.id, made.caller, made.why, made.by) == ("S-1", "clerk-wang", "年检核对，见 2026-118", "p-lin")
    assert (made.since, made.until) == (NINE, NINE + timedelta(days=30))
    with closing(SilenceStore(tmp_path / "silences.db", read_only=True)) as reader:
        assert reader.all() == [made]
    silences.end("S-1", "p-wu", NINE + SECOND)
    silences.end("S-1", "p-sun", NINE + 2 * SECOND)
    (ended,) = silences.all()
    assert (ended.until, ended.ended_by) == (NINE + SECOND, "p-wu")


def test_where_nobody_silenced_anything_there_is_none(tmp_path: Path) -> None:
    with closing(SilenceStore(tmp_path / "none.db", read_only=True)) as reader:
        assert reader.all() == []


@pytest.mark.parametrize(
    ("changes", "days", "why", "said"),
    [
        ({}, 0, "核对", "from 1 to 90 days"),
        ({}, 91, "核对", "from 1 to 90 days"),
        ({}, 5, "  ", "say why"),
        ({"automatic": True}, 5, "核对", "contains by itself"),
        ({"level": Level.CRITICAL}, 5, "核对", "is critical"),
        ({"group": {"source.ip": "10.0.0.7"}}, 5, "核对", "is about no caller"),
        ({"rule": f"{RULE.id}/S-1"}, 5, "核对", "silenced already"),
    ],
)
def test_what_may_not_be_silenced_is_told(
    detection: Detection, silences: SilenceStore, changes: dict[str, Any], days: int, why: str, said: str
) -> None:
    detection.feed(burst(100))
    with pytest.raises(NotSilenced, match=said):
        silences.add(replace(alert(detection), **changes), days, why, "p-lin", NINE)
    assert silences.all() == []
