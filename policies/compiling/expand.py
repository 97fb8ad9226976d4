"""From what packs and systems declare to the operations of one system: variables filled in, records spelled out."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from policies.findings import Finding, Findings
from policies.operations import Bodies, Events, HtmlBody, Message, Operation, Target
from policies.parse.section import nearest
from policies.policy import Pack, System

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
        own = {(operation.method, operation.path) for operation in _spelled_out(system.operations, system)}
        of_pack = _spelled_out([_filled_in(operation, system.variables) for operation in pack.operations], system)
        # What the system says of an operation itself stands in the place of what the pack says of it.
        operations += [operation for operation in of_pack if (operation.method, operation.path) not in own]
    return _spelled_out(operations, system)


def _spelled_out(operations: Iterable[Operation], system: System) -> tuple[Operation, ...]:
    """*operations* with one for each record in the place of those that stand for it."""
    return tuple(
        each
        for operation in operations
        for each in (
            [_for_record(operation, record) for record in system.records] if operation.each_record else [operation]
        )
    )


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
        key_of=record if operation.key_of in ("", "{record}") else operation.key_of,
        each_record=False,
        record=record,
        answers=_bodies_for(operation.answers, record),
        body=_bodies_for(operation.body, record),
    )


def _bodies_for(bodies: Bodies, record: str) -> Bodies:
    def named(name: str | None) -> str | None:
        return record if name == "{record}" else name

    def targets(found: tuple[Target, ...] | None) -> tuple[Target, ...] | None:
        return None if found is None else tuple(_target_for(target, named) for target in found)

    html = bodies.html
    return Bodies(
        json=targets(bodies.json),
        html=None if html is None else _page_for(html, named),
        csv=named(bodies.csv),
        text=bodies.text,
        ndjson=targets(bodies.ndjson),
        xml=None if bodies.xml is None else replace(bodies.xml, targets=targets(bodies.xml.targets) or ()),
        multipart=bodies.multipart,
        file=bodies.file,
        documents=bodies.documents and replace(bodies.documents, record=named(bodies.documents.record) or ""),
        events=None if bodies.events is None else _events_for(bodies.events, named),
        messages=None if bodies.messages is None else _message_for(bodies.messages, named),
    )


def _events_for(events: Events, named: Callable[[str | None], str | None]) -> Events:
    return replace(
        events,
        data=tuple((name, _message_for(message, named)) for name, message in events.data),
        id_of=named(events.id_of) or "",
    )


def _message_for(message: Message, named: Callable[[str | None], str | None]) -> Message:
    if message.json is None:
        return message
    return replace(message, json=tuple(_target_for(target, named) for target in message.json))


def _page_for(page: HtmlBody, named: Callable[[str | None], str | None]) -> HtmlBody:
    return replace(
        page,
        record=named(page.record),
        elements=tuple(replace(element, key_of=named(element.key_of)) for element in page.elements),
        key_controls=tuple((control, named(record) or "") for control, record in page.key_controls),
        key_attributes=tuple((attribute, named(record) or "") for attribute, record in page.key_attributes),
    )


def _target_for(target: Target, named: Callable[[str], str | None]) -> Target:
    return replace(
        target,
        record=named(target.record) or "",
        key_of=named(target.key_of) or "",
        cursor_of=named(target.cursor_of) or "",
    )
