"""How many people some callers are shown as their ordinary work: what the baselines have learned, for rules to ask.

A rule that counts people may leave those to the baselines of whom they know that so many are usual in their post
(`custom: true`). Nobody has a custom of whom nothing is known, or has lately been told.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from siem.detect.definition import Group, Rule

CALLER, SUBJECTS = "user.id", "yingbi.subjects"
_HOUR = timedelta(hours=1)
_TOUCHED = 2
"""So many days of the calendar has a window of many hours a part in."""
_LASTS = timedelta(days=4)
"""So long what was told counts: over a weekend, and not for ever where nobody tells any more."""


class Usual(NamedTuple):
    """Up to how many different people in clear are nothing unusual."""

    an_hour: int
    a_day: int


class Custom:
    """What is usual for whom, as it was known at *told_at*."""

    def __init__(self, usual: Mapping[str, Usual] | None = None, told_at: datetime | None = None) -> None:
        self._usual = usual or {}
        self._told_at = told_at

    def covers(self, rule: Rule, group: Group, at: datetime) -> bool:
        """Whether what *rule* finds of *group* at that time is its ordinary work."""
        if not rule.custom or self._told_at is None or at > self._told_at + _LASTS:
            return False
        known = self._usual.get(str(dict(group)[CALLER]))
        if known is None:
            return False
        enough = rule.threshold.at_least
        if rule.threshold.within > _HOUR:
            return known.a_day * _TOUCHED > enough
        return known.a_day > enough and known.an_hour > enough

    def as_json(self) -> dict[str, Any]:
        """Ready for JSON."""
        told_at = self._told_at.isoformat() if self._told_at else None
        return {"told_at": told_at, "usual": {caller: list(usual) for caller, usual in self._usual.items()}}


def custom_from(told: Mapping[str, Any]) -> Custom:
    """What `as_json` made, or no custom at all where it is not of that form."""
    try:
        usual = {str(caller): Usual(int(an_hour), int(a_day)) for caller, (an_hour, a_day) in told["usual"].items()}
        return Custom(usual, datetime.fromisoformat(told["told_at"]))
    except (KeyError, TypeError, ValueError, AttributeError):
        return Custom()
