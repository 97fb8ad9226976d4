"""`yingbi rules …` as it is typed."""

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from siem.index.sqlite import SqliteStore
from tests.contract.backends import SOON
from tests.siem.events import digest, document
from yingbi.cli import main
from yingbi.home import Home

MINE = """\
title: 试一试 / Tried
id: 7f3c1a52-6f0e-4b7c-9d5e-2a8f4c1b6eaa
name: mine
level: low
logsource: {product: yingbi, service: access}
detection: {it: {http.request.method: DELETE}, condition: it}
yingbi: {group: [user.id], what_to_do: {zh: 看, en: Look}}
"""
GET = "{caller: li, with: {http.request.method: GET}}"
EXAMPLES = """\
fires:
  - name: 一次 / once
    events: [{caller: li, with: {http.request.method: DELETE}}]
    alerts: [{user.id: li, event_count: 1, subject_count: 1}]
does_not_fire:
  - name: 读 / reading
    events: [{caller: li, with: {http.request.method: GET}}]
known_gap: []
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("YINGBI_HOME", str(tmp_path / "home"))
    made = Home(tmp_path / "home")
    made.rules.mkdir(parents=True)
    (made.rules / "mine.yml").write_text(MINE, "utf-8")
    (made.rules / "mine.examples.yml").write_text(EXAMPLES, "utf-8")
    return made


def index(home: Home, caller: str = "li") -> None:
    """Five minutes ago somebody was shown four hundred people; two days ago somebody else as many."""
    home.index.mkdir(parents=True)
    now = datetime.now(UTC)
    five = [
        document(number, at=at + timedelta(seconds=number), subjects=tuple(map(digest, people)), caller=who)
        for at, who, first in ((now - timedelta(minutes=5), caller, 0), (now - timedelta(days=2), "wang", 10))
        for number, people in enumerate((range(200), range(200, 400)), start=first)
    ]
    with closing(SqliteStore(home.events)) as store:
        store.append(five, SOON)


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int) -> Any:
    assert main(["rules", *arguments]) == code
    return capsys.readouterr()


def told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int) -> Any:
    return json.loads(said(capsys, *arguments, "--json", code=code).out)


def test_the_rules_in_force_are_listed(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    rules = {rule["name"]: rule for rule in told(capsys, "list", code=0)}
    assert rules["mine"]["file"] == str(home.rules / "mine.yml")
    assert rules["many_subjects"] | {"file": "", "line": 0} == {
        **rules["many_subjects"],
        "file": "",
        "line": 0,
        "level": "high",
        "measure": "value_count",
        "field": "yingbi.subjects",
        "at_least": 300,
        "within_s": 600.0,
        "group_by": ["user.id"],
        "automatic": True,
    }
    assert "mine" in said(capsys, "list", code=0).out


def test_what_is_wrong_is_told_with_its_place(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    path = home.rules / "mine.yml"
    assert told(capsys, "check", code=0) == []
    path.write_text(MINE.replace("http.request.method", "http.method"), "utf-8")
    (finding,) = told(capsys, "check", str(path), code=1)
    assert (finding["file"], finding["line"], finding["code"]) == (str(path), 6, "rule-test")
    assert f"{path}:6:" in said(capsys, "check", str(home.rules), code=1).out
    assert "mine.yml:6:" in said(capsys, "list", code=1).err


def test_files_of_one_name_are_told_apart(home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [tmp_path / folder / "same.yml" for folder in "ba"]
    for path in paths:
        path.parent.mkdir()
    broken, whole = paths
    broken.write_text(MINE.replace("http.request.method", "http.method"), "utf-8")
    whole.write_text(MINE, "utf-8")
    for order in (paths, paths[::-1]):
        (finding,) = told(capsys, "check", *map(str, order), code=1)
        assert (finding["file"], finding["code"]) == (str(broken), "rule-test")
    broken.write_text(MINE, "utf-8")
    found = told(capsys, "check", *map(str, paths), code=1)
    assert {finding["file"] for finding in found} == {str(whole)}, "the later one repeats the earlier"


def test_what_is_wrong_with_examples_is_told_with_its_place(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    path = home.rules / "mine.examples.yml"
    for old, new, line, message in (
        ("known_gap: []", "", 1, "each once"),
        ("caller: li, with: {http.request.method: GET}", "shown: 3", 7, "`caller` is a text"),
        ("caller: li, with: {http.request.method: GET}", "caller: li, with: {a.b: c}", 7, "`a.b` is no field"),
        ("caller: li, with: {http.request.method: GET}", "caller: li, count: many", 7, "`count` is a whole number"),
        ("caller: li, with: {http.request.method: GET}", "caller: li, phase: late", 7, "`phase` is one of whole,"),
        ("caller: li, with: {http.request.method: GET}", "caller: li, cuont: 3", 7, "`cuont` is no key"),
        ("caller: li, with: {http.request.method: GET}", "caller: li, count: 30000", 7, "from 1 to 20000"),
        (GET, "{caller: li, count: 15000}, {caller: wang, count: 15000}", 7, "at most 20000 events"),
        (GET, "{caller: li, start: 1000000000000000000}", 7, "`start` is a whole number from 0 to 31536000"),
        (GET, "{caller: li, every: 100000000000000}", 7, "`every` is a whole number from 0 to 31536000"),
        (GET, "{caller: li, every: 31536000, count: 3}", 7, "within 365 days"),
        (GET, "{caller: li, people: 0}", 7, "`people` is a whole number from 1 to"),
        (GET, "{caller: li, windows: 0}", 7, "`windows` is a whole number from 1 to"),
        (GET, "{caller: li, shown: 300000000}", 7, "`shown` is a whole number from 0 to 1000000"),
        (GET, "{caller: li, shown: 1000000}, {caller: li, shown: 1000000}", 7, "show at most 1000000 people"),
        (GET, "{caller: li, values: 99999999999999999999}", 7, "`values` is a whole number from 0 to"),
        (GET, "{caller: li, values: 3, with: {yingbi.fields.rule: a}}", 7, "no event can be made of it"),
        (GET, "{caller: li, with: {event.duration: 99999999999999999999}}", 7, "no index takes such an event"),
        ("alerts: [{user.id: li,", "alerts: [{user.id: [li],", 4, "a text or a whole number"),
        ("known_gap: []", "known_gap: null", 8, "`known_gap` is a list of examples"),
        ("known_gap: []", "known_gap: x", 8, "`known_gap` is a list of examples"),
        ("    alerts: [{user.id: li, event_count: 1, subject_count: 1}]\n", "", 2, "an example of `fires` has"),
    ):
        assert old in EXAMPLES
        path.write_text(EXAMPLES.replace(old, new), "utf-8")
        (finding,) = told(capsys, "check", str(home.rules), code=1)
        assert (finding["file"], finding["line"]) == (str(path), line)
        assert message in finding["message"]


def test_a_rule_is_run_over_the_index(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    index(home)
    found = told(capsys, "run", "many_subjects", "--since", "1d", code=1)
    assert (found["rule"], found["index"]) == ("many_subjects", "sqlite")
    (finding,) = found["findings"]
    assert (finding["group"], finding["event_count"], finding["subject_count"]) == ({"user.id": "li"}, 2, 400)
    assert len(told(capsys, "run", found["id"], "--since", "3d", code=1)["findings"]) == 2
    assert told(capsys, "run", "many_subjects", "--since", "1d", "--until", "30m", code=0)["findings"] == []
    line = said(capsys, "run", "many_subjects", "--since", "1d", code=1).out
    assert "user.id=li：2 次访问、400 人 / 2 events, 400 subjects" in line
    assert told(capsys, "run", str(home.rules / "mine.yml"), "--since", "9d", code=0)["findings"] == []


def test_a_citizen_is_not_named_by_the_digest(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    index(home, caller=digest(7))
    (finding,) = told(capsys, "run", "many_subjects", "--since", "1d", code=1)["findings"]
    assert finding["group"] == {"user.id": "居民 1 / citizen 1"}
    for command, code in ((["run", "many_subjects", "--since", "1d"], 1), (["test", "many_subjects"], 0)):
        written = said(capsys, *command, code=code)
        assert "user.id=居民 1 / citizen 1：2 次访问" in written.out
        assert digest(7) not in written.out


def test_a_rule_is_tried_before_it_is_live(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    path = home.rules / "mine.yml"
    (tried,) = told(capsys, "test", str(path), code=0)
    assert (tried["examples"], tried["failures"], tried["findings"]) == (2, [], None), "nothing is indexed yet"
    index(home)
    path.write_text(MINE.replace("DELETE", "GET"), "utf-8")
    (tried,) = told(capsys, "test", str(path), "--days", "1", code=1)
    assert [(failure["section"], failure["line"]) for failure in tried["failures"]] == [
        ("fires", 2),
        ("does_not_fire", 6),
    ]
    assert [finding["event_count"] for finding in tried["findings"]] == [2]
    assert f"{home.rules / 'mine.examples.yml'}:2: 一次 / once" in said(capsys, "test", "mine", code=1).out
    assert told(capsys, "test", "mine", "--days", "0", code=1)[0]["findings"] is None


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (("run", "nobody", "--since", "1d"), 2, "there is no rule of that name"),
        (("run", "mine", "--since", "1d"), 3, "the index cannot be asked"),
        (("run", "gone.yml", "--since", "1d"), 3, "cannot read `gone.yml`"),
        (("check", "gone.yml"), 3, "cannot read `gone.yml`"),
    ],
)
def test_what_cannot_be_done_is_told(
    home: Home, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, why: str
) -> None:
    assert why in said(capsys, *arguments, code=code).err
