import os
import signal
import socket
import sys
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from tests.gateway import wait_until
from tests.patience import PATIENCE_S
from yingbi.children import LARGEST_SAID, LONGEST_PAUSE_S, Job, Process, stop_all

SLEEP = "import time\nprint('here', flush=True)\nwhile True: time.sleep(60)"
STUBBORN = f"import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n{SLEEP}"


def job(script: str, leftover: Path | None = None) -> Job:
    return Job(name="one", command=[sys.executable, "-c", script], is_ready=lambda pid: True, leftover=leftover)


def started(tmp_path: Path, script: str) -> Process:
    child = Process(job(script), tmp_path)
    assert child.look() is None
    wait_until(lambda: child.last_words() == "here", 10)
    return child


def test_it_is_started_and_ended(tmp_path: Path) -> None:
    child = started(tmp_path, SLEEP)
    pid = child.pid
    assert child.is_ready
    stop_all([child])
    assert not psutil.pid_exists(pid)
    assert (child.pid, child.is_ready) == (0, False)


def test_it_is_started_again_when_it_ends_and_not_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = [1000.0]
    monkeypatch.setattr("yingbi.children.time", SimpleNamespace(monotonic=lambda: now_s[0]))
    child = Process(job("print('gone', flush=True)"), tmp_path)
    ended: list[int] = []

    def ends() -> bool:
        code = child.look()
        ended.extend([] if code is None else [code])
        return code is not None

    wait_until(ends, 10)
    child.look()
    assert (child.pid, child.restarts) == (0, 0), "who ends at once waits a little"

    def is_started_again() -> bool:
        now_s[0] += LONGEST_PAUSE_S
        ends()
        return child.restarts >= 2

    wait_until(is_started_again, 10)
    assert set(ended) == {0}
    wait_until(lambda: child.last_words() == "gone", 10)
    stop_all([child])


def test_how_it_ended_is_told(tmp_path: Path) -> None:
    child = started(tmp_path, SLEEP)
    os.kill(child.pid, signal.SIGKILL)
    codes: list[int] = []

    def ended() -> bool:
        code = child.look()
        if code is not None:
            codes.append(code)
        return bool(codes)

    wait_until(ended, 5)
    assert codes == [-signal.SIGKILL]
    stop_all([child])


def test_one_that_is_stopped_or_does_not_listen_ends_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yingbi.children.STOP_S", 0.5)
    (tmp_path / "a").mkdir()
    stubborn = started(tmp_path / "a", STUBBORN)
    (tmp_path / "b").mkdir()
    frozen = started(tmp_path / "b", SLEEP)
    os.kill(frozen.pid, signal.SIGSTOP)
    pids = [stubborn.pid, frozen.pid]
    stop_all([stubborn, frozen])
    assert not [pid for pid in pids if psutil.pid_exists(pid)]


def test_what_it_says_is_the_owners_and_bounded(tmp_path: Path) -> None:
    said = tmp_path / "one.log"
    with said.open("wb") as file:
        file.truncate(LARGEST_SAID + 1)
    child = started(tmp_path, SLEEP)
    assert said.stat().st_mode & 0o777 == 0o600
    assert said.stat().st_size < 100
    assert (tmp_path / "one.log.1").stat().st_size == LARGEST_SAID + 1
    stop_all([child])


def test_what_its_last_process_left_is_removed_first(tmp_path: Path) -> None:
    leftover = tmp_path / "counters"
    leftover.write_bytes(b"old")
    child = Process(job(SLEEP, leftover), tmp_path)
    child.look()
    assert not leftover.exists()
    stop_all([child])


def test_what_it_said_in_another_life_are_not_its_last_words(tmp_path: Path) -> None:
    (tmp_path / "one.log").write_text("of the one before\n")
    child = Process(job("import time\ntime.sleep(60)"), tmp_path)
    assert child.look() is None
    assert child.last_words() == f"see `{tmp_path / 'one.log'}`"
    stop_all([child])


HANDS_OVER = "import signal, sys\nsignal.signal(signal.SIGHUP, lambda *_: sys.exit(0))\n" + SLEEP


