"""What of the true values that a form carries may be put back where it is sent: in the record that they are of alone.

A form is sealed for its caller and its address. An address that leads to every record says nothing of which one is
meant, and neither does one that leads to a record whose key is changed on the way: so a form says as well, sealed, what
its controls say of whose record it is, and nothing of it is put back where they say something else.

INVARIANT: what a caller is not shown of one record never gets into one of which he is shown more.
"""

from collections.abc import Mapping, Sequence

from policies.applies import is_about
from policies.checks.near import Near
from policies.formats.html.forms import Carried, Held
from policies.formats.sent_form import Part
from policies.permits import Kind
from policies.policy_kinds import Direction
from policies.program import FREE_TEXT, Program
from policies.program_shapes import UNDECLARED, HtmlShapes
from policies.sent.write_back import control_field, field_of_control, fits, plain
from policies.transforms.spec import Scan, Show


class Restoring:
    """Tells what may be put back in the forms of one system."""

    def __init__(self, program: Program) -> None:
        fields = range(len(program.fields))
        self._alike = frozenset(index for index in fields if _is_hidden_alike(program, index, of_one=False))
        self._alike_of_one = frozenset(index for index in fields if _is_hidden_alike(program, index, of_one=True))

    def carried(self, held: Held, sent: Sequence[Part], shapes: HtmlShapes, *, names_record: bool) -> Carried:
        """What of *held* may be put back in a form whose controls came as *sent*; nothing where it is another record's.

        *names_record*: whether the address that the form is sent to does.
        """
        if not self.is_of(held, sent, shapes):
            return {}
        said = _said(sent, held, shapes)
        keeps_subject = _agree(held.subject, said.subject)
        if (names_record or _is_given(held.key)) and not _chooses(sent, held, shapes) and keeps_subject:
            return held.carried
        # Nobody can tell which record it will be: what is hidden in that as it was here tells no more there.
        alike = self._alike_of_one if keeps_subject and _is_given(held.subject) else self._alike
        return {name: values for name, values in held.carried.items() if _stays_hidden(name, shapes, alike)}

    def is_of(self, held: Held, sent: Sequence[Part], shapes: HtmlShapes) -> bool:
        """Whether a form whose controls came as *sent* says of which record it is as that which carries *held* did."""
        said = _said(sent, held, shapes)
        unseen = {name: said.unseen.get(name, []) for name in held.unseen}
        near = Near([*held.key, *held.subject, *held.unseen])
        if any(part.name in near for part in sent):  # a system may take it for one of them
            return False
        return _agree(held.key, said.key) and _agree(held.unseen, unseen)


def names_key(name: str, shapes: HtmlShapes) -> bool:
    """Whether the control *name* holds what a record is found by."""
    return field_of_control(name, shapes) in shapes.key or any(fits(place.name, name) for place in shapes.key_controls)


def _stays_hidden(name: str, shapes: HtmlShapes, alike: frozenset[int]) -> bool:
    index = control_field(name, shapes)
    return index in alike and not (index == UNDECLARED and shapes.scanned)


def _is_hidden_alike(program: Program, index: int, *, of_one: bool) -> bool:
    """Whether what is hidden of a field in one record is so from the same caller in every other, *of_one* subject."""
    field = program.fields[index]
    specs = {field.mask}
    for grant in program.grants:
        if grant.direction is not Direction.ANSWER or field.category not in grant.sees:
            continue
        if not is_about(grant, field.name):
            continue
        spec = grant.sees[field.category]
        # What only some operations show, the system may show of some records alone.
        goes_by_subject = grant.owner is not None and not of_one
        if spec != field.mask and (goes_by_subject or grant.rows or grant.operations is not None):
            return False
        specs.add(spec)
    for rule in program.reveals:
        is_askable = field.category in rule.grant.sees and is_about(rule.grant, field.name)
        if is_askable and rule.kind is Kind.REVEAL and not of_one:
            return False
    return index != FREE_TEXT and not any(isinstance(spec, Scan) for spec in specs) and field.mask != Show()


def _said(sent: Sequence[Part], held: Held, shapes: HtmlShapes) -> Held:
    """What the controls *sent* say of whose record it is, as far as *held* does, or declarations."""
    said = Held()
    for part in sent:
        field = field_of_control(part.name, shapes)
        if part.name in held.key or field in shapes.key:
            sends = said.key
        elif part.name in held.subject or (field and field == shapes.record.subject):
            sends = said.subject
        else:
            sends = said.unseen
        sends.setdefault(part.name, []).append(part.value)
    return said


def _is_given(sends: Mapping[str, Sequence[str]]) -> bool:
    """Whether any control of *sends* says something."""
    return any(value.strip() for values in sends.values() for value in values)


def _chooses(sent: Sequence[Part], held: Held, shapes: HtmlShapes) -> bool:
    """Whether the controls *sent* name a record that the form was not about, one of a list perhaps."""
    return any(
        fits(place.name, part.name) for part in sent if part.name not in held.key for place in shapes.key_controls
    )


def _agree(held: Mapping[str, Sequence[str]], said: Mapping[str, Sequence[str]]) -> bool:
    """Whether *said* is what was *held*, as browsers send it."""
    return all(
        [*map(plain, held.get(name, ()))] == [*map(plain, said.get(name, ()))] for name in held.keys() | said.keys()
    )
