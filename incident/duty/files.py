"""Duties of an installation's own, by file: those of another country, of a trade, or in the place of ours.

    replaces: [report-cyberspace]       # duties of ours that do not apply here
    calendars:
      land: {rest: [2026-12-25/2026-12-26], make_up: []}
    duties:
      - id: gdpr-33
        within: 72h     # or days: {count: 3, counting: working_days, zone: Europe/Berlin, calendar: land}

Read with every problem and its line, and strict. `law/duties.schema.json` says the same to editors. A clock that runs
keeps the duty it began with, whatever becomes of the file.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from incident.codec import decode
from incident.duty.duties import CHINA, Duty, DutyTable, HarmClause, Threshold, load_duties
from incident.duty.term import WEEKENDS, problem_of, with_calendar
from siem.baseline.calendar import read_calendar
from siem.detect.rule_file import Path as Place
from siem.detect.rule_file import Problem, RuleError, Section, read_sections

SUFFIX = ".yaml"
OURS = "cn"
"""The calendar of the mainland of China, which comes with us."""
_KINDS: Mapping[str, type] = {"duties": Duty, "thresholds": Threshold, "clauses": HarmClause}
_KEYS = frozenset({"$schema", "replaces", "calendars", *_KINDS})
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_SPAN = re.compile(r"([1-9][0-9]{0,4})([mhd])")
_SECONDS = {"m": 60, "h": 3600, "d": 86_400}
_LONGEST = timedelta(days=366)
_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Days of rest beside weekends, and weekend days on which people work, as `incident.duty.term.DayTerm` has them."""

    rest: tuple[str, ...] = ()
    make_up: tuple[str, ...] = ()


