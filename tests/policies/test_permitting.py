"""What permits show: the records of one subject, or in an emergency all of them, and nothing that was not permitted."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.applies import Asking, grants_for
from policies.choose import Permitted, countable
from policies.compiling.system import compile_system
from policies.formats.masker import Masker, Tally, Withheld
from policies.load import load_policy
from policies.permits import Kind, Permit
from policies.permitting import Permitting
from policies.program import Program
from policies.program_shapes import Shapes
from policies.view import View, Views
from tests.policies.compiled import SECRET
from tests.policies.formats.masking import DIGESTER
from tests.policies.granted import reveals_of
from tests.policies.owned import declare_owned

MINE, OTHER = "11010519491231002X", "440524188001010014"
PERSON = {"id": 7, "name": "张三丰", "id_no": MINE, "mobile": "13800138000", "city": "云州"}
OTHERS = {**PERSON, "id": 8, "name": "李四光", "id_no": OTHER, "mobile": "13900139000", "city": "雾州"}
AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
WHO = "who: {signed_in: true}"


def permit(reveal: str = "whole", subject: str = MINE, *categories: str, kind: Kind = Kind.REVEAL) -> Permit:
    return Permit(
        id="prm-0000000000000001",
        kind=kind,
        reveal=reveal,
        caller="li",
        system="people",
        subject=DIGESTER(subject) if subject else "",
        categories=categories or ("free_text", "mobile", "person_name", "resident_id"),
        opened_at=AT,
        until=AT + timedelta(minutes=10),
    )


GLASS = permit("emergency", "", kind=Kind.BREAK_GLASS)


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return program_in(declare_owned(tmp_path_factory.mktemp("policies")))


def program_in(folder: Path) -> Program:
    """The policy in *folder*, with some reveals."""
    loaded = load_policy(folder)
    reveals = reveals_of(
        whole=f"{WHO}, categories: [person_name, resident_id, mobile, free_text]",
        names=f"{WHO}, categories: [person_name]",
        elsewhere=f"{WHO}, operations: ['GET /people/{{id}}']",
        ended=f"{WHO}, until: '2026-11-25'",
        clerks="who: {posts: [clerk]}",
        statistics=f"{WHO}, purpose: statistics",
        emergency=f"{WHO}, break_glass: true, categories: ~, purpose: ~",
    )
    policy = replace(loaded.policy, reveals=tuple(reveals))
    return compile_system(policy, policy.systems["people"], loaded.jwks)


def asking(*posts: str, operation: str = "GET /people", purpose: str = "case-handling") -> Asking:
    return Asking(
        caller="li",
        posts=frozenset(posts),
        purposes=frozenset({purpose}),
        operation=operation,
        now=(AT + timedelta(minutes=1)).timestamp(),
    )


def permitted_to(people: Program, permits: Sequence[Permit], *posts: str) -> Permitted:
    return Permitting(people).permitted(permits, asking(*posts))


def views_of(people: Program, permits: Sequence[Permit], *posts: str, acting: str = "") -> tuple[View, View, Permitted]:
    """The view of a caller without permits, his view with them, and what they permit."""
    now = (AT + timedelta(minutes=1)).timestamp()
    applying = grants_for(people, caller="li", posts=frozenset(posts), purposes=frozenset({"case-handling"}), now=now)
    grants = countable(applying, own="", acting=acting)
    views, permitted = Views(people, SECRET), permitted_to(people, permits, *posts)
    plain = views.of(grants)
    return plain, views.permitting(plain, permitted), permitted


def masked(people: Program, permits: Sequence[Permit], kind: str, body: bytes, *posts: str, acting: str = "") -> str:
    _, view, permitted = views_of(people, permits, *posts, acting=acting)
    choice = view.choice(acting=acting, attributes={"ward": "云州"}, permitted=permitted)
    operation = next(each for each in people.operations if each.id == "GET /people")
    made = view.maskers.of(operation.answers, kind, Tally(DIGESTER), "utf-8", lambda *form: "sealed", None, choice)
    assert made is not None
    return read(made, body)


def read(masker: Masker, body: bytes) -> str:
    return b"".join([*masker.feed(body), *masker.close()]).decode()


def listed(people: Program, permits: Sequence[Permit], *records: object, posts: Sequence[str] = ()) -> list[Any]:
    body = json.dumps({"total": 9, "items": records}, ensure_ascii=False).encode()
    found: list[Any] = json.loads(masked(people, permits, "json", body, *posts))["items"]
    return found


def test_the_records_of_one_subject_are_shown_and_those_of_others_masked(people: Program) -> None:
    mine, other = listed(people, [permit()], PERSON, OTHERS)
    assert mine == PERSON
    assert (other["name"], other["id_no"], other["mobile"]) == ("李**", "**************0014", "139****9000")


def test_a_permit_shows_what_it_names_and_what_its_reveal_names_and_nothing_else(people: Program) -> None:
    (mine,) = listed(people, [permit("whole", MINE, "mobile", "iris")], PERSON)
    assert (mine["name"], mine["mobile"]) == ("张**", "13800138000")
    (mine,) = listed(people, [permit("names")], PERSON)
    assert (mine["name"], mine["mobile"]) == ("张三丰", "138****8000")


@pytest.mark.parametrize(
    "useless",
    [
        permit("gone"),
        permit("ended"),
        permit("elsewhere"),
        permit("clerks"),
        permit("statistics"),
        permit("emergency"),  # what is for emergencies is asked for as such
        permit("whole", "", kind=Kind.BREAK_GLASS),  # and nothing else is
        permit("whole", OTHER),
        permit("whole", MINE, "iris"),
    ],
    ids=lambda each: f"{each.reveal}-{each.kind}",
)
def test_a_permit_whose_reveal_does_not_apply_shows_nothing(people: Program, useless: Permit) -> None:
    assert listed(people, [useless], PERSON) == listed(people, [], PERSON)


def test_a_reveal_for_a_post_shows_to_who_holds_it(people: Program) -> None:
    assert listed(people, [permit("clerks")], PERSON, posts=["clerk"])[0]["id_no"] == MINE


def test_two_permits_show_each_its_own(people: Program) -> None:
    both = [permit("names"), permit("whole", OTHER)]
    mine, other = listed(people, both, PERSON, OTHERS)
    assert (mine["name"], mine["id_no"]) == ("张三丰", "**************002X")
    assert other == OTHERS


def test_two_permits_for_one_subject_show_what_either_does(people: Program) -> None:
    both = [permit("names"), permit("whole", MINE, "resident_id")]
    (mine,) = listed(people, both, PERSON)
    assert (mine["name"], mine["id_no"], mine["mobile"]) == ("张三丰", MINE, "138****8000")


def test_rows_of_a_table_are_shown_by_whose_they_are(people: Program) -> None:
    rows = f"id_no,name,mobile\n{MINE},张三丰,13800138000\n{OTHER},李四光,13900139000\n".encode()
    _, mine, other = masked(people, [permit()], "csv", rows).split()
    assert mine == f"{MINE},张三丰,13800138000"
    assert other == "**************0014,李**,139****9000"


def test_a_page_is_shown_where_all_of_it_is_the_subjects(people: Program) -> None:
    mine = f'<table><tr><td class="col-name">张三丰</td><td class="col-id_no">{MINE}</td></tr>'
    other = f'<tr><td class="col-name">李四光</td><td class="col-id_no">{OTHER}</td></tr>'
    assert "张三丰" in masked(people, [permit()], "html", f"{mine}</table>".encode())
    both = masked(people, [permit()], "html", f"{mine}{other}</table>".encode())
    assert "张三丰" not in both
    assert MINE not in both
    assert "李四光" not in both


def test_what_could_be_two_peoples_is_not_shown(people: Program) -> None:
    by_letters = permit("whole", "A-1")
    assert listed(people, [by_letters], {**PERSON, "id_no": "A1"})[0]["name"] == "张三丰"
    assert listed(people, [by_letters], {**PERSON, "id_no": "a1"})[0]["name"] == "张**"


def test_breaking_the_glass_shows_every_record(people: Program) -> None:
    assert listed(people, [GLASS], PERSON, OTHERS) == [PERSON, OTHERS]


@pytest.mark.parametrize("permits", [[permit()], [GLASS], [permit(), GLASS]], ids=["subject", "glass", "both"])
def test_a_permit_lets_nobody_ask_more(people: Program, permits: list[Permit]) -> None:
    plain, view, _ = views_of(people, permits)
    names = {field.name: index for index, field in enumerate(people.fields)}
    assert not view.may_ask([names["person.id_no"]])
    assert view.links.may_tell == plain.links.may_tell
    assert view.sent == plain.sent
    operation = next(each for each in people.operations if each.id == "GET /people/{id}")
    assert view.headers_of(operation) == plain.headers_of(operation)


@pytest.mark.parametrize("permits", [[permit("whole", OTHER)], [GLASS]], ids=["subject", "glass"])
def test_records_that_are_left_out_stay_left_out(people: Program, permits: list[Permit]) -> None:
    shown = listed(people, permits, PERSON, OTHERS, posts=["ward-officer"])
    assert [person["id"] for person in shown] == [7]
    with pytest.raises(Withheld, match="record_left_out"):
        masked(people, permits, "text", b"x", "ward-officer")


def test_what_a_broken_glass_shows_of_records_that_are_left_out_is_withheld(people: Program) -> None:
    """The grant sees names alone; the body holds, besides, numbers of nobody knows whom."""
    shapes = Shapes(text=next(place for place, field in enumerate(people.fields) if field.name == "home.phone"))
    plain, view, permitted = views_of(people, [GLASS], "ward-officer")
    choices = plain.choice(attributes={"ward": "云州"}), view.choice(attributes={"ward": "云州"}, permitted=permitted)
    assert plain.maskers.of(shapes, "text", Tally(DIGESTER), "utf-8", lambda *form: "", None, choices[0]) is not None
    with pytest.raises(Withheld, match="record_left_out"):
        view.maskers.of(shapes, "text", Tally(DIGESTER), "utf-8", lambda *form: "", None, choices[1])


def test_an_answer_is_of_no_more_subjects_than_before(people: Program) -> None:
    crowd = [{**PERSON, "id_no": f"B{number}"} for number in range(4)]
    with pytest.raises(Withheld, match="too_many_subjects"):
        listed(people, [GLASS], *crowd, posts=["counter"])


def test_a_permit_goes_before_the_grant_of_who_acts_for_the_subject(people: Program) -> None:
    acting = DIGESTER(MINE)
    body = json.dumps({"items": [PERSON, OTHERS]}, ensure_ascii=False).encode()
    permits = [permit("whole", MINE, "mobile")]
    (mine, other) = json.loads(masked(people, permits, "json", body, "helper", acting=acting))["items"]
    assert (mine["name"], mine["mobile"], mine["id_no"]) == ("张三丰", "13800138000", "**************002X")
    assert other["name"] == "李**"
    (mine, other) = json.loads(masked(people, [GLASS], "json", body, "helper", acting=acting))["items"]
    assert (mine, other) == (PERSON, OTHERS)


def test_a_permit_goes_before_a_grant_that_blocks(people: Program) -> None:
    with pytest.raises(Withheld, match="value_blocked"):
        listed(people, [], PERSON, posts=["trainee"])
    assert listed(people, [permit()], PERSON, posts=["trainee"]) == [PERSON]
    with pytest.raises(Withheld, match="value_blocked"):
        listed(people, [permit()], PERSON, OTHERS, posts=["trainee"])


def test_what_was_shown_says_by_which_reveal(people: Program) -> None:
    _, view, permitted = views_of(people, [permit("names")])
    tally = Tally(DIGESTER)
    operation = next(each for each in people.operations if each.id == "GET /people")
    choice = view.choice(permitted=permitted)
    made = view.maskers.of(operation.answers, "json", tally, "utf-8", lambda *form: "", None, choice)
    assert made is not None
    read(made, json.dumps({"items": [PERSON]}, ensure_ascii=False).encode())
    by_name = {view.decisions[index].name: view.decisions[index] for index in made.tally.fields}
    assert by_name["person.name"].grant == "names"
    assert by_name["person.name"].rule.startswith("grants.yaml:")
    assert by_name["person.id_no"].grant is None
    assert view.purpose == "case-handling"


def test_few_views_are_made_however_many_subjects_are_asked_for(people: Program) -> None:
    views = Views(people, SECRET)
    plain = views.of(())
    made = {id(views.permitting(plain, permitted_to(people, [permit("whole", str(number))]))) for number in range(100)}
    assert len(made) == 1


CATEGORIES = {"name": "person_name", "id_no": "resident_id", "mobile": "mobile"}


@given(
    permits=st.lists(
        st.tuples(st.sampled_from([MINE, OTHER, "X1"]), st.sets(st.sampled_from([*CATEGORIES.values()]), min_size=1)),
        max_size=4,
    ),
    whose=st.lists(st.sampled_from([MINE, OTHER, "X1", "X2"]), max_size=5),
)
def test_a_value_is_shown_where_a_permit_of_its_subject_names_its_category_and_nowhere_else(
    people: Program, permits: list[tuple[str, set[str]]], whose: list[str]
) -> None:
    asked = [permit("whole", subject, *sorted(categories)) for subject, categories in permits]
    records = [{**PERSON, "id_no": subject} for subject in whose]
    plain = listed(people, [], *records)
    for subject, record, hidden, shown in zip(whose, records, plain, listed(people, asked, *records), strict=True):
        named = {category for each, categories in permits if each == subject for category in categories}
        expected = {key: record[key] if category in named else hidden[key] for key, category in CATEGORIES.items()}
        assert {key: shown[key] for key in CATEGORIES} == expected


def test_what_may_be_asked_for_later_is_known_before(people: Program) -> None:
    """A token that is written into a record is read there once the record is shown whole."""
    permitting = Permitting(people)
    assert {grant.id for grant in permitting.askable(asking())} == {"whole", "names", "elsewhere", "emergency"}
    assert {grant.id for grant in permitting.askable(asking("clerk"))} >= {"clerks"}
    plain = Views(people, SECRET).of(())
    aware = Views(people, SECRET).of((), elsewhere=permitting.askable(asking()))
    number = next(place for place, field in enumerate(people.fields) if field.name == "person.id_no")
    assert plain.hides_everywhere(number)
    assert not aware.hides_everywhere(number)


def test_who_may_ask_for_what(people: Program) -> None:
    permitting = Permitting(people)
    found = permitting.open_to(asking(operation=""))
    assert [rule.grant.id for rule in found] == ["whole", "names", "elsewhere", "emergency"]
    assert [rule.grant.id for rule in permitting.open_to(asking(purpose="audit"))] == ["emergency"]
    assert permitting.open_to(Asking(now=AT.timestamp(), purposes=frozenset({"case-handling"}))) == ()
