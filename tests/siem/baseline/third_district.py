"""Five weeks of still another make: a hotline day and night, a rush of admissions, holidays, events with gaps.

How much somebody has to do wanders from day to day (the logarithm of it is an autoregressive process), cases come in
bursts, night shifts rotate, people join, leave and change posts, and files are fetched in parts. What an event says
depends on the system that wrote it: `python -m tests.siem.baseline.third_district SEED CALLERS OUT`.
"""

import hashlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Any

import orjson

HERE = timezone(timedelta(hours=8))
FIRST, DAYS = date(2026, 8, 31), 35
"""A Monday; the Mid-Autumn Festival has a make-up Sunday before it, and the National Day begins the last weekend."""
RUSH = range(14, 25)
"""The days on which children are put down for a school: whoever is in that post works through the weekend."""
REST = {date(2026, 9, 25), *(date(2026, 10, day) for day in range(1, 8))}
MAKE_UP = {date(2026, 9, 20)}
KINDS = ("night", "drip", "borrowed", "colleagues", "scraping", "split", "first_use")
STRENGTHS = ("weak", "medium", "strong")
_SHIFTS: tuple[tuple[float, float] | None, ...] = ((6, 14), (14, 22), (22, 30), None)
"""Early, late, by night into the next day, and a day of rest."""
_TOLD = {"school": 1.0, "hotline": 0.9, "street": 0.6, "licence": 1.0, "welfare": 0.0}
"""How often the system of a post says which post the caller has."""


@dataclass(kw_only=True)
class Person:
    """One of the staff. Days are numbers from the first on."""

    name: str
    post: str
    pace: float
    desk: str
    turn: int
    joins: int
    leaves: int
    changes: tuple[int, str]
    """When which post is taken up."""
    away: set[int] = field(default_factory=set)
    mood: float = 0.0
    """The logarithm of how much more than usual there is to do just now."""

    def post_on(self, number: int) -> str:
        """The post on that day."""
        return self.changes[1] if number >= self.changes[0] else self.post


_A_DAY = {"school": 9.0, "hotline": 26.0, "street": 7.0, "licence": 18.0, "welfare": 12.0}
_SHARES = {"school": 0.2, "hotline": 0.2, "street": 0.3, "licence": 0.2, "welfare": 0.1}


