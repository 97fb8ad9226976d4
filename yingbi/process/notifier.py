"""`python -m yingbi.process.notifier SETTINGS`: tells people of alerts, and of the pipeline where it stands still.

It reads the alerts, the log's folder and what the others tell, and is the only process that writes the notifications.
It holds no key of ours; of the addresses it holds, none is ever told or logged.
"""

import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from deploy.elasticsearch.connection import NodeUnavailable
from siem.baseline.calendar import LOCAL, read_calendar
from siem.detect.alert import Alert, AlertStore
from siem.index.store import EventStore, StoreUnavailable
from siem.notify.courier import IDLE, is_down
from siem.notify.delivery import ChannelState
from siem.notify.due import due, passed_over
from siem.notify.message import Message
from siem.notify.outbox import Outbox
from siem.notify.vigil import keep_vigil
from siem.notify.watchdog import Part, Watchdog
from siem.record.ecs import Document
from yingbi.alert_standing import AlertStanding
from yingbi.carrying import Carrying
from yingbi.clock import now
from yingbi.drill_reminders import reminders
from yingbi.duty_standing import DutyStanding
from yingbi.heart import Heart
from yingbi.home import Home
from yingbi.index import open_index
from yingbi.pipeline import Pipeline, is_made, patience_of
from yingbi.said import speak
from yingbi.settings import Settings, settings_of
from yingbi.threads import Threads
from yingbi.told import hear, tell

STEP_S = 1.0
LOOK_EVERY_S = 2.0
LATELY = timedelta(minutes=10)
"""Alerts that are older when the notifier runs for the first time are not told."""
NICENESS = 5
TIMEOUT = timedelta(seconds=5)

log = logging.getLogger("yingbi.notifier")


