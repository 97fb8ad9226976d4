"""Thirty days of an access broker in front of four old applications: keys with dots, people as lists, no posts.

Callers are names, an action is a verb, nobody says what a request was. How much somebody has to do wanders from day to
day instead of being drawn anew, one kind of work grows for all who do it, people come back to their open cases, work
from home by addresses that change, and a holiday of five days lies in the month. Twelve kinds of misuse, each at three
strengths, in a small district two or one: `python -m tests.siem.baseline.fifth_district SEED CALLERS OUT`.
"""

import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Any

import orjson

HERE = timezone(timedelta(hours=8))
FIRST, DAYS = date(2026, 4, 13), 30
"""A Monday. The holiday of the first of May is from the nineteenth day to the twenty-third."""
OFF = range(18, 23)
MAKE_UP = {date(2026, 5, 9)}
QUIET = 13
"""Days before the first attack, but for one that begins at once."""
GONE_FOR = 17
KINDS = (
    "night_bulk",
    "drip",
    "stolen",
    "dormant",
    "lateral",
    "enumeration",
    "insider",
    "again",
    "collusion",
    "service_drift",
    "holiday",
    "ramp",
)
STRENGTHS = ("weak", "medium", "strong")
APPLICATIONS = ("citizen-files", "permits", "care", "complaints")


@dataclass(frozen=True, kw_only=True)
class Work:
    """What some do all day."""

    name: str
    share: float
    requests: float
    """On a usual day."""
    listed: tuple[int, int] = (1, 1)
    """How many people an answer shows, at least and at most."""
    where: int = 0
    """The application that it is done with."""
    also: float = 0.0
    """How much is done with the next one."""
    shifts: bool = False
    files: float = 0.0
    """How likely a file is fetched on a day."""
    grows: float = 0.0
    """By how much the work grows over the month, for all who do it."""
    days: float = 0.96
    """How likely somebody is there on a workday."""


WORKS = (
    Work(name="counter", share=0.3, requests=22, also=0.2),
    Work(name="case", share=0.22, requests=9, where=1, also=0.3, grows=0.5),
    Work(name="care", share=0.14, requests=6, listed=(1, 4), where=2),
    Work(name="calls", share=0.14, requests=38, where=3, also=0.1, shifts=True),
    Work(name="archive", share=0.08, requests=12, listed=(5, 30)),
    Work(name="desk", share=0.04, requests=4, where=1, files=0.35),
    Work(name="head", share=0.08, requests=3, where=1, also=0.5, days=0.5),
)


@dataclass(kw_only=True)
class Person:
    """One of the staff. Days are numbers from the first on."""

    name: str
    work: Work
    pace: float
    ip: str
    crew: int
    home: frozenset[int]
    """The weekdays on which the work is done from home."""
    joins: int = 0
    away: set[int] = field(default_factory=set)
    wandered: float = 0.0
    """How far the load is from usual by now, as a logarithm."""
    cases: list[int] = field(default_factory=list)


