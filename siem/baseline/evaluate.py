"""How well the baselines find what was planted: recall, false alerts and time to detect, beside plain thresholds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import orjson

from siem.baseline.calendar import read_calendar
from siem.baseline.plain import Thresholds
from siem.baseline.sighting import DURABLE, sighting_of
from siem.baseline.watch import QUIET, Baselines
from siem.baseline.words import Anomaly
from siem.record.ecs import Document

AFTER = timedelta(days=1)
"""So long after the last event of an attack an alert about its caller is still due to it."""


class WrongFolder(Exception):
    """The folder does not hold events with the truth beside them. Says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """One attack that is in the events."""

    attack: int
    kind: str
    strength: str
    callers: frozenset[str]
    first: datetime
    last: datetime

    def explains(self, caller: str, at: datetime) -> bool:
        """Whether an alert about *caller* at that time is due to it."""
        return caller in self.callers and self.first <= at <= self.last + AFTER


@dataclass(slots=True)
class Found:
    """What one way of looking found."""

    first: dict[int, datetime]
    """When each attack was first noticed."""
    false: list[tuple[str, datetime]]
    """Alerts that no attack explains; those about one caller within a week are one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The figures of one folder."""

    events: int
    callers: int
    """Staff, systems and terminals who came."""
    weeks: float
    truths: Sequence[Truth]
    baselines: Found
    thresholds: Found
    reasons: Sequence[Mapping[str, Any]]
    """The false alerts of the baselines in words."""

    def as_json(self) -> dict[str, Any]:
        """Ready for JSON; times to detect are medians in hours, null where nothing was found."""
        return {
            "events": self.events,
            "callers": self.callers,
            "weeks": round(self.weeks, 2),
            "attacks": len(self.truths),
            **{name: self._figures(found) for name, found in self._ways()},
            "by_kind": {kind: self._of_kind(kind) for kind in dict.fromkeys(truth.kind for truth in self.truths)},
            "false_alerts": list(self.reasons),
            "missed": [
                {"attack": truth.attack, "kind": truth.kind, "strength": truth.strength}
                for truth in self.truths
                if truth.attack not in self.baselines.first
            ],
        }

    def _ways(self) -> tuple[tuple[str, Found], tuple[str, Found]]:
        return ("baselines", self.baselines), ("thresholds", self.thresholds)

    def _figures(self, found: Found) -> dict[str, Any]:
        weeks = self.callers / 1000 * self.weeks
        return {
            "recall": _share(len(found.first), len(self.truths)),
            "false_alerts": len(found.false),
            "false_per_1000_callers_per_week": round(len(found.false) / weeks, 3) if weeks else None,
        }

    def _of_kind(self, kind: str) -> dict[str, Any]:
        truths = [truth for truth in self.truths if truth.kind == kind]
        told: dict[str, Any] = {"attacks": len(truths)}
        for name, found in self._ways():
            noticed = [truth for truth in truths if truth.attack in found.first]
            hours = [(found.first[truth.attack] - truth.first).total_seconds() / 3600 for truth in noticed]
            told[name] = {
                "recall": _share(len(noticed), len(truths)),
                "hours_to_detect": round(median(hours), 1) if hours else None,
            }
        return told


def evaluate(folder: Path) -> Evaluation:
    """The figures of *folder*, which has the form that `yingbi simulate` writes.

    Raises WrongFolder, with file and line where a line is at fault, and OSError.
    """
    truths = read_truth(folder / "truth.jsonl")
    listed, relatives = read_known(folder / "known.json")
    baselines, thresholds = Baselines(read_calendar(), listed, relatives), Thresholds()
    ours, plain = Found({}, []), Found({}, [])
    told: dict[str, datetime] = {}
    reasons: list[Mapping[str, Any]] = []
    callers: set[str] = set()
    days: set[date] = set()
    count = 0
    for document in read_events(folder):
        count += 1
        sighting = sighting_of(document)
        if sighting is None:
            continue
        days.add(sighting.day)
        if sighting.kind in DURABLE:
            callers.add(sighting.caller)
        for anomaly in baselines.take(sighting):
            _take(ours, truths, anomaly, reasons)
        over = thresholds.take(sighting)
        if over and (over[0] not in told or over[1] - told[over[0]] >= QUIET):
            told[over[0]] = over[1]
            _credit(plain, truths, *over)
    for anomaly in baselines.close():
        _take(ours, truths, anomaly, reasons)
    span = (max(days) - min(days)).days + 1 if days else 0
    return Evaluation(
        events=count,
        callers=len(callers),
        weeks=span / 7,
        truths=truths,
        baselines=ours,
        thresholds=plain,
        reasons=reasons,
    )


def _take(found: Found, truths: Sequence[Truth], anomaly: Anomaly, reasons: list[Mapping[str, Any]]) -> None:
    if _credit(found, truths, anomaly.caller, anomaly.at):
        reasons.append(anomaly.as_json())


def _credit(found: Found, truths: Sequence[Truth], caller: str, at: datetime) -> bool:
    """Put an alert to the attacks that explain it. Returns whether none does."""
    due = [truth for truth in truths if truth.explains(caller, at)]
    for truth in due:
        found.first.setdefault(truth.attack, at)
    if not due:
        found.false.append((caller, at))
    return not due


def read_events(folder: Path) -> Iterator[Document]:
    """The documents in `events/*.jsonl`, file by file in the order of their names. Raises WrongFolder and OSError."""
    paths = sorted((folder / "events").glob("*.jsonl"))
    if not paths:
        raise WrongFolder(f"{folder}/events: 没有 .jsonl 文件 / holds no .jsonl file")
    for path in paths:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    document = orjson.loads(line)
                    _ = document["@timestamp"], document["yingbi"]["caller_kind"], document["event"]["id"]
                except (ValueError, KeyError, TypeError):
                    raise WrongFolder(f"{path.name}:{number}: 不是访问事件 / no access event") from None
                yield document


def read_truth(path: Path) -> list[Truth]:
    """The attacks in the file at *path*, one a line. Raises WrongFolder and OSError."""
    truths = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            row = orjson.loads(line)
            truths.append(
                Truth(
                    attack=row["attack"],
                    kind=row["kind"],
                    strength=row["strength"],
                    callers=frozenset(row["callers"]),
                    first=datetime.fromisoformat(row["first"]),
                    last=datetime.fromisoformat(row["last"]),
                )
            )
        except (ValueError, KeyError, TypeError):
            raise WrongFolder(f"{path.name}:{number}: 不是一次攻击的记录 / does not tell of an attack") from None
    return truths


def read_known(path: Path) -> tuple[frozenset[str], dict[str, frozenset[str]]]:
    """The digests of listed persons and of each caller's relatives; none where there is no such file."""
    if not path.exists():
        return frozenset(), {}
    try:
        known = orjson.loads(path.read_bytes())
        relatives = {caller: frozenset(people) for caller, people in known.get("relatives", {}).items()}
        return frozenset(known.get("listed", ())), relatives
    except (ValueError, AttributeError, TypeError):
        raise WrongFolder(f"{path.name}: 内容有误 / does not hold `listed` and `relatives`") from None


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None
