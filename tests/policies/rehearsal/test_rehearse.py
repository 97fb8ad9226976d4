"""Two programs side by side, without traffic; with it: `tests/yingbi/rehearsing/test_rehearse.py`."""

import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from policies.compiling.folder import compile_folder
from policies.decisions import shows_no_more
from policies.policy_kinds import Kind as CallerKind
from policies.program import Program
from policies.program_callers import FrontProxyRule
from policies.rehearsal.changes import UNTOLD, Kind, changes_of
from policies.rehearsal.places import HIDDEN, held_at, places_in
from policies.rehearsal.rehearse import ANYBODY, LOOSER, Difference, Usage, rehearse
from policies.rehearsal.standpoint import Asker, Standpoint
from policies.transforms.keyed import FieldKeys
from policies.transforms.make import transform_of
from policies.transforms.spec import Block, Keep, Redact, Scan, Show, Spec
from tests.policies.compiled import GOOD
from tests.policies.granted import program_of

BEIJING = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 25, tzinfo=UTC)
DEMO = Path(__file__).parents[3] / "deploy" / "demo" / "policies"
KEEPS = st.builds(Keep, first=st.integers(0, 4), last=st.integers(0, 4), fill=st.none() | st.integers(6, 9))


@pytest.fixture(scope="module")
def good() -> dict[str, Program]:
    return compile_folder(GOOD)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Program]:
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(DEMO, folder, dirs_exist_ok=True)
    (folder / "callers.yaml").write_text("callers: [{id: batch-stats, kind: system, keys: []}]", "utf-8")
    for system in (folder / "systems").iterdir():
        text = system.read_text("utf-8")
        system.write_text(re.sub(r"^  jwt:\n(    .*\n)+", "", text, flags=re.MULTILINE), "utf-8")
    return compile_folder(folder)


def test_every_place_holds_what_is_declared_of_it(good: dict[str, Program], demo: dict[str, Program]) -> None:
    for program in (*good.values(), *demo.values()):
        named = {index for operation in program.operations for each in operation.fields.values() for index in each}
        seen: set[int] = set()
        for operation in program.operations:
            for place in places_in(operation.answers):
                held = held_at(operation.answers, place)
                assert held not in ((), HIDDEN), (operation.id, place)
                seen.update(held)
        assert named <= seen


def test_nothing_differs_from_itself(good: dict[str, Program], demo: dict[str, Program]) -> None:
    for programs in (good, demo):
        operations = [(name, each.id) for name, program in programs.items() for each in program.operations]
        usages = [Usage(system=name, operation=each, asker=Asker(), answered=1) for name, each in operations]
        assert rehearse(programs, programs, usages, NOW) == []


def changed(folder: Path, edit: Callable[[str], str], name: str = "systems/people.yaml") -> dict[str, Program]:
    shutil.copytree(GOOD, folder, dirs_exist_ok=True)
    path = folder / name
    text = path.read_text("utf-8")
    assert edit(text) != text
    path.write_text(edit(text), "utf-8")
    return compile_folder(folder)


def kinds(found: list[Difference]) -> set[tuple[Kind, str, str]]:
    return {(each.kind, each.operation, each.about) for each in found}


@pytest.mark.parametrize(("read_as", "is_told"), [("json", True), ("jsonp", True), ("ndjson", False)])
def test_jsonp_is_told_of_as_json_is(good: dict[str, Program], tmp_path: Path, read_as: str, is_told: bool) -> None:
    after = changed(tmp_path, lambda text: text.replace("      mobile: mobile\n", "      mobile: public\n"))
    before, now = (Standpoint(programs["people"], NOW) for programs in (good, after))
    found = changes_of(before, now, "GET /people/{id}", Asker(), read_as=read_as, is_error=False)
    assert ("person.mobile" in [each.about for each in found]) is is_told


UNJUDGED = {(Kind.OTHERWISE, "", UNTOLD)}
EDITS: dict[str, tuple[Callable[[str], str], set[tuple[Kind, str, str]]]] = {
    "a record is called differently": (
        lambda text: text.replace("person", "human").replace("human_name", "person_name"),
        UNJUDGED,
    ),
    "a variable is called differently": (lambda text: text.replace("/people/{id}", "/people/{number}"), UNJUDGED),
    "a comment moves every line": (lambda text: "# moved\n" + text, set()),
    "an operation takes a part of another's paths": (
        lambda text: text.replace(
            "  - on: POST", "  - on: GET /people/x\n    answers: {json: {/name: public}}\n  - on: POST"
        ),
        {(Kind.SHOWN, "GET /people/x", "person.name")},
    ),
    "a question": (
        lambda text: text.replace("      plain: any\n", "      plain: any\n      size: any\n"),
        {(Kind.ASKED, "GET /people.csv", "size")},
    ),
    "a header": (
        lambda text: text.replace(
            "answers: {csv: person}", "headers: [content-disposition]\n    answers: {csv: person}"
        ),
        {(Kind.SHOWN, "GET /people.csv", "header content-disposition")},
    ),
    "an operation that is refused": (
        lambda text: text.replace("    refuse: {zh: 不可删除, en: never deleted}", "    answers: {text: scan}"),
        {(Kind.ANSWERED, "DELETE /people/{id}", ""), (Kind.SHOWN, "DELETE /people/{id}", "text")},
    ),
    "text in elements that nobody declares any more": (
        lambda text: text.replace('class: "col-{field}"', 'class: "other-{field}"'),
        {(Kind.SHOWN, "GET /people", "person.id_no")},
    ),
}


