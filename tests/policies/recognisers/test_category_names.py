"""Every kind of personal data that anything finds has a name in both languages, and a level."""

import re

import pytest

from policies.recognisers.category_names import named
from policies.recognisers.field_names.words import BASES
from policies.recognisers.find import reported
from policies.recognisers.labelled import LABELLED
from policies.recognisers.levels import QUASI, SENSITIVE, Gravity, level_of
from policies.recognisers.table import ORDER, REPORTED

CATEGORIES = sorted({*ORDER, *(row.category for row in LABELLED), *BASES, *REPORTED.values()})


@pytest.mark.parametrize("category", CATEGORIES)
def test_each_kind_has_a_name_in_both_languages(category: str) -> None:
    chinese, _, english = named(category).partition(" / ")
    assert re.search("[\u4e00-\u9fff]", chinese) or chinese == "QQ 号"
    assert re.fullmatch("[A-Za-z0-9 -]+", english)


def test_levels_are_of_kinds_that_there_are() -> None:
    assert {*CATEGORIES} >= SENSITIVE | QUASI
    assert not SENSITIVE & QUASI
    assert level_of("health") is Gravity.SENSITIVE
    assert level_of(reported("person_name")) is Gravity.IDENTIFIER
    assert level_of("sex") is Gravity.QUASI
