"""Days that are nearly an alert by how much was taken: they teach nothing, and two of them are one.

Who takes just less than what is told does it again, and a day that was nearly too much would make twice as much usual.
"""

from datetime import timedelta

from siem.baseline.profile import Profile, Today
from siem.baseline.score import ALERT, score_of, tells_amount
from siem.baseline.words import Deviation

NEARLY = 3.0
"""From so many points on a day is nearly an alert."""
_WITHIN = timedelta(days=7)


def is_nearly(today: Today) -> bool:
    """Whether *today* deviates nearly so much, or as much, as is told, and in how much was taken."""
    return bool(today.found) and tells_amount(today.found) and score_of(today.found) >= NEARLY


def again_nearly(profile: Profile, today: Today) -> Deviation | None:
    """That this is so, and was so of another day within the week before, if it is: what lacks to an alert."""
    before = profile.nearly
    if before is None or not timedelta() < today.day - before <= _WITHIN or not is_nearly(today):
        return None
    return Deviation(
        kind="again",
        points=ALERT - NEARLY,
        zh=f"{before:%m-%d} 也接近告警",
        en=f"nearly an alert on {before:%m-%d} as well",
    )