@pytest.mark.parametrize("case", EDITS)
def test_an_edit_is_told_as_what_it_does(good: dict[str, Program], tmp_path: Path, case: str) -> None:
    edit, expected = EDITS[case]
    found = kinds(rehearse(good, changed(tmp_path, edit), [], NOW))
    assert expected <= found
    if expected in (set(), UNJUDGED):
        assert found == expected


def test_what_nothing_else_tells_is_told_as_looser(good: dict[str, Program]) -> None:
    after = {"people": replace(good["people"], timeout_s=good["people"].timeout_s + 1)}
    (found,) = rehearse(good, after, [], NOW)
    assert (found.kind, found.system, found.about) == (Kind.OTHERWISE, "people", UNTOLD)
    assert found.kind in LOOSER
    assert found.before != found.after


def test_a_system_that_is_new_or_gone_is_told(good: dict[str, Program]) -> None:
    assert {each.kind for each in rehearse({}, good, [], NOW)} == {Kind.SHOWN, Kind.ANSWERED}
    asked = Usage(system="people", operation="GET /people", asker=Asker(), answered=3)
    (gone,) = [each for each in rehearse(good, {}, [asked], NOW) if each.operation == "GET /people"]
    assert (gone.kind, gone.after.transform, gone.times, gone.staff) == (Kind.WITHHELD, "unknown_host", 3, {""})


def test_a_key_that_is_taken_away_lets_its_caller_see_nothing(good: dict[str, Program], tmp_path: Path) -> None:
    after = changed(tmp_path, lambda text: text.replace("id: K-2", "id: K-9"), "callers.yaml")
    asker = Asker(id="window-7", is_signed_in=True, posts=frozenset({"clerk"}), credential="key:K-2")
    usage = Usage(system="people", operation="GET /people", asker=asker, answered=2)
    found = rehearse(good, after, [usage], NOW)
    assert (Kind.OTHERWISE, "", "key K-9") in kinds(found)
    used = [each for each in found if each.times]
    assert [(each.kind, each.after.transform, each.times) for each in used] == [(Kind.WITHHELD, "bad_credential", 2)]


def test_a_front_proxy_that_is_taken_away_lets_nobody_in_by_it(good: dict[str, Program]) -> None:
    portal = FrontProxyRule(
        "portal", ("10.0.0.5/32",), "0c" * 32, NOW.timestamp() + 60, CallerKind.STAFF, ("case-handling",)
    )
    before = {"people": replace(good["people"], front_proxies=(portal,))}
    clerk = Asker(id="li", is_signed_in=True, posts=frozenset({"clerk"}), credential="proxy:portal")
    usage = Usage(
        system="people", operation="GET /people", format="json", asker=clerk, answered=2, fields={"person.name": (2, 9)}
    )
    used = [each for each in rehearse(before, good, [usage], NOW) if each.times]
    assert [(each.kind, each.after.transform, each.times) for each in used] == [(Kind.WITHHELD, "bad_credential", 2)]
    other = {"people": replace(good["people"], front_proxies=(replace(portal, purposes=("statistics",)),))}
    assert {each.about for each in rehearse(before, other, [usage], NOW) if each.times} == {"person.name"}


def test_a_key_that_vouches_for_more_shows_its_caller_more(good: dict[str, Program], tmp_path: Path) -> None:
    after = changed(
        tmp_path,
        lambda text: text.replace("purposes: [statistics]", "purposes: [statistics]\n    posts: [clerk]").replace(
            "purposes: [statistics]", "purposes: [statistics, case-handling]"
        ),
        "callers.yaml",
    )
    asker = Asker(id="batch", is_signed_in=True, purposes=frozenset({"statistics"}), credential="key:K-1")
    usage = Usage(
        system="people", operation="GET /people", format="csv", asker=asker, answered=4, fields={"person.name": (4, 90)}
    )
    found = [each for each in rehearse(good, after, [usage], NOW) if each.times]
    assert [(each.kind, each.about, each.times, each.values) for each in found] == [(Kind.SHOWN, "person.name", 4, 90)]


