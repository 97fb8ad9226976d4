import itertools
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.digest import canonical
from policies.recognisers.checksums import is_resident_id, resembles_resident_id
from yingbi.canary_people import GIVEN_UP, MARGIN, NoCode, invented

TODAY = date(2026, 11, 26)


@given(st.integers())
def test_they_pass_every_check_and_nobody_was_given_their_number(seed: int) -> None:
    people = list(itertools.islice(invented(Random(seed), TODAY, lambda _: False), 20))
    assert len({each.id_no for each in people}) == 20
    for each in people:
        assert is_resident_id(each.id_no)
        assert resembles_resident_id(each.id_no)
        assert canonical(each.id_no) == each.id_no
        assert each.id_no[6:14] == f"{each.born:%Y%m%d}"
        assert each.born.year > GIVEN_UP[each.id_no[:6]] + MARGIN
        assert each.born < date(TODAY.year - 15, 1, 1)
        assert (each.sex == "男") == (int(each.id_no[16]) % 2 == 1)
        assert each.name
        assert each.id_no not in repr(each)


def test_a_number_that_is_known_is_not_taken() -> None:
    first = next(invented(Random(1), TODAY, lambda _: False))
    assert next(invented(Random(1), TODAY, lambda number: number == first.id_no)).id_no != first.id_no


def test_without_an_old_code_there_is_nobody() -> None:
    with pytest.raises(NoCode):
        next(invented(Random(1), TODAY, lambda _: False, {"330103": 2021}))
