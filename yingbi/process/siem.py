"""`python -m yingbi.process.siem SETTINGS`: ships the log to the index and applies the rules to what is new.

The only process that writes the index, the shipper's positions, the alerts and what is known of cases.
"""

import contextlib
import logging
import os
import signal
import ssl
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from proxy.stamp import stamp_of
from siem.baseline.alerting import Raiser
from siem.baseline.anomalies import Anomalies
from siem.canary import LIST_NAME, read_canaries
from siem.detect.alert import Alert, AlertStore
from siem.detect.definition import Rule
from siem.detect.left_out import step_without_failing
from siem.detect.rule import Lists
from siem.detect.rule_file import RuleError
from siem.detect.rule_set import read_rules, rule_files
from siem.detect.run import Detector
from siem.detect.silence import Silence, SilenceStore
from siem.detect.unforeseen import UNFORESEEN
from siem.index.positions import Positions
from siem.index.progress import Progress, Span
from siem.index.ship import Shipper, start_over_if_emptied
from siem.index.store import EventStore, StoreUnavailable
from yingbi.canaries import canaries_of
from yingbi.clock import now
from yingbi.custom import CustomFile
from yingbi.home import Home
from yingbi.index import open_index, open_keeper
from yingbi.log.preserved import preserved_in
from yingbi.log.retention import Retention
from yingbi.reason_asking import Fetch, fetching
from yingbi.reasons import Reasons
from yingbi.rules import SHIPPED, rule_files_of
from yingbi.said import speak
from yingbi.settings import Settings, settings_of
from yingbi.threads import Threads
from yingbi.told import hear, tell
from yingbi.what_failed import what_failed

TIMEOUT = timedelta(seconds=5)
PREPARE_TIMEOUT = timedelta(seconds=30)
RETRY_S = 1.0
NICENESS = 5
"""What has to be caught up after an outage is done with what the workers leave: answers go before the index."""
UNSURE = timedelta(seconds=1)
"""An event gets its time before it is in the log: so long after it, it surely is."""

log = logging.getLogger("yingbi.siem")


class Siem:
    """Ships, detects and lets go of old days, one step after the other."""

    def __init__(self, settings: Settings, store: EventStore, fetch: Fetch | None = None) -> None:
        home = Home(settings.home)
        self._told = home.told("siem")
        self._hastened = home.hastened
        self._index = settings.index.value
        self._positions = Positions(home.positions(self._index))
        self._alerts = AlertStore(home.alerts)
        self._shipper = Shipper(home.log, store, self._positions, now)
        self._home = home
        self._events = store
        self._store: object = store
        self._rules_seen = rules_stamp(home)
        canaries = {LIST_NAME: read_canaries(home.canaries)} if home.canaries.exists() else {LIST_NAME: frozenset()}
        rules, self._rules_trouble = usable_rules(home, canaries)
        self._silences = SilenceStore(home.silences, read_only=True)
        self._custom = CustomFile(home.custom)
        self._detector = self._detecting(rules)
        self._anomalies = Anomalies(home.baselines, read_only=True)
        self._raiser = Raiser(self._anomalies, store, self._alerts, silences=self._in_force, timeout=TIMEOUT)
        self.reasons = Reasons(home, store, self._alerts, self._in_force, fetch or fetching(trusted_by(settings)), now)
        self.keeper = open_keeper(settings, store)
        self._retention = Retention(self.keeper, settings.index_days, partial(preserved_in, home))
        self._indexed_until: datetime | None = None
        self._trouble = ""

    def step(self) -> timedelta:
        """Do what can be done now. Returns how long it makes sense to wait."""
        began = now()
        self._renew_rules()
        if self._hastened.exists():
            self._hastened.unlink(missing_ok=True)
            self._shipper.hasten()
        progress = self._shipper.step()
        if not progress.behind_bytes and not progress.trouble:
            self._indexed_until = began - UNSURE
        trouble = progress.trouble
        try:
            for alert in (*self._detected(progress.spans), *self._raiser.step(now())):
                log.info("alert_changed alert=%s rule=%s events=%d", alert.id, alert.rule_name, alert.event_count)
        except StoreUnavailable as unavailable:
            trouble = trouble or str(unavailable)
        self.reasons.note(progress.spans)
        self._retention.step(now())
        self._note(trouble)
        self._tell(progress)
        return progress.pause

    def _detected(self, spans: Sequence[Span]) -> Sequence[Alert]:
        """What the rules find. One that fails is left out until the rules change or the process starts, and told."""
        try:
            return self._detector.step(now(), spans)
        except UNFORESEEN as error:
            log.error("detection_failed error=%s", what_failed(error))
            rest = step_without_failing(self._detector, now())
            self._detector = rest.detector
            for rule, fault in rest.left_out:
                said = f"`{rule.name}` ({rule.source}) fails and is left out: {what_failed(fault)}"
                log.error("rule_left_out rule=%s at=%s error=%s", rule.name, rule.source, what_failed(fault))
                self._rules_trouble = f"{self._rules_trouble}; {said}" if self._rules_trouble else said
            return rest.alerts

    def _renew_rules(self) -> None:
        """Apply the rules and know the canaries as they are now. A list that cannot be read changes nothing.

        A detector that is made anew takes up where the last one was.
        """
        seen = rules_stamp(self._home)
        if seen == self._rules_seen:
            return
        self._rules_seen = seen
        canaries = canaries_of(self._home)
        if canaries is None:
            self._rules_trouble = "the list of canaries cannot be read, and the last one counts: run `yingbi check`"
            return
        rules, self._rules_trouble = usable_rules(self._home, {LIST_NAME: canaries})
        self._detector = self._detecting(rules)
        log.info("rules_renewed rules=%d canaries=%d", len(rules), len(canaries))

    def _detecting(self, rules: Sequence[Rule]) -> Detector:
        return Detector(
            rules, self._events, self._alerts, silences=self._in_force, custom=self._custom.read, timeout=TIMEOUT
        )

    def _in_force(self) -> Sequence[Silence]:
        """The silences, or none where they cannot be read: better an alert too many."""
        try:
            return self._silences.all()
        except StoreUnavailable as unavailable:
            log.warning("silences_unavailable %s", unavailable)
            return ()

    def close(self) -> None:
        """Let go of the files."""
        self._shipper.close()
        self.reasons.close()
        self._silences.close()
        self._anomalies.close()
        self._positions.close()
        self._alerts.close()
        if self.keeper is not self._store:  # which is who opened it's
            self.keeper.close()

    def tell_end(self, error: BaseException) -> None:
        """Leave word of what this process ends with, for as long as none of its successors comes through a step."""
        with contextlib.suppress(OSError):  # which may be what it ends with
            tell(self._told, {**hear(self._told), "ended_by": what_failed(error)})

    def _note(self, trouble: str) -> None:
        if trouble != self._trouble:
            log.warning("trouble_changed now=%s", trouble or "none")
            self._trouble = trouble

    def _tell(self, progress: Progress) -> None:
        tell(
            self._told,
            {
                "pid": os.getpid(),
                "index": self._index,
                "behind_bytes": progress.behind_bytes,
                "refused": progress.refused,
                "reasons": dict(progress.reasons),
                "broken": dict(progress.broken),
                "trouble": self._trouble,
                "rules_trouble": self._rules_trouble,
                "indexed_until": self._indexed_until.isoformat() if self._indexed_until else None,
            },
        )


