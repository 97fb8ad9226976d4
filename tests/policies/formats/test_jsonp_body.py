"""JSONP: the JSON in a call is masked as JSON is, all around it stays as it was, and no other script is read."""

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.formats.free_text import KnownValues
from policies.formats.json.body import JsonMasker
from policies.formats.jsonp_body import LONGEST_CLOSING, LONGEST_NAME, LONGEST_OPENING, JsonpMasker, json_in, opening_of
from policies.formats.learning import LearningJsonMasker
from policies.formats.marked import field
from policies.formats.masker import Withheld
from tests.policies.formats.json.test_body import LIST
from tests.policies.formats.masking import UNDECLARED, in_pieces, tally, whole

PERSON = {"id": 1, "name": "张三丰", "mobile": "13800138000", "x": "张三丰"}
LONG_NAME = "n" * LONGEST_NAME


def make(hidden: KnownValues | None = None) -> JsonpMasker:
    return JsonpMasker(JsonMasker(LIST, UNDECLARED, tally(), hidden=hidden), hidden)


def masked(body: str) -> str:
    return whole(make, body.encode()).decode()


BODY = json.dumps({"rows": [PERSON], "total": 2}, ensure_ascii=False)
MASKED = whole(lambda: JsonMasker(LIST, UNDECLARED, tally()), BODY.encode()).decode()
AROUND = [
    ("callback(", ")"),
    ("callback(", ");"),
    ("/**/ns.cb(", ");\n"),
    ("/**/ typeof cb === 'function' && cb(", ");"),
    ('typeof a.b == "function" && a.b(', ");"),
    ("\ufeff \n$.jQuery341_1700000000001 (\n ", "\n)\t; \r\n"),
    (f"{LONG_NAME}(", ")"),
]


@pytest.mark.parametrize(("opening", "closing"), AROUND)
def test_all_around_the_json_stays(opening: str, closing: str) -> None:
    body = f"{opening}{BODY}{closing}"
    assert masked(body) == f"{opening}{MASKED}{closing}"
    assert json_in(body).strip() == BODY


@pytest.mark.parametrize("value", ["null", "1", '"张三丰"', "[]", "{}"])
def test_any_json_may_stand_within(value: str) -> None:
    assert (
        masked(f"cb({value});")
        == f"cb({whole(lambda: JsonMasker(LIST, UNDECLARED, tally()), value.encode()).decode()});"
    )


@pytest.mark.parametrize(
    "body",
    [
        "",
        "cb",
        "cb(",
        "cb()",
        "cb( );",
        BODY,
        f"({BODY})",
        f"cb{BODY}",
        f"cb({BODY}",
        f"cb({BODY}); f()",
        f"cb({BODY})({BODY})",
        f"cb({BODY}, 200);",
        f"cb({BODY});;",
        f"cb({BODY});//x",
        f"cb({BODY})/**/",
        f"cb(({BODY}))",
        f"cb({BODY[:-1]});",
        f"cb({BODY}, {BODY})",
        f"cb({BODY}{BODY})",
        "cb({a: 1})",
        "cb({'a': 1})",
        "cb([1,])",
        "cb(f())",
        f"/*张三丰*/cb({BODY})",
        f"/* 13800138000 */cb({BODY})",
        f"// x\ncb({BODY})",
        f"x=1;cb({BODY})",
        f"var x = cb({BODY})",
        f"张三丰({BODY})",
        f"cb['张三丰']({BODY})",
        f"a..b({BODY})",
        f".a({BODY})",
        f"a.({BODY})",
        f"1a({BODY})",
        f"a b({BODY})",
        f"c\\u0062({BODY})",
        f"eval({BODY})",
        f"if({BODY})",
        f"{LONG_NAME}n({BODY})",
        f"cb13800138000({BODY})",
        f"cb_11010519491231002x({BODY})",
        f"typeof a === 'function' && b({BODY})",
        f"typeof a === 'object' && a({BODY})",
        f"a && a({BODY})",
        f"a(b({BODY}))",
        f"cb(/**/{BODY})",
        f"while(1);{BODY}",
        f"cb({BODY}){' ' * LONGEST_CLOSING}",
        f"{' ' * LONGEST_OPENING}cb({BODY})",
        f"<script>cb({BODY})</script>",
        f"cb({BODY})<!--",
        f"alert(1)//({BODY})",
    ],
)
def test_what_is_no_call_with_json_is_withheld(body: str) -> None:
    with pytest.raises(Withheld, match="not_json"):
        masked(body)
    with pytest.raises(Withheld, match="not_json"):
        in_pieces(make, body.encode(), list(range(len(body.encode()))))


