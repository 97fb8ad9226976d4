"""What bodies hold, as the shapes of a program: fields get an index, JSON Pointers become trees, patterns regexes."""

import re
from dataclasses import dataclass, field

from policies.findings import Finding, Findings, Position
from policies.operations import Bodies, Documents, Element, Events, Files, HtmlBody, Message, Signed, Target, XmlBody
from policies.parse.section import nearest
from policies.policy import PUBLIC, SCAN, Field, Labels, Policy, System
from policies.policy_kinds import Elsewhere, OnWrite
from policies.program import ANY_WORD, FREE_TEXT, LABEL, FieldInfo
from policies.program_shapes import (
    UNDECLARED,
    CursorShape,
    DocumentShapes,
    ElementShape,
    EventShapes,
    FileRule,
    HtmlShapes,
    KeyPlace,
    KeyShape,
    LinkShape,
    MessageShape,
    ObjectShape,
    RowsShape,
    Shape,
    Shapes,
    ValueShape,
    XmlShapes,
)
from policies.transforms.spec import Redact, Reversible, Scan, Show, Spec

_PLACEHOLDER = re.compile(r"\{(field|op|any)\}")
_BUILT_IN = "built in"
DEEPEST_RECORD = 16
"""Records within each other."""
LARGEST_RECORD = 10_000
"""Fields, with those of all records within: a program spells them out."""


def pattern_of(template: str, *, field_chars: str = ".+", operators: tuple[str, ...] = ()) -> str:
    """The regular expression for *template*: `{field}` is a field's name, `{op}` an operator, `{any}` a word.

    What is no operator is refused: to some systems `owner__id_no` asks about the number of a field's owner.
    """
    pieces = _PLACEHOLDER.split(template)
    texts, names = pieces[::2], pieces[1::2]
    stands_for = {"field": f"(?P<field>{field_chars})", "op": f"(?:{'|'.join(operators)})", "any": ANY_WORD}
    groups = [stands_for[name] for name in names]
    return "".join(re.escape(text) + group for text, group in zip(texts, [*groups, ""], strict=True))


def file_rule(files: Files) -> FileRule:
    """What a program says of *files*."""
    return FileRule(files.types, files.most_kib * 1024, files.personal)


def _steps(pointer: str) -> tuple[str, ...]:
    """The steps of a JSON Pointer."""
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])


@dataclass
class _Branch:
    """A node of the tree that the pointers of one body make."""

    at: Position
    leaf: Shape | None = None
    named: dict[str, "_Branch"] = field(default_factory=dict)
    any: "_Branch | None" = None


