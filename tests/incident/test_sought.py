from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident.sought import Sought
from tests.effort import examples

NUMBERS = st.integers(0, 30)


@pytest.mark.property
@settings(max_examples=examples(60), deadline=None)
@given(sought=st.frozensets(NUMBERS), pages=st.lists(st.lists(NUMBERS, max_size=20), max_size=6))
def test_who_is_sought_and_there_is_found_once_by_whatever_epoch(
    sought: frozenset[int], pages: list[list[int]]
) -> None:
    def known_by(number: int) -> str:
        return f"{number % 2 + 1}:{number}"

    with closing(Sought(map(known_by, sought))) as persons:
        assert persons.affected == len(sought)
        found: list[int] = []
        for page in pages:
            taken = persons.take([(f"1:{number}", f"2:{number}") for number in page])
            found += [number for number, is_new in zip(page, taken, strict=True) if is_new]
        everybody = sought & {number for page in pages for number in page}
        assert sorted(found) == sorted(everybody)
        assert persons.found == len(everybody)
        assert set(persons.all_found()) == set(map(known_by, everybody))
