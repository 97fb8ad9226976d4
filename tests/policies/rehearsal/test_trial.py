import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from policies.compiling.folder import compile_folder
from policies.findings import PolicyError
from policies.rehearsal.trial import KINDS, Caller, NotTried, Trial, Tried, read_caller
from tests.declaring import declared
from tests.policies.compiled import GOOD
from tests.policies.owned import declare_owned
from tests.policies.revealed import declare_reveals
from tests.proxy.credentials import Provider
from yingbi.explain import NONE_SHOWS_MORE, lines_of_trial

NOW = datetime(2026, 11, 25, tzinfo=UTC)
NOBODY = Caller()
CLERK = Caller(id="w7", posts=("clerk",), purposes=("case-handling",))
PERSON = {"name": "张三丰", "id_no": "11010519491231002X", "mobile": "13800138000", "city": "青麦镇", "x": 1}
ANSWER = json.dumps({"total": 1, "items": [PERSON]}, ensure_ascii=False).encode()


@pytest.fixture(scope="module")
def trial() -> Trial:
    return Trial(compile_folder(GOOD))


def tried(trial: Trial, body: bytes = ANSWER, *, caller: Caller = NOBODY, **changes: Any) -> Tried:
    asked = {"system": "people", "operation": "GET /people", "kind": "json", "now": NOW, **changes}
    return trial.try_on(body, caller=caller, **asked)


def test_a_caller_gets_what_the_gateway_would_show(trial: Trial) -> None:
    assert json.loads(tried(trial).body)["items"][0] == {
        "name": "张**",
        "id_no": "**************002X",
        "mobile": "138****8000",
        "city": "青麦镇",
        "x": None,
    }
    shown = tried(trial, caller=CLERK)
    assert json.loads(shown.body)["items"][0]["name"] == "张三丰"
    assert shown.grants == ("clerks",)
    assert shown.subjects == 1


def test_it_says_by_which_rule_and_what_would_show_more(trial: Trial) -> None:
    used = {each.decision.name: each for each in tried(trial).used}
    assert used["person.name"].count == 1
    assert used["person.name"].decision.rule.startswith("systems/people.yaml:")
    (more,) = used["person.name"].more
    assert (more.grant, more.transform) == ("clerks", "show")
    assert [need.en for need in more.needs] == ["post clerk", "purpose case-handling"]
    assert more.rule.startswith("grants.yaml:")
    assert not more.expired
    assert used["person.mobile"].more == ()
    seen = {each.decision.name: each for each in tried(trial, caller=CLERK).used}
    assert seen["person.name"].decision.grant == "clerks"
    assert seen["person.name"].more == ()


def test_it_says_where_no_grant_shows_more(trial: Trial) -> None:
    lines = list(lines_of_trial(tried(trial)))
    hidden = next(place for place, line in enumerate(lines) if line.startswith("person.mobile "))
    assert lines[hidden + 1] == NONE_SHOWS_MORE
    assert lines.count(NONE_SHOWS_MORE) == sum(
        not each.more and each.decision.form != "clear" for each in tried(trial).used
    )


def test_what_can_be_asked_for_is_told_by_its_name_and_line(tmp_path: Path) -> None:
    trial = Trial(compile_folder(declare_reveals(tmp_path / "policies", Provider())))
    used = {each.decision.name: each for each in tried(trial, caller=CLERK).used}
    asked_for = {each.grant: each for each in used["person.mobile"].more}
    whole, emergency = asked_for["window-sees-whole"], asked_for["emergency"]
    assert whole.rule.startswith("grants.yaml:")
    said = list(lines_of_trial(tried(trial, caller=CLERK)))
    hidden = next(place for place, line in enumerate(said) if line.startswith("person.mobile "))
    assert {
        f"  可以申请查看原文 / can be asked for: `window-sees-whole` {whole.rule}"
        "（岗位 clerk，目的 case-handling / post clerk, purpose case-handling）",
        f"  紧急时可以申请查看 / can be asked for in an emergency: `emergency` {emergency.rule}"
        "（岗位 duty-head / post duty-head）",
    } <= {*said[hidden + 1 : hidden + 1 + len(asked_for)]}
    later = {each.decision.name: each for each in tried(trial, now=datetime(2028, 1, 1, tzinfo=UTC)).used}
    assert {each.expired for each in later["person.mobile"].more} == {True}


