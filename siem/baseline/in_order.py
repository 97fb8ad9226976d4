"""Whether the lines of files stand in order of time already, as most makers write them: then each is read once."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

_NAME = b'"@timestamp"'
_TIME = re.compile(rb'"@timestamp"[ \t]{0,9}:[ \t]{0,9}"([^"\\]{10,40})"')


def are_in_order(paths: Iterable[Path]) -> bool:
    """Whether all lines of *paths*, one file after the other, tell a time as text that is not before the last one.

    No line is taken apart for it, so that one may yet turn out to be no event, or of another time. Raises OSError.
    """
    last = datetime.min.replace(tzinfo=UTC)
    for path in paths:
        with path.open("rb") as lines:
            for line in lines:
                if line.isspace():
                    continue
                at = _time_told_by(line)
                if at is None or at < last:
                    return False
                last = at
    return True


def _time_told_by(line: bytes) -> datetime | None:
    """The one time that *line* tells where it seems to tell its own; None where that is not plain to see."""
    found = _TIME.search(line)
    if found is None or line.count(_NAME) > 1:
        return None
    try:
        at = datetime.fromisoformat(found[1].decode())
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
