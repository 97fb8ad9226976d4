"""Looks without a reason, in the process that detects: takes what is told of cases, and lets the looks be judged.

Runs in a thread of its own, so that neither a large feed nor a system that is slow to answer holds up the shipping. One
writer: what others import comes as files of digests.
"""

import logging
import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from policies.digest import Digester
from policies.keys.epochs import BadEpochs, digester_in
from siem.detect.alert import AlertStore
from siem.detect.rule_file import RuleError
from siem.detect.silence import Silence
from siem.index.progress import Span
from siem.index.store import EventStore, StoreUnavailable
from siem.reasons.case import Told
from siem.reasons.declaration import Declaration
from siem.reasons.declaration_file import declaration_files, read_declarations
from siem.reasons.feed import BadFeed, read_cases
from siem.reasons.judge import Judge
from siem.reasons.store import CaseStore
from yingbi.home import Home
from yingbi.reason_asking import Asker, Fetch
from yingbi.told import tell

EVERY = timedelta(seconds=10)
TIMEOUT = timedelta(seconds=20)
LEFT_OVER = timedelta(hours=1)
"""So old a file is that somebody began to hand over and will not end."""

log = logging.getLogger("yingbi.reasons")


@dataclass(slots=True)
class _File:
    """What is known of the file of a feed."""

    state: tuple[int, int, int, str] | None = None
    """As it was seen last: time, size and number of the file, and the epoch of the key."""
    read: tuple[int, int, int, str] | None = None
    """As it was when it was read last."""
    trouble: str = ""


class Reasons:
    """Everything that has to be done for it again and again."""

    def __init__(
        self,
        home: Home,
        store: EventStore,
        alerts: AlertStore,
        silences: Callable[[], Sequence[Silence]],
        fetch: Fetch,
        now: Callable[[], datetime],
    ) -> None:
        self.home = home
        self._now = now
        home.reason_store.touch(mode=0o600)
        self._cases = CaseStore(home.reason_store)
        self._asker = Asker(self._cases, home.root, fetch, self._digester, now)
        self._store = store
        self._alerts = alerts
        self._silences = silences
        self._judge = self._new_judge()
        self._declared: tuple[Declaration, ...] = ()
        self._written: tuple[tuple[Path, int, int], ...] | None = None
        self._wrong = ""
        self._files: dict[str, _File] = {}
        self._spans: list[Span] = []
        self._lock = threading.Lock()

    def note(self, spans: Sequence[Span]) -> None:
        """Remember when the events happened that have been shipped. From whichever thread."""
        with self._lock:
            self._spans += spans

    def step(self) -> None:
        """Do what can be done now. What fails is done by the next step."""
        self._read_declarations()
        trouble = self._wrong
        with self._lock:
            spans, self._spans = self._spans, []
        try:
            self._take_told()
            for declared in self._declared:
                self._read_feed(declared)
            alerts = self._judge.step(self._declared, self._now(), spans) if self._declared else ()
            for alert in alerts:
                log.info("alert_changed alert=%s rule=%s events=%d", alert.id, alert.rule_name, alert.event_count)
        except (StoreUnavailable, BadEpochs, OSError) as problem:
            self.note(spans)
            trouble = trouble or (str(problem) if isinstance(problem, StoreUnavailable) else type(problem).__name__)
        if self._declared or trouble:
            self._tell(trouble)

    def run(self, stop: threading.Event) -> None:
        """Step after step, until *stop*."""
        while not stop.wait(EVERY.total_seconds()):
            self.step()

    def close(self) -> None:
        """Let go of the file."""
        self._cases.close()

    def _new_judge(self) -> Judge:
        return Judge(self._cases, self._store, self._alerts, self._asker, silences=self._silences, timeout=TIMEOUT)

    def _digester(self) -> Digester:
        return digester_in(self.home.keys, self._now())

    def _read_declarations(self) -> None:
        """Read what is declared, where it has changed. What cannot be read leaves in force what was."""
        try:
            files = declaration_files(self.home.reasons)
            written = tuple((path, path.stat().st_mtime_ns, path.stat().st_size) for path in files)
            if written == self._written:
                return
            self._written = written
            declared = read_declarations(files)
        except RuleError as error:
            first = error.problems[0]
            self._wrong = f"reasons/{first.file}:{first.line}"
            log.error("declaration_refused at=%s", self._wrong)
            return
        except OSError as error:
            self._wrong = f"reasons: {error.strerror}"
            self._written = None
            return
        self._wrong = ""
        if declared != self._declared:
            self._declared = declared
            self._judge = self._new_judge()

    def _take_told(self) -> None:
        """Take what was imported, oldest name first; a file goes once its content is in the store."""
        if not self.home.told_reasons.is_dir():
            return
        for path in sorted(self.home.told_reasons.iterdir()):
            if path.name.startswith("."):
                with suppress(FileNotFoundError):
                    begun = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                    if begun < self._now() - LEFT_OVER:
                        path.unlink()
                continue
            try:
                told = msgspec.json.decode(path.read_bytes(), type=Told)
            except (msgspec.DecodeError, UnicodeDecodeError):
                log.error("import_unreadable file=%s", path.name)
                path.rename(path.with_name(f".{path.name}.unreadable"))
                continue
            self._cases.take(told)
            path.unlink()
            log.info("cases_taken system=%s cases=%d people=%d", told.system, len(told.cases), len(told.people))

    def _read_feed(self, declared: Declaration) -> None:
        """Read the file of a feed once it has changed and is at rest: whoever writes it may not have ended."""
        if declared.feed is None:
            return
        known = self._files.setdefault(declared.system, _File())
        path = declared.feed.file
        try:
            state = _state_of(path, self._digester().epoch)
            if state != known.state or state == known.read:
                known.state = state
                return
            data = path.read_bytes()
            if _state_of(path, state[3]) != state:
                return
            changed = min(datetime.fromtimestamp(state[0] / 1e9, UTC), self._now())
            cases = read_cases(data, declared.feed.columns, self._digester().each)
        except BadFeed as problem:
            known.read, known.trouble = known.state, f"{problem.count}: {problem}"
            log.error("feed_refused system=%s lines=%d", declared.system, problem.count)
            return
        except OSError as error:
            known.state, known.trouble = None, f"{error.strerror}"
            return
        self._cases.take(Told(as_of=changed, system=declared.system, cases=cases))
        known.read, known.trouble = state, ""
        log.info("feed_read system=%s cases=%d", declared.system, len(cases))

    def _tell(self, trouble: str) -> None:
        systems = {
            declared.system: {
                "waiting": self._judge.waiting(declared.system),
                "feed": self._files[declared.system].trouble if declared.system in self._files else "",
                "look_up": self._asker.trouble.get(declared.system, ""),
            }
            for declared in self._declared
        }
        tell(self.home.told("reasons"), {"pid": os.getpid(), "trouble": trouble, "systems": systems})


def _state_of(path: Path, epoch: str) -> tuple[int, int, int, str]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino, epoch
