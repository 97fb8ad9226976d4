"""`yingbi persons …`: what the officer does at a desk of their own, and what is declared."""

import csv
import io
from pathlib import Path

import pytest

from yingbi.cli import main
from yingbi.commands.shape import COULD_NOT, FINE, FOUND, WRONG_USE
from yingbi.keys.age_key import make_key
from yingbi.persons.files import encrypt, end_of, head_of, line_of
from yingbi.settings import HOME

DECLARED = """
system: register
host: register.localhost
path: /residents.json
rows: rows
columns: {person: id_no, name: name}
credential: keys/source.header
"""


def part(folder: Path, key: str, number: int, *names: str, complete: bool, case: str = "C-1") -> str:
    lines = [
        head_of(case=case, list=1, part=number, system="register", affected=3),
        *(line_of({"person": "R-1", "name": name, "phone": "=HYPERLINK(1)"}) for name in names),
        end_of(complete=complete, persons=len(names), found=3, missing=0, why="" if complete else "断了 / cut"),
    ]
    path = folder / f"{case}-P1-{number}.age"
    encrypt(path, key, iter(lines))
    return str(path)


def test_all_parts_make_the_list_and_less_is_said_to_be_less(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "officer.key"
    assert main(["persons", "key", str(key)]) == FINE
    public = capsys.readouterr().out.strip()
    assert key.stat().st_mode & 0o777 == 0o600
    one = part(tmp_path, public, 1, "某甲", "某乙", complete=False)
    two = part(tmp_path, public, 2, "某丙", complete=True)
    assert main(["persons", "open", one, two, "--key", str(key)]) == FINE
    said = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert [row["name"] for row in rows] == ["某甲", "某乙", "某丙"]
    assert {row["phone"] for row in rows} == {"'=HYPERLINK(1)"}, "a spreadsheet calculates nothing"
    assert "R-1" not in said.out, "the number by which they were found is in no list"
    for less in ([one], [two]):
        assert main(["persons", "open", *less, "--key", str(key)]) == FOUND
        assert "the list is not complete" in capsys.readouterr().err
    foreign = part(tmp_path, public, 1, "某丁", complete=True, case="C-2")
    assert main(["persons", "open", two, foreign, "--key", str(key)]) == WRONG_USE


def test_what_cannot_be_opened_is_said_and_nothing_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    public, other = make_key(tmp_path / "officer.key"), tmp_path / "other.key"
    make_key(other)
    one = part(tmp_path, public, 1, "某甲", complete=True)
    assert main(["persons", "open", one, "--key", str(other)]) == COULD_NOT
    assert main(["persons", "open", one, "--key", one]) == COULD_NOT
    assert main(["persons", "key", str(other)]) == COULD_NOT
    said = capsys.readouterr()
    assert said.out == ""
    assert "for another key" in said.err


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("", "", "the file of its credential is missing"),
        ("rows: rows\n", "", "`rows` names the member"),
        ("path: /residents.json", "path: https://elsewhere/x", "person-sources/register.yaml:4:"),
        ("person: id_no", "who: id_no", "`columns` names `person`"),
        ("keys/source.header", "../source.header", "is a file in the data directory"),
        ("keys/source.header", "keys/source.header\nnext: {member: next}", "`next` names a member"),
        ("keys/source.header", "keys/source.header\nspeed: fast", "`speed` is no key here"),
        ("rows: rows", "format: csv\nrows: rows", "said of json alone"),
    ],
)
def test_the_check_names_the_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    old: str,
    new: str,
    found: str,
) -> None:
    monkeypatch.setenv(HOME, str(tmp_path))
    (tmp_path / "person-sources").mkdir()
    (tmp_path / "person-sources" / "register.yaml").write_text(DECLARED.replace(old, new), "utf-8")
    assert main(["persons", "check"]) == FOUND
    assert found in capsys.readouterr().out
