"""Looks without a reason in an installation: from the log and a file of cases to an alert, and no number left."""

import json
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from policies.digest import Digester
from policies.keys.epochs import digester_in
from siem.detect.alert import Alert, AlertStore
from siem.index.sqlite import SqliteStore
from siem.reasons.case import Case, Told
from siem.reasons.store import CaseStore
from siem.record.log import AccessLog, new_start_id
from tests.provider import served
from tests.scripted import answering
from tests.siem.events import digest, event
from yingbi.clock import now
from yingbi.first_start import make_folders, make_keys
from yingbi.home import Home
from yingbi.process.siem import Siem
from yingbi.reason_asking import fetching
from yingbi.reason_desk import import_cases
from yingbi.settings import Settings

PEOPLE = [f"33010619900101{number:03d}X" for number in range(8)]
DECLARED = """\
system: register
feed: {{file: {file}, columns: {{person: id_no, case: num, callers: handler}}}}
grace: 1s
findings:
  no_case: {{level: medium, people: 3}}
"""
ASKED = """\
system: register
look_up: {{url: "{url}", columns: {{person: id, case: num, callers: who}}}}
grace: 1s
findings: {{no_case: {{level: medium, people: 3}}}}
"""
LOOKED = timedelta(seconds=30)


class Place:
    """An installation whose detecting process is stepped by hand."""

    def __init__(self, home: Home, feed: Path, siem: Siem) -> None:
        self.home = home
        self.feed = feed
        self.siem = siem
        self.digester: Digester = digester_in(home.keys, now())

    def step(self) -> None:
        self.siem.step()
        self.siem.reasons.step()
        self.siem.reasons.step()  # a file is read once it is seen at rest

    def tell(self, *rows: str, head: str = "id_no,num,handler", at: datetime | None = None) -> None:
        self.feed.write_text("\n".join([head, *rows]) + "\n")
        stamp = (at or now()).timestamp()
        os.utime(self.feed, (stamp, stamp))

    def look(self, *people: str) -> None:
        log = AccessLog(self.home.log, new_start_id(now()))
        for number, person in enumerate(people, start=1):
            at = now() - LOOKED + timedelta(milliseconds=number)
            log.append(event(number, id=log.new_id(), at=at, subjects=(self.digester(person),), posts=("hall",)))
        log.close()

    def alerts(self) -> list[Alert]:
        with closing(AlertStore(self.home.alerts, read_only=True)) as alerts:
            return [each for each in alerts.latest() if each.rule.startswith("reason-")]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    home = Home(tmp_path / "home")
    make_folders(home)
    make_keys(home, now)
    home.reasons.mkdir()
    feed = tmp_path / "cases.csv"
    (home.reasons / "register.yaml").write_text(DECLARED.format(file=feed))
    with (
        closing(SqliteStore(home.events)) as store,
        closing(Siem(Settings(home=home.root, demo=False), store)) as siem,
    ):
        yield Place(home, feed, siem)


def told(home: Home) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(home.told("reasons").read_bytes())
    return found


def test_a_look_in_the_log_and_no_row_in_the_feed_are_an_alert_and_no_number_is_left(place: Place) -> None:
    place.tell(at=now() - timedelta(minutes=5))
    place.step()
    place.look(*PEOPLE[:5])
    place.tell(f"{PEOPLE[0]},A-1,clerk-wang", f"{PEOPLE[1]},A-2,clerk-li")
    place.step()
    (alert,) = place.alerts()
    assert (alert.rule, alert.subject_count) == ("reason-no_case", 4)
    assert "hall clerk-wang" in alert.title
    assert "查看了 5 人，其中 4 人没有在办事项" in alert.title
    assert {path.stat().st_mode & 0o777 for path in place.home.root.glob("reasons.db*")} == {0o600}
    for path in filter(Path.is_file, place.home.root.rglob("*")):
        data = path.read_bytes()
        assert not [number for number in (*PEOPLE, "A-1") if number.encode() in data], path.name


def test_rows_told_before_the_end_of_the_grace_blame_nobody(place: Place) -> None:
    place.tell(at=now() - timedelta(minutes=5))
    place.step()
    place.look(*PEOPLE)
    place.step()
    assert place.alerts() == []
    assert told(place.home)["systems"] == {"register": {"waiting": 8, "feed": "", "look_up": ""}}
    place.tell(*(f"{person},A-1," for person in PEOPLE))
    place.step()
    assert place.alerts() == []
    assert told(place.home)["systems"] == {"register": {"waiting": 0, "feed": "", "look_up": ""}}


def test_a_bad_feed_is_told_by_its_line_and_blames_nobody(place: Place) -> None:
    place.tell(at=now() - timedelta(minutes=5))
    place.step()
    place.look(*PEOPLE)
    place.tell(f"{PEOPLE[0]},A-1,", f"{PEOPLE[1][:6]}****,A-2,")
    place.step()
    assert place.alerts() == []
    said = json.dumps(told(place.home), ensure_ascii=False)
    assert "3: 没有标识" in said
    assert PEOPLE[1][:6] not in said
    with closing(CaseStore(place.home.reason_store, read_only=True)) as cases:
        assert cases.count("register") == 0
    place.tell()
    place.step()
    assert len(place.alerts()) == 1


def test_a_file_that_is_still_being_written_is_not_read(place: Place) -> None:
    place.tell(at=now() - timedelta(minutes=5))
    place.siem.reasons.step()
    place.tell(f"{PEOPLE[0]},A-1,")
    place.siem.reasons.step()
    assert not told(place.home)["trouble"]
    with closing(CaseStore(place.home.reason_store, read_only=True)) as cases:
        assert cases.source("register", "feed") is None
    place.siem.reasons.step()
    with closing(CaseStore(place.home.reason_store, read_only=True)) as cases:
        assert cases.count("register") == 1