@dataclass(slots=True)
class _File:
    """What was read of one file, and what is wrong with it."""

    section: Section
    replaces: tuple[str, ...] = ()
    calendars: dict[str, Calendar] = field(default_factory=dict)
    found: dict[str, list[Any]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def object_to(self, place: Place, code: str, message: str) -> None:
        self.problems.append(self.section.problem(place, code, message))

    def decoded(self, kind: Any, raw: object, where: str) -> Any:
        """The value, or None where it is none: then it is noted where."""
        try:
            return decode(kind, raw, where)
        except ValueError as error:
            named = re.search(rf"`?({re.escape(where)}[\w.\[\]$-]*)", str(error))
            self.object_to(_place(named[1] if named else where), "form", str(error))
            return None


def duty_files(folder: Path) -> list[Path]:
    """The files of duties in *folder*, by name; none where there is no such folder."""
    return sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []


def read_duties(paths: Iterable[Path], base: Path = CHINA) -> DutyTable:
    """The duties of *base* with those in *paths*. Raises RuleError with every problem of every file, and OSError."""
    table = load_duties(base)
    problems: list[Problem] = []
    for path in paths:
        try:
            table = _joined(table, _parsed(path.read_text("utf-8"), path.name))
        except RuleError as error:
            problems += error.problems
        except UnicodeDecodeError:
            problems.append(Problem(file=path.name, line=1, column=1, code="encoding", message="this is no UTF-8"))
    if problems:
        raise RuleError(problems)
    return table


def _parsed(text: str, file: str) -> _File:
    sections = read_sections(text, file)
    if len(sections) != 1:
        message = "a file of duties is one mapping of keys to values"
        raise RuleError([Problem(file=file, line=1, column=1, code="form", message=message)])
    read = _File(sections[0])
    raw = _texts(sections[0].value)
    for key in sorted(raw.keys() - _KEYS):
        read.object_to((key,), "unknown-key", f"unknown key `{key}`")
    read.replaces = read.decoded(tuple[str, ...], raw.get("replaces", []), "replaces") or ()
    read.calendars = read.decoded(dict[str, Calendar], raw.get("calendars", {}), "calendars") or {}
    for name, kind in _KINDS.items():
        items = raw.get(name, [])
        if not isinstance(items, list):
            read.object_to((name,), "form", f"`{name}` must be a list")
            items = []
        decoded = [
            (number, read.decoded(kind, _in_seconds(item), f"{name}[{number}]")) for number, item in enumerate(items)
        ]
        read.found[name] = [(number, item) for number, item in decoded if item is not None]
    read.found["duties"] = [(number, _checked(read, number, duty)) for number, duty in read.found["duties"]]
    return read


def _checked(read: _File, number: int, duty: Duty) -> Duty:
    at: Place = ("duties", number)
    if not _ID.fullmatch(duty.id):
        read.object_to((*at, "id"), "id", f"`{duty.id}` is no id: small letters, digits and hyphens")
    if bool(duty.within) is bool(duty.days):
        read.object_to(at, "limit", f"`{duty.id}` needs either `within` or `days`")
    if duty.within > _LONGEST:
        read.object_to((*at, "within"), "limit", f"`within` of `{duty.id}` is longer than {_LONGEST.days} days")
    for name, empty in (("content", not duty.content), ("sources", not duty.sources)):
        if empty:
            read.object_to((*at, name), "form", f"`{name}` of `{duty.id}` is empty: a duty says what, and whence")
    if duty.days is None:
        return duty
    known = {WEEKENDS: Calendar(), OURS: _ours(), **read.calendars}
    calendar = known.get(duty.days.calendar)
    if calendar is None:
        names = ", ".join(f"`{name}`" for name in sorted(known))
        read.object_to((*at, "days", "calendar"), "calendar", f"no calendar `{duty.days.calendar}`, there are {names}")
        return duty
    days = with_calendar(duty.days, calendar.rest, calendar.make_up)
    if problem := problem_of(days):
        read.object_to((*at, "days"), "limit", f"{problem} (of `{duty.id}`)")
    return replace(duty, days=days)


def _joined(table: DutyTable, read: _File) -> DutyTable:
    ids = {duty.id for duty in table.duties}
    for number, name in enumerate(read.replaces):
        if name not in ids:
            read.object_to(("replaces", number), "replaces", f"there is no duty `{name}` to be replaced")
    kept = [duty for duty in table.duties if duty.id not in read.replaces]
    taken = {duty.id for duty in kept}
    for number, duty in read.found["duties"]:
        if duty.id in taken:
            message = f"there is a duty `{duty.id}` already: name it under `replaces`, or give this one another id"
            read.object_to(("duties", number, "id"), "duplicate", message)
        taken.add(duty.id)
    if read.problems:
        raise RuleError(read.problems)
    clauses = {clause.id: clause for clause in (*table.clauses, *(each for _, each in read.found["clauses"]))}
    return DutyTable(
        duties=(*kept, *(duty for _, duty in read.found["duties"])),
        thresholds=tuple(each for _, each in read.found["thresholds"]) or table.thresholds,
        clauses=tuple(clauses.values()),
    )


def _texts(value: Any) -> Any:
    """*value* with days as texts, which YAML reads as such where they are in no quotes."""
    if isinstance(value, dict):
        return {key: _texts(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_texts(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _in_seconds(item: object) -> object:
    """*item* with a limit such as `72h` as the number of seconds that the table has."""
    if isinstance(item, dict) and isinstance(item.get("within"), str) and (span := _SPAN.fullmatch(item["within"])):
        return {**item, "within": int(span[1]) * _SECONDS[span[2]]}
    return item


def _ours() -> Calendar:
    calendar = read_calendar()
    return Calendar(
        rest=tuple(sorted(day.isoformat() for day in calendar.off)),
        make_up=tuple(sorted(day.isoformat() for day in calendar.make_up)),
    )


def _place(where: str) -> Place:
    """`duties[2].days.zone` as the way that leads there."""
    return tuple(int(step[2]) if step[2] else step[1] for step in _STEP.finditer(where))
