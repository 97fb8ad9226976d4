"""Who is shown records by whose they are may not say whose one is: a record that exists keeps its subject.

Some callers are shown a record otherwise where it is somebody's: an owner, who acts for one, who may ask for one
person's. Whoever of them wrote another subject into a record would read there what is hidden from him as it is.

INVARIANT: who is shown more by a subject changes that of no record of which he is shown less otherwise.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from policies.applies import Asking, anywhere, applies
from policies.checks.near import folded_name, named_within
from policies.choose import everybodys
from policies.decisions import decided, said_of, shows_no_more
from policies.digest import canonical, is_exact
from policies.formats.html.forms import Held
from policies.formats.sent_form import Part
from policies.permits import Kind
from policies.policy_kinds import Direction, Owner
from policies.program import GrantRule, Program
from policies.program_shapes import UNDECLARED, HtmlShapes, ObjectShape, RowsShape, Shape, ValueShape, trees_in
from policies.sent.json import Step
from policies.sent.restoring import Restoring, names_key
from policies.sent.write_back import control_field, plain

CHANGES = frozenset({"PATCH", "PUT"})
"""Methods of requests about what exists, whatever their address says (RFC 9110 and RFC 5789)."""


class SubjectChanged(Exception):
    """A request writes whose a record is, and its caller is shown records by that."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field
        """As declared."""


class Subjects:
    """The subjects of the records of *program*, and who may not change them."""

    def __init__(self, program: Program) -> None:
        self._program = program
        answers = [grant for grant in program.grants if grant.direction is Direction.ANSWER]
        reveals = [rule.grant for rule in program.reveals if rule.kind is Kind.REVEAL]
        owners = [grant for grant in answers if grant.owner is not None]
        self.by_subject = tuple(_at_any_time([*owners, *reveals]))
        """Every grant that shows records by their subject, wherever and for whatever purpose it applies."""
        self._everybodys = everybodys(answers)
        self._at_any_time = list(zip(self._everybodys, _at_any_time(self._everybodys), strict=True))
        self._fields = _by_subject(program)

    def kept(self, asking: Asking, *, is_citizen: bool) -> "KeptSubjects":
        """Those that whoever is *asking* may not change, at whatever time, from where and for what purpose he reads.

        Who may act for others may do so by another credential: what that shows counts as well.
        """
        mine = [
            grant
            for grant in self.by_subject
            if applies(grant, asking) and (grant.owner is not Owner.SELF or is_citizen)
        ]
        others = [each for each, wherever in self._at_any_time if applies(wherever, asking)] if mine else []
        return self._shown_by(mine, others)

    def of_anybody(self) -> "KeptSubjects":
        """Those that somebody, wherever a grant that goes by the subject applies to him, may not change."""
        return self._shown_by(self.by_subject, ())

    def _shown_by(self, mine: Sequence[GrantRule], others: Sequence[GrantRule]) -> "KeptSubjects":
        """Those by which the grants *mine* show something that *others*, which go by no subject, do not surely show."""
        program = self._program
        found = (
            subject
            for subject, fields in self._fields.items()
            if any(_shows_more(program, field, grant, others) for field in fields for grant in mine)
        )
        return KeptSubjects(program, frozenset(found))


class KeptSubjects:
    """The fields, by index, in which one caller may not write whose a record is."""

    def __init__(self, program: Program, subjects: frozenset[int]) -> None:
        self._fields = program.fields
        names = (program.fields[subject].name for subject in subjects)
        self._names = {folded_name(_last(name)): name for name in names}
        pathed = (
            index
            for index, field in enumerate(program.fields)
            if field.name.startswith("/") and folded_name(_last(field.name)) in self._names
        )
        self.indexes = subjects | frozenset(pathed)
        """A field that a body declares by its path is one where it is called like one."""

    def __bool__(self) -> bool:
        return bool(self.indexes)

    def step(self, key: Iterable[int], *, names_record: bool) -> "Keeping":
        """A step through JSON that takes note of what is written; *key* are the fields that a record is found by."""
        return Keeping(self, frozenset(key) - self.indexes - {UNDECLARED}, names_record=names_record)

    def check_form(
        self,
        sent: Sequence[Part],
        settled: Sequence[Part],
        shapes: HtmlShapes,
        forms: Sequence[Held],
        restoring: Restoring,
        *,
        names_record: bool,
    ) -> None:
        """Raise SubjectChanged where a form, whose controls came as *sent*, is *settled* to write another subject.

        *forms* are what the caller was shown and has sent back. What stood there, as it was shown, is no change;
        whether a value is the one that was hidden there is told to nobody.
        """
        said: dict[str, list[str]] = {}
        for part in sent:
            if self._in_control(part, shapes) is not None:
                said.setdefault(part.name, []).append(part.value)
        if not said:
            return
        is_named = names_record or any(
            value.strip() for held in forms for sends in held.key.values() for value in sends
        )
        if not is_named and not any(self._names_record(part, shapes) for part in sent):
            return
        shown = [held for held in forms if restoring.is_of(held, sent, shapes)]
        for part in settled:
            values = said.get(part.name)
            if values is not None and not any(_is_shown(values, held, part.name) for held in shown):
                raise SubjectChanged(self._in_control(part, shapes) or "")

    def undeclared(self, name: str) -> str | None:
        """The subject that a system may find under the undeclared *name*."""
        return named_within(name, self._names)

    def name_of(self, index: int) -> str | None:
        """The subject that is written in the field of this *index*; None where none is."""
        return self._fields[index].name if index in self.indexes else None

    def _in_control(self, part: Part, shapes: HtmlShapes) -> str | None:
        index = control_field(part.name, shapes)
        if index != UNDECLARED:
            return self.name_of(index)
        is_blank = part.file is None and not part.value.strip()  # as the rows are for more of what a record holds
        return None if is_blank else self.undeclared(part.name)

    def _names_record(self, part: Part, shapes: HtmlShapes) -> bool:
        return bool(part.value.strip()) and self._in_control(part, shapes) is None and names_key(part.name, shapes)


