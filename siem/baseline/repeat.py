"""When what a caller deviates in has been told: weekly while much is taken, else once until it ceases or grows."""

from datetime import timedelta

from siem.baseline.profile import Profile, Today
from siem.baseline.score import tells_amount

QUIET = timedelta(days=7)
"""How long nothing more is said of a caller who was found."""
_CEASED = timedelta(days=4)
"""So many days without it end what was found; a weekend does not."""
_GROWN = 1.0
"""So many points more are another matter."""


def goes_on(profile: Profile, today: Today, points: float) -> bool:
    """Whether what is found today was told: within a week, or within four where it is how, and not how much.

    Who has moved, or does other work than before, is not told week after week as long as it is the same.
    """
    day = today.day
    if profile.alerted is None or profile.found_on is None:
        return False
    same = (
        not tells_amount(today.found)
        and day - profile.found_on <= _CEASED
        and points <= profile.worst + _GROWN
        and day - profile.alerted < 4 * QUIET
    )
    return same or day - profile.alerted < QUIET
