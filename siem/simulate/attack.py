"""The attacks that can be planted, and who does what in each.

Each kind has three strengths. The weakest is what somebody careful would do: it stays below every plain threshold that
would not also report honest staff.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from random import Random

from siem.record.event import CallerKind
from siem.simulate.act import Act, Caller
from siem.simulate.district import RESIDENTS, Clerk, District, Post
from siem.simulate.work import at


class Strength(IntEnum):
    """How much is taken, or how openly."""

    WEAK = 1
    MEDIUM = 2
    STRONG = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where and when an attack takes place."""

    district: District
    clerk: Clerk
    """Whose account it is where it is done with one of the staff's."""
    other: Clerk
    """A colleague who has a part in some."""
    number: int
    strength: Strength
    first: int
    """The day it begins on."""
    days: int
    """How many days are simulated."""
    workdays: frozenset[int]
    start: date
    random: Random

    def pick(self, weak: float, medium: float, strong: float) -> float:
        """The one of three amounts that belongs to the strength."""
        return (weak, medium, strong)[self.strength - 1]

    def day(self, number: int) -> date:
        """The date of the day with *number*."""
        return self.start + timedelta(days=number)

    def workdays_on(self, most: int) -> list[int]:
        """The first *most* workdays from the first day of the attack on which the clerk is there."""
        clerk = self.clerk
        found = (
            number
            for number in range(self.first, self.days)
            if number in self.workdays and number not in clerk.away and clerk.joins <= number < clerk.leaves
        )
        return [number for number, _ in zip(found, range(most), strict=False)]

    def people(self, count: float) -> tuple[int, ...]:
        """So many residents, drawn at random."""
        return tuple(self.random.sample(range(RESIDENTS), round(count)))


type Attack = Callable[[Setting], Iterator[tuple[int, Act]]]
"""Yields each act with the number of the day that it happens on."""


def _usual(setting: Setting, number: int) -> Post:
    return setting.clerk.post_on(number)


def _one(post: Post) -> str:
    """The operation with which people in *post* look at one person."""
    return next(name for name in post.mix if name.endswith((".one", ".caller", ".matter")))


def _looks(
    setting: Setting,
    number: int,
    caller: Caller,
    people: Sequence[int],
    hours: tuple[float, float],
    operation: str = "",
) -> Iterator[tuple[int, Act]]:
    """Looks at each of *people* once on the day with *number*, between *hours*."""
    operation = operation or _one(_usual(setting, number))
    for person in people:
        moment = at(setting.day(number), setting.random.uniform(*hours))
        yield number, Act(moment, caller, operation, (person,), setting.number)


def bulk_export(setting: Setting) -> Iterator[tuple[int, Act]]:
    """Takes a part of the register as a file, or page by page within an hour."""
    for number in setting.workdays_on(1):
        moment = at(setting.day(number), setting.random.uniform(9, 17))
        people = setting.people(setting.pick(250, 1_500, 12_000))
        yield number, Act(moment, setting.clerk.desk_on(number), "register.export", people, setting.number)


def slow_drip(setting: Setting) -> Iterator[tuple[int, Act]]:
    """Looks at a few people more than the work needs, every day."""
    for number in setting.workdays_on(12):
        post = _usual(setting, number)
        more = setting.pick(1.2, 2.0, 3.5) * post.a_day * setting.clerk.pace
        hours = (9.0, 16.9)
        yield from _looks(setting, number, setting.clerk.desk_on(number), setting.people(more), hours)


def poisoned_ramp(setting: Setting) -> Iterator[tuple[int, Act]]:
    """Grows so slowly, and from the first day on, that a baseline would learn it as usual."""
    growth = setting.pick(6, 10, 20) / setting.days
    for number in sorted(setting.workdays):
        clerk = setting.clerk
        if number in clerk.away or not clerk.joins <= number < clerk.leaves:
            continue
        more = growth * number * _usual(setting, number).a_day
        yield from _looks(setting, number, clerk.desk_on(number), setting.people(more), (9.0, 16.9))


def off_hours(setting: Setting) -> Iterator[tuple[int, Act]]:
    """Comes back at night, from the usual desk."""
    nights = setting.workdays_on(round(setting.pick(2, 3, 4)))
    for number in nights:
        people = setting.people(setting.pick(15, 40, 150))
        hour = setting.random.uniform(0.5, 4)
        yield from _looks(setting, number, setting.clerk.desk_on(number), people, (hour, hour + 1.2))


def stolen_credential(setting: Setting) -> Iterator[tuple[int, Act]]:
    """Somebody else uses the account from outside, in working hours where they are careful."""
    for number in setting.workdays_on(round(setting.pick(2, 2, 3))):
        post = _usual(setting, number)
        ip = f"203.0.113.{setting.random.randint(2, 250)}"
        caller = setting.clerk.seen_from(ip, post)
        hours = (10.0, 16.0) if setting.strength is not Strength.STRONG else (19.0, 23.5)
        people = setting.people(setting.pick(25, 60, 200))
        yield from _looks(setting, number, caller, people, hours)


def scraping(setting: Setting) -> Iterator[tuple[int, Act]]:
    """Reads the public page through, from one address, without signing in."""
    ip = f"198.51.100.{setting.random.randint(2, 250)}"
    caller = Caller("", CallerKind.ANONYMOUS, (), "", ip)
    for number in range(setting.first, min(setting.first + 3, setting.days)):
        for page in range(round(setting.pick(60, 300, 2_000))):
            hour = (page * 24 / setting.pick(60, 300, 2_000)) % 24
            people = setting.people(10)
            yield number, Act(at(setting.day(number), hour), caller, "reviews.page", people, setting.number)


