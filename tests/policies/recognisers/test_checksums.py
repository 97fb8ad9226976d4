import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.recognisers.checksums import (
    is_luhn,
    is_resident_id,
    is_resident_id_15,
    is_uscc,
    lengthen_resident_id,
    resident_id_check_digit,
    uscc_check_character,
)


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("11010519491231002X", True),  # the example of GB 11643-1999
        ("440524188001010014", True),  # the example of GB 11643-1999 for the order code
        ("110105194912310021", False),
        ("11010519491331002X", False),  # month 13
        ("1101051949123100X2", False),
        ("11010519491231002x", False),  # the caller normalises
        ("", False),
        ("１１010519491231002X", False),
    ],
)
def test_resident_id(number: str, valid: bool) -> None:
    assert is_resident_id(number) is valid


def test_15_digits_become_18() -> None:
    assert is_resident_id_15("110105491231002")
    assert lengthen_resident_id("110105491231002") == "11010519491231002X"
    assert not is_resident_id_15("110105491331002")


@given(st.dates().filter(lambda born: 1850 <= born.year <= 2100), st.integers(0, 999))
def test_one_wrong_digit_is_noticed(born: object, order: int) -> None:
    """MOD 11-2 notices every single substitution: ISO 7064."""
    seventeen = f"440106{born:%Y%m%d}{order:03d}"
    number = seventeen + resident_id_check_digit(seventeen)
    assert is_resident_id(number)
    for place in range(17):
        wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
        assert not is_resident_id(wrong)


@pytest.mark.parametrize(
    ("number", "valid"), [("4539578763621486", True), ("4539578763621487", False), ("79927398713", True)]
)
def test_luhn(number: str, valid: bool) -> None:
    assert is_luhn(number) is valid


def test_uscc() -> None:
    assert is_uscc("91350100M000100Y43")  # the example of GB 32100-2015
    assert uscc_check_character("91350100M000100Y4") == "3"
    assert not is_uscc("91350100M000100Y44")
    assert not is_uscc("91350100I000100Y43"), "I is not in the alphabet"
