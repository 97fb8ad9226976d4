import json
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from siem.canary import LIST_NAME
from siem.detect.alert import AlertStore
from siem.detect.definition import RuleId
from siem.detect.rule_set import rule_files
from siem.index.letters import NOT_OURS
from siem.index.sqlite import SqliteStore
from siem.record.event import Disclosure, PermitNote, PermitState, Phase
from siem.record.log import AccessLog, new_start_id
from tests.siem.events import digest, document, event
from tests.siem.lines import write_start
from yingbi.first_start import make_folders
from yingbi.home import Home
from yingbi.log.dead_letters import hasten, letters_of
from yingbi.metrics.figures import Figures
from yingbi.process.siem import Siem, usable_rules
from yingbi.rules import SHIPPED
from yingbi.settings import Settings, write_settings
from yingbi.told import hear

OPENED: dict[str, Any] = {"id": "prm-0123456789abcdef", "state": PermitState.OPEN, "kind": "break_glass"}
CANARY = (SHIPPED / "canary.yml").read_text("utf-8")
LISTS = {LIST_NAME: frozenset[str]()}
NAMES = {path.name.removesuffix(".yml") for path in rule_files(SHIPPED)}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    make_folders(home)
    return home


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("title: half a rule\n", "own.yml:1"),
        (CANARY.replace("condition: touched", f"condition: {'(' * 50}touched{')' * 50}"), "own.yml:"),
        (f"{CANARY}x: !!bool abc\n", "own.yml:"),
        (None, "own.yml cannot be read"),
    ],
    ids=["half", "deep", "tagged", "a folder"],
)
def test_with_a_broken_rule_of_ones_own_the_shipped_ones_stand_alone(home: Home, text: str | None, at: str) -> None:
    assert usable_rules(home, LISTS)[1] == ""
    home.rules.mkdir()
    if text is None:
        (home.rules / "own.yml").mkdir()
    else:
        (home.rules / "own.yml").write_text(text, "utf-8")
    rules, trouble = usable_rules(home, LISTS)
    assert {rule.name for rule in rules} == NAMES
    assert at in trouble


def test_what_is_logged_is_shipped_and_told(home: Home) -> None:
    log = AccessLog(home.log, new_start_id(datetime.now(UTC)))
    store = SqliteStore(home.events)
    siem = Siem(Settings(home=home.root), store)
    siem.step()
    before = json.loads(home.told("siem").read_bytes())
    assert (before["behind_bytes"], before["trouble"]) == (0, "")
    log.append(event(1))
    siem.step()
    after = json.loads(home.told("siem").read_bytes())
    assert after["behind_bytes"] == 0
    assert after["indexed_until"] > before["indexed_until"]
    log.close()
    siem.close()
    store.close()


def test_what_the_index_has_not_taken_is_told_and_measured(home: Home) -> None:
    write_start(home.log, new_start_id(datetime.now(UTC)), [document(1), b"{}"])
    with closing(SqliteStore(home.events)) as store, closing(Siem(Settings(home=home.root), store)) as siem:
        siem.step()
    told = json.loads(home.told("siem").read_bytes())
    assert (told["refused"], told["reasons"]) == (1, {NOT_OURS: 1})
    figures = {each.name: each.samples[0].value for each in Figures(home).collect() if each.samples}
    assert figures["yingbi_index_dead_letters"] == 1


def test_dead_letters_are_offered_again_when_somebody_asks(home: Home) -> None:
    write_start(home.log, new_start_id(datetime.now(UTC)), [document(1), b"{}"])
    settings = Settings(home=home.root)
    with closing(SqliteStore(home.events)) as store, closing(Siem(settings, store)) as siem:
        siem.step()
        hasten(settings)
        siem.step()
        siem.step()
    assert [letter.attempts for letter in letters_of(settings)] == [2], "once, and long before its time"
    assert not home.hastened.exists()


def test_while_the_log_cannot_be_shipped_nothing_is_said_to_be_indexed(home: Home) -> None:
    store = SqliteStore(home.events)
    siem = Siem(Settings(home=home.root), store)
    store.close()
    log = AccessLog(home.log, new_start_id(datetime.now(UTC)))
    log.append(event(1))
    siem.step()
    told = json.loads(home.told("siem").read_bytes())
    assert "closed" in told["trouble"]
    assert told["indexed_until"] is None
    log.close()
    siem.close()