def test_what_is_declared_takes_effect_without_a_restart_and_a_mistake_leaves_what_was(place: Place) -> None:
    place.tell(at=now() - timedelta(minutes=5))
    place.step()
    path = place.home.reasons / "register.yaml"
    right = path.read_text()
    path.write_text("systems: register\n")
    place.step()
    assert told(place.home)["trouble"] == "reasons/register.yaml:1"
    place.look(*PEOPLE[:3])
    place.tell()
    place.step()
    assert len(place.alerts()) == 1
    path.write_text(right.replace("people: 3", "people: 2"))
    place.step()
    assert told(place.home)["trouble"] == ""


def test_an_import_waits_for_the_process_and_is_taken_once(place: Place, tmp_path: Path) -> None:
    path = tmp_path / "given.csv"
    path.write_text(f"id_no,num,handler\n{PEOPLE[0]},A-1,\n")
    assert import_cases(place.home, path, "register", now()).cases == 1
    (waiting,) = place.home.told_reasons.iterdir()
    assert waiting.stat().st_mode & 0o777 == 0o600
    assert PEOPLE[0].encode() not in waiting.read_bytes()
    (place.home.told_reasons / "x.json").write_bytes(b"{")
    place.step()
    with closing(CaseStore(place.home.reason_store, read_only=True)) as cases:
        assert cases.count("register") == 1
    assert [each.name for each in place.home.told_reasons.iterdir()] == [".x.json.unreadable"]


@pytest.mark.parametrize("answers", [True, False])
def test_a_system_that_is_asked_explains_looks_and_one_that_is_silent_blames_nobody(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    answers: bool,
) -> None:
    home = Home(tmp_path / "home")
    make_folders(home)
    make_keys(home, now)
    home.reasons.mkdir()
    with served(tmp_path_factory.mktemp("tls")) as (system, authority):
        url = f"https://localhost:{system.port}/cases?clerk={{caller}}&since={{since}}"
        (home.reasons / "register.yaml").write_text(ASKED.format(url=url))
        if answers:
            system.script = answering(f'[{{"id": "{PEOPLE[0]}", "num": "A-1", "who": "clerk-wang"}}]'.encode())
        fetch = fetching(ssl.create_default_context(cafile=str(authority)))
        with (
            closing(SqliteStore(home.events)) as store,
            closing(Siem(Settings(home=home.root, demo=False), store, fetch)) as siem,
        ):
            place = Place(home, tmp_path / "none", siem)
            place.look(*PEOPLE[:5])
            place.step()
            found = [alert.subject_count for alert in place.alerts()]
    assert found == ([4] if answers else [])
    assert told(home)["systems"]["register"]["look_up"] == ("" if answers else "not-reached")


IMPORT = "import sys; from yingbi.cli import main; sys.exit(main(sys.argv[1:]))"
TAKE = """
import msgspec, pathlib, sys
from siem.reasons.case import Told
from siem.reasons.store import CaseStore
CaseStore(pathlib.Path(sys.argv[1])).take(msgspec.json.decode(pathlib.Path(sys.argv[2]).read_bytes(), type=Told))
"""
MANY = 10_000


def killed_once(process: "subprocess.Popen[bytes]", path: Path, pattern: str, least: int) -> bool:
    """Kill *process* as soon as it has written so many octets of a file. Returns whether it had not ended before."""
    while process.poll() is None:
        for found in path.glob(pattern):
            try:
                if found.stat().st_size >= least:
                    os.kill(process.pid, signal.SIGKILL)
                    return process.wait() == -signal.SIGKILL
            except FileNotFoundError:
                continue
    return False


def test_an_import_that_is_killed_has_brought_in_all_or_nothing(place: Place, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("id_no,num,handler\n" + "".join(f"{10_000_000 + each},A-{each},\n" for each in range(MANY)))
    environment = {**os.environ, "YINGBI_HOME": str(place.home.root)}
    command = [sys.executable, "-c", IMPORT, "reasons", "import", str(path), "--system", "register"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    killed_once(process, place.home.root, "told-reasons/.*", 1)
    process.wait()
    place.step()
    with closing(CaseStore(place.home.reason_store, read_only=True)) as cases:
        assert cases.count("register") in (0, MANY)
    assert subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode == 0
    place.step()
    with closing(CaseStore(place.home.reason_store, read_only=True)) as cases:
        assert cases.count("register") == MANY


def test_a_process_that_is_killed_while_it_takes_has_taken_all_or_nothing(tmp_path: Path) -> None:
    given = tmp_path / "given.json"
    all_cases = tuple(Case(person=digest(each), number=digest(each)) for each in range(MANY))
    given.write_bytes(msgspec.json.encode(Told(as_of=now(), system="register", cases=all_cases)))
    command = [sys.executable, "-c", TAKE, str(tmp_path / "reasons.db"), str(given)]
    killed_once(subprocess.Popen(command), tmp_path, "reasons.db-wal", 300_000)
    with closing(CaseStore(tmp_path / "reasons.db")) as cases:
        assert cases.count("register") in (0, MANY)
        assert (cases.source("register", "feed") is None) == (cases.count("register") == 0)
    subprocess.run(command, check=True)
    with closing(CaseStore(tmp_path / "reasons.db")) as cases:
        assert cases.count("register") == MANY