def test_another_charset_is_withheld() -> None:
    for charset in ("gbk", "utf-16", "utf-16-le"):
        with pytest.raises(Withheld):
            whole(make, f"cb({BODY})".encode(charset))


def test_nothing_of_a_script_that_is_none_comes_out_before_it_is_known() -> None:
    masker = make()
    assert masker.feed(b"callback") == []
    with pytest.raises(Withheld):
        masker.feed("张三丰".encode())


def test_it_flows_as_json_does() -> None:
    body = json.dumps({"rows": [PERSON] * 20_000, "total": 2}, ensure_ascii=False).encode()
    masker = make()
    early = b"".join(masker.feed(b"cb(" + body))
    assert early.startswith(b'cb({"rows":[{')
    assert len(early) > len(body) // 2
    assert (
        early + b"".join([*masker.feed(b"); "), *masker.close()])
        == b"cb(" + whole(lambda: JsonMasker(LIST, UNDECLARED, tally()), body) + b"); "
    )


def test_line_ends_of_scripts_are_escaped() -> None:
    """They may stand in JSON, and scripts before ECMAScript 2019 end there."""
    assert masked('cb({"total":"\u2028…\u2029"})') == 'cb({"total":"\\u2028…\\u2029"})'


def test_the_name_is_none_that_the_caller_may_not_see() -> None:
    hidden = KnownValues()
    hidden.add("k20260042")
    with pytest.raises(Withheld):
        whole(lambda: make(hidden), b'k20260042({"total": 1})')


def test_names_that_programs_make_are_no_numbers_of_somebody() -> None:
    chance = random.Random(7)
    for _ in range(2_000):
        version = chance.choice(["1113", "224", "341", "371"])
        name = f"jQuery{version}{chance.randrange(10**16, 10**17)}_{1_700_000_000_000 + chance.randrange(10**11)}"
        assert masked(f"{name}(1)") == f"{name}(null)"


def test_a_serial_is_put_into_the_json() -> None:
    masker = make().around(lambda inner: field(inner, "M-1", "_mark"))
    assert b"".join([*masker.feed(b'cb({"total": 2});'), *masker.close()]) == b'cb({"_mark":"M-1","total":2});'


def test_of_a_system_that_is_learnt_all_is_hidden_and_paths_are_noted() -> None:
    masker = JsonpMasker(LearningJsonMasker(UNDECLARED, tally()))
    assert b"".join([*masker.feed(f"cb({BODY})".encode()), *masker.close()]).startswith(b'cb({"rows":[{"id":null,')
    assert masker.tally.paths


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["张三丰", "13800138000", "\u2028"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "mobile", "rows", "x"]), inner, max_size=3)
    ),
    max_leaves=12,
)
WORDS = st.from_regex(r"[A-Za-z_$][A-Za-z0-9_$]{0,10}(\.[A-Za-z_$][A-Za-z0-9_$]{0,10}){0,2}", fullmatch=True)


@given(
    st.fixed_dictionaries({"rows": st.lists(JSON_VALUES, max_size=3), "total": JSON_VALUES}),
    st.sampled_from(AROUND) | st.tuples(WORDS.map("{}(".format).filter(opening_of), st.just(");")),
    st.lists(st.integers(0, 400), max_size=6),
)
def test_it_is_the_json_that_it_would_be_by_itself_however_it_comes(
    value: Any, around: tuple[str, str], cuts: list[int]
) -> None:
    opening, closing = around
    inside = json.dumps(value, ensure_ascii=False)
    alone = whole(lambda: JsonMasker(LIST, UNDECLARED, tally()), inside.encode()).decode()
    out = in_pieces(make, f"{opening}{inside}{closing}".encode(), cuts).decode()
    assert out == opening + alone.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029") + closing


@given(st.text(max_size=40), st.text(max_size=40), st.lists(st.integers(0, 80), max_size=3))
def test_no_script_of_any_other_form_comes_out(before: str, behind: str, cuts: list[int]) -> None:
    """Whatever stands around the call: either it is one of the known forms, or nothing is shown of the person."""
    body = f"{before}cb({BODY}){behind}".encode()
    try:
        out = in_pieces(make, body, cuts).decode()
    except Withheld:
        return
    assert out == f"{before}cb({MASKED}){behind}"
    assert "张三丰" not in out
