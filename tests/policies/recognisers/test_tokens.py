"""Tokens that tell of somebody to whoever decodes them."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.recognisers.scan import scan
from policies.recognisers.tokens import find_tokens


def encoded(item: Any) -> str:
    said = item if isinstance(item, bytes) else json.dumps(item, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(said).decode().rstrip("=")


def token(claims: Any, signature: str = "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U") -> str:
    return f"{encoded({'alg': 'HS256', 'typ': 'JWT'})}.{encoded(claims)}.{signature}"


TELLING = {
    "a number": ({"sub": "11010519491231002X"}, "resident_id"),
    "a number among others": ({"iat": 1516239022, "aud": ["x", "13800138000"]}, "mobile"),
    "a number that is one": ({"who": 13800138000}, "mobile"),
    "a name by its name": ({"iss": "x", "name": "张三丰"}, "person_name"),
    "a name within": ({"user": {"xm": "张三丰"}}, "person_name"),
    "a sentence": ({"note": "联系人王小明，已到"}, "person_name"),
    "another token": ({"act": token({"sub": "11010519491231002X"})}, "resident_id"),
}


@pytest.mark.parametrize("case", TELLING)
@pytest.mark.parametrize("signature", ["dozjgNryP4J3jVmNHl0w5N", ""])
def test_a_token_that_tells_of_somebody_is_found_whole(case: str, signature: str) -> None:
    claims, category = TELLING[case]
    said = token(claims, signature)
    (hit,) = scan(f"令牌 {said}，请保管")
    assert (hit.start, hit.end, hit.category) == (3, 3 + len(said), category)


SILENT = {
    "of nobody": token({"sub": "42", "exp": 1516239022, "name": ""}),
    "of no claims": token(["x"]),
    "that cannot be read": token(b'{"sub": "1101051949123'),
    "that is no text": token(b'{"\xff\xfe": 1}'),
    "that is deep": token(b'{"a":' * 7_000 + b"1" + b"}" * 7_000),
    "without claims": encoded({"sub": "42"}) + ".x.y",
}


def test_what_is_no_json_is_read_as_text() -> None:
    deep = b'{"a":' * 7_000 + b'"11010519491231002X"' + b"}" * 7_000
    for claims in (deep, b'{"sub": "11010519491231002X", }'):
        assert [hit.category for hit in scan(token(claims))] == ["resident_id"]


@pytest.mark.parametrize("case", SILENT)
def test_a_token_that_tells_of_nobody_is_left(case: str) -> None:
    assert scan(f"令牌 {SILENT[case]} 完") == ()


@given(st.text(st.sampled_from("eyJzdWIiOiIx_-.=0 "), max_size=80))
def test_any_text_may_look_like_a_token(text: str) -> None:
    assert all(text[hit.start : hit.end].startswith("eyJ") for hit in find_tokens(text, lambda claim: "mobile"))
