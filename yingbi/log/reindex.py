"""Rebuilds the index from the log: empties it, and lets every event be shipped again.

Doing it twice, or again after it was broken off, is doing it once: an event's id is that of its document. Where the
installation runs, its siem process ships; it is the only one that writes the index, so it is stopped before and started
again after. Where it does not run, we ship ourselves, and nobody else can begin meanwhile.
"""

import contextlib
import fcntl
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import psutil

from deploy.elasticsearch.connection import NodeUnavailable
from siem.index.elastic_keeper import ElasticKeeper
from siem.index.elastic_link import Login
from siem.index.positions import Positions
from siem.index.progress import standing
from siem.index.ship import Shipper
from siem.index.store import StoreUnavailable
from siem.record.reader import beginning_of, starts_in, unread_bytes
from yingbi.clock import now
from yingbi.home import Home
from yingbi.index import cluster_of, open_index, open_keeper
from yingbi.settings import Index, Settings
from yingbi.standing import started_and_alive
from yingbi.status import is_supervised

TIMEOUT = timedelta(seconds=60)
POLL_S = 0.5
PATIENCE_S = 120.0
"""Without any progress."""

type Progress = Callable[[int, int], None]
"""Takes how many bytes of the log are indexed, and how many there are."""


class CannotReindex(Exception):
    """The index is not rebuilt. The message says why."""


def reindex(settings: Settings, progress: Progress) -> None:
    """Rebuild the index, and return once it holds what the log did when this was called. Raises CannotReindex."""
    home = Home(settings.home)
    try:
        if is_supervised(home):
            _reindex_running(settings, home, progress)
        else:
            with _alone(home):
                _reindex_stopped(settings, home, progress)
    except (StoreUnavailable, NodeUnavailable) as problem:
        raise CannotReindex(f"索引不可用 / the index is not available: {problem}") from None
    except OSError as error:
        raise CannotReindex(f"`{error.filename or home.index}`: {error.strerror}") from None


def _reindex_running(settings: Settings, home: Home, progress: Progress) -> None:
    found = [process for name, process in started_and_alive(home) if name == "siem"]
    if not found:
        raise CannotReindex("siem 没有运行，请稍后再试 / does not run: try again in a moment")
    (siem,) = found
    siem.suspend()  # it must write nothing between what is emptied and its end
    try:
        _empty(settings, home)
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):
            siem.kill()  # the supervisor starts it again, and it begins at the beginning
    positions = Positions(home.positions(settings.index.value), read_only=True)
    target = _log_bytes(home)
    moved_at, before, pause = time.monotonic(), -1, threading.Event()
    while True:
        behind = target
        with contextlib.suppress(StoreUnavailable):  # it is being made by the process that was started
            behind = standing(home.log, positions).behind_bytes
        shipped = _log_bytes(home) - behind
        progress(min(shipped, target), target)
        if not behind or shipped >= target:
            return
        if shipped != before:
            moved_at, before = time.monotonic(), shipped
        if time.monotonic() > moved_at + PATIENCE_S:
            raise CannotReindex(
                "没有进展，影壁会继续搬运，见 `yingbi status` / nothing moves; it is gone on with: see yingbi status"
            )
        pause.wait(POLL_S)


def _reindex_stopped(settings: Settings, home: Home, progress: Progress) -> None:
    _empty(settings, home)
    store = open_index(settings, writing=True)
    keeper = open_keeper(settings, store)
    positions = Positions(home.positions(settings.index.value))
    target = _log_bytes(home)
    try:
        keeper.prepare(TIMEOUT)
        with contextlib.closing(Shipper(home.log, store, positions, now, timeout=TIMEOUT)) as shipper:
            while True:
                step = shipper.step()
                shipped = _log_bytes(home) - step.behind_bytes  # events may arrive all the while
                progress(max(min(shipped, target), 0), target)
                if step.trouble:
                    raise StoreUnavailable(step.trouble)
                if not step.behind_bytes or shipped >= target:
                    return
    finally:
        positions.close()
        for each in (store, keeper):  # which may be one: to close it twice is to close it once
            each.close()


def _empty(settings: Settings, home: Home) -> None:
    """Leave nothing of the index, nor of how far it had come."""
    if settings.index is Index.ELASTICSEARCH:
        cluster = cluster_of(settings)
        keeper = ElasticKeeper(cluster.urls, cluster.ca_file, Login(*cluster.users["keeper"]))
        try:
            keeper.drop_before(date.max, TIMEOUT)
        finally:
            keeper.close()
    else:
        shutil.rmtree(home.events, ignore_errors=True)
    positions = home.positions(settings.index.value)
    for path in home.index.glob(f"{positions.name}*"):
        path.unlink(missing_ok=True)


def _log_bytes(home: Home) -> int:
    return sum(unread_bytes(home.log / start, beginning_of(start)) for start in starts_in(home.log))


@contextlib.contextmanager
def _alone(home: Home) -> Iterator[None]:
    """Keep everybody from starting the installation."""
    home.run.mkdir(exist_ok=True, mode=0o700)
    with home.lock.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotReindex("影壁正在启动，请稍后再试 / it is being started: try again in a moment") from None
        yield
