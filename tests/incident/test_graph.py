from pathlib import Path
from typing import Any

import pytest

from incident.action import OWN_AGENT
from incident.graph import SHIPPED, check, load_playbooks, read_playbooks
from incident.playbook import read_playbook
from incident.reading import PlaybookError
from tests.incident.books import book, identify, manual, own, raw_book, step_id, text_of

KINDS = {
    "bulk-retrieval",
    "canary-record",
    "chat-assistant-leaked",
    "extortion-sample",
    "leaking-integration",
    "licence-documents-leaked",
    "lost-terminal",
    "outside-report",
    "page-scraped",
    "stolen-credential",
}
PARTS = {"contain-source", "contain-system", "grade-and-report", "lift-and-review", "preserve-evidence"}
LINE: dict[str, Any] = {"start": {"then": "do"}, "do": manual(ok="end"), "end": {}}
SPLIT: dict[str, Any] = {
    "start": {"then": "all"},
    "all": {"branches": ["one", "two"], "ok": "end"},
    "one": manual(ok="end-1"),
    "end_1": {},
    "two": manual(ok="end-2"),
    "end_2": {},
    "end": {},
}
CHOICE: dict[str, Any] = {
    "start": {"then": "if"},
    "if": {"condition": "__case__:value = 'x'", "yes": "one", "no": "two", "ok": "end"},
    "one": manual(ok="end-1"),
    "end_1": {},
    "two": manual(ok="end-2"),
    "end_2": {},
    "end": {},
}


ROUND: dict[str, Any] = {
    "start": {"then": "while"},
    "while": {"condition": "__case__:value != 'x'", "yes": "one", "ok": "end"},
    "one": manual(ok="end", out_args=["__case__"]),
    "end": {},
}
SWITCH: dict[str, Any] = {
    "start": {"then": "switch"},
    "switch": {"switch": "__case__:value", "cases": {"a": "one", "default": "two"}},
    "one": manual(ok="end"),
    "two": manual(ok="end"),
    "end": {},
}


@pytest.mark.parametrize(
    "told", [LINE, SPLIT, CHOICE, ROUND, SWITCH], ids=["line", "parallel", "if", "while", "switch"]
)
def test_what_holds_together(told: dict[str, Any]) -> None:
    assert book(**told).steps


WEEK = own("containment/block-caller", {"caller": "x", "hours": 168}, ok="end")
UNDECLARED = {**CHOICE["if"], "condition": "__y__:value = 1"}
BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("step not there", {**LINE, "do": manual(ok="other")}, "no-such-step", "do"),
    ("branch not there", {**SPLIT, "all": {"branches": ["one", "three"], "ok": "end"}}, "no-such-step", "all"),
    ("unreachable", {**LINE, "lost": manual(ok="end")}, "unreachable", "lost"),
    ("leads nowhere", {**LINE, "do": manual()}, "no-way-on", "do"),
    ("only a way for failure", {**LINE, "do": manual(failed="end")}, "no-way-on", "do"),
    ("start leads nowhere", {**LINE, "start": {}}, "no-way-on", "start"),
    ("loop", {**LINE, "do": manual(ok="again"), "again": manual(ok="do", failed="end")}, "endless", "do"),
    ("loop through a branch", {**SPLIT, "one": manual(ok="all")}, "endless", "all"),
    ("the same branch twice", {**SPLIT, "all": {"branches": ["one", "one"], "ok": "end"}}, "no-branches", "all"),
    ("branches that share", {**SPLIT, "two": manual(ok="one")}, "shared-branch", "all"),
    ("branch that leaves", {**SPLIT, "all": {**SPLIT["all"], "ok": "one"}}, "shared-branch", "all"),
    ("cases that share", {**SWITCH, "two": manual(ok="one")}, "shared-branch", "switch"),
    ("case not there", {**SWITCH, "switch": {**SWITCH["switch"], "cases": {"a": "no"}}}, "no-such-step", "switch"),
    ("switch over a text", {**SWITCH, "switch": {**SWITCH["switch"], "switch": "case"}}, "bad-condition", "switch"),
    (
        "undeclared in a switch",
        {**SWITCH, "switch": {**SWITCH["switch"], "switch": "__y__:value"}},
        "undeclared",
        "switch",
    ),
    ("loop that changes nothing", {**ROUND, "one": manual(ok="end")}, "endless", "while"),
    ("loop in a loop", {**ROUND, "one": manual(ok="while", out_args=["__case__"])}, "endless", "while"),
    ("both ways", {**LINE, "do": manual(then="end", ok="end")}, "two-ways", "do"),
    ("after the end", {**LINE, "end": {"then": "do"}}, "after-the-end", "end"),
    ("bad condition", {**CHOICE, "if": {**CHOICE["if"], "condition": "maybe"}}, "bad-condition", "if"),
    ("undeclared in a command", {**LINE, "do": manual("call __who__:value", ok="end")}, "undeclared", "do"),
    (
        "undeclared in a condition",
        {**CHOICE, "if": UNDECLARED},
        "undeclared",
        "if",
    ),
    ("undeclared output", {**LINE, "do": manual(ok="end", out_args=["__y__"])}, "undeclared", "do"),
    ("timeout of a branch", {**SPLIT, "all": {**SPLIT["all"], "timeout": 5}}, "timeout", "all"),
    ("delay of an end", {**LINE, "end": {"delay": 5}}, "delay", "end"),
    ("unknown call", {**LINE, "do": own("dance", {}, ok="end")}, "bad-call", "do"),
    (
        "a week's block",
        {**LINE, "do": WEEK},
        "bad-call",
        "do",
    ),
    ("agent not there", {**LINE, "do": {**manual(ok="end"), "agent": identify("group", "x")}}, "no-such-agent", "do"),
    ("target not there", {**LINE, "do": manual(ok="end", targets=[identify("group", "x")])}, "no-such-agent", "do"),
]


