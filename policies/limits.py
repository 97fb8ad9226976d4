"""How much a caller may be shown and ask for, and what becomes of it at the limit (DESIGN decision 17)."""

from dataclasses import dataclass
from enum import StrEnum

HOUR_S, DAY_S = 3600, 24 * 3600
"""The windows in which subjects are counted. They roll: no window of that length, whenever it begins, holds more."""
HOURS_A_DAY = DAY_S // HOUR_S


class AtLimit(StrEnum):
    """What becomes of an answer that would show more subjects than the limit allows, the mildest first."""

    MASK_HARDER = "mask-harder"
    """It is masked anew as where an overlay masks harder; one that has begun to flow is cut."""
    STEP_UP = "step-up"
    """It is withheld, and who signs in more strongly gets the second numbers of the limit."""
    REFUSE = "refuse"


HARDEST = (AtLimit.REFUSE, AtLimit.STEP_UP, AtLimit.MASK_HARDER)
"""Where several limits are reached at once, the first of these that one of them says is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepUp:
    """By what a token says that its bearer has signed in strongly, all of it, and how much he may then be shown.

    Source: OpenID Connect Core 1.0, 2 (`acr`, `amr`, `auth_time`); RFC 9470.
    """

    acr: tuple[str, ...] = ()
    """One of these; none: whatever it is."""
    amr: tuple[str, ...] = ()
    """All of these."""
    within_minutes: int | None = None
    """So long ago he has signed in at most."""
    subjects_an_hour: int | None = None
    """None: as without."""
    subjects_a_day: int | None = None
