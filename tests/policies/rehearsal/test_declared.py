"""What is declared otherwise and not provably narrower is told, whoever asks."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from policies.compiling.folder import compile_folder
from policies.operations import About
from policies.policy_kinds import Kind as CallerKind
from policies.program import Program
from policies.program_callers import FrontProxyRule, HeaderRule, SessionRule, SourceRule
from policies.program_shapes import DocumentShapes, KeyShape, LinkShape, ObjectShape, Shape, ValueShape
from policies.rehearsal.changes import UNTOLD, Kind
from policies.rehearsal.rehearse import LOOSER, Difference, rehearse
from tests.policies.compiled import GOOD
from tests.policies.granted import program_of

NOW = datetime(2026, 11, 25, tzinfo=UTC)

CONDITIONS: dict[str, tuple[str, str]] = {
    "networks": ("networks: ['10.0.0.0/8']", "networks: ['10.0.0.0/8', '0.0.0.0/0', '::/0']"),
    "hours": (
        "hours: {days: [mon], from: '08:30', to: '08:31'}",
        "hours: {days: [mon, tue], from: '08:30', to: '09:00'}",
    ),
    "attributes": (
        "who: {posts: [clerk], attributes: {district: [A]}}",
        "who: {posts: [clerk], attributes: {district: [A, B]}}",
    ),
    "an attribute": ("who: {posts: [clerk], attributes: {district: [A]}}", "who: {posts: [clerk]}"),
    "purposes": ("purpose: [case-handling]", "purpose: [case-handling, marketing]"),
    "not_posts": ("who: {posts: [clerk], not_posts: [auditor]}", "who: {posts: [clerk]}"),
    "all_posts": ("who: {posts: [clerk], all_posts: [auditor]}", "who: {posts: [clerk]}"),
    "not_purpose": ("not_purpose: [training]", "reason: r"),
    "until": ("until: '2026-12-01'", "until: '2099-12-31'"),
    "posts": ("who: {posts: [clerk]}", "who: {posts: [clerk, temp]}"),
    "operations": ("operations: ['GET /people']", "operations: ['GET /people', 'GET /people/{id}']"),
    "at_most": ("at_most: 5", "at_most: 500000"),
    "rows": ("rows: {person.city: {is_attribute: district}}", "rows: {person.city: {is_attribute: favourite}}"),
}


def told(before: Program, after: Program) -> list[Difference]:
    found = rehearse({"people": before}, {"people": after}, [], NOW)
    return [each for each in found if each.kind is Kind.OTHERWISE]


@pytest.mark.parametrize("case", CONDITIONS)
def test_a_grant_that_applies_to_more_is_told_with_both_lines(case: str) -> None:
    narrow, wide = (program_of(g=particular) for particular in CONDITIONS[case])
    (found,) = [each for each in told(narrow, wide) if each.about == "grant g"]
    assert (found.before.grant, found.after.grant) == ("g", "g")
    assert found.before.rule
    assert found.after.rule
    assert found.before.transform != found.after.transform


def test_what_is_declared_is_told_as_it_is_read() -> None:
    sees = ("sees: {person_name: show}", "sees: {person_name: show, mobile: {keep: {last: 4}}}, until: '2027-12-31'")
    one, other = (program_of(g=particular) for particular in sees)
    (found,) = [each for each in told(one, other) if each.about == "grant g"]
    assert found.before.transform == "sees: (person_name: show); until: 2027-06-30 16:00 UTC"
    assert found.after.transform == (
        "sees: (mobile: keep (fill: none; first: 0; last: 4); person_name: show); until: 2027-12-31 16:00 UTC"
    )


@pytest.mark.parametrize("case", sorted(CONDITIONS.keys() - {"rows"}))
def test_a_grant_that_applies_to_fewer_and_hides_nothing_is_not(case: str) -> None:
    narrow, wide = (program_of(g=particular) for particular in CONDITIONS[case])
    assert [each for each in told(wide, narrow) if each.about == "grant g"] == []


def test_a_grant_that_hides_and_applies_to_fewer_is_told() -> None:
    sees = "sees: {person_name: redact}"
    wide, narrow = (program_of(g=f"{sees}, networks: ['{network}']") for network in ("10.0.0.0/8", "10.0.0.0/16"))
    assert [each.about for each in told(wide, narrow)] == ["grant g"]
    assert [each.about for each in told(wide, program_of())] == ["grant g"]


def test_a_grant_for_what_is_sent_that_is_taken_away_is_told() -> None:
    sent = "direction: request, sees: {free_text: block}"
    assert [each.about for each in told(program_of(g="", s=sent), program_of(g=""))] == ["grant s"]


def test_a_new_grant_is_told() -> None:
    assert [each.about for each in told(program_of(g=""), program_of(g="", h="who: {posts: [temp]}"))] == ["grant h"]


def _operation(program: Program, **changes: object) -> Program:
    first, *others = program.operations
    return replace(program, operations=(replace(first, **changes), *others))


def _key(program: Program, **changes: object) -> Program:
    first, *others = program.keys
    return replace(program, keys=(replace(first, **changes), *others))


def _issuer(program: Program, **changes: object) -> Program:
    first, *others = program.issuers
    return replace(program, issuers=(replace(first, **changes), *others))


def _own_control(program: Program) -> Program:
    (first,) = (each for each in program.operations if each.id == "GET /people")
    assert first.answers.html is not None
    html = replace(first.answers.html, own_control=".*")
    changed = replace(first, answers=replace(first.answers, html=html))
    return replace(program, operations=tuple(changed if each is first else each for each in program.operations))


def _subject(program: Program) -> Program:
    (first,) = (each for each in program.operations if each.id == "GET /people.csv")
    assert isinstance(first.answers.csv, ObjectShape)
    assert first.answers.csv.subject != "mobile"
    csv = replace(first.answers.csv, subject="mobile")
    changed = replace(first, answers=replace(first.answers, csv=csv))
    return replace(program, operations=tuple(changed if each is first else each for each in program.operations))


def _documents(program: Program, *formats: str) -> Program:
    (first,) = (each for each in program.operations if each.id == "GET /people.csv")
    changed = replace(first, answers=replace(first.answers, documents=DocumentShapes(formats)))
    return replace(program, operations=tuple(changed if each is first else each for each in program.operations))


OWN_SESSION = SessionRule(
    cookie="sid",
    login="POST /people",
    subject="/id",
    subject_cookie="",
    posts="",
    logout=("DELETE /people/{id}",),
    purposes=(),
    kind=CallerKind.STAFF,
    minutes=5,
)
FACTS: dict[str, Callable[[Program], Program]] = {
    "a post of a caller": lambda program: _key(program, posts=("clerk", "auditor")),
    "a purpose of a caller": lambda program: _key(program, purposes=("marketing",)),
    "an attribute of a caller": lambda program: _key(program, attributes={"district": "A"}),
    "another secret": lambda program: _key(program, sha256="9" * 64),
    "a key for longer": lambda program: _key(program, until=program.keys[0].until + 1),
    "a new key": lambda program: replace(program, keys=(*program.keys, replace(program.keys[0], id="K-9"))),
    "another JWKS": lambda program: _issuer(program, jwks="{}"),
    "keys that are fetched": lambda program: _issuer(
        program, jwks="", source=SourceRule("https://id.example/keys", is_discovery=False, refresh_s=60, overlap_s=0)
    ),
    "another clock": lambda program: _issuer(program, skew_s=300),
    "another issuer": lambda program: _issuer(program, issuer="https://other.example"),
    "another kind of caller": lambda program: _issuer(program, kind=CallerKind.CITIZEN),
    "upstream": lambda program: replace(program, upstream="http://127.0.0.1:10"),
    "the system behind told who asks": lambda program: replace(
        program, identity_header=HeaderRule("x-caller", "people", anonymous=False, names_citizens=True)
    ),
    "who signs in at the system itself": lambda program: replace(program, session=OWN_SESSION),
    "own_controls": _own_control,
    "subject": _subject,
    "parameters sent on": lambda program: _operation(program, always=(("a", "b"),)),
}


@pytest.mark.parametrize("case", FACTS)
def test_what_is_another_fact_is_told_as_looser(case: str) -> None:
    before = compile_folder(GOOD)["people"]
    after = FACTS[case](before)
    found = told(before, after)
    assert found, case
    assert {each.kind for each in found} <= LOOSER
    assert "（其他 / something else）" not in {each.about for each in found}


def test_copies_of_what_is_signed_are_told() -> None:
    before = _documents(compile_folder(GOOD)["people"], "pdf")
    (first,) = (each for each in before.operations if each.answers.documents is not None)
    assert first.answers.documents is not None
    signed = replace(
        first, answers=replace(first.answers, documents=replace(first.answers.documents, unsigned_copy=True))
    )
    after = replace(before, operations=tuple(signed if each is first else each for each in before.operations))
    assert [each.about for each in told(before, after)] == ["documents signed"]


def test_another_format_of_documents_is_told_and_fewer_are_not_looser() -> None:
    before = compile_folder(GOOD)["people"]
    one, two = _documents(before, "docx"), _documents(before, "docx", "pdf")
    assert [each.about for each in told(one, two)] == ["documents"]
    assert told(two, one) == []
    found = rehearse({"people": before}, {"people": one}, [], NOW)
    assert [each for each in found if each.kind in LOOSER], "documents where there were none"


NARROWER: dict[str, tuple[str, Callable[[str], str]]] = {
    "a grant that ends sooner": (
        "grants.yaml",
        lambda text: text.replace("until: 2027-06-30\n", "until: 2027-01-31\n"),
    ),
    "a grant that has ended": ("grants.yaml", lambda text: text.replace("until: 2027-06-30\n", "until: 2026-01-31\n")),
    "a grant that is called otherwise": ("grants.yaml", lambda text: text.replace("id: clerks", "id: window")),
    "one that is called otherwise and sees less": (
        "grants.yaml",
        lambda text: text.replace("id: clerks", "id: window").replace("person_name: show", "person_name: redact"),
    ),
    "a grant that is gone": ("grants.yaml", lambda text: "grants:\n  - id: batch" + text.partition("  - id: batch")[2]),
    "a grant for fewer networks": (
        "grants.yaml",
        lambda text: text.replace("    purpose: case", "    networks: [10.0.0.0/8]\n    purpose: case"),
    ),
    "a grant that only hides": (
        "grants.yaml",
        lambda text: text + HIDING.format(posts="[clerk], all_posts: [trainee]", sees="{person_name: redact}"),
    ),
    "a grant that withholds": (
        "grants.yaml",
        lambda text: text + HIDING.format(posts="[trainee]", sees="{mobile: block}"),
    ),
    "a key that ends sooner": ("callers.yaml", lambda text: text.replace("until: 2027-06-30", "until: 2027-01-31")),
    "a caller that is gone": ("callers.yaml", lambda text: text.partition("  - id: window-7")[0]),
    "an issuer that is gone": (
        "systems/people.yaml",
        lambda text: text.partition("  jwt:")[0] + "records:" + text.partition("records:")[2],
    ),
    "another title": ("systems/people.yaml", lambda text: text.replace("人员库", "人员")),
    "other words of a refusal": ("systems/people.yaml", lambda text: text.replace("不可删除", "不能删除")),
    "another level": ("catalogue.yaml", lambda text: text.replace("level: important", "level: core")),
    "no facets": ("systems/people.yaml", lambda text: text.replace("    facets: [city]\n", "")),
    "no CSV": ("systems/people.yaml", lambda text: text.replace("      csv: person\n", "")),
    "masks that are refused": ("systems/people.yaml", lambda text: text.replace("on_write: drop", "on_write: refuse")),
    "a parameter that is refused": (
        "systems/people.yaml",
        lambda text: text.replace("page: any", "page: {refuse: {zh: 不支持, en: none}}"),
    ),
    "an operation that is refused": (
        "systems/people.yaml",
        lambda text: text.replace("{id}\n    answers: {json: person}", "{id}\n    refuse: {zh: 不支持, en: none}"),
    ),
    "a field that is not declared": ("systems/people.yaml", lambda text: text.replace("      mobile: mobile\n", "")),
}
HIDING = """  - id: hiding
    who: {{posts: {posts}}}
    systems: [people]
    purpose: case-handling
    sees: {sees}
    until: 2027-06-30
    reason: r
    approved_by: a
