from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident.distinct import Distinct
from tests.effort import examples

DIGESTS = st.sampled_from([f"1:{number:02x}" for number in range(12)])
NOTES = st.lists(st.tuples(st.lists(DIGESTS, max_size=4), st.integers(0, 2**70)), max_size=12)


@pytest.mark.property
@settings(max_examples=examples(60), deadline=None)
@given(notes=NOTES, most_held=st.integers(0, 5), canaries=st.frozensets(DIGESTS, max_size=3))
def test_what_lies_on_the_disk_counts_as_what_is_held(
    notes: list[tuple[list[str], int]], most_held: int, canaries: frozenset[str]
) -> None:
    expected: dict[str, int] = {}
    with closing(Distinct(most_held)) as distinct:
        for digests, marks in notes:
            distinct.note(digests, marks)
            expected |= {digest: expected.get(digest, 0) | marks for digest in digests}
        assert list(distinct) == list(distinct) == sorted(expected.items())
        left, gone = distinct.without(canaries)
        with closing(left):
            assert dict(left) == {digest: marks for digest, marks in expected.items() if digest not in canaries}
            assert gone == len(canaries & expected.keys())


@pytest.mark.parametrize("most_held", [0, 1, 100])
def test_a_person_of_three_epochs_is_one_wherever_they_lie(most_held: int) -> None:
    with closing(Distinct(most_held)) as distinct:
        distinct.note(["1:a", "1:b"], 1)
        distinct.note(["2:a", "2:c"], 2)
        distinct.same(["2:a"], ["1:a"])
        distinct.note(["3:a"], 4)
        distinct.same(["3:a"], ["2:a"])
        persons = distinct.persons()
        assert list(persons) == [("1:a", 7), ("1:b", 1), ("2:c", 2)]
        left, gone = persons.without({"3:a", "9:z"})
        with closing(left):
            assert (list(left), gone) == ([("1:b", 1), ("2:c", 2)], 1)
