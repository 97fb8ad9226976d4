"""Reads what officers declare of systems whose look-ups have to have a reason. Strict: nothing is guessed."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from siem.detect.definition import Level
from siem.detect.rule_file import Path as Place
from siem.detect.rule_file import Problem, RuleError, Section, read_sections
from siem.reasons.declaration import CALLER, COLUMNS, SINCE, Declaration, Feed, Kind, LookUp, Wanted

SUFFIX = ".yaml"

_SPAN = re.compile("([1-9][0-9]{0,4})([smhd])")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_ADDRESS = re.compile(r"https://[!-~]{1,1000}")


def declaration_files(folder: Path) -> list[Path]:
    """The declarations in *folder*, by name; none where there is no such folder."""
    return sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []


def read_declarations(paths: Iterable[Path]) -> tuple[Declaration, ...]:
    """What is declared in *paths*. Raises RuleError with every problem of every file, and OSError."""
    found: dict[str, Declaration] = {}
    problems: list[Problem] = []
    for path in paths:
        try:
            declared = parse_declaration(path.read_text("utf-8"), path.name)
        except RuleError as error:
            problems += error.problems
        except UnicodeDecodeError:
            problems.append(_at_start(path.name, "this is not UTF-8"))
        else:
            if found.setdefault(declared.system, declared) is not declared:
                problems.append(_at_start(path.name, f"`{declared.system}` is declared in another file as well"))
    if problems:
        raise RuleError(problems)
    return tuple(found.values())


def parse_declaration(text: str, file: str) -> Declaration:
    """The declaration in *text*. Raises RuleError with every problem; *file* is what it calls the file."""
    sections = read_sections(text, file)
    if len(sections) != 1:
        raise RuleError([_at_start(file, "a file declares one system")])
    reader = _Reader(sections[0])
    declared = reader.declaration()
    if reader.problems:
        raise RuleError(reader.problems)
    return declared


def span_of(value: object) -> timedelta:
    """The time that a text such as `30m` means. Raises ValueError."""
    if not isinstance(value, str) or not (match := _SPAN.fullmatch(value)):
        raise ValueError("is a time such as 90s, 30m, 2h or 1d")
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("is a text")
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("is `true` or `false`")
    return value


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 10_000:
        raise ValueError("is a number from 1 to 10000")
    return value


def _texts(value: object) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise ValueError("is a list of texts")
    return frozenset(value)


def _level(value: object) -> Level:
    if value not in list(Level):
        raise ValueError(f"is one of {', '.join(Level)}")
    return Level(str(value))


def _whole_path(value: object) -> Path:
    path = Path(_text(value))
    if not path.is_absolute():
        raise ValueError("is a whole path, such as /srv/exchange/cases.csv")
    return path


def _address(value: object) -> str:
    address = _text(value)
    if not _ADDRESS.fullmatch(address) or CALLER not in address or SINCE not in address:
        raise ValueError(f"is an https address that names {CALLER} and {SINCE}")
    return address


def _columns(value: object) -> Mapping[str, str]:
    if not isinstance(value, dict) or not all(isinstance(name, str) and name for name in value.values()):
        raise ValueError("is a mapping of what a row says to the names of columns (`no` and `on` in quotes)")
    if unknown := sorted(set(value) - set(COLUMNS)):
        raise ValueError(f"has no `{unknown[0]}`: a row says {', '.join(COLUMNS)}")
    if missing := [name for name in ("person", "case") if name not in value]:
        raise ValueError(f"names no column for `{missing[0]}`")
    return dict(value)


type _Shape = Mapping[str, tuple[str, Callable[[object], Any]]]
"""For each key: what it is called in what is made, and how its value is read."""

_SYSTEM: _Shape = {
    "system": ("system", _text),
    "grace": ("grace", span_of),
    "after_close": ("after_close", span_of),
    "most_shown": ("most_shown", _number),
    "keep": ("keep", span_of),
}
_PARTS = ("feed", "look_up", "exempt", "findings")
_FEED: _Shape = {"file": ("file", _whole_path), "columns": ("columns", _columns)}
_LOOK_UP: _Shape = {
    "url": ("url", _address),
    "columns": ("columns", _columns),
    "authorization": ("authorization", _text),
    "per_minute": ("per_minute", _number),
    "timeout": ("timeout", span_of),
    "cache": ("cache", span_of),
}
_EXEMPT: _Shape = {"posts": ("exempt_posts", _texts), "callers": ("exempt_callers", _texts)}
_WANTED: Mapping[Kind, _Shape] = {
    kind: {
        "level": ("level", _level),
        "respond": ("respond", _text),
        **({"people": ("people", _number)} if kind is Kind.NO_CASE else {}),
        **(
            {"even_with_case": ("even_with_case", _truth)}
            if kind in (Kind.COLLEAGUES, Kind.LISTED, Kind.RELATIVES)
            else {}
        ),
    }
    for kind in Kind
}


class _Reader:
    """Reads one file and collects what is wrong with it."""

    def __init__(self, section: Section) -> None:
        self.section = section
        self.problems: list[Problem] = []

    def declaration(self) -> Declaration:
        top = {key: value for key, value in self.section.value.items() if key not in _PARTS}
        said = dict(self._read((), top, _SYSTEM, ("system",)))
        if (feed := self._part("feed", _FEED, ("file", "columns"))) is not None:
            said["feed"] = feed
        if (look_up := self._part("look_up", _LOOK_UP, ("url", "columns"))) is not None:
            said["look_up"] = look_up
        said |= self._part("exempt", _EXEMPT, ()) or {}
        said["findings"] = dict(self._findings())
        cases_asked = {Kind.NO_CASE, Kind.ONE_LOOK} & set(said["findings"])
        if cases_asked and "feed" not in said and "look_up" not in said:
            self._object_to((), "what cases there are is told by `feed` or `look_up`")
        if self.problems:
            return Declaration(system="")
        if "feed" in said:
            said["feed"] = Feed(**said["feed"])
        if "look_up" in said:
            said["look_up"] = LookUp(**said["look_up"])
        return Declaration(**said)

    def _findings(self) -> Iterator[tuple[Kind, Wanted]]:
        value = self.section.value.get("findings")
        if not isinstance(value, dict) or not value:
            self._object_to(("findings",), "`findings` says what is found, such as no_case: {level: medium, people: 5}")
            return
        for name, wanted in value.items():
            place: Place = ("findings", name)
            if name not in list(Kind):
                self._object_to(place, f"`{name}` is no finding: there are {', '.join(Kind)}")
            elif not isinstance(wanted, dict):
                self._object_to(place, f"`{name}` is a mapping, such as {{level: medium}}")
            else:
                kind = Kind(name)
                required = ("level", "people") if kind is Kind.NO_CASE else ("level",)
                before = len(self.problems)
                said = dict(self._read(place, wanted, _WANTED[kind], required))
                if len(self.problems) == before:
                    yield kind, Wanted(**said)

    def _part(self, key: str, shape: _Shape, required: tuple[str, ...]) -> dict[str, Any] | None:
        if key not in self.section.value:
            return None
        value = self.section.value[key]
        if not isinstance(value, dict):
            self._object_to((key,), f"`{key}` is a mapping")
            return None
        return dict(self._read((key,), value, shape, required))

    def _read(
        self, place: Place, value: Mapping[str, object], shape: _Shape, required: tuple[str, ...]
    ) -> Iterator[tuple[str, Any]]:
        for key, given in value.items():
            if key not in shape:
                self._object_to((*place, key), f"`{key}` is no key here")
                continue
            name, read = shape[key]
            try:
                yield name, read(given)
            except ValueError as error:
                self._object_to((*place, key), f"`{key}` {error}")
        for key in required:
            if key not in value:
                self._object_to(place, f"`{key}` is missing")

    def _object_to(self, place: Place, message: str) -> None:
        line, column = self.section.place_of(place)
        self.problems.append(_problem(self.section.file, line, column, message))


def _at_start(file: str, message: str) -> Problem:
    return _problem(file, 1, 1, message)


def _problem(file: str, line: int, column: int, message: str) -> Problem:
    return Problem(file=file, line=line, column=column, code="reasons-unusable", message=message)
