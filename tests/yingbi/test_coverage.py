import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from policies.keys.key_files import Signer, make_secret
from policies.load import load_policy
from policies.policy_kinds import State
from proxy.published import publish_programs
from siem.index.sqlite import SqliteStore
from siem.record.ecs import to_ecs
from tests.gateway import GOOD
from tests.siem.events import event
from yingbi.bypass import Bypass, Probed, Way
from yingbi.cli import main
from yingbi.coverage import Covered, coverage_of, lines_of
from yingbi.home import Home

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
WELL = Covered(
    system="people",
    title_zh="人员库",
    title_en="People",
    state=State.ENFORCING,
    hosts=("people.localhost",),
    upstream="http://127.0.0.1:9",
    operations=3,
    refused=1,
    in_force=True,
    undeclared=2,
    probed=Probed((), is_elsewhere=False),
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("YINGBI_HOME", str(tmp_path / "home"))
    made = Home(tmp_path / "home")
    shutil.copytree(GOOD, made.policies)
    return made


def put_in_force(home: Home) -> None:
    make_secret(home.private_key("program"))
    signer = Signer(home.private_key("program"))
    home.public_key("program").write_bytes(signer.public_bytes)
    loaded = load_policy(home.policies)
    publish_programs(home.published, loaded.programs, 1, signer)


def covered(home: Home, store: SqliteStore | None = None) -> Covered:
    (found,) = coverage_of(home.policies, home, store, NOW, probing=False, as_caller=False)
    return found


def test_a_system_is_in_force_as_long_as_the_files_say_what_was_published(home: Home) -> None:
    assert covered(home).in_force is None
    put_in_force(home)
    assert covered(home).in_force is True
    system = home.policies / "systems" / "people.yaml"
    system.write_text(system.read_text("utf-8").replace("title: {zh: 人员库", "title: {zh: 人员总库"), "utf-8")
    assert covered(home).in_force is False
    assert not covered(home).is_well


def test_requests_for_nothing_declared_are_counted_for_seven_days(home: Home, tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "events.db")
    times = [NOW - timedelta(days=8), NOW - timedelta(days=6), NOW - timedelta(hours=1)]
    events = [event(number=n, at=at, system="people", reason="operation_not_declared") for n, at in enumerate(times, 1)]
    events.append(event(number=9, at=NOW - timedelta(hours=1), system="hall", reason="operation_not_declared"))
    store.append([to_ecs(each) for each in events], timedelta(seconds=5))
    assert covered(home, store).undeclared == 2
    store.close()
    assert covered(home).undeclared is None


@pytest.mark.parametrize("way", Way)
def test_a_way_round_is_told_and_found_wanting(way: Way) -> None:
    passed = replace(WELL, probed=Probed((Bypass(way, "10.0.0.5:8000"),), is_elsewhere=False))
    assert WELL.is_well
    assert not passed.is_well
    assert "10.0.0.5:8000" in "\n".join(lines_of([passed]))
    assert passed.as_json()["bypasses"] == [{"way": way, "address": "10.0.0.5:8000"}]


def test_what_cannot_be_told_from_here_is_said_so() -> None:
    told = "\n".join(lines_of([replace(WELL, probed=Probed((), is_elsewhere=True))]))
    assert "--as-caller" in told
    assert "no way round" not in told


def test_the_command_tells_every_system(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coverage", "--no-probe"]) == 0
    assert "people" in capsys.readouterr().out
    assert main(["coverage", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert told["system"] == "people"
    assert told["bypasses"] == []


def test_a_policy_with_errors_is_no_coverage(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    (home.policies / "catalogue.yaml").write_text("categories: 1\n")
    assert main(["coverage"]) == 1
    assert "catalogue.yaml:1" in capsys.readouterr().err


def test_no_folder_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coverage", "--policy", str(tmp_path / "none")]) == 3
    assert "Traceback" not in capsys.readouterr().err