def test_citizens_are_counted_and_not_named(good: dict[str, Program], tmp_path: Path) -> None:
    after = changed(tmp_path, lambda text: text.replace("mobile: mobile", "mobile: public"))
    usages = [
        Usage(
            system="people",
            operation="GET /people",
            asker=Asker(id=f"1:{number}", is_citizen=True, is_signed_in=True),
            answered=1,
            fields={"person.mobile": (1, 1)},
        )
        for number in range(3)
    ]
    (first, *_) = rehearse(good, after, usages, NOW)
    assert (first.kind, first.about, first.staff, len(first.citizens)) == (Kind.SHOWN, "person.mobile", set(), 3)
    assert ANYBODY in first.who
    assert not any(name.startswith("1:") for name in first.who)


@given(KEEPS, KEEPS, st.text("0123456789", max_size=30))
@example(Keep(last=4), Keep(last=3), "12345")
@example(Keep(first=3, last=4), Keep(first=3, last=3), "1234567890")
def test_what_is_said_to_show_no_more_surely_no_more(was: Keep, would: Keep, value: str) -> None:
    if shows_no_more(would, was):
        before, after = (transform_of(spec, FieldKeys(bytes(32), "people", "mobile"))(value) for spec in (was, would))
        assert len(after.rstrip("0123456789")) - len(after) >= len(before.rstrip("0123456789")) - len(before)
        assert len(after) - len(after.lstrip("0123456789")) <= len(before) - len(before.lstrip("0123456789"))


@pytest.mark.parametrize(
    ("was", "would", "surely"),
    [
        (Show(), Scan(), True),
        (Scan(), Show(), False),
        (Scan(), Keep(first=1), False),
        (Keep(first=1), Scan(), False),
        (Keep(first=1), Redact(), True),
        (Redact(), Keep(first=1), False),
        (Keep(first=3, last=4), Keep(first=3, last=4, fill=6), True),
        (Keep(first=3, last=4, fill=6), Keep(first=3, last=4), False),
    ],
)
def test_doubt_counts_as_more(was: Spec, would: Spec, surely: bool) -> None:
    assert shows_no_more(would, was) is surely


def clerk(**changes: Any) -> Asker:
    facts = {"id": "li", "is_signed_in": True, "posts": frozenset({"clerk"}), "purposes": frozenset({"case-handling"})}
    return Asker(**{**facts, **changes})


CONDITIONS: dict[str, tuple[str, Asker, Asker]] = {
    "networks": (
        "networks: [10.0.0.0/8]",
        clerk(address="10.1.2.3"),
        clerk(address="192.168.1.1"),
    ),
    "hours": (
        "hours: {days: [mon, tue, wed, thu, fri], from: '08:30', to: '17:30'}",
        clerk(at=datetime(2026, 11, 25, 12, tzinfo=BEIJING).timestamp()),
        clerk(at=datetime(2026, 11, 25, 23, tzinfo=BEIJING).timestamp()),
    ),
    "operations": ("operations: ['GET /people']", clerk(), clerk(posts=frozenset())),
}


@pytest.mark.parametrize("case", CONDITIONS)
def test_a_condition_that_is_added_changes_something_for_whom_it_is_not_met(
    good: dict[str, Program], tmp_path: Path, case: str
) -> None:
    line, inside, outside = CONDITIONS[case]
    after = changed(
        tmp_path,
        lambda text: text.replace("    purpose: case-handling", f"    {line}\n    purpose: case-handling"),
        "grants.yaml",
    )

    def masked_for(asker: Asker) -> set[str]:
        fields = {"person.name": (1, 1)}
        usage = Usage(system="people", operation="GET /people", format="json", asker=asker, answered=1, fields=fields)
        return {each.about for each in rehearse(good, after, [usage], NOW) if each.times and each.kind is Kind.MASKED}

    assert masked_for(inside) == set()
    assert masked_for(outside) == (set() if case == "operations" else {"person.name"})


def test_a_grant_for_an_attribute_is_told_for_who_has_it(good: dict[str, Program], tmp_path: Path) -> None:
    grant = (
        "  - id: auditors\n    who: {attributes: {department: [audit]}}\n    systems: [people]\n"
        "    purpose: inspection\n    sees: {mobile: show}\n    until: 2027-06-30\n    reason: r\n    approved_by: a\n"
    )
    after = changed(tmp_path, lambda text: text + grant, "grants.yaml")
    auditor = clerk(
        posts=frozenset(), purposes=frozenset({"inspection"}), attributes=frozenset({("department", "audit")})
    )
    fields = {"person.mobile": (2, 30)}
    usage = Usage(system="people", operation="GET /people", format="json", asker=auditor, answered=2, fields=fields)
    shown = [each for each in rehearse(good, after, [usage], NOW) if each.kind is Kind.SHOWN]
    assert {(each.about, each.times, each.values) for each in shown if each.times} == {("person.mobile", 2, 30)}
    assert {"GET /people", "GET /people/{id}"} <= {each.operation for each in shown}, (
        "whoever has it, although not used"
    )


