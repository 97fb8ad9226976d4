"""What is told of a change: every line of it, and every declaration that it touches."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.load import load_policy
from policies.policy import Policy
from policies.rehearsal.difference import (
    MOST_LINES,
    Attribute,
    Change,
    What,
    declarations_changed,
    files_changed,
)
from policies.snapshot import Snapshot, laid_out, read_folder
from tests.policies.compiled import GOOD

BEFORE = read_folder(GOOD)


def policy(snapshot: Snapshot) -> Policy:
    with laid_out(snapshot) as folder:
        loaded = load_policy(folder)
    assert not loaded.findings.errors
    return loaded.policy


def changed(name: str, old: str, new: str) -> tuple[Snapshot, tuple[Change, ...]]:
    text = BEFORE.files[name]
    assert old in text
    after = Snapshot({**BEFORE.files, name: text.replace(old, new, 1)})
    return after, declarations_changed(policy(BEFORE), policy(after))


def test_a_grant_that_shows_more_is_told_with_what_and_where() -> None:
    after, found = changed("grants.yaml", "person_name: show\n", "person_name: show\n      mobile: {keep: {last: 4}}\n")
    (change,) = found
    assert (change.kind, change.name, change.what) == ("grants", "clerks", What.CHANGED)
    assert str(change.at) == "grants.yaml:2"
    assert change.attributes == (Attribute(name="sees.mobile", before="", after="keep(last: 4)"),)
    (file,) = files_changed(BEFORE, after)
    assert (file.name, file.what) == ("grants.yaml", What.CHANGED)
    assert "+      mobile: {keep: {last: 4}}" in file.lines
    assert file.lines[0].startswith("@@ ")


@pytest.mark.parametrize(
    ("name", "old", "new", "kind", "attribute"),
    [
        ("grants.yaml", "2027-06-30\n", "2028-06-30\n", "grants", "until"),
        ("grants.yaml", "posts: [clerk]", "posts: [clerk, auditor]", "grants", "posts"),
        ("grants.yaml", "受理业务", "办理", "grants", "reason"),
        ("systems/people.yaml", "人员库", "人口库", "systems", "title"),
    ],
)
def test_what_is_told(name: str, old: str, new: str, kind: str, attribute: str) -> None:
    _, (change,) = changed(name, old, new)
    assert (change.kind, change.what) == (kind, What.CHANGED)
    assert [each.name for each in change.attributes] == [attribute]


def test_a_grant_that_goes_and_one_that_comes() -> None:
    _, found = changed("grants.yaml", "id: clerks", "id: windows")
    assert [(change.name, change.what) for change in found] == [("windows", What.ADDED), ("clerks", What.REMOVED)]


def test_a_line_that_only_moved_says_nothing_in_words() -> None:
    after, found = changed("grants.yaml", "grants:\n", "# the grants\ngrants:\n")
    assert found == ()
    assert len(files_changed(BEFORE, after)) == 1


def test_every_part_of_a_mask_counts(tmp_path: Path) -> None:
    """How records call a mask leaves out how many stars it has; a difference must not."""
    text = "categories:\n  c:\n    title: {zh: 种, en: c}\n    level: general\n    mask: {keep: {first: 1, fill: 2}}\n"
    base = {"catalogue.yaml": text, "grants.yaml": "grants: []\n", "callers.yaml": "callers: []\n"}
    after = {**base, "catalogue.yaml": text.replace("fill: 2", "fill: 5")}
    (change,) = declarations_changed(policy(Snapshot(base)), policy(Snapshot(after)))
    assert change.attributes == (
        Attribute(name="mask", before="keep(first: 1, fill: 2)", after="keep(first: 1, fill: 5)"),
    )


@pytest.mark.parametrize(
    ("old", "new", "kind", "name"),
    [
        ("least_candidates: 100\n", "least_candidates: 200\n", "least_candidates", ""),
        ("mine: {keep: {last: 4}}", "mine: {keep: {last: 2}}", "transforms", "mine"),
    ],
)
def test_what_the_catalogue_says_beside_its_categories(old: str, new: str, kind: str, name: str) -> None:
    text = (
        "least_candidates: 100\ntransforms:\n  mine: {keep: {last: 4}}\n"
        "categories:\n  c:\n    title: {zh: 种, en: c}\n    level: general\n    mask: mine\n"
    )
    base = {"catalogue.yaml": text, "grants.yaml": "grants: []\n", "callers.yaml": "callers: []\n"}
    found = declarations_changed(
        policy(Snapshot(base)), policy(Snapshot({**base, "catalogue.yaml": text.replace(old, new)}))
    )
    assert (kind, name) in {(change.kind, change.name) for change in found}


def test_of_a_system_its_operations_and_fields_are_told_by_themselves() -> None:
    files = {name: text for name, text in BEFORE.files.items() if name != "systems/people.yaml"}
    files["grants.yaml"] = "grants: []\n"
    found = declarations_changed(
        policy(Snapshot(files)), policy(Snapshot({**BEFORE.files, "grants.yaml": "grants: []\n"}))
    )
    kinds = {change.kind for change in found}
    assert kinds == {"systems", "records", "fields", "operations"}
    assert all(change.what is What.ADDED for change in found)
    assert any(change.kind == "operations" and change.name.startswith("people GET /") for change in found)


def test_grants_come_first() -> None:
    after = {**BEFORE.files, "grants.yaml": "grants: []\n"}
    after["systems/people.yaml"] = after["systems/people.yaml"].replace("人员库", "人口库")
    kinds = [change.kind for change in declarations_changed(policy(BEFORE), policy(Snapshot(after)))]
    assert kinds == ["grants", "grants", "systems"]


def test_files_that_come_and_go() -> None:
    found = files_changed(Snapshot({"a.yaml": "1\n", "b.yaml": "2\n"}), Snapshot({"b.yaml": "2\n", "c.yaml": "3\n"}))
    assert [(file.name, file.what, file.lines[-1]) for file in found] == [
        ("a.yaml", What.REMOVED, "-1"),
        ("c.yaml", What.ADDED, "+3"),
    ]


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_two_texts_look_the_same(one: str, other: str) -> None:
    """Whatever ends lines in some reading, as U+2028 does in YAML, hides no difference from who approves."""
    found = files_changed(Snapshot({"a.yaml": one}), Snapshot({"a.yaml": other}))
    assert bool(found) == (one != other)
    assert all(file.lines for file in found)


def test_a_file_without_text_is_shown_to_come() -> None:
    (file,) = files_changed(Snapshot({}), Snapshot({"a.yaml": ""}))
    assert (file.what, len(file.lines)) == (What.ADDED, 1)


def test_a_line_end_that_is_none_is_shown() -> None:
    (file,) = files_changed(Snapshot({"a.yaml": "a\nb\n"}), Snapshot({"a.yaml": "a\u2028b\n"}))
    assert file.lines[1:] == ("-a", "-b", "+a\u2028b")


def test_a_file_that_is_too_long_to_be_compared_is_said_to_be_another() -> None:
    long = "x\n" * (MOST_LINES + 1)
    (file,) = files_changed(Snapshot({"a.yaml": long}), Snapshot({"a.yaml": long + "y\n"}))
    assert (file.what, file.lines) == (What.CHANGED, ())
