"""`yingbi canary plant`: only digests stay, and any touch is a critical alert."""

import csv
import io
from contextlib import closing
from pathlib import Path

import pytest

from policies.keys.epochs import digester_in
from siem.canary import read_canaries
from siem.detect.alert import AlertStore
from siem.record.event import Disclosure
from siem.record.log import AccessLog, new_start_id
from tests.siem.events import event
from yingbi.cli import main
from yingbi.clock import now
from yingbi.first_start import make_folders, make_keys
from yingbi.home import Home
from yingbi.index import open_index
from yingbi.process.siem import Siem
from yingbi.settings import HOME, Settings
from yingbi.told import hear


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = Home(tmp_path / "home")
    monkeypatch.setenv(HOME, str(home.root))
    make_folders(home)
    make_keys(home, now)
    return home


def planted(out: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))


def test_only_digests_stay(home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "canaries.csv"
    assert main(["canary", "plant", "--count", "5", "--out", str(out)]) == 0
    numbers = [each["id_no"] for each in planted(out)]
    assert len(set(numbers)) == 5
    assert out.stat().st_mode & 0o777 == 0o600
    assert read_canaries(home.canaries) == set(digester_in(home.keys, now()).each(numbers))
    said = capsys.readouterr()
    kept = b"".join(path.read_bytes() for path in home.root.rglob("*") if path.is_file()).decode("utf-8", "replace")
    assert not any(number in said.out + said.err + kept for number in numbers)


def test_any_touch_is_a_critical_alert(home: Home, tmp_path: Path) -> None:
    out = tmp_path / "canaries.csv"
    assert main(["canary", "plant", "--count", "1", "--out", str(out)]) == 0
    subject = digester_in(home.keys, now())(planted(out)[0]["id_no"].lower())
    log = AccessLog(home.log, new_start_id(now()))
    log.append(event(1, at=now(), caller="clerk-zhao", subjects=(subject,), disclosure=Disclosure.MASKED))
    log.close()
    store = open_index(Settings(home=home.root), writing=True)
    siem = Siem(Settings(home=home.root), store)
    siem.step()
    siem.close()
    store.close()
    alerts = AlertStore(home.alerts)
    assert [(alert.rule_name, alert.level, alert.group["user.id"]) for alert in alerts.latest()] == [
        ("canary", "critical", "clerk-zhao")
    ]
    alerts.close()


def test_one_that_is_planted_while_all_runs_is_an_alert_as_well(home: Home, tmp_path: Path) -> None:
    with (
        closing(open_index(Settings(home=home.root), writing=True)) as store,
        closing(Siem(Settings(home=home.root), store)) as siem,
        closing(AccessLog(home.log, new_start_id(now()))) as log,
        closing(AlertStore(home.alerts, read_only=True)) as alerts,
    ):
        siem.step()
        out = tmp_path / "canaries.csv"
        assert main(["canary", "plant", "--count", "1", "--out", str(out)]) == 0
        subject = digester_in(home.keys, now())(planted(out)[0]["id_no"].lower())
        log.append(event(1, at=now(), caller="clerk-zhao", subjects=(subject,), disclosure=Disclosure.MASKED))
        siem.step()
        assert [alert.rule_name for alert in alerts.latest()] == ["canary"]
        home.canaries.write_text("330123199001011234\n")  # a person, where a digest should stand
        log.append(event(2, at=now(), caller="clerk-li", subjects=(subject,), disclosure=Disclosure.MASKED))
        siem.step()
        assert {alert.group["user.id"] for alert in alerts.latest()} == {"clerk-zhao", "clerk-li"}
        told = hear(home.told("siem"))["rules_trouble"]
        assert "canaries" in told
        assert "330123" not in told


def test_a_second_planting_adds_to_the_first(home: Home, tmp_path: Path) -> None:
    for number in range(2):
        assert main(["canary", "plant", "--count", "2", "--out", str(tmp_path / f"{number}.csv")]) == 0
    assert len(read_canaries(home.canaries)) == 4


def test_codes_of_ones_own_are_used(home: Home, tmp_path: Path) -> None:
    out = tmp_path / "canaries.csv"
    assert main(["canary", "plant", "--out", str(out), "--code", "512221=1997"]) == 0
    assert {each["id_no"][:6] for each in planted(out)} == {"512221"}


WRONG = {
    "a file that is there": (["--out", "there.csv"], "the file is there already"),
    "too many": (["--out", "new.csv", "--count", "1001"], "between 1 and 1000"),
    "none": (["--out", "new.csv", "--count", "0"], "between 1 and 1000"),
    "a code of last year": (["--out", "new.csv", "--code", "330103=2021"], "given up long enough ago"),
    "no folder": (["--out", "nowhere/new.csv"], "cannot be written"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_planted_plants_nothing(
    home: Home, tmp_path: Path, case: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("there.csv").write_text("kept\n")
    arguments, words = WRONG[case]
    assert main(["canary", "plant", *arguments]) == 3
    assert words in capsys.readouterr().err
    assert Path("there.csv").read_text() == "kept\n"
    assert not Path("new.csv").exists()
    assert not home.canaries.exists()


def test_without_a_key_nothing_is_planted(home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home.keys / "digest-1.key").unlink()
    assert main(["canary", "plant", "--out", str(tmp_path / "new.csv")]) == 3
    assert "the key of digests cannot be read" in capsys.readouterr().err
    assert not (tmp_path / "new.csv").exists()