def leaking_integration(setting: Setting) -> Iterator[tuple[int, Act]]:
    """A system's key asks for more than its work: out of the same place, or out of another as well."""
    integrations = [each for each in setting.district.integrations if each[1] == "sharing.one"]
    caller, operation, an_hour, _ = integrations[setting.strength % len(integrations)]
    if setting.strength is Strength.MEDIUM:
        caller = Caller(caller.id, caller.kind, caller.posts, caller.credential, "203.0.113.77")
    for number in range(setting.first, min(setting.first + 4, setting.days)):
        for _ in range(round(an_hour * 10 * setting.pick(1.0, 0.5, 6.0))):
            moment = at(setting.day(number), setting.random.uniform(0, 23.9))
            yield number, Act(moment, caller, operation, setting.people(1), setting.number)


def listed_persons(setting: Setting) -> Iterator[tuple[int, Act]]:
    """Looks up people whom everybody knows, out of curiosity or for money."""
    people = setting.random.sample(setting.district.listed, round(setting.pick(3, 6, 15)))
    days = setting.workdays_on(3)
    for place, person in enumerate(people if days else ()):
        number = days[place % len(days)]
        yield from _looks(setting, number, setting.clerk.desk_on(number), (person,), (9, 17))


def relatives(setting: Setting) -> Iterator[tuple[int, Act]]:
    """Looks up the own family, again and again."""
    days = setting.workdays_on(round(setting.pick(3, 5, 8)))
    for number in days:
        people = setting.random.sample(setting.clerk.family, round(setting.pick(1, 2, 3)))
        yield from _looks(setting, number, setting.clerk.desk_on(number), people, (9, 17))


def former_account(setting: Setting) -> Iterator[tuple[int, Act]]:
    """An account that was left open is used long after its owner has gone."""
    for number in range(setting.first, min(setting.first + round(setting.pick(1, 2, 3)), setting.days)):
        post = _usual(setting, number)
        caller = setting.clerk.desk_on(number)
        if setting.strength is Strength.MEDIUM:
            caller = setting.other.desk_on(number)
            caller = setting.clerk.seen_from(caller.ip, post)
        people = setting.people(setting.pick(15, 30, 120))
        yield from _looks(setting, number, caller, people, (10, 16))


def enumeration(setting: Setting) -> Iterator[tuple[int, Act]]:
    """Tries identifiers one after another: many do not exist."""
    for number in setting.workdays_on(round(setting.pick(2, 2, 2))):
        count = round(setting.pick(30, 150, 1_000))
        moment = at(setting.day(number), setting.random.uniform(9.5, 13))
        step = timedelta(seconds=setting.pick(60, 12, 1.5))
        desk = setting.clerk.desk_on(number)
        for place in range(count):
            found = setting.random.random() < 0.4
            people = (setting.random.randrange(RESIDENTS),) if found else ()
            reason = "" if found else "foreign_handle"
            act = Act(moment + place * step, desk, "register.one", people, setting.number, reason)
            yield number, act


def reveals_without_case(setting: Setting) -> Iterator[tuple[int, Act]]:
    """Asks to see one person after another in clear, always with the same case number."""
    case = f"C{setting.random.randrange(10**11):011d}"
    for number in setting.workdays_on(round(setting.pick(4, 3, 3))):
        desk = setting.clerk.desk_on(number)
        for person in setting.people(setting.pick(2, 5, 9)):
            moment = at(setting.day(number), setting.random.uniform(9, 17))
            yield number, Act(moment, desk, "register.one", (person,), setting.number, case=case)
            moment += timedelta(seconds=5)
            yield number, Act(moment, desk, "register.one", (person,), setting.number)


def export_sharing(setting: Setting) -> Iterator[tuple[int, Act]]:
    """A file that one clerk made is fetched by others who had no part in it."""
    for number in setting.workdays_on(1):
        people = setting.people(setting.pick(120, 400, 2_000))
        made = at(setting.day(number), setting.random.uniform(9, 11))
        yield number, Act(made, setting.clerk.desk_on(number), "register.export", people, setting.number)
        caller = setting.other.desk_on(number)
        for copy in range(round(setting.pick(1, 2, 4))):
            moment = made + timedelta(hours=1 + copy)
            yield number, Act(moment, caller, "register.shared", people, setting.number)


def password_sharing(setting: Setting) -> Iterator[tuple[int, Act]]:
    """A colleague in another building works with the same password at the same time."""
    for number in setting.workdays_on(round(setting.pick(3, 5, 8))):
        post = _usual(setting, number)
        ip = f"10.20.{(setting.clerk.department + 7) % 60}.{setting.random.randint(10, 250)}"
        caller = setting.clerk.seen_from(ip, post)
        people = setting.people(setting.pick(6, 12, 20))
        yield from _looks(setting, number, caller, people, (9.2, 16.8))


KINDS: dict[str, Attack] = {
    attack.__name__: attack
    for attack in (
        bulk_export,
        slow_drip,
        poisoned_ramp,
        off_hours,
        stolen_credential,
        scraping,
        leaking_integration,
        listed_persons,
        relatives,
        former_account,
        enumeration,
        reveals_without_case,
        export_sharing,
        password_sharing,
    )
}
