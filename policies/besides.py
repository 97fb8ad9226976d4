"""Whether an answer may show what grants let be seen outside of the records that they let be told apart.

A grant with `rows` shows some records and leaves out the others. What an answer shows of its categories without saying
which record that belongs to could be of any.
"""

from collections.abc import Sequence

from policies.decisions import is_shown_by
from policies.program import FREE_TEXT, GrantRule, Program
from policies.program_shapes import UNDECLARED, ObjectShape, RowsShape, Shape, Shapes, ValueShape, messages_in, trees_in

KINDS = ("json", "html", "csv", "text", "ndjson", "xml", "documents", "events", "messages")


def shows_besides(program: Program, shapes: Shapes, kind: str, grants: Sequence[GrantRule]) -> bool:
    """Whether a body of *kind* in *shapes* may show what one of *grants* with `rows` sees, of records it leaves out.

    Free text beside fields is not judged: it is scanned for everybody alike.
    """
    return any(_shows(program, shapes, kind, grant) for grant in grants if grant.rows)


def _shows(program: Program, shapes: Shapes, kind: str, grant: GrantRule) -> bool:
    match kind:
        case "documents":
            return shapes.documents is not None  # no row can be taken out of one, and around its tables is free text
        case _ if (tree := trees_in(shapes).get(kind)) is not None:
            return _besides(program, tree, grant)
        case "text" if shapes.text is not None:
            return shapes.text == FREE_TEXT or is_shown_by(program, shapes.text, grant)
        case "events" | "messages":
            return any(
                _shows(program, Shapes(json=each.json, text=each.text), what, grant)
                for format_, _, each in messages_in(shapes)
                if format_ == kind
                for what in ("json", "text")
            )
        case "html" if shapes.html is not None:
            if _is_told_apart(program, shapes.html.record, grant):
                return False  # the page is shown as a whole or not at all
            elements = [element.field for element in shapes.html.elements if element.field is not None]
            return (
                shapes.html.scanned
                or any(is_shown_by(program, index, grant) for index in elements)
                or _besides(program, shapes.html.record, grant)
            )
        case _:
            return False


def _besides(program: Program, shape: Shape, grant: GrantRule) -> bool:
    waiting: list[Shape | None] = [shape]
    while waiting:
        match waiting.pop():
            case ValueShape() as value:
                if any(is_shown_by(program, index, grant) for index in (value.field, value.label)):
                    return True
            case ObjectShape(children, other, items) as record:
                if not _is_told_apart(program, record, grant):
                    waiting += [*children.values(), other, items]
            case RowsShape(_, record):
                waiting.append(record)
            case _:
                pass
    return False


def _is_told_apart(program: Program, record: ObjectShape, grant: GrantRule) -> bool:
    return any(
        isinstance(child, ValueShape) and child.field != UNDECLARED and program.fields[child.field].name in grant.rows
        for child in record.children.values()
    )
