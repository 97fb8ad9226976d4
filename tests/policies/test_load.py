"""Policies that are read, and policies broken in every way we could think of: each finding with its place and code."""

import json
import os
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.ask import Opened, Question
from policies.compiling.system import compile_system
from policies.digest import Digester
from policies.findings import PolicyError, Severity
from policies.formats.masker import Tally
from policies.load import load_policy
from policies.parse.operations import KEPT_HEADERS, STATIC_TYPES
from policies.view import Views
from tests.effort import examples
from tests.policies.broken import BROKEN, CALLERS, CATALOGUE, GRANTS, JWKS, SYSTEM

GOOD = Path(__file__).parent / "good"
DEMO = Path(__file__).parent.parent.parent / "deploy" / "demo" / "policies"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "policies"
    shutil.copytree(GOOD, copy)
    return copy


def findings_in(folder: Path) -> list[str]:
    found = load_policy(folder).findings.sorted()
    return [f"{f.at.file} {f.at.line}:{f.at.column} {f.code}" for f in found if f.severity is Severity.ERROR]


def test_a_good_policy_has_no_findings_and_compiles(folder: Path) -> None:
    loaded = load_policy(folder)
    assert [str(finding) for finding in loaded.findings.sorted()] == []
    program = compile_system(loaded.policy, loaded.policy.systems["people"], loaded.jwks)
    assert [operation.id for operation in program.operations] == [
        "GET /people.csv",
        "GET /people",
        "POST /people",
        "DELETE /people/{id}",
        "GET /people/{id}",
        "GET /files/{name*}",
    ]


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_policy_is_told_with_its_place(folder: Path, name: str) -> None:
    file, old, new, expected = BROKEN[name]
    path = folder / file
    path.parent.mkdir(exist_ok=True)
    text = "" if old is None else path.read_text("utf-8")
    assert old is None or old in text
    path.write_text(new if old is None else text.replace(old, new, 1), "utf-8")
    assert (expected if expected.count(" ") > 1 else f"{file} {expected}") in findings_in(folder)


def test_aliases_are_told_of_once_for_each_file(folder: Path) -> None:
    for file in (GRANTS, CALLERS):
        (folder / file).write_text(BROKEN["alias that explodes"][2], "utf-8")
    assert [one for one in findings_in(folder) if one.endswith("alias")] == [
        f"{CALLERS} 1:4 alias",
        f"{GRANTS} 1:4 alias",
    ]


AT_ONCE = (
    "unknown key", "unknown level", "truth value that is none", "number that is none", "unknown transform",
    "grant for nobody", "grant with a wrong date", "grant with a time without zone",
    "key that is no hash", "citizen with a key", "caller twice",
    "host twice", "subject that is no field", "facet of persons", "unknown category in a record", "unknown record",
    "parameter of an unknown kind", "filter without a field", "pattern of many readings", "pointer that is none",
    "element without a field", "body of an unknown format", "path with two rests", "what is always sent, as a list",
)  # fmt: skip


def test_everything_wrong_is_told_at_once(folder: Path) -> None:
    for name in AT_ONCE:
        file, old, new, _ = BROKEN[name]
        assert old is not None
        path = folder / file
        path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    found = findings_in(folder)
    assert {f"{BROKEN[name][0]} {BROKEN[name][3]}" for name in AT_ONCE} - set(found) == set()
    assert found == sorted(found, key=lambda one: (one.split()[0], *map(int, one.split()[1].split(":"))))


DATA = (
    "text/csv", "text/html", "text/plain", "text/xml", "text/tab-separated-values", "text/event-stream",
    "application/json", "application/ld+json", "application/x-ndjson", "application/xml", "application/xhtml+xml",
    "application/atom+xml", "application/pdf", "application/zip", "application/octet-stream", "image/x+xml",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "multipart/mixed", "message/rfc822",
)  # fmt: skip


@pytest.mark.parametrize("media_type", DATA)
def test_what_may_hold_data_is_no_static_file(folder: Path, media_type: str) -> None:
    path = folder / "systems" / "people.yaml"
    path.write_text(path.read_text("utf-8").replace("static: true", f"static: [text/css, {media_type}]"), "utf-8")
    assert findings_in(folder) == ["systems/people.yaml 57:5 static-data"]


@pytest.mark.parametrize("media_type", [*STATIC_TYPES, "image/webp", "video/mp4", "application/wasm"])
def test_what_looks_the_same_to_everybody_is_a_static_file(folder: Path, media_type: str) -> None:
    path = folder / "systems" / "people.yaml"
    path.write_text(path.read_text("utf-8").replace("static: true", f"static: [{media_type}]"), "utf-8")
    assert findings_in(folder) == []


