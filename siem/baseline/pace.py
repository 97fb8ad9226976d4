"""How a caller's work is counted that comes in files, in parts of files, or once a month."""

from datetime import date

from siem.baseline.profile import Measure, Profile, Today, month_of
from siem.baseline.sighting import Sighting

PAGE = 50
"""An answer in clear about more people than this is an export, or might as well be."""
_SLOT = 10
"""Minutes."""
_TURNS = 2


def read_by_page(today: Today, sighting: Sighting) -> int:
    """How many were read page by page today: no more than a page in ten minutes, as a file may be fetched in parts."""
    slot = sighting.at.hour * 60 + sighting.at.minute
    if slot // _SLOT != today.slot:
        today.slot, today.in_slot = slot // _SLOT, 0
    if today.in_slot < PAGE:
        before = len(today.paged)
        today.paged.update(sighting.subjects)
        today.in_slot += len(today.paged) - before
    return len(today.paged)


def take_turn(profile: Profile, counts: dict[Measure, int], day: date) -> None:
    """Keep the *counts* of *day*, which is at the turn of a month. The turn that is under way is no custom yet."""
    month = month_of(day)
    before = profile.turns.get(month, {})
    profile.turns[month] = {measure: max(count, before.get(measure, 0)) for measure, count in counts.items()}
    while len(profile.turns) > _TURNS:
        profile.turns.pop(min(profile.turns))
