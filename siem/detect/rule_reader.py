"""Reads the sections of one file of rules, which have the right form, and collects what is wrong with them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from siem.detect.custom import CALLER, SUBJECTS
from siem.detect.definition import EVERY_EVENT, Advice, Correlation, Level, Measure, Part, Rule, RuleId
from siem.detect.rule import Lists, Refused, condition_of_item, condition_of_rule, threshold_of
from siem.detect.rule_file import Path as Place
from siem.detect.rule_file import Problem, Section
from siem.detect.rule_form import is_correlation
from siem.index.condition import Condition
from siem.index.fields import field_of

LOGSOURCE = {"product": "yingbi", "service": "access"}
DEEPEST_RULES = 4
"""How many correlations may lie in each other."""

_DEFAULT_GROUP = ("user.id", "service.name")


class RuleReader:
    """Reads the sections of one file, which have the right form, and collects what is wrong with them."""

    def __init__(self, file: str, sections: list[Section], lists: Lists) -> None:
        self.file = file
        self.lists = lists
        self.problems: list[Problem] = []
        self.named: dict[str, Section] = {}
        self.correlations = [section for section in sections if is_correlation(section)]
        for section in sections:
            if self.named.setdefault(_name_of(section), section) is not section:
                self._object_to(section, ("name",), "duplicate-name", f"two rules are called `{_name_of(section)}`")
        self.dangling = {name for section in self.correlations for name in _parts_of(section) or [""]} - set(self.named)
        """Names of parts that there are not."""
        self._conditions: dict[str, Condition | None] = {}
        self._counted: dict[str, Correlation | None] = {}
        self._open: list[str] = []
        """The correlations that are being read, each a part of the one before."""

    def rules(self) -> Iterator[Rule]:
        """Every rule that is not just a part of a correlation, as far as it can be read."""
        for name, section in self.named.items():
            counted = self._correlation_of(name) if is_correlation(section) else self._plain_of(name)
            if counted is not None and not any(_silences(other, name) for other in self.correlations):
                yield from self._rule(section, counted)

    def _object_to(self, section: Section, place: Place, code: str, message: str) -> None:
        self.problems.append(section.problem(place, code, message))

    def _plain_of(self, name: str) -> Correlation | None:
        """What the plain rule called *name* finds, or None where something is wrong with it, which is told."""
        section, condition = self.named[name], self._condition_of(name)
        if condition is None or any(_silences(other, name) for other in self.correlations):
            return None
        group_by = tuple(section.value.get("yingbi", {}).get("group", _DEFAULT_GROUP))
        for field in group_by:
            self._check_field(section, ("yingbi", "group"), field)
        return Correlation((Part(condition, group_by),), group_by, EVERY_EVENT)

    def _condition_of(self, name: str) -> Condition | None:
        """What the events of the plain rule satisfy, or None where something is wrong with it, which is told once."""
        if name not in self._conditions:
            self._conditions[name] = self._read_condition(self.named[name])
        return self._conditions[name]

    def _read_condition(self, section: Section) -> Condition | None:
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

    def _correlation_of(self, name: str) -> Correlation | None:
        """What the correlation counts, or None where something is wrong with it, which is told once."""
        if name not in self._counted:
            if name in self._open or len(self._open) == DEEPEST_RULES:
                said = f"`{name}` is a part of itself" if name in self._open else _TOO_DEEP
                self._object_to(self.named[self._open[-1]], ("correlation", "rules"), "nesting", said)
                return None
            self._open.append(name)
            self._counted[name] = self._read_correlation(self.named[name])
            self._open.pop()
        return self._counted[name]

    def _read_correlation(self, section: Section) -> Correlation | None:
        before = len(self.problems)
        group_by = tuple(_texts(section.value["correlation"]["group-by"]))
        if not group_by:
            self._object_to(section, ("correlation", "group-by"), "group", "`group-by` names at least one field")
        self._check_aliases(section, group_by)
        if "group" in section.value.get("yingbi", {}):
            self._object_to(section, ("yingbi", "group"), "group", "a correlation is grouped by `group-by`")
        parts = [self._part_of(section, name, group_by) for name in self._check_parts(section)]
        try:
            threshold = threshold_of(section.value)
        except Refused as refused:
            for place, reason in refused.reasons:
                self._object_to(section, place, "sigma", reason)
            return None
        known = tuple(part for part in parts if part is not None)
        if len(self.problems) > before or len(known) < len(parts):
            return None
        counted = Correlation(known, group_by, threshold)
        if counted.depth > DEEPEST_RULES:
            self._object_to(section, ("correlation", "rules"), "nesting", _TOO_DEEP)
        return counted

    def _check_parts(self, section: Section) -> list[str]:
        """The names of the correlation's parts that there are."""
        named = _parts_of(section)
        place: Place = ("correlation", "rules")
        if not named:
            self._object_to(section, place, "unknown-rule", "`rules` names at least one rule")
        for name in named:
            if name not in self.named:
                self._object_to(section, place, "unknown-rule", f"the file has no rule called `{name}`")
        for name in {name for name in named if named.count(name) > 1}:
            self._object_to(section, place, "unknown-rule", f"`rules` names `{name}` twice")
        return [name for name in named if name in self.named]

    def _part_of(self, section: Section, name: str, group_by: tuple[str, ...]) -> Part | None:
        """The part of the correlation that the rule called *name* is, or None where that rule is wrong."""
        own = tuple(_aliases_of(section).get(field, {}).get(name, field) for field in group_by)
        place: Place = ("correlation", "group-by")
        if not is_correlation(self.named[name]):
            for field in own:
                if field not in _aliases_of(section):  # else it lacks the field of this part, which is told
                    self._check_field(section, place, field)
            condition = self._condition_of(name)
            return None if condition is None else Part(condition, own)
        inner = self._correlation_of(name)
        if inner is None:
            return None
        for field in own:
            if field not in inner.group_by:
                said = f"`{name}` is not grouped by `{field}`, and says nothing of it"
                self._object_to(section, place, "group", said)
        return Part(inner, own) if set(own) <= set(inner.group_by) else None

    def _check_aliases(self, section: Section, group_by: tuple[str, ...]) -> None:
        parts = _parts_of(section)
        for alias, fields in _aliases_of(section).items():
            place: Place = ("correlation", "aliases", alias)
            if alias not in group_by:
                self._object_to(section, place, "group", f"`{alias}` is not in `group-by`")
            for name in fields:
                if name not in parts:
                    self._object_to(section, (*place, name), "group", f"`{name}` is none of `rules`")
            for name in parts:
                if name not in fields:
                    self._object_to(section, place, "group", f"`{alias}` names no field of `{name}`")

    def _check_field(self, section: Section, place: Place, name: str) -> None:
        try:
            if field_of(name).listed:
                raise ValueError(f"`{name}` is a list, and no event belongs to several groups")
        except ValueError as error:
            self._object_to(section, place, "group", str(error))

    def _rule(self, section: Section, counted: Correlation) -> Iterator[Rule]:
        value = section.value
        missing = [key for key in ("id", "level", "yingbi") if key not in value]
        if not self.dangling:  # else it is the part that a correlation means and misspells
            for key in missing:
                self._object_to(section, (), "missing-key", f"`{key}` is missing: the rule raises alerts")
        if missing:
            return
        ours = value["yingbi"]
        if ours.get("custom") and not _counts_people(counted):
            said = f"`custom` is for rules that count `{SUBJECTS}` (value_count) of each `{CALLER}`, and no others"
            self._object_to(section, ("yingbi", "custom"), "custom", said)
        line, _ = section.place_of(())
        yield Rule(
            id=RuleId(value["id"]),
            name=_name_of(section),
            title=value["title"],
            description=value.get("description", ""),
            level=Level(value["level"].lower()),
            counted=counted,
            respond=ours.get("respond", ""),
            automatic=ours.get("automatic", False),
            custom=ours.get("custom", False),
            what_to_do=Advice(**ours["what_to_do"]),
            tags=tuple(value.get("tags", ())),
            false_positives=tuple(value.get("falsepositives", ())),
            source=f"{self.file}:{line}",
        )


_TOO_DEEP = f"more than {DEEPEST_RULES} correlations lie in each other"


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
    return name in _parts_of(correlation) and not correlation.value["correlation"].get("generate", False)


def _parts_of(correlation: Section) -> list[str]:
    return _texts(correlation.value["correlation"]["rules"])


def _aliases_of(correlation: Section) -> Mapping[str, Mapping[str, str]]:
    aliases: Mapping[str, Mapping[str, str]] = correlation.value["correlation"].get("aliases", {})
    return aliases


def _counts_people(counted: Correlation) -> bool:
    threshold = counted.threshold
    is_count = threshold.measure is Measure.VALUE_COUNT and threshold.field == SUBJECTS
    return is_count and counted.group_by == (CALLER,)


def _texts(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _name_of(section: Section) -> str:
    """The rule's name, or that of its file."""
    return str(section.value.get("name", Path(section.file).name.removesuffix(".yml")))
