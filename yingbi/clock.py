"""The real clock. Everything else is told the time, or takes a clock as an argument."""

from datetime import UTC, datetime


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)
