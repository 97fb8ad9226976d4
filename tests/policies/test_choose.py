"""Policies that tell records apart by whose they are, compiled and applied."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from policies.applies import grants_for
from policies.choose import Choice, countable
from policies.findings import Severity
from policies.formats.masker import Masker, Tally, Withheld
from policies.load import Loaded, load_policy
from policies.program import OperationRule, Program
from policies.program_shapes import ElementShape, fields_in
from policies.view import View, Views
from tests.policies.compiled import SECRET, program
from tests.policies.formats.masking import DIGESTER
from tests.policies.owned import declare_owned

MINE, OTHER = "11010519491231002X", "440524188001010014"
OWN = DIGESTER(MINE)
PERSON = {
    "id": 7,
    "name": "张三丰",
    "id_no": MINE,
    "mobile": "13800138000",
    "city": "云州",
    "home": {"phone": "13800138000"},
}
OTHERS = {**PERSON, "id": 8, "name": "李四光", "id_no": OTHER, "city": "雾州"}


@pytest.fixture(scope="module")
def owned(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return program(folder=declare_owned(tmp_path_factory.mktemp("policies")))


def view_of(owned: Program, *posts: str, own: str = "", acting: str = "") -> View:
    grants = grants_for(
        owned, caller=own or "li", posts=frozenset(posts), purposes=frozenset({"case-handling"}), now=1_780_000_000
    )
    return Views(owned, SECRET).of(countable(grants, own=own, acting=acting))


def operation(owned: Program, name: str = "GET /people") -> OperationRule:
    return next(operation for operation in owned.operations if operation.id == name)


def masker(
    owned: Program,
    view: View,
    choice: Choice,
    kind: str = "json",
    name: str = "GET /people",
    tally: Tally | None = None,
) -> Masker:
    made = view.maskers.of(
        operation(owned, name).answers, kind, tally or Tally(DIGESTER), "utf-8", lambda *form: "sealed", None, choice
    )
    assert made is not None
    return made


def listed(owned: Program, view: View, choice: Choice, *people: dict[str, Any]) -> tuple[list[dict[str, Any]], Tally]:
    made = masker(owned, view, choice)
    body = b"".join([*made.feed(json.dumps({"total": 9, "items": people}).encode()), *made.close()])
    return json.loads(body)["items"], made.tally


def test_a_citizen_sees_their_own_record(owned: Program) -> None:
    view = view_of(owned, own=OWN)
    (mine, other), tally = listed(owned, view, view.choice(own=OWN), PERSON, OTHERS)
    assert mine == {**PERSON, "home": {"phone": "13800138000"}}
    assert (other["name"], other["id_no"], other["mobile"]) == ("李**", "**************0014", "138****8000")
    shown = {view.decisions[index].name: view.decisions[index] for index in tally.fields if index >= len(owned.fields)}
    assert shown["person.name"].grant == "own"
    assert shown["person.name"].rule.startswith("grants.yaml:")
    general = {view.decisions[index].name: view.decisions[index] for index in tally.fields if index < len(owned.fields)}
    assert general["person.name"].grant is None


@pytest.mark.parametrize("spelled", ["1-23", "12-3", "1 23", "１２３", "123\u200b"])
def test_a_record_that_could_be_two_peoples_is_nobodys_own(owned: Program, spelled: str) -> None:
    own = DIGESTER("123")
    view = view_of(owned, own=own)
    choice = view.choice(own=own)
    mine, other = {**PERSON, "id_no": "123"}, {**PERSON, "id_no": spelled}
    shown = [person["name"] for person in listed(owned, view, choice, mine, other)[0]]
    assert shown == ["张三丰", "张**"]
    rows = masker(owned, view, choice, "csv")
    table = f"id_no,name\n123,张三丰\n{spelled},李四光\n".encode()
    assert [line.split(",")[1] for line in b"".join([*rows.feed(table), *rows.close()]).decode().split()[1:]] == [
        "张三丰",
        "李**",
    ]
    for identifier, is_shown in (("123", True), (spelled, False)):
        page = masker(owned, view, choice, "html")
        page.feed(f'<td class="col-name">张三丰</td><td class="col-id_no">{identifier}</td>'.encode())
        assert ("张三丰" in b"".join(page.close()).decode()) is is_shown


def test_who_acts_for_a_citizen_sees_as_much_as_that_grant_says(owned: Program) -> None:
    view = view_of(owned, "helper", acting=OWN)
    (mine, other), _ = listed(owned, view, view.choice(acting=OWN), PERSON, OTHERS)
    assert (mine["name"], mine["id_no"], mine["mobile"]) == ("张三丰", "**************002X", "*******8000")
    assert (other["name"], other["mobile"]) == ("李**", "138****8000")


def test_no_question_is_allowed_by_what_is_shown_of_some_records_only(owned: Program) -> None:
    view = view_of(owned, own=OWN)
    names = {field.name: index for index, field in enumerate(owned.fields)}
    assert not view.may_ask([names["person.name"]])


def test_grants_about_nobodys_records_do_not_count(owned: Program) -> None:
    assert [grant.id for grant in view_of(owned).grants] == []
    assert [grant.id for grant in view_of(owned, own=OWN).grants] == ["own"]
    assert [grant.id for grant in view_of(owned, "helper", acting=OWN).grants] == ["helpers"]
    assert [grant.id for grant in view_of(owned, "helper").grants] == []


def test_only_records_of_the_ward_are_shown(owned: Program) -> None:
    view = view_of(owned, "ward-officer")
    shown, tally = listed(owned, view, view.choice(attributes={"ward": "云州"}), PERSON, OTHERS)
    assert [person["id"] for person in shown] == [7]
    assert tally.left_out == 1
    assert listed(owned, view, view.choice(), PERSON, OTHERS)[0] == []
    assert listed(owned, view, view.choice(attributes={"ward": ""}), PERSON, OTHERS)[0] == []


def test_what_may_hold_records_that_are_left_out_is_withheld(owned: Program) -> None:
    view = view_of(owned, "ward-officer")
    choice = view.choice(attributes={"ward": "云州"})
    one = masker(owned, view, choice, name="GET /people/{id}")
    one.feed(json.dumps(OTHERS).encode())
    with pytest.raises(Withheld, match="record_left_out"):
        one.close()
    with pytest.raises(Withheld, match="record_left_out"):
        masker(owned, view, choice, "text")
    page = masker(owned, view, choice, "html")
    page.feed('<td class="col-name">李四光</td><td class="col-city">雾州</td>'.encode())
    with pytest.raises(Withheld, match="record_left_out"):
        page.close()
    page = masker(owned, view, choice, "html")
    page.feed('<td class="col-name">张三丰</td><td class="col-city">云州</td>'.encode())
    assert "张三丰" in b"".join(page.close()).decode()
    rows = masker(owned, view, choice, "csv")
    assert b"".join([*rows.feed("id,city\n7,云州\n8,雾州\n".encode()), *rows.close()]).decode() == "id,city\n7,云州\n"


def test_an_answer_about_more_people_than_may_be_is_withheld(owned: Program) -> None:
    view = view_of(owned, "counter")
    people = [{**PERSON, "id_no": f"44052418800101{number:03}X"} for number in range(5)]
    assert len(listed(owned, view, view.choice(), *people[:3], *people[:3])[0]) == 6
    with pytest.raises(Withheld, match="too_many_subjects"):
        listed(owned, view, view.choice(), *people[:4])
    rows = masker(owned, view, view.choice(), "csv")
    rows.feed(b"id_no\n" + b"".join(f"{person['id_no']}\n".encode() for person in people[:2]))
    rows.tally.take()  # a window of it is on its way
    rows.feed(f"{people[2]['id_no']}\n".encode())
    with pytest.raises(Withheld, match="too_many_subjects"):
        rows.feed(f"{people[3]['id_no']}\n".encode())


@pytest.mark.parametrize("unreadable", [[OTHER], {"value": OTHER}, {"": "x" * 300_000}, 1.5, True, [None]])
def test_a_subject_that_cannot_be_read_is_one_too_many(owned: Program, unreadable: Any) -> None:
    view = view_of(owned, "counter")
    for more in ([], [OTHERS], [{**OTHERS, "city": "x" * 1000}] * 1100):  # one, a table of them, a stream
        with pytest.raises(Withheld, match="too_many_subjects"):
            listed(owned, view, view.choice(), *more, {**PERSON, "id_no": unreadable})
    nothing: tuple[Any, ...] = (None, "", [], {})
    for empty in nothing:
        assert len(listed(owned, view, view.choice(), OTHERS, {**PERSON, "id_no": empty})[0]) == 2
    clerk = view_of(owned, "clerk")
    assert len(listed(owned, clerk, clerk.choice(), {**PERSON, "id_no": unreadable})[0]) == 1


def test_a_value_that_is_blocked_withholds_the_answer(owned: Program) -> None:
    view = view_of(owned, "trainee")
    with pytest.raises(Withheld, match="value_blocked"):
        listed(owned, view, view.choice(), PERSON)
    without = {**PERSON, "mobile": "", "home": {"phone": None}}
    assert listed(owned, view, view.choice(), without)[0][0]["name"] == "张**"


def test_what_goes_by_the_subject_is_the_same_in_all_records_of_a_person(owned: Program) -> None:
    view = view_of(owned, "researcher")
    again = {**PERSON, "name": "张三", "id_no": MINE.lower(), "home": {"phone": "075588888888"}}
    nobodys = {**PERSON, "id_no": None}
    (one, two, other, nobody), _ = listed(owned, view, view.choice(), PERSON, again, OTHERS, nobodys)
    assert one["name"] == two["name"] != other["name"]
    assert one["name"].startswith("人员-")
    assert one["home"] == two["home"]
    assert (nobody["name"], nobody["home"]) == ("***", {"phone": "***"})
    rows = masker(owned, view, view.choice(), "csv")
    body = b"".join([*rows.feed(f"name,id_no\n张三丰,{MINE}\n李四光,\n".encode()), *rows.close()]).decode()
    assert body == f"name,id_no\n{one['name']},**************002X\n***,\n"
    page = masker(owned, view, view.choice(), "html")
    page.feed(f'<td class="col-name">张三丰</td><td class="col-id_no">{MINE}</td>'.encode())
    assert one["name"] in b"".join(page.close()).decode()


def test_which_fields_bodies_hold(owned: Program) -> None:
    names = {owned.fields[index].name for index in fields_in(operation(owned).answers)}
    assert {"person.name", "person.city", "home.phone", "/total"} <= names
    assert fields_in(operation(owned, "GET /files/{name*}").answers) == set()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("rows: {person.town: {is: [x]}}", "unknown-row-field"),
        ("rows: {people.city: {is: [x]}}", "unknown-row-field"),
        ("rows: {person.home: {is: [x]}}", "unknown-row-field"),
        ("rows: {person.remark: {is: [x]}}", "unknown-row-field"),
    ],
)
def test_rows_by_what_no_record_has_are_found(tmp_path: Path, more: str, code: str) -> None:
    folder = declare_owned(tmp_path / "p")
    grants = folder / "grants.yaml"
    text = grants.read_text("utf-8")
    assert "rows: {person.city: {is_attribute: ward}}" in text
    grants.write_text(text.replace("rows: {person.city: {is_attribute: ward}}", more), "utf-8")
    assert code in {finding.code for finding in load_policy(folder).findings.errors}


def test_rows_by_what_is_stored_encrypted_are_found(tmp_path: Path) -> None:
    """The ciphertext is no value that anybody has written there."""
    folder = declare_owned(tmp_path / "p")
    system = folder / "systems" / "people.yaml"
    system.write_text(system.read_text("utf-8").replace("mobile: mobile", "mobile: {category: mobile, at_rest: token}"))
    grants = folder / "grants.yaml"
    text = grants.read_text("utf-8").replace("rows: {person.city:", "rows: {person.mobile:")
    grants.write_text(text, "utf-8")
    (found,) = load_policy(folder).findings.errors
    assert (found.code, found.at.line) == ("row-field-encrypted", text[: text.index("rows:")].count("\n") + 1)


_BESIDES = """operations:
  - on: GET /report
    answers: {text: scan, html: scan}
  - on: GET /forms
    answers: {documents: [docx, xlsx]}
  - on: GET /names
    answers: {json: {"/items/*/name": person_name, "/items/*/city": public}}
  - on: GET /visits
    answers:
      json: {"/items/*": {record: visit}}
      csv: visit
      html: {record: visit, elements: [{element: td, class: "col-{field}"}]}
  - on: GET /numbers
    answers: {json: {"/items/*": mobile, "/total": public}, text: mobile}
