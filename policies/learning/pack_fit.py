"""Which pack fits a system that was seen, and which of the pack's operations its requests were."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from policies.learning.inventory import Notes, OperationNote
from policies.learning.words import KEY
from policies.operations import Operation, Target
from policies.policy import Pack
from policies.program import ANY_WORD

LEAST_SHARE = 0.8
"""Of the places in a JSON answer, so many must be declared before it counts as the pack's."""
LEAST_PLACES = 4
_VARIABLE = re.compile(r"\{(\w+)(\*?)\}")


@dataclass(frozen=True, slots=True)
class Bound:
    """A request that was seen, as an operation of the pack."""

    seen: str
    operation: Operation
    record: str
    """The name that stands for `{record}`; empty where the operation is about none."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A pack that fits, and how."""

    pack: Pack
    variables: dict[str, str]
    bound: tuple[Bound, ...]


def fit_of(notes: Notes, packs: Mapping[str, Pack]) -> Fit | None:
    """The pack that explains most of what was seen; None where none explains half of it and something for certain."""
    fits = [fit for pack in packs.values() if (fit := _fit(notes, pack)) is not None]
    return max(fits, key=lambda fit: len(fit.bound), default=None)


def _fit(notes: Notes, pack: Pack) -> Fit | None:
    votes: Counter[tuple[tuple[str, str], ...]] = Counter()
    for name, note in notes.operations.items():
        for operation, values in _matches(name, pack):
            certain = evidence(note, operation)
            own = _of_the_pack(values, pack)
            is_telling = own or not pack.variables or not _VARIABLE.search(operation.path)
            votes[own] += certain if is_telling else 0
    if not votes or not max(votes.values()):
        return None
    best = max(votes, key=lambda own: (votes[own], own))
    variables = dict(best)
    bound = []
    for name in notes.operations:
        fitting = [
            (operation, values)
            for operation, values in _matches(name, pack)
            if all(variables.get(key, value) == value for key, value in values.items() if key in pack.variables)
        ]
        if fitting:
            operation, values = max(fitting, key=lambda each: len(_VARIABLE.sub("", each[0].path)))
            bound.append(Bound(name, operation, values.get("record", "")))
    return Fit(pack, variables, tuple(bound)) if len(bound) * 2 >= len(notes.operations) else None


def _of_the_pack(values: dict[str, str], pack: Pack) -> tuple[tuple[str, str], ...]:
    return tuple((name, values[name]) for name in sorted(values) if name in pack.variables)


def _matches(seen: str, pack: Pack) -> Iterator[tuple[Operation, dict[str, str]]]:
    """The operations that the request *seen* could be, each with what its variables would be."""
    method, _, path = seen.partition(" ")
    for operation in pack.operations:
        match = _pattern(operation.path).fullmatch(path) if operation.method == method else None
        if match is not None:
            values: dict[str, str] = match.groupdict()
            if all((KEY in value) == (name == "key") for name, value in values.items() if name != "file"):
                yield operation, values


def _pattern(template: str) -> re.Pattern[str]:
    pieces = _VARIABLE.split(template)
    groups = [
        f"(?P<{name}>{'.+' if star else '[^/]+?'})" for name, star in zip(pieces[1::3], pieces[2::3], strict=True)
    ]
    return re.compile("".join(re.escape(text) + group for text, group in zip(pieces[::3], [*groups, ""], strict=True)))


def evidence(note: OperationNote, operation: Operation) -> int:
    """How many places of what was answered are as *operation* declares them, where that can be no chance."""
    found = 0
    places = [place.split(" ", 1)[1] for place in note.fields if place.startswith("json ")]
    if operation.answers.json is not None and len(places) >= LEAST_PLACES:
        declared = sum(target_of(place, operation.answers.json) is not None for place in places)
        found += declared if declared >= LEAST_SHARE * len(places) else 0
    if operation.answers.html is not None:
        found += sum(field_of_page(place, operation) is not None for place in note.fields)
    return found


def target_of(place: str, targets: tuple[Target, ...]) -> tuple[Target, tuple[str, ...]] | None:
    """The target that *place*, a pointer, lies in, and the steps below it; the most literal one."""
    steps = place.split("/")
    found = []
    for target in targets:
        declared = target.path.split("/")
        head, rest = steps[: len(declared)], steps[len(declared) :]
        fits = len(head) == len(declared) and all(
            wanted in ("*", step) for wanted, step in zip(declared, head, strict=True)
        )
        below = tuple(step for step in rest if step != "*")
        if fits and len(below) == (1 if target.record else 0):
            found.append((target, below))
    return max(found, key=lambda each: sum(step != "*" for step in each[0].path.split("/")), default=None)


def field_of_page(place: str, operation: Operation) -> str | None:
    """The field that *place* in a page holds by what *operation* declares."""
    page = operation.answers.html
    format_, _, where = place.partition(" ")
    if page is None or format_ != "html" or page.record is None:
        return None
    if where.startswith("control "):
        name = where.removeprefix("control ")
        own = any(re.fullmatch(_any(each), name) for each in page.own_controls)
        return name if page.controls == "{field}" and not own else None
    for element in page.elements:
        prefix = f"{element.element}.{(element.css_class or '').removesuffix('{field}')}"
        if (element.css_class or "").endswith("{field}") and where.startswith(prefix) and where != prefix:
            return where.removeprefix(prefix)
    return None


def _any(template: str) -> str:
    return re.escape(template).replace(re.escape("{any}"), ANY_WORD)
