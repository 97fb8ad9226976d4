"""A draft beside the live program: what it would do is counted as rehearsal counts it, and no answer depends on it."""

import json
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from policies.compiling.folder import compile_folder
from policies.keys.key_files import Signer, Verifier
from policies.rehearsal.changes import Kind
from policies.rehearsal.rehearse import rehearse
from proxy.published import IN_FORCE, SHADOW, NotPublished, publish_programs, read_programs
from tests.effort import examples
from tests.gateway import wait_until
from tests.yingbi.town import Town, drafted, edits, opened, written
from yingbi.cli import main
from yingbi.home import Home
from yingbi.rehearsing.shadow import lines_of_shadow, start_shadow, stop_shadow
from yingbi.rehearsing.shadow_standing import shadow_state
from yingbi.rehearsing.usages import Usages


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with opened(tmp_path_factory.mktemp("town")) as made:
        yield made


def counted(town: Town, since: int) -> dict[str, Any]:
    """What the worker has written down, once it has compared all of the traffic."""
    home = Home(town.running.home)

    def is_written() -> bool:
        state = shadow_state(home)
        return state.found.exchanges + state.found.failures >= since

    wait_until(is_written, 20)
    return {"found": shadow_state(home).found}


def ready(town: Town) -> None:
    """Wait until the worker has taken the draft: it then compares what it is asked."""
    home = Home(town.running.home)
    wait_until(lambda: bool(town.traffic().events) and shadow_state(home).found.exchanges > 0, 30)


@settings(max_examples=examples(4))
@given(first=edits(), second=edits())
def test_disagreements_are_what_rehearsal_foretells(town: Town, first: dict[str, Any], second: dict[str, Any]) -> None:
    _, after = drafted(town, second)
    live, before = drafted(town, first)
    town.publish(live)
    unwatched = town.traffic()
    home = Home(town.running.home)
    start_shadow(home, town.policies(lambda folder: written(second, folder)))
    ready(town)
    seen = len(town.running.events())
    at_first = shadow_state(home).found
    watched = town.traffic()
    assert watched.shown == unwatched.shown, "an answer depended on the draft"
    wait_until(lambda: shadow_state(home).found.exchanges >= at_first.exchanges + len(watched.events), 30)
    found = shadow_state(home).found
    assert found.failures == 0
    usages = Usages((*before.values(), *after.values()))
    for event in watched.events:
        usages.add(event)
    foretold = {
        (each.kind, each.operation, each.about, each.before.transform, each.after.transform): each.times
        for each in rehearse(before, after, usages, datetime.now(UTC))
        if each.times and each.kind in (Kind.SHOWN, Kind.MASKED) and each.values
    }
    told = {(row.kind, row.operation, row.about, row.before, row.after) for row in found.counts}
    assert foretold.keys() <= told, foretold.keys() - told
    assert seen
    stop_shadow(home)


def test_a_draft_is_never_taken_for_a_program(town: Town) -> None:
    home = Home(town.running.home)
    signer = Signer(home.root / "keys" / "program.key")
    verifier = Verifier(signer.public_bytes)
    programs = compile_folder(town.policies(lambda _: None))
    publish_programs(home.root / "other", programs, 1, signer, SHADOW)
    (home.root / "other" / "shadow").rename(home.root / "other" / "programs")
    with pytest.raises(NotPublished):
        read_programs(home.root / "other", verifier, {}, 0)
    publish_programs(home.root / "another", programs, 1, signer, IN_FORCE)
    (home.root / "another" / "programs").rename(home.root / "another" / "shadow")
    with pytest.raises(NotPublished):
        read_programs(home.root / "another", verifier, {}, 0, SHADOW)
    current = (home.root / "other" / "programs" / "current.json").read_bytes()
    publish_programs(home.root / "third", programs, 1, signer)
    for file in (home.root / "other" / "programs").glob("*.json"):
        if file.name != "current.json":
            (home.root / "third" / "programs" / file.name).write_bytes(file.read_bytes())
    with pytest.raises(NotPublished):
        read_programs(home.root / "third", verifier, {}, 0)
    assert current


def test_the_command_starts_tells_and_stops(
    town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YINGBI_HOME", str(town.running.home))
    town.publish(town.policies(lambda _: None))

    def loosen(folder: Path) -> None:
        grants = folder / "grants.yaml"
        grants.write_text(
            grants.read_text("utf-8").replace("free_text: scan", "free_text: scan\n      mobile: show"), "utf-8"
        )

    assert main(["policy", "shadow", str(town.policies(loosen))]) == 0
    assert "no answer depends on it" in capsys.readouterr().out
    ready(town)
    assert main(["policy", "shadow", "--status"]) == 0
    said = capsys.readouterr().out
    assert "会多显示 / more would be shown" in said
    assert "person.mobile (mobile): keep 3..4 → show [grants.yaml:2]" in said
    assert main(["policy", "shadow", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {"kind", "about", "before", "after", "answers", "values"} <= set(found["disagreements"][0])
    assert main(["policy", "shadow", "--stop"]) == 0
    assert main(["policy", "shadow"]) == 0
    assert "没有草案在旁路运行" in capsys.readouterr().out
    assert main(["policy", "shadow", "--stop", "--status"]) == 2


def test_what_was_counted_survives_a_restart(tmp_path: Path) -> None:
    with opened(tmp_path / "town") as town:
        home = Home(town.running.home)

        def hide(folder: Path) -> None:
            catalogue = folder / "catalogue.yaml"
            catalogue.write_text(
                catalogue.read_text("utf-8").replace("mask: {keep: {first: 3, last: 4}}", "mask: redact"), "utf-8"
            )

        start_shadow(home, town.policies(hide))
        ready(town)
        (worker,) = town.running.workers
        worker.send_signal(signal.SIGTERM)
        worker.wait(60)
        before = shadow_state(home).found
        assert before.counts
        (home.disagreements / "worker-1").write_bytes((home.disagreements / "worker-0").read_bytes()[:-3] + b"xxx")
        assert shadow_state(home).found.exchanges == before.exchanges, "what was altered does not count"
        assert any("会少显示" in line for line in lines_of_shadow(shadow_state(home)))


def test_a_draft_that_fails_costs_no_answer(town: Town, tmp_path: Path) -> None:
    home = Home(town.running.home)
    town.publish(town.policies(lambda _: None))
    unwatched = town.traffic()
    start_shadow(home, town.policies(lambda _: None))
    for path in (home.published / "shadow").glob("*.json"):
        path.write_bytes(b"{")
    watched = town.traffic()
    assert watched.shown == unwatched.shown
    assert [event.verdict for event in watched.events] == [event.verdict for event in unwatched.events]
    stop_shadow(home)
