import os
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from siem.baseline.calendar import LOCAL, read_calendar
from siem.detect.alert import AlertStore
from siem.index.positions import Positions
from siem.index.ship import Shipper
from siem.index.sqlite import SqliteStore
from siem.notify.watchdog import Part, Watchdog
from siem.record.log import AccessLog, new_start_id, segment_path
from tests.siem.events import document, event
from yingbi.first_start import make_folders
from yingbi.home import Home
from yingbi.pipeline import Pipeline, is_made, patience_of
from yingbi.process.sealer import Sealer
from yingbi.settings import Settings
from yingbi.settings_tables import Log, Notify
from yingbi.told import tell

CALENDAR = read_calendar()
TUESDAY_NOON = datetime(2026, 11, 24, 12, 0, tzinfo=LOCAL)


class Looked:
    """An installation without processes, looked at."""

    def __init__(self, root: Path, stack: ExitStack) -> None:
        self.home = Home(root)
        make_folders(self.home)
        self.settings = Settings(home=root)
        self.store = stack.enter_context(closing(SqliteStore(self.home.events)))
        self.alerts = stack.enter_context(closing(AlertStore(self.home.alerts)))
        self.positions = stack.enter_context(closing(Positions(self.home.positions("sqlite"))))
        self.log = stack.enter_context(closing(AccessLog(self.home.log, new_start_id(datetime.now(UTC)))))
        read = stack.enter_context(closing(AlertStore(self.home.alerts, read_only=True)))
        self.pipeline = stack.enter_context(closing(Pipeline(self.settings, read, lambda: self.store, CALENDAR)))

    def ship(self) -> None:
        Shipper(self.home.log, self.store, self.positions, lambda: datetime.now(UTC)).step()

    def signs(self, now: datetime | None = None) -> Any:
        return self.pipeline.signs(now or datetime.now(UTC))


@pytest.fixture
def looked(tmp_path: Path) -> Iterator[Looked]:
    with ExitStack() as stack:
        yield Looked(tmp_path, stack)


def test_what_the_shipper_has_not_taken_is_seen_without_it(looked: Looked) -> None:
    assert looked.signs().unshipped_bytes == 0
    looked.log.append(event(1, id=looked.log.new_id()))
    waiting = looked.signs()
    assert waiting.unshipped_bytes > 0
    looked.ship()
    shipped = looked.signs()
    assert (shipped.unshipped_bytes, shipped.shipped != waiting.shipped) == (0, True)
    assert shipped.log_grown > 0


def test_half_a_line_waits_for_nobody(looked: Looked) -> None:
    """A worker that was killed while it wrote leaves one, and no shipper will ever take it."""
    looked.log.append(event(1, id=looked.log.new_id()))
    looked.ship()
    with segment_path(looked.log.folder, 1).open("ab") as segment:
        segment.write(b'{"half')
        segment.flush()
        assert looked.signs().unshipped_bytes == 0
        segment.write(b'"}\n')
    assert looked.signs().unshipped_bytes > 0


def test_before_anything_was_detected_there_is_nothing_to_see(looked: Looked) -> None:
    assert not is_made(looked.home.alerts)
    assert looked.signs().detected_to is None
    looked.alerts.note_detected(TUESDAY_NOON)
    assert is_made(looked.home.alerts)
    assert looked.signs().detected_to == TUESDAY_NOON


def test_files_that_cannot_be_read_show_nothing_that_moves(looked: Looked) -> None:
    looked.log.append(event(1, id=looked.log.new_id()))
    for path in (looked.home.alerts, looked.home.positions("sqlite")):
        path.write_bytes(b"no database, and long enough to be none" * 100)
    signs = looked.signs()
    assert (signs.detected_to, signs.shipped, signs.unshipped_bytes > 0) == (None, "[]", True)


def test_what_the_sealer_and_the_supervisor_tell_is_taken(looked: Looked) -> None:
    tell(looked.home.told("sealer"), {"seal": 7, "anchors": [{"seal": 5}, {"seal": 6}]})
    worker = {"name": "worker-0", "number": 0, "pid": 0}
    tell(looked.home.told("supervisor"), {"processes": [{"name": "siem", "pid": 0}, worker]})
    signs = looked.signs()
    assert (signs.seal, signs.anchored, signs.down) == (7, 6, ("siem", "worker-0"))
    assert signs.rules_trouble == ""
    tell(looked.home.told("siem"), {"rules_trouble": "own.yml:9 is wrong"})
    assert looked.signs().rules_trouble == "own.yml:9 is wrong"
    tell(looked.home.told("sealer"), {"seal": 7, "anchors": []})
    assert looked.signs().anchored is None


def test_a_sealer_that_is_not_there_any_more_is_missed_once_the_log_grows(looked: Looked) -> None:
    sealer, watchdog = Sealer(looked.settings), Watchdog(patience_of(looked.settings))

    def stands(at_s: float) -> list[Part]:
        return [each.part for each in watchdog.look(looked.signs(), at_s) if each.part is Part.SEALER]

    looked.log.append(event(1, id=looked.log.new_id()))
    sealer.step()
    os.utime(segment_path(looked.log.folder, 1), (1, 1))  # whatever is written next is later, on any disk
    assert stands(0) == stands(5000) == []
    looked.log.append(event(2, id=looked.log.new_id()))
    assert stands(5002) == []
    assert stands(5002 + 901) == [Part.SEALER]
    sealer.close()
    assert stands(5002 + 902) == []


def busy_days(looked: Looked, days: list[int], number: int = 20) -> None:
    """So many events in the hour before Tuesday noon, so many days before."""
    at = [TUESDAY_NOON - timedelta(days=ago, minutes=1 + minute) for ago in days for minute in range(number)]
    looked.store.append([document(place, at=each) for place, each in enumerate(at)], timedelta(seconds=5))


@pytest.mark.parametrize(
    ("days", "number", "at", "odd"),
    [
        ([1, 4, 5], 20, TUESDAY_NOON, True),
        ([1, 4, 5], 19, TUESDAY_NOON, False),
        ([1, 4], 20, TUESDAY_NOON, False),
        ([1, 2, 3], 20, TUESDAY_NOON, False),
        ([1, 4, 5], 20, TUESDAY_NOON.replace(hour=9, minute=30), False),
        ([1, 4, 5], 20, TUESDAY_NOON.replace(hour=17), False),
        ([1, 4, 5], 20, TUESDAY_NOON + timedelta(days=4), False),
    ],
    ids=["odd", "few events", "few days", "a weekend", "just opened", "closed", "Saturday"],
)
def test_silence_is_odd_in_working_hours_of_days_that_are_busy(
    looked: Looked, days: list[int], number: int, at: datetime, odd: bool
) -> None:
    busy_days(looked, days, number)
    assert looked.signs(at).usually_busy is odd


def test_silence_ends_with_the_next_event(looked: Looked) -> None:
    busy_days(looked, [1, 4, 5])
    assert looked.signs(TUESDAY_NOON).usually_busy
    looked.log.append(event(1, id=looked.log.new_id()))  # written now, which is later
    assert not looked.signs(TUESDAY_NOON).usually_busy


def test_patience_is_what_is_set_and_never_less_than_three_seals(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, notify=Notify(still_s=30, anchor_s=900), log=Log(seal_every_s=600))
    patience = patience_of(settings)
    assert patience.pipeline == timedelta(seconds=30)
    assert patience.anchor == timedelta(seconds=1800)
