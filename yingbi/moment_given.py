"""Times as people give them on the command line."""

import re
from datetime import datetime, timedelta

_AGO = re.compile("([0-9]{1,5})([mhd])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def moment_given(text: str, now: datetime) -> datetime:
    """The time that *text* means: `7d`, `36h`, `90m` before *now*, or a date with or without a time, in local time.

    Raises ValueError.
    """
    if ago := _AGO.fullmatch(text):
        return now - int(ago[1]) * _UNITS[ago[2]]
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError):
        raise ValueError(
            f"`{text}` 不是时间，请写 7d、36h、90m 或 2026-11-23T09:00 / is no time: write one of these"
        ) from None
