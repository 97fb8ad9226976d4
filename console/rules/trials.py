"""Tries rules that are proposed on what was recorded in the last days, beside the pages, which never wait for it."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from siem.detect.definition import Rule
from siem.detect.look import Match, look_for_all
from siem.index.store import EventStore, StoreUnavailable

MOST_DAYS = 90
MOST_FOUND = 100
"""Alerts that are told of one by one; there are more where there are so many."""
MOST_KEPT = 30
TIMEOUT = timedelta(minutes=2)
"""For each question to the index."""

log = logging.getLogger("console.rules.trials")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What rules would have raised."""

    since: datetime
    until: datetime
    found: Sequence[tuple[Rule, Match]] | None = None
    """By rule, then by time; None while it is under way, or where the index did not answer."""
    failed: bool = False

    @property
    def is_capped(self) -> bool:
        """Whether there may be more than are told."""
        return self.found is not None and len(self.found) >= MOST_FOUND


class RuleTrials:
    """The trials of one installation, each made once and kept for a while."""

    def __init__(self, events: EventStore, clock: Callable[[], datetime]) -> None:
        self._events = events
        self._clock = clock
        self._lock = threading.Lock()
        self._made: OrderedDict[tuple[int, int], Trial] = OrderedDict()

    def of(self, number: int, rules: Sequence[Rule], days: int) -> Trial | None:
        """What *rules*, of the proposal of that *number*, would have raised in the last *days*.

        It is begun by asking for it; None where another is under way.
        """
        key = (number, days)
        with self._lock:
            if key in self._made:
                return self._made[key]
            if any(trial.found is None and not trial.failed for trial in self._made.values()):
                return None  # one at a time: the index has other work
            until = self._clock()
            begun = self._made[key] = Trial(since=until - timedelta(days=days), until=until)
            while len(self._made) > MOST_KEPT:
                self._made.popitem(last=False)
        threading.Thread(target=self._try, args=(key, rules, begun), name="try-rules", daemon=True).start()
        return begun

    def _try(self, key: tuple[int, int], rules: Sequence[Rule], begun: Trial) -> None:
        ended = Trial(since=begun.since, until=begun.until, failed=True)
        try:
            by_rule = look_for_all(rules, self._events, begun.since, begun.until, timeout=TIMEOUT)
            all_found = ((rule, match) for rule, found in zip(rules, by_rule, strict=True) for match in found)
            ended = Trial(since=begun.since, until=begun.until, found=tuple(islice(all_found, MOST_FOUND)))
        except StoreUnavailable:
            log.warning("trial_failed proposal=%d", key[0])
        finally:
            with self._lock:
                self._made[key] = ended