@pytest.mark.parametrize(
    ("declared", "granted", "is_more"),
    [
        ("{keep: {first: 1}}", "{keep: {first: 6}}", True),
        ("{keep: {first: 6}}", "{keep: {first: 1}}", True),  # of seven characters, the one shows none
        ("{keep: {first: 3}}", "{keep: {first: 3, fill: 2}}", False),
        ("digest", "{keep: {last: 4}}", True),
        ("{keep: {last: 4}}", "digest", True),
        ("{keep: {last: 4}}", "redact", False),
        ("{date: {to: year}}", "{date: {to: month}}", True),
        ("{date: {to: month}}", "{date: {to: year}}", False),
        ("redact", "{replace: x}", False),
    ],
)
def test_a_grant_by_which_something_else_of_a_value_is_shown_is_told(
    tmp_path: Path, declared: str, granted: str, is_more: bool
) -> None:
    folder = tmp_path / "policies"
    shutil.copytree(GOOD, folder)
    people, grants = folder / "systems" / "people.yaml", folder / "grants.yaml"
    mobile = f"mobile: {{category: mobile, mask: {declared}}}"
    people.write_text(people.read_text("utf-8").replace("mobile: mobile\n", f"{mobile}\n"), "utf-8")
    grants.write_text(grants.read_text("utf-8").replace("free_text: scan", f"mobile: {granted}"), "utf-8")
    used = {each.decision.name: each for each in tried(Trial(compile_folder(folder))).used}
    assert [each.grant for each in used["person.mobile"].more] == (["clerks"] if is_more else [])


def test_what_is_stored_encrypted_is_tried_as_it_was_before(tmp_path: Path) -> None:
    """A trial has no key of any installation: real ciphertext it cannot open, and says so."""
    folder = tmp_path / "policies"
    shutil.copytree(GOOD, folder)
    people = folder / "systems" / "people.yaml"
    stores = "name: {category: person_name, at_rest: {encrypt: aes}}"
    people.write_text(people.read_text("utf-8").replace("name: person_name", stores), "utf-8")
    trial = Trial(compile_folder(folder))
    for caller, name in ((NOBODY, "张**"), (CLERK, "张三丰")):
        shown = tried(trial, caller=caller)
        assert (json.loads(shown.body)["items"][0]["name"], shown.unopened) == (name, {})
    token = "y1.00000000.AAAAAAAAAAAAAAAAAAAAAAAA"
    shown = tried(trial, ANSWER.replace("张三丰".encode(), token.encode()), caller=CLERK)
    assert (json.loads(shown.body)["items"][0]["name"], shown.unopened) == ("***", {"person.name": 1})
    assert any("person.name: 1 个值是密文" in line for line in lines_of_trial(shown))


