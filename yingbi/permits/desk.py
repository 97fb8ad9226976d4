"""Lets callers see more for a while: takes what they ask for, decides, records, publishes (DESIGN decision 8).

The journal decides, everything else follows: what it holds is recorded in the log once, and what is in the log is in
the table of permits. So whoever is killed in between finds at the next start what is missing, and does nothing twice.

INVARIANT 2: no permit is in the table before it is in the log. The end of one waits for nothing.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import OperationalError

from console.permits.book import PermitBook
from console.permits.journal import Opened
from policies.overlay import Overlay
from policies.parse.section import BEIJING
from policies.permits import Asked, Kind, read_asked
from policies.program import RevealRule
from proxy.asked import waiting
from siem.index.store import StoreUnavailable
from siem.record.log import RecordFailed
from yingbi.clock import Clock
from yingbi.permits.judge import Case, Seen, judge
from yingbi.permits.record import PermitRecorder
from yingbi.permits.search import PermitSearch
from yingbi.publish.permits import PermitPublisher

EVERY = timedelta(milliseconds=50)
PATIENCE_S = 5.0
"""So long the index is waited for to hold what somebody asks about."""

log = logging.getLogger("yingbi.permits.desk")


@dataclass(slots=True, kw_only=True)
class PermitDesk:
    """The one who opens permits. Only one process has it; one thread of it takes, another one settles."""

    folder: Path
    """In which workers leave what is asked for."""
    key: bytes
    """Of what workers ask."""
    book: PermitBook
    search: PermitSearch
    recorder: PermitRecorder
    publisher: PermitPublisher
    reveals: Callable[[str], tuple[RevealRule, ...]]
    """Those of the program in force of a system; none where there is no such program."""
    overlay: Callable[[], Overlay]
    """The tightenings in force. Raises ValueError where they cannot be known: then nothing is opened."""
    clock: Clock
    monotonic: Callable[[], float] = time.monotonic
    _first_seen: dict[str, float] = field(default_factory=dict)
    _published: tuple[int, int, datetime] | None = None
    """The entry of the journal, how much was recorded, and the minute: of what was published last."""

    def take(self) -> None:
        """Decide what workers have left, as far as that can be done now."""
        if self.book.broken is not None:
            return
        for path in sorted(waiting(self.folder)):
            if not self.book.knows(path.stem):
                self._take(path)

    def settle(self) -> None:
        """Record and publish what was decided, and what somebody ended."""
        done: list[Path] = []
        try:
            if self.book.broken is None:
                done += (path for path in waiting(self.folder) if self.book.knows(path.stem))
                self.recorder.record(self.book, self.clock())
        finally:
            self._publish()
        for path in done:  # only now: until they are answered, it is by these that workers know what was asked for
            path.unlink(missing_ok=True)

    def run_taking(self, stop: threading.Event) -> None:
        """Take again and again until *stop* is set. What cannot be done now is tried again."""
        _again_and_again(self.take, stop)

    def run_settling(self, stop: threading.Event) -> None:
        """Settle again and again until *stop* is set, in another thread: the end of a permit waits for no search."""
        _again_and_again(self.settle, stop)
        self.recorder.close()

    def _publish(self) -> None:
        now = self.clock()
        seen = self.book.number, self.recorder.count, now.replace(second=0, microsecond=0)
        if seen != self._published:
            self.publisher.publish(self.book, self.recorder.is_recorded, now)
            self._published = seen

    def _take(self, path: Path) -> None:
        try:
            asked = read_asked(path.read_bytes(), self.key)
            if asked.id != path.stem:
                raise ValueError("it lies under the id of another")
        except ValueError:
            log.error("asked_refused no worker wrote it")
            path.unlink(missing_ok=True)
            return
        if self._decide(asked):
            self._first_seen.pop(asked.id, None)

    def _decide(self, asked: Asked) -> bool:
        """Decide, and write it down. Returns whether that could be done yet."""
        first = self._first_seen.setdefault(asked.id, self.monotonic())
        is_patient = self.monotonic() - first < PATIENCE_S
        seen: Seen | None = None
        if asked.kind is Kind.REVEAL:
            seen, is_known = self.search.find(asked.event, asked.at, last_try=not is_patient)
            if not is_known:
                return False
        now = self.clock()
        decided = judge(asked, self._case(asked, seen, now), now)
        self.book.note(decided, now)
        what = "opened" if isinstance(decided, Opened) else f"refused code={decided.code}"
        log.info("permit_decided permit=%s kind=%s %s", asked.id, asked.kind.value, what)
        return True

    def _case(self, asked: Asked, seen: Seen | None, now: datetime) -> Case:
        reveal = next((each for each in self.reveals(asked.system) if each.grant.id == asked.reveal), None)
        today = list(self._today(asked.caller, now))
        in_force = self.overlay().in_force(
            system=asked.system, operation="", caller=asked.caller, credential=asked.credential, now=now
        )
        return Case(
            reveal=reveal,
            seen=seen,
            overlay=in_force,
            today=sum(1 for reveal_id in today if reveal_id == asked.reveal),
            draw=not today or (reveal is not None and secrets.randbelow(100) < reveal.sampled),
        )

    def _today(self, caller: str, now: datetime) -> Iterator[str]:
        """The reveals by which *caller* was given a permit today, as a day is in Beijing."""
        midnight = now.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
        for record in self.book.since(midnight):
            if record.fact.caller == caller:
                yield record.fact.reveal


def _again_and_again(do: Callable[[], None], stop: threading.Event) -> None:
    told = ""
    while not stop.is_set():
        try:
            do()
            trouble = ""
        except (OSError, OperationalError, RecordFailed, StoreUnavailable, ValueError) as error:
            trouble = f"{type(error).__name__}: {error}" if isinstance(error, ValueError) else type(error).__name__
        if trouble != told:
            log.warning("permits_trouble_changed now=%s", trouble or "none")
            told = trouble
        stop.wait(EVERY.total_seconds())
