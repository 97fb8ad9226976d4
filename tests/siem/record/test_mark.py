"""Serials: what one wrong sign does, how they are written, and what is none."""

import itertools
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siem.record.mark import ALPHABET, SIGNS, marks_in, new_mark

MARK = new_mark(Random(1).randrange)
MARKS = st.integers(0, 10**9).map(lambda seed: new_mark(Random(seed).randrange))


@given(MARKS)
def test_a_serial_is_read_back(mark: str) -> None:
    assert len(mark) == len("YB-XXXX-XXXX-XX")
    assert marks_in(f"a,b\r\n1,2,{mark}\r\n").read == (mark,)


def test_no_two_are_alike() -> None:
    assert len({new_mark() for _ in range(1000)}) == 1000


@given(MARKS, st.integers(0, SIGNS - 1), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_noticed(mark: str, place: int, sign: str) -> None:
    signs = [each for each in mark[3:] if each != "-"]
    if signs[place] == sign:
        return
    signs[place] = sign
    wrong = "".join(signs)
    found = marks_in(f"YB-{wrong[:4]}-{wrong[4:8]}-{wrong[8:]}")
    assert (found.read, found.unreadable) == ((), 1)


@given(MARKS)
def test_two_signs_that_changed_places_are_noticed(mark: str) -> None:
    signs = [each for each in mark[3:] if each != "-"]
    for one, other in itertools.combinations(range(SIGNS), 2):
        if signs[one] != signs[other]:
            swapped = list(signs)
            swapped[one], swapped[other] = signs[other], signs[one]
            assert marks_in("YB" + "".join(swapped)).read == ()


SPELLED = {
    "as it is": MARK,
    "in the name of a file": f"residents-{MARK}.csv",
    "in a longer name": f"C:\\下载\\residents-{MARK} (1).xlsx",
    "small": MARK.lower(),
    "wide": MARK.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)}),
    "with blanks": " ".join(MARK),
    "without hyphens": MARK.replace("-", ""),
    "with other hyphens": MARK.replace("-", "\u2013"),
    "with what is not seen": "\u200b".join(MARK),
    "in a comment": f"<!-- {MARK} -->",
    "among Chinese": f"导出编号{MARK}号",
    "read as letters": MARK.replace("0", "O").replace("1", "l"),
}


@pytest.mark.parametrize("text", SPELLED.values(), ids=SPELLED)
def test_a_serial_is_known_however_it_is_written(text: str) -> None:
    assert marks_in(text).read == (MARK,)


NONE = {
    "nothing": "",
    "words": "ybody something here, yb is a body of people",
    "too long": MARK.replace("-", "") + "7",
    "within a word": "A" + MARK.replace("-", ""),
    "half": MARK[:9],
    "another alphabet": "YB-UUUU",
}


@pytest.mark.parametrize("text", NONE.values(), ids=NONE)
def test_what_is_no_serial(text: str) -> None:
    assert (marks_in(text).read, marks_in(text).unreadable) == ((), 0)


def test_each_is_told_once_in_the_order_of_the_text() -> None:
    other = new_mark(Random(2).randrange)
    assert marks_in(f"{other} {MARK} {other}").read == (other, MARK)