class Notifier:
    """Finds out what is to be told, tells it, and looks after the pipeline."""

    def __init__(self, settings: Settings, environment: Mapping[str, str] = os.environ) -> None:
        home = Home(settings.home)
        self._settings = settings
        self._home = home
        self._channels = {channel.name: channel for channel in settings.notify.channels}
        self._outbox = Outbox(home.notifications)
        self._carrying = Carrying(settings, self._outbox, environment)
        self._heart = Heart(settings, self.is_well, environment)
        self._alerts = AlertStore(home.alerts, read_only=True)
        self._standing = AlertStanding(home)
        self._duties = DutyStanding(home)
        self._calendar = read_calendar()
        self._store: EventStore | None = None
        self._watchdog: Watchdog | None = None
        self._pipeline = Pipeline(settings, self._alerts, self._index, self._calendar)
        self._looked_at_s = 0.0
        self._still: dict[Part, datetime] = {}
        self._trouble = ""
        self._adopted = False
        self._well_at_s = 0.0
        """When, on the monotonic clock, all was last seen to be well; 0 while it is not."""

    def step(self) -> None:
        """Note what is due, look at the pipeline, hand on what is not taken, and tell how all of it stands."""
        at = now()
        states: list[ChannelState] = []
        troubles = [
            self._try(lambda: states.extend(self._outbox.states([*self._channels]))),
            self._try(self._standing.follow),
            self._try(lambda: self._gather(at)),
            self._try(lambda: self._gather_duties(at)),
            self._try(lambda: self._look(at, states)),
            self._try(lambda: self._remind(at)),
            self._try(lambda: self._hand_on(at, states)),
        ]
        self._note(next(filter(None, troubles), ""))
        if unwritten := self._try(lambda: self._tell(at, states)):  # as on a full disk: then at least the heart stops
            self._note(unwritten)
        all_known = self._channels.keys() == self._carrying.kinds.keys()
        is_well = all_known and not (self._trouble or self._still or self._carrying.wrong)
        self._well_at_s = time.monotonic() if is_well else 0.0

    def is_well(self) -> bool:
        """Whether all was seen to be well just now: not where a look hangs, either."""
        return time.monotonic() - self._well_at_s <= 2 * IDLE.total_seconds() + LOOK_EVERY_S

    def start(self, threads: Threads) -> None:
        """Let *threads* carry to each channel, which may hang, and give the sign of life where one is set."""
        for channel in self._channels.values():
            threads.start(partial(self._carrying.serve, channel), channel.name)
        if self._heart.is_set:
            threads.start(self._heart.beat, "heart")

    def close(self) -> None:
        """Let go of the files."""
        self._pipeline.close()
        self._standing.close()
        self._duties.close()
        self._alerts.close()
        self._outbox.close()
        if self._store is not None:
            self._store.close()

    def _try(self, act: Callable[[], None]) -> str:
        """Do one thing whatever became of the others. Returns why it could not be done, or nothing."""
        try:
            act()
        except StoreUnavailable as unavailable:
            return str(unavailable)
        except OSError as error:
            return error.strerror or str(error)
        return ""

    def _note(self, trouble: str) -> None:
        if trouble != self._trouble:
            log.warning("trouble_changed now=%s", trouble or "none")
            self._trouble = trouble

    def _gather(self, at: datetime) -> None:
        """Note what is due of the alerts that were changed, and of those whose time has come."""
        if not self._adopted:
            if number := self._outbox.adopt([*self._channels], self._route):
                log.warning("adopted messages=%d", number)
            self._adopted = True
        newest, seen = self._alerts_sequence(), self._outbox.sequence()
        if seen is None:  # nobody is told of all there ever was
            there = self._alerts.since(0) if newest else []
            before = [alert for alert in there if alert.raised_at < at - LATELY and alert.sequence <= newest]
            self._outbox.note(passed_over(before, at), 0, self._route)
            return
        again, waiting = self._outbox.to_look_at_again(at), self._standing.changes()
        if newest != seen or again or waiting:
            changed = self._alerts.since(seen if newest >= seen else 0)  # an older file was put in its place
            also = [found for alert in {*again, *waiting} if (found := self._alerts.get(alert)) is not None]
            alerts = {alert.id: alert for alert in [*changed, *also]}
            dues = due(
                alerts.values(),
                self._outbox.told(alerts),
                at,
                systems_of=self._systems_of,
                state_of=self._standing.state_of,
                changes=waiting,
            )
            newest = max((alert.sequence for alert in changed), default=newest)
            self._outbox.note(dues, newest, self._route)
        self._standing.noted()

    def _gather_duties(self, at: datetime) -> None:
        """Note what the clocks of cases have to tell."""
        if messages := self._duties.messages(at):
            self._outbox.say(messages, self._route)
        self._duties.noted()

    def _alerts_sequence(self) -> int:
        return self._alerts.sequence() if is_made(self._home.alerts) else 0

    def _look(self, at: datetime, states: Sequence[ChannelState]) -> None:
        if time.monotonic() - self._looked_at_s < LOOK_EVERY_S:
            return
        self._looked_at_s = time.monotonic()
        altered = self._standing.is_altered
        down = [state.name for state in states if is_down(state, at) or state.name in self._carrying.wrong]
        if self._watchdog is None:
            known = [Part(what) for what in self._outbox.standstills()]
            self._watchdog = Watchdog(patience_of(self._settings), known)
        found = self._watchdog.look(
            self._pipeline.signs(at, channels_down=down, journal_altered=altered), time.monotonic()
        )
        self._still = keep_vigil(self._outbox, found, at, self._route)

    def _remind(self, at: datetime) -> None:
        """Note what is to be said of drills, as the control process tells of them."""
        told = hear(self._home.told("control")).get("drills", [])
        for message in reminders(told, at.astimezone(LOCAL).date(), at) if isinstance(told, list) else ():
            self._outbox.note_once(message, self._route)

    def _hand_on(self, at: datetime, states: Sequence[ChannelState]) -> None:
        for state in states:
            fallback = self._channels[state.name].fallback
            if not (fallback and state.waiting and (is_down(state, at) or state.name in self._carrying.wrong)):
                continue
            if number := self._outbox.hand_on(state.name, fallback, at):
                log.warning("handed_on channel=%s to=%s messages=%d", state.name, fallback, number)

    def _route(self, message: Message) -> dict[str, datetime]:
        at = now()
        return {
            name: channel.opens_at(at, self._calendar)
            for name, channel in self._channels.items()
            if channel.takes(message)
        }

    def _systems_of(self, alert: Alert) -> tuple[str, ...]:
        """Of which systems the events are that *alert* names; none where the index does not say."""
        store = self._index()
        if store is None:
            return ()
        try:
            found = [store.get(event, TIMEOUT) for event in alert.events]
        except StoreUnavailable:
            return ()
        return tuple(dict.fromkeys(name for name in map(_system_of, found) if name))

    def _index(self) -> EventStore | None:
        if self._store is None:
            try:
                self._store = open_index(self._settings, writing=False)
            except NodeUnavailable:
                return None
        return self._store

    def _tell(self, at: datetime, states: Sequence[ChannelState]) -> None:
        tell(
            self._home.told("notifier"),
            {
                "pid": os.getpid(),
                "beat": at.isoformat(),
                "trouble": self._trouble,
                "channels": [
                    {
                        "name": state.name,
                        "kind": self._carrying.kinds.get(state.name, ""),
                        "wrong": self._carrying.wrong.get(state.name, ""),
                        "down": is_down(state, at),
                        "waiting": state.waiting,
                        "failures": state.failures,
                        "failing_since": state.failing_since.isoformat() if state.failing_since else None,
                        "sent_at": state.sent_at.isoformat() if state.sent_at else None,
                        "result": state.result,
                    }
                    for state in states
                ],
                "still": {part: since.isoformat() for part, since in self._still.items()},
                "heartbeat": {
                    "set": self._heart.is_set,
                    "at": self._heart.beat_at.isoformat() if self._heart.beat_at else None,
                    "trouble": self._heart.trouble,
                },
            },
        )


def _system_of(document: Document | None) -> str:
    found = (document or {}).get("service", {}).get("name", "")
    return found if isinstance(found, str) else ""


def main(settings: Settings) -> int:
    """Tell until asked to stop. Returns 0, or 1 where one of its threads could not go on: then all of it ends."""
    os.nice(NICENESS)
    threads = Threads()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threads.stop.set())
    notify = settings.notify
    if notify.channels or notify.heartbeat_file or notify.heartbeat_env:
        from siem.notify.sender import trust

        trust(str(settings.home / notify.ca) if notify.ca else "")
    notifier = Notifier(settings)
    notifier.start(threads)
    while not threads.stop.is_set():
        notifier.step()
        threads.stop.wait(STEP_S)
    notifier.close()
    return int(threads.failed.is_set())


if __name__ == "__main__":
    speak()
    sys.exit(main(settings_of(sys.argv[1])))
