"""What of the true values that a form carries may be put back where it is sent: in the record that they are of alone.

A form is sealed for its caller and its address. An address that leads to every record says nothing of which one is
meant, and neither does one that leads to a record whose key is changed on the way: so a form says as well, sealed, what
its controls say of whose record it is, and nothing of it is put back where they say something else.

INVARIANT: what a caller is not shown of one record never gets into one of which he is shown more.
"""

from collections.abc import Mapping, Sequence

from policies.applies import is_about
from policies.formats.html_forms import Carried, Held
from policies.formats.sent_form import Part
from policies.policy import Direction
from policies.program import FREE_TEXT, UNDECLARED, HtmlShapes, Program
from policies.transforms.spec import Scan, Show
from policies.write_back import control_field, field_of_control, fits, plain


class Restoring:
    """Tells what may be put back in the forms of one system."""

    def __init__(self, program: Program) -> None:
        self._alike = frozenset(index for index in range(len(program.fields)) if _is_hidden_alike(program, index))

    def carried(self, held: Held, sent: Sequence[Part], shapes: HtmlShapes, *, names_record: bool) -> Carried:
        """What of *held* may be put back in a form whose controls came as *sent*; nothing where it is another record's.

        *names_record*: whether the address that the form is sent to does.
        """
        said = _said(sent, held, shapes)
        unseen = {name: said.unseen.get(name, []) for name in held.unseen}
        if not (_agree(held.key, said.key) and _agree(held.unseen, unseen)):
            return {}
        is_named = names_record or any(value.strip() for values in held.key.values() for value in values)
        if is_named and not _chooses(sent, held, shapes) and _agree(held.subject, said.subject):
            return held.carried
        # Nobody can tell whose record it will be: what is hidden in that as it was here tells no more there.
        return {name: values for name, values in held.carried.items() if self._stays_hidden(name, shapes)}

    def _stays_hidden(self, name: str, shapes: HtmlShapes) -> bool:
        index = control_field(name, shapes)
        return index in self._alike and not (index == UNDECLARED and shapes.scanned)


def _is_hidden_alike(program: Program, index: int) -> bool:
    """Whether what is hidden of a field in one record is hidden from the same caller in every other."""
    field = program.fields[index]
    specs = {field.mask}
    for grant in program.grants:
        if grant.direction is not Direction.ANSWER or field.category not in grant.sees:
            continue
        if not is_about(grant, field.name):
            continue
        spec = grant.sees[field.category]
        # What only some operations show, the system may show of some records alone.
        if spec != field.mask and (grant.owner or grant.rows or grant.operations is not None):
            return False
        specs.add(spec)
    return index != FREE_TEXT and Scan() not in specs and field.mask != Show()


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
