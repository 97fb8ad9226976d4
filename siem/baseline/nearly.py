"""Days that are nearly an alert by how much was taken: they teach nothing, and two of them are one.

Who takes just less than what is told does it again, and a day that was nearly too much would make twice as much usual.
"""

from datetime import timedelta

from siem.baseline.profile import Profile, Today
from siem.baseline.score import score_of, tells_amount

NEARLY = 3.0
"""From so many points on a day is nearly an alert."""
_WITHIN = timedelta(days=7)


def is_nearly(today: Today) -> bool:
    """Whether *today* deviates nearly so much, or as much, as is told, and in how much was taken."""
    return bool(today.found) and tells_amount(today.found) and score_of(today.found) >= NEARLY


def again_nearly(profile: Profile, today: Today) -> bool:
    """Whether that is so, and was so of another day within the week before."""
    before = profile.nearly
    return before is not None and timedelta() < today.day - before <= _WITHIN and is_nearly(today)