"""
_VISIT = """records:
  visit: {fields: {who: person_name, town: public}}
"""


@pytest.fixture(scope="module")
def besides(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    folder = declare_owned(tmp_path_factory.mktemp("besides"))
    system = folder / "systems" / "people.yaml"
    text = system.read_text("utf-8")
    for heading, more in (("operations:\n", _BESIDES), ("records:\n", _VISIT)):
        assert text.count(f"\n{heading}") == 1
        text = text.replace(f"\n{heading}", f"\n{more}")
    system.write_text(text, "utf-8")
    return load_policy(folder)


@pytest.mark.parametrize(
    ("name", "kind", "is_withheld"),
    [
        ("GET /report", "text", True),
        ("GET /report", "html", True),
        ("GET /forms", "xlsx", True),
        ("GET /forms", "application/octet-stream", True),
        ("GET /names", "json", True),
        ("GET /visits", "json", True),
        ("GET /visits", "csv", True),
        ("GET /visits", "html", True),
        ("GET /numbers", "json", False),
        ("GET /numbers", "text", False),
        ("GET /people", "json", False),
    ],
)
def test_what_shows_no_field_that_tells_records_apart_is_withheld(
    besides: Loaded, name: str, kind: str, is_withheld: bool
) -> None:
    owned = besides.programs["people"]
    officer, clerk = view_of(owned, "ward-officer"), view_of(owned, "clerk")
    choice = officer.choice(attributes={"ward": "云州"})
    assert masker(owned, clerk, clerk.choice(), kind, name)
    if is_withheld:
        with pytest.raises(Withheld, match="record_left_out"):
            masker(owned, officer, choice, kind, name)
    else:
        assert masker(owned, officer, choice, kind, name)


def test_operations_that_are_withheld_from_who_sees_some_records_are_warned_of(besides: Loaded) -> None:
    warned = [finding for finding in besides.findings.sorted() if finding.code == "shown-besides-rows"]
    assert {finding.severity for finding in warned} == {Severity.WARNING}
    for name, kinds in (
        ("GET /report", "html, text"),
        ("GET /forms", "documents"),
        ("GET /names", "json"),
        ("GET /visits", "json, html, csv"),
    ):
        assert [f"the {kinds} of `{name}`" in finding.message for finding in warned].count(True) == 1
    assert not [finding for finding in warned if "GET /numbers" in finding.message]


def test_masking_harder_ends_what_grants_show_and_keeps_what_they_leave_out(owned: Program) -> None:
    def harder(grant: str) -> View:
        return Views(owned, SECRET).of([each for each in owned.grants if each.id == grant], harder=True)

    view = harder("own")
    (mine,), _ = listed(owned, view, view.choice(own=OWN), {**PERSON, "mobile": "", "home": {}})
    assert mine["name"] != "张三丰"
    view = harder("ward")
    without = [{**person, "mobile": "", "home": {}} for person in (PERSON, OTHERS)]
    assert [each["id"] for each in listed(owned, view, view.choice(attributes={"ward": "云州"}), *without)[0]] == [7]
    view = harder("few")
    with pytest.raises(Withheld, match="too_many_subjects"):
        listed(
            owned,
            view,
            view.choice(),
            *({**PERSON, "mobile": "", "home": {}, "id_no": f"{number}"} for number in range(4)),
        )


def test_what_a_page_holds_beside_its_record_is_everybodys(owned: Program) -> None:
    """The name of whoever is on duty stands in the page of a citizen."""
    answers = operation(owned).answers
    assert answers.html is not None
    name = next(index for index, field in enumerate(owned.fields) if field.name == "person.name")
    beside = msgspec.structs.replace(
        answers.html, elements=(*answers.html.elements, ElementShape("address", field=name))
    )
    view = view_of(owned, own=OWN)
    page = view.maskers.of(
        msgspec.structs.replace(answers, html=beside), "html", Tally(DIGESTER), "utf-8", lambda *form: "", None,
        view.choice(own=OWN),
    )  # fmt: skip
    assert page is not None
    page.feed(f'<td class="col-id_no">{MINE}</td><td class="col-name">张三丰</td><address>王五福</address>'.encode())
    shown = b"".join(page.close()).decode()
    assert "张三丰" in shown
    assert "王五福" not in shown
