"""Judges together what a caller may see of one person: pieces that are harmless alone may add up to a whole number.

A resident ID number is region (6 digits), birth date (8), sequence (3, whose last is odd for men) and a check digit
(GB 11643-1999). What each mask leaves open is counted, across operations and systems: whoever has the pieces of one
person can put them side by side. DESIGN decision 7.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from math import prod
from operator import itemgetter

from policies.applies import is_about
from policies.findings import Finding, Findings, Position, Severity
from policies.policy import Grant, Policy, System
from policies.policy_kinds import Direction, Meaning
from policies.transforms.keyed import FieldKeys
from policies.transforms.make import transform_of
from policies.transforms.positions import starred
from policies.transforms.spec import (
    AgeBand,
    Area,
    CoverAfter,
    CoverBefore,
    Form,
    Fpe,
    Keep,
    Positions,
    Reach,
    Scan,
    Shift,
    Show,
    Spec,
    form_of,
    name_of,
)

_ID_CHARS = 18
_REGION, _BIRTH, _SEQUENCE, _CHECK = range(6), range(6, 14), range(14, 17), 17
_SEX_DIGIT = 16
_REGIONS_LEFT = (3200.0, 457.0, 94.0, 30.0, 9.4, 3.0, 1.0)
"""Codes of counties and districts, and how many there are on average to the first digits (GB/T 2260)."""
_FIRST_DAY, _DAYS = date(1930, 1, 1), 36_525
"""The birth dates that somebody alive may have: a hundred years."""
_KEYS = FieldKeys(bytes(32), "", "")


@dataclass(frozen=True, slots=True)
class Piece:
    """A field that says something about its person's resident ID number, as a caller sees it."""

    name: str
    """`system record.field`."""
    meaning: Meaning
    spec: Spec
    at: Position
    """Where it is decided: of the field, its category or the grant."""


def check_composites(policy: Policy, findings: Findings) -> None:
    """Add to *findings* which callers can narrow a resident ID number down to fewer than the declared candidates.

    Whoever may see the number itself is not meant. Callers are told apart by what grants go by: nobody signed in, each
    post, and each caller that is named.
    """
    if Meaning.RESIDENT_ID not in {category.meaning for category in policy.categories.values()}:
        return
    told: set[frozenset[Piece]] = set()
    for who, grants in _profiles(policy):
        pieces = [piece for system in policy.systems.values() for piece in _pieces(policy, system, grants)]
        telling = frozenset(piece for piece in pieces if _tells(piece.spec))
        numbers = [piece for piece in telling if piece.meaning is Meaning.RESIDENT_ID]
        if not numbers or any(form_of(piece.spec) is Form.CLEAR for piece in numbers) or telling in told:
            continue
        told.add(telling)
        left = candidates((piece.meaning, piece.spec) for piece in telling)
        if left < policy.least_candidates:
            findings.add(_finding(who, left, policy, sorted(telling, key=lambda piece: piece.name)))


def candidates(seen: Iterable[tuple[Meaning, Spec]]) -> float:
    """How many resident ID numbers are left on average to who sees these of one person; 1 where it is known."""
    seen = frozenset((meaning, _as_shown(meaning, spec)) for meaning, spec in seen)
    known = {place for meaning, spec in seen if meaning is Meaning.RESIDENT_ID for place in _known_places(spec)}
    clear = {meaning for meaning, spec in seen if form_of(spec) is Form.CLEAR}
    regions = known & {*_REGION} | {place for meaning, spec in seen for place in _region_of(meaning, spec)}
    dates = frozenset(spec for meaning, spec in seen if meaning is Meaning.BIRTH_DATE)
    days = _DAYS / _kinds_of_days(dates, frozenset(place - _BIRTH.start for place in known & {*_BIRTH}))
    digits = [1 if place in known else 10 for place in _SEQUENCE]
    if Meaning.SEX in clear and _SEX_DIGIT not in known:
        digits[-1] = 5
    left = _REGIONS_LEFT[len(regions)] * days * prod(digits) / (11 if _CHECK in known else 1)
    return max(1.0, left)


def _tells(spec: Spec) -> bool:
    """Whether *spec* shows a part of a value as it is, or what it is among others."""
    return form_of(spec) in (Form.MASKED, Form.CLEAR) or (isinstance(spec, Fpe) and spec.first + spec.last > 0)


def _as_shown(meaning: Meaning, spec: Spec) -> Spec:
    """*spec*, or what comes to the same: a scan finds numbers and shows days, sexes and places as they are."""
    return Show() if isinstance(spec, Scan) and meaning is not Meaning.RESIDENT_ID else spec


def _region_of(meaning: Meaning, spec: Spec) -> range:
    """The places of an ID number that are known to who sees a region as *spec* makes it."""
    if meaning is not Meaning.REGION:
        return range(0)
    if isinstance(spec, Area):
        return range({Reach.PROVINCE: 2, Reach.CITY: 4, Reach.DISTRICT: 6}[spec.to])
    return _REGION if form_of(spec) is Form.CLEAR else range(0)


def _known_places(spec: Spec) -> set[int]:
    """The places of an ID number that *spec* may show, from 0."""
    match spec:
        case CoverBefore() | CoverAfter():
            # Where the mark stands is up to the number, and how it is spelled: all but one may be shown.
            return {*range(_CHECK)}
        case Keep(first, last, _) | Fpe(_, first, last):
            return {*range(first), *range(_ID_CHARS - last, _ID_CHARS)}
        case _ if isinstance(spec, Positions.__value__):
            probe = "".join(chr(ord("A") + place) for place in range(_ID_CHARS))
            return {place for place, shown in enumerate(starred(spec)(probe)) if shown == probe[place]}
        case _:
            return set()


