"""`yingbi trace` on an installation: what it says, what it records, and that nothing of the sample stays anywhere."""

import io
import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from deploy.demo.register.numbers import spelled_resident_id
from policies.keys.epochs import digester_in
from policies.keys.key_files import Signer
from proxy.published import publish_programs
from siem.record.log import AccessLog, new_start_id
from siem.record.mark import new_mark
from siem.record.reader import beginning_of, follow, starts_in
from tests.policies.compiled import program
from tests.siem.events import NINE, event
from tests.siem.trace.district import district, strangers
from yingbi.cli import main
from yingbi.clock import now
from yingbi.first_start import make_folders, make_keys
from yingbi.home import Home
from yingbi.index import open_index
from yingbi.process.siem import Siem
from yingbi.settings import HOME, Settings

PEOPLE = district(5).people
TAKEN = PEOPLE[:120]
MARK = new_mark()
FOREIGN = strangers(Random(1), 30)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Clerks at work, and one who went through a list; the digest key was changed in between."""
    home = Home(tmp_path / "home")
    monkeypatch.setenv(HOME, str(home.root))
    make_folders(home)
    make_keys(home, now)
    log = AccessLog(home.log, new_start_id(NINE))
    random = Random(2)

    def show(caller: str, people: list[str], minutes: int) -> None:
        subjects = tuple(digester_in(home.keys, now()).each(people))
        at = NINE + timedelta(minutes=minutes)
        number = log.new_id()
        mark = MARK if caller == "clerk-wang" else ""
        log.append(event(0, id=number, exchange=number, at=at, caller=caller, subjects=subjects, mark=mark))

    for minute in range(200):
        show(f"clerk-{minute % 20}", random.sample(PEOPLE, 5), minute)
    for page in range(6):
        if page == 3:
            assert main(["keys", "rotate", "--digests", "--reason", "疑似泄露"]) == 0
        show("clerk-wang", TAKEN[page * 20 :][:20], 300 + page)
    log.close()
    ship(home)
    return home


def ship(home: Home) -> None:
    store = open_index(Settings(home=home.root), writing=True)
    siem = Siem(Settings(home=home.root), store)
    siem.step()
    siem.close()
    store.close()


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """What leaked, spelled in many ways, with strangers among it."""
    random = Random(3)
    path = tmp_path / "leaked.csv"
    lines = ["姓名,id_no", *(f"甲,{spelled_resident_id(random, each)}" for each in (*TAKEN, *FOREIGN))]
    path.write_text("\n".join(lines), "utf-8")
    return path


def events_of(home: Home) -> list[Any]:
    return [document for start in starts_in(home.log) for document, _ in follow(home.log / start, beginning_of(start))]


def test_the_source_is_told_across_keys(home: Home, sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["trace", str(sample), "--column", "id_no", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    first = told["callers"][0]
    assert (told["verdict"], told["epochs"], told["shown_in_clear"]) == ("one_caller", ["1", "2"], 120)
    assert (first["caller"], first["source"], first["matched"], first["coverage"]) == ("clerk-wang", True, 120, 0.8)
    assert first["likelihood"] > 50
    assert first["order"] == 1
    assert told["unexplained"] == {"never_shown": 30, "only_masked": 0, "shown_but_not_by_a_source": 0}
    assert main(["explain", first["events"][0]]) == 0


def test_a_look_up_is_an_event_and_no_trace_of_the_sample_stays(
    home: Home, sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = len(events_of(home))
    capsys.readouterr()
    for arguments in (["--column", "id_no"], ["--column", "2", "--json"], [], ["--column", TAKEN[0]]):
        main(["trace", str(sample), *arguments])
    said = capsys.readouterr()
    looked_up = [each for each in events_of(home) if each["service"]["name"] == "yingbi"]
    assert len(looked_up) == len(events_of(home)) - before == 3
    for each in looked_up:
        assert each["user"]["id"].startswith("os:")
        assert "subjects" not in each["yingbi"]
        assert each["yingbi"]["fields"][0]["count"] >= 150
        assert each["event"]["id"] in said.out
    sample.unlink()
    written = b"".join(path.read_bytes() for path in home.root.rglob("*") if path.is_file()).decode("utf-8", "replace")
    for value in (*TAKEN, *FOREIGN):
        assert value not in said.out + said.err + written
    ship(home)  # the look-ups are searched like every event, and explain no later sample


def test_what_was_looked_up_explains_nothing(home: Home, sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["trace", str(sample), "--column", "id_no"])
    ship(home)
    capsys.readouterr()
    assert main(["trace", str(sample), "--column", "id_no", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert not any(each["caller"].startswith("os:") for each in told["callers"])


def test_people_are_told_in_words(home: Home, sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["trace", str(sample), "--column", "id_no"]) == 0
    said = capsys.readouterr().out
    for words in ("一个调用者看过的能解释", "1. clerk-wang 【来源 / source】", "80%", "yingbi explain ", "这份样本"):
        assert words in said


def test_a_time_that_holds_nothing_explains_nothing(
    home: Home, sample: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    capsys.readouterr()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(sample.read_bytes())))
    assert main(["trace", "-", "--column", "id_no", "--until", "2026-01-01"]) == 0
    assert "nobody of it is found to be shown in clear" in capsys.readouterr().out


def test_of_mobiles_it_is_told_which_systems_know_anybody_by_them(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sample = tmp_path / "mobiles.txt"
    sample.write_text("电话 13800138000，13900139000")

    def traced() -> tuple[str, Any]:
        capsys.readouterr()
        assert main(["trace", str(sample)]) == 0
        said = capsys.readouterr().out
        assert main(["trace", str(sample), "--json"]) == 0
        return said, json.loads(capsys.readouterr().out)["known_by"]

    said, known_by = traced()
    assert "没有查到网关以明文显示过其中任何人" in said
    assert "手机号只在以它认当事人的系统里查得到" in said
    assert "the policy in force does not tell" in said
    assert known_by is None
    people, signer = program(), Signer(home.private_key("program"))
    publish_programs(home.published, {people.system: people}, 1, signer)
    said, known_by = traced()
    assert "not being found says nothing" in said
    assert known_by == {"mobile": []}
    mobiles = tuple(number for number, field in enumerate(people.fields) if field.category == "mobile")
    read = next(each for each in people.operations if each.subjects)
    by_mobile = replace(read, subjects=("phone",), fields={**read.fields, "phone": mobiles})
    publish_programs(home.published, {people.system: replace(people, operations=(by_mobile,))}, 2, signer)
    said, known_by = traced()
    assert "they are: people" in said
    assert known_by == {"mobile": ["people"]}


def without_a_log(home: Home) -> None:
    home.log.rename(home.root / "gone")


def with_a_file_for_a_log(home: Home) -> None:
    without_a_log(home)
    home.log.touch()


def with_a_log_that_is_nowhere(home: Home) -> None:
    without_a_log(home)
    home.log.symlink_to(home.root / "nowhere")


REFUSED: dict[str, tuple[Callable[[Home], None], str]] = {
    "no index": (lambda home: shutil.rmtree(home.events), "no index yet"),
    "a key is lost": (lambda home: (home.keys / "digest-1.key").unlink(), "restore it from a backup"),
    "the log is no folder": (with_a_file_for_a_log, "cannot be read"),
    "no log can be begun": (with_a_log_that_is_nowhere, "not recorded"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_without_index_key_or_log_nothing_is_looked_up(
    home: Home, sample: Path, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    break_it, words = REFUSED[case]
    break_it(home)
    capsys.readouterr()
    assert main(["trace", str(sample), "--column", "id_no"]) == 3
    said = capsys.readouterr()
    assert words in said.err
    assert said.out == ""


def test_a_wrong_sample_is_wrong_use(home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", str(tmp_path / "nothing.csv")]) == 3
    (tmp_path / "empty.csv").write_text("")
    assert main(["trace", str(tmp_path / "empty.csv"), "--column", "id"]) == 2
    assert "样本" in capsys.readouterr().err


def test_a_serial_names_who_was_given_it(home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    forged = new_mark()
    path = tmp_path / f"{MARK.lower()} (1).pdf"
    path.write_bytes(b"%PDF-1.7 what is in it is not read")
    capsys.readouterr()
    assert main(["trace", str(path)]) == 0
    said = capsys.readouterr().out
    assert f"编号 / serial {MARK}: 【给了 / given to clerk-wang】" in said
    leaked = tmp_path / "leaked.csv"
    leaked.write_text(f"id_no,mark\n{TAKEN[0]},{MARK}\n{TAKEN[1]},{forged}\n{TAKEN[2]},YB-0000-0000-01\n")
    assert main(["trace", str(leaked), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(each["mark"], each["known"], each["caller"]) for each in told["marks"]] == [
        (MARK, True, "clerk-wang"),
        (forged, False, ""),
    ]
    assert (told["marks_unreadable"], told["sample"]["identifiers"]) == (1, 3)
    assert main(["explain", told["marks"][0]["event"]]) == 0
    assert MARK in capsys.readouterr().out
