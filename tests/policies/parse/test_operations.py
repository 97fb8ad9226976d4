"""What operations say of large answers and of answers in parts is checked, and no change of it goes untold."""

from pathlib import Path

import pytest

from policies.compiling.system import compile_system
from policies.load import load_policy
from policies.program import Program
from policies.rehearsal.declared import declared_changes
from tests.declaring import declared

CHANGES: dict[str, tuple[str, str]] = {
    "an export": ("    export: true\n", ""),
    "a serial": ("csv: column, ", ""),
    "a larger page": ("    largest_mib: 8\n", "    largest_mib: 9\n"),
    "parts": ("{multipart: true, csv: person", "{csv: person"),
    "an unsigned copy": ("{signed: unsigned-copy, ", "{"),
    "a namespace": ('p: "urn:people"}', 'p: "urn:peoples"}'),
}


def changed(folder: Path, old: str, new: str) -> Program:
    system = declared(folder) / "systems" / "people.yaml"
    text = system.read_text("utf-8")
    assert old in text
    system.write_text(text.replace(old, new, 1), "utf-8")
    loaded = load_policy(folder)
    assert loaded.findings.errors == []
    return compile_system(loaded.policy, loaded.policy.systems["people"], loaded.jwks)


@pytest.mark.parametrize("case", CHANGES)
def test_no_change_goes_untold(tmp_path: Path, case: str) -> None:
    before, after = changed(tmp_path / "a", "", ""), changed(tmp_path / "b", *CHANGES[case])
    assert list(declared_changes(before, after))
    assert list(declared_changes(before, before)) == []


@pytest.mark.parametrize(
    ("declares", "code"),
    [
        ("  - on: POST /other\n    export: true\n    answers: {json: person}\n", "wrong-form"),
        ("  - on: GET /other\n    export: true\n", "wrong-form"),
        ("  - on: GET /other\n    mark: {csv: row}\n    answers: {csv: person}\n", "unknown-choice"),
        ("  - on: GET /other\n    mark: {json: 1x}\n    answers: {json: person}\n", "wrong-form"),
        ("  - on: GET /other\n    mark: {pdf: page}\n    answers: {json: person}\n", "unknown-key"),
        ("  - on: GET /other\n    mark: {xml: comment}\n    answers: {json: person}\n", "without-effect"),
        ("  - on: GET /other\n    mark: {}\n", "wrong-form"),
        ("  - on: GET /other\n    largest_mib: 0\n", "out-of-range"),
        ("  - on: GET /other\n    largest_mib: 33\n", "out-of-range"),
        ("  - on: GET /other\n    answers: {multipart: yes}\n", "wrong-form"),
        ("  - on: PUT /other\n    body: {multipart: true}\n", "unknown-key"),
    ],
)
def test_what_is_declared_wrongly_is_found(tmp_path: Path, declares: str, code: str) -> None:
    folder = declared(tmp_path / "p")
    system = folder / "systems" / "people.yaml"
    system.write_text(system.read_text("utf-8").replace("\nerrors:", f"\n{declares}errors:"), "utf-8")
    assert [found.code for found in load_policy(folder).findings.errors] == [code]


def test_an_operation_is_no_export_unless_it_says_so(tmp_path: Path) -> None:
    program = changed(tmp_path, "", "")

    assert [each.id for each in program.operations if each.export] == ["GET /download", "GET /marked"]
