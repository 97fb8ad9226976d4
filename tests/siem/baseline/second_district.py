"""A district that is drawn in another way than the one of `yingbi simulate`: to see whether what was tuned there holds.

Work a day is a Poisson count of a gamma-distributed rate, exports are Pareto-distributed, posts have sizes by Zipf's
law, shifts last twelve hours or change with the week, some work half the week or from many networks, and programs have
a large batch on Sundays. Events are of another maker: `python -m tests.siem.baseline.second_district SEED CALLERS OUT`.
"""

import hashlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from math import exp
from pathlib import Path
from random import Random
from typing import Any

import orjson

HERE = timezone(timedelta(hours=8))
FIRST = date(2026, 5, 25)
"""A Monday; the Dragon Boat Festival lies in the fourth week."""
DAYS = 35
LISTED = 40
SHIFTS = ("office", "office", "office", "weeks", "twelve", "half")
KINDS = ("export", "pages", "drip", "night", "outside", "probing", "dormant", "program", "listed")


@dataclass(kw_only=True)
class Post:
    """Who works there works alike."""

    name: str
    a_day: float
    evenness: float
    """The shape of the gamma distribution: the greater, the more alike are the days."""
    shift: str
    exports: float
    """How likely somebody exports on a day."""


@dataclass(kw_only=True)
class Person:
    """One of the staff."""

    name: str
    post: Post
    pace: float
    networks: list[str]
    turn: int
    away: set[int] = field(default_factory=set)