class ShapeMaker:
    """Makes the shapes of one system. Every field it meets is in `fields`, by index."""

    def __init__(self, system: System, policy: Policy, findings: Findings) -> None:
        self.fields = [
            FieldInfo("undeclared", "undeclared", Redact(), OnWrite.RESTORE, _BUILT_IN, personal=True),
            FieldInfo("text", "text", Scan(), OnWrite.REFUSE, _BUILT_IN, personal=False),
        ]
        pack = policy.packs.get(system.pack or "")
        self.labels = pack.labels if pack is not None and system.labels == Labels() else system.labels
        self._system = system
        self._policy = policy
        self._findings = findings
        self._records: dict[str, ObjectShape] = {}
        self._sizes: dict[str, tuple[int, int]] = {}
        """Of each record: how deep it is, and how many fields it has with those of the records within."""
        self._under_way: list[str] = []
        self._keyed: set[str] = set()
        """Records whose keys stand in places of their own."""
        for name, record in system.records.items():
            self.record(name, record.at)

    def record(self, name: str, at: Position) -> ObjectShape:
        """The shape of the record *name*, which is asked for *at* a place."""
        if name in self._records:
            return self._records[name]
        record = self._system.records.get(name)
        if record is None:
            self._unknown_record(at, name)
            return ObjectShape()
        if name in self._under_way:
            self._find(at, "record-in-itself", f"record `{name}` holds itself: declare how deep it goes", f"`{name}`")
            return ObjectShape()
        if len(self._under_way) >= DEEPEST_RECORD:
            self._find(
                at,
                "record-too-large",
                f"record `{name}` lies within more than {DEEPEST_RECORD - 1} others",
                f"`{name}`",
            )
            return ObjectShape()
        self._under_way.append(name)
        children: dict[str, Shape] = {}
        for key, child in record.fields.items():
            children[key] = shape = self._field(name, child)
            if child.label and self.labels.csv and isinstance(shape, ValueShape):
                children.setdefault(key + self.labels.csv, ValueShape(shape.label))
        self._under_way.pop()
        within = [self._sizes.get(child.record, (0, 1)) for child in record.fields.values()]
        depth, size = 1 + max((depth for depth, _ in within), default=0), sum(size for _, size in within)
        if depth > DEEPEST_RECORD or size > LARGEST_RECORD:
            message = (
                f"record `{name}`, with those within it, is more than {DEEPEST_RECORD} deep or "
                f"has more than {LARGEST_RECORD} fields"
            )
            self._find(at, "record-too-large", message, f"`{name}`")
            children, depth, size = {}, 0, 1  # told once, and not again of whatever holds it
        self._sizes[name] = depth, size
        self._records[name] = ObjectShape(children=children, subject=record.subject)
        return self._records[name]

    def indexes_of(self, name: str, field: str) -> tuple[int, ...]:
        """The index of *field* of the record *name*, if it is a single value."""
        child = self._records[name].children.get(field)
        return (child.field,) if isinstance(child, ValueShape) else ()

    def key_of(self, name: str) -> tuple[int, ...]:
        """The indexes of the fields by which the record *name* is found; what nobody has declared is hidden."""
        record = self._system.records.get(name)
        found = [self.indexes_of(name, field) for field in record.key] if record is not None else []
        return tuple(index for indexes in found for index in indexes or (UNDECLARED,)) or (UNDECLARED,)

    def record_keys(self) -> dict[str, tuple[int, ...]]:
        """By the name of each record whose key stands in a place of its own: the fields that it is found by."""
        return {name: self.key_of(name) for name in sorted(self._keyed & self._system.records.keys())}

    def bodies(self, bodies: Bodies) -> Shapes:
        """The shapes of all declared formats."""
        return Shapes(
            json=None if bodies.json is None else self._json(bodies.json),
            html=None if bodies.html is None else self._html(bodies.html),
            csv=None if bodies.csv is None else self.record(bodies.csv, self._system.at),
            text=None if bodies.text is None else self.value("text", bodies.text, self._system.at),
            ndjson=None if bodies.ndjson is None else self._json(bodies.ndjson),
            xml=None if bodies.xml is None else self._xml(bodies.xml),
            multipart=bodies.multipart,
            documents=None if bodies.documents is None else self._documents(bodies.documents),
            file=None if bodies.file is None else file_rule(bodies.file),
            events=None if bodies.events is None else self._events(bodies.events),
            messages=None if bodies.messages is None else self.message(bodies.messages),
        )

    def _documents(self, documents: Documents) -> DocumentShapes:
        return DocumentShapes(
            formats=documents.formats,
            record=self.record(documents.record, documents.at) if documents.record else None,
            titles=self._titles(documents.record),
            unsigned_copy=documents.signed is Signed.UNSIGNED_COPY,
        )

    def message(self, message: Message) -> MessageShape:
        """The shape of messages of one kind."""
        return MessageShape(
            json=None if message.json is None else self._json(message.json),
            text=None if message.text is None else self.value("text", message.text, message.at),
            whole=message.whole,
            joined=tuple(map(_steps, message.joined)),
            by=message.by,
            literals=message.literals,
            ends=tuple((_steps(pointer), values) for pointer, values in message.ends),
        )

    def _events(self, events: Events) -> EventShapes:
        if events.id_of:
            self._key_stands(events.id_of, events.at)
        return EventShapes(
            data={name: self.message(message) for name, message in events.data},
            idle_s=events.idle_s,
            shows_id=events.shows_id,
            id_of=events.id_of,
        )

    def value(
        self,
        name: str,
        category: str,
        at: Position,
        mask: Spec | None = None,
        on_write: OnWrite | None = None,
        files: Files | None = None,
        key_of: str = "",
        at_rest: Reversible | None = None,
    ) -> int:
        """The index of a new field called *name*."""
        if category == SCAN:
            return FREE_TEXT
        file = None if files is None else file_rule(files)
        if category == PUBLIC:
            info = FieldInfo(name, PUBLIC, Show(), OnWrite.REFUSE, str(at), personal=False, file=file)
        elif (known := self._policy.categories.get(category)) is not None:
            info = FieldInfo(
                name,
                category,
                mask or known.mask,
                on_write or known.on_write,
                str(at),
                personal=True,
                level=known.level,
                sensitive=known.sensitive,
                followed=known.elsewhere is Elsewhere.HIDE,
                at_rest=at_rest,
                file=file,
                key_of=key_of,
            )
        else:
            if category not in self._policy.unread:
                near = nearest(category, [*self._policy.categories, PUBLIC, SCAN])
                self._find(
                    at, "unknown-category", f"there is no category `{category[:80]}`{near}", f"`{category[:80]}`"
                )
            return UNDECLARED
        self.fields.append(info)
        return len(self.fields) - 1

    def _field(self, record: str, child: Field) -> Shape:
        if child.link:
            return LinkShape()
        if child.record:
            return self.record(child.record, child.at)
        name = f"{record}.{child.name}"
        if child.label and self.labels == Labels():
            self._find(
                child.at,
                "label-without-labels",
                f"nothing says how `{name}` is labelled: declare `labels`",
                f"`{name}`",
            )
        label = self.value(f"{name}{LABEL}", child.label, child.at) if child.label else UNDECLARED
        if child.key_of:
            self._key_stands(child.key_of, child.at)
        index = self.value(
            name, child.category, child.at, child.mask, child.on_write, child.files, child.key_of, child.at_rest
        )
        return ValueShape(index, label)

    def _json(self, targets: tuple[Target, ...]) -> Shape:
        root = _Branch(targets[0].at if targets else self._system.at)
        for target in targets:
            branch = root
            for step in _steps(target.path):
                if step == "*":
                    branch.any = branch.any or _Branch(target.at)
                    branch = branch.any
                else:
                    branch = branch.named.setdefault(step, _Branch(target.at))
            branch.leaf = self._leaf(target)
        return self._built(root)

    def _xml(self, body: XmlBody) -> XmlShapes:
        root = self._json(body.targets)
        assert isinstance(root, ObjectShape)  # no path of theirs is empty
        return XmlShapes(root=root, spaces=body.spaces, unsigned_copy=body.signed is Signed.UNSIGNED_COPY)

    def _leaf(self, target: Target) -> Shape:
        if target.category:
            return ValueShape(self.value(target.path, target.category, target.at))
        if target.link:
            return LinkShape()
        if target.cursor_of:
            self._key_stands(target.cursor_of, target.at)
            return CursorShape(target.cursor_of, self.key_of(target.cursor_of))
        if target.key_of:
            self.record(target.key_of, target.at)
            return KeyShape(self.key_of(target.key_of))
        record = self.record(target.record, target.at)
        return record if target.columns is None else RowsShape(target.columns, record)

    def _built(self, branch: _Branch) -> Shape:
        if branch.leaf is not None:
            if branch.named or branch.any:
                self._find(branch.at, "path-in-path", "another path leads through this one: declare one of them")
            return branch.leaf
        below = self._built(branch.any) if branch.any is not None else None
        children = {name: self._built(child) for name, child in branch.named.items()}
        return ObjectShape(children=children, other=below, items=below)

    def _html(self, body: HtmlBody) -> HtmlShapes:
        elements = tuple(
            ElementShape(
                element=element.element,
                css_class=pattern_of(element.css_class) if element.css_class else None,
                within=pattern_of(element.within) if element.within else None,
                field=self.value(element.element, element.category, element.at) if element.category else None,
                key=self._key_in(element),
            )
            for element in body.elements
        )
        return HtmlShapes(
            record=self.record(body.record, body.at) if body.record else ObjectShape(),
            key=record.key if (record := self._system.records.get(body.record or "")) is not None else (),
            elements=elements,
            control=pattern_of(body.controls) if body.controls else None,
            links_hold_values=body.links_hold_values,
            own_control="|".join(map(pattern_of, body.own_controls)) or None,
            scanned=body.scanned,
            key_controls=self._key_places(body.key_controls, body.at),
            key_attributes=self._key_places(body.key_attributes, body.at),
            tables=body.tables,
            titles=self._titles(body.record) if body.tables else {},
        )

    def _key_in(self, element: Element) -> tuple[int, ...]:
        if element.key_of is None:
            return ()
        self.record(element.key_of, element.at)
        return self.key_of(element.key_of)

    def _key_places(self, places: tuple[tuple[str, str], ...], at: Position) -> tuple[KeyPlace, ...]:
        for _, record in places:
            self._key_stands(record, at)
        return tuple(KeyPlace(pattern_of(name), record) for name, record in places)

    def _key_stands(self, record: str, at: Position) -> None:
        self._keyed.add(record)
        if record not in self._system.records:
            self._unknown_record(at, record)

    def _unknown_record(self, at: Position, name: str) -> None:
        message = f"there is no record `{name[:80]}`{nearest(name, self._system.records)}"
        self._find(at, "unknown-record", message, f"`{name[:80]}`")

    def _titles(self, name: str | None) -> dict[str, str]:
        record = self._system.records.get(name or "")
        return {} if record is None else {field.title: field.name for field in record.fields.values() if field.title}

    def _find(self, at: Position, code: str, message: str, about: str = "") -> None:
        self._findings.add(Finding(at, code, message, about=about))