def test_silences_that_cannot_be_read_silence_nothing(home: Home) -> None:
    home.silences.write_bytes(b"no database, and long enough to be none" * 100)
    log = AccessLog(home.log, new_start_id(datetime.now(UTC)))
    store = SqliteStore(home.events)
    siem = Siem(Settings(home=home.root), store)
    log.append(
        event(1, at=datetime.now(UTC), phase=Phase.PERMIT, permit=PermitNote(**OPENED), disclosure=Disclosure.NONE)
    )
    siem.step()
    siem.step()
    alerts = AlertStore(home.alerts, read_only=True)
    assert [alert.rule_name for alert in alerts.latest()] == ["break_glass"]
    for each in (alerts, siem, store, log):
        each.close()


def test_a_rule_counts_from_the_next_look_on(home: Home) -> None:
    text = (SHIPPED / "many_subjects.yml").read_text("utf-8")
    home.rules.mkdir()
    with (
        closing(SqliteStore(home.events)) as store,
        closing(Siem(Settings(home=home.root), store)) as siem,
        closing(AccessLog(home.log, new_start_id(datetime.now(UTC)))) as log,
        closing(AlertStore(home.alerts, read_only=True)) as alerts,
    ):

        def look_after(people: int, caller: str) -> set[str]:
            subjects = tuple(digest(number) for number in range(people))
            log.append(event(people, at=datetime.now(UTC), caller=caller, subjects=subjects))
            siem.step()
            raised = [alert for alert in alerts.latest() if alert.rule_name == "many_subjects"]
            return {str(alert.group["user.id"]) for alert in raised}

        assert look_after(40, "clerk-wang") == set()
        (home.rules / "many_subjects.yml").write_text(text.replace("gte: 300", "gte: 30"), "utf-8")
        assert "clerk-li" in look_after(41, "clerk-li")
        (home.rules / "many_subjects.yml").write_text("title: half a rule", "utf-8")
        assert "clerk-zhao" not in look_after(42, "clerk-zhao"), "what comes with us counts again"
        assert "many_subjects.yml" in hear(home.told("siem"))["rules_trouble"]


def test_a_rule_that_fails_is_left_out_and_told_and_stops_no_other(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = {rule.name: rule for rule in usable_rules(home, LISTS)[0]}
    counting = rules["many_subjects"].counted
    endless = replace(counting, threshold=replace(counting.threshold, within=timedelta.max))
    failing = replace(rules["many_subjects"], name="endless", id=RuleId("endless"), counted=endless, source="own.yml:9")
    together = (failing, rules["many_subjects"], rules["canary"])
    monkeypatch.setattr("yingbi.process.siem.usable_rules", lambda *_: (together, ""))
    with (
        closing(SqliteStore(home.events)) as store,
        closing(Siem(Settings(home=home.root), store)) as siem,
        closing(AccessLog(home.log, new_start_id(datetime.now(UTC)))) as log,
        closing(AlertStore(home.alerts, read_only=True)) as alerts,
    ):
        for number in (1, 2):
            subjects = tuple(digest(each) for each in range(400))
            log.append(event(number, at=datetime.now(UTC), caller=f"clerk-{number}", subjects=subjects))
            siem.step()
            raised = [(alert.rule_name, alert.group["user.id"]) for alert in alerts.latest()]
            assert raised == [("many_subjects", f"clerk-{each}") for each in range(number, 0, -1)]
            told = hear(home.told("siem"))
            assert told["rules_trouble"].startswith("`endless` (own.yml:9) fails and is left out: OverflowError")
            assert told["rules_trouble"].count("endless") == 1, "and is not tried again"
            assert not told["trouble"]


def test_where_no_rule_can_be_applied_the_step_fails(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> object:
        raise KeyError

    monkeypatch.setattr("siem.detect.run.merged", fail)
    with (
        closing(SqliteStore(home.events)) as store,
        closing(Siem(Settings(home=home.root), store)) as siem,
        pytest.raises(KeyError),
    ):
        siem.step()


def test_a_step_that_fails_ends_the_process_and_leaves_word_of_why(home: Home) -> None:
    home.hastened.mkdir()  # nothing that a step foresees
    command = [sys.executable, "-m", "yingbi.process.siem", write_settings(Settings(home=home.root))]
    done = subprocess.run(command, capture_output=True, timeout=300, check=False)
    assert done.returncode == 1
    assert "Error" in hear(home.told("siem"))["ended_by"]
    home.hastened.rmdir()
    with closing(SqliteStore(home.events)) as store, closing(Siem(Settings(home=home.root), store)) as siem:
        siem.step()
    assert "ended_by" not in hear(home.told("siem")), "its successor came through a step"
