"""The quota is kept alike in a file and in PostgreSQL; there for several hosts together, whatever becomes of them."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from policies.limits import HOUR_S
from proxy.quota.book import LATE, Numbers, Question, Verdict
from proxy.quota.client import Quota, QuotaUnknown
from proxy.quota.database import ANCHOR_MS, WITHIN_S, DatabaseKeeper
from proxy.quota.keeper import CannotTell, FileKeeper, Keeper
from tests.gateway import ROOT, wait_until
from tests.patience import PATIENCE_S
from tests.postgres import Server, running_server
from tests.proxy.clocks import Machine
from yingbi.home import Home
from yingbi.settings import Settings, write_settings

LATER_MS = int(1000 * HOUR_S * (1 + LATE))


def asked(*subjects: str, an_hour: int = 3, caller: str = "li") -> Question:
    return Question(caller, (Numbers("l", an_hour, None),), tuple((subject, "") for subject in subjects))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server() as started:
        yield started


@pytest.fixture
def database(server: Server) -> Server:
    server.empty()
    return server


def host(server: Server, folder: Path, machine: Machine) -> DatabaseKeeper:
    """A patient one, which is connected."""
    keeper = DatabaseKeeper(server.connect, folder, machine, within_s=PATIENCE_S)
    wait_until(lambda: keeper.can_judge, PATIENCE_S)
    return keeper


@pytest.fixture(params=["file", "database"])
def start(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Machine], Keeper]:
    if request.param == "file":
        return lambda machine: FileKeeper(tmp_path, machine)
    shared = request.getfixturevalue("database")
    return lambda machine: host(shared, tmp_path, machine)


def pass_ms(keeper: Keeper, machine: Machine, ms: int) -> None:
    """Let time go by, as a process does that looks at it each second."""
    keeper.tick()
    while ms > 0:
        machine.uptime_ms += min(ms, ANCHOR_MS)
        ms -= ANCHOR_MS
        keeper.tick()


def test_no_window_holds_more_and_there_is_room_once_it_has_rolled(start: Callable[[Machine], Keeper]) -> None:
    machine = Machine()
    keeper = start(machine)
    assert keeper.judge(asked("a", "b")) == Verdict()
    assert keeper.judge(asked("b", "c")) == Verdict()
    refused = keeper.judge(asked("d"))
    assert refused.refused == ("l",)
    assert 0 < refused.retry_s <= LATER_MS / 1000
    assert keeper.judge(asked("d", caller="wang")) == Verdict()
    assert keeper.counted("l", "li") == (3, 3)
    pass_ms(keeper, machine, LATER_MS - 1000)
    assert keeper.judge(asked("d")).refused
    pass_ms(keeper, machine, 2000)
    assert keeper.judge(asked("d")) == Verdict()
    keeper.close()


def test_what_has_no_room_counts_for_nothing(start: Callable[[Machine], Keeper]) -> None:
    keeper = start(Machine())
    assert keeper.judge(asked("a", "b", "c", "d")) == Verdict(("l",), 0)
    assert keeper.judge(asked("a", "b", "c")) == Verdict()
    keeper.close()


def test_the_next_process_knows_whom_the_last_admitted(start: Callable[[Machine], Keeper]) -> None:
    machine = Machine()
    first = start(machine)
    assert first.judge(asked("a", "b", "c")) == Verdict()
    first.close()
    second = start(machine)
    assert second.judge(asked("d")).refused == ("l",)
    second.close()


def test_two_digests_of_a_person_count_once(start: Callable[[Machine], Keeper]) -> None:
    keeper = start(Machine())

    def by(*pairs: tuple[str, str]) -> Question:
        return Question("li", (Numbers("l", 2, None),), pairs)

    assert keeper.judge(by(("1:a", ""), ("1:b", ""))) == Verdict()
    assert keeper.judge(by(("2:a", "1:a"), ("2:b", "1:b"))) == Verdict()
    assert keeper.judge(by(("2:a", ""))) == Verdict()
    assert keeper.judge(by(("2:c", "1:c"))).refused == ("l",)
    keeper.close()


# -- several hosts


def test_hosts_that_race_show_no_more_together_than_one_alone(database: Server, tmp_path: Path) -> None:
    hosts = [host(database, tmp_path / str(number), Machine()) for number in range(3)]
    shown: list[str] = []

    def ask(number: int, keeper: DatabaseKeeper) -> None:
        for each in range(20):
            try:
                if not keeper.judge(asked(f"{number}-{each}", an_hour=25)).refused:
                    shown.append(f"{number}-{each}")
            except CannotTell:  # the machine was too slow: not shown
                wait_until(lambda: keeper.can_judge, 10)

    racing = [threading.Thread(target=ask, args=pair) for pair in enumerate(hosts)]
    for each in racing:
        each.start()
    for each in racing:
        each.join()
    with psycopg.connect(database.address) as connection:
        kept = connection.execute("SELECT count(*) FROM quota_shown").fetchone()
    assert len(shown) <= 25
    assert kept is not None
    assert len(shown) <= kept[0] <= 25
    for keeper in hosts:
        keeper.close()


def test_a_machine_whose_time_runs_ahead_of_another_frees_nobody(database: Server, tmp_path: Path) -> None:
    """A process that was stopped for a day, or whose machine was started anew, takes the time as it stands."""
    one, other = Machine(), Machine()
    other.uptime_ms = 900 * 3600_000
    first, second = host(database, tmp_path / "1", one), host(database, tmp_path / "2", other)
    assert first.judge(asked("a", "b", "c")) == Verdict()
    second.tick()
    other.uptime_ms += 48 * 3600_000
    second.tick()
    assert second.judge(asked("d")).refused == ("l",)
    one.start_anew()
    first.tick()
    assert first.judge(asked("d")).refused == ("l",)
    first.close()
    second.close()


def test_a_server_that_is_killed_forgets_nobody(database: Server, tmp_path: Path) -> None:
    keeper = host(database, tmp_path, Machine())
    assert keeper.judge(asked("a", "b")) == Verdict()
    database.kill()
    with pytest.raises(CannotTell, match="database of the quota"):
        keeper.judge(asked("c"))
    (database.folder / "data" / "postmaster.pid").unlink(missing_ok=True)
    database.start()
    wait_until(lambda: keeper.can_judge, 20)
    assert keeper.judge(asked("c")) == Verdict()
    assert keeper.judge(asked("d")).refused == ("l",)
    keeper.close()


def test_a_server_that_hangs_is_left_alone(database: Server, tmp_path: Path) -> None:
    keeper = host(database, tmp_path, Machine())
    assert keeper.judge(asked("a")) == Verdict()
    with psycopg.connect(database.address) as blocking:
        blocking.execute("LOCK TABLE quota_caller, quota_shown IN ACCESS EXCLUSIVE MODE")
        keeper.within_s = WITHIN_S
        for _ in range(3):
            with pytest.raises(CannotTell):
                keeper.judge(asked("b"))
    keeper.within_s = PATIENCE_S
    wait_until(lambda: keeper.can_judge, 20)
    assert keeper.judge(asked("b", "c")) == Verdict()
    keeper.close()


@pytest.mark.parametrize("how", ["UPDATE quota_clock SET now_ms = 0", "DELETE FROM quota_shown"])
def test_a_database_that_was_set_back_or_altered_admits_nobody(database: Server, tmp_path: Path, how: str) -> None:
    machine = Machine()
    keeper = host(database, tmp_path, machine)
    assert keeper.judge(asked("a")) == Verdict()
    pass_ms(keeper, machine, 60_000)
    keeper.close()
    with psycopg.connect(database.address, autocommit=True) as connection:
        connection.execute(how.encode())
    again = host(database, tmp_path, machine)
    with pytest.raises(CannotTell, match=r"set back|record is missing"):
        again.judge(asked("b"))
    again.close()


def answered(worker: Quota, numbers: Numbers, subject: str) -> Verdict:
    """What *worker* is told about *subject* once it is told anything: the database may be too slow for its process."""
    verdicts: list[Verdict] = []

    def is_told() -> bool:
        with contextlib.suppress(QuotaUnknown):
            verdicts.append(worker.judge("li", (numbers,), {subject: ""}))
        return bool(verdicts)

    wait_until(is_told, 30)
    return verdicts[0]


def test_processes_that_are_killed_while_they_are_asked_admit_no_more_than_the_limit(
    database: Server, tmp_path: Path
) -> None:
    """As the supervisor runs them, one for each of two hosts, asked as workers ask."""
    shown, numbers = 0, Numbers("l", 40, None)
    asking = (f"s-{number}" for number in range(10_000))
    for start in range(4):
        place = tmp_path / str(start % 2)
        place.mkdir(exist_ok=True)
        settings = Settings(home=place, quota_database=database.address)
        home = Home(place)
        home.run.mkdir(exist_ok=True)
        home.told("quota").unlink(missing_ok=True)
        command = [sys.executable, "-m", "yingbi.process.quota", write_settings(settings)]
        with subprocess.Popen(command, cwd=ROOT) as process:
            wait_until(home.told("quota").exists, 30)
            worker = Quota(home.quota_socket, deadline_s=PATIENCE_S)
            shown += not answered(worker, numbers, next(asking)).refused
            for number, subject in enumerate(asking):
                if number == 15:
                    process.kill()
                try:
                    shown += not worker.judge("li", (numbers,), {subject: ""}).refused
                except QuotaUnknown:
                    if process.poll() is not None or number >= 15:
                        break
            worker.close()
            process.kill()
    assert 0 < shown <= 40
