import re
from collections.abc import Callable
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.demo.register import numbers
from policies.digest import canonical
from policies.recognisers.checksums import is_luhn, is_resident_id, is_resident_id_15, lengthen_resident_id

randoms = st.integers(0, 2**32).map(Random)
days = st.dates(date(1920, 1, 1), date(2026, 6, 30))


@given(randoms, days, st.booleans())
def test_resident_ids_are_valid_and_tell_date_and_sex(random: Random, born: date, male: bool) -> None:
    number = numbers.resident_id(random, "330102", born, male=male)
    assert is_resident_id(number)
    assert number[:14] == f"330102{born:%Y%m%d}"
    assert int(number[16]) % 2 == male
    assert number[14:17] != "000"


@given(randoms, st.dates(date(1900, 1, 1), date(1999, 12, 31)), st.booleans())
def test_the_old_form_lengthens_to_the_new(random: Random, born: date, male: bool) -> None:
    number = numbers.resident_id(random, "330104", born, male=male)
    old = numbers.old_resident_id(number)
    assert is_resident_id_15(old)
    assert lengthen_resident_id(old) == number


@given(randoms)
def test_mobiles_have_a_prefix_of_people(random: Random) -> None:
    assert re.fullmatch(r"1(3\d|4[57]|5[0-35-9]|6[2567]|7[0-35-8]|8\d|9[0-35-9])\d{8}", numbers.mobile(random))


@given(randoms)
def test_cards_satisfy_luhn(random: Random) -> None:
    card = numbers.bank_card(random)
    assert re.fullmatch(r"62\d{14,17}", card)
    assert is_luhn(card)


def test_cards_of_every_length_come() -> None:
    random = Random(1)
    assert {len(numbers.bank_card(random)) for _ in range(500)} == {16, 17, 18, 19}


@given(randoms, days)
def test_every_spelling_means_the_same_number(random: Random, born: date) -> None:
    id_no, mobile = numbers.resident_id(random, "330102", born, male=True), numbers.mobile(random)
    card = numbers.bank_card(random)
    assert canonical(numbers.spelled_resident_id(random, id_no)) == id_no
    assert canonical(numbers.spelled_mobile(random, mobile)) == mobile
    assert canonical(numbers.spelled_card(random, card)) == card


@pytest.mark.parametrize(
    ("spell", "number", "expected"),
    [
        (
            numbers.spelled_mobile,
            "13812345678",
            {
                "13812345678",
                "138 1234 5678",
                "138-1234-5678",
                "+86 138 1234 5678",
                "+8613812345678",
                "１３８１２３４５６７８",
            },
        ),
        (
            numbers.spelled_resident_id,
            "33010219900307123X",
            {
                "33010219900307123X",
                "33010219900307123x",
                "330102 19900307 123X",
                "330102-19900307-123X",
                "３３０１０２１９９００３０７１２３Ｘ",
            },
        ),
        (
            numbers.spelled_card,
            "6222021234567890128",
            {
                "6222021234567890128",
                "6222 0212 3456 7890 128",
                "6222-0212-3456-7890-128",
                "６２２２０２１２３４５６７８９０１２８",
            },
        ),
    ],
)
def test_all_spellings_come(spell: Callable[[Random, str], str], number: str, expected: set[str]) -> None:
    random = Random(2)
    assert {spell(random, number) for _ in range(300)} == expected
