import pytest

from policies.recognisers.field_names.labels import LABELS, OTHERS_IN_CHINESE, PEOPLE_IN_CHINESE
from policies.recognisers.field_names.readings import as_heard, in_pinyin, initials_of, spellings
from policies.recognisers.field_names.short import short_forms


def test_a_label_is_spelled_in_full_by_initials_and_partly_in_each() -> None:
    assert spellings("手机号") == {"shoujihao", "shoujih", "shoujhao", "shoujh", "sjihao", "sjhao"}
    assert "lxdh" in spellings("联系电话")
    assert spellings("名") == spellings("Email") == set()


@pytest.mark.parametrize("label", [*" ".join(LABELS.values()).split(), *PEOPLE_IN_CHINESE, *OTHERS_IN_CHINESE])
def test_each_character_of_a_label_has_its_reading(label: str) -> None:
    assert len(initials_of(label)) == len(label)
    assert in_pinyin(label).isascii()


def test_what_sounds_alike_is_one() -> None:
    assert as_heard("shenfenzheng") == as_heard("shengfengzhen") == as_heard("senfenzen")


def test_words_are_short_without_their_vowels_where_no_thing_is() -> None:
    short = short_forms(("student", "officer", "brand"), ("brander",))
    assert short["stdnt"] == "student"
    assert short["ofcr"] == short["offcr"] == "officer"
    assert short_forms(("server",), ("server",)).get("srvr") is None
