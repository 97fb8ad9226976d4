"""Policies that are read, and policies broken in every way we could think of: each finding with its place and code."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.compile import compile_system
from policies.findings import PolicyError, Severity
from policies.load import load_policy

GOOD = Path(__file__).parent / "good"
DEMO = Path(__file__).parent.parent.parent / "deploy" / "demo" / "policies"

CATALOGUE, GRANTS, CALLERS, SYSTEM = "catalogue.yaml", "grants.yaml", "callers.yaml", "systems/people.yaml"

# name: file, what is replaced, by what, and the finding that must be among those told
BROKEN = {
    "unknown key": (CATALOGUE, "    level: general\n", "    levle: general\n", "4:5 unknown-key"),
    "missing key": (CATALOGUE, "    level: general\n", "", "3:5 missing-key"),
    "category twice": (CATALOGUE, "  mobile:", "  person_name:", "11:3 duplicate-key"),
    "unknown level": (CATALOGUE, "level: important", "level: secret", "8:12 unknown-choice"),
    "unknown transform": (CATALOGUE, "mask: redact", "mask: hide", "19:11 unknown-transform"),
    "mask that shows too much": (CATALOGUE, "{first: 1, fill: 2}", "{first: 8, fill: 2}", "5:18 shows-too-much"),
    "number that is none": (CATALOGUE, "last: 4}}\n    on", "last: four}}\n    on", "14:35 wrong-form"),
    "number out of range": (CATALOGUE, "last: 4}}\n    on", "last: 900}}\n    on", "14:35 out-of-range"),
    "reserved name": (CATALOGUE, "  free_text:", "  public:", "16:3 reserved-name"),
    "truth value that is none": (CATALOGUE, "sensitive: true", "sensitive: yes", "9:5 wrong-form"),
    "grant without an end": (GRANTS, "    until: 2027-06-30\n", "", "2:5 missing-key"),
    "grant with a wrong date": (GRANTS, "until: 2027-06-30\n", "until: 2027-06-31\n", "9:12 wrong-form"),
    "grant with a time without zone": (GRANTS, "T18:00:00+08:00", "T18:00:00", "17:12 wrong-form"),
    "grant of an unknown category": (GRANTS, "person_name: show", "persn_name: show", "2:5 unknown-category"),
    "grant of an unknown system": (GRANTS, "systems: [people]", "systems: [peple]", "2:5 unknown-system"),
    "grant for nobody": (GRANTS, "who: {posts: [clerk]}", "who: {}", "3:10 missing-key"),
    "grant without approval": (GRANTS, "    approved_by: 王安全\n", "", "2:5 missing-key"),
    "grant twice": (GRANTS, "id: batch", "id: clerks", "12:5 duplicate"),
    "key that is no hash": (CALLERS, "0001\n", "000g\n", "7:17 wrong-form"),
    "key twice": (CALLERS, "id: K-2", "id: K-1", "14:9 duplicate"),
    "same key for two": (CALLERS, "0002\n", "0001\n", "14:9 duplicate"),
    "citizen with a key": (CALLERS, "kind: terminal", "kind: citizen", "9:5 citizen-with-key"),
    "unknown category in a record": (SYSTEM, "name: person_name", "name: person", "19:13 unknown-category"),
    "unknown record": (SYSTEM, "home: {record: home}", "home: {record: house}", "24:13 unknown-record"),
    "record in itself": (SYSTEM, "street: public", "street: {record: person}", "27:15 record-in-itself"),
    "subject that is no field": (SYSTEM, "subject: id_no", "subject: id_number", "14:5 unknown-field"),
    "unknown pack": (SYSTEM, "records:", "pack: nothing\nrecords:", "1:1 unknown-pack"),
    "missing variable of a pack": (SYSTEM, "records:", "pack: datasette\nrecords:", "1:1 missing-variable"),
    "stray label": (SYSTEM, " id: public", " id: {category: public, label: mobile}", "18:11 label-without-labels"),
    "facet of persons": (SYSTEM, "facets: [city]", "facets: [name]", "16:5 personal-facet"),
    "facet that is no field": (SYSTEM, "facets: [city]", "facets: [town]", "16:5 unknown-field"),
    "operation that is none": (SYSTEM, "on: GET /people/{id}", "on: FETCH /people/{id}", "49:9 wrong-form"),
    "operation twice": (SYSTEM, "on: GET /people/{id}", "on: GET /people", "1:1 operation-twice"),
    "operator without a list": (SYSTEM, "operators: [startswith, gt]\n", "", "35:7 operator-without-list"),
    "filter without a field": (SYSTEM, '"{field}": filter', "name: filter", "36:7 filter-without-field"),
    "parameter of an unknown kind": (SYSTEM, "page: any", "page: free", "32:13 unknown-choice"),
    "pointer that is none": (SYSTEM, "/total: public", "total: public", "41:9 wrong-form"),
    "path in a path": (SYSTEM, "/total: public", "/items/*/id: public", "41:9 path-in-path"),
    "element without a field": (SYSTEM, '"col-{field}"', '"col"', "46:13 element-without-field"),
    "static with answers": (SYSTEM, "static: true", "static: true\n    answers: {text: x}", "56:5 static-with-answers"),
    "missing keys of an issuer": (SYSTEM, "keys: idp.json", "keys: other.json", "9:7 missing-keys"),
    "host twice": (SYSTEM, "hosts: [people.localhost]", "hosts: [a.localhost, a.localhost]", "3:22 duplicate"),
    "upstream that is no address": (SYSTEM, "http://127.0.0.1:9", "127.0.0.1:9", "4:11 wrong-form"),
    "alias": (SYSTEM, "title: {zh: 人员库", "title: &t {zh: 人员库", "2:8 alias"),
    "tag": (SYSTEM, "state: enforcing", "state: !!python/name:os.system enforcing", "5:8 tag"),
    "two documents": (SYSTEM, "operations:", "---\noperations:", "29:1 two-documents"),
    "not YAML": (SYSTEM, "hosts: [people.localhost]", "hosts: [people.localhost", "4:9 not-yaml"),
    "tab": (SYSTEM, "  person:", "\tperson:", "13:1 not-yaml"),
    "empty file": (GRANTS, None, "", "1:1 empty"),
    "list in place of a mapping": (GRANTS, None, "- x\n", "1:1 wrong-form"),
    "not text": (GRANTS, None, "grants: \0", "1:1 not-yaml"),
    "too deep": (GRANTS, None, "grants: " + "[" * 100 + "]" * 100, "1:41 not-yaml"),
}  # fmt: skip


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
    text = path.read_text("utf-8")
    assert old is None or old in text
    path.write_text(new if old is None else text.replace(old, new, 1), "utf-8")
    assert f"{file} {expected}" in findings_in(folder)


def test_everything_wrong_is_told_at_once(folder: Path) -> None:
    for file, old, new in ((CATALOGUE, "level: general", "level: x"), (GRANTS, "    until:", "    til:")):
        path = folder / file
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    found = findings_in(folder)
    assert len([one for one in found if one.endswith("unknown-choice")]) == 3
    assert len([one for one in found if one.startswith("grants.yaml") and one.endswith("missing-key")]) == 2


def test_messages_are_for_people(folder: Path) -> None:
    path = folder / "catalogue.yaml"
    path.write_text(path.read_text("utf-8").replace("level:", "levle:", 1), "utf-8")
    messages = [str(finding) for finding in load_policy(folder).findings.sorted()]
    assert messages[0] == "catalogue.yaml:3:5: error: category `person_name` needs `level` [missing-key]"
    assert (
        messages[1]
        == "catalogue.yaml:4:5: error: category `person_name` has no key `levle`; did you mean `level`? [unknown-key]"
    )


@pytest.mark.parametrize("file", ["catalogue.yaml", "grants.yaml", "callers.yaml"])
def test_a_missing_file_is_a_finding(folder: Path, file: str) -> None:
    (folder / file).unlink()
    assert f"{file} 1:1 missing-file" in findings_in(folder)


def test_a_file_that_is_not_utf8_is_a_finding(folder: Path) -> None:
    (folder / "grants.yaml").write_bytes("grants: 张".encode("gbk"))
    assert "grants.yaml 1:1 unreadable-file" in findings_in(folder)


def test_a_huge_file_is_a_finding(folder: Path) -> None:
    (folder / "grants.yaml").write_text("#" * (2 * 1024 * 1024 + 1))
    assert "grants.yaml 1:1 file-too-large" in findings_in(folder)


def test_a_folder_that_is_none_raises(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError):
        load_policy(tmp_path / "nothing")


def test_a_broken_policy_does_not_compile(folder: Path) -> None:
    path = folder / "systems" / "people.yaml"
    path.write_text(path.read_text("utf-8").replace("name: person_name", "name: nothing"), "utf-8")
    loaded = load_policy(folder)
    with pytest.raises(PolicyError, match=r"systems/people\.yaml:19:13: error: there is no category `nothing`"):
        compile_system(loaded.policy, loaded.policy.systems["people"], loaded.jwks)


@given(st.sampled_from(sorted(path.name for path in GOOD.glob("*.yaml"))), st.integers(0, 600), st.text(max_size=4))
@settings(max_examples=150)
def test_no_text_makes_reading_raise(tmp_path_factory: pytest.TempPathFactory, name: str, at: int, noise: str) -> None:
    copy = tmp_path_factory.mktemp("noise") / "policies"
    shutil.copytree(GOOD, copy)
    text = (copy / name).read_text("utf-8")
    (copy / name).write_text(text[:at] + noise + text[at + len(noise) :], "utf-8", errors="replace")
    load_policy(copy)


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
