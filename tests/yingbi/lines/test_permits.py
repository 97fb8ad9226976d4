"""`yingbi permits list`: what is in force and what waits, from the database alone; and `explain` of a permit."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.permits.book import PermitBook
from console.permits.journal import Judgement
from incident.database import open_database
from incident.ids import PersonId
from policies.keys.key_files import Signer, make_secret
from siem.record.event import Disclosure, FieldUse, PermitNote, PermitState, Phase, Verdict
from siem.record.log import AccessLog, new_start_id
from tests.console.permits.invented import GLASS, ONE, broken_glass, opened
from tests.siem.events import NINE, digest, event
from yingbi.cli import main
from yingbi.explain import lines_of_event
from yingbi.home import Home
from yingbi.migrations.apply import migrate

WU = PersonId("p-wu")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("YINGBI_HOME", str(tmp_path))
    return Home(tmp_path)


@pytest.fixture
def book(home: Home) -> Iterator[PermitBook]:
    make_secret(home.private_key("permits"))
    engine = open_database(f"sqlite:///{home.state}")
    migrate(engine)
    yield PermitBook(engine, Signer(home.private_key("permits")), lambda: datetime.now(UTC))
    engine.dispose()


def test_what_is_in_force_and_what_waits_is_listed(book: PermitBook, capsys: pytest.CaptureFixture[str]) -> None:
    now = datetime.now(UTC)
    book.note(opened(NINE, "prm-00000000000000c3"), NINE)
    book.note(opened(NINE, "prm-00000000000000d4", sampled=False), NINE)
    book.note(opened(now, sampled=False), now)
    book.note(broken_glass(now), now)
    book.end(WU, GLASS, "已核实")
    book.review(WU, [], "prm-00000000000000c3", Judgement.IMPROPER, "台账中没有")
    assert main(["permits", "list"]) == 0
    said = capsys.readouterr().out
    for word in (ONE, "生效中 / in force", GLASS, "已终止 / ended early", "台风转移", "待复核 / waits for a review"):
        assert word in said, word
    assert "prm-00000000000000d4" not in said
    assert main(["permits", "list", "--all"]) == 0
    said = capsys.readouterr().out
    assert "prm-00000000000000d4" in said
    assert "p-wu：不当 / improper  台账中没有" in said
    assert digest(7) not in said


def test_programs_are_told_the_same(book: PermitBook, capsys: pytest.CaptureFixture[str]) -> None:
    book.note(opened(NINE), NINE)
    book.review(WU, [], ONE, Judgement.PROPER, "")
    assert main(["permits", "list", "--all", "--json"]) == 0
    said = capsys.readouterr().out
    (found,) = json.loads(said)
    assert (found["permit"], found["caller"], found["in_force"], found["waits_for_review"]) == (
        ONE,
        "clerk-wang",
        False,
        False,
    )
    assert datetime.fromisoformat(found["until"]) == NINE + timedelta(minutes=15)
    assert found["reviews"][0]["judgement"] == "proper"
    assert digest(7) not in said


def test_nothing_is_said_to_be_nothing(book: PermitBook, capsys: pytest.CaptureFixture[str]) -> None:
    assert not book.permits()
    assert main(["permits", "list"]) == 0
    assert capsys.readouterr().out == "没有 / none\n"


def test_what_cannot_be_read_is_said(home: Home, book: PermitBook, capsys: pytest.CaptureFixture[str]) -> None:
    book.note(opened(NINE), NINE)
    engine = open_database(f"sqlite:///{home.state}")
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE permit_journal SET body = replace(body, 'clerk-wang', 'clerk-zhao')")
    engine.dispose()
    assert main(["permits", "list"]) == 3
    assert "查看许可记录第 1 条与写入时不符" in capsys.readouterr().err
    home.private_key("permits").unlink()
    assert main(["permits", "list"]) == 3
    assert "yingbi up" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["nonsense"], 2, "looks like that"),
        ([ONE], 2, "--as"),
        ([ONE, "--as", "oncall"], 3, "does not run"),
    ],
)
def test_ending_takes_an_id_and_somebody_at_a_running_console(
    book: PermitBook, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, word: str
) -> None:
    book.note(broken_glass(NINE), NINE)
    assert main(["permits", "end", *arguments]) == code
    assert word in capsys.readouterr().err


def test_an_event_says_by_which_permit_it_showed_more(home: Home) -> None:
    log = AccessLog(home.log, new_start_id(NINE))
    use = FieldUse(
        name="resident.mobile",
        category="mobile",
        transform="show",
        disclosure=Disclosure.CLEAR,
        rule="grants.yaml:40",
        grant="window-sees-whole",
        count=1,
    )
    note = PermitNote(
        id=ONE,
        state=PermitState.ENDED,
        kind="reveal",
        reveal="window-sees-whole",
        case="受理-2026-118",
        why="核对申请人的证件号码",
        about="6YQ3K0M9ZT-7",
        subject=digest(7),
        until=NINE,
        by="p-chen",
    )
    shown = event(1, id=log.new_id(), permits=(ONE, GLASS), fields=(use,))
    ended = event(2, id=log.new_id(), phase=Phase.PERMIT, verdict=Verdict.FORWARD, permit=note, subjects=())
    for each in (shown, ended):
        log.append(each)
    log.close()
    said = "\n".join(lines_of_event(home, shown.id, NINE))
    assert f"生效的查看许可 / permits in force: {ONE}, {GLASS}" in said
    assert "window-sees-whole" in said
    said = "\n".join(lines_of_event(home, ended.id, NINE))
    for word in (ONE, "已提前终止", "受理-2026-118", "核对申请人的证件号码", "6YQ3K0M9ZT-7", "由 / by p-chen"):
        assert word in said, word
    assert digest(7) not in said
