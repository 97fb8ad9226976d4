"""The invented district: who works there, in which post, on which network. Drawn from a seed once, before any day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from siem.record.event import CallerKind
from siem.simulate.act import Caller

RESIDENTS = 600_000
LISTED = 60
"""How many residents the public knows: looking them up without need is the classic misuse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What people in a post do all day."""

    name: str
    share: float
    """Of all clerks."""
    a_day: float
    """Matters dealt with on a usual day."""
    mix: Mapping[str, float]
    """How often one matter asks for each operation."""
    hours: Mapping[int, float]
    """When they work, by the hour of the day."""
    saturdays: float = 0.0
    """How likely a day of rest is worked, by rota."""
    around_the_clock: bool = False
    reveals: float = 0.0
    """Reveals on a usual day."""
    exports: float = 0.0
    """Exports on a usual day."""


_OFFICE = {8: 0.3, 9: 1.2, 10: 1.3, 11: 1.0, 12: 0.15, 13: 0.3, 14: 1.2, 15: 1.2, 16: 1.0, 17: 0.5, 18: 0.08, 19: 0.04}
_HALL = {8: 0.6, 9: 1.4, 10: 1.4, 11: 1.1, 12: 0.4, 13: 0.7, 14: 1.3, 15: 1.2, 16: 0.9, 17: 0.15}
_FIELD = {8: 0.4, 9: 1.0, 10: 1.2, 11: 0.9, 14: 0.8, 15: 1.2, 16: 1.2, 17: 0.7, 18: 0.5, 19: 0.5, 20: 0.3}

POSTS = (
    Post(
        name="window",
        share=0.30,
        a_day=11,
        mix={"hall.queue": 0.4, "hall.matter": 0.9, "hall.accept": 0.4, "licences.one": 0.3, "register.one": 0.2},
        hours=_HALL,
        saturdays=0.25,
        reveals=0.3,
    ),
    Post(
        name="household",
        share=0.15,
        a_day=12,
        mix={"register.list": 0.3, "register.one": 1.0, "register.save": 0.3},
        hours=_OFFICE,
        reveals=0.4,
    ),
    Post(
        name="social-aid",
        share=0.15,
        a_day=8,
        mix={"aid.list": 0.4, "aid.one": 1.0, "register.one": 0.3},
        hours=_OFFICE,
        reveals=0.3,
    ),
    Post(
        name="grid-worker",
        share=0.20,
        a_day=6,
        mix={"aid.one": 0.5, "register.one": 0.5},
        hours=_FIELD,
        saturdays=0.3,
    ),
    Post(
        name="hotline",
        share=0.08,
        a_day=22,
        mix={"hotline.caller": 1.0, "hall.matter": 0.3},
        hours=dict.fromkeys(range(24), 1.0),
        around_the_clock=True,
    ),
    Post(
        name="archive",
        share=0.06,
        a_day=14,
        mix={"register.list": 0.2, "register.one": 0.5, "licences.one": 0.8},
        hours=_OFFICE,
        reveals=0.2,
    ),
    Post(
        name="analyst",
        share=0.02,
        a_day=5,
        mix={"register.list": 1.0, "register.one": 0.3},
        hours=_OFFICE,
        exports=0.35,
    ),
    Post(
        name="supervisor",
        share=0.04,
        a_day=4,
        mix={"hall.queue": 1.0, "hall.matter": 1.0, "register.one": 0.5},
        hours=_OFFICE,
        reveals=0.6,
    ),
)


@dataclass(slots=True, kw_only=True)
class Clerk:
    """One of the staff. Days are counted from the first simulated one."""

    caller: Caller
    post: Post
    pace: float
    """How much of a usual day's work of the post this person does."""
    department: int
    shift: int
    joins: int
    leaves: int
    """The day after the last, far away for those who stay."""
    moves: int
    """When the desk moves into another network, far away for most."""
    changes: tuple[int, Post] | None
    """When which other post is taken up."""
    from_home: bool
    """Whether some work is done over the remote access network."""
    family: tuple[int, ...]
    away: set[int] = field(default_factory=set)
    """Days of sickness and leave."""
    covers: tuple[range, Post] | None = None
    """On which days the work of a colleague in another post is done as well."""
    counters: tuple[int, ...] = ()
    """The halls, by their departments, between whose shared counters somebody changes; nobody else has any."""
    duties: frozenset[int] = frozenset()
    """Days on which this person is on duty for the department in the evening and at night."""

    def post_on(self, day: int) -> Post:
        """The post on *day*."""
        return self.changes[1] if self.changes and day >= self.changes[0] else self.post

    def desk_on(self, day: int) -> Caller:
        """The caller as who sits at the usual desk on *day*."""
        building = self.department + 100 if day >= self.moves else self.department
        if self.counters:
            building = self.counters[day % len(self.counters)]
        return self.seen_from(f"10.20.{building}.{self.caller.ip}", self.post_on(day))

    def seen_from(self, ip: str, post: Post, credential: str = "") -> Caller:
        """The caller as seen from *ip*."""
        return Caller(self.caller.id, CallerKind.STAFF, (post.name,), credential or self.caller.credential, ip)

    def covers_on(self, day: int) -> Post | None:
        """The post of the colleague whose work is done on *day*, or None."""
        return self.covers[1] if self.covers and day in self.covers[0] else None


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    """Everybody who calls."""

    clerks: tuple[Clerk, ...]
    integrations: tuple[tuple[Caller, str, float, bool], ...]
    """Caller, operation, requests an hour, and whether it works at night only."""
    terminals: tuple[Caller, ...]
    listed: tuple[int, ...]
    campaigns: frozenset[tuple[int, int]]
    """Department and day of unusually much work: a deadline, a census, a flood."""
    inspections: frozenset[tuple[int, int]]
    """Department and day of the yearly inspection: some go through the files, and print lists of them."""