@pytest.mark.parametrize(("told", "code", "step"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_what_does_not_is_found_at_its_step(told: dict[str, Any], code: str, step: str) -> None:
    text = text_of(raw_book(**told))
    read, findings = read_playbook(text, "x.json")
    assert read is not None
    assert findings == ()
    found = [finding for finding in check(read, "x.json") if finding.code == code]
    assert found, check(read, "x.json")
    assert any(str(step_id(step)) in text.splitlines()[finding.line - 1] for finding in found)


def test_a_constant_is_not_changed() -> None:
    raw = raw_book(
        **{**LINE, "do": manual(ok="end", out_args=["__c__"])},
        variables={"__c__": {"type": "s", "value": "1", "constant": True}},
    )
    read, _ = read_playbook(text_of(raw), "x.json")
    assert read is not None
    assert [finding.code for finding in check(read, "x.json")] == ["constant"]


def test_variables_in_agents_count() -> None:
    raw = raw_book(**{**LINE, "do": own("containment/stop-system", {"system": "hall"}, ok="end")})
    raw["agent_definitions"][OWN_AGENT]["address"] = {"dname": ["__host__:value"]}
    read, _ = read_playbook(text_of(raw), "x.json")
    assert read is not None
    assert [finding.code for finding in check(read, "x.json")] == ["undeclared"]


def test_the_exception_step_counts_as_reached() -> None:
    assert book(**LINE, sorry=manual(ok="end-2"), end_2={}, exception="sorry").exception == step_id("sorry")
    raw = raw_book(**LINE, exception="sorry")
    read, _ = read_playbook(text_of(raw), "x.json")
    assert read is not None
    assert [finding.code for finding in check(read, "x.json")] == ["no-such-step"]


def write(folder: Path, **books: dict[str, Any]) -> None:
    for name, raw in books.items():
        (folder / f"{name}.json").write_text(text_of(raw), "utf-8")


def calling(name: str, other: str) -> dict[str, Any]:
    return raw_book(name, start={"then": "call"}, call={"calls": other, "ok": "end"}, end={})


def test_playbooks_call_one_another(tmp_path: Path) -> None:
    write(tmp_path, main=calling("main", "sub"), sub=raw_book("sub", **LINE))
    assert set(load_playbooks(tmp_path)) == {"main", "sub"}


@pytest.mark.parametrize(
    ("books", "code"),
    [
        ({"main": calling("main", "nobody")}, "unknown-playbook"),
        ({"main": calling("main", "main")}, "endless"),
        ({"main": calling("main", "sub"), "sub": calling("sub", "main")}, "endless"),
        ({"one": raw_book("same", **LINE), "two": raw_book("same", **LINE)}, "same-id"),
    ],
    ids=["nobody", "itself", "in a circle", "one id"],
)
def test_calls_that_cannot_be(tmp_path: Path, books: dict[str, dict[str, Any]], code: str) -> None:
    write(tmp_path, **books)
    _, findings = read_playbooks(tmp_path)
    assert code in {finding.code for finding in findings}


def test_all_findings_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    write(
        tmp_path,
        one=raw_book("one", **{**LINE, "do": manual()}),
        two=raw_book("two", **{**LINE, "lost": manual(ok="end")}),
    )
    (tmp_path / "three.json").write_bytes(b"\xff")
    with pytest.raises(PlaybookError, match=r"(?s)one\.json:\d+: .*three\.json:1: .*two\.json:\d+: "):
        load_playbooks(tmp_path)


def test_what_we_ship_is_sound() -> None:
    books, findings = read_playbooks(SHIPPED)
    assert findings == ()
    assert set(books) == KINDS | PARTS
