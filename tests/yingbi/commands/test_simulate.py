"""`yingbi simulate` and `yingbi evaluate`, as they are typed."""

import json
from pathlib import Path

import pytest

from siem.simulate.attack import KINDS
from tests.siem.events import digest, document
from yingbi.cli import main
from yingbi.commands.shape import COULD_NOT, FINE, WRONG_USE
from yingbi.rules import SHIPPED
from yingbi.settings import HOME

MADE = ("simulate", "--seed", "5", "--days", "12", "--clerks", "200", "--start", "2026-03-02", "--out")


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulated") / "month"
    assert main([*MADE, str(folder)]) == FINE
    return folder


def test_what_is_found_is_said_for_each_kind_of_attack(month: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(month), "--json"]) == FINE
    figures = json.loads(capsys.readouterr().out)
    assert figures["by_kind"].keys() == set(KINDS)
    assert figures["baselines"]["recall"] > 0.7 > 2 * figures["thresholds"]["recall"]
    assert figures["baselines"]["false_alerts"] <= 4
    assert figures["together"]["false_alerts_raised"] == len(figures["false_alerts"])
    assert figures["together"]["false_alerts"] <= len(figures["false_alerts"])
    assert figures["attacks"] == sum(kind["attacks"] for kind in figures["by_kind"].values())
    found = figures["attacks"] - len(figures["missed"])
    assert figures["together"]["recall"] == round(found / figures["attacks"], 3) >= figures["baselines"]["recall"]
    for kind in figures["by_kind"].values():
        assert (kind["baselines"]["hours_to_detect"] is None) == (kind["baselines"]["recall"] == 0)


def test_figures_are_said_to_people_as_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "events").mkdir()
    (tmp_path / "truth.jsonl").write_text(
        '{"attack": 1, "kind": "bulk", "strength": "weak", "callers": ["clerk-wang"],'
        ' "first": "2026-11-23T09:00:00Z", "last": "2026-11-23T09:00:00Z", "events": []}\n'
    )
    taken = document(0, subjects=tuple(map(digest, range(3_000))))
    (tmp_path / "events/2026-11-23.jsonl").write_text(json.dumps(taken) + "\n")
    assert main(["evaluate", str(tmp_path)]) == FINE
    out = capsys.readouterr().out
    assert "基线 / baselines: 召回 / recall 1.0" in out
    assert "bulk: 1" in out


def test_the_rules_of_the_installation_are_counted_with_the_baselines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME, str(tmp_path))
    month = tmp_path / "month"
    (month / "events").mkdir(parents=True)
    (month / "truth.jsonl").touch()
    taken = document(0, subjects=tuple(map(digest, range(400))))
    (month / "events/2026-11-23.jsonl").write_text(json.dumps(taken) + "\n")
    assert main(["evaluate", str(month), "--no-rules", "--json"]) == FINE
    assert "rules" not in json.loads(capsys.readouterr().out)
    assert main(["evaluate", str(month), "--json"]) == FINE
    figures = json.loads(capsys.readouterr().out)
    assert figures["by_rule"]["many_subjects"] == {"alerts": 1, "false": 1}
    assert figures["baselines"]["false_alerts"] == 0
    assert figures["together"]["false_alerts"] == figures["rules"]["false_alerts"] == 1
    assert figures["rules"]["false_alerts_raised"] == len(figures["by_rule"]) == len(figures["false_alerts"])
    own = (SHIPPED / "many_subjects.yml").read_text("utf-8").replace("gte: 300", "gte: 500")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/many_subjects.yml").write_text(own, "utf-8")
    assert main(["evaluate", str(month), "--rules"]) == FINE
    out = capsys.readouterr().out
    assert "规则 / rules" in out
    assert "many_subjects" not in out
    (tmp_path / "rules/many_subjects.yml").write_text("title: half a rule\n")
    assert main(["evaluate", str(month), "--rules"]) == WRONG_USE
    assert "many_subjects.yml:1" in capsys.readouterr().err


def test_a_folder_with_events_is_not_written_over(month: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*MADE, str(month)]) == COULD_NOT
    assert "left alone" in capsys.readouterr().err


def test_too_few_days_or_clerks_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--seed", "1", "--days", "1", "--out", str(tmp_path / "a")]) == WRONG_USE
    assert main(["simulate", "--seed", "1", "--rounds", "90", "--out", str(tmp_path / "b")]) == WRONG_USE
    assert "clerks" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("events/2026-03-02.jsonl", b'{"at": 1}\n', "2026-03-02.jsonl:1"),
        ("events/2026-03-02.jsonl", b"not json\n", "2026-03-02.jsonl:1"),
        ("truth.jsonl", b'{"kind": "x"}\n', "truth.jsonl:1"),
        ("known.json", b"[]", "known.json"),
    ],
)
def test_a_folder_of_another_form_is_said_with_the_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str, content: bytes, said: str
) -> None:
    (tmp_path / "events").mkdir()
    (tmp_path / "truth.jsonl").touch()
    (tmp_path / file).write_bytes(content)
    assert main(["evaluate", str(tmp_path)]) == WRONG_USE
    assert said in capsys.readouterr().err


def test_a_folder_without_events_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(tmp_path)]) == COULD_NOT
    (tmp_path / "truth.jsonl").touch()
    assert main(["evaluate", str(tmp_path)]) == WRONG_USE
    assert "events" in capsys.readouterr().err