class SecondDistrict:
    """*days* days of *callers* callers. *sparse*: neither posts nor addresses nor answers are told."""

    def __init__(self, seed: int, callers: int, *, days: int = DAYS, sparse: bool = False) -> None:
        self.random = Random(seed)
        self.days, self.sparse = days, sparse
        self.events: list[tuple[float, dict[str, Any]]] = []
        self.truths: list[dict[str, Any]] = []
        self.noted: list[datetime] = []
        self.posts = [self._post(number) for number in range(max(3, min(14, callers // 12)))]
        shares = [1 / (rank + 1) for rank in range(len(self.posts))]
        self.staff = [
            self._person(number, self.random.choices(self.posts, shares)[0]) for number in range(round(0.95 * callers))
        ]
        self.programs = [(f"svc-{number}", self.random.uniform(2, 15)) for number in range(max(2, callers // 60))]
        for number in range(days):
            self._usual(number)
        self._attacks()

    def write(self, folder: Path) -> Path:
        """The folder that `yingbi evaluate` takes."""
        (folder / "events").mkdir(parents=True)
        lines = (orjson.dumps(event) for _, event in sorted(self.events, key=lambda each: each[0]))
        (folder / "events/all.ndjson").write_bytes(b"\n".join(lines))
        (folder / "truth.jsonl").write_bytes(b"\n".join(map(orjson.dumps, self.truths)))
        listed = [_identifier(number) for number in range(LISTED)]
        (folder / "known.json").write_bytes(orjson.dumps({"listed": listed}))
        return folder

    def _post(self, number: int) -> Post:
        random = self.random
        return Post(
            name=f"unit-{number}",
            a_day=min(60.0, max(3.0, random.lognormvariate(2.4, 0.6))),
            evenness=random.uniform(2.5, 9),
            shift=random.choice(SHIFTS),
            exports=random.choice((0, 0, 0, 0, 0.2)),
        )

    def _person(self, number: int, post: Post) -> Person:
        random = self.random
        many = random.random() < 0.08
        networks = [f"10.{8 + number % 5}.{random.randrange(12)}.{random.randrange(2, 250)}"]
        if many:
            networks += [f"10.200.{random.randrange(6)}.{random.randrange(2, 250)}" for _ in range(4)]
        away = set(range(random.randrange(1, self.days))) if random.random() < 0.03 else set()
        while random.random() < 0.35:
            begins = random.randrange(self.days)
            away |= set(range(begins, begins + 1 + int(random.expovariate(0.3))))
        name = f"u{1000 + number}"
        pace = random.gammavariate(7, 1 / 7)
        return Person(name=name, post=post, pace=pace, networks=networks, turn=random.randrange(4), away=away)

    def _usual(self, number: int) -> None:
        random, rest = self.random, _is_rest(self._day(number))
        load = random.gammavariate(40, 1 / 40) * (1.25 if not rest and _is_rest(self._day(number - 1)) else 1.0)
        for person in self.staff:
            hours = None if number in person.away else _hours(person, number, rest=rest)
            if hours is None and (number in person.away or random.random() > 0.006):
                continue
            first, last = hours or (9.0, 13.0)
            a_day = person.post.a_day * person.pace * load * (1.6 if random.random() < 0.03 else 1.0)
            ip = random.choice(person.networks)
            for _ in range(self._poisson(random.gammavariate(person.post.evenness, a_day / person.post.evenness))):
                people = 1 if random.random() < 0.85 else random.randint(2, 6)
                status = 404 if random.random() < 0.01 else 200
                self._view(person.name, person.post.name, number, random.uniform(first, last), ip, people, status)
            if random.random() < person.post.exports:
                people = min(1_800, round(80 * random.paretovariate(1.3)))
                self._view(person.name, person.post.name, number, random.uniform(first, last), ip, people, export=True)
        for name, an_hour in self.programs:
            for hour in range(24):
                for _ in range(self._poisson(an_hour * (1.0 if 7 <= hour < 19 else 0.25) * (0.6 if rest else 1.0))):
                    self._view(name, "service", number, hour + random.random(), f"10.77.0.{len(name)}", 1)
            people = round(random.lognormvariate(5.5, 0.25) * (4 if self._day(number).weekday() == 6 else 1))
            self._view(name, "service", number, 2.2, f"10.77.0.{len(name)}", people, export=True)

    def _attacks(self) -> None:
        office = [each for each in self.staff if each.post.shift == "office" and not each.post.exports]
        present = [each for each in office if len(each.away & set(range(self.days // 2))) < 4 and 0 not in each.away]
        self.random.shuffle(present)
        for strong in (False, True):
            for kind in KINDS:
                if not present:
                    return
                person = present.pop()
                name = self.programs[int(strong)][0] if kind == "program" else person.name
                days = [
                    number
                    for number in range(self.days // 2, self.days)
                    if number not in person.away and not _is_rest(self._day(number))
                ]
                start = self.random.randrange(max(1, len(days) - 9))
                if not days[start:]:
                    continue
                self.noted = []
                act: Callable[[Person, list[int], bool], None] = getattr(self, f"_{kind}")
                act(person, days[start:], strong)
                self.truths.append(
                    {
                        "attack": len(self.truths) + 1,
                        "kind": kind,
                        "strength": "strong" if strong else "weak",
                        "callers": [name],
                        "first": min(self.noted).isoformat(),
                        "last": max(self.noted).isoformat(),
                    }
                )

    def _export(self, person: Person, days: list[int], strong: bool) -> None:
        self._take(person, days[0], 1, (10, 17), people=2_500 if strong else 400)

    def _pages(self, person: Person, days: list[int], strong: bool) -> None:
        self._take(person, days[0], 50 if strong else 15, (10, 12), people=10)

    def _drip(self, person: Person, days: list[int], strong: bool) -> None:
        for number in days[:10]:
            a_day = person.post.a_day * person.pace
            self._take(person, number, max(8, round((3.0 if strong else 1.5) * a_day)), (8.6, 17))

    def _night(self, person: Person, days: list[int], strong: bool) -> None:
        for number in days[:2]:
            self._take(person, number, 80 if strong else 20, (1, 4))

    def _outside(self, person: Person, days: list[int], strong: bool) -> None:
        for number in days[:2]:
            self._take(person, number, 80 if strong else 25, (9, 17), ip="198.51.100.20")

    def _probing(self, person: Person, days: list[int], strong: bool) -> None:
        self._take(person, days[0], 200 if strong else 40, (9, 15), status=404)

    def _dormant(self, person: Person, days: list[int], strong: bool) -> None:
        last = days[-1]
        silent = {f"{self._day(number)}" for number in range(last - 20, self.days)}
        self.events = [
            (at, event)
            for at, event in self.events
            if event["user"]["name"] != person.name or event["@timestamp"][:10] not in silent
        ]
        self._take(person, last, 80 if strong else 25, (9, 17))

    def _program(self, person: Person, days: list[int], strong: bool) -> None:
        name, an_hour = self.programs[int(strong)]
        for number in days[:2]:
            for _ in range(round(24 * an_hour * (6 if strong else 2))):
                self._view(name, "service", number, self.random.uniform(0, 23.9), f"10.77.0.{len(name)}", 1, note=True)

    def _listed(self, person: Person, days: list[int], strong: bool) -> None:
        for place in range(8 if strong else 4):
            hour = self.random.uniform(9, 17)
            whom = [_identifier(place)]
            self._view(
                person.name, person.post.name, days[place % 2], hour, person.networks[0], 1, whom=whom, note=True
            )

    def _take(
        self,
        person: Person,
        number: int,
        times: int,
        hours: tuple[float, float],
        people: int = 1,
        ip: str = "",
        status: int = 200,
    ) -> None:
        for _ in range(times):
            hour = self.random.uniform(*hours)
            where = ip or person.networks[0]
            self._view(
                person.name, person.post.name, number, hour, where, people, status, export=people > 50, note=True
            )

    def _view(
        self,
        name: str,
        post: str,
        number: int,
        hour: float,
        ip: str,
        people: int,
        status: int = 200,
        *,
        export: bool = False,
        whom: list[str] | None = None,
        note: bool = False,
    ) -> None:
        at = datetime.combine(self._day(number), time(), HERE) + timedelta(seconds=int(hour * 3600))
        if note:
            self.noted.append(at)
        event: dict[str, Any] = {"@timestamp": at.isoformat(), "user": {"name": name}}
        if status == 200:
            shown = whom or [_identifier(self.random.randrange(LISTED, 10**6)) for _ in range(people)]
            event["user"]["target"] = {"id": shown}
        if not self.sparse:
            event["user"]["roles"] = [post]
            event["source"] = {"ip": ip}
        if not self.sparse or status != 200:
            event["http"] = {"request": {"method": "GET"}, "response": {"status_code": status}}
            event["url"] = {"path": "/files/list.csv" if export else "/files/person"}
        self.events.append((at.timestamp(), event))

    def _day(self, number: int) -> date:
        return FIRST + timedelta(days=number)

    def _poisson(self, mean: float) -> int:
        count, left, least = -1, 1.0, exp(-min(mean, 500.0))
        while left > least:
            left *= self.random.random()
            count += 1
        return count


def _identifier(number: int) -> str:
    return hashlib.blake2b(b"%d" % number, digest_size=12).hexdigest()


def _is_rest(day: date) -> bool:
    return day.weekday() >= 5 or date(2026, 6, 19) <= day <= date(2026, 6, 21)


def _hours(person: Person, number: int, *, rest: bool) -> tuple[float, float] | None:
    """From when to when somebody works on that day, or None."""
    match person.post.shift:
        case "twelve":
            place = (number + person.turn) % 4
            return ((8.0, 19.9), (19.9, 23.9), None, None)[place]
        case "weeks" if not rest:
            return (7.0, 14.5) if (number // 7 + person.turn) % 2 else (13.5, 21.0)
        case "half":
            return (8.5, 17.5) if not rest and number % 7 < 3 else None
        case _:
            return None if rest else (8.5, 17.3)


def main(arguments: Iterator[str]) -> None:
    """Write the district that the command line asks for."""
    seed, callers, out, *sparse = arguments
    SecondDistrict(int(seed), int(callers), sparse=bool(sparse)).write(Path(out))


if __name__ == "__main__":
    main(iter(sys.argv[1:]))
