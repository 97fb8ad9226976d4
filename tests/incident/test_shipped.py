"""The playbooks that we ship: each way of each is gone, and each comes to its end whenever the process dies."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from incident.action import OWN_AGENT
from incident.audience import SHIPPED as TEMPLATES
from incident.audience import templates_in
from incident.command import Question
from incident.dry_run import dry_run
from incident.duty.duties import load_duties
from incident.expression import Expression
from incident.facts.run import Ending
from incident.graph import SHIPPED, leading, load_playbooks
from incident.ids import NotPermitted, StepId
from incident.incident import Case
from incident.journal import Entry, verify
from incident.playbook import Playbook, StepKind, read_playbook
from incident.state import State
from incident.store import CaseStore
from tests.effort import TIMES
from tests.incident.mortal import CASE, WHO, asked_for, walk_on
from tests.incident.office import CHEN, Office, alert, new_database
from tests.incident.test_graph import KINDS, PARTS

BOOKS = load_playbooks()
GIVEN = {
    "__caller__": "clerk-wang",
    "__system__": "register",
    "__credential__": "key:7",
    "__grade__": "ordinary",
    "__persons__": "20",
}


def choices(book: Playbook) -> Iterator[dict[str, str]]:
    """Values of variables that let each choice of *book* be made in each way."""
    yield {}
    for step in book.steps.values():
        variables: dict[str, set[str]] = {}
        if step.kind in (StepKind.IF, StepKind.WHILE):
            condition = Expression(step.condition)
            variables = {name: condition.literals | {"another"} for name in condition.variables}
            yield dict.fromkeys(variables, "")
        elif step.kind is StepKind.SWITCH:
            variables = {step.switch.removesuffix(":value"): {*step.cases}}
        yield from ({name: value} for name, values in variables.items() for value in sorted(values))


@pytest.mark.parametrize("name", sorted(BOOKS))
def test_each_way_is_gone(name: str) -> None:
    book, others = BOOKS[name], BOOKS.values()
    declared = {each for other in others for each in other.variables}
    given = {each: value for each, value in GIVEN.items() if each in declared}
    loops = {
        each
        for step in book.steps.values()
        if step.kind is StepKind.WHILE
        for each in Expression(step.condition).variables
    }
    gone = set[StepId]()
    for choice in choices(book):
        if loops & choice.keys():
            continue  # a round is gone, and the loop is left, where nobody tells the outcome
        way = dry_run(book, others, variables={**given, **choice})
        assert way.ended is Ending.SUCCEEDED, choice
        gone |= {step.step for step in way.steps if step.playbook == book.id}
    for step in book.steps.values():
        if step.on_failure and step.kind is StepKind.ACTION:
            way = dry_run(book, others, variables=given, failing=[step.id])
            assert way.ended is Ending.SUCCEEDED, f"where `{step.name}` fails"
            gone |= {taken.step for taken in way.steps if taken.playbook == book.id}
    assert {book.steps[each].name for each in book.steps.keys() - gone} == set()


@pytest.mark.parametrize("name", sorted(KINDS))
def test_each_does_all_that_a_leak_asks_for(name: str) -> None:
    """Contain, preserve, count, grade, tell the authorities, the persons and the public, lift, review."""
    known = {book.id: book for book in BOOKS.values()}
    called, todo = set[str](), [BOOKS[name]]
    texts: list[str] = []
    while todo:
        book = todo.pop()
        called.add(book.id)
        texts.append(book.source)
        todo += [known[step.playbook] for step in book.steps.values() if step.playbook and step.playbook not in called]
    said = "".join(texts)
    for word in ("/contain HTTP", "/reassess HTTP", "/start-duties HTTP", "/redraft HTTP", "/ask-approval HTTP"):
        assert word in said
    for word in ("保全", "向主管部门报告", "告知个人", "解除控制", "复盘"):
        assert word in said


@pytest.mark.parametrize("name", sorted(KINDS | PARTS))
def test_what_a_playbook_says_of_itself_is_so(name: str) -> None:
    raw: dict[str, Any] = json.loads(BOOKS[name].source)
    kinds = {step["type"] for step in raw["workflow"].values()}
    summary = raw["playbook_processing_summary"]
    assert summary["external_playbooks"] is ("playbook-action" in kinds)
    assert summary["parallel_processing"] is ("parallel" in kinds)
    assert summary["if_logic"] is ("if-condition" in kinds)
    assert summary["while_logic"] is ("while-condition" in kinds)
    assert summary["switch_logic"] is ("switch-condition" in kinds)
    template = raw["playbook_variables"].get("__template__", {}).get("value")
    assert template is None or (TEMPLATES / f"{template}.zh.j2").exists()


def test_each_kind_is_told_of_by_the_template_of_its_own(office: Office) -> None:
    """Ten kinds of leak and ten templates: none is told of in the words of another, and no template lies idle."""
    told = {
        name: office.cases.template_of(office.cases.open_by_hand("群众反映信息泄露", "high", CHEN, "", book=name))
        for name in sorted(KINDS)
    }
    assert sorted(told.values()) == list(templates_in(TEMPLATES))
    own = ("stolen-credential", "leaking-integration", "lost-terminal", "outside-report", "canary-record")
    assert {name: told[name] for name in own} == {name: name for name in own}
    assert (told["page-scraped"], told["extortion-sample"]) == ("page-scraping", "extortion")
    assert (told["chat-assistant-leaked"], told["licence-documents-leaked"]) == (
        "chat-assistant",
        "e-licence-documents",
    )


def test_no_two_calls_of_a_playbook_have_one_idempotency_key() -> None:
    for name, book in BOOKS.items():
        calls = [command for step in book.steps.values() if step.agent == OWN_AGENT for command in step.commands]
        keys = [command.headers["Idempotency-Key"] for command in calls]
        assert len(set(keys)) == len(keys), name
        assert all(key[0].startswith("__case__:value.") for key in keys)


def test_a_person_lets_each_lead_a_case_without_an_alert(office: Office) -> None:
    """Nobody knows then whom to block or count: people are asked, and it comes to its end."""
    assert leading(BOOKS).keys() == KINDS
    case = office.cases.open_by_hand("群众反映信息泄露", "high", CHEN, "", book="outside-report", once="1")
    assert office.cases.open_by_hand("群众反映信息泄露", "high", CHEN, "", book="outside-report", once="1") == case
    assert office.cases.template_of(case) == "outside-report", "what its playbook hands to the part that drafts"
    done = office.do_the_rest(case)
    assert not [asked for asked in done.questions if asked.question is Question.RESCUE]
    assert done.notice.draft is not None
    with pytest.raises(NotPermitted, match="there is no such playbook"):
        office.cases.open_by_hand("群众反映信息泄露", "high", CHEN, "", book="nothing")


def test_each_playbook_that_a_rule_names_is_there() -> None:
    """The rules' own loading does not know which playbooks there are."""
    rules = SHIPPED.parents[1] / "siem" / "rules"
    lines = [line.split() for path in rules.glob("*.yml") for line in path.read_text("utf-8").splitlines()]
    assert {line[1] for line in lines if line[:1] == ["respond:"]} <= KINDS


