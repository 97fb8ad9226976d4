import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from siem.detect.definition import Correlation, Measure, Part, Threshold
from siem.detect.look import Place, events_at
from siem.detect.quiet import Least, Quiet, least_of
from siem.index.condition import EVERYTHING, matches
from tests.siem.detect.examples import shipped_rules
from tests.siem.detect.reference import reached
from tests.siem.detect.rules import EVENTS_RULE, SUBJECTS_RULE
from tests.siem.detect.test_sequences import RULES as SEQUENCES
from tests.siem.detect.test_sequences import made
from tests.siem.events import NINE, digest, document

SECOND = timedelta(seconds=1)
WANG: Place = (("user.id", "clerk-wang"),)


class Index:
    """Events, as they are asked for."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.asked = 0

    def read(self, places: Sequence[Place], since: datetime) -> Iterator[dict[str, Any]]:
        self.asked += 1
        found = events_at(places)
        return (
            item
            for item in self.events
            if matches(found, item) and item["@timestamp"] >= since.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        )

    def add(self, second: int, *people: int, caller: str = "clerk-wang") -> tuple[dict[str, Any], datetime]:
        at = NINE + second * SECOND
        subjects = tuple(map(digest, people))
        self.events.append(document(len(self.events), at=at, caller=caller, subjects=subjects))
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


LI: Place = (("user.id", "clerk-li"),)
NOBODY: Place = (("user.id", "clerk-zhao"),)


def test_who_is_met_together_is_looked_up_by_one_question() -> None:
    index = Index()
    quiet = Quiet([EVENTS_RULE], index.read)
    index.add(0, 1, 2)
    index.add(1, 3, caller="Clerk-Li")
    event = index.add(2, 4, caller="clerk-li")
    quiet.meet({WANG: NINE, LI: event[1], NOBODY: event[1]})
    assert index.asked == 1
    known = quiet.seen(LI, *event)
    assert (known.events, known.listed) == (3, 3), "of either case, and the one that is seen a second time"
    known = quiet.seen(WANG, *index.add(3, 5))
    assert (known.events, known.listed) == (2, 3)
    quiet.meet({WANG: NINE, LI: event[1]})
    assert index.asked == 1, "nobody is new"
    quiet.meet({WANG: NINE - SECOND})
    assert index.asked == 2, "before what is known"


@pytest.mark.parametrize(("much", "asked"), [(6, 1), (11, 3)])
def test_who_had_very_much_is_looked_up_alone_and_holds_up_nobody(
    much: int, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("siem.detect.quiet.FEW", 5)
    index = Index()
    for second in range(much):
        index.add(second)
    event = index.add(much, caller="clerk-li")
    quiet = Quiet([EVENTS_RULE], index.read)
    quiet.meet({WANG: NINE, LI: event[1]})
    assert quiet.seen(WANG, *index.add(much + 1)).enough(Least(10**9, 10**9))
    assert not quiet.seen(LI, *event).enough(Least(3, 0))
    assert index.asked == asked


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
