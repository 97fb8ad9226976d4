"""`python -m yingbi.process.sealer SETTINGS`: seals the access log and gives the heads to second parties.

The only process that holds the key of the seals. Started before the workers and stopped after them, so that what they
wrote last is sealed as well.
"""

import logging
import os
import signal
import sys
import threading
from datetime import timedelta
from functools import partial
from pathlib import Path

from siem.record.anchor import anchor_of
from siem.record.keep import Keeper, Keeping
from siem.record.log import BrokenChain
from siem.record.seal import BrokenSeals, SealBook
from siem.record.sealing import Sealing
from yingbi.clock import now
from yingbi.home import Home
from yingbi.log.preserved import preserved_in
from yingbi.log.second_parties import anchorings
from yingbi.said import speak
from yingbi.settings import Settings, settings_of
from yingbi.threads import Threads
from yingbi.told import tell

LOOK_EVERY_S = 1.0
KEEP_EVERY_S = 60.0
LAST_ANCHOR_S = 5.0

log = logging.getLogger("yingbi.sealer")


class Sealer:
    """Seals, anchors and tells, one step after the other."""

    def __init__(self, settings: Settings) -> None:
        home = Home(settings.home)
        self._told_to = home.told("sealer")
        self._book = _book_of(home)
        self._using = threading.Lock()
        self._sealing = Sealing(home.log, self._book, timedelta(seconds=settings.log.seal_every_s), now)
        keeping = Keeping(
            copies=Path(settings.log.copies) if settings.log.copies else None,
            keep=timedelta(days=settings.log.keep_days),
            sharing=frozenset(settings.log.sharing_systems),
            sharing_keep=timedelta(days=settings.log.sharing_keep_days),
        )
        self._keeper = Keeper(home.log, self._book, self._using, keeping, now, partial(preserved_in, home))
        self._kept_trouble = ""
        self._parties = anchorings(settings)
        self._trouble = ""
        self._told: dict[str, object] = {}

    def step(self, *, last: bool = False) -> None:
        """Seal what is due; at the *last* step, whatever has grown."""
        try:
            with self._using:
                sealed = self._sealing.seal() if last else self._sealing.step()
        except OSError as error:
            self._note(error.strerror or str(error))
            sealed = None
        else:
            self._note("")
        if sealed is not None and sealed.seal.key and sealed.seal.number > 1:
            log.error("seal_key_replaced seal=%d", sealed.seal.number)
        if (anchor := anchor_of(self._book)) is not None:
            for party in self._parties:
                party.offer(anchor)
        self._tell()

    def keep(self, stop: threading.Event) -> None:
        """Compress, copy and let go until *stop* is set. For a thread of its own: a folder elsewhere may hang."""
        while not stop.is_set():
            try:
                self._keeper.step(lambda: not stop.is_set())
                trouble = ""
            except (OSError, BrokenChain) as error:
                trouble = (error.strerror if isinstance(error, OSError) else "") or str(error)
            if trouble != self._kept_trouble:
                log.warning("keeping_changed now=%s", trouble or "none")
                self._kept_trouble = trouble
            stop.wait(KEEP_EVERY_S)

    def close(self) -> None:
        """Seal what has grown, and give the second parties a moment to take it."""
        self.step(last=True)
        for party in self._parties:
            party.stop(LAST_ANCHOR_S)
        self._tell()

    def _note(self, trouble: str) -> None:
        if trouble != self._trouble:
            log.warning("trouble_changed now=%s", trouble or "none")
            self._trouble = trouble

    def _tell(self) -> None:
        last = self._book.last
        facts: dict[str, object] = {
            "pid": os.getpid(),
            "seal": last.seal.number if last else 0,
            "sealed_at": last.seal.at.isoformat() if last else None,
            "fingerprint": self._book.fingerprint,
            "trouble": self._trouble,
            "keeping": self._kept_trouble,
            "anchors": [
                {
                    "place": party.place,
                    "seal": party.kept.seal if party.kept else 0,
                    "at": party.kept.at.isoformat() if party.kept else None,
                    "trouble": party.trouble,
                }
                for party in self._parties
            ],
        }
        if facts != self._told:
            try:
                tell(self._told_to, facts)
                self._told = facts
            except OSError as error:
                self._note(error.strerror or str(error))


def _book_of(home: Home) -> SealBook:
    """The journal to go on with. One that cannot be read is put aside, and does not keep the gateway from its work."""
    try:
        return SealBook(home.seals, home.seal_key)
    except BrokenSeals as problem:
        aside = home.seals.with_name(f"seals-broken-{int(now().timestamp())}.jsonl")
        home.seals.rename(aside)
        log.error("seals_broken at=%s aside=%s", problem, aside.name)  # a new first key: whoever verifies is told
        return SealBook(home.seals, home.seal_key)


def main(settings: Settings) -> None:
    """Seal until asked to stop."""
    threads = Threads()
    stop = threads.stop
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    sealer = Sealer(settings)
    threads.start(sealer.keep, "keep")
    while not stop.is_set():
        sealer.step()
        stop.wait(LOOK_EVERY_S)
    sealer.close()


if __name__ == "__main__":
    speak()
    main(settings_of(sys.argv[1]))