EVERY = 3
READ, DUTIES = cache(read_playbook), cache(load_duties)
"""What each life would read anew, though no file changes: it would be most of its time."""


class Died(Exception):
    """The process is no more."""


class Dying(CaseStore):
    """A journal whose process dies right after each write, or each of so many."""

    every, written = 1, 0

    def open(self, *told: Any, **more: Any) -> None:
        super().open(*told, **more)
        self._die()

    def append(self, *told: Any, **more: Any) -> None:
        super().append(*told, **more)
        self._die()

    def _die(self) -> None:
        type(self).written += 1
        if self.written % self.every == 0:
            raise Died


def kinds(entries: tuple[Entry, ...]) -> Counter[str]:
    return Counter(type(entry.fact).__name__ for entry in entries)


def an_office(folder: Path) -> Office:
    folder.mkdir()
    office = Office(folder=folder, engine=new_database(folder))
    office.record()
    return office


def whole(office: Office, name: str) -> Case:
    office.cases.open_or_join(alert(respond=name, group=WHO))
    return walk_on(office)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_process_that_dies_after_each_write_comes_to_the_same_end(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = an_office(tmp_path / "whole")
    expected = whole(one, name)
    assert expected.run_ended is Ending.SUCCEEDED
    assert expected.state is State.CONTAINED
    office, lives = an_office(tmp_path / "dying"), 0
    # Most writes are those of parts that all share: each is died at in one playbook or another, and in a proof in all.
    monkeypatch.setattr(Dying, "every", EVERY if TIMES == 1 else 1)
    monkeypatch.setattr(Dying, "written", sorted(KINDS).index(name) % EVERY)
    monkeypatch.setattr("tests.incident.office.CaseStore", Dying)
    monkeypatch.setattr("tests.incident.office.load_duties", DUTIES)
    monkeypatch.setattr("incident.engine.read_playbook", READ)
    case: Case | None = None
    while case is None:
        office.restart()
        lives += 1
        assert lives < 300, "it gets nowhere"
        with suppress(Died):
            case = whole(office, name)
    assert lives > 10
    verify(case.entries)
    assert kinds(case.entries) == kinds(expected.entries)
    assert asked_for(case) == asked_for(expected)
    assert {key: issued.attempts for key, issued in case.commands.items()} == dict.fromkeys(case.commands, 1)
    assert len(office.overlay) == len(one.overlay)
    assert not any(asked.question is Question.RESCUE for asked in case.questions)
    for each in (one, office):
        each.events.close()
        each.engine.dispose()
    assert case.id == CASE


MEASURES = {
    "stolen-credential": {"revoke_sessions", "raise_logging"},
    "lost-terminal": {"revoke_sessions"},
    "licence-documents-leaked": {"quarantine_exports", "raise_logging"},
    "leaking-integration": {"quarantine_exports", "raise_logging"},
    "page-scraped": {"raise_logging"},
    "extortion-sample": {"raise_logging", "plant_canaries"},
}


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_what_an_experienced_responder_does_besides_is_done(office: Office, name: str) -> None:
    office.record()
    office.cases.open_or_join(alert(respond=name, group=WHO))
    walk_on(office)
    taken = [entry.kind.value for entry in (*office.overlay.values(), *office.preserved.values())]
    assert Counter(taken).items() >= Counter({*MEASURES[name], "preserve_evidence"}).items()
    about = {entry.target or entry.system for entry in office.overlay.values() if entry.kind.value in MEASURES[name]}
    assert about <= {WHO["user.id"], WHO["service.name"]}
