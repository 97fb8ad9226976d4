"""A set of rules, read from its files.

A file holds plain rules, and correlations (`event_count`, `value_count`) over the plain rules of the same file. Beside
Sigma's keys stands one mapping of ours:

    yingbi:
      respond: <playbook>        # which playbook leads the response
      automatic: true            # contain without asking anybody; false if left out
      what_to_do: {zh: ..., en: ...}
      group: [user.id]           # of a plain rule: whom its alerts are about; caller and system if left out
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from siem.detect.definition import EVERY_EVENT, Advice, Level, Rule, RuleId, Threshold
from siem.detect.rule import Lists, Refused, condition_of_item, condition_of_rule, threshold_of
from siem.detect.rule_file import Path as Place
from siem.detect.rule_file import Problem, RuleError, Section, read_sections
from siem.detect.rule_form import is_correlation, problems_of_form
from siem.index.condition import AnyOf, Condition
from siem.index.fields import field_of

EXAMPLES = ".examples.yml"
"""What the file ends with that tries a rule; it lies beside the rule and is none."""
LOGSOURCE = {"product": "yingbi", "service": "access"}

_DEFAULT_GROUP = ("user.id", "service.name")


def rule_files(folder: Path) -> list[Path]:
    """The rule files in *folder*, by name."""
    return sorted(path for path in folder.glob("*.yml") if not path.name.endswith(EXAMPLES))


def read_rules(paths: Iterable[Path], lists: Lists) -> tuple[Rule, ...]:
    """The rules of *paths* that raise alerts. Raises RuleError with every problem of every file; OSError."""
    rules: list[Rule] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            rules += parse_rules(path.read_text("utf-8"), path.name, lists)
        except RuleError as error:
            problems += error.problems
        except UnicodeDecodeError:
            problems.append(_at_start(path.name, "encoding", "this is not UTF-8"))
    problems += _shared(rules)
    if problems:
        raise RuleError(problems)
    return tuple(rules)


def parse_rules(text: str, file: str, lists: Lists) -> list[Rule]:
    """The rules in *text* that raise alerts. Raises RuleError with every problem; *file* is what it calls the file."""
    sections = read_sections(text, file)
    problems = [problem for section in sections for problem in problems_of_form(section)]
    if problems:
        raise RuleError(problems)
    reader = _Reader(file, sections, lists)
    rules = list(reader.rules())
    if not rules and not reader.problems:
        reader.problems.append(_at_start(file, "empty", "the file holds no rule that raises an alert"))
    if reader.problems:
        raise RuleError(reader.problems)
    return rules


class _Reader:
    """Reads the sections of one file, which have the right form, and collects what is wrong with them."""

    def __init__(self, file: str, sections: list[Section], lists: Lists) -> None:
        self.file = file
        self.lists = lists
        self.problems: list[Problem] = []
        self.plain = {_name_of(section): section for section in sections if not is_correlation(section)}
        self.correlations = [section for section in sections if is_correlation(section)]
        named = {
            name for section in self.correlations for name in _texts(section.value["correlation"]["rules"]) or [""]
        }
        self.dangling = named - set(self.plain)
        """Names of parts that there are not."""
        for section in sections:
            if not is_correlation(section) and self.plain[_name_of(section)] is not section:
                self._object_to(section, ("name",), "duplicate-name", f"two rules are called `{_name_of(section)}`")

    def rules(self) -> Iterator[Rule]:
        """Every rule that is not just a part of a correlation, as far as it can be read."""
        conditions = {name: self._condition_of(section) for name, section in self.plain.items()}
        for name, section in self.plain.items():
            condition = conditions[name]
            if condition is not None and not any(_silences(other, name) for other in self.correlations):
                group_by = tuple(section.value.get("yingbi", {}).get("group", _DEFAULT_GROUP))
                self._check_group(section, ("yingbi", "group"), group_by)
                yield from self._rule(section, condition, group_by, EVERY_EVENT)
        for section in self.correlations:
            threshold = self._threshold_of(section)
            parts = tuple(conditions.get(name) for name in _texts(section.value["correlation"]["rules"]))
            known = tuple(part for part in parts if part is not None)
            if threshold is not None and known and len(known) == len(parts):
                group_by = tuple(_texts(section.value["correlation"]["group-by"]))
                yield from self._rule(section, known[0] if len(known) == 1 else AnyOf(known), group_by, threshold)

    def _object_to(self, section: Section, place: Place, code: str, message: str) -> None:
        self.problems.append(section.problem(place, code, message))

    def _condition_of(self, section: Section) -> Condition | None:
        """What the rule's events satisfy, or None where something is wrong with it, which is told."""
        before = len(self.problems)
        for key, value in LOGSOURCE.items():
            if section.value["logsource"][key] != value:
                self._object_to(section, ("logsource", key), "logsource", f"`{key}` of what we record is `{value}`")
        detection = section.value["detection"]
        if not isinstance(detection.get("condition"), str):
            self._object_to(section, ("detection", "condition"), "condition", "`condition` is one text")
        for place, key, value in _items(detection):
            # Each test is tried alone first, so that what is wrong with it is told with its line.
            try:
                condition_of_item(key, value, self.lists)
            except ValueError as error:
                self._object_to(section, place, "test", str(error))
        if len(self.problems) > before:
            return None
        try:
            return condition_of_rule(section.value, self.lists)
        except Refused as refused:
            for place, reason in refused.reasons:
                self._object_to(section, place, "sigma", reason)
            return None

    def _threshold_of(self, section: Section) -> Threshold | None:
        """What the correlation counts, or None where something is wrong with it, which is told."""
        given = section.value["correlation"]
        group_by = tuple(_texts(given["group-by"]))
        if not group_by:
            self._object_to(section, ("correlation", "group-by"), "group", "`group-by` names at least one field")
        self._check_group(section, ("correlation", "group-by"), group_by)
        if not _texts(given["rules"]):
            self._object_to(section, ("correlation", "rules"), "unknown-rule", "`rules` names at least one rule")
        for name in _texts(given["rules"]):
            if name not in self.plain:
                said = f"the file has no plain rule called `{name}`"
                self._object_to(section, ("correlation", "rules"), "unknown-rule", said)
        if "group" in section.value.get("yingbi", {}):
            self._object_to(section, ("yingbi", "group"), "group", "a correlation is grouped by `group-by`")
        try:
            return threshold_of(section.value)
        except Refused as refused:
            for place, reason in refused.reasons:
                self._object_to(section, place, "sigma", reason)
            return None

    def _check_group(self, section: Section, place: Place, group_by: tuple[str, ...]) -> None:
        for name in group_by:
            try:
                if field_of(name).listed:
                    raise ValueError(f"`{name}` is a list, and no event belongs to several groups")
            except ValueError as error:
                self._object_to(section, place, "group", str(error))

    def _rule(
        self, section: Section, condition: Condition, group_by: tuple[str, ...], threshold: Threshold
    ) -> Iterator[Rule]:
        value = section.value
        missing = [key for key in ("id", "level", "yingbi") if key not in value]
        if not self.dangling:  # else it is the part that a correlation means and misspells
            for key in missing:
                self._object_to(section, (), "missing-key", f"`{key}` is missing: the rule raises alerts")
        if missing:
            return
        ours = value["yingbi"]
        line, _ = section.place_of(())
        yield Rule(
            id=RuleId(value["id"]),
            name=_name_of(section),
            title=value["title"],
            description=value.get("description", ""),
            level=Level(value["level"].lower()),
            condition=condition,
            group_by=group_by,
            threshold=threshold,
            respond=ours.get("respond", ""),
            automatic=ours.get("automatic", False),
            what_to_do=Advice(**ours["what_to_do"]),
            source=f"{self.file}:{line}",
        )


