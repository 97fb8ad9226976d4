"""Seven weeks of a county as a national platform exports them: one event for each record shown, callers by their mail.

There are departments and no roles, shifts that run over midnight, the Spring Festival with few on duty, a week in which
registers are migrated and everybody does three times as much, reports at the turn of a month, and a program that is
another caller once its key is rotated. How much comes in a day is a Poisson count of a rate that differs by the
department and its day: `python -m tests.siem.baseline.fourth_district SEED CALLERS OUT`.
"""

import hashlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Any

import orjson

HERE = timezone(timedelta(hours=8))
FIRST, DAYS = date(2026, 1, 19), 49
"""A Monday; the Spring Festival is from the fourth to the sixth week."""
OFF = {FIRST + timedelta(days=number) for number in range(27, 36)}
MAKE_UP = {date(2026, 2, 14), date(2026, 2, 28)}
MIGRATION = range(14, 19)
REPORTS = {9, 11, 39, 40, 42}
"""Days on which the figures of a month are made."""
ROTATED = 25
KINDS = ("neighbours", "report", "two_places", "dormant", "numbers", "slow_api", "own_shift", "split")
STRENGTHS = ("weak", "medium", "strong")


@dataclass(frozen=True, kw_only=True)
class Department:
    """Who works there works alike."""

    name: str
    share: float
    a_day: float
    unlike: float
    """How much its days differ, as the standard deviation of a logarithm."""
    shifts: bool = False
    files: float = 0.0
    """How likely somebody fetches a file on a day."""


DEPARTMENTS = (
    Department(name="民政科", share=0.22, a_day=14, unlike=0.2),
    Department(name="户籍科", share=0.2, a_day=24, unlike=0.15),
    Department(name="医保中心", share=0.16, a_day=30, unlike=0.25),
    Department(name="乡镇服务站", share=0.2, a_day=7, unlike=0.35),
    Department(name="指挥中心", share=0.14, a_day=20, unlike=0.2, shifts=True),
    Department(name="统计科", share=0.08, a_day=5, unlike=0.3, files=0.3),
)


@dataclass(kw_only=True)
class Person:
    """One of the staff. Days are numbers from the first on."""

    mail: str
    department: Department
    pace: float
    ip: str
    crew: int
    away: set[int] = field(default_factory=set)


