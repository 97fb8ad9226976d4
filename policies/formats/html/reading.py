"""Reads a page token by token: what each part of it becomes, once all personal values of the page are known."""

from collections.abc import Callable
from functools import partial

from policies.formats.free_text import KnownValues
from policies.formats.html.around import Around
from policies.formats.html.attributes import is_tag_name
from policies.formats.html.controls import CONTROLS, is_hidden, is_label, repeated_input
from policies.formats.html.fields import Field
from policies.formats.html.forms import Forms, Seal
from policies.formats.html.found import Found
from policies.formats.html.headed import Headed
from policies.formats.html.inside import Inside, offered_by
from policies.formats.html.keys import Addresses, PageKeys
from policies.formats.html.parts import (
    UNSEEN,
    Run,
    doctype,
    hidden_text,
    is_inline,
    is_unseen,
    masked_raw,
    masked_tag,
    without_text,
)
from policies.formats.html.scripts import Script, masked_script, script_in
from policies.formats.html.shape import HtmlShape
from policies.formats.html.tables import Cell, Tables
from policies.formats.html.tokens import Comment, EndTag, HtmlTokens, StartTag, Tag, Text, Token
from policies.formats.html.whose import Seen
from policies.formats.masker import Action, Kind, Tally, Withheld
from policies.formats.said import Said

WINDOW_CHARS = 256 * 1024
PARTS_IN_A_TURN = 128
"""So many of a large page are masked before others have their turn."""
WINDOW_PARTS = 16 * 1024
"""Of a page held as parts; a larger one is masked window by window once it has been read."""
LONGEST_RUN = 64 * 1024
DEEPEST_TEMPLATES = 4
"""Of scripts of some language in one another, each of which is read as a page is."""


