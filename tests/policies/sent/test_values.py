"""What is opened and encrypted on the way in, whatever the shape: the rest is shown with a real application."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.formats.html.forms import Carried
from policies.formats.masker import Withheld
from policies.formats.sent_form import Coding, File, Part
from policies.program import Program
from policies.program_shapes import HtmlShapes, ObjectShape, RowsShape, Shape, ValueShape
from policies.sent.json import JsonWalk
from policies.sent.values import NOTHING_CARRIED, SentValues
from policies.sent.write_back import MaskReturned
from policies.transforms.keyed import FieldKeys
from policies.transforms.sealed import stored_tokens
from policies.transforms.spec import Encrypt, EncryptWith, Shift, Show, Token
from policies.view import Views
from tests.policies.compiled import DATA_KEYS, SECRET, program

PLAIN = program()
MOBILE = next(index for index, field in enumerate(PLAIN.fields) if field.name == "person.mobile")
NAME = next(index for index, field in enumerate(PLAIN.fields) if field.name == "person.name")


def changed(**of_mobile: Any) -> Program:
    """The good program, with another declaration of mobile numbers."""
    fields = tuple(
        msgspec.structs.replace(field, **of_mobile) if index == MOBILE else field
        for index, field in enumerate(PLAIN.fields)
    )
    return msgspec.structs.replace(PLAIN, fields=fields, labels=msgspec.structs.replace(PLAIN.labels, json=("v", "l")))


STORED = changed(at_rest=Token())
SENT = SentValues(STORED, DATA_KEYS)
URL_ENCODED = Coding()
TOKENS = stored_tokens(Token(), FieldKeys(b"", "people", "mobile", DATA_KEYS), "person.mobile")
RECORD = ObjectShape({"mobile": ValueShape(MOBILE, NAME), "name": ValueShape(NAME)}, subject="name")
PAGE = ObjectShape({"items": ObjectShape(items=RECORD), "rows": RowsShape("columns", RECORD), "one": RECORD})


def stored(body: object, shape: Shape = PAGE) -> Any:
    return json.loads(JsonWalk(("v", "l"), [SENT.storing()]).sent(json.dumps(body).encode(), shape))


M, T = "13800138000", TOKENS.make("13800138000")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"one": {"mobile": M, "name": "张三"}}, {"one": {"mobile": T, "name": "张三"}}),
        ({"items": [{"mobile": M}, {"mobile": ""}]}, {"items": [{"mobile": T}, {"mobile": ""}]}),
        ({"one": {"mobile": None}}, {"one": {"mobile": None}}),
        ({"one": {"mobile": [M, [M]]}}, {"one": {"mobile": [T, [T]]}}),
        ({"one": {"mobile": {"v": M, "l": "张三"}}}, {"one": {"mobile": {"v": T, "l": "张三"}}}),
        ({"columns": ["name", "mobile"], "rows": [["张三", M], {"mobile": M}]},
         {"columns": ["name", "mobile"], "rows": [["张三", T], {"mobile": T}]}),
        ({"other": {"mobile": M}}, {"other": {"mobile": M}}),
    ],
)  # fmt: skip
def test_every_value_of_the_field_is_encrypted_wherever_it_stands(body: object, expected: object) -> None:
    assert stored(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        {"one": {"mobile": 13800138000}},
        {"one": {"mobile": True}},
        {"one": {"mobile": {"x": {"y": [M]}, "v": M}}},
        {"one": {"mobile": {"v": {"v": M}}}},
        {"items": [{"mobile": [{M: ""}]}]},
        {"columns": ["mobile"], "rows": [[M, M]]},
        {"columns": "mobile", "rows": [[M]]},
    ],
)
def test_what_cannot_be_encrypted_is_not_sent(body: object) -> None:
    with pytest.raises(Withheld):
        stored(body)


OF_ANOTHER_FIELD = stored_tokens(Token(), FieldKeys(b"", "people", "mobile", DATA_KEYS), "home.phone").make(M)


@pytest.mark.parametrize("token", [T, OF_ANOTHER_FIELD])
def test_a_stored_value_is_not_sent_from_wherever_it_was_read(token: str) -> None:
    """Written into the caller's own record it would be read there in clear."""
    with pytest.raises(MaskReturned) as refused:
        stored({"one": {"mobile": token}})
    assert refused.value.field == "person.mobile"


def stored_form(
    data: bytes,
    shapes: HtmlShapes,
    coding: Coding = URL_ENCODED,
    carried: Carried = NOTHING_CARRIED,
    sent: SentValues = SENT,
) -> bytes:
    return coding.write(sent.stored_form(coding.read(data), shapes, carried))


