"""The ids that an installation gives to events, and what they tell."""

import re

from siem.record.log import StartId

_ID = re.compile("(?:[0-9A-HJKMNP-TV-Z]{10}-){1,5}[0-9]{1,18}")
"""Starts stand before one another where an event was brought in from one installation into the next."""


def is_own_id(text: str) -> bool:
    """Whether *text* has the form of an id that an installation gives to an event."""
    return _ID.fullmatch(text) is not None


def start_in(event: str) -> StartId | None:
    """The start in whose log the event of that id is; None where it is no id of ours."""
    return StartId(event.partition("-")[0]) if is_own_id(event) else None
