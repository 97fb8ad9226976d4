import json

import pytest

from policies.formats.html_body import Carried
from policies.formats.masker import Withheld
from policies.program import OperationRule
from policies.write_back import MaskReturned, WriteRules
from tests.policies.compiled import program

PROGRAM = program()
RULES = WriteRules(PROGRAM)
POST: OperationRule = next(operation for operation in PROGRAM.operations if operation.id == "POST /people")


def sent_form(data: str, carried: Carried | None = None) -> str:
    assert POST.body.html is not None
    return RULES.form(data.encode(), POST.body.html, lambda token: carried or {}).decode()


def sent_json(value: object) -> object:
    assert POST.body.json is not None
    return json.loads(RULES.json(json.dumps(value).encode(), POST.body.json))


def test_a_form_without_masks_is_sent_as_it_came() -> None:
    data = "name=%E5%BC%A0%E4%B8%89&mobile=13800138000&x=+1"
    assert sent_form(data) == data


def test_a_mask_is_replaced_by_the_value_the_form_carried() -> None:
    carried = {"mobile": [("138****8000", "13800138000")]}
    assert sent_form("mobile=138****8000&city=x&yingbi-sealed=token", carried) == "mobile=13800138000&city=x"
    assert sent_form("mobile=+138****8000%0D%0A&yingbi-sealed=token", carried) == "mobile=13800138000"


def test_a_new_value_is_sent_whatever_the_form_carried() -> None:
    data = "mobile=13900139000&yingbi-sealed=token"
    assert sent_form(data, {"mobile": [("138****8000", "13800138000")]}) == "mobile=13900139000"


def test_values_of_one_name_are_told_apart_by_their_masks() -> None:
    carried = {"mobile": [("138****8000", "13800138000"), ("139****9000", "13900139000")]}
    sent = sent_form("mobile=139****9000&mobile=138****8000&yingbi-sealed=t", carried)
    assert sent == "mobile=13900139000&mobile=13800138000"
    with pytest.raises(MaskReturned):  # nobody can tell which of the two is meant
        sent_form("mobile=138****8000&yingbi-sealed=t", {"mobile": [("138****8000", "1"), ("138****8000", "2")]})


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ("mobile=138****8000", "person.mobile"),  # the form carried nothing
        ("mobile=139****9000&yingbi-sealed=t", "person.mobile"),
        ("name=%E5%BC%A0**", "person.name"),
        ("id_no=**************002X", "person.id_no"),
        ("new=***", "undeclared"),
        ("name=***", "person.name"),
    ],
)
def test_a_mask_that_cannot_be_undone_is_refused(data: str, field: str) -> None:
    with pytest.raises(MaskReturned) as refused:
        sent_form(data)
    assert refused.value.field == field


def test_a_carried_value_counts_only_for_its_own_mask() -> None:
    """A new value that happens to look like a mask of another number is not replaced by the old one."""
    with pytest.raises(MaskReturned):
        sent_form("mobile=139****9000&yingbi-sealed=t", {"mobile": [("138****8000", "13800138000")]})


def test_a_field_may_be_dropped() -> None:
    assert sent_form("note=***&city=x") == "city=x"
    assert sent_json({"note": "***", "city": "x"}) == {"city": "x"}


@pytest.mark.parametrize("data", ["a=1&b", "a=%ff", "a=\u00e9", "&".join(["a=1"] * 3000)])
def test_a_form_that_cannot_be_read_with_certainty_is_withheld(data: str) -> None:
    with pytest.raises(Withheld, match="not_a_form"):
        sent_form(data)


def test_json_without_masks_is_sent_as_it_came() -> None:
    data = b'{"name" : "\\u5f20", "n": 12345678901234567890123}'
    assert POST.body.json is not None
    assert RULES.json(data, POST.body.json) == data


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"mobile": "138****8000"}, "person.mobile"),
        ({"home": {"phone": "***"}}, "home.phone"),
        ({"new": {"deep": ["***"]}}, "undeclared"),
        ([{"name": "张**"}], "person.name"),
        ({"mobile": ["138****8000"]}, "person.mobile"),
    ],
)
def test_a_mask_in_json_is_refused(value: object, field: str) -> None:
    with pytest.raises(MaskReturned) as refused:
        sent_json(value)
    assert refused.value.field == field


def test_json_that_names_a_key_twice_is_withheld() -> None:
    assert POST.body.json is not None
    with pytest.raises(Withheld, match="key_stands_twice"):
        RULES.json(b'{"name": "x", "name": "y"}', POST.body.json)