class Keeping(Step):
    """Takes note of whether JSON names a record that exists, and of the subject that it writes."""

    def __init__(self, kept: KeptSubjects, key: frozenset[int], *, names_record: bool) -> None:
        self._kept = kept
        self._key = key
        self._names_record = names_record
        self._written: str | None = None

    def nested(self, value: Any, shape: Shape | None, parts: Mapping[str, Shape], *, droppable: bool) -> Any:
        """See `Step`."""
        if isinstance(shape, ValueShape):
            self._note(self._kept.name_of(shape.field))
        return value

    def names(self, value: Mapping[str, Any], shape: Shape | None, declared: Mapping[str, Shape]) -> None:
        """See `Step`."""
        for key in value.keys() - declared.keys():
            self._note(self._kept.undeclared(key))

    def columns(self, names: Iterable[str], record: ObjectShape) -> None:
        """See `Step`."""
        for name in names:
            if name not in record.children:
                self._note(self._kept.undeclared(name))

    def single(self, value: Any, shape: Shape | None, *, droppable: bool) -> Any:
        """See `Step`."""
        if isinstance(shape, ValueShape):
            self._note(self._kept.name_of(shape.field))
            if shape.field in self._key and value is not None and str(value).strip():
                self._names_record = True
        return value

    def check(self) -> None:
        """Raise SubjectChanged, once the JSON is read, where it writes the subject of a record that exists."""
        if self._names_record and self._written is not None:
            raise SubjectChanged(self._written)

    def _note(self, name: str | None) -> None:
        if name is not None:
            self._written = name


def _is_shown(values: Sequence[str], held: Held, name: str) -> bool:
    """Whether the control *name* came back with what it was shown with, in whatever spelling."""
    sends = {**held.unseen, **held.key, **held.subject}
    return [*map(_spelled, values)] == [*map(_spelled, sends.get(name, ()))]


def _spelled(value: str) -> str:
    return canonical(value) if is_exact(value) else plain(value)


def _last(name: str) -> str:
    """What a field is called where it stands: *name* is `record.field`, or a path."""
    return re.split("[./]", name)[-1]


def _at_any_time(grants: Iterable[GrantRule]) -> list[GrantRule]:
    """*grants* as they would apply to the same callers by any of their credentials."""
    return [msgspec.structs.replace(grant, purposes=(), not_purposes=()) for grant in anywhere(grants)]


def _shows_more(program: Program, field: int, grant: GrantRule, others: Sequence[GrantRule]) -> bool:
    """Whether *grant* shows something of *field* that *others* do not show wherever it applies."""
    said = said_of(program, field, [grant])
    if not said:
        return False
    surely = [each for each in others if _always_applies(each) and each.until >= grant.until]
    otherwise = {decided(program, field, surely).spec}
    otherwise |= said_of(program, field, [each for each in others if each not in surely])
    return any(not shows_no_more(spec, other) for spec in said for other in otherwise)


def _always_applies(grant: GrantRule) -> bool:
    conditions = (grant.operations, grant.networks, grant.hours)
    return all(each is None for each in conditions) and not (grant.purposes or grant.not_purposes)


def _by_subject(program: Program) -> dict[int, set[int]]:
    """By the index of each field that is a subject: those of the fields that are shown by it."""
    found: dict[int, set[int]] = {}
    for operation in program.operations:
        for shapes in (operation.answers, operation.body):
            for shape in (*trees_in(shapes).values(), shapes.html.record if shapes.html is not None else None):
                _walk(shape, set(), found)
    return found


def _walk(shape: Shape | None, fields: set[int], found: dict[int, set[int]]) -> None:
    """Add to *found* what *shape* holds; to *fields*, what belongs to the record around it."""
    match shape:
        case ValueShape(field, label):
            fields |= {field, label}
        case ObjectShape(children, other, items, subject):
            named = children.get(subject) if subject is not None else None
            if isinstance(named, ValueShape):
                fields = found.setdefault(named.field, set())
            for each in (*children.values(), other, items):
                _walk(each, fields, found)
        case RowsShape(_, record):
            _walk(record, fields, found)
        case _:
            pass
