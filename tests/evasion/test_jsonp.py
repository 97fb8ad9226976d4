"""JSONP where JSON is declared: the JSON is masked, the call stays, and whatever else a script does withholds it."""

import json

import httpx
import pytest

from tests.evasion.cases import PEOPLE, PEOPLE_MASKED, PERSON, TEXT, Case, check, shows, withholds
from tests.evasion.test_streams import chunked, pieces_of
from tests.front import VERSIONS, Front
from tests.gateway import CLERK_KEY
from tests.rig import ID_NO, MOBILE, NAME, Rig, ended, reads, shows_nothing
from tests.scripted import answering

SCRIPT = "application/javascript"
AROUND = {
    "a call": (b"callback(", b")"),
    "a call that ends": (b"callback(", b");\n"),
    "a dotted name behind a comment": (b"/**/ns.cb(", b");"),
    "a call if it is one": (b"/**/ typeof cb === 'function' && cb(", b");"),
    "blanks and a mark": (b"\xef\xbb\xbf\r\n$.cb_1 ( ", b" ) ;\r\n"),
    "what jQuery writes": (b"jQuery34108437189012345678_1764201600000(", b");"),
}
WITHHELD: dict[str, str | bytes] = {
    "no call": PEOPLE,
    "a variable": b"var people = " + PEOPLE,
    "a call in a call": b"a(b(" + PEOPLE + b"))",
    "two calls": b"a(" + PEOPLE + b");a(" + PEOPLE + b");",
    "something behind the JSON": b"a(" + PEOPLE + f', "{NAME}");'.encode(),
    "something behind the call": b"a(" + PEOPLE + f"); // {TEXT}".encode(),
    "a comment before it": f"/* {TEXT} */ a(".encode() + PEOPLE + b")",
    "a line before it": f'log("{NAME}");\na('.encode() + PEOPLE + b")",
    "a name that is somebody's": f"{NAME}(".encode() + PEOPLE + b")",
    "a name with somebody's number": f"cb_{ID_NO}(".encode() + PEOPLE + b")",
    "a name in brackets": f'cb["{NAME}"]('.encode() + PEOPLE + b")",
    "a name that ends the script": b"alert(document.domain)//(" + PEOPLE + b")",
    "a name that ends the element": b"</script><script>a(" + PEOPLE + b")",
    "a name that is too long": b"n" * 200 + b"(" + PEOPLE + b")",
    "a name of the language": b"eval(" + PEOPLE + b")",
    "keys without quotes": f"a({{name: '{NAME}'}})",
    "a call that is cut": b"a(" + PEOPLE,
    "UTF-16": b"a(".decode().encode("utf-16") + PEOPLE.decode().encode("utf-16-le"),
    "GBK": b"a(" + PEOPLE.decode().encode("gbk") + b")",
}
CASES: dict[str, Case] = {
    **{name: shows(before + PEOPLE + behind, SCRIPT, before + PEOPLE_MASKED + behind) for name, (before, behind) in AROUND.items()},
    **{f"as {said}": shows(b"a(" + PEOPLE + b")", said, b"a(" + PEOPLE_MASKED + b")")
       for said in ("text/javascript", "application/x-javascript", "Application/JavaScript; charset=UTF-8")},
    "undeclared": shows(f'a([{{"x": "{NAME}"}}, {MOBILE}])', SCRIPT, 'a([{"x":"***"},null])'),
    "an error": shows(f'a({{"error": "{TEXT}"}})', SCRIPT, 'a({"error":"联系人***，身份证***，电话***"})', status=400),
    **{name: withholds(body, SCRIPT, "answer_unreadable") for name, body in WITHHELD.items()},
    "said to be in GBK": withholds(b"a(" + PEOPLE + b")", f"{SCRIPT}; charset=gbk", "answer_unreadable"),
    "as JSON": withholds(b"a(" + PEOPLE + b")", "application/json", "answer_unreadable"),
    "where no JSON is declared": withholds(b"a(" + PEOPLE + b")", SCRIPT, "answer_not_declared", target="/people.csv"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_jsonp(front: Front, case: str) -> None:
    check(front, CASES[case])


@pytest.mark.parametrize("case", CASES)
def test_either_core_says_the_same(rig: Rig, case: str) -> None:
    asked = CASES[case]
    status, headers, body = reads(rig.ask(asked.script, **asked.asking))
    assert (status, shows_nothing(body)) == (asked.status, True)
    if asked.shown is not None:
        assert body == asked.shown
    else:
        assert headers["content-type"] == "application/problem+json"
        assert json.loads(body)["reason"] == asked.reason


def test_it_is_taken_for_nothing_but_a_script(front: Front) -> None:
    """Whatever the system behind says of that."""
    for more in ((), ("X-Content-Type-Options: nosniff",)):
        answer = front.ask(answering(b"a(" + PEOPLE + b")", SCRIPT, "200 X", *more))
        assert answer.headers["content-type"] == f"{SCRIPT}; charset=utf-8"
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_client_gets_what_it_would_get_as_json(rig: Rig) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{rig.gateway.port}", headers={"Host": "people.localhost"}) as client:
        rig.behind.script = answering(PEOPLE, "application/json")
        as_json = client.get("/people").content
        rig.behind.script = answering(b"/**/cb(" + PEOPLE + b");", SCRIPT)
        answer = client.get("/people")
    assert answer.content == b"/**/cb(" + as_json + b");"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert rig.gateway.events()[-1]["yingbi"]["format"] == "jsonp"


def test_calls_flow(secured_rig: Rig) -> None:
    front = Front(secured_rig, VERSIONS[0])
    answer = front.ask(chunked(SCRIPT, pieces_of(b"cb(" + MANY + b");", 50_001)))
    assert (answer.status, answer.headers["transfer-encoding"], answer.is_whole) == (200, "chunked", True)
    assert answer.body == b"cb(" + MANY_MASKED + b");"


MANY = json.dumps({"items": [PERSON] * 12_000}, ensure_ascii=False).encode()
MANY_MASKED = (
    b'{"items":[' + b",".join([PEOPLE_MASKED.removeprefix(b'{"items":[').removesuffix(b"]}")] * 12_000) + b"]}"
)


@pytest.mark.parametrize("end", [f"]}});//{NAME}".encode(), b"]})", b"]});x()", b"]}," + PEOPLE + b")"])
def test_a_call_that_ends_otherwise_is_cut(secured_rig: Rig, end: bytes) -> None:
    front = Front(secured_rig, VERSIONS[0])
    body = b"cb(" + MANY[:-2] + end
    answer = front.ask(chunked(SCRIPT, pieces_of(body, 50_001)))
    assert (answer.status, answer.is_whole, answer.tells) == (200, end == b"]})", set())
    assert ended(answer.received) is (end == b"]})")
    assert shows_nothing(reads(answer.received)[2])


@pytest.mark.parametrize(
    ("site", "is_signed_in", "status"),
    [
        ("cross-site", True, 403),
        ("cross-site", False, 200),
        ("same-site", True, 200),
        ("same-origin", True, 200),
        ("none", True, 200),
        ("x", True, 403),
    ],
)
def test_pages_of_other_sites_read_nobodys_data(rig: Rig, site: str, is_signed_in: bool, status: int) -> None:
    """A browser sends along who is signed in with whatever script a page of any site names."""
    signed_in = f"Authorization: Bearer {CLERK_KEY}\r\n" if is_signed_in else ""
    rig.behind.script = answering(b"cb(" + PEOPLE + b")", SCRIPT)
    said, _, body = reads(rig.ask(headers=f"{signed_in}Sec-Fetch-Site: {site}\r\n"))
    assert said == status
    assert status == 200 or json.loads(body)["reason"] == "script_from_elsewhere"
