"""What the commands tell of alerts, of an installation that runs or does not."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from console.alerts.book import Acting, AlertBook
from console.alerts.watch import AlertWatch
from incident.database import for_writing, open_database
from incident.ids import PersonId
from policies.keys.key_files import Signer, make_secret
from siem.detect.alert import AlertStore
from siem.detect.definition import Finding, Rule
from siem.detect.lifecycle import Disposition
from siem.detect.rule_set import read_rules
from tests.console.alerts.invented import DUE
from tests.siem.events import digest, document
from yingbi.cli import main
from yingbi.home import Home
from yingbi.migrations.apply import migrate
from yingbi.rules import SHIPPED

CHEN = PersonId("p-chen")
NOW = datetime.now(UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("YINGBI_HOME", str(tmp_path))
    return Home(tmp_path)


def clock() -> datetime:
    return NOW


@pytest.fixture
def book(home: Home) -> Iterator[AlertBook]:
    """Ten alerts of one rule, of which one was a leak and nine were nothing; another one waits for two hours."""
    make_secret(home.private_key("alerts"))
    home.public_key("alerts").write_bytes(Signer(home.private_key("alerts")).public_bytes)
    engine = open_database(f"sqlite:///{home.state}")
    migrate(engine)
    book = AlertBook(engine, Signer(home.private_key("alerts")), clock, due=DUE)
    with closing(AlertStore(home.alerts)) as alerts:
        watch = AlertWatch(book, alerts, DUE, clock)
        rules = {name: read_rules([SHIPPED / f"{name}.yml"], {})[0] for name in ("bulk_reads", "many_subjects")}
        for number in range(10):
            find(alerts, rules["bulk_reads"], f"clerk-{number}", NOW)
        find(alerts, rules["many_subjects"], "clerk-wang", NOW - timedelta(hours=2))
        watch.step()
        watch.step()
        for number, alert in enumerate(alerts.latest()[:0:-1]):
            acting = Acting(by=CHEN, seen=book.all()[number + 1].seen)
            outcome = Disposition.FALSE_ALARM if number else Disposition.LEAK
            book.close(acting, alert, outcome, "核对过台账")
    yield book
    engine.dispose()


def find(alerts: AlertStore, rule: Rule, caller: str, at: datetime) -> None:
    finding = Finding(rule=rule, group=(("user.id", caller),), first_at=at, last_at=at, new_from=at)
    alerts.join(finding, [document(1, at=at, caller=caller)], at)


def told(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.usefixtures("book")
def test_what_is_not_closed_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alerts", "list"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    for words in (
        "超时没有人确认 / escalated",
        "高 / high",
        "many_subjects",
        "user.id=clerk-wang",
        "还没有人处理 / nobody yet",
    ):
        assert words in line
    (open_one,) = told(capsys, "alerts", "list")
    assert (open_one["state"], open_one["escalated"], open_one["assignee"]) == ("new", True, None)
    assert len(told(capsys, "alerts", "list", "--all")) == 11


@pytest.mark.usefixtures("book")
def test_everything_that_was_done_about_one_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alerts", "show", "A-000001"]) == 0
    said = capsys.readouterr().out
    for words in (
        "已关闭：属实：泄露 / closed: true: a leak",
        "p-chen  关闭，定性：属实：泄露 / closed: true: a leak",
        "    核对过台账",
        "p-chen 关闭 / closed by p-chen",
    ):
        assert words in said
    assert "nobody yet" not in said
    shown = told(capsys, "alerts", "show", "A-000001")
    assert [act["by"] for act in shown["acts"]] == ["engine", "person:p-chen"]
    assert main(["alerts", "show", "A-000099"]) == 3


@pytest.mark.usefixtures("book")
def test_an_alert_whose_events_were_let_go_says_so(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    (home.log / "6YQ3K0M9ZT").mkdir(parents=True)
    assert told(capsys, "alerts", "show", "A-000001")["events_let_go"] == 0
    assert main(["alerts", "show", "A-000001"]) == 0
    assert "副本" not in capsys.readouterr().out
    (home.log / "6YQ3K0M9ZT").rmdir()
    assert told(capsys, "alerts", "show", "A-000001")["events_let_go"] == 1
    assert main(["alerts", "show", "A-000001"]) == 0
    said = capsys.readouterr().out
    assert "列出的记录中 1 条已过保留期" in said
    assert "核对过台账" in said, "and what was done about it stays"


@pytest.mark.usefixtures("book")
def test_rules_are_listed_with_how_often_they_are_right(capsys: pytest.CaptureFixture[str]) -> None:
    rules = {rule["name"]: rule["precision"] for rule in told(capsys, "rules", "list")}
    assert rules["bulk_reads"] == {
        "percent": 10,
        "true": 1,
        "untrue": 9,
        "dispositions": {"false_alarm": 9, "leak": 1},
        "wants_review": True,
    }
    assert (rules["many_subjects"]["percent"], rules["many_subjects"]["wants_review"]) == (None, False)
    assert main(["rules", "list"]) == 0
    said = capsys.readouterr().out
    assert "10% (1/10)" in next(line for line in said.splitlines() if line.startswith("bulk_reads"))
    assert "提请检查 / to be looked at: bulk_reads，只有 10% 属实" in said.splitlines()[-1]


def test_a_citizen_is_not_named_by_the_digest(book: AlertBook, home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    rule = read_rules([SHIPPED / "masked_harvest.yml"], {})[0]
    with closing(AlertStore(home.alerts)) as alerts:
        find(alerts, rule, digest(7), NOW)
        AlertWatch(book, alerts, DUE, clock).step()
    for command in (["list"], ["list", "--json"], ["show", "A-000012"], ["show", "A-000012", "--json"]):
        assert main(["alerts", *command]) == 0
        said = capsys.readouterr().out
        assert "居民 1 / citizen 1" in said
        assert digest(7) not in said


def test_without_an_installation_rules_are_listed_and_alerts_are_not(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    assert {rule["precision"]["percent"] for rule in told(capsys, "rules", "list")} == {None}
    assert main(["alerts", "list"]) == 3
    assert str(home.root) in capsys.readouterr().err


def test_an_altered_journal_tells_nothing_and_is_said_to_be(
    book: AlertBook, home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    assert book.broken is None
    engine = open_database(f"sqlite:///{home.state}")
    with for_writing(engine).begin() as connection:
        connection.exec_driver_sql("UPDATE alert_journal SET body = replace(body, 'false_alarm', 'leak')")
    engine.dispose()
    for words in (["alerts", "list"], ["rules", "list"]):
        assert main(words) == 3
        assert "告警处置记录第" in capsys.readouterr().err
