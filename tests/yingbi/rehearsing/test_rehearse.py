"""What rehearsal foretells is what happens: the same traffic under one policy and under another."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from policies.compiling.folder import compile_folder
from policies.rehearsal.changes import Kind
from policies.rehearsal.rehearse import LOOSER, Difference, rehearse
from siem.record.event import Verdict
from tests.effort import examples
from tests.gateway import GOOD
from tests.yingbi.town import BODIES, Run, Town, drafted, edits, opened, written
from yingbi.cli import main
from yingbi.rehearsing.usages import Usages


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with opened(tmp_path_factory.mktemp("town")) as made:
        yield made


@settings(max_examples=examples(40))
@given(first=edits(), second=edits())
def test_what_rehearsal_foretells_is_what_happens(town: Town, first: dict[str, Any], second: dict[str, Any]) -> None:
    _, after = drafted(town, second)
    draft, before = drafted(town, first)
    town.publish(draft)
    was = town.traffic()
    usages = Usages((*before.values(), *after.values()))
    for event in was.events:
        usages.add(event)
    foretold = rehearse(before, after, usages, datetime.now(UTC))
    town.publish(town.policies(lambda folder: written(second, folder)))
    now = town.traffic()
    agree(was, now, foretold)


def agree(was: Run, now: Run, foretold: list[Difference]) -> None:
    """Fail unless what was *foretold* is the difference between the two runs."""
    for event, then in zip(was.events, now.events, strict=True):
        assert event.caller == then.caller
        concerned = [each for each in foretold if event.caller in each.staff and each.times]
        about = [each for each in concerned if each.operation in (event.operation, then.operation)]
        kinds = {each.kind for each in about}
        if (event.verdict, then.verdict) == (Verdict.FORWARD, Verdict.WITHHOLD):
            assert Kind.WITHHELD in kinds, (event, then)
        elif (event.verdict, then.verdict) == (Verdict.FORWARD, Verdict.FORWARD):
            before = {use.name: use.transform for use in event.fields}
            after = {use.name: use.transform for use in then.fields}
            changed = {
                (each.before.transform, each.after.transform)
                for each in about
                if each.kind in (Kind.SHOWN, Kind.MASKED) and each.about
            }
            for name in before.keys() & after.keys():
                assert before[name] == after[name] or (before[name], after[name]) in changed, (name, event, then)
    refused = {event.caller for event in was.events if event.reason == "operation_not_declared"}
    for (caller, target), values in now.shown.items():
        if more := values - was.shown[caller, target]:
            # Of a request for what was not declared, no record says which operation it would be.
            used = any(each.kind in LOOSER and caller in each.staff for each in foretold)
            unknown = caller in refused and any(each.kind is Kind.ANSWERED and not each.times for each in foretold)
            assert used or unknown, (caller, target, more)


def test_every_change_of_a_field_that_was_used_is_counted(town: Town) -> None:
    def edit(folder: Path) -> None:
        catalogue = folder / "catalogue.yaml"
        catalogue.write_text(catalogue.read_text("utf-8").replace("keep: {last: 4}", "keep: {last: 6}"), "utf-8")

    town.publish(town.policies(lambda _: None))
    before = compile_folder(town.running.home / "policies")
    usages = Usages(tuple(before.values()))
    for event in town.traffic().events:
        usages.add(event)
    (difference,) = rehearse(before, compile_folder(town.policies(edit)), usages, datetime.now(UTC))[:1]
    assert (difference.kind, difference.about, difference.category) == (Kind.SHOWN, "person.id_no", "resident_id")
    assert (difference.before.transform, difference.after.transform) == ("keep 0..4", "keep 0..6")
    assert difference.staff == {"", "window-7"}
    assert difference.times == difference.values


@pytest.fixture
def home(town: Town, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("YINGBI_HOME", str(town.running.home))
    return town.running.home


def test_the_command_says_it_in_words_and_ends_with_1(
    town: Town, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town.publish(town.policies(lambda _: None))
    town.traffic()
    draft = town.policies(loosen)
    assert main(["policy", "rehearse", str(draft)]) == 1
    said = capsys.readouterr().out
    assert "会多显示 / more would be shown" in said
    assert "person.mobile (mobile): keep 3..4 [systems/people.yaml:21] → show" in said
    assert "window-7" in said
    assert main(["policy", "rehearse", str(draft), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["is_looser"] is True
    assert {"kind", "operation", "about", "before", "after", "who", "staff", "citizens", "times", "values"} <= set(
        found["differences"][0]
    )


def loosen(folder: Path) -> None:
    grants = folder / "grants.yaml"
    grants.write_text(
        grants.read_text("utf-8").replace("free_text: scan", "free_text: scan\n      mobile: show"), "utf-8"
    )


def test_the_other_way_round_nothing_is_shown_and_the_command_ends_with_0(
    town: Town, home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    loose = tmp_path / "loose"
    shutil.copytree(town.policies(loosen), loose)
    draft = town.policies(lambda _: None)
    assert main(["policy", "rehearse", str(draft), "--policy", str(loose)]) == 0
    assert "会少显示 / less would be shown" in capsys.readouterr().out
    assert main(["policy", "rehearse", str(draft), "--policy", str(draft)]) == 0
    assert "什么都不会变 / nothing would change" in capsys.readouterr().out


def test_samples_run_through_both(town: Town, home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    clerk = {"id": "w", "posts": ["clerk"], "purposes": ["case-handling"]}
    listed = [
        {"body": "list.json", "system": "people", "operation": "GET /people", "caller": clerk},
        {"body": "list.json", "system": "people", "operation": "GET /people"},
    ]
    (tmp_path / "list.json").write_text(BODIES["json"][0], "utf-8")
    (tmp_path / "samples.json").write_text(json.dumps(listed), "utf-8")
    strict, loose = tmp_path / "strict", tmp_path / "loose"
    shutil.copytree(town.policies(lambda _: None), strict)
    shutil.copytree(town.policies(loosen), loose)
    arguments = ["policy", "rehearse", str(loose), "--policy", str(strict), "--sample", str(tmp_path), "--json"]
    assert main(arguments) == 1
    first, second = json.loads(capsys.readouterr().out)["samples"]
    assert [(each["about"], each["values"]) for each in first["differences"]] == [
        ("home.phone", 1),
        ("person.mobile", 1),
    ]
    assert (second["differences"], second["is_same"]) == ([], True)
    (tmp_path / "samples.json").write_text('{"body": 1}', "utf-8")
    assert main(arguments) == 2


def test_what_cannot_be_rehearsed_is_said(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["policy", "rehearse", str(tmp_path)]) == 1
    assert "策略有误" in capsys.readouterr().err
    monkeypatch.setenv("YINGBI_HOME", str(tmp_path / "new"))
    assert main(["policy", "rehearse", str(GOOD)]) == 3
    assert main(["policy", "rehearse", str(tmp_path / "none")]) == 3
    with pytest.raises(SystemExit):
        main(["policy", "rehearse", str(GOOD), "--days", "0"])
