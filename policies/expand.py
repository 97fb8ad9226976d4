"""From what packs and systems declare to the operations of one system: variables filled in, records spelled out."""

import re
from collections.abc import Callable
from dataclasses import replace

from policies.findings import Finding, Findings
from policies.policy import Bodies, Operation, Pack, System, Target
from policies.section import nearest

_VARIABLE = re.compile(r"\{(\w+)\}")


def operations_of(system: System, packs: dict[str, Pack], findings: Findings) -> tuple[Operation, ...]:
    """Every operation of *system*, its own first. What does not fit is added to *findings*."""
    operations = [*system.operations]
    if system.pack is not None:
        pack = packs.get(system.pack)
        if pack is None:
            message = f"there is no pack `{system.pack}`{nearest(system.pack, packs)}"
            findings.add(Finding(system.at, "unknown-pack", message, about=f"`{system.pack}`"))
            return ()
        _check_variables(system, pack, findings)
        operations += [_filled_in(operation, system.variables) for operation in pack.operations]
    spelled_out = []
    for operation in operations:
        if operation.each_record:
            spelled_out += [_for_record(operation, record) for record in system.records]
        else:
            spelled_out.append(operation)
    return tuple(spelled_out)


def _check_variables(system: System, pack: Pack, findings: Findings) -> None:
    for name in pack.variables:
        if name not in system.variables:
            message = f"pack `{pack.name}` needs `{name}` under `with`"
            findings.add(Finding(system.at, "missing-variable", message, about=f"`{name}`"))
    for name in system.variables:
        if name not in pack.variables:
            message = f"pack `{pack.name}` has no variable `{name}`{nearest(name, pack.variables)}"
            findings.add(Finding(system.at, "unknown-variable", message, about=f"`{name}`"))


def _filled_in(operation: Operation, variables: dict[str, str]) -> Operation:
    path = _VARIABLE.sub(lambda found: variables.get(found[1], found[0]), operation.path)
    return replace(operation, path=path, answers=_with_categories(operation.answers, variables))


def _with_categories(bodies: Bodies, variables: dict[str, str]) -> Bodies:
    """*bodies* with variables in place of categories: a pack cannot know what a system's labels are about."""
    if bodies.html is None:
        return bodies
    elements = tuple(
        replace(element, category=_VARIABLE.sub(lambda found: variables.get(found[1], found[0]), element.category))
        if element.category
        else element
        for element in bodies.html.elements
    )
    return replace(bodies, html=replace(bodies.html, elements=elements))


def _for_record(operation: Operation, record: str) -> Operation:
    return replace(
        operation,
        path=operation.path.replace("{record}", record),
        each_record=False,
        record=record,
        answers=_bodies_for(operation.answers, record),
        body=_bodies_for(operation.body, record),
    )


def _bodies_for(bodies: Bodies, record: str) -> Bodies:
    def named(name: str | None) -> str | None:
        return record if name == "{record}" else name

    html = bodies.html
    return Bodies(
        json=None if bodies.json is None else tuple(_target_for(target, named) for target in bodies.json),
        html=None if html is None else replace(html, record=named(html.record)),
        csv=named(bodies.csv),
        text=bodies.text,
    )


def _target_for(target: Target, named: Callable[[str], str | None]) -> Target:
    return replace(target, record=named(target.record) or "", key_of=named(target.key_of) or "")
