import json
from datetime import UTC, datetime

import msgspec
import pytest

from policies.applies import grants_for
from policies.formats.masker import Tally, Withheld
from policies.program import OperationRule
from policies.view import View, Views
from tests.policies.compiled import SECRET, program
from tests.policies.formats.masking import DIGESTER

PROGRAM = program()
VIEWS = Views(PROGRAM, SECRET)
NOBODY = VIEWS.of(())
NOW = datetime(2026, 11, 23, tzinfo=UTC).timestamp()
CLERK = VIEWS.of(
    grants_for(PROGRAM, caller="li", posts=frozenset({"clerk"}), purposes=frozenset({"case-handling"}), now=NOW)
)
BATCH = VIEWS.of(grants_for(PROGRAM, caller="batch", posts=frozenset(), purposes=frozenset({"statistics"}), now=NOW))


def operation(name: str) -> OperationRule:
    return next(operation for operation in PROGRAM.operations if operation.id == name)


def masked(view: View, body: bytes, kind: str, name: str = "GET /people") -> bytes:
    masker = view.maskers.of(operation(name).answers, kind, Tally(DIGESTER), "utf-8", lambda *form: "sealed")
    assert masker is not None
    return b"".join([*masker.feed(body), *masker.close()])


PERSON = {
    "id": 7,
    "name": "张三丰",
    "id_no": "11010519491231002X",
    "mobile": "13800138000",
    "city": "云州",
    "note": "转告13900139000",
    "home": {"street": "幸福路", "phone": "13800138000"},
    "new": "x",
}


def test_nobody_gets_the_declared_masks() -> None:
    answer = json.loads(masked(NOBODY, json.dumps({"total": 1, "items": [PERSON], "more": 1}).encode(), "json"))
    assert answer == {
        "total": 1,
        "items": [
            {
                "id": 7,
                "name": "张**",
                "id_no": "**************002X",
                "mobile": "138****8000",
                "city": "云州",
                "note": "***",
                "home": {"street": "幸福路", "phone": "***"},
                "new": "***",
            }
        ],
        "more": None,
    }


def test_a_grant_shows_what_it_says_and_no_more() -> None:
    (person,) = json.loads(masked(CLERK, json.dumps({"items": [PERSON]}).encode(), "json"))["items"]
    assert (person["name"], person["note"]) == ("张三丰", "转告***")
    assert (person["mobile"], person["id_no"]) == ("138****8000", "**************002X")


def test_a_digest_tells_persons_apart() -> None:
    other = {**PERSON, "id_no": "440524188001010014"}
    one, two, three = json.loads(masked(BATCH, json.dumps({"items": [PERSON, other, PERSON]}).encode(), "json"))[
        "items"
    ]
    assert one["id_no"] == three["id_no"] != two["id_no"]
    assert len(one["id_no"]) == 26
    assert one["name"] == "张**"


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        ("html", '<td class="col-name">张三丰</td>', '<td class="col-name">张**</td>'),
        ("csv", "id,name\n1,张三丰\n", "id,name\n1,张**\n"),
        ("text", "电话13800138000", "电话***"),
    ],
)
def test_every_declared_format_has_its_masker(kind: str, body: str, expected: str) -> None:
    assert masked(NOBODY, body.encode(), kind).decode() == expected


def test_text_where_only_csv_is_declared_is_read_as_csv() -> None:
    """Datasette sends its CSV as `text/plain`, so that browsers show it."""
    answers = msgspec.structs.replace(operation("GET /people").answers, text=None)
    masker = NOBODY.maskers.of(answers, "text", Tally(DIGESTER), "utf-8", lambda *form: "sealed")
    assert masker is not None
    assert b"".join([*masker.feed("id,name\n1,张三丰\n".encode()), *masker.close()]).decode() == "id,name\n1,张**\n"
    other = NOBODY.maskers.of(answers, "text", Tally(DIGESTER), "utf-8", lambda *form: "sealed")
    assert other is not None
    with pytest.raises(Withheld, match="no_known_header"):
        other.feed("联系人张三丰\n".encode())


def test_a_format_that_is_not_declared_has_none() -> None:
    answers = operation("GET /people/{id}").answers
    assert NOBODY.maskers.of(answers, "html", Tally(DIGESTER), "utf-8", lambda *form: "") is None
    assert NOBODY.maskers.of(answers, "xml", Tally(DIGESTER), "utf-8", lambda *form: "") is None


def test_decisions_name_rule_and_grant() -> None:
    name = next(decision for decision in CLERK.decisions if decision.name == "person.name")
    assert (name.transform, name.form, name.rule, name.grant) == ("show", "clear", "grants.yaml:2", "clerks")
    hidden = next(decision for decision in NOBODY.decisions if decision.name == "person.name")
    assert (hidden.transform, hidden.form, hidden.grant) == ("keep 1..0", "masked", None)
    assert hidden.rule == "systems/people.yaml:19"


@pytest.mark.parametrize(
    ("caller", "posts", "purposes", "at", "expected"),
    [
        ("li", {"clerk"}, {"case-handling"}, NOW, ["clerks"]),
        ("li", {"clerk"}, {"statistics"}, NOW, []),  # a purpose the credential does not vouch for
        ("li", {"auditor"}, {"case-handling"}, NOW, []),
        ("li", {"clerk"}, {"case-handling"}, datetime(2027, 6, 30, 15, 59, tzinfo=UTC).timestamp(), ["clerks"]),
        ("li", {"clerk"}, {"case-handling"}, datetime(2027, 6, 30, 16, 0, tzinfo=UTC).timestamp(), []),
        ("batch", set(), {"statistics"}, NOW, ["batch"]),
        ("batch", {"clerk"}, {"statistics", "case-handling"}, NOW, ["clerks", "batch"]),
    ],
)
def test_which_grants_apply(caller: str, posts: set[str], purposes: set[str], at: float, expected: list[str]) -> None:
    """A day ends in China at 16:00 UTC."""
    found = grants_for(PROGRAM, caller=caller, posts=frozenset(posts), purposes=frozenset(purposes), now=at)
    assert [grant.id for grant in found] == expected


def test_views_are_made_once() -> None:
    assert VIEWS.of(CLERK.grants) is CLERK