class ThirdDistrict:
    """A district of *callers* callers. *bare*: no event says post, address or kind."""

    def __init__(self, seed: int, callers: int, *, bare: bool = False) -> None:
        self.random = Random(seed)
        self.bare = bare
        self.events: list[tuple[float, dict[str, Any]]] = []
        self.truths: list[dict[str, Any]] = []
        self.noted: dict[str, list[datetime]] = {}
        self.programs = [
            f"gw-{name}" for name in ("pension", "school-roll", "clinic", "census")[: max(3, callers // 40)]
        ]
        self.staff = [self._person(number) for number in range(callers - len(self.programs))]
        for number in range(DAYS):
            for person in self.staff:
                self._work(person, number)
            self._programs(number)
        self._attacks()

    def write(self, folder: Path) -> Path:
        """The folder that `yingbi evaluate` takes."""
        (folder / "events").mkdir(parents=True)
        lines = (orjson.dumps(event) for _, event in self.events)
        (folder / "events/all.jsonl").write_bytes(b"\n".join(lines))
        (folder / "truth.jsonl").write_bytes(b"\n".join(map(orjson.dumps, self.truths)))
        colleagues = [_identifier(-1 - number) for number in range(len(self.staff))]
        (folder / "known.json").write_bytes(orjson.dumps({"listed": colleagues}))
        return folder

    def _person(self, number: int) -> Person:
        random = self.random
        post = random.choices(list(_SHARES), list(_SHARES.values()))[0]
        drawn = random.random()
        away: set[int] = set()
        if random.random() < 0.4:
            begins = random.randrange(DAYS)
            away |= set(range(begins, begins + random.choice((1, 2, 3, 5, 10))))
        return Person(
            name=f"{random.choice('bcdfghjk')}.{1700 + number}",
            post=post,
            pace=random.triangular(0.4, 1.9, 0.9),
            desk=f"172.20.{list(_SHARES).index(post) * 4 + random.randrange(4)}.{random.randrange(2, 250)}",
            turn=random.randrange(4),
            joins=random.randrange(3, DAYS) if drawn < 0.05 else 0,
            leaves=random.randrange(DAYS) if 0.05 <= drawn < 0.08 else DAYS,
            changes=(random.randrange(5, DAYS), random.choice(list(_SHARES))) if 0.08 <= drawn < 0.12 else (DAYS, post),
            away=away,
        )

    def _work(self, person: Person, number: int) -> None:
        random, post = self.random, person.post_on(number)
        person.mood = 0.6 * person.mood + random.gauss(0, 0.22)
        if number in person.away or not person.joins <= number < person.leaves:
            return
        hours = _hours(person, post, number, random)
        if hours is None:
            return
        rate = _A_DAY[post] * person.pace * 2.718**person.mood
        if post == "school" and number in RUSH:
            rate *= 3.0
        left = round(random.gauss(rate, rate**0.5))
        while left > 0:  # matters come in bursts: a family, a class, a building
            burst = min(left, int(random.expovariate(0.5)) + 1)
            begins = random.uniform(*hours)
            for place in range(burst):
                self._view(person.name, post, number, begins + place * 0.04, person.desk)
            left -= burst
        if post == "licence" and random.random() < 0.15:
            self._file(
                person.name, post, number, random.uniform(*hours), person.desk, round(random.triangular(60, 420, 120))
            )
        if random.random() < 0.004:
            self._view(
                person.name,
                post,
                number,
                random.uniform(*hours),
                person.desk,
                whom=-1 - random.randrange(len(self.staff)),
            )
        if random.random() < 0.04:
            self._view(person.name, post, number, random.uniform(*hours), person.desk, status=404)

    def _programs(self, number: int) -> None:
        random = self.random
        for place, name in enumerate(self.programs):
            ip = f"172.31.{place}.5"
            if place == 0 and number < 6:
                continue  # is connected later than the others
            for hour in range(24):
                for _ in range(round(random.triangular(0.5, 1.5) * (6 + 3 * place) * (1.0 if 6 <= hour < 22 else 0.2))):
                    self._view(name, "service", number, hour + random.random(), ip)
            people = 900 if _day(number).day == 1 else 250 if place % 2 else 0
            if people:  # by night, in parts
                self._file(name, "service", number, 1.5, ip, round(people * random.uniform(0.85, 1.15)))

    def _attacks(self) -> None:
        settled = [
            person
            for person in self.staff
            if person.joins == 0 and person.leaves == DAYS and person.changes[0] == DAYS and not person.away
        ]
        self.random.shuffle(settled)
        office = [person for person in settled if person.post != "hotline"]
        for kind in KINDS:
            for place, strength in enumerate(STRENGTHS):
                if len(office) < 2:
                    return
                person, other = office.pop(), office[0]
                days = [day for day in range(DAYS // 2, DAYS) if _hours(person, person.post, day, Random(0))]
                days = days[self.random.randrange(max(1, len(days) - 9)) :]
                self.noted = {}
                act: Callable[[Person, Person, list[int], int], None] = getattr(self, f"_{kind}")
                act(person, other, days, place)
                times = [at for each in self.noted.values() for at in each]
                self.truths.append(
                    {
                        "attack": len(self.truths) + 1,
                        "kind": kind,
                        "strength": strength,
                        "callers": sorted(self.noted),
                        "first": min(times).isoformat(),
                        "last": max(times).isoformat(),
                    }
                )

    def _night(self, person: Person, __: Person, days: list[int], place: int) -> None:
        for number in days[:1]:
            self._pages(person, number, (30, 90, 400)[place], (0.5, 4.5))

    def _drip(self, person: Person, _: Person, days: list[int], place: int) -> None:
        for number in days[:9]:
            more = max(8, round((1.5, 2.5, 4.0)[place] * _A_DAY[person.post] * person.pace))
            self._pages(person, number, more, (8.6, 17))

    def _borrowed(self, person: Person, _: Person, days: list[int], place: int) -> None:
        for number in days[:2]:
            self._pages(person, number, (20, 50, 120)[place], (9, 18), ip="192.0.2.61")

    def _colleagues(self, person: Person, _: Person, days: list[int], place: int) -> None:
        for step in range((4, 8, 16)[place]):
            whom = -1 - self.random.randrange(len(self.staff))
            hour = self.random.uniform(9, 17)
            self._view(person.name, person.post, days[step % 3], hour, person.desk, whom=whom, note=True)

    def _scraping(self, person: Person, other: Person, days: list[int], place: int) -> None:
        which = place % len(self.programs)
        for number in days[:2]:
            a_day = 16 * (6 + 3 * which)
            for _ in range(round((2.0, 4.0, 9.0)[place] * a_day)):
                hour = self.random.uniform(0, 23.9)
                self._view(self.programs[which], "service", number, hour, f"172.31.{which}.5", note=True)

    def _split(self, person: Person, other: Person, days: list[int], place: int) -> None:
        for each in (person, other):
            count = (120, 300, 1_000)[place]
            self._pages(each, days[0], count, (13, 17), at_once=20)

    def _first_use(self, person: Person, __: Person, days: list[int], place: int) -> None:
        other = next(post for post in ("licence", "welfare") if post != person.post)
        for number in days[:2]:
            for _ in range((20, 50, 150)[place]):
                hour = self.random.uniform(9, 17)
                self._view(person.name, person.post, number, hour, person.desk, system=other, note=True)

    def _pages(
        self, person: Person, number: int, count: int, hours: tuple[float, float], ip: str = "", at_once: int = 1
    ) -> None:
        for _ in range(0, count, at_once):
            hour = self.random.uniform(*hours)
            self._view(person.name, person.post, number, hour, ip or person.desk, people=at_once, note=True)

    def _file(self, name: str, post: str, number: int, hour: float, ip: str, people: int) -> None:
        """As an application has it that fetches fifty at a time."""
        for place in range(0, people, 50):
            self._view(name, post, number, hour + place / 18_000, ip, people=min(50, people - place), system="files")

    def _view(
        self,
        name: str,
        post: str,
        number: int,
        hour: float,
        ip: str,
        *,
        people: int = 1,
        status: int = 200,
        system: str = "",
        whom: int | None = None,
        note: bool = False,
    ) -> None:
        random = self.random
        at = datetime.combine(_day(number), time(), HERE) + timedelta(seconds=int(hour * 3600))
        if note:
            self.noted.setdefault(name, []).append(at)
        event: dict[str, Any] = {"@timestamp": at.isoformat(), "event": {"action": "read"}}
        system = system or post
        event["service"] = {"name": f"{system}-app"}
        event["user"] = {"name": name}
        if not self.bare:
            event["source"] = {"ip": ip}
            if post == "service":
                event["user"]["roles"] = ["service"]
            elif random.random() < _TOLD[post]:
                event["user"]["roles"] = [post]
        if status == 200:
            shown = [_identifier(random.randrange(10**7) if whom is None else whom) for _ in range(people)]
            event["user"]["target"] = {"id": shown}
        if status != 200 or random.random() < 0.5:
            path = f"/{system}/people/{random.randrange(10**6)}"
            event["url"] = {"path": path}
            event["http"] = {"request": {"method": "GET"}, "response": {"status_code": status}}
        self.events.append((at.timestamp(), event))


def _day(number: int) -> date:
    return FIRST + timedelta(days=number)


def _identifier(number: int) -> str:
    return hashlib.blake2b(b"third %d" % number, digest_size=9).hexdigest()


def _hours(person: Person, post: str, number: int, random: Random) -> tuple[float, float] | None:
    """From when to when somebody works on that day, or None."""
    day = _day(number)
    if post == "hotline":
        return _SHIFTS[(number // 2 + person.turn) % 4]
    rest = day in REST or (day.weekday() >= 5 and day not in MAKE_UP)
    if rest and not (post == "school" and number in RUSH):
        return (9.0, 12.0) if random.random() < 0.01 else None
    return (8.5, 17.5) if post != "street" else (9.0, 20.0)


def main(arguments: Iterator[str]) -> None:
    """Write the district that the command line asks for."""
    seed, callers, out, *bare = arguments
    ThirdDistrict(int(seed), int(callers), bare=bool(bare)).write(Path(out))


if __name__ == "__main__":
    main(iter(sys.argv[1:]))