OWNED = (
    "  - id: own\n    who: {signed_in: true, owner: self}\n    systems: [people]\n"
    "    purpose: own-record\n    sees: {mobile: show}\n    until: 2027-06-30\n    reason: r\n    approved_by: a\n"
)


def test_a_grant_about_ones_own_record_is_told_as_one(good: dict[str, Program], tmp_path: Path) -> None:
    after = changed(tmp_path, lambda text: text + OWNED, "grants.yaml")
    found = rehearse(good, after, [], NOW)
    assert {(each.kind, each.about) for each in found if each.operation == "GET /people/{id}"} == {
        (Kind.SHOWN, "person.mobile（本人的 / own）"),
        (Kind.SHOWN, "home.phone（本人的 / own）"),
    }
    citizen = Asker(id="1:ab", is_citizen=True, is_signed_in=True, purposes=frozenset({"own-record"}))
    fields = {"person.mobile": (1, 1)}
    usages = [
        Usage(system="people", operation="GET /people/{id}", format="json", asker=asker, answered=1, fields=fields)
        for asker in (citizen, clerk(purposes=frozenset({"own-record", "case-handling"})))
    ]
    (own, *_) = [each for each in rehearse(good, after, usages, NOW) if each.times]
    assert (own.about, own.citizens, own.staff) == ("person.mobile（本人的 / own）", {"1:ab"}, set())
    back = rehearse(after, good, usages, NOW)
    assert {each.kind for each in back} == {Kind.MASKED, Kind.NO_MORE}
    assert [each.about for each in back if each.kind is Kind.NO_MORE] == ["grant own"]


def test_which_records_are_shown_and_of_how_many_is_told(good: dict[str, Program], tmp_path: Path) -> None:
    line = "    rows: {person.city: {is: [青麦镇]}}\n    at_most: 20\n    purpose: case-handling"
    narrow = changed(tmp_path, lambda text: text.replace("    purpose: case-handling", line), "grants.yaml")
    usage = Usage(system="people", operation="GET /people", format="json", asker=clerk(), answered=3)
    told = {
        (each.kind, each.about, each.after.transform) for each in rehearse(good, narrow, [usage], NOW) if each.times
    }
    assert told == {
        (Kind.WITHHELD, "person.city（记录 / records）", "only 青麦镇"),
        (Kind.WITHHELD, "（人数 / persons）", "at most 20"),
    }
    widened = {(each.kind, each.about) for each in rehearse(narrow, good, [usage], NOW) if each.times}
    assert widened == {(Kind.SHOWN, "person.city（记录 / records）"), (Kind.SHOWN, "（人数 / persons）")}


def test_a_value_that_kept_back_the_whole_answer_and_does_no_more_counts_as_shown() -> None:
    assert not shows_no_more(Redact(), Block())
    assert shows_no_more(Block(), Keep(first=1))


PARAMETERS = {
    "the mark before which it is covered": ("{cover: {before: X}}", "{cover: {before: '1'}}"),
    "the mark after which it is covered": ("{cover: {after: '9'}}", "{cover: {after: X}}"),
    "what a surrogate of its form looks like": ("{fpe: {as: resident-id, first: 6}}", "{fpe: {first: 6}}"),
    "the length of a pseudonym": ("{pseudonym: {chars: 16}}", "{pseudonym: {chars: 5}}"),
    "one character less, and a limit for short values that is less too": ("{keep: {last: 4}}", "{keep: {last: 3}}"),
    "three stars where there is a value, and null everywhere": ("null", "redact"),
    "how many stars stand between": ("{keep: {last: 4, fill: 8}}", "{keep: {last: 4}}"),
    "the day of an age": ("{age: {every: 10}}", "{age: {every: 10, 'on': '2026-07-01'}}"),
}


@pytest.mark.parametrize("case", PARAMETERS)
def test_a_mask_with_another_parameter_is_another_mask(case: str) -> None:
    one, other = (program_of(g=f"sees: {{resident_id: {mask}}}") for mask in PARAMETERS[case])
    found = rehearse({"people": one}, {"people": other}, [], NOW)
    told = [each for each in found if (each.operation, each.about) == ("GET /people", "person.id_no")]
    assert [each.kind for each in told] == [Kind.SHOWN]
    assert told[0].before.transform != told[0].after.transform or "stars" in case


def test_another_text_in_the_place_of_a_value_is_told_and_shows_no_more() -> None:
    one, other = ({"people": program_of(g=f"sees: {{resident_id: {{replace: {text}}}}}")} for text in "AB")
    assert (Kind.MASKED, "GET /people", "person.id_no") in kinds(rehearse(one, other, [], NOW))