@lru_cache(maxsize=256)
def _kinds_of_days(specs: frozenset[Spec], places: frozenset[int]) -> int:
    """How many birth dates can be told apart by these masks of it and by these of the eight digits in the number."""
    masks = [_day_as_known(spec) for spec in specs if _tells(spec)]
    if not masks and not places:
        return 1
    digits = itemgetter(*sorted(places)) if places else lambda text: ""
    kinds = set()
    for number in range(_DAYS):
        spelled = (_FIRST_DAY + timedelta(days=number)).isoformat()
        kinds.add((*(mask(spelled) for mask in masks), digits(spelled.replace("-", ""))))
    return len(kinds)


def _day_as_known(spec: Spec) -> Callable[[str], object]:
    """What is known of a birth date to who sees it as *spec* makes it."""
    last = _FIRST_DAY + timedelta(days=_DAYS - 1)
    match spec:
        case Shift(days):  # any of so many days is as likely as the others
            return lambda day: date.fromisoformat(day).toordinal() // (2 * days + 1)
        case Fpe():
            return lambda day: day.replace("-", "")[: spec.first]
        case AgeBand(every, at, ""):
            return transform_of(AgeBand(every, at, last.isoformat()), _KEYS)
        case _:
            return transform_of(spec, _KEYS)


def _profiles(policy: Policy) -> Iterator[tuple[str, Sequence[Grant]]]:
    """Who may see what at some time, whatever else a grant asks for: a purpose can be left out, an hour waited for."""
    answers = [grant for grant in policy.grants if grant.direction is Direction.ANSWER]
    grants = [grant for grant in answers if grant.owner is None]  # whose number it is may know it
    yield "nobody signed in", [grant for grant in grants if grant.anyone]
    by_name: dict[str, list[int]] = {}
    for place, grant in enumerate(grants):
        # Each applies only to who has one of these names; one without any, to all.
        whom = {*grant.posts, *(f"caller {name}" for name in grant.callers)} or {*grant.all_posts[:1]} or {""}
        for name in whom:
            by_name.setdefault(name, []).append(place)

    def applying(caller: str, posts: frozenset[str]) -> list[Grant]:
        places = {place for name in ("", f"caller {caller}", *posts) for place in by_name.get(name, ())}
        return [grants[place] for place in sorted(places) if _may_apply(grants[place], caller, posts)]

    together = {frozenset({post}) for grant in grants for post in grant.posts}
    together |= {frozenset(grant.all_posts) for grant in grants if grant.all_posts}
    for posts in sorted(together, key=sorted):
        named = ", ".join(f"`{post}`" for post in sorted(posts))
        yield f"post {named}", applying("", posts)
    held = {caller.id: caller.posts for caller in policy.callers}
    for name in sorted({caller for grant in grants for caller in grant.callers}):
        theirs = frozenset(held.get(name, ()))
        yield f"caller `{name}`", applying(name, theirs)


def _may_apply(grant: Grant, caller: str, posts: frozenset[str]) -> bool:
    if not posts.isdisjoint(grant.not_posts):
        return False
    if grant.posts or grant.callers:
        return caller in grant.callers or not posts.isdisjoint(grant.posts)
    return posts.issuperset(grant.all_posts)


def _pieces(policy: Policy, system: System, grants: Sequence[Grant]) -> Iterator[Piece]:
    applying = [grant for grant in grants if system.name in grant.systems]
    for record in system.records.values():
        for field in record.fields.values():
            category = policy.categories.get(field.category)
            if category is None or category.meaning is Meaning.OTHER:
                continue
            name = f"{record.name}.{field.name}"
            about = [grant for grant in applying if field.category in grant.sees and is_about(grant, name)]
            seen = [(grant.sees[field.category], grant.at) for grant in about]
            if all(map(_can_be_avoided, about)):
                seen.append((field.mask or category.mask, field.at if field.mask else category.at))
            for spec, at in seen:
                yield Piece(f"{system.name} {name}", category.meaning, spec, at)


def _can_be_avoided(grant: Grant) -> bool:
    """Whether *grant* need not apply to its own callers at all times: then they see what others see as well."""
    return bool(
        grant.purposes or grant.not_purposes or grant.networks or grant.hours or grant.operations or grant.attributes
    )


def _finding(who: str, left: float, policy: Policy, pieces: Sequence[Piece]) -> Finding:
    least = policy.least_candidates
    listed = ", ".join(
        f"`{piece.name[:80]}` ({name_of(piece.spec, policy.transforms)}, {piece.at})" for piece in pieces
    )
    number = next(piece for piece in pieces if piece.meaning is Meaning.RESIDENT_ID)
    message = (
        f"{who} can narrow a resident ID number down to {left:,.0f} of at least {least:,} candidates, with {listed}: "
        "hide more of one of them"
    )
    whom = {"nobody": "未登录者", "post": "岗位", "caller": "调用者"}[who.split()[0]]
    named = "" if who.startswith("nobody") else f" {who.split(maxsplit=1)[1]}"
    about = f"{whom}{named} 可缩小到约 {left:,.0f} 个号码（应至少 {least:,} 个）：{listed}"
    return Finding(number.at, "composite-disclosure", message, Severity.WARNING, about)