FOLDER = {
    "text that nobody looks through": ("answers: {text: public}", ["folder-unread"]),
    "JSON that nobody looks through": ("answers: {json: {'': public}}", ["folder-unread"]),
    "photographs": ("static: [image/png, image/jpeg]", ["folder-unread"]),
    "text that is scanned": ("answers: {text: scan}", []),
    "style sheets and icons": ("static: true", []),
    "nothing": ("refuse: {zh: 不提供, en: not served}", []),
}


@pytest.mark.parametrize("name", FOLDER)
def test_a_folder_that_is_shown_unread_is_warned_of(folder: Path, name: str) -> None:
    said, expected = FOLDER[name]
    path = folder / "systems" / "people.yaml"
    path.write_text(path.read_text("utf-8").replace("static: true", said), "utf-8")
    assert [finding.code for finding in load_policy(folder).findings.sorted()] == expected


def test_whatever_is_not_declared_may_be_refused_in_words_of_its_own(folder: Path) -> None:
    path = folder / "systems" / "people.yaml"
    refused = "GET /{all*}\n    refuse: {zh: 不提供, en: not served}"
    path.write_text(path.read_text("utf-8").replace("GET /files/{name*}\n    static: true", refused), "utf-8")
    assert load_policy(folder).findings.sorted() == []


@pytest.mark.parametrize("name", KEPT_HEADERS)
def test_a_header_that_is_not_about_what_is_shown_never_passes(folder: Path, name: str) -> None:
    path = folder / "systems" / "people.yaml"
    text = path.read_text("utf-8").replace("static: true", f"static: true\n    headers: [link, {name}]")
    path.write_text(text, "utf-8")
    assert findings_in(folder) == ["systems/people.yaml 58:5 kept-header"]


WITHOUT_EFFECT = {
    "a grant of no system": (GRANTS, "systems: [people]", "systems: []", "2:5"),
    "a grant of no category": (GRANTS, "sees: {resident_id: digest}", "sees: {}", "12:5"),
    "a caller without a key": (CALLERS, None, "callers: [{id: nobody, kind: staff, keys: []}]\n", "1:11"),
    "a system without a host": (SYSTEM, "hosts: [people.localhost]", "hosts: []", "1:1"),
}


NOT_TAKEN = {
    "signed with, and keys are shown": (CALLERS, "sha256: " + "0" * 63 + "1", "hmac: " + "5a" * 16, [6]),
    "shown, and requests are signed": (SYSTEM, "api_keys: true", "signed_requests: true", [6, 14]),
}


@pytest.mark.parametrize("name", NOT_TAKEN)
def test_a_key_that_no_system_takes_is_warned_of(folder: Path, name: str) -> None:
    file, old, new, lines = NOT_TAKEN[name]
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")
    found = [each for each in load_policy(folder).findings.sorted() if each.code == "key-not-taken"]
    assert [(each.at.file, each.at.line) for each in found] == [(CALLERS, line) for line in lines]
    assert {each.severity for each in found} == {Severity.WARNING}
    assert all(each.zh for each in found)


@pytest.mark.parametrize("name", WITHOUT_EFFECT)
def test_what_does_nothing_is_warned_of(folder: Path, name: str) -> None:
    file, old, new, place = WITHOUT_EFFECT[name]
    text = (folder / file).read_text("utf-8")
    assert old is None or old in text
    (folder / file).write_text(new if old is None else text.replace(old, new, 1), "utf-8")
    told = [
        f"{f.at.file} {f.at.line}:{f.at.column} {f.severity} {f.code}" for f in load_policy(folder).findings.sorted()
    ]
    assert f"{file} {place} warning without-effect" in told
    assert findings_in(folder) == []


BEFORE_ALL = datetime(2027, 6, 30, 9, 59, tzinfo=UTC)
"""The first end of a grant in the good policy is 18:00 in Beijing on this day; the others, 24:00."""


@pytest.mark.parametrize(
    ("now", "ended"),
    [
        (BEFORE_ALL, []),
        (BEFORE_ALL + timedelta(minutes=1), [f"{GRANTS}:12"]),
        (BEFORE_ALL + timedelta(hours=6, minutes=1), [f"{CALLERS}:6", f"{CALLERS}:14", f"{GRANTS}:2", f"{GRANTS}:12"]),
    ],
)
def test_what_has_ended_is_warned_of(folder: Path, now: datetime, ended: list[str]) -> None:
    findings = [one for one in load_policy(folder, now).findings.sorted() if one.code == "ended"]
    assert [str(finding.at) for finding in findings] == ended
    assert {finding.severity for finding in findings} <= {Severity.WARNING}