def test_what_a_form_has_carried_of_stored_values_is_sent() -> None:
    shapes = HtmlShapes(record=RECORD, control="(?P<field>.+)")
    data = f"name=x&mobile={T}".encode()
    assert stored_form(data, shapes, carried={"mobile": [("***", T)]}) == data
    for carried in ({}, {"name": [("***", T)]}, {"mobile": [(T, M)]}):
        with pytest.raises(MaskReturned):
            stored_form(data, shapes, carried=carried)
    other = {"mobile": [("***", OF_ANOTHER_FIELD)]}
    with pytest.raises(MaskReturned):
        stored_form(f"mobile={OF_ANOTHER_FIELD}".encode(), shapes, carried=other)


singles = st.none() | st.text(max_size=5)
mobiles = singles | st.lists(singles, max_size=2) | st.fixed_dictionaries({}, optional={"v": singles, "l": singles})
json_values = st.recursive(
    singles,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.fixed_dictionaries({}, optional={"mobile": mobiles, **dict.fromkeys(("name", "one", "items", "x"), inner)})
    ),
)


@given(json_values)
def test_what_is_sent_is_what_came_with_its_values_encrypted(body: object) -> None:
    def opened(value: object) -> object:
        if isinstance(value, dict):
            return {key: opened(item) for key, item in value.items()}
        if isinstance(value, list):
            return [opened(item) for item in value]
        return TOKENS.open(value) if isinstance(value, str) and value.startswith("d1.") else value

    assert opened(stored(body)) == body


def test_a_form_is_encrypted_and_one_without_such_fields_is_left_as_it_is() -> None:
    shapes = HtmlShapes(record=RECORD, control="(?P<field>.+)")
    data = b"name=%E5%BC%A0&mobile=13800138000&x=+1"
    assert stored_form(data, shapes) == f"name=%E5%BC%A0&mobile={T}&x=+1".encode()
    assert stored_form(data, shapes, sent=SentValues(PLAIN, DATA_KEYS)) == data
    assert stored_form(b"name=%E5%BC%A0&x=+1", shapes) == b"name=%E5%BC%A0&x=+1"
    with pytest.raises(Withheld):
        stored_form(b"mobile=%ff", shapes)


def test_without_keys_a_system_that_stores_encrypted_values_cannot_be_served() -> None:
    with pytest.raises(ValueError, match="data keys"):
        SentValues(STORED, None)


@pytest.mark.parametrize("spec", [Token(), Encrypt(EncryptWith.AES)])
def test_a_shown_token_is_opened_for_who_is_shown_tokens(spec: Token | Encrypt) -> None:
    showing = changed(mask=spec)
    nobody, sent = Views(showing, SECRET, DATA_KEYS).of(()), SentValues(showing, DATA_KEYS)
    token = nobody.actions[MOBILE].apply(M)
    data = json.dumps({"one": {"mobile": token, "name": token}}).encode()
    opening = JsonWalk(None, [sent.opening(nobody.actions)])
    assert json.loads(opening.sent(data, PAGE)) == {"one": {"mobile": M, "name": token}}
    in_clear = Views(changed(mask=Show()), SECRET, DATA_KEYS).strictest.actions
    assert JsonWalk(None, [sent.opening(in_clear)]).sent(data, PAGE) == data
    with pytest.raises(MaskReturned):
        opening.sent(data.replace(token.encode(), token[:-1].encode() + b"_"), PAGE)


def test_a_form_in_parts_is_encrypted_alike_and_no_file_goes_where_a_value_belongs() -> None:
    shapes, coding = HtmlShapes(record=RECORD, control="(?P<field>.+)"), Coding("xyz")
    sent = coding.write([Part("name", "张三"), Part("mobile", M)])
    assert coding.read(stored_form(sent, shapes, coding)) == [Part("name", "张三"), Part("mobile", T)]
    of_name = coding.write([Part("name", file=File("a.png", "image/png", b"\x89PNG")), Part("mobile", "")])
    assert stored_form(of_name, shapes, coding) == of_name
    with pytest.raises(Withheld):
        stored_form(coding.write([Part("mobile", file=File("a.png", "image/png", b"\x89PNG"))]), shapes, coding)


def test_what_goes_by_the_subject_goes_by_the_true_value() -> None:
    """A date that is stored encrypted is moved as one that is not, and one that does not open is nobody's."""
    plain, encrypted = (
        Views(changed(mask=Shift(30), at_rest=at_rest), SECRET, DATA_KEYS).strictest.actions[MOBILE].apply_for
        for at_rest in (None, Token())
    )
    assert plain is not None
    assert encrypted is not None
    day = "1985-03-12"
    assert encrypted(TOKENS.make(day), "P-1") == plain(day, "P-1") != day
    assert encrypted(day, "P-1") == "***"


def test_what_is_sent_is_plain_until_it_is_stored() -> None:
    """A value on its way in is no token yet: without a grant about requests nothing becomes of it before that."""
    view = Views(STORED, SECRET, DATA_KEYS).of(())
    assert not view.masks_sent
    assert view.actions[MOBILE].stored
    assert not view.sends[MOBILE].stored