def rules_stamp(home: Home) -> object:
    """What tells one state of the installation's own rules and of its canaries from another."""
    own = rule_files(home.rules) if home.rules.is_dir() else []
    return own, stamp_of(home.canaries, *own)


def usable_rules(home: Home, lists: Lists) -> tuple[tuple[Rule, ...], str]:
    """The rules to apply, and what is wrong where they are not all that there are.

    With a broken rule of the installation's own nothing would be noticed: then those that come with us stand alone.
    """
    try:
        return read_rules(rule_files_of(home), lists), ""
    except RuleError as error:
        for problem in error.problems:
            log.error("rule_refused at=%s:%d code=%s", problem.file, problem.line, problem.code)
        wrong = f"{error.problems[0].file}:{error.problems[0].line} is wrong"
    except OSError as error:
        log.error("rule_unreadable at=%s error=%s", error.filename, error.strerror)
        wrong = f"{Path(str(error.filename)).name} cannot be read"
    return read_rules(rule_files(SHIPPED), lists), f"own rules are not applied: {wrong}"


def trusted_by(settings: Settings) -> ssl.SSLContext:
    """The authorities that certify systems behind; in the demo, the installation's own as well."""
    context = ssl.create_default_context(cafile=settings.upstream_ca or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    authority = Home(settings.home).authority
    if settings.demo and authority.exists():
        context.load_verify_locations(cafile=authority)
    return context


def main(settings: Settings) -> None:
    """Ship and detect until asked to stop."""
    os.nice(NICENESS)
    threads = Threads()
    stop = threads.stop
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    store = open_index(settings, writing=True)
    siem = Siem(settings, store)
    positions = Positions(Home(settings.home).positions(settings.index.value))
    while not stop.is_set():
        try:
            siem.keeper.prepare(PREPARE_TIMEOUT)
            if start_over_if_emptied(store, positions, TIMEOUT):
                log.warning("index_found_empty the log is shipped again from its beginning")
            break
        except StoreUnavailable as unavailable:
            log.warning("index_unavailable %s", unavailable)
            stop.wait(RETRY_S)
    positions.close()
    judging = threads.start(siem.reasons.run, "reasons")
    try:
        while not stop.is_set():
            stop.wait(siem.step().total_seconds())
    except BaseException as error:
        siem.tell_end(error)
        raise
    finally:
        stop.set()
    judging.join()
    siem.close()
    store.close()


if __name__ == "__main__":
    speak()
    main(settings_of(sys.argv[1]))
