"""What stands inside of elements that hold values: other such elements, tables, form controls, forms and scripts."""

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from policies.formats.free_text import KnownValues
from policies.formats.html.around import Around
from policies.formats.html.controls import CONTROLS, is_hidden, is_label
from policies.formats.html.fields import Field, Made
from policies.formats.html.forms import Forms
from policies.formats.html.found import Found
from policies.formats.html.parts import Run, hidden_text
from policies.formats.html.scripts import Script, script_in
from policies.formats.html.shape import HtmlShape
from policies.formats.html.tables import OF_TABLE, Cell, Tables
from policies.formats.html.tokens import EndTag, StartTag, Text, Token
from policies.formats.masker import Action, Kind, Tally, Withheld

DEEPEST_DECLARED = 8
"""Of declared elements in one another."""

_LEFT_OUT = Action(field=0, kind=Kind.DROP)
_AROUND_VALUES = Action(field=0, kind=Kind.SCAN, personal=False)
"""For a cell of a table that holds no value: its text, controls and links are treated as any others."""


class Inside:
    """Treats the elements of one page that hold values. *found* is told what they hold.

    *made* tells how a form control will be written, and *raw* what the text of a script becomes.
    """

    def __init__(
        self,
        shape: HtmlShape,
        known: KnownValues,
        tally: Tally,
        forms: Forms,
        found: Found,
        made: Callable[[Field], Callable[[], str]],
        raw: Callable[[Script, str], str],
    ) -> None:
        self._shape = shape
        self._known = known
        self._tally = tally
        self._forms = forms
        self._found = found
        self._made = made
        self._raw = raw

    def written(self, field: Field, around: Mapping[re.Pattern[str], str], depth: int) -> Callable[[], str]:
        """How a declared element, *depth* others around it, will be written up to its end tag.

        *around* are the fields that all elements around what it holds name.
        """
        if depth > DEEPEST_DECLARED:
            raise Withheld("nested_too_deeply")
        if not all(isinstance(token, Text) for token in field.content):
            masked = is_hidden(field.action)
            if not masked:
                with self._found.within_one():
                    field.content = self._with_elements_made(field.content, around, depth)
            with self._found.within_one():
                field.content = self._with_controls_made(field.content, hidden=masked)
        parts = field.parts(self._shape.labels)
        for part in parts:
            self._found.note_content(part)
        hidden = any(is_hidden(part.action) for part in parts)

        def source() -> str:
            start = field.start(self._known, self._tally, self._shape.links, hidden=hidden)
            return start + "".join(part.masked(self._known, self._tally, self._shape.links) for part in parts)

        return source

    def leave_values_out(self, field: Field, cell: Cell, tables: Tables) -> None:
        """Leave of a cell that no field is declared for what leads on, and of a heading what names a field."""
        if cell.is_heading and self._shape.is_declared(tables.name(field.text)):
            return
        field.content = [
            Made(partial(hidden_text, token)) if isinstance(token, Text) and not token.raw else token
            for token in field.content
        ]

    def cell(self, tag: StartTag, cell: Cell) -> Field:
        """The table cell of *tag*: what its heading says nothing about holds what the application itself put there."""
        if cell.field:
            return Field(tag, *self._shape.actions_of(cell.field))
        action = self._shape.undeclared if cell.field is None and not cell.is_heading else _AROUND_VALUES
        return Field(tag, action, self._shape.undeclared, is_subject=False, cell=cell)

    def _with_elements_made(
        self, content: list[Token | Made], around: Mapping[re.Pattern[str], str], depth: int
    ) -> list[Token | Made]:
        """*content* of an element that is shown, with the declared elements in it masked by themselves.

        So are the cells of tables in it: each holds a value of its own, and is treated as in any table of the page.
        """
        out: list[Token | Made] = []
        waiting = deque(content)
        within = Around(self._shape.looked_for_around, around)
        tables = Tables(self._shape.tables, self._shape.titles)
        while waiting:
            token = waiting.popleft()
            self._found.stand(token)
            cell = None if isinstance(token, Made) else tables.take(token)
            if isinstance(token, StartTag):
                inner = self._inner(token, within.fields, tables, cell)
                within.begin(token)
                if inner is not None:
                    while waiting and not isinstance(then := waiting[0], Made) and not inner.ends_with(then):
                        inner.add(then)
                        waiting.popleft()
                        if tables.reads_heading:
                            tables.take(then)
                    if inner.cell is not None:
                        self.leave_values_out(inner, inner.cell, tables)
                    out.append(Made(self.written(inner, within.fields, depth + 1), begins=token))
                    within.end(token.name)
                    continue
            elif isinstance(token, EndTag):
                within.end(token.name)
            out.append(token)
        return out

    def _inner(
        self, tag: StartTag, around: Mapping[re.Pattern[str], str], tables: Tables, cell: Cell | None
    ) -> Field | None:
        """The element of *tag* in one that is shown, where it is treated by itself."""
        selected = self._shape.select(tag, around)
        if selected is not None:
            return Field(tag, *selected)
        if cell is not None:
            return self.cell(tag, cell)
        if tag.name in OF_TABLE and tables.is_within_one:
            return Field(tag, _AROUND_VALUES, self._shape.undeclared, is_subject=False)
        return None

    def _with_controls_made(self, content: list[Token | Made], *, hidden: bool) -> list[Token | Made]:
        """*content* of an element, with its form controls and what its forms carry masked by themselves."""
        out: list[Token | Made] = []
        waiting = iter(content)
        script = Script.CODE
        for token in waiting:
            self._found.stand(token)
            match token:
                case StartTag(name="form"):
                    self._forms.begin(token)
                case EndTag(name="form"):
                    out.append(Made(partial(str, self._forms.end())))
                case StartTag(name="datalist") if is_hidden(self._shape.unnamed):
                    choices = offered_by(token)
                    out += [token, *_last_of(choices, waiting)]
                    self._found.stand_behind(out[-1])
                    continue
                case StartTag() if token.name in CONTROLS and (made := self._within(token, waiting, hidden=hidden)):
                    out += made
                    self._found.stand_behind(out[-1])
                    continue
                case StartTag():
                    script = script_in(token)
                case Text(raw=True) if not hidden:
                    out.append(Made(partial(self._raw, script, token.source)))
                    continue
                case _:
                    pass
            out.append(token)
        return out

    def _within(self, tag: StartTag, waiting: Iterator[Token | Made], *, hidden: bool) -> list[Token | Made]:
        """The control of *tag* in an element and what ends it, which *waiting* gives; nothing where it is none."""
        found = self._shape.control_of(tag)
        if found is None:
            self._forms.note_key(tag)
        elif not found[0] and is_label(tag) and not hidden:
            return []
        name, action = found or ("", self._shape.undeclared)
        if tag.name == "button":  # inside of what is hidden, it loses its value by itself
            return [] if hidden or found is None or not is_hidden(action) else [self._forms.pressed(tag, action)]
        if hidden and action.kind is Kind.SCAN:
            action = replace(action, kind=Kind.MASK, apply=self._shape.undeclared.apply)
        control = Field(tag, action, action, bool(name) and name == self._shape.record.subject, control=name)
        end = [] if tag.name == "input" else _last_of(control, waiting)
        if found is None:
            run = Run([tag, *(piece for piece in control.content if not isinstance(piece, Made | EndTag))])
            return [Made(lambda: run.masked(self._known, self._tally)), *end]
        return [Made(self._made(control)), *end]


def offered_by(tag: StartTag) -> Field:
    """The `datalist` of *tag*: what it offers are values of some control, and nothing of them is shown."""
    return Field(tag, _LEFT_OUT, _LEFT_OUT, is_subject=False)


def _last_of(field: Field, waiting: Iterator[Token | Made]) -> list[Token | Made]:
    """What ends *field*, if it ends; what comes before is added to its content."""
    for token in waiting:
        if isinstance(token, Made) or field.ends_with(token):
            return [token]
        field.add(token)
    return []
