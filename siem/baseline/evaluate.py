"""How well baselines and rules find what was planted: recall, false alerts, time to detect, beside plain thresholds."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import orjson

from siem.baseline.by_rules import Rules
from siem.baseline.calendar import read_calendar
from siem.baseline.event_files import EventFiles, WrongFolder
from siem.baseline.plain import Thresholds
from siem.baseline.repeat import QUIET
from siem.baseline.sighting import DURABLE, sighting_of
from siem.baseline.truth import Truth, read_truth
from siem.baseline.watch import Baselines
from siem.baseline.words import Anomaly
from siem.detect.custom import Custom
from siem.detect.definition import Rule
from siem.record.own_writing import is_digest

_APART = timedelta(days=7)
"""A longer time without any event is none that was looked at: a clock can be wrong by centuries."""


@dataclass(slots=True)
class Found:
    """What one way of looking found."""

    first: dict[int, datetime]
    """When each attack was first noticed."""
    false: list[tuple[str, datetime]]
    """The alerts that no attack explains, in order of time."""

    @property
    def told(self) -> int:
        """How many of the false ones tell anything: those about one caller within a week are one."""
        count = 0
        last: dict[str, datetime] = {}
        for caller, at in self.false:
            if caller not in last or at - last[caller] >= QUIET:
                last[caller] = at
                count += 1
        return count


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The figures of one folder."""

    events: int
    refused: int
    """Lines that are no event."""
    wrong: Sequence[str]
    """The first of them, with file, line and why."""
    notes: Sequence[str]
    """What else has to be known of the folder to judge the figures."""
    callers: int
    """Staff, systems and terminals who came."""
    weeks: float
    """So long there were events; more than a week without any does not count."""
    truths: Sequence[Truth]
    baselines: Found
    thresholds: Found
    reasons: Sequence[Mapping[str, Any]]
    """The false alerts of baselines and rules in words."""
    rules: Found | None = None
    """What the rules found; None where they were not asked."""
    by_rule: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """For each rule that raised alerts, how many, and how many of them are false."""

    def as_json(self) -> dict[str, Any]:
        """Ready for JSON; times to detect are medians in hours, null where nothing was found."""
        return {
            "events": self.events,
            "refused": self.refused,
            "wrong": list(self.wrong),
            "notes": list(self.notes),
            "callers": self.callers,
            "weeks": round(self.weeks, 2),
            "attacks": len(self.truths),
            **{name: self._figures(found) for name, found in self._ways()},
            "by_kind": {kind: self._of_kind(kind) for kind in dict.fromkeys(truth.kind for truth in self.truths)},
            **({"by_rule": self._of_rules()} if self.rules else {}),
            "false_alerts": list(self.reasons),
            "missed": [
                {"attack": truth.attack, "kind": truth.kind, "strength": truth.strength}
                for truth in self.truths
                if truth.attack not in self._raised.first
            ],
        }

    @property
    def _raised(self) -> Found:
        """What on-call staff see."""
        return _together(self.baselines, self.rules) if self.rules else self.baselines

    def _ways(self) -> Iterator[tuple[str, Found]]:
        yield "baselines", self.baselines
        yield "thresholds", self.thresholds
        if self.rules:
            yield "rules", self.rules
            yield "together", self._raised

    def _of_rules(self) -> dict[str, dict[str, int]]:
        return {name: {"alerts": alerts, "false": false} for name, (alerts, false) in sorted(self.by_rule.items())}

    def _figures(self, found: Found) -> dict[str, Any]:
        weeks = self.callers / 1000 * self.weeks
        return {
            "recall": _share(len(found.first), len(self.truths)),
            "false_alerts": found.told,
            "false_alerts_raised": len(found.false),
            "false_per_1000_callers_per_week": round(found.told / weeks, 3) if weeks else None,
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


def evaluate(folder: Path, rules: Sequence[Rule] = (), subjects: Sequence[str] = ()) -> Evaluation:
    """The figures of *folder*, which has the form that `yingbi simulate` writes, those of *rules* among them.

    Its events may be of other makers, in any order; *subjects* are further fields that name their subjects.
    Every alert of a rule counts as on-call staff see it: what is found again within an hour is the same one, and what
    is ordinary work of a post is none where the rule asks for that. Raises WrongFolder, with file and line where a line
    is at fault, and OSError.
    """
    events = EventFiles(folder / "events", subjects)
    told_truths = read_truth(folder / "truth.jsonl")
    truths = [truth.as_called(events.digest) for truth in told_truths]
    listed, relatives = as_subjects(*read_known(folder / "known.json"), events.digest)
    baselines, thresholds = Baselines(read_calendar(), listed, relatives), Thresholds()
    ours, plain = Found({}, []), Found({}, [])
    by_rules, theirs = Rules(rules, lambda caller, at: Custom(baselines.usual(caller), at)), Found({}, [])
    by_rule: defaultdict[str, list[bool]] = defaultdict(list)
    told: dict[str, datetime] = {}
    reasons: list[Mapping[str, Any]] = []
    callers: set[str] = set()
    days: set[date] = set()
    seen: set[str] = set()
    count = 0
    for document in events:
        count += 1
        sighting = sighting_of(document)
        seen.add(document.get("source", {}).get("ip", ""))
        if sighting is not None:
            seen.add(sighting.caller)
            for anomaly in baselines.take(sighting):
                _take(ours, truths, anomaly, reasons)
        for raised in by_rules.take(document):
            is_false = _credit(theirs, truths, raised.about, raised.at)
            by_rule[raised.rule.name].append(is_false)
            if is_false:
                reasons.append(raised.as_json())
        if sighting is None:
            continue
        days.add(sighting.day)
        if sighting.kind in DURABLE:
            callers.add(sighting.caller)
        over = thresholds.take(sighting)
        if over and (over[0] not in told or over[1] - told[over[0]] >= QUIET):
            told[over[0]] = over[1]
            _credit(plain, truths, {over[0]}, over[1])
    for anomaly in baselines.close():
        _take(ours, truths, anomaly, reasons)
    return Evaluation(
        events=count,
        refused=events.refused,
        wrong=events.wrong,
        notes=[*_notes(events, told_truths, seen)],
        callers=len(callers),
        weeks=_weeks(days),
        truths=truths,
        baselines=ours,
        thresholds=plain,
        reasons=reasons,
        rules=theirs if rules else None,
        by_rule={name: (len(false), sum(false)) for name, false in by_rule.items()},
    )


def _weeks(days: Set[date]) -> float:
    """How many weeks *days* span, without the times in which there was none for long."""
    gaps = [after - before for before, after in pairwise(sorted(days))]
    return (bool(days) + sum(gap.days if gap <= _APART else 1 for gap in gaps)) / 7


def _notes(events: EventFiles, truths: Sequence[Truth], seen: Set[str]) -> Iterator[str]:
    for truth in truths:
        if absent := truth.absent(seen, events.digest):
            yield f"{truth.place}: {absent} 个调用者没有出现在事件中 / of its callers so many are in no event"
    if events.repeated:
        yield f"{events.repeated} 条事件重复，各计一次 / events were there twice, and count once"


def _together(*ways: Found) -> Found:
    """What at least one of *ways* found, and all that was false."""
    first: dict[int, datetime] = {}
    for found in ways:
        for attack, at in found.first.items():
            first[attack] = min(at, first.get(attack, at))
    return Found(first, sorted((alert for found in ways for alert in found.false), key=lambda alert: alert[1]))


def _take(found: Found, truths: Sequence[Truth], anomaly: Anomaly, reasons: list[Mapping[str, Any]]) -> None:
    if _credit(found, truths, {anomaly.caller}, anomaly.at):
        reasons.append(anomaly.as_json())


def _credit(found: Found, truths: Sequence[Truth], about: Set[str], at: datetime) -> bool:
    """Put an alert to the attacks that explain it. Returns whether none does."""
    due = [truth for truth in truths if any(truth.explains(caller, at) for caller in about)]
    for truth in due:
        found.first.setdefault(truth.attack, at)
    if not due:
        found.false.append((min(about, default=""), at))
    return not due


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


def as_subjects(
    listed: frozenset[str], relatives: Mapping[str, frozenset[str]], digest: Callable[[str], str]
) -> tuple[frozenset[str], dict[str, frozenset[str]]]:
    """Both lists as the events have their subjects: what is a digest of ours stays, and all else becomes one."""

    def each(people: frozenset[str]) -> frozenset[str]:
        return frozenset(person if is_digest(person) else digest(person) for person in people)

    return each(listed), {caller: each(people) for caller, people in relatives.items()}


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None
