"""Dry runs: the way that the engine would take, and nothing done."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from incident.dry_run import Way, dry_run
from incident.facts.run import Ending
from incident.graph import load_playbooks
from tests.incident.books import book, manual, own, step_id

CHOICE: dict[str, Any] = {
    "start": {"then": "if"},
    "if": {"condition": "__level__:value = 'high'", "yes": "one", "no": "two", "ok": "after"},
    "one": own("containment/block-caller", {"caller": "__caller__:value"}, ok="end", failed="three"),
    "two": manual("请找 __caller__:value", ok="end"),
    "three": manual(ok="end"),
    "after": manual(ok="end", delay=600_000),
    "end": {},
    "variables": {"__level__": {"type": "string", "value": "low"}, "__caller__": {"type": "string", "external": True}},
}
COUNTED: dict[str, Any] = {
    "start": {"then": "while"},
    "while": {"condition": "__left__:value != '0'", "yes": "one", "ok": "end"},
    "one": manual(ok="end", out_args=["__left__"]),
    "end": {},
    "variables": {"__left__": {"type": "string", "value": "2"}},
}


def names(way: Way) -> list[str]:
    return [step.name for step in way.steps]


def test_what_is_given_decides_the_way() -> None:
    low = dry_run(book(**CHOICE), variables={"__caller__": "window-7"})
    assert names(low) == ["start", "if", "two", "end", "after", "end"]
    high = dry_run(book(**CHOICE), variables={"__level__": "high"})
    assert names(high) == ["start", "if", "one", "end", "after", "end"]
    assert low.ended is high.ended is Ending.SUCCEEDED
    assert low.steps[2].does == "请找 window-7"
    assert [step.depth for step in low.steps] == [0, 0, 1, 1, 0, 0]
    assert low.steps[4].after == timedelta(minutes=10)
    assert low.steps[2].led_by == low.steps[4].led_by == step_id("if")


def test_a_step_that_is_told_to_fails() -> None:
    way = dry_run(book(**CHOICE), variables={"__level__": "high"}, failing=["one"])
    assert names(way) == ["start", "if", "one", "three", "end", "after", "end"]
    assert [step.succeeded for step in way.steps if step.name == "one"] == [False]


def test_a_loop_is_left_after_a_round() -> None:
    way = dry_run(book(**COUNTED))
    assert (names(way).count("one"), way.variables["__left__"], way.ended) == (1, "0", Ending.SUCCEEDED)


def test_a_loop_takes_the_outputs_that_are_given() -> None:
    way = dry_run(book(**COUNTED), variables={"__left__": "1"})
    assert way.ended is Ending.FAILED, "the output never becomes 0"
    assert names(way).count("one") > 10
    assert "循环" in next(step.said for step in way.steps if step.name == "while")


def test_a_playbook_that_is_called() -> None:
    calling = book(start={"then": "call"}, call={"calls": "other", "ok": "end"}, end={})
    other = book("other", start={"then": "do"}, do=manual(ok="end"), end={})
    way = dry_run(calling, [other])
    assert [(step.name, step.depth) for step in way.steps][2:4] == [("start", 1), ("do", 1)]
    assert way.ended is Ending.SUCCEEDED


@pytest.mark.parametrize(("variables", "failing"), [({"__no__": "x"}, ()), ({}, ("no",))])
def test_what_is_not_there_is_told(variables: dict[str, str], failing: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="has no"):
        dry_run(book(**CHOICE), variables=variables, failing=failing)


@pytest.mark.parametrize("name", sorted(load_playbooks()))
@pytest.mark.parametrize("caller", ["window-7", ""])
def test_ours_come_to_their_end(name: str, caller: str) -> None:
    books = load_playbooks()
    way = dry_run(books[name], books.values(), variables={"__caller__": caller})
    assert way.ended is Ending.SUCCEEDED
    assert all(step.succeeded for step in way.steps)


def test_a_long_way_is_not_gone_through_for_each_of_its_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """What follows is looked for in all steps: to look at all of them again for each took minutes for 1,500."""
    monkeypatch.setattr("incident.branches.follower", None)
    names = [f"do-{number}" for number in range(20)]
    chain: dict[str, Any] = {name: manual(ok=after) for name, after in pairwise([*names, "end"])}
    long = book(start={"then": names[0]}, **chain, end={})
    assert len(dry_run(long, [long]).steps) == 22