class Reading:
    """One way through a page, token by token, to what it becomes. What it finds is added to *known*.

    *depth*: how many templates lie around what is read.
    """

    def __init__(
        self,
        shape: HtmlShape,
        tally: Tally,
        seal: Seal,
        known: KnownValues,
        said: Said,
        addresses: Addresses,
        seen: Seen | None,
        depth: int = 0,
    ) -> None:
        self.tally = tally
        self._seen = seen
        self._shape = shape
        self._seal = seal
        self._known = known
        self._said = said
        self._addresses = addresses
        self._keys = PageKeys(shape, addresses)
        self._depth = depth
        self._run = Run()
        self._field: Field | None = None
        self._around = Around(shape.looked_for_around)
        self._tables = Tables(shape.tables, shape.titles)
        self._found = Found(tally, known, said, seen)
        self._forms = Forms(shape, known, tally, seal, self._found.note_control)
        self._inside = Inside(shape, known, tally, self._forms, self._found, self._made, self._raw)
        self._script = Script.CODE  # what the raw text is that comes next
        self._parts: list[str | Callable[[], str]] = []  # what the window will become, once all values are known
        self._waiting = 0
        self.is_held = True
        """Whether all parts of the page are still there, none of them made of what was not yet known."""

    @property
    def is_full(self) -> bool:
        """Whether enough has been read to be a window."""
        return (self._waiting >= WINDOW_CHARS or len(self._parts) >= WINDOW_PARTS) and self._field is None

    def take(self, token: Token) -> None:
        """Read *token*."""
        self._take(token)
        self._waiting += len(token.source)

    def end(self) -> None:
        """The page has ended."""
        while self._field is not None:  # what an element held may open another
            self._end_field(self._field)

    def flush(self) -> str:
        """What has been read since the last time becomes this."""
        self._end_run()
        parts, self._parts, self._waiting = self._parts, [], 0
        masked = []
        for number, part in enumerate(parts, 1):
            masked.append(part if isinstance(part, str) else part())
            if number % PARTS_IN_A_TURN == 0:
                self.tally.gives_way()
        return "".join(masked)

    def let_go(self) -> None:
        """Hold what has been read no longer: it will be read again."""
        self.is_held = False
        self._run, self._parts, self._waiting = Run(), [], 0

    def _take(self, token: Token) -> None:
        if isinstance(token, Tag) and not is_tag_name(token.name):
            if self._field is None:
                self._found.stand(token)
            return  # what is around it reads on as if it were not there, as it does to the eye
        if not isinstance(token, EndTag):
            token = self._with_handles(token)
        if self._field is not None:
            if not self._field.ends_with(token):
                self._field.add(token)
                return
            self._end_field(self._field)
        if self._seen is not None:
            self._found.stand(token)
        cell = None if self._shape.tables is None else self._tables.take(token)
        match token:
            case Text():
                self._text(token)
            case Comment():
                if token.source[:9].upper() == "<!DOCTYPE":
                    self._run.add(doctype(token))
                elif not self._shape.hides_everything:
                    self._run.add(token)
            case StartTag():
                self._start(token, cell)
            case EndTag():
                self._end(token)

    def _with_handles(self, token: Token) -> Token:
        within = self._field.action if self._field is not None else None
        match token:
            case StartTag():
                return self._keys.written(token, within)
            case Text() if self._field is None or self._field.control is None:
                return self._keys.text(token, within)
            case Comment():
                return self._keys.comment(token)
            case _:
                return token

    def _text(self, token: Text) -> None:
        if self._shape.hides_everything:
            self._put(lambda: "" if token.raw else hidden_text(token))
        elif not token.raw:
            self._run.add(token)
            if self._run.length > LONGEST_RUN:
                self._end_run()
        elif self._script is Script.CODE:
            self._put_unseen(lambda: masked_raw(token.source, self._known, self.tally))
        else:
            self._put_unseen(partial(self._raw, self._script, token.source))

    def _start(self, tag: StartTag, cell: Cell | None) -> None:
        self._script = script_in(tag) if tag.name == "script" else Script.CODE
        if tag.name == "form":
            self._forms.begin(tag)
        around = self._around.fields
        self._around.begin(tag)
        if not self._shape.hides_everything:
            if tag.name in CONTROLS and self._control(tag):
                return
            if tag.name == "datalist" and is_hidden(self._shape.unnamed):
                self._field = offered_by(tag)
                return
        selected = self._shape.select(tag, around)
        if selected is not None:
            self._field = Field(tag, *selected)
        elif cell is not None:
            self._field = self._inside.cell(tag, cell)
        elif is_inline(tag.name) and not self._shape.hides_everything:
            self._run.add(tag)
        elif (tag.name in UNSEEN or is_unseen(tag)) and not self._shape.hides_everything:
            self._put_unseen(lambda: masked_tag(tag, self._known, self.tally))
        else:
            self._put_tag(tag)

    def _end(self, tag: EndTag) -> None:
        self._around.end(tag.name)
        if is_inline(tag.name):
            self._run.add(f"</{tag.name}>")
            return
        if tag.name in UNSEEN:
            self._put_unseen(partial(str, f"</{tag.name}>"))
            return
        if tag.name == "form" and (carried := self._forms.end()):
            self._put(carried)
        self._put(f"</{tag.name}>")

    def _control(self, tag: StartTag) -> bool:
        """Take the form control of *tag*, unless it is to be treated like any other element."""
        found = self._shape.control_of(tag)
        if found is None:
            self._forms.note_key(tag)
            return self._own_control(tag)
        if not found[0] and is_label(tag):
            return False
        name, action = found
        if tag.name == "button":
            return self._button(tag, name, action)
        control = Field(tag, action, action, name == self._shape.record.subject, control=name)
        if is_unseen(tag):
            self._put_unseen(self._made(control))
        elif tag.name == "input":
            self._put(self._made(control))
        else:
            self._field = control
        return True

    def _own_control(self, tag: StartTag) -> bool:
        own = self._forms.own_words(tag) if tag.name == "input" else None
        if own is None:
            return False
        written = partial(repeated_input, tag, own, self._known, self.tally)
        if is_unseen(tag):
            self._put_unseen(written)
        else:
            self._put(written)
        return True

    def _button(self, tag: StartTag, name: str, action: Action) -> bool:
        if not is_hidden(action) or (not name and tag.value_of("value") is None):
            return False
        values = {"value": self._forms.next_choice, "name": tag.value_of("name") or ""}
        shown = self._forms.pressed(tag, action)
        if name:
            self._field = Field(tag, action, action, is_subject=False, values=values)
        else:
            self._put_tag(shown)
        return True

    def _made(self, control: Field) -> Callable[[], str]:
        """A control is treated when it is read: one whose text may hold values that come later is read again."""
        if control.action.kind is Kind.SCAN:
            self.is_held = False
        return self._forms.made(control)

    def _end_field(self, field: Field) -> None:
        self._field = None
        if field.control is not None:
            self._put(self._made(field))
        else:
            if field.cell is not None:
                self._inside.leave_values_out(field, field.cell, self._tables)
            self._put(self._inside.written(field, self._around.fields, 0))

    def _raw(self, script: Script, source: str) -> str:
        return masked_script(script, source, self._shape.undeclared, self._known, self.tally, self._template)

    def _template(self, source: str) -> str:
        """The text of a script of some language, which is read as a page is; empty where it cannot be."""
        if self._depth >= DEEPEST_TEMPLATES:
            raise Withheld("nested_too_deeply")  # and the template around it is left empty
        around = (self._known, self._said, self._keys.addresses, self._seen)
        reading = Reading(self._shape, self.tally, self._seal, *around, self._depth + 1)
        headed = Headed() if self._shape.names_headed else None
        try:
            with self._found.apart():
                for token in HtmlTokens().feed(source, final=True):
                    reading.take(token)
                    if headed is not None:
                        headed.take(token)
                reading.end()
                if headed is not None:
                    headed.learn(self._known, self.tally)
                return reading.flush()
        except Withheld:
            return ""

    def _put_tag(self, tag: StartTag) -> None:
        if not tag.attributes:
            self._put(tag.source)  # as of most tags
            return
        shown = without_text(tag) if self._shape.hides_everything else tag
        self._put(lambda: masked_tag(shown, self._known, self.tally))

    def _put_unseen(self, part: Callable[[], str]) -> None:
        """Put what is drawn nowhere: a run goes on behind it, if there is text before it that would be in one piece."""
        if self._run.length:
            self._run.add(part)
        else:
            self._put(part)

    def _put(self, part: str | Callable[[], str]) -> None:
        if self._run.pieces:
            self._end_run()
        self._parts.append(part)

    def _end_run(self) -> None:
        if self._run.pieces:
            run, self._run = self._run, Run()
            self._parts.append(lambda: run.masked(self._known, self.tally))