def test_a_front_proxy_that_has_ended_is_warned_of(folder: Path) -> None:
    front = f'{{id: portal, networks: [10.0.0.5/32], sha256: "{"0c" * 32}", until: 2027-01-31}}'
    path = folder / SYSTEM
    text = path.read_text("utf-8").replace("identity:\n", f"identity:\n  front_proxies:\n    - {front}\n")
    path.write_text(text, "utf-8")
    (found,) = load_policy(folder, datetime(2027, 2, 1, tzinfo=UTC)).findings.sorted()
    assert (str(found.at), found.code) == (f"{SYSTEM}:8", "ended")
    assert "portal" in found.zh


@pytest.mark.parametrize(
    ("before", "soon"),
    [
        (timedelta(days=31), []),
        (timedelta(days=30), [f"{GRANTS}:12"]),
        (timedelta(days=29, hours=18), [f"{CALLERS}:6", f"{CALLERS}:14", f"{GRANTS}:2", f"{GRANTS}:12"]),
    ],
)
def test_what_ends_within_thirty_days_is_warned_of(folder: Path, before: timedelta, soon: list[str]) -> None:
    findings = load_policy(folder, BEFORE_ALL + timedelta(minutes=1) - before).findings.sorted()
    assert [str(finding.at) for finding in findings] == soon
    assert {(finding.code, finding.severity) for finding in findings} <= {("ends-soon", Severity.WARNING)}


def test_messages_are_for_people(folder: Path) -> None:
    path = folder / "catalogue.yaml"
    path.write_text(path.read_text("utf-8").replace("level:", "levle:", 1), "utf-8")
    messages = [str(finding) for finding in load_policy(folder).findings.sorted()]
    assert (
        messages[0]
        == "catalogue.yaml:3:5: error: 缺少必需的键：`level` / category `person_name` needs `level` [missing-key]"
    )
    said = "category `person_name` has no key `levle`; did you mean `level`? [unknown-key]"
    assert messages[1] == f"catalogue.yaml:4:5: error: 不认识的键：`levle` / {said}"


@pytest.mark.parametrize("name", BROKEN)
def test_every_finding_is_said_in_chinese_with_what_was_written(folder: Path, name: str) -> None:
    file, old, new, _ = BROKEN[name]
    path = folder / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(new if old is None else path.read_text("utf-8").replace(old, new, 1), "utf-8")
    for finding in load_policy(folder).findings.sorted():
        assert finding.zh, finding
        written = set(re.findall("`([^`]*)`", finding.about))
        assert written <= set(re.findall("`([^`]*)`", finding.message)), finding
        assert str(finding).index(finding.zh) < str(finding).index(finding.message)


