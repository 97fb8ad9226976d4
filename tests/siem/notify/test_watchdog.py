from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from siem.notify.watchdog import ADVICE, WORDS, Part, Patience, Signs, Watchdog
from tests.siem.events import NINE
from tests.siem.notify.alerts import HOUR, SECOND

PATIENCE = Patience(pipeline=120 * SECOND, anchor=15 * 60 * SECOND, quiet=HOUR)


def parts(changes: dict[str, Any], after_s: float, *, moving: str = "") -> list[Part]:
    """What stands still *after_s* after *changes* were first seen; *moving* changes with each look."""
    watchdog = Watchdog(PATIENCE)
    signs = Signs(detected_to=NINE, anchored=5, seal=5)
    watchdog.look(signs, 0)
    found: list[Part] = []
    for second in range(10, 11 + int(after_s), 10):
        signs = replace(signs, detected_to=NINE + timedelta(seconds=second), **changes)
        if moving:
            moved: dict[str, Any] = {moving: f"{second}" if moving == "shipped" else second}
            signs = replace(signs, **moved)
        found = [each.part for each in watchdog.look(signs, second)]
    return found


@pytest.mark.parametrize(
    ("changes", "moving", "after_s", "still"),
    [
        ({}, "", 3600, []),
        ({"unshipped_bytes": 9}, "", 100, []),
        ({"unshipped_bytes": 9}, "", 120, [Part.INDEX]),
        ({"unshipped_bytes": 9}, "shipped", 3600, []),
        ({"log_grown": 1.0}, "", 880, []),
        ({"log_grown": 1.0}, "", 910, [Part.SEALER]),
        ({"log_grown": 1.0}, "log_grown", 910, [Part.SEALER]),
        ({"seal": 6}, "", 880, []),
        ({"seal": 6}, "", 910, [Part.ANCHOR]),
        ({"seal": 6, "anchored": None}, "", 3600, []),
        ({"seal": 6}, "anchored", 3600, []),
        ({"usually_busy": True}, "", 0, [Part.EVENTS]),
        ({"down": ("siem",)}, "", 100, []),
        ({"down": ("siem",)}, "", 120, [Part.PROCESSES]),
        ({"channels_down": ("oncall",)}, "", 0, [Part.CHANNELS]),
        ({"journal_altered": True}, "", 0, [Part.JOURNAL]),
        ({"rules_trouble": "own.yml:9 is wrong"}, "", 0, [Part.RULES]),
    ],
)
def test_what_stands_still(changes: dict[str, Any], moving: str, after_s: float, still: list[Part]) -> None:
    assert parts(changes, after_s, moving=moving) == still


def test_a_detector_that_notes_nothing_new_stands_still_and_then_goes_on() -> None:
    watchdog = Watchdog(PATIENCE)
    signs = Signs(detected_to=NINE)
    assert watchdog.look(signs, 0) == []
    assert watchdog.look(signs, 119) == []
    (still,) = watchdog.look(signs, 130)
    assert (still.part, still.for_s) == (Part.DETECTOR, 130)
    assert watchdog.look(replace(signs, detected_to=NINE + SECOND), 131) == []
    assert watchdog.look(replace(signs, detected_to=NINE + SECOND), 200) == []


def test_a_seal_ends_what_was_waiting_for_it() -> None:
    watchdog = Watchdog(PATIENCE)
    for second, grown, seal in ((0, 0.0, 1), (10, 1.0, 1), (20, 1.0, 2), (2000, 1.0, 2)):
        signs = Signs(log_grown=grown, seal=seal, detected_to=NINE + second * SECOND)
        assert watchdog.look(signs, second) == []


def test_who_looks_anew_knows_what_stood_still_until_it_moves() -> None:
    known = [Part.INDEX, Part.DETECTOR, Part.SEALER, Part.PROCESSES]
    watchdog = Watchdog(PATIENCE, known)
    signs = Signs(detected_to=NINE, unshipped_bytes=9, seal=3)
    assert [each.part for each in watchdog.look(signs, 0)] == [Part.INDEX, Part.DETECTOR, Part.SEALER]
    signs = replace(signs, shipped="further", detected_to=NINE + SECOND, seal=4)
    assert watchdog.look(signs, 1) == []
    assert watchdog.look(replace(signs, detected_to=NINE + 2 * SECOND), 2) == []


def test_what_does_not_run_is_named() -> None:
    watchdog = Watchdog(PATIENCE)
    signs = Signs(down=("siem", "quota"))
    watchdog.look(replace(signs, down=()), 0)
    watchdog.look(replace(signs, detected_to=NINE), 1)
    (still,) = watchdog.look(replace(signs, detected_to=NINE + SECOND), 125)
    assert (still.part, still.what) == (Part.PROCESSES, "siem, quota")


def test_every_part_has_its_words() -> None:
    assert set(WORDS) == set(ADVICE) == set(Part)