_NEVER = 10**6
_LONG_LEAVE = 0.002
"""How likely somebody is away for weeks within one month."""
_DUTY = 0.004
"""How likely somebody is on duty on a night."""


def make_district(random: Random, days: int, clerks: int) -> District:
    """A district with that many *clerks*, for *days* days."""
    people = tuple(_clerk(random, number, days) for number in range(clerks))
    integrations = []
    for number, (operation, an_hour, nightly) in enumerate(
        (
            ("sharing.one", 40.0, False),
            ("sharing.one", 25.0, False),
            ("sharing.changes", 12.0, False),
            ("sharing.batch", 4.0, True),
            ("sharing.one", 15.0, False),
            ("sharing.batch", 3.0, True),
            ("sharing.changes", 6.0, False),
            ("sharing.one", 60.0, False),
        ),
        start=1,
    ):
        caller = Caller(
            f"system-{number}", CallerKind.SYSTEM, (), f"key:system-{number}", f"10.40.{number}.{random.randint(2, 9)}"
        )
        integrations.append((caller, operation, an_hour, nightly))
    terminals = tuple(
        Caller(f"terminal-{number:02d}", CallerKind.TERMINAL, (), f"cert:terminal-{number:02d}", f"10.60.{number}.10")
        for number in range(1, 41)
    )
    campaigns = frozenset(
        (random.randrange(60), day) for _ in range(days // 3 + 1) for day in _run(random.randrange(days), 3)
    )
    return District(
        clerks=people,
        integrations=tuple(integrations),
        terminals=terminals,
        listed=tuple(random.sample(range(RESIDENTS), LISTED)),
        campaigns=campaigns,
        inspections=frozenset(
            (random.randrange(60), day) for _ in range(days // 6 + 1) for day in _run(random.randrange(days), 5)
        ),
    )


def _run(first: int, length: int) -> range:
    return range(first, first + length)


def _clerk(random: Random, number: int, days: int) -> Clerk:
    post = random.choices(POSTS, [each.share for each in POSTS])[0]
    drawn = random.random()
    joins = random.randrange(1, days) if drawn < 0.03 and days > 1 else 0
    leaves = random.randrange(1, days) if 0.03 <= drawn < 0.05 and days > 1 else _NEVER
    changes = (random.randrange(days), random.choice(POSTS)) if 0.05 <= drawn < 0.07 else None
    away: set[int] = set()
    for _ in range(max(1, days // 30)):
        if random.random() < 0.25:
            away.update(_run(random.randrange(days), random.randint(1, 4)))
        if random.random() < 0.06:
            away.update(_run(random.randrange(days), random.randint(5, 14)))
    if random.random() < _LONG_LEAVE:
        away.update(_run(random.randrange(days), random.randint(18, 40)))
    cover = _run(random.randrange(days), random.randint(3, 10)), random.choice(POSTS)
    department = random.randrange(60)
    return Clerk(
        caller=Caller(f"clerk-{number:04d}", CallerKind.STAFF, (), "jwt:district-idp", str(random.randint(10, 250))),
        post=post,
        pace=random.lognormvariate(0, 0.3),
        department=department,
        shift=random.randrange(4),
        joins=joins,
        leaves=leaves,
        moves=random.randrange(days) if random.random() < 0.03 else _NEVER,
        changes=changes,
        from_home=random.random() < 0.1,
        family=tuple(random.sample(range(RESIDENTS), random.randint(3, 6))),
        away=away,
        covers=cover if random.random() < 0.04 and cover[1] is not post else None,
        counters=(department, (department + 1) % 60) if post.name == "window" and random.random() < 0.05 else (),
        duties=frozenset(day for day in range(days) if not post.around_the_clock and random.random() < _DUTY),
    )
