"""What goes to a channel together, what becomes of it, and how the channel stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from siem.notify.message import Kind, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Messages that go to a channel together."""

    channel: str
    key: str
    messages: Sequence[Message]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an attempt to deliver."""

    delivered: bool
    result: str
    """A code such as `HTTP 200` or `timeout`: never a text of the other side."""
    refused: bool = False
    """Whether the other side has understood and does not take it, so that the same will not be taken later either."""
    retry_after_s: float | None = None
    """So long the other side asks to be left alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelState:
    """How a channel stands."""

    name: str
    failures: int = 0
    """Attempts in a row that have failed."""
    failing_since: datetime | None = None
    not_before: datetime | None = None
    """Until then nothing is tried."""
    sent_at: datetime | None = None
    result: str = ""
    """Of the last attempt."""
    waiting: int = 0
    """Messages that it has not taken yet, those included for which its hours have not begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of one message on its way to one channel."""

    kind: Kind
    channel: str
    via: str
    """The channel in whose place it was told, or empty."""
    attempts: int
    tried_at: datetime | None
    sent_at: datetime | None
    """When the channel has taken it; None where it has not yet."""
    result: str
    key: str
    """The idempotency key it was last sent under, or empty."""