"""


@pytest.mark.parametrize("case", NARROWER)
def test_what_surely_shows_no_more_is_told_and_is_not_looser(case: str, tmp_path: Path) -> None:
    name, edit = NARROWER[case]
    shutil.copytree(GOOD, tmp_path, dirs_exist_ok=True)
    path = tmp_path / name
    text = path.read_text("utf-8")
    assert edit(text) != text
    path.write_text(edit(text), "utf-8")
    found = rehearse(compile_folder(GOOD), compile_folder(tmp_path), [], NOW)
    assert found
    assert not [each for each in found if each.kind in LOOSER]


WIDER: dict[str, tuple[str, str]] = {
    "a grant with rows that applies to fewer": (
        "rows: {person.city: {is: [A]}}, networks: ['10.0.0.0/8']",
        "rows: {person.city: {is: [A]}}, networks: ['10.0.0.0/16']",
    ),
    "a grant with rows that ends sooner": (
        "rows: {person.city: {is: [A]}}",
        "rows: {person.city: {is: [A]}}, until: '2027-01-31'",
    ),
    "a post that is called as a caller was": ("who: {callers: [li]}", "who: {posts: [li]}"),
    "more rows": ("rows: {person.city: {is: [A]}}", "rows: {person.city: {is: [A, B]}}"),
    "fields of another record": ("fields: [person.name]", "fields: [person.name, home.owner], sees: {mobile: show}"),
}


@pytest.mark.parametrize("case", WIDER)
def test_what_a_grant_no_longer_keeps_back_is_told(case: str) -> None:
    first, second = (program_of(g=particular) for particular in WIDER[case])
    assert [each.about for each in told(first, second)] == ["grant g"]


def test_a_grant_that_becomes_one_about_ones_own_record_goes_before_what_hid_it() -> None:
    hidden = "who: {posts: [clerk]}, sees: {mobile: redact}"
    everybodys = program_of(g="who: {signed_in: true}, sees: {mobile: show}", h=hidden)
    own = program_of(g="who: {owner: self}, sees: {mobile: show}", h=hidden)
    assert [each.about for each in told(everybodys, own)] == ["grant g"]


def test_what_is_left_over_is_told_beside_other_differences() -> None:
    before = compile_folder(GOOD)["people"]
    slower = replace(before, timeout_s=before.timeout_s + 1, keys=before.keys[1:], title_en="Persons")
    found = rehearse({"people": before}, {"people": slower}, [], NOW)
    left = [each for each in found if each.about == UNTOLD]
    assert [(each.kind, each.before.transform) for each in left] == [(Kind.OTHERWISE, f"timeout_s: {before.timeout_s}")]


PORTAL = FrontProxyRule("portal", ("10.0.0.5/32",), "0c" * 32, NOW.timestamp() + 60, CallerKind.STAFF, ())


@pytest.mark.parametrize(
    ("was", "would", "kind"),
    [
        ((), (PORTAL,), Kind.OTHERWISE),
        ((PORTAL,), (replace(PORTAL, networks=("10.0.0.0/8",)),), Kind.OTHERWISE),
        ((PORTAL,), (replace(PORTAL, until=PORTAL.until + 1),), Kind.OTHERWISE),
        ((PORTAL,), (replace(PORTAL, until=PORTAL.until - 1),), Kind.NO_MORE),
        ((PORTAL,), (), Kind.NO_MORE),
    ],
)
def test_a_front_proxy_that_counts_otherwise_is_told(
    was: tuple[FrontProxyRule, ...], would: tuple[FrontProxyRule, ...], kind: Kind
) -> None:
    before, after = (replace(compile_folder(GOOD)["people"], front_proxies=each) for each in (was, would))
    found = rehearse({"people": before}, {"people": after}, [], NOW)
    assert [(each.about, each.kind) for each in found] == [("front_proxy portal", kind)]


def _shape(program: Program, **shapes: Shape) -> Program:
    """*program* with a body of one operation as JSON in another shape."""
    (first,) = (each for each in program.operations if each.id == "GET /people/{id}")
    changed = replace(first, answers=replace(first.answers, **shapes))
    return replace(program, operations=tuple(changed if each is first else each for each in program.operations))


def test_a_place_that_holds_something_else_shown_alike_is_left_over() -> None:
    before = compile_folder(GOOD)["people"]
    value, key, link = (_shape(before, json=shape) for shape in (ValueShape(2), KeyShape((2,)), LinkShape()))
    for one, other in ((value, key), (key, link), (value, link)):
        assert UNTOLD in {each.about for each in told(one, other)}


@pytest.mark.parametrize(
    "case", ["networks", "hours", "attributes", "purposes", "not_posts", "not_purpose", "posts", "operations"]
)
def test_what_a_grant_shows_to_more_is_told_field_by_field(case: str) -> None:
    narrow, wide = (program_of(g=particular) for particular in CONDITIONS[case])
    found = rehearse({"people": narrow}, {"people": wide}, [], NOW)
    assert [each for each in found if (each.kind, each.about) == (Kind.SHOWN, "person.name")]
    back = rehearse({"people": wide}, {"people": narrow}, [], NOW)
    assert [each for each in back if (each.kind, each.about) == (Kind.MASKED, "person.name")]


def test_what_a_key_lets_its_caller_see_is_told_although_nobody_used_it() -> None:
    before = compile_folder(GOOD)["people"]
    after = _key(before, posts=("clerk",), purposes=("case-handling",))
    found = rehearse({"people": before}, {"people": after}, [], NOW)
    shown = [each for each in found if (each.kind, each.about) == (Kind.SHOWN, "person.name")]
    assert before.keys[0].caller in {name for each in shown for name in each.who}


def test_what_errors_show_is_told_field_by_field(tmp_path: Path) -> None:
    shutil.copytree(GOOD, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "systems" / "people.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("{/error: scan}", "{/error: public}"), "utf-8")
    assert path.read_text("utf-8") != text
    found = rehearse(compile_folder(GOOD), compile_folder(tmp_path), [], NOW)
    assert [each for each in found if each.kind is Kind.SHOWN and each.about == "text"]


def test_a_parameter_that_passes_otherwise_is_told(tmp_path: Path) -> None:
    before = compile_folder(GOOD)["people"]
    (first,) = (each for each in before.operations if each.id == "GET /people")
    (searched, *_) = (each for each in first.parameters if each.about is About.SEARCH)
    free = tuple(replace(each, about=About.NOTHING) if each is searched else each for each in first.parameters)
    after = tuple(replace(each, parameters=free) if each is first else each for each in before.operations)
    assert f"parameter {searched.pattern}" in {each.about for each in told(before, replace(before, operations=after))}
