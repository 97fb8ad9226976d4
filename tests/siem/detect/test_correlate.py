from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siem.detect.correlate import Counted, Window, key_of
from siem.detect.definition import Measure, Threshold
from siem.index.condition import EVERYTHING
from tests.siem.detect.reference import hits
from tests.siem.detect.rules import rule
from tests.siem.events import NINE, digest, document

EVENTS = Threshold(measure=Measure.EVENT_COUNT, at_least=3, within=timedelta(seconds=10))
SUM = Threshold(measure=Measure.VALUE_SUM, field="yingbi.subject_count", at_least=4, within=timedelta(seconds=10))
SUBJECTS = Threshold(measure=Measure.VALUE_COUNT, field="yingbi.subjects", at_least=4, within=timedelta(seconds=10))


def window_of(threshold: Threshold) -> Window:
    return Window(rule(threshold=threshold).counted, (("user.id", "clerk-wang"),))


def reached(threshold: Threshold, documents: Sequence[dict[str, Any]]) -> list[bool]:
    window = window_of(threshold)
    return [window.add(item) for item in documents]


def test_both_ends_of_a_window_count() -> None:
    times = (0, 5, 10, 15.000001, 20, 30)
    events = [document(n, at=NINE + timedelta(seconds=at)) for n, at in enumerate(times)]
    assert reached(EVENTS, events) == [False, False, True, False, True, False]


def test_different_values_are_counted_and_each_once() -> None:
    shown = ((1, 2), (1, 2), (2, 3), (), (4,), (1,), (5, 6, 7, 8))
    events = [document(n * 3, subjects=tuple(map(digest, subjects))) for n, subjects in enumerate(shown)]
    assert reached(SUBJECTS, events) == [False, False, False, False, True, True, True]
    assert reached(SUBJECTS, [events[0], document(4, subjects=tuple(map(digest, (3, 4))))]) == [False, True]


def test_memory_is_bounded_by_the_threshold() -> None:
    many, summed = Counted(SUBJECTS), Counted(SUM)
    for number in range(200):
        at = NINE + timedelta(milliseconds=number)
        many.add(document(number, at=at, subjects=tuple(map(digest, range(50)))), at, (0,))
        summed.add(document(number, at=at), at, (0,))
    assert len(many._seen) == SUBJECTS.at_least
    assert len(summed._seen) == SUM.at_least


def test_a_sum_counts_every_event_by_its_number() -> None:
    shown = ((1, 2), (1, 2), (), (3,), (4,), (), (), (), (), (5, 6, 7), (8,))
    events = [document(n, subjects=tuple(map(digest, subjects))) for n, subjects in enumerate(shown)]
    assert reached(SUM, events) == [False, True, True, True, True, True, True, True, True, True, True]
    late = [document(n * 6, subjects=tuple(map(digest, subjects))) for n, subjects in enumerate(shown)]
    assert reached(SUM, late) == [n in (1, 10) for n in range(11)]


def test_events_come_in_their_order() -> None:
    window = window_of(EVENTS)
    window.add(document(5))
    for number in (5, 4):
        with pytest.raises(ValueError, match="order"):
            window.add(document(number))


event_lists = st.lists(st.tuples(st.integers(0, 40), st.lists(st.integers(0, 6), max_size=4, unique=True)), max_size=25)


@given(event_lists, st.sampled_from([EVENTS, SUBJECTS, SUM]), st.integers(1, 5))
def test_a_window_is_as_exact_as_looking_at_everything(
    events: list[tuple[int, list[int]]], threshold: Threshold, at_least: int
) -> None:
    counted = Threshold(
        measure=threshold.measure, field=threshold.field, at_least=at_least, within=timedelta(seconds=10)
    )
    documents = sorted(
        (
            document(number, at=NINE + timedelta(seconds=at), subjects=tuple(map(digest, subjects)))
            for number, (at, subjects) in enumerate(events)
        ),
        key=key_of,
    )
    of_one_caller = rule(condition=EVERYTHING, threshold=counted)
    (found,) = hits(of_one_caller, documents).values() or ([],)
    assert [item for item, hit in zip(documents, reached(counted, documents), strict=True) if hit] == found
