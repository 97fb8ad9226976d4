"""What is measured of how a case is handled, and how fast one wants to be. The settings import it: no journal here."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from incident.ids import Bilingual


class Milestone(StrEnum):
    """What is measured of a case. Detection runs from the first event, all else from the moment of awareness."""

    DETECTED = "detected"
    CONTAINED = "contained"
    REPORTED = "reported"
    """The first duty towards an authority was fulfilled."""
    TOLD = "told"
    """The first duty towards the persons affected was."""
    PUBLISHED = "published"


MILESTONE_NAMES: Mapping[Milestone, Bilingual] = {
    Milestone.DETECTED: Bilingual(zh="发现", en="detected"),
    Milestone.CONTAINED: Bilingual(zh="控制", en="contained"),
    Milestone.REPORTED: Bilingual(zh="报告主管部门", en="reported"),
    Milestone.TOLD: Bilingual(zh="告知个人", en="persons told"),
    Milestone.PUBLISHED: Bilingual(zh="发布通告", en="published"),
}

type Goals = Mapping[Milestone, timedelta]

GOALS: Goals = {
    Milestone.DETECTED: timedelta(minutes=15),
    Milestone.CONTAINED: timedelta(minutes=10),
    Milestone.REPORTED: timedelta(hours=4),
    Milestone.TOLD: timedelta(hours=72),
    Milestone.PUBLISHED: timedelta(hours=24),
}
"""An installation's own goals where it sets none: none of them is a limit set by law."""
