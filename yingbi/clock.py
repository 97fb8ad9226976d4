"""The real clock. Everything else is told the time, or takes a clock as an argument."""

from collections.abc import Callable
from datetime import UTC, datetime

type Clock = Callable[[], datetime]
"""What says what time it is, in UTC."""


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)