def test_what_a_grant_goes_by_is_tried_as_well(tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    shutil.copytree(GOOD, folder)
    text = (folder / "grants.yaml").read_text("utf-8")
    text = text.replace("who: {posts: [clerk]}", "who: {attributes: {ward: ['3']}}")
    conditions = "networks: [10.0.0.0/8]\n    operations: [GET /people]\n    until: 2027-06-30\n"
    (folder / "grants.yaml").write_text(text.replace("until: 2027-06-30\n", conditions, 1), "utf-8")
    people = folder / "systems" / "people.yaml"
    claims = people.read_text("utf-8").replace("keys: idp.json\n", "keys: idp.json\n      attribute_claims: [ward]\n")
    people.write_text(claims, "utf-8")
    narrowed = Trial(compile_folder(folder))
    caller = read_caller(
        b'{"id": "w", "purposes": ["case-handling"], "attributes": {"ward": "3"}, "address": "10.1.2.3"}'
    )
    assert tried(narrowed, caller=caller).grants == ("clerks",)
    one = json.dumps(PERSON, ensure_ascii=False).encode()
    assert tried(narrowed, one, caller=caller, operation="GET /people/5").grants == ()
    for changed in ({"attributes": {"ward": "4"}}, {"address": "11.0.0.1"}, {"address": ""}):
        assert tried(narrowed, caller=msgspec.structs.replace(caller, **changed)).grants == ()
    with pytest.raises(NotTried, match=r"no network address: `10\.0\.0`"):
        tried(narrowed, caller=msgspec.structs.replace(caller, address="10.0.0"))


def test_whom_a_leak_harms_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    shutil.copytree(GOOD, folder)
    catalogue = folder / "catalogue.yaml"
    text = catalogue.read_text("utf-8").replace(
        "sensitive: true\n", "sensitive: true\n    harm: {person: serious}\n", 1
    )
    catalogue.write_text(text, "utf-8")
    shown = tried(Trial(compile_folder(folder)))
    harms = {each.decision.name: each.harm for each in shown.used if each.harm}
    assert harms == {"person.id_no": {"person": "serious"}}
    assert "  危害 / harm: 个人权益严重危害 / person serious" in list(lines_of_trial(shown))


def test_a_grant_that_has_ended_is_told_as_one(trial: Trial) -> None:
    late = datetime(2028, 1, 1, tzinfo=UTC)
    shown = tried(trial, caller=CLERK, now=late)
    assert shown.grants == ()
    assert next(each for each in shown.used if each.decision.name == "person.name").more[0].expired


@pytest.mark.parametrize("operation", ["GET /people/{id}", "GET /people/5", "get /people/5"])
def test_an_operation_is_named_as_declared_or_as_asked_for(trial: Trial, operation: str) -> None:
    body = json.dumps(PERSON, ensure_ascii=False).encode()
    assert json.loads(tried(trial, body, operation=operation).body)["name"] == "张**"


def test_what_cannot_be_read_is_withheld(trial: Trial) -> None:
    shown = tried(trial, ANSWER[:-9])
    assert shown.withheld
    assert "张三丰".encode() not in shown.body


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_answer_can_be_tried(kind: str, tmp_path: Path) -> None:
    trial = Trial(compile_folder(declared(tmp_path)))
    bodies = {
        "json": ANSWER,
        "jsonp": b"cb(" + ANSWER + b");",
        "csv": "name,mobile\r\n张三丰,13800138000\r\n".encode(),
        "html": '<table><td class="col-name">张三丰</td></table>'.encode(),
        "text": "经办人电话13800138000".encode(),
        "ndjson": json.dumps(PERSON).encode(),
        "events": f"data: {json.dumps(PERSON)}\n\n".encode(),
        "xml": "<people><person><name>张三丰</name></person><x>13800138000</x></people>".encode(),
    }
    operation = {"ndjson": "GET /export", "xml": "GET /report", "events": "GET /feed"}.get(kind, "GET /people")
    shown = tried(trial, bodies[kind], kind=kind, operation=operation)
    assert shown.body
    assert not shown.withheld
    assert "张三丰".encode() not in shown.body
    assert b"13800138000" not in shown.body


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"system": "peeple"}, "did you mean `people`"),
        ({"operation": "GET /nothing"}, "no operation"),
        ({"operation": "GET /persons"}, "did you mean `GET /people`"),
        ({"operation": "GET /files/{name*}"}, "passes as it is"),
        ({"operation": "GET /people/{id}", "kind": "csv"}, "no answer of kind `csv`"),
    ],
)
def test_what_cannot_be_tried_is_said(trial: Trial, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(NotTried, match=says):
        tried(trial, ANSWER, caller=NOBODY, **changes)


def test_of_a_system_that_is_learnt_everything_is_hidden(tmp_path: Path) -> None:
    shutil.copytree(GOOD, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "systems" / "people.yaml"
    path.write_text(path.read_text("utf-8").replace("state: enforcing", "state: learning"), "utf-8")
    shown = tried(Trial(compile_folder(tmp_path)), operation="", caller=CLERK)
    assert "张三丰".encode() not in shown.body
    with pytest.raises(NotTried, match="being learnt"):
        tried(Trial(compile_folder(tmp_path)), operation="", kind="csv")


def test_a_policy_with_an_error_is_not_tried(tmp_path: Path) -> None:
    shutil.copytree(GOOD, tmp_path, dirs_exist_ok=True)
    (tmp_path / "grants.yaml").write_text("grants: 5\n")
    with pytest.raises(PolicyError, match=r"grants\.yaml:1"):
        Trial(compile_folder(tmp_path))


@pytest.mark.parametrize("text", [b"", b"[]", b'{"post": []}', b'{"posts": "clerk"}', b'{"id": 5}', b"\xff"])
def test_a_caller_that_is_none_is_said(text: bytes) -> None:
    with pytest.raises(NotTried, match="JSON object"):
        read_caller(text)


def test_a_caller_is_read() -> None:
    assert read_caller(b'{"id": "w7", "posts": ["clerk"], "purposes": ["case-handling"]}') == CLERK
    assert read_caller(b"{}") == Caller()


def test_a_citizen_and_who_acts_for_one_get_what_they_would(tmp_path: Path) -> None:
    owned = Trial(compile_folder(declare_owned(tmp_path / "policies")))
    citizen = Caller(identifier="110105194912310 02x")
    shown = tried(owned, caller=citizen)
    assert json.loads(shown.body)["items"][0]["id_no"] == PERSON["id_no"]
    assert shown.grants == ("own",)
    helper = Caller(id="zhao", posts=("helper",), purposes=("case-handling",), acting_for="11010519491231002X")
    assert json.loads(tried(owned, caller=helper).body)["items"][0]["mobile"] == "*******8000"
    assert json.loads(tried(owned, caller=Caller(acting_for="-", identifier="-")).body)["items"][0]["name"] == "张**"
    spelled = json.dumps({"items": [{**PERSON, "id_no": "1-23"}, {**PERSON, "id_no": "123"}]}).encode()
    for who, names in (("12-3", ["张**", "张**"]), ("1-23", ["张**", "张**"]), ("123", ["张**", "张三丰"])):
        shown = tried(owned, body=spelled, caller=Caller(identifier=who))
        assert [person["name"] for person in json.loads(shown.body)["items"]] == names
    changed = tried(owned, caller=citizen, operation="POST /people", body=json.dumps(PERSON).encode())
    assert json.loads(changed.body)["name"] == "张**"


def test_what_leaves_records_out_or_nothing_is_told(tmp_path: Path) -> None:
    owned = Trial(compile_folder(declare_owned(tmp_path / "policies")))
    officer = Caller(id="zhao", posts=("ward-officer",), purposes=("case-handling",), attributes={"ward": "云州"})
    assert json.loads(tried(owned, caller=officer).body)["items"] == []
    assert tried(owned, caller=officer, kind="text").withheld == "record_left_out"
