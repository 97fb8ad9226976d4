"""Examples of rules: what the files beside the rules say, as documents and the alerts they should raise."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from siem.canary import LIST_NAME
from siem.detect.definition import Rule
from siem.detect.rule_set import EXAMPLES, read_rules, rule_files
from siem.record.event import CallerKind, Disclosure, ExchangeId, FieldUse, PermitNote, PermitState, Phase, Verdict
from tests.siem.events import NINE, digest, document

RULES_FOLDER = Path(__file__).parent.parent.parent.parent / "siem" / "rules"
CANARIES = frozenset(digest(900_000_000 + number) for number in range(3))
LISTS = {LIST_NAME: CANARIES}
SECTIONS = ("fires", "does_not_fire", "known_gap")
_ASKS = {"permit", "refused"}
_OF_LIMITS = {"subject_limit", "step_up_needed", "too_many_requests"}
_EVENT_KEYS = {
    "caller",
    "system",
    "phase",
    "disclosure",
    "start",
    "count",
    "every",
    "shown",
    "people",
    "canary",
    "windows",
    "values",
    "permit",
    "kind",
    "refused",
    "limit",
}
"""`permit` is what became of one, of the `kind`; `refused` is why a request was refused at once, for a permit where no
`limit` acted and the reason is none of one."""
_KEYS = {
    "fires": {"name", "events", "alerts"},
    "does_not_fire": {"name", "events"},
    "known_gap": {"name", "why", "events"},
}


@dataclass(frozen=True, slots=True)
class Example:
    """One example of a rule."""

    rule: Rule
    section: str
    name: str
    documents: tuple[dict[str, Any], ...]
    alerts: tuple[dict[str, Any], ...]
    """Group fields and counts."""

    def __str__(self) -> str:
        return f"{self.rule.name}: {self.name.rpartition(' / ')[2]}"


def shipped_rules() -> tuple[Rule, ...]:
    return read_rules(rule_files(RULES_FOLDER), LISTS)


def shipped_examples() -> list[Example]:
    return [example for rule in shipped_rules() for example in _examples_of(rule)]


def _examples_of(rule: Rule) -> Iterator[Example]:
    path = RULES_FOLDER / rule.source.partition(":")[0].replace(".yml", EXAMPLES)
    told = yaml.safe_load(path.read_text("utf-8"))
    assert set(told) == set(SECTIONS), f"{path.name} has each of {SECTIONS}"
    for section, examples in told.items():
        for example in examples:
            assert set(example) == _KEYS[section], f"{path.name}: {example['name']}"
            alerts = tuple(example.get("alerts", ()))
            yield Example(rule, section, example["name"], tuple(_documents(example["events"])), alerts)


def _documents(lines: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    number = 0
    person = 0
    for line in lines:
        assert set(line) <= _EVENT_KEYS, line
        people = line.get("people", 10**9)
        first_person = person
        for repetition in range(line.get("count", 1)):
            number += 1
            shown = line.get("shown", 0 if line.get("canary") or _ASKS & line.keys() else 1)
            subjects = [digest(first_person + (person - first_person + n) % people) for n in range(shown)]
            person += shown
            if line.get("canary"):
                subjects.append(min(CANARIES))
            first_window = number - repetition % line.get("windows", 1)
            yield document(
                number,
                exchange=ExchangeId(f"exchange-{first_window}"),
                at=NINE + timedelta(seconds=line.get("start", 0) + repetition * line.get("every", 0)),
                caller=line["caller"],
                caller_kind=CallerKind.STAFF if line["caller"] else CallerKind.ANONYMOUS,
                system=line.get("system", "register"),
                phase=Phase(line.get("phase", "permit" if "permit" in line else "whole")),
                subjects=tuple(subjects),
                fields=_names(line.get("values", 0), Disclosure(line.get("disclosure", "clear"))),
                disclosure=Disclosure(line.get("disclosure", "none" if _ASKS & line.keys() else "clear")),
                permit=_permit(number, line) if "permit" in line else None,
                reason=line.get("refused", ""),
                limit=line.get("limit", ""),
                verdict=Verdict.WITHHOLD if line.get("refused") in _OF_LIMITS else Verdict.FORWARD,
                **({"operation": "POST /.yingbi/reveal"} if _asks_for_permit(line) else {}),
            )


def _asks_for_permit(line: dict[str, Any]) -> bool:
    return bool(_ASKS & line.keys()) and line.get("refused") not in _OF_LIMITS


def _permit(number: int, line: dict[str, Any]) -> PermitNote:
    return PermitNote(
        id=f"prm-{number:016x}",
        state=PermitState(line["permit"]),
        kind=line.get("kind", "reveal"),
        reveal="window-sees-whole",
        case="受理-2026-118",
        why="核对申请材料",
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
