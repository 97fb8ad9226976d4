"""The quota process and the workers that ask it: killed, stopped, out of room, raced for; what a worker remembers."""

import resource
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from policies.limits import HOUR_S
from proxy.quota.book import LATE, Numbers, Verdict
from proxy.quota.client import DEADLINE_S, FRESH, PAUSE_S, Quota, QuotaUnknown
from proxy.quota.keeper import FileKeeper
from proxy.quota.server import QuotaServer
from tests.forked import Running
from tests.gateway import start_quota
from tests.patience import PATIENCE_S
from tests.proxy.clocks import Machine
from tests.racing import raced

THREE = (Numbers("l", 3, None),)


@pytest.fixture
def asks(tmp_path: Path) -> Iterator[Callable[..., Quota]]:
    """Makes what a patient worker asks with, and lets go of it afterwards."""
    made: list[Quota] = []

    def make(path: Path | None = tmp_path / "quota.socket", **more: Any) -> Quota:
        made.append(Quota(path, deadline_s=PATIENCE_S, **more))
        return made[-1]

    yield make
    for quota in made:
        quota.close()


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    process = start_quota(folder / "quota", folder / "quota.socket", folder / "told")
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_nobody_else_reaches_it(tmp_path: Path) -> None:
    with running(tmp_path):
        assert (tmp_path / "quota.socket").stat().st_mode & 0o777 == 0o600
        assert (tmp_path / "quota").stat().st_mode & 0o777 == 0o700


def test_what_it_has_admitted_is_known_to_the_next_one(tmp_path: Path, asks: Callable[..., Quota]) -> None:
    quota = asks()
    with running(tmp_path):
        assert quota.judge("li", THREE, {"a": "", "b": ""}) == Verdict()
    with pytest.raises(QuotaUnknown):
        quota.judge("li", THREE, {"c": ""})
    with running(tmp_path):
        assert quota.judge("li", THREE, {"c": ""}) == Verdict()
        assert quota.judge("li", THREE, {"d": ""}).refused == ("l",)


def test_a_process_that_is_stopped_is_waited_for_once_and_then_left_alone(
    tmp_path: Path, asks: Callable[..., Quota]
) -> None:
    now_s = [1000.0]
    quota = asks(clock=lambda: now_s[0])
    with running(tmp_path) as process:
        assert quota.judge("li", THREE, {"a": ""}) == Verdict()
        process.send_signal(signal.SIGSTOP)
        quota.deadline_s = DEADLINE_S
        with pytest.raises(QuotaUnknown):
            quota.judge("li", THREE, {"b": ""})
        quota.deadline_s = PATIENCE_S
        process.send_signal(signal.SIGCONT)
        with pytest.raises(QuotaUnknown):  # not even asked
            quota.judge("li", THREE, {"b": ""})
        assert quota.judge("li", THREE, {"a": ""}) == Verdict(), "what was admitted a moment ago still is"
        now_s[0] += PAUSE_S
        assert quota.judge("li", THREE, {"b": "", "c": ""}) == Verdict()


def test_a_disk_without_room_admits_nobody_and_what_was_admitted_stays(
    tmp_path: Path, asks: Callable[..., Quota]
) -> None:
    quota = asks()
    with running(tmp_path) as process:
        assert quota.judge("li", THREE, {"a": ""}) == Verdict()
        (segment,) = (tmp_path / "quota").glob("*.log")
        size = segment.stat().st_size
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size + 9, resource.RLIM_INFINITY))
        with pytest.raises(QuotaUnknown):
            quota.judge("li", THREE, {"b": ""})
        assert segment.stat().st_size == size, "half a line is taken back"
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        assert quota.judge("li", THREE, {"b": "", "c": ""}) == Verdict()
        assert quota.judge("li", THREE, {"d": ""}).refused == ("l",)


def test_without_a_process_nobody_is_admitted(tmp_path: Path, asks: Callable[..., Quota]) -> None:
    for path in (None, tmp_path / "quota.socket", tmp_path / "no such folder" / "quota.socket"):
        with pytest.raises(QuotaUnknown):
            asks(path).judge("li", THREE, {"a": ""})


