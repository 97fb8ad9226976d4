"""Somebody who looks at the same few people day after day: whom a case does not explain, and no amount shows."""

from collections import Counter
from collections.abc import Sequence

from siem.baseline.group import Group
from siem.baseline.profile import Profile
from siem.baseline.words import Deviation

_ON_DAYS = 4
"""Who was looked at on so many of seven days is looked at again and again."""
_LEAST = 3
"""Of so few of them a hard case is made."""
_BEYOND = 2
"""So many times as many as in other weeks, of the caller or of its peers, are no chance."""
_RECENT, _BEFORE = 6, 5
"""The last days, in which it may have begun, and how many there have to be before them."""
_LEAST_DAYS = 100
"""Of how many weeks of its peers there has to be a count."""


def returned(profile: Profile, group: Group) -> Deviation | None:
    """That the caller was shown some people page by page far more often within seven days than is usual, if it was.

    Keeps the count. Asked once on each day on which the caller came, after its week was brought up to date.
    """
    often = Counter(person for _, paged in profile.paged_week for person in paged)
    count = sum(days >= _ON_DAYS for days in often.values())
    before: Sequence[int] = [*profile.returns][:-_RECENT]
    profile.returns.append(count)
    peers = group.returns.spread(0.5, _LEAST_DAYS)
    if count < _LEAST or len(before) < _BEFORE or peers is None or count <= _BEYOND * max(*before, peers.top):
        return None
    return Deviation(
        kind="returning",
        points=4.0,
        zh=f"七天内有 {count} 人在 {_ON_DAYS} 天以上被反复查看；本人以前至多 {max(before)}，"
        f"同岗位：{peers.low}-{peers.top}",
        en=f"{count} residents looked at on {_ON_DAYS} or more of seven days; before: at most {max(before)}, "
        f"others in the post: {peers.low}-{peers.top}",
    )
