"""Reads the file of grants: those that apply by themselves, those that somebody has to ask for, and the limits."""

from dataclasses import dataclass
from datetime import timedelta

from policies.parse.grants import GRANT_ID, parse_conditions, parse_grants, parse_purposes, parse_whom
from policies.parse.limits import parse_limits
from policies.parse.section import NAME, Section
from policies.permits import LONGEST, Kind
from policies.policy import Grant, Limit, Reveal
from policies.transforms.spec import Show

_MOST_A_DAY = 1000
_USUAL_A_DAY = 20
_USUAL_SAMPLE = 10


MOST_GRANTED = 1000
"""Grants, each counted for every post and caller that it names: so many can be compared while an officer waits, however
they are written.
"""


@dataclass(frozen=True, slots=True)
class Granted:
    """What the file of grants says."""

    grants: tuple[Grant, ...] = ()
    reveals: tuple[Reveal, ...] = ()
    limits: tuple[Limit, ...] = ()


def parse_granted(file: Section) -> Granted:
    """The grants of a file, in order; none where there are more than anybody could compare."""
    grants = parse_grants(file)
    reveals = file.sections("reveals", "a reveal", _reveal, required=False)
    limits = parse_limits(file)
    number = sum(max(1, len(grant.posts) + len(grant.callers)) for grant in (*grants, *reveals, *limits))
    if number > MOST_GRANTED:
        message = (
            f"there are {number:,} grants, each counted once for every post and caller that it names, and "
            f"{MOST_GRANTED:,} are the most: let callers with the same rights have the same post"
        )
        about = f"按所写的岗位和调用者计有 {number:,} 条，最多 {MOST_GRANTED:,} 条"
        file.find(file.place_of("grants"), "too-many-grants", message, about=about)
        return Granted()
    return Granted(tuple(grants), tuple(reveals), tuple(limits))


def _reveal(section: Section) -> Reveal | None:
    name = section.text("id", fits=GRANT_ID)
    whom = parse_whom(section)
    owner = whom.pop("owner", None)
    if owner is not None:
        message = "a reveal is about the subject that is asked for: it has no `owner`"
        section.find(section.place_of("who"), "wrong-form", message, about="查看原文的授权不写 `owner`")
    if whom.get("anyone", False):
        message = "a reveal is for somebody who can be named afterwards, and `anyone` is nobody"
        section.find(section.place_of("who"), "reveal-for-anyone", message, about="`anyone`")
    break_glass = section.flag("break_glass", default=False)
    categories = section.texts("categories", required=not break_glass, fits=NAME)
    longest = LONGEST[Kind.BREAK_GLASS if break_glass else Kind.REVEAL] // timedelta(minutes=1)
    minutes = section.number("minutes", least=1, most=longest, default=longest)
    at_most_a_day = section.number("at_most_a_day", least=1, most=_MOST_A_DAY, default=_USUAL_A_DAY)
    sampled = section.number("sampled", least=1, most=100, default=100 if break_glass else _USUAL_SAMPLE)
    if break_glass and sampled != 100:
        message = "each time that somebody breaks the glass is looked at afterwards: leave `sampled` out"
        section.find(section.place_of("sampled"), "wrong-form", message, about="紧急查看全部复核，不写 `sampled`")
    systems, conditions = section.names("systems"), parse_conditions(section)
    purposes = parse_purposes(section, required=not break_glass)
    until, reason, approved_by = section.moment("until"), section.text("reason"), section.text("approved_by")
    if not (name and minutes and at_most_a_day and sampled and until and reason and approved_by):
        return None
    return Reveal(
        id=name,
        **whom,
        systems=systems,
        **conditions,
        sees={category: Show() for category in categories},
        **purposes,
        break_glass=break_glass,
        minutes=minutes,
        at_most_a_day=at_most_a_day,
        sampled=sampled,
        until=until,
        reason=reason,
        approved_by=approved_by,
        at=section.at,
        places=dict(section.node.keys),
    )
