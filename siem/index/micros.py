"""Times as the files of SQLite hold them: whole microseconds since 1970."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(at: datetime) -> int:
    """Microseconds of *at*, which is aware, since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def moment(microseconds: int) -> datetime:
    """The time, in UTC, so many *microseconds* after 1970 began."""
    return _EPOCH + timedelta(microseconds=microseconds)
