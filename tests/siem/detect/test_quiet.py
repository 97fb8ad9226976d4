import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from siem.detect.definition import Correlation, Measure, Part, Threshold
from siem.detect.look import Place
from siem.detect.quiet import Least, Quiet, least_of
from siem.index.condition import EVERYTHING
from tests.siem.detect.examples import shipped_rules
from tests.siem.detect.reference import reached
from tests.siem.detect.rules import EVENTS_RULE, SUBJECTS_RULE
from tests.siem.detect.test_sequences import RULES as SEQUENCES
from tests.siem.detect.test_sequences import made
from tests.siem.events import NINE, digest, document

SECOND = timedelta(seconds=1)
WANG: Place = (("user.id", "clerk-wang"),)


class Index:
    """The events of one clerk, as they are asked for."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.asked = 0

    def read(self, place: Place, since: datetime) -> Iterator[dict[str, Any]]:
        self.asked += 1
        return (item for item in self.events if item["@timestamp"] >= since.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))

    def add(self, second: int, *people: int) -> tuple[dict[str, Any], datetime]:
        at = NINE + second * SECOND
        self.events.append(document(len(self.events), at=at, subjects=tuple(map(digest, people))))
        return self.events[-1], at


def test_who_comes_is_looked_up_once_and_then_added_up() -> None:
    index = Index()
    quiet = Quiet([EVENTS_RULE, SUBJECTS_RULE], index.read)
    index.add(0, 1, 2)
    index.add(100, 3)
    known = quiet.seen(WANG, *index.add(110, 4, 5))
    assert (known.events, known.listed) == (2, 3), "those out of reach do not count"
    known = quiet.seen(WANG, *index.add(111, 4))
    assert (known.events, known.listed, index.asked) == (3, 4, 1)
    known = quiet.seen(WANG, *index.add(90))
    assert (known.events, index.asked) == (4, 2), "before what is known, it is looked up again"


def test_who_had_much_is_not_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("siem.detect.quiet.FEW", 5)
    index = Index()
    for second in range(4):
        index.add(second)
    assert not Quiet([EVENTS_RULE], index.read).seen(WANG, *index.add(5)).enough(Least(7, 0))
    index.add(6)
    assert Quiet([EVENTS_RULE], index.read).seen(WANG, *index.add(7)).enough(Least(10**9, 10**9))


def test_so_many_are_known_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("siem.detect.quiet.MOST", 3)
    index = Index()
    quiet = Quiet([EVENTS_RULE], index.read)
    event = index.add(1)
    for number in range(9):
        quiet.seen((("user.id", f"clerk-{number}"),), *event)
    assert len(quiet) == 3


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_reached_without_the_least(seed: int) -> None:
    """Whatever is reached by some events, all of them together have the least of it."""
    chance = random.Random(seed)
    counted = [each.counted for each in (*SEQUENCES.values(), EVENTS_RULE, SUBJECTS_RULE, *shipped_rules())]
    counted += [
        Correlation(
            (Part(EVERYTHING, ("user.id",)),),
            ("user.id",),
            Threshold(measure=measure, field=field, at_least=n, within=60 * SECOND),
        )
        for n in (1, 2, 5)
        for measure, field in (
            (Measure.EVENT_COUNT, ""),
            (Measure.VALUE_COUNT, "yingbi.subjects"),
            (Measure.VALUE_COUNT, "source.ip"),
            (Measure.VALUE_COUNT, "event.type"),
            (Measure.VALUE_SUM, "yingbi.subject_count"),
        )
    ]
    found = 0
    for _ in range(30):
        events = made(
            [(chance.randrange(30), chance.choice("aabc"), "li", "", "register") for _ in range(chance.randrange(1, 9))]
        )
        for each in counted:
            least = least_of(each)
            for group in reached(each, events):
                found += 1
                listed = sum(len(item["yingbi"].get("subjects", ())) for item in events)
                assert len(events) >= least.events, (each, group)
                assert listed >= least.listed, (each, group)
    assert found > 50