def _items(detection: Mapping[str, Any]) -> Iterator[tuple[Place, str, Any]]:
    """Every test of a detection: where it stands, its key (empty for a value without a field), its value."""
    for name, definition in detection.items():
        if name == "condition":
            continue
        place: Place = ("detection", name)
        parts = definition if isinstance(definition, list) else [definition]
        for number, part in enumerate(parts):
            inner = (*place, number) if isinstance(definition, list) else place
            if isinstance(part, dict):
                yield from (((*inner, key), key, value) for key, value in part.items())
            else:
                yield inner, "", part


def _silences(correlation: Section, name: str) -> bool:
    """Whether the rule called *name* is only a part of *correlation* and raises no alert of its own."""
    given = correlation.value["correlation"]
    return name in _texts(given["rules"]) and not given.get("generate", False)


def _texts(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _name_of(section: Section) -> str:
    """The rule's name, or that of its file."""
    return str(section.value.get("name", section.file.removesuffix(".yml")))


def _shared(rules: list[Rule]) -> Iterator[Problem]:
    """Problems of rules that are the same in what must tell them apart."""
    for attribute in ("id", "name", "title"):
        first: dict[str, Rule] = {}
        for rule in rules:
            value = getattr(rule, attribute)
            if value in first:
                file, _, line = rule.source.partition(":")
                said = f"{first[value].source} has the {attribute} `{value}` as well"
                yield Problem(file=file, line=int(line), column=1, code=f"duplicate-{attribute}", message=said)
            first.setdefault(value, rule)


def _at_start(file: str, code: str, message: str) -> Problem:
    return Problem(file=file, line=1, column=1, code=code, message=message)