def test_a_folder_that_lies_deep_is_reached_all_the_same(tmp_path: Path, asks: Callable[..., Quota]) -> None:
    deep = tmp_path / ("d" * 100) / ("e" * 100)
    deep.mkdir(parents=True)
    with running(deep):
        assert asks(deep / "quota.socket").judge("li", THREE, {"a": ""}) == Verdict()


def test_a_page_about_thousands_is_judged_in_one_question(tmp_path: Path, asks: Callable[..., Quota]) -> None:
    with running(tmp_path):
        quota = asks()
        many = {f"1:{number:032x}": "" for number in range(10_000)}
        assert quota.judge("li", (Numbers("l", None, 10_000),), many) == Verdict()
        assert quota.judge("li", (Numbers("l", None, 10_000),), {"one more": ""}).refused == ("l",)


RACE = """
import sys
from pathlib import Path
from proxy.quota.client import Quota
from proxy.quota.book import Numbers
quota = Quota(Path(sys.argv[1]), deadline_s=float(sys.argv[3]))
numbers = (Numbers("l", 50, None),)
print("ready", flush=True)
sys.stdin.readline()
asked = (quota.judge("li", numbers, {f"{sys.argv[2]}-{number}": ""}) for number in range(40))
print(sum(not verdict.refused for verdict in asked), flush=True)
"""


def test_workers_that_race_are_shown_no_more_together_than_one_alone(tmp_path: Path) -> None:
    with running(tmp_path):
        shown = raced(RACE, [[str(tmp_path / "quota.socket"), str(number), str(PATIENCE_S)] for number in range(3)])
    assert sum(map(int, shown)) == 50


def test_what_a_worker_shows_again_unasked_still_counts_in_every_window(
    tmp_path: Path, asks: Callable[..., Quota]
) -> None:
    """A subject shown unasked at the last moment counts for an hour from then on, whatever else is asked for."""
    machine = Machine()
    server = QuotaServer(lambda: FileKeeper(tmp_path / "quota", machine), tmp_path / "quota.socket")
    stop = threading.Event()
    serving = threading.Thread(target=server.serve, args=(stop.is_set, lambda facts: None, 0.05))
    serving.start()
    try:
        quota = asks(uptime_ns=lambda: machine.uptime_ms * 1_000_000)
        assert quota.judge("li", THREE, {"a": "", "b": "", "c": ""}) == Verdict()
        fresh_ms = int(1000 * HOUR_S * FRESH)
        machine.uptime_ms += fresh_ms - 1
        admitted = server.quota.admitted
        assert quota.judge("li", THREE, {"a": ""}) == Verdict()
        assert server.quota.admitted == admitted, "it was not asked"
        machine.uptime_ms += 1000 * HOUR_S  # in this hour `a` was shown
        assert quota.judge("li", THREE, {"d": "", "e": "", "f": ""}).refused == ("l",)
        machine.uptime_ms += int(1000 * HOUR_S * LATE) - fresh_ms + 1
        assert quota.judge("li", THREE, {"d": "", "e": "", "f": ""}) == Verdict()
        machine.uptime_ms += fresh_ms
        admitted = server.quota.admitted
        assert quota.judge("li", THREE, {"d": ""}) == Verdict()
        assert server.quota.admitted == admitted + 1, "what was admitted too long ago is asked for again"
        assert quota.judge("li", (Numbers("l", 2, None),), {"d": ""}).refused == ("l",), "and for another number"
    finally:
        stop.set()
        serving.join()


def test_killed_again_and_again_it_admits_no_more_than_the_limit(tmp_path: Path, asks: Callable[..., Quota]) -> None:
    """Killed at whatever point it is, while it is asked; whoever asks takes what he was not answered for not shown."""
    numbers, shown = (Numbers("l", 60, None),), 0
    asked = (f"s-{number}" for number in range(10_000))
    for _ in range(6):
        with running(tmp_path) as process:
            quota = asks()
            killer = threading.Thread(target=lambda process=process: process.kill())
            for number, subject in enumerate(asked):
                if number == 8:
                    killer.start()
                try:
                    shown += not quota.judge("li", numbers, {subject: ""}).refused
                except QuotaUnknown:
                    break
            if killer.ident is not None:
                killer.join()
    with running(tmp_path):
        quota = asks()
        while not quota.judge("li", numbers, {next(asked): ""}).refused:
            shown += 1
    assert 60 - 6 <= shown <= 60, "what was written down and not answered counts, and nothing else"
