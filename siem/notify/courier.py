"""Carries what lies in the outbox to one channel: in its pace, again after failures, and to its fallback meanwhile."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from siem.notify.channel import Channel
from siem.notify.delivery import Batch, ChannelState, Outcome
from siem.notify.message import Text, text_of
from siem.notify.outbox import Outbox
from siem.notify.pace import Bucket, full, pause_after

DOWN_AFTER = timedelta(minutes=2)
"""A channel that has failed for so long is down: its fallback is told."""
IDLE = timedelta(seconds=1)


class Carrier(Protocol):
    """What carries texts to one address."""

    def send(self, text: Text, key: str) -> Outcome:
        """What becomes of *text*, sent under the idempotency *key*. Never raises, and returns within a minute."""


class Courier:
    """The one who serves *channel*. One at a time."""

    def __init__(
        self,
        channel: Channel,
        carrier: Carrier,
        outbox: Outbox,
        console: str,
        clock: Callable[[], datetime],
        *,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.channel = channel
        self._carrier = carrier
        self._outbox = outbox
        self._console = console
        self._clock = clock
        self._chance = chance
        self._bucket: Bucket = full(channel.per_minute, clock())
        self._owed: Callable[[], None] | None = None
        """Keeps what became of the last messages, where that could not be kept at once."""

    def step(self) -> Outcome | None:
        """What became of the next messages, or None where none is to go now. Raises StoreUnavailable."""
        if self._owed is not None:  # before anything else goes, or a full disk would send the same for ever
            self._owed()
            self._owed = None
        now = self._clock()
        self._bucket = self._bucket.filled(now)
        batch = self._outbox.take(self.channel.name, now, self._bucket.tokens)
        if batch is None:
            return None
        self._bucket = self._bucket.taken()
        outcome = self._carrier.send(self._text(batch), batch.key)
        self._owed = partial(self._keep, batch, outcome, self._clock())
        self._owed()
        self._owed = None
        return outcome

    def _keep(self, batch: Batch, outcome: Outcome, now: datetime) -> None:
        (state,) = self._outbox.states([self.channel.name])
        pause = pause_after(state.failures + 1, self._chance(), outcome.retry_after_s)
        self._outbox.end(batch, outcome, now, pause)

    def _text(self, batch: Batch) -> Text:
        return text_of(batch.messages, self._console, language=self.channel.language, internal=self.channel.internal)


def is_down(state: ChannelState, now: datetime) -> bool:
    """Whether a channel has failed for so long that others have to be told in its place."""
    return state.failing_since is not None and now - state.failing_since >= DOWN_AFTER