def test_one_process_stands_in_the_place_of_another_once_it_works(tmp_path: Path) -> None:
    works: set[int] = set()
    made = Job(name="one", command=[sys.executable, "-c", HANDS_OVER], is_ready=works.__contains__)
    child = Process(made, tmp_path)
    child.look()
    wait_until(lambda: child.last_words() == "here", 10)
    before = child.pid
    child.renew(made)
    child.renew(made)  # one at a time
    after = child.pid
    assert after != before
    wait_until(lambda: child.last_words() == "here", 10)
    child.look()
    assert psutil.pid_exists(before), "it goes on until the other works"
    works.add(after)
    wait_until(lambda: (child.look(), child.is_renewed)[1] is False, 10)
    assert (psutil.pid_exists(before), child.pid, child.restarts) == (False, after, 0)
    stop_all([child])


def test_where_the_other_does_not_come_up_the_one_before_goes_on(tmp_path: Path) -> None:
    leftover = tmp_path / "counted"
    child = started(tmp_path, SLEEP)
    child.job = job(SLEEP, leftover)
    leftover.write_text("1")
    before = child.pid
    command = [sys.executable, "-c", "raise SystemExit(3)"]
    child.renew(Job(name="one", command=command, is_ready=lambda pid: False, leftover=leftover))
    codes: list[int | None] = [None]

    def taken_back() -> bool:
        codes.append(child.look())
        return not child.is_renewed

    wait_until(taken_back, 10)
    assert (child.pid, codes[-1]) == (before, 3)
    assert leftover.read_text() == "1"
    stop_all([child])


def test_one_that_has_only_just_begun_can_be_renewed(tmp_path: Path) -> None:
    """It has left nothing yet that would have to be put aside."""
    child = started(tmp_path, SLEEP)
    command = [sys.executable, "-c", "raise SystemExit(3)"]
    before = child.pid
    child.renew(Job(name="one", command=command, is_ready=lambda pid: False, leftover=tmp_path / "counted"))
    wait_until(lambda: (child.look(), child.is_renewed)[1] is False, 10)
    assert child.pid == before
    stop_all([child])


def test_who_does_not_go_is_ended(tmp_path: Path) -> None:
    stubborn = "import signal\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + SLEEP
    child = started(tmp_path, stubborn)
    before = child.pid
    child.renew(Job(name="one", command=[sys.executable, "-c", stubborn], is_ready=lambda pid: True, goes_within_s=0.1))
    wait_until(lambda: (child.look(), child.is_renewed)[1] is False, 10)
    assert not psutil.pid_exists(before)
    stop_all([child])


def test_a_socket_outlasts_a_process_that_is_renewed_and_not_one_that_fails(tmp_path: Path) -> None:
    serve = "import socket, sys\nkept = socket.socket(fileno=int(sys.argv[1]))\nkept.listen()\nimport signal\n"
    script = serve + "signal.signal(signal.SIGHUP, lambda *_: sys.exit(0))\n" + SLEEP
    ports: list[int] = []

    def listens() -> socket.socket:
        made = socket.socket()
        made.bind(("127.0.0.1", ports[0] if ports else 0))
        ports.append(made.getsockname()[1])
        return made

    made = Job(name="one", command=[sys.executable, "-c", script], is_ready=lambda pid: True, listens=listens)
    child = Process(made, tmp_path)
    child.look()
    wait_until(lambda: child.last_words() == "here", 10)
    with socket.create_connection(("127.0.0.1", ports[0]), timeout=PATIENCE_S) as waiting:
        child.renew(made)
        wait_until(lambda: (child.look(), child.is_renewed)[1] is False, 10)
        waiting.setblocking(False)
        with pytest.raises(BlockingIOError):
            waiting.recv(1)  # neither answered nor turned away
    os.kill(child.pid, signal.SIGKILL)
    wait_until(lambda: child.look() is not None, 10)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", ports[0]), timeout=PATIENCE_S)
    assert child.failing == 1
    stop_all([child])