class FourthDistrict:
    """A county of *callers* callers."""

    def __init__(self, seed: int, callers: int) -> None:
        self.random = Random(seed)
        self.events: list[tuple[float, dict[str, Any]]] = []
        self.truths: list[dict[str, Any]] = []
        self.noted: dict[str, list[datetime]] = {}
        self.programs = [(f"api.{number}@platform.example", 4.0 * 2**number) for number in range(3 + callers // 200)]
        self.staff = [self._person(number) for number in range(callers - len(self.programs))]
        for number in range(DAYS):
            loads = {each.name: self.random.lognormvariate(0, each.unlike / 2) for each in DEPARTMENTS}
            for person in self.staff:
                self._work(person, number, loads[person.department.name])
            self._programs(number)
        self._attacks(0.5 if callers < 200 else 1.0)

    def write(self, folder: Path) -> Path:
        """The folder that `yingbi evaluate` takes: a file for each day, packed by nobody, in no order within it."""
        (folder / "events").mkdir(parents=True)
        by_day: dict[str, list[bytes]] = {}
        for _, event in self.events:
            by_day.setdefault(event["@timestamp"][:10], []).append(orjson.dumps(event))
        for day, lines in by_day.items():
            self.random.shuffle(lines)
            (folder / f"events/{day}.json").write_bytes(b"\n".join(lines))
        (folder / "truth.jsonl").write_bytes(b"\n".join(map(orjson.dumps, self.truths)))
        return folder

    def _person(self, number: int) -> Person:
        random = self.random
        department = random.choices(DEPARTMENTS, [each.share for each in DEPARTMENTS])[0]
        away: set[int] = set()
        while random.random() < 0.4:
            begins = random.randrange(DAYS)
            away |= set(range(begins, begins + random.choice((1, 1, 2, 3, 5, 8))))
        if random.random() < 0.25:  # leave before or after the festival
            begins = random.choice((22, 23, 36))
            away |= set(range(begins, begins + random.randint(2, 6)))
        return Person(
            mail=f"{random.choice('abcdefgh')}{random.choice('xyz')}{5200 + number}@county.example",
            department=department,
            pace=random.lognormvariate(0, 0.3),
            ip=f"10.{60 + DEPARTMENTS.index(department)}.{random.randrange(3)}.{random.randrange(2, 250)}",
            crew=random.randrange(4),
            away=away,
        )

    def _work(self, person: Person, number: int, load: float) -> None:
        random, department = self.random, person.department
        if number in person.away:
            return
        hours = self._hours(person, number)
        if hours is None:
            return
        rate = department.a_day * person.pace * load * random.lognormvariate(0, department.unlike)
        if number in MIGRATION:
            rate *= 3.0
        elif _is_rest(number):
            rate *= 0.4
        left = self._poisson(rate)
        while left > 0:  # a household has several members, and each is an event
            members = min(left, random.choice((1, 1, 1, 2, 3, 4)))
            self._view(person.mail, department.name, number, random.uniform(*hours), person.ip, members)
            left -= members
        if random.random() < 0.06:
            self._view(person.mail, department.name, number, random.uniform(*hours), person.ip, status=404)
        if random.random() < department.files and not _is_rest(number):
            people = round(random.lognormvariate(5.2, 0.5))
            self._view(person.mail, department.name, number, random.uniform(*hours), person.ip, people, file=True)
        if department.files and number in REPORTS and random.random() < 0.5:
            people = round(random.uniform(600, 1_100))
            self._view(person.mail, department.name, number, random.uniform(*hours), person.ip, people, file=True)

    def _hours(self, person: Person, number: int) -> tuple[float, float] | None:
        if person.department.shifts:
            return ((8.0, 20.0), (20.0, 32.0), None, None)[(number + person.crew) % 4]
        if _is_rest(number):
            return (9.0, 16.0) if self.random.random() < (0.06 if _day(number) in OFF else 0.01) else None
        return (8.2, 17.6) if self.random.random() > 0.04 else (8.2, 20.5)

    def _programs(self, number: int) -> None:
        random = self.random
        for place, (name, an_hour) in enumerate(self.programs):
            busy = 0.6 if _is_rest(number) else 1.0
            for hour in range(24):
                for _ in range(self._poisson(an_hour * busy * (1.0 if 8 <= hour < 18 else 0.4))):
                    self._view(
                        self._known_as(place, number), "接口", number, hour + random.random(), f"10.99.0.{place}"
                    )
            if place == 1:  # by night, what has changed since
                people = self._poisson(180 * busy)
                self._view(name, "接口", number, 3.1, f"10.99.0.{place}", people, file=True)

    def _known_as(self, place: int, number: int) -> str:
        name = self.programs[place][0]
        return f"new.{name}" if place == 0 and number >= ROTATED else name

    def _attacks(self, share: float) -> None:
        settled = [each for each in self.staff if len(each.away) < 6]
        self.random.shuffle(settled)
        for kind in KINDS:
            for place, strength in enumerate(STRENGTHS):
                if share < 1 and strength == "medium":
                    continue
                person, other = self._whose(kind, settled)
                days = [
                    number
                    for number in (*range(21, 27), *range(36, DAYS))
                    if number not in person.away | other.away and self._works(person, number)
                ]
                start = self.random.randrange(max(1, len(days) - 7))
                self.noted = {}
                act: Callable[[Person, Person, list[int], int], None] = getattr(self, f"_{kind}")
                act(person, other, days[start:], place)
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

    def _whose(self, kind: str, settled: list[Person]) -> tuple[Person, Person]:
        """Who of those who are left does it, and a colleague."""
        able = [each for each in settled if _fits(kind, each.department)]
        person = able[0]
        settled.remove(person)
        if kind != "split":
            return person, person
        other = max(able[1:], key=lambda each: each.department is person.department)
        settled.remove(other)
        return person, other

    def _works(self, person: Person, number: int) -> bool:
        if person.department.shifts:
            return (number + person.crew) % 4 == 1
        return not _is_rest(number)

    def _neighbours(self, person: Person, __: Person, days: list[int], place: int) -> None:
        """The same few again and again, between the cases of the day."""
        people = [_identifier(-1 - self.random.randrange(10**6)) for _ in range((12, 30, 60)[place])]
        for number in days[:6]:
            for whom in self.random.sample(people, (6, 15, 40)[place]):
                hour = self.random.uniform(9, 17)
                self._view(person.mail, person.department.name, number, hour, person.ip, whom=whom, note=True)

    def _report(self, person: Person, __: Person, days: list[int], place: int) -> None:
        number = next(each for each in sorted(REPORTS, reverse=True) if each not in person.away)
        people = (2_200, 4_500, 12_000)[place]
        self._view(person.mail, person.department.name, number, 15.2, person.ip, people, file=True, note=True)

    def _two_places(self, person: Person, __: Person, days: list[int], place: int) -> None:
        for number in days[:3]:
            for _ in range((7, 15, 40)[place]):
                hour = self.random.uniform(9, 17)
                self._view(person.mail, person.department.name, number, hour, "198.51.100.44", note=True)

    def _dormant(self, person: Person, __: Person, days: list[int], place: int) -> None:
        silent = {f"{_day(number)}" for number in range(DAYS - 24, DAYS)}
        self.events = [
            (at, event)
            for at, event in self.events
            if event["client"]["user"]["email"] != person.mail or f"{datetime.fromtimestamp(at, HERE):%F}" not in silent
        ]
        for number in days[-2:]:
            for _ in range((12, 30, 100)[place]):
                hour = self.random.uniform(9, 17)
                self._view(person.mail, person.department.name, number, hour, person.ip, note=True)

    def _numbers(self, person: Person, __: Person, days: list[int], place: int) -> None:
        for step in range((30, 100, 600)[place]):
            status = 200 if self.random.random() < 0.3 else 404
            hour = 10 + step * 0.008
            name = person.department.name
            self._view(person.mail, name, days[0], hour, person.ip, status=status, note=True)

    def _slow_api(self, person: Person, __: Person, days: list[int], place: int) -> None:
        """Nine at a time, evenly over days and nights."""
        which = (1, 2, 0)[place]
        a_day = 15 * self.programs[which][1]
        for number in range(days[0], days[0] + 4):
            for step in range(round((0.9, 2.0, 6.0)[place] * a_day / 9)):
                hour = step * 24 * 9 / ((0.9, 2.0, 6.0)[place] * a_day)
                name = self._known_as(which, number)
                self._view(name, "接口", number, hour % 24, f"10.99.0.{which}", 9, note=True)

    def _own_shift(self, person: Person, __: Person, days: list[int], place: int) -> None:
        for number in days[:2]:
            for _ in range(round((2.5, 5.0, 15.0)[place] * person.department.a_day)):
                hour = self.random.uniform(24.5, 30)
                self._view(person.mail, person.department.name, number, hour, person.ip, note=True)

    def _split(self, person: Person, other: Person, days: list[int], place: int) -> None:
        for each in (person, other):
            for step in range((10, 30, 90)[place]):
                hour = 13 + step * 0.04
                self._view(each.mail, each.department.name, days[0], hour, each.ip, 10, note=True)

    def _view(
        self,
        mail: str,
        department: str,
        number: int,
        hour: float,
        ip: str,
        people: int = 1,
        *,
        status: int = 200,
        file: bool = False,
        whom: str = "",
        note: bool = False,
    ) -> None:
        """An event for each of *people*; those of a file share its request, and its moment."""
        random = self.random
        begins = datetime.combine(_day(number), time(), HERE) + timedelta(milliseconds=int(hour * 3_600_000))
        request = f"{random.randrange(16**12):012x}"
        for place in range(people):
            at = begins + timedelta(milliseconds=place * (2 if file else 400))
            if note:
                self.noted.setdefault(mail, []).append(at)
            event: dict[str, Any] = {
                "@timestamp": at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "ecs": {"version": "8.17.0"},
                "event": {
                    "kind": "event",
                    "category": ["database"],
                    "type": ["access"],
                    "action": "file-downloaded" if file else "record-read",
                    "outcome": "success" if status == 200 else "failure",
                    "dataset": "platform.population",
                },
                "client": {"ip": ip, "user": {"email": mail, "group": {"name": department}}},
                "http": {"request": {"id": request, "method": "GET"}, "response": {"status_code": status}},
            }
            if status == 200:
                event["user"] = {"target": {"id": whom or _identifier(random.randrange(10**7))}}
            self.events.append((at.timestamp(), event))

    def _poisson(self, mean: float) -> int:
        """A Poisson count; of a great mean the normal distribution that is next to it."""
        if mean > 60:
            return max(0, round(self.random.gauss(mean, mean**0.5)))
        count, left = 0, self.random.expovariate(1)
        while left < mean:
            left += self.random.expovariate(1)
            count += 1
        return count


def _fits(kind: str, department: Department) -> bool:
    """Whether who works there can do it."""
    if kind == "report":
        return department.files > 0
    return department.shifts if kind == "own_shift" else not department.files and not department.shifts


def _day(number: int) -> date:
    return FIRST + timedelta(days=number)


def _identifier(number: int) -> str:
    return hashlib.blake2b(b"fourth %d" % number, digest_size=8).hexdigest()


def _is_rest(number: int) -> bool:
    day = _day(number)
    return day in OFF or (day.weekday() >= 5 and day not in MAKE_UP)


def main(arguments: Iterator[str]) -> None:
    """Write the district that the command line asks for."""
    seed, callers, out = arguments
    FourthDistrict(int(seed), int(callers)).write(Path(out))


if __name__ == "__main__":
    main(iter(sys.argv[1:]))