class FifthDistrict:
    """A district of *callers* callers."""

    def __init__(self, seed: int, callers: int) -> None:
        self.random = Random(seed)
        self.events: list[dict[str, Any]] = []
        self.truths: list[dict[str, Any]] = []
        self.noted: dict[str, list[datetime]] = {}
        self.services = [f"svc-{name}" for name in ("pension", "school", "tax", "bus")[: min(callers // 20, 4)]]
        self.staff = [self._person(number) for number in range(callers - len(self.services))]
        for number in range(DAYS):
            for person in self.staff:
                self._day_of(person, number)
            self._services(number)
        self._attacks(STRENGTHS if callers > 200 else ("weak", "strong") if callers > 50 else ("strong",))

    def write(self, folder: Path) -> Path:
        """The folder that `yingbi evaluate` takes: one file, in order of time."""
        (folder / "events").mkdir(parents=True)
        self.events.sort(key=lambda event: str(event["@timestamp"]))
        (folder / "events/broker.ndjson").write_bytes(b"\n".join(map(orjson.dumps, self.events)))
        (folder / "truth.jsonl").write_bytes(b"\n".join(map(orjson.dumps, self.truths)))
        return folder

    def _person(self, number: int) -> Person:
        random = self.random
        work = random.choices(WORKS, [each.share for each in WORKS])[0]
        away: set[int] = set()
        for length, likely in ((1, 0.3), (3, 0.12), (7, 0.06)):
            if random.random() < likely:
                away.update(range(begins := random.randrange(DAYS), begins + length))
        return Person(
            name=f"{random.choice(('li', 'wang', 'zhao', 'he', 'qin'))}.{number:04d}",
            work=work,
            pace=random.gammavariate(9, 1 / 9),
            ip=f"172.20.{WORKS.index(work) * 4 + random.randrange(3)}.{random.randrange(2, 250)}",
            crew=random.randrange(3),
            home=frozenset(random.sample(range(5), 2) if random.random() < 0.2 and not work.shifts else ()),
            joins=random.randrange(3, DAYS) if random.random() < 0.03 else 0,
            away=away,
        )

    def _day_of(self, person: Person, number: int) -> None:
        random, work = self.random, person.work
        person.wandered = 0.7 * person.wandered + random.gauss(0, 0.2)
        hours = self._hours(person, number)
        if number < person.joins or number in person.away or hours is None:
            return
        ip = person.ip
        if _day(number).weekday() in person.home and not _is_rest(number):
            ip = f"100.{80 + random.randrange(4)}.{random.randrange(250)}.{random.randrange(2, 250)}"
        elif random.random() < 0.01:  # helps out in another building
            ip = f"172.20.{random.randrange(28)}.{random.randrange(2, 250)}"
        rate = work.requests * person.pace * math.exp(person.wandered) * (1 + work.grows * number / DAYS)
        if random.random() < 0.02:
            rate *= 2  # a colleague is ill
        for _ in range(self._poisson(rate * (0.5 if _is_rest(number) else 1.0))):
            where = work.where + (random.random() < work.also)
            people = [self._whom(person) for _ in range(random.randint(*work.listed))]
            self._tell(person.name, number, random.uniform(*hours), ip, people, where)
        if random.random() < 0.08:
            self._tell(person.name, number, random.uniform(*hours), ip, (), work.where, said="not_found")
        if random.random() < work.files and not _is_rest(number):
            people = self._anybody(min(900, round(60 * random.paretovariate(1.4))))
            self._tell(person.name, number, random.uniform(*hours), ip, people, work.where, "download")
        if work.files and number in (16, 17, 23) and random.random() < 0.6:
            people = self._anybody(random.randrange(500, 1_300))
            self._tell(person.name, number, random.uniform(*hours), ip, people, work.where, "download")

    def _hours(self, person: Person, number: int) -> tuple[float, float] | None:
        random = self.random
        if person.work.shifts:
            return ((7.0, 15.0), (15.0, 23.0), None)[(number + person.crew) % 3]
        if _is_rest(number):
            return (9.5, 15.0) if random.random() < 0.02 else None
        if random.random() > person.work.days:
            return None
        return (8.4, 17.4) if random.random() < 0.97 else (8.4, 20.0)

    def _whom(self, person: Person) -> int:
        """Somebody new, or of one of the last cases: hardly anybody is looked at on many days."""
        random = self.random
        if person.cases and random.random() < 0.2:
            return random.choice(person.cases)
        someone = random.randrange(400_000)
        person.cases.append(someone)
        del person.cases[:-40]
        return someone

    def _services(self, number: int) -> None:
        """Each a rate of its own; one has a run by night, one on Mondays."""
        random = self.random
        for place, name in enumerate(self.services):
            for hour in range(24):
                for _ in range(self._poisson((6.0, 15.0, 3.0, 10.0)[place] * (1.0 if 7 <= hour < 20 else 0.5))):
                    self._tell(name, number, hour + random.random(), f"172.31.0.{10 + place}", self._anybody(1), place)
            if place == 1 or (place == 2 and _day(number).weekday() == 0):
                people = self._anybody(self._poisson((0, 240, 700)[place]))
                self._tell(name, number, 2.2, f"172.31.0.{10 + place}", people, place, "download")

    def _attacks(self, strengths: tuple[str, ...]) -> None:
        free = [each for each in self.staff if not each.joins and len(each.away) < 4 and each.work.name != "head"]
        self.random.shuffle(free)
        for kind in KINDS:
            for strength in strengths:
                person, other = self._taken(kind, free), free[0]
                days = [
                    number
                    for number in range(QUIET, DAYS)
                    if number not in person.away and self._hours(person, number) and not _is_rest(number)
                ]
                self.noted = {}
                act: Callable[[Person, Person, list[int], int], None] = getattr(self, f"_{kind}")
                act(person, other, days, STRENGTHS.index(strength))
                if kind == "collusion":
                    free.remove(other)
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

    def _taken(self, kind: str, free: list[Person]) -> Person:
        """Who does it: nobody who works by night does it by night, and who fetches files fetches them again."""
        able = [each for each in free if (each.work.files > 0) is (kind == "again") and not each.work.shifts]
        person = (able or free)[0]
        free.remove(person)
        return person

    def _night_bulk(self, person: Person, __: Person, days: list[int], place: int) -> None:
        people = self._anybody((70, 400, 4_000)[place])
        self._tell(person.name, days[4], 26.6, person.ip, people, person.work.where, "download", note=True)

    def _drip(self, person: Person, __: Person, days: list[int], place: int) -> None:
        for number in days[:12]:
            self._looks(person, number, (0.9, 1.8, 3.5)[place] * self._usual(person), (9, 17))

    def _stolen(self, person: Person, __: Person, days: list[int], place: int) -> None:
        for number in days[3:5]:
            self._looks(person, number, (12, 30, 120)[place], (9, 17), ip="203.0.113.90")

    def _dormant(self, person: Person, __: Person, days: list[int], place: int) -> None:
        """Nobody has used it for long, and somebody does from the owner's desk."""
        back = days[-2]
        silent = {f"{_day(number)}" for number in range(back - GONE_FOR, DAYS)}
        self.events = [
            event for event in self.events if event["user.name"] != person.name or _date_of(event) not in silent
        ]
        for number in days[-2:]:
            self._looks(person, number, (0.7, 1.5, 6.0)[place] * self._usual(person), (9, 17))

    def _lateral(self, person: Person, __: Person, days: list[int], place: int) -> None:
        for number in days[2:5]:
            self._looks(person, number, (6, 15, 60)[place], (9, 17), where=person.work.where + 2)

    def _enumeration(self, person: Person, __: Person, days: list[int], place: int) -> None:
        for step in range((25, 90, 600)[place]):
            found = self._anybody(1) if self.random.random() < 0.35 else []
            said = "success" if found else "not_found"
            hour = 10 + step * 0.006
            self._tell(person.name, days[3], hour, person.ip, found, person.work.where, said=said, note=True)

    def _insider(self, person: Person, __: Person, days: list[int], place: int) -> None:
        """The same few people, day after day, among the work."""
        people = self._anybody((2, 4, 8)[place])
        for number in days[: (5, 7, 9)[place]]:
            for whom in people:
                hour = self.random.uniform(9, 17)
                self._tell(person.name, number, hour, person.ip, [whom], person.work.where, note=True)

    def _again(self, person: Person, __: Person, days: list[int], place: int) -> None:
        """A file day after day, none greater than others fetch."""
        for number in days[: (4, 6, 9)[place]]:
            people = self._anybody((150, 300, 600)[place])
            self._tell(person.name, number, 16.5, person.ip, people, person.work.where, "download", note=True)

    def _collusion(self, person: Person, other: Person, days: list[int], place: int) -> None:
        for number in [each for each in days[2:] if each not in other.away][:2]:
            for each in (person, other):
                self._looks(each, number, (12, 30, 120)[place], (13, 16))

    def _service_drift(self, _: Person, __: Person, days: list[int], place: int) -> None:
        """More each day than on the day before."""
        place %= len(self.services)
        which = self.services[place]
        for step, number in enumerate(range(DAYS - 12, DAYS)):
            more = (0.08, 0.15, 0.4)[place] * (step + 1) * (6.0, 15.0, 3.0)[place] * 18
            for _more in range(round(more)):
                hour = self.random.uniform(0, 24)
                self._tell(which, number, hour, f"172.31.0.{10 + place}", self._anybody(1), place, note=True)

    def _holiday(self, person: Person, __: Person, ___: list[int], place: int) -> None:
        for number in list(OFF)[1 : 2 + place]:
            self._looks(person, number, (14, 30, 80)[place], (10, 15))

    def _ramp(self, person: Person, __: Person, ___: list[int], place: int) -> None:
        """A little more each day from the very first on."""
        for number in range(1, DAYS):
            if number not in person.away and not _is_rest(number):
                more = (2.5, 5.0, 10.0)[place] * number / DAYS * self._usual(person)
                self._looks(person, number, more, (9, 17))

    def _usual(self, person: Person) -> float:
        return person.work.requests * person.pace * sum(person.work.listed) / 2

    def _looks(
        self,
        person: Person,
        number: int,
        count: float,
        hours: tuple[float, float],
        ip: str = "",
        where: int | None = None,
    ) -> None:
        """Looks at so many people one by one."""
        where = person.work.where if where is None else where
        for whom in self._anybody(round(count)):
            self._tell(person.name, number, self.random.uniform(*hours), ip or person.ip, [whom], where, note=True)

    def _anybody(self, count: int) -> list[int]:
        return [self.random.randrange(400_000) for _ in range(count)]

    def _tell(
        self,
        name: str,
        number: int,
        hour: float,
        ip: str,
        people: list[int] | tuple[()],
        where: int,
        action: str = "",
        *,
        said: str = "success",
        note: bool = False,
    ) -> None:
        at = datetime.combine(_day(number), time(), HERE) + timedelta(milliseconds=int(hour * 3_600_000))
        if note:
            self.noted.setdefault(name, []).append(at)
        event: dict[str, Any] = {
            "@timestamp": at.astimezone(UTC).isoformat(timespec="milliseconds"),
            "event.action": action or ("view" if len(people) < 2 else "search"),
            "event.outcome": "success" if said == "success" else "failure",
            "event.dataset": f"broker.{APPLICATIONS[where % 4]}",
            "user.name": name,
            "source.ip": ip,
        }
        if people:
            event["yingbi.subjects"] = [f"P{whom:07d}" for whom in people]
        if said != "success":
            event["event.reason"] = said
        self.events.append(event)

    def _poisson(self, mean: float) -> int:
        """A Poisson count; of a great mean the normal distribution that is next to it."""
        if mean > 60:
            return max(0, round(self.random.gauss(mean, mean**0.5)))
        count, left = 0, self.random.expovariate(1)
        while left < mean:
            left += self.random.expovariate(1)
            count += 1
        return count


def _day(number: int) -> date:
    return FIRST + timedelta(days=number)


def _date_of(event: dict[str, Any]) -> str:
    return f"{datetime.fromisoformat(event['@timestamp']).astimezone(HERE):%F}"


def _is_rest(number: int) -> bool:
    day = _day(number)
    return number in OFF or (day.weekday() >= 5 and day not in MAKE_UP)


def main(arguments: Iterator[str]) -> None:
    """Write the district that the command line asks for."""
    seed, callers, out = arguments
    FifthDistrict(int(seed), int(callers)).write(Path(out))


if __name__ == "__main__":
    main(iter(sys.argv[1:]))
