"""Weeks of an office as another maker's product would write them, with leaks in them: made by nothing of ours.

Ids of another form, no posts, no systems' names, subjects in clear or as other digests, times in UTC, few fields, the
lines in no order and in several files.
"""

import gzip
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Any

WEEKS = 5
STAFF = tuple(f"E{number:05d}" for number in range(30100, 30130))
HERE = timezone(timedelta(hours=8))

EXPORTER, BY_NIGHT, STOLEN, SLOWLY = STAFF[3], STAFF[9], STAFF[15], STAFF[21]
LEAKERS = {"export": EXPORTER, "night": BY_NIGHT, "stolen": STOLEN, "slowly": SLOWLY}


class OtherMaker:
    """Weeks that end with *last*."""

    def __init__(self, last: date, seed: int) -> None:
        self.random = Random(seed)
        self.days = [last - timedelta(days=back) for back in range(7 * WEEKS - 1, -1, -1)]
        self.events: list[dict[str, Any]] = []
        self.truth: dict[str, list[datetime]] = {}
        workdays = [day for day in self.days if day.weekday() < 5]
        for left, day in zip(range(len(workdays), 0, -1), workdays, strict=True):
            self._usual(day)
            self._leaks(day, left)

    def write(self, folder: Path) -> Path:
        """The folder that `yingbi evaluate` takes."""
        events = folder / "events"
        events.mkdir(parents=True)
        for number, path in enumerate(self.files(events)):
            assert path.stat().st_size > 0, number
        rows = [
            {
                "attack": number,
                "kind": kind,
                "strength": "medium",
                "callers": [self.known_as(LEAKERS[kind])],
                "first": min(times).isoformat(),
                "last": max(times).isoformat(),
            }
            for number, (kind, times) in enumerate(self.truth.items(), start=1)
        ]
        (folder / "truth.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        return folder

    def known_as(self, who: str) -> str:
        """As whom *who* appears in the events."""
        return who

    def files(self, folder: Path) -> Iterator[Path]:
        """Three files of lines in no order."""
        shuffled = list(self.events)
        self.random.shuffle(shuffled)
        for number in range(3):
            path = folder / f"export-{number}.ndjson"
            path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in shuffled[number::3]))
            yield path

    def _usual(self, day: date) -> None:
        for place, who in enumerate(STAFF):
            for _ in range(round((6 + place % 4) * self.random.lognormvariate(0, 0.25))):
                self._view(who, day, self.random.uniform(8.5, 17.5), f"10.1.{place % 6}.{20 + place}")

    def _leaks(self, day: date, left: int) -> None:
        """What leaks on *day*, with which so many workdays are *left*."""
        if left == 5:
            self._view(EXPORTER, day, 15.2, "10.1.3.23", people=900, kind="export")
        if left in (4, 3):
            for _ in range(60):
                self._view(BY_NIGHT, day, self.random.uniform(1.5, 3.5), "10.1.3.29", kind="night")
        if left in (3, 2):
            for _ in range(50):
                self._view(STOLEN, day, self.random.uniform(10, 16), "198.51.100.7", kind="stolen")
        if left <= 10:
            for _ in range(16):
                self._view(SLOWLY, day, self.random.uniform(9, 17), "10.1.3.41", kind="slowly")

    def _view(self, who: str, day: date, hour: float, ip: str, people: int = 1, kind: str = "") -> None:
        at = datetime.combine(day, time(), HERE) + timedelta(hours=hour)
        at = at.astimezone(UTC)
        if kind:
            self.truth.setdefault(kind, []).append(at)
        self.events.append(self.told(who, at, ip, people))

    def told(self, who: str, at: datetime, ip: str, people: int) -> dict[str, Any]:
        """One line: at that time *who* was shown so many *people*."""
        subjects = [hashlib.sha256(b"%d" % self.random.randrange(10**7)).hexdigest() for _ in range(people)]
        event: dict[str, Any] = {
            "@timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "event": {"action": "record-viewed", "category": ["database"], "outcome": "success"},
            "user": {"id": who, "target": {"id": subjects if people > 1 else subjects[0]}},
            "source.ip": ip,
        }
        if self.random.random() < 0.3:  # some come by another way, and say more
            event["http"] = {"request": {"method": "GET"}, "response": {"status_code": 200}}
            event["url"] = {"path": f"/archive/person/{subjects[0][:12]}"}
        return event


class CountingMaker(OtherMaker):
    """Says how many were shown and never whom; callers by their mail, posts as groups, local times, files packed."""

    def known_as(self, who: str) -> str:
        return f"{who.lower()}@district.example"

    def told(self, who: str, at: datetime, ip: str, people: int) -> dict[str, Any]:
        return {
            "@timestamp": at.astimezone(HERE).isoformat(),
            "event": {"action": "query", "dataset": "registry"},
            "client": {"user": {"email": self.known_as(who)}, "ip": ip},
            "user": {"group": {"name": "Counter"}},
            "yingbi": {"subject_count": people, "clear": ["RESIDENT_ID"], "categories": ["Resident_ID", "NAME"]},
        }

    def files(self, folder: Path) -> Iterator[Path]:
        for path in list(super().files(folder)):
            packed = path.with_suffix(".ndjson.gz")
            packed.write_bytes(gzip.compress(path.read_bytes()))
            path.unlink()
            yield packed


class WebServer(OtherMaker):
    """Knows of requests, and nothing of people: an address, a path, a status, a size."""

    def told(self, who: str, at: datetime, ip: str, people: int) -> dict[str, Any]:
        missed = people == 1 and self.random.random() < 0.02
        return {
            "@timestamp": at.isoformat(),
            "user": {"name": who},
            "source": {"ip": ip},
            "url": {"path": f"/registry/person/{self.random.randrange(10**7)}"},
            "http": {
                "request": {"method": "get"},
                "response": {"status_code": 404 if missed else 200, "body": {"bytes": 20_000 * people}},
            },
        }
