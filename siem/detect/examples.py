"""Examples of a rule: the file beside it (`<rule>.examples.yml`), read as events and the alerts that they should raise.

    fires:                      # each raises exactly the alerts it names
      - name: 一次就报 / once is enough
        events: [{caller: clerk-wang, count: 3, every: 20, shown: 100}]
        alerts: [{user.id: clerk-wang, event_count: 3, subject_count: 300}]
    does_not_fire: [...]        # raise none, and should not
    known_gap: [...]            # raise none, and should: `why` says what stands in the way

A line of `events` stands for `count` events, `every` so many seconds, from `start` seconds after nine. `with` gives
fields by their names in events; `{n}` in a text is the number of the repetition, from 0.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from siem.canary import LIST_NAME
from siem.detect.rule_file import Path as Place
from siem.detect.rule_file import Problem, RuleError, Section, read_sections
from siem.detect.unforeseen import UNFORESEEN
from siem.index.condition import Is
from siem.index.fields import check
from siem.index.strict import fault_of
from siem.record.ecs import Document, to_ecs
from siem.record.event import (
    AccessEvent,
    CallerKind,
    Disclosure,
    EventId,
    ExchangeId,
    FieldUse,
    PermitNote,
    PermitState,
    Phase,
    Verdict,
)

SECTIONS = ("fires", "does_not_fire", "known_gap")
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MOST_EVENTS = 20_000
"""How many events one example may have."""
MOST_SHOWN = 1_000_000
"""How many subjects the events of one example may have, those counted again that several have."""
LONGEST = timedelta(days=365)
"""How long after nine events may lie: so far they are looked at."""

_KEYS = {
    "fires": {"name", "events", "alerts"},
    "does_not_fire": {"name", "events"},
    "known_gap": {"name", "why", "events"},
}
_TEXTS = ("system", "operation", "refused", "limit", "kind", "by")
_SECONDS = int(LONGEST.total_seconds())
_NUMBERS = {
    "start": (0, _SECONDS),
    "count": (1, MOST_EVENTS),
    "every": (0, _SECONDS),
    "shown": (0, MOST_SHOWN),
    "people": (1, 10**9),
    "windows": (1, 10**9),
    "values": (0, 10**9),
}
"""The least and the most of each."""
_CHOICES = {"phase": Phase, "disclosure": Disclosure, "permit": PermitState}
_ASKS = {"permit", "refused"}
_AT_THE_DOOR = "reveal_"
"""Reasons that begin so are of asking to see more."""


@dataclass(frozen=True, slots=True)
class Example:
    """One example of a rule."""

    section: str
    name: str
    line: int
    documents: tuple[Document, ...]
    alerts: tuple[Mapping[str, Any], ...]
    """Group fields, `event_count` and `subject_count`."""


def digest(number: int) -> str:
    """The digest of an invented person."""
    return f"e1:{number:032x}"


CANARIES = frozenset(digest(900_000_000 + number) for number in range(3))
LISTS = {LIST_NAME: CANARIES}
"""What rules have to be read with to be tried on examples."""


def read_examples(path: Path) -> list[Example]:
    """The examples in the file at *path*. Raises RuleError with every problem; OSError."""
    try:
        sections = read_sections(path.read_text("utf-8"), path.name)
    except UnicodeDecodeError:
        raise RuleError([_at(path.name, "encoding", "this is not UTF-8")]) from None
    if len(sections) != 1:
        raise RuleError([_at(path.name, "form", "a file of examples is one mapping")])
    (section,) = sections
    examples: list[Example] = []
    problems = [
        section.problem((key,), "unknown-key", f"examples have {', '.join(SECTIONS)}, each once")
        for key in sorted(section.value.keys() ^ set(SECTIONS))
    ]
    for kind in SECTIONS:
        listed = section.value.get(kind, [])
        if not isinstance(listed, list):
            problems.append(section.problem((kind,), "type", f"`{kind}` is a list of examples, `[]` for none"))
            continue
        for number, example in enumerate(listed):
            try:
                examples.append(_example_of(section, kind, (kind, number), example))
            except _WrongError as wrong:
                problems.append(section.problem(wrong.place, "value", str(wrong)))
    if problems:
        raise RuleError(problems)
    return examples


class _WrongError(ValueError):
    def __init__(self, place: Place, said: str) -> None:
        self.place = place
        super().__init__(said)


def _example_of(section: Section, kind: str, place: Place, example: Any) -> Example:
    if not isinstance(example, dict) or set(example) != _KEYS[kind]:
        raise _WrongError(place, f"an example of `{kind}` has {', '.join(sorted(_KEYS[kind]))}")
    lines, alerts = example["events"], example.get("alerts", [])
    for key, value in (("events", lines), ("alerts", alerts)):
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise _WrongError((*place, key), f"`{key}` is a list of mappings")
    if kind == "fires" and not alerts:
        raise _WrongError((*place, "alerts"), "what fires raises at least one alert")
    for number, alert in enumerate(alerts):
        if not all(isinstance(value, str | int) for value in alert.values()):
            raise _WrongError(
                (*place, "alerts", number), "an alert has a text or a whole number for each of its fields"
            )
    for number, line in enumerate(lines):
        _check_line((*place, "events", number), line)
    if sum(line.get("count", 1) for line in lines) > MOST_EVENTS:
        raise _WrongError((*place, "events"), f"an example has at most {MOST_EVENTS} events")
    if sum(line.get("count", 1) * line.get("shown", 1) for line in lines) > MOST_SHOWN:
        raise _WrongError((*place, "events"), f"the events of an example show at most {MOST_SHOWN} people")
    documents = tuple(_made(lines, place))
    return Example(kind, str(example["name"]), section.place_of(place)[0], documents, tuple(alerts))


def _made(lines: list[Mapping[str, Any]], place: Place) -> Iterator[Document]:
    """The events, which every index takes. Raises _WrongError."""
    try:
        for document in _documents(lines):
            if fault := fault_of(document):
                raise _WrongError((*place, "events"), f"no index takes such an event: {fault}")
            yield document
    except _WrongError:
        raise
    except UNFORESEEN as error:
        raise _WrongError((*place, "events"), f"no event can be made of it ({type(error).__name__})") from error


def _check_line(place: Place, line: Mapping[str, Any]) -> None:
    if not isinstance(line.get("caller"), str):
        raise _WrongError(place, "`caller` is a text, empty for nobody")
    for key, value in line.items():
        inner = (*place, key)
        if key in _CHOICES:
            if value not in [choice.value for choice in _CHOICES[key]]:
                raise _WrongError(inner, f"`{key}` is one of {', '.join(choice.value for choice in _CHOICES[key])}")
        elif key in _NUMBERS:
            least, most = _NUMBERS[key]
            if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
                raise _WrongError(inner, f"`{key}` is a whole number from {least} to {most}")
        elif key == "with":
            _check_fields(inner, value)
        elif key == "canary":
            if not isinstance(value, bool):
                raise _WrongError(inner, "`canary` is `true` or `false`")
        elif key not in (*_TEXTS, "caller"):
            raise _WrongError(inner, f"`{key}` is no key here")
        elif not isinstance(value, str):
            raise _WrongError(inner, f"`{key}` is a text")
    if line.get("start", 0) + (line.get("count", 1) - 1) * line.get("every", 0) > _SECONDS:
        raise _WrongError(place, f"the events lie within {LONGEST.days} days of nine")


def _check_fields(place: Place, fields: object) -> None:
    if not isinstance(fields, dict):
        raise _WrongError(place, "`with` is a mapping of fields to values")
    for name, value in fields.items():
        for each in value if isinstance(value, list) else [value]:
            try:
                check(Is(name, each))
            except ValueError as error:
                raise _WrongError((*place, name), str(error)) from None


def _documents(lines: list[Mapping[str, Any]]) -> Iterator[Document]:
    number = person = 0
    for line in lines:
        people = line.get("people", 10**9)
        first_person = person
        for repetition in range(line.get("count", 1)):
            number += 1
            shown = line.get("shown", 0 if line.get("canary") or _ASKS & line.keys() else 1)
            subjects = [digest(first_person + (person - first_person + n) % people) for n in range(shown)]
            person += shown
            if line.get("canary"):
                subjects.append(min(CANARIES))
            document = to_ecs(_event_of(line, number, repetition, tuple(subjects)))
            for name, value in line.get("with", {}).items():
                _set(document, name, _spelled(value, repetition))
            yield document


def _event_of(line: Mapping[str, Any], number: int, repetition: int, subjects: tuple[str, ...]) -> AccessEvent:
    reason = line.get("refused", "")
    at_the_door = bool(_ASKS & line.keys()) and ("permit" in line or reason.startswith(_AT_THE_DOOR))
    operation = "POST /.yingbi/reveal" if at_the_door else "GET /register/residents/{id}"
    withheld = bool(reason) and not at_the_door
    return AccessEvent(
        id=EventId(f"6YQ3K0M9ZT-{number:05}"),
        at=NINE + timedelta(seconds=line.get("start", 0) + repetition * line.get("every", 0)),
        exchange=ExchangeId(f"exchange-{number - repetition % line.get('windows', 1)}"),
        phase=Phase(line.get("phase", "permit" if "permit" in line else "whole")),
        system=line.get("system", "register"),
        operation=line.get("operation", operation),
        caller=line["caller"],
        caller_kind=CallerKind.STAFF if line["caller"] else CallerKind.ANONYMOUS,
        verdict=Verdict.WITHHOLD if withheld else Verdict.FORWARD,
        reason=reason,
        status=403 if withheld else 200,
        program="p" * 8,
        subjects=subjects,
        fields=_names(line.get("values", 0), Disclosure(line.get("disclosure", "clear"))),
        disclosure=Disclosure(line.get("disclosure", "none" if _ASKS & line.keys() else "clear")),
        permit=_permit(number, line) if "permit" in line else None,
        limit=line.get("limit", ""),
    )


def _permit(number: int, line: Mapping[str, Any]) -> PermitNote:
    return PermitNote(
        id=f"prm-{number:016x}",
        state=PermitState(line["permit"]),
        kind=line.get("kind", "reveal"),
        reveal="window-sees-whole",
        case="受理-2026-118",
        why="核对申请材料",
        by=line.get("by", ""),
    )


def _names(count: int, disclosure: Disclosure) -> tuple[FieldUse, ...]:
    use = FieldUse(
        name="households.head_name",
        category="person_name",
        transform="show",
        disclosure=disclosure,
        rule="register.yaml:7",
        grant=None,
        count=count,
    )
    return (use,) if count else ()


def _set(document: dict[str, Any], name: str, value: Any) -> None:
    *path, leaf = name.split(".")
    for key in path:
        document = document.setdefault(key, {})
    document[leaf] = value


def _spelled(value: Any, repetition: int) -> Any:
    if isinstance(value, list):
        return [_spelled(item, repetition) for item in value]
    return value.replace("{n}", str(repetition)) if isinstance(value, str) else value


def _at(file: str, code: str, said: str) -> Problem:
    return Problem(file=file, line=1, column=1, code=code, message=said)