def _replaced_by_a_folder(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


def _replaced_by_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


# name: file, what becomes of it, and the finding
UNREADABLE: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "not there": (GRANTS, Path.unlink, "grants.yaml 1:1 missing-file"),
    "no catalogue": (CATALOGUE, Path.unlink, "catalogue.yaml 1:1 missing-file"),
    "no callers": (CALLERS, Path.unlink, "callers.yaml 1:1 missing-file"),
    "not UTF-8": (GRANTS, lambda path: path.write_bytes("grants: 张".encode("gbk")), "grants.yaml 1:1 unreadable-file"),
    "UTF-16": (SYSTEM, lambda path: path.write_text("system: x", "utf-16"), "systems/people.yaml 1:1 unreadable-file"),
    "ten megabytes": (GRANTS, lambda path: path.write_text("#" * 10_000_000), "grants.yaml 1:1 file-too-large"),
    "ten megabytes of keys": (JWKS, lambda path: path.write_text(" " * 10_000_000), "idp.json 1:1 file-too-large"),
    "a folder": (CALLERS, _replaced_by_a_folder, "callers.yaml 1:1 unreadable-file"),
    "a folder among the systems": ("systems/x.yaml", _replaced_by_a_folder, "systems/x.yaml 1:1 unreadable-file"),
    "a folder for keys": (JWKS, _replaced_by_a_folder, "idp.json 1:1 unreadable-file"),
    "a pipe that nobody writes to": (GRANTS, _replaced_by_a_pipe, "grants.yaml 1:1 unreadable-file"),
    "a file for the systems": ("packs", lambda path: path.write_text("x"), "packs 1:1 unreadable-file"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_a_finding(folder: Path, name: str) -> None:
    file, becomes, expected = UNREADABLE[name]
    becomes(folder / file)
    assert expected in findings_in(folder)


NAMES = {
    b"systems/x\xff.yaml": r"systems/x\xff.yaml",
    "systems/x\u202elmay.yaml".encode(): r"systems/x\u202elmay.yaml",
    b"packs/\x1b[2J.yaml": r"packs/\x1b[2J.yaml",
    b"two\nlines.json": r"two\nlines.json",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_nobody_can_read_is_a_finding_that_everybody_can(folder: Path, name: bytes) -> None:
    (folder / "packs").mkdir()
    (folder / os.fsdecode(name)).write_text("system: x")
    (finding,) = load_policy(folder).findings.sorted()
    shown = NAMES[name]
    assert str(finding).startswith(f"{shown}:1:1: error: ")
    assert f" / `{shown}` is called" in str(finding)
    assert (finding.as_json()["file"], finding.code) == (shown, "file-name")
    assert json.dumps(finding.as_json(), ensure_ascii=False).isprintable()


def test_a_finding_spells_out_what_nobody_sees_in_a_file(folder: Path) -> None:
    path = folder / "catalogue.yaml"
    path.write_text(path.read_text("utf-8").replace("level: general", r'"le\e[31m\u202e\nvel": general', 1), "utf-8")
    findings = load_policy(folder).findings.sorted()
    assert r"has no key `le\x1b[31m\u202e\nvel`" in str(findings[1])
    assert all(str(finding).isprintable() for finding in findings)
    assert all(str(finding.as_json()["message"]).isprintable() for finding in findings)


def test_an_empty_file_is_told_whatever_else_is_wrong(folder: Path) -> None:
    (folder / "grants.yaml").write_text("")
    (folder / "catalogue.yaml").write_text("categories: [")
    found = findings_in(folder)
    assert found[0].startswith("catalogue.yaml")
    assert "grants.yaml 1:1 empty" in found


def test_a_folder_that_is_none_raises(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError):
        load_policy(tmp_path / "nothing")


def test_a_broken_policy_does_not_compile(folder: Path) -> None:
    path = folder / "systems" / "people.yaml"
    path.write_text(path.read_text("utf-8").replace("name: person_name", "name: nothing"), "utf-8")
    loaded = load_policy(folder)
    with pytest.raises(
        PolicyError,
        match=r"systems/people\.yaml:19:13: error: 没有这个种类：`nothing` / there is no category `nothing`",
    ):
        compile_system(loaded.policy, loaded.policy.systems["people"], loaded.jwks)


@given(st.sampled_from(sorted(path.relative_to(GOOD) for path in GOOD.rglob("*.yaml"))), st.data())
@settings(max_examples=examples(200))
def test_no_text_makes_reading_raise(tmp_path_factory: pytest.TempPathFactory, file: Path, data: st.DataObject) -> None:
    """And what has no findings can be run."""
    copy = tmp_path_factory.mktemp("noise") / "policies"
    shutil.copytree(GOOD, copy)
    text = (copy / file).read_text("utf-8")
    at = data.draw(st.integers(0, len(text)))
    noise = data.draw(st.text(max_size=4) | st.sampled_from(["{field}", "{op}", "{any}", "{", "}", ": ", "\n- "]))
    (copy / file).write_text(text[:at] + noise + text[at + data.draw(st.integers(0, 4)) :], "utf-8", errors="replace")
    loaded = load_policy(copy)
    if loaded.findings.errors:
        return
    for system in loaded.policy.systems.values():
        program = compile_system(loaded.policy, system, loaded.jwks)
        view = Views(program, b"s" * 32).strictest
        for operation in program.operations:
            for kind in ("json", "html", "csv", "text"):
                view.maskers.of(operation.answers, kind, Tally(Digester("1", b"k" * 32)), "utf-8", lambda *form: "")
            Question(operation).refusal(Opened("/", (("page", "1"),)), view)


def test_the_demo_policies_have_no_errors(tmp_path: Path) -> None:
    copy = tmp_path / "policies"
    shutil.copytree(DEMO, copy)
    shutil.copy(GOOD / "idp.json", copy / "demo-idp.json")
    (copy / "callers.yaml").write_text("callers: []\n")
    assert findings_in(copy) == []


def test_what_cannot_be_read_is_told_once(folder: Path) -> None:
    """What refers to a broken file or category is not told to refer to nothing."""
    for file, old, new in ((SYSTEM, "hosts: [", "hosts: [["), (CATALOGUE, "level: general", "level: x")):
        path = folder / file
        path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    assert findings_in(folder) == ["catalogue.yaml 4:12 unknown-choice", "systems/people.yaml 4:1 not-yaml"]
