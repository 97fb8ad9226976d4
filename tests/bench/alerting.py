"""How long after the event that makes it one an alert is there, while 1,000 events a second arrive.

The process that ships and detects is the installation's own, over an installation's log; the events are those of the
hour of a busy gateway. Thieves look up one person after the other; counted is from when their last look-up is in the
log until the alert can be read. On a machine that is busy with something else the process gets what is left: compare
the processor time it uses.
"""

import contextlib
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deploy.elasticsearch.connection import Connection, NodeUnavailable
from siem.detect.alert import AlertStore
from siem.record.log import AccessLog, new_start_id
from tests import search_node
from tests.bench.figure import Bench, Figure, NotMeasured, figure
from tests.bench.hour import EVENTS, seen_in
from tests.siem.events import digest, event
from yingbi.first_start import make_folders
from yingbi.home import Home
from yingbi.settings import Index, Settings, write_settings

RATE = 1_000
SECONDS = 60
THIEVES = 10
PEOPLE = 300
"""As many as the rule `many_subjects` lets nobody see within ten minutes."""
PACE = 100
"""So many of them a second."""
PATIENCE_S = 240
PROMISE = "5 s, as promised"
_TICK_S, _POLL_S = 0.01, 0.05


def figures(bench: Bench) -> list[Figure]:
    """Seconds to the alert with the index that is the default, and what the process uses."""
    return _measured(bench, Settings(home=bench.folder / "home"), "SQLite")


def on_elastic(bench: Bench) -> list[Figure]:
    """The same with a node of Elasticsearch, which wants its part of the processor as well."""
    with contextlib.ExitStack() as stack:
        try:
            search_node.check_parts()
            home = stack.enter_context(search_node.new_home())
            node = stack.enter_context(search_node.running_node(home, brief=False)).connection
        except NodeUnavailable as missing:
            raise NotMeasured(str(missing)) from missing
        return _measured(bench, _on(node, home, bench.folder / "home"), "Elasticsearch")


def _on(node: Connection, folder: Path, home: Path) -> Settings:
    """The settings of an installation whose index is that *node*, which lies in *folder*."""
    search = Home(home).search
    search.mkdir(parents=True)
    for name in ("ca.pem", "passwords.json"):
        shutil.copy(folder / name, search / name)
    return Settings(home=home, index=Index.ELASTICSEARCH, elasticsearch=(node.url,))


def _measured(bench: Bench, settings: Settings, engine: str) -> list[Figure]:
    home = Home(settings.home)
    make_folders(home)
    before = _used()
    with (
        contextlib.closing(AccessLog(home.log, new_start_id(datetime.now(UTC)))) as log,
        _detecting(settings),
        contextlib.closing(AlertStore(home.alerts, read_only=True)) as alerts,
    ):
        latencies = _Load(bench, log, alerts, engine).run()
    used = (_used() - before) / SECONDS
    return [
        figure(f"from the event to the alert at {RATE:,} events/s, {engine}", latencies, "s", PROMISE),
        figure(f"to ship and detect {RATE:,} events, {engine}, processor", [used], "s", "1 s: it keeps up"),
    ]


@contextlib.contextmanager
def _detecting(settings: Settings) -> Iterator[None]:
    """The process that ships and detects, at work."""
    command = [sys.executable, "-m", "yingbi.process.siem", write_settings(settings)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            while not Home(settings.home).told("siem").exists():
                if process.poll() is not None:
                    raise NotMeasured(f"the process that detects ended with {process.returncode}")
                threading.Event().wait(_TICK_S)
            yield
        finally:
            process.terminate()


def _used() -> float:
    """Processor seconds of processes of ours that have ended."""
    times = resource.getrusage(resource.RUSAGE_CHILDREN)
    return times.ru_utime + times.ru_stime


class _Load:
    """Events that arrive, and thieves among them."""

    def __init__(self, bench: Bench, log: AccessLog, alerts: AlertStore, engine: str) -> None:
        self.bench = bench
        self.log = log
        self.alerts = alerts
        self.engine = engine
        self.number = self.told = 0
        self.ended: dict[str, float] = {}
        """When each thief's last look-up was in the log."""
        self.seen: dict[str, float] = {}
        """When the alert about each could be read."""

    def run(self) -> list[float]:
        """Seconds from the end of each theft to its alert."""
        events = seen_in(EVENTS)
        starts = [SECONDS * (thief + 1) / THIEVES - PEOPLE / PACE for thief in range(THIEVES)]
        stolen = [0] * THIEVES
        began, arrived, polled = time.monotonic(), 0, 0.0
        while len(self.seen) < THIEVES:
            passed = time.monotonic() - began
            if passed > SECONDS + PATIENCE_S:
                raise NotMeasured(f"{THIEVES - len(self.seen)} of {THIEVES} alerts did not come in {PATIENCE_S} s")
            for _ in range(arrived, int(min(passed, SECONDS) * RATE)):
                self._append(next(events))
                arrived += 1
            for thief, start in enumerate(starts):
                for whom in range(stolen[thief], int(min(PEOPLE, (passed - start) * PACE))):
                    self._steal(f"thief-{thief}", whom)
                    stolen[thief] += 1
            if passed >= polled:
                self._poll()
                polled = passed + _POLL_S
                self.bench.progress(f"alerting on {self.engine}, second {min(passed, SECONDS):.0f} of {SECONDS}")
            threading.Event().wait(_TICK_S)
        return [at - self.ended[thief] for thief, at in self.seen.items()]

    def _append(self, changes: Mapping[str, Any]) -> None:
        self.log.append(event(self.number, at=datetime.now(UTC), **changes))
        self.number += 1

    def _steal(self, thief: str, whom: int) -> None:
        self._append({"caller": thief, "source_ip": "10.9.0.1", "subjects": (digest(whom),)})
        self.ended[thief] = time.monotonic()

    def _poll(self) -> None:
        for alert in self.alerts.since(self.told):
            self.told = alert.sequence
            caller = str(alert.group.get("user.id"))
            if alert.rule_name == "many_subjects" and caller in self.ended:
                self.seen.setdefault(caller, time.monotonic())
