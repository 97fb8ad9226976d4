"""Rehearsals for the pages of drafts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from policies.snapshot import read_folder
from tests.gateway import wait_until
from tests.yingbi.town import Town, opened
from yingbi.home import Home
from yingbi.rehearsing.rehearsals import NOT_DONE, UNDER_WAY, Rehearsals, sentences_of


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with opened(tmp_path_factory.mktemp("town")) as made:
        made.traffic()
        yield made


def loosen(folder: Path) -> None:
    grants = folder / "grants.yaml"
    grants.write_text(
        grants.read_text("utf-8").replace("free_text: scan", "free_text: scan\n      mobile: show"), "utf-8"
    )


def told(rehearsals: Rehearsals, content: str) -> list[str]:
    assert rehearsals.of(content) == (UNDER_WAY,), "a page never waits"
    wait_until(lambda: rehearsals.of(content) != (UNDER_WAY,), 60)
    return [line.zh for line in rehearsals.of(content)]


def test_a_draft_is_rehearsed_once_and_beside(town: Town) -> None:
    snapshot = read_folder(town.policies(loosen))
    asked: list[str] = []
    rehearsals = Rehearsals(Home(town.running.home), lambda content: asked.append(content) or snapshot)  # type: ignore[func-returns-value]
    said = told(rehearsals, snapshot.digest)
    assert any(line.startswith("会多显示：") for line in said)
    assert any("person.mobile：keep 3..4 → show" in line for line in said)
    assert told_again(rehearsals, snapshot.digest) == said
    assert asked == [snapshot.digest]
    town.publish(town.policies(loosen))
    assert told(rehearsals, snapshot.digest)[-1] == "什么都不会变", "what is in force has changed since"


def told_again(rehearsals: Rehearsals, content: str) -> list[str]:
    return [line.zh for line in rehearsals.of(content)]


def test_a_draft_that_cannot_be_rehearsed_is_said_to_be(town: Town) -> None:
    def broken(folder: Path) -> None:
        (folder / "grants.yaml").write_text("grants: 5\n")

    snapshot = read_folder(town.policies(broken))
    assert told(Rehearsals(Home(town.running.home), lambda _: snapshot), snapshot.digest) == [NOT_DONE.zh]


def _difference(**changes: Any) -> dict[str, Any]:
    side = {"transform": "redact", "form": "none", "rule": "", "grant": None}
    return {
        "kind": "newly-shown",
        "system": "people",
        "operation": "GET /people",
        "about": "person.mobile",
        "before": side,
        "after": {**side, "transform": "show"},
        "staff": [],
        "citizens": 0,
        "times": 0,
        **changes,
    }


def _sentence(**changes: Any) -> str:
    found = {"since": "2026-11-18T", "until": "2026-11-25T", "answers": 9, "differences": [_difference(**changes)]}
    first, second, last = [line.zh for line in sentences_of(found)]
    assert first == "对照 2026-11-18 – 2026-11-25 的 9 次答复"
    assert second.endswith("：1 处")
    return last


def test_citizens_are_counted() -> None:
    told = _sentence(staff=["li"], citizens=4, times=1200)
    assert told == "people GET /people：person.mobile：redact → show；5 人用过 1,200 次"


def test_what_nobody_used_and_what_cannot_be_counted_is_said() -> None:
    assert _sentence() == "people GET /people：person.mobile：redact → show；这段时间没有人用过"
    asked = _sentence(kind="newly-askable", about="mobile", before={"transform": "refuse"}, after={"transform": "ask"})
    assert asked == "people GET /people：mobile：拒绝 → 可以查询；记录中没有参数，说不出用过几次"
    answered = _sentence(
        kind="newly-withheld", about="", before={"transform": "answer"}, after={"transform": "operation_not_declared"}
    )
    assert answered.startswith("people GET /people：整个操作：答复 → 拒绝（该操作未在")
    declared = _sentence(
        kind="declared-otherwise",
        operation="",
        about="grant clerks",
        before={"transform": "posts: clerk"},
        after={"transform": "posts: (clerk, temp)"},
    )
    assert declared == "people：授权 clerks：posts: clerk → posts: (clerk, temp)；请对照本页的差别"
