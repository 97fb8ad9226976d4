import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.recognisers.checksums import (
    is_luhn,
    is_placed_resident_id,
    is_placed_uscc,
    is_resident_id,
    is_resident_id_15,
    is_uscc,
    is_vin,
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


@pytest.mark.parametrize(
    ("number", "placed"),
    [
        ("11010519491231002X", True),
        ("110103198001010019", True),  # Chongwen, which is a part of Dongcheng since 2010
        ("810000199408230021", True),
        ("933440199408230022", True),
        ("202611199001010016", False),
        ("999999194912310027", False),
    ],
)
def test_a_number_was_given_out_where_there_is_or_was_a_division(number: str, placed: bool) -> None:
    first = number[:17]
    assert is_placed_resident_id(first + resident_id_check_digit(first)) is placed


def test_a_code_was_given_out_by_somebody_somewhere() -> None:
    assert is_placed_uscc("91350100M000100Y43")
    for first in ("91999900M000100Y4", "00350100M000100Y4"):
        assert is_uscc(first + uscc_check_character(first))
        assert not is_placed_uscc(first + uscc_check_character(first))


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("1M8GDM9AXKP042788", True),  # the example that is printed with the formula
        ("1M8GDM9A1KP042788", False),
        ("11111111111111111", False),  # right, and no maker's
        ("1M8GDM9AXKP04278", False),
        ("1M8GDM9AXKPO42788", False),
    ],
)
def test_vin(number: str, valid: bool) -> None:
    assert is_vin(number) is valid
