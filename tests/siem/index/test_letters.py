from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from siem.index.letters import LONGEST_WAIT, MOST, NOT_OURS
from siem.index.positions import DeadLetter
from siem.index.progress import standing
from siem.index.sqlite import SqliteStore
from siem.record.log import StartId
from siem.record.reader import beginning_of
from tests.contract.backends import BACKENDS, opened
from tests.siem.events import NINE, document, event
from tests.siem.index.shipping import START, Shipping

WRONG = "`event.duration` is no number"


def wrong(number: int) -> dict[str, Any]:
    """A document in our form that no index takes."""
    made = document(number)
    made["event"]["duration"] = "for a while"
    return made


@pytest.fixture
def shipping(tmp_path: Path) -> Iterator[Shipping]:
    with closing(SqliteStore(tmp_path / "index.db")) as store, closing(Shipping(tmp_path, store)) as made:
        yield made


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_event_that_no_index_takes_holds_nobody_up(
    backend: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with opened(backend, tmp_path, request) as opener, closing(Shipping(tmp_path, opener())) as shipping:
        shipping.write(document(1), wrong(2), document(3))
        progress = shipping.step()
        assert (progress.shipped, progress.new, progress.trouble, progress.behind_bytes) == (2, 2, "", 0)
        assert (progress.refused, progress.reasons) == (1, {WRONG: 1})
        assert shipping.indexed() == [event(1).id, event(3).id]


def test_a_dead_letter_is_kept_with_its_place_and_its_reason(shipping: Shipping) -> None:
    shipping.write(document(1), wrong(2))
    progress = shipping.drain()
    shipping.restart()
    assert shipping.drain().reasons == progress.reasons == standing(shipping.log, shipping.positions).reasons
    (letter,) = shipping.positions.letters()
    assert (letter.start, letter.event, letter.reason, letter.attempts) == (START, event(2).id, WRONG, 1)
    assert letter.since == NINE
    assert letter.due > NINE


def test_a_dead_letter_is_offered_again_after_waits_that_double_to_an_hour(shipping: Shipping) -> None:
    shipping.write(wrong(1))
    shipping.step()
    waits = []
    for _ in range(12):
        (letter,) = shipping.positions.letters()
        waits.append(letter.due - shipping.now)
        shipping.now = letter.due - timedelta(seconds=1)
        shipping.step()
        assert shipping.positions.letters() == [letter], "not before its time"
        shipping.now = letter.due
        shipping.shipper.step()
        assert shipping.positions.letters()[0].attempts == letter.attempts + 1
        assert shipping.positions.letters()[0].since == NINE
    assert [wait.total_seconds() for wait in waits[1:5]] == [20, 40, 80, 160]
    assert waits[-1] == LONGEST_WAIT


def test_who_has_mended_what_was_wrong_need_not_wait(shipping: Shipping) -> None:
    shipping.write(wrong(1), document(2))
    shipping.step()
    (letter,) = shipping.positions.letters()
    assert letter.due > shipping.now
    shipping.shipper.hasten()
    shipping.step()
    assert shipping.positions.letters()[0].attempts == 2
    shipping.step()
    assert shipping.positions.letters()[0].attempts == 2, "once"


def test_a_dead_letter_is_delivered_once_the_index_takes_it(shipping: Shipping) -> None:
    shipping.write(document(1), document(2))
    left = DeadLetter(start=START, position=beginning_of(START), event=event(1).id, reason="x", since=NINE, due=NINE)
    shipping.positions.save({}, [left, replace(left, start=StartId("6YQ3K0M9ZV"), reason="y")])
    progress = shipping.drain()
    assert shipping.indexed() == [event(1).id, event(2).id]
    assert progress.reasons == {"its line in the log cannot be read any more": 1}, (
        "what the log lost is said to be lost"
    )
    shipping.restart()
    assert shipping.drain().refused == 1


def test_a_clock_set_back_does_not_stretch_the_wait_of_a_dead_letter(shipping: Shipping) -> None:
    shipping.write(document(1))
    far = NINE + timedelta(days=30)
    shipping.positions.save(
        {}, [DeadLetter(start=START, position=beginning_of(START), event="", reason="x", since=NINE, due=far)]
    )
    assert shipping.drain().refused == 0


def test_where_an_index_refuses_everything_shipping_waits(shipping: Shipping) -> None:
    shipping.write(*(wrong(number) for number in range(MOST + 10)), document(0))
    progress = shipping.step()
    assert progress.refused == 0, "not noted before it is on the disk"
    assert WRONG in progress.trouble
    shipping.now += LONGEST_WAIT
    assert shipping.step().behind_bytes > 0
    assert shipping.indexed() == [event(0).id], "what is right among them has come through"
    assert len(shipping.positions.letters()) <= MOST


def test_events_of_another_version_never_stop_the_others(shipping: Shipping) -> None:
    shipping.write(*([b"{}"] * (MOST + 10)), wrong(1), document(2))
    progress = shipping.drain()
    assert (progress.trouble, progress.behind_bytes) == ("", 0)
    assert progress.reasons == {NOT_OURS: MOST + 10, WRONG: 1}
    assert len(shipping.positions.letters()) < MOST
    assert shipping.indexed() == [event(2).id]


def test_a_letter_holds_no_value_of_what_it_could_not_deliver(shipping: Shipping) -> None:
    hidden = document(1)
    hidden["event"]["duration"] = "11010519491231002X"
    hidden["yingbi"]["purpose"] = {"11010519491231002X": "张三丰"}
    shipping.write(hidden, {"event": {"id": "x" * 1_000_000}, "11010519491231002X": 1})
    assert shipping.drain().refused == 2
    for letter in shipping.positions.letters():
        assert "11010519491231002X" not in repr(letter)
        assert len(letter.event) <= 64
