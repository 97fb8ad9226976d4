"""Masks HTML pages: declared elements and form controls by their fields, everything else as free text.

The personal values of declared elements are looked for in every other text, attribute and comment of the page: a name
in a cell is masked in the page's title as well. So a page is held to its end. A large one is read twice, to find its
values and to mask it: held as parts it would weigh many times what it is written with.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial

from policies.choose import GENERAL
from policies.formats.charset import Charset
from policies.formats.free_text import KnownValues
from policies.formats.html_around import Around
from policies.formats.html_attributes import is_tag_name
from policies.formats.html_controls import CONTROLS, is_hidden, is_label, repeated_input
from policies.formats.html_fields import Field, Made, chosen
from policies.formats.html_forms import Forms, Seal
from policies.formats.html_keys import Addresses, AsTheyAre, PageKeys
from policies.formats.html_parts import Run, doctype, hidden_text, is_inline, masked_raw, masked_tag, without_text
from policies.formats.html_scripts import Script, script_in
from policies.formats.html_shape import HtmlShape
from policies.formats.html_tables import OF_TABLE, Cell, Tables
from policies.formats.html_tokens import Comment, EndTag, HtmlTokens, StartTag, Text, Token
from policies.formats.html_whose import Seen
from policies.formats.json_body import JsonMasker
from policies.formats.json_nodes import Value
from policies.formats.masker import VALUE_BLOCKED, Action, Kind, Tally, Withheld
from policies.formats.said import Said

LARGEST_PAGE = 4 * 1024 * 1024
"""Bytes. What is larger is withheld."""
WINDOW_CHARS = 256 * 1024
WINDOW_PARTS = 16 * 1024
"""Of a page held as parts; a larger one is masked window by window once it has been read."""
LONGEST_RUN = 64 * 1024
DEEPEST_DECLARED = 8
"""Of declared elements in one another."""
DEEPEST_TEMPLATES = 4
"""Of scripts of some language in one another, each of which is read as a page is."""

_LEFT_OUT = Action(field=0, kind=Kind.DROP)
_AROUND_VALUES = Action(field=0, kind=Kind.SCAN, personal=False)
"""For a cell of a table that holds no value: its text, controls and links are treated as any others."""


class HtmlMasker:
    """A masker for one HTML page. *said* is what the caller said in the request. What is found is told to *seen*."""

    def __init__(
        self,
        shape: HtmlShape,
        tally: Tally,
        charset: str,
        seal: Seal,
        said: Said | None = None,
        seen: Seen | None = None,
        addresses: Addresses | None = None,
    ) -> None:
        self.tally = tally
        self._seen = seen
        self._shape = shape
        self._charset = Charset(charset)
        self._seal = seal
        self._said = said or Said()
        self._addresses = addresses or AsTheyAre()
        self._known = KnownValues(self._said, self._addresses.handles)
        for key in self._addresses.hidden_keys:
            self._known.hides = True
            self._known.add(key)
        self._first = self._reading()
        self._tokens = HtmlTokens()
        self._size = 0
        self._texts: list[str] = []

    def feed(self, data: bytes) -> list[bytes]:
        """See `Masker.feed`. Nothing comes out before the end."""
        self._size += len(data)
        if self._size > LARGEST_PAGE:
            raise Withheld("too_large_to_mask")
        self._read(self._charset.decode(data), final=False)
        return []

    def close(self) -> list[bytes]:
        """See `Masker.close`."""
        self._read(self._charset.decode(b"", final=True), final=True)
        self._first.end()
        for key in self._addresses.met:
            self._known.hides = True
            self._known.add(key)
        if self._first.is_held:
            masked = self._first.flush()
        else:
            self.tally.take()
            if self._seen is not None:
                self._seen.clear()
            masked = "".join(self._masked_again())
        return [self._charset.encode(masked)] if masked else []

    def _reading(self) -> "_Reading":
        return _Reading(self._shape, self.tally, self._seal, self._known, self._said, self._addresses, self._seen)

    def _read(self, text: str, *, final: bool) -> None:
        self._texts.append(text)
        for token in self._tokens.feed(text, final=final):
            self._first.take(token)
            if self._first.is_full:
                self._first.let_go()

    def _masked_again(self) -> Iterator[str]:
        """The page, window by window, now that all its values are known."""
        second, text = self._reading(), "".join(self._texts)
        self._texts.clear()
        for token in HtmlTokens().feed(text, final=True):
            second.take(token)
            if second.is_full:
                yield second.flush()
        second.end()
        yield second.flush()


class _Reading:
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
        self._forms = Forms(shape, known, tally, seal, self._note_control)
        self._script = Script.CODE  # what the raw text is that comes next
        self._parts: list[Callable[[], str]] = []  # what the window will become, once all values are known
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
        return "".join(part() for part in parts)

    def let_go(self) -> None:
        """Hold what has been read no longer: it will be read again."""
        self.is_held = False
        self._run, self._parts, self._waiting = Run(), [], 0

    def _take(self, token: Token) -> None:
        if isinstance(token, StartTag | EndTag) and not is_tag_name(token.name):
            if self._field is None:
                self._stand(token)
            return  # what is around it reads on as if it were not there, as it does to the eye
        token = self._with_handles(token)
        if self._field is not None:
            if not self._field.ends_with(token):
                self._field.add(token)
                return
            self._end_field(self._field)
        self._stand(token)
        cell = self._tables.take(token)
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
            self._put(lambda: masked_raw(token.source, self._known, self.tally))
        else:
            self._put(partial(self._raw, self._script, token.source))

    def _start(self, tag: StartTag, cell: Cell | None) -> None:
        self._script = script_in(tag)
        if tag.name == "form":
            self._forms.begin(tag)
        around = self._around.fields
        self._around.begin(tag)
        if not self._shape.hides_everything:
            if tag.name in CONTROLS and self._control(tag):
                return
            if tag.name == "datalist" and is_hidden(self._shape.unnamed):
                self._field = Field(tag, _LEFT_OUT, _LEFT_OUT, is_subject=False)  # they are values of some control
                return
        selected = self._shape.select(tag, around)
        if selected is not None:
            self._field = Field(tag, *selected)
        elif cell is not None:
            self._field = self._cell(tag, cell)
        elif is_inline(tag.name) and not self._shape.hides_everything:
            self._run.add(tag)
        else:
            self._put_tag(tag)

    def _cell(self, tag: StartTag, cell: Cell) -> Field:
        """The table cell of *tag*: what its heading says nothing about holds what the application itself put there."""
        if cell.field:
            return Field(tag, *self._shape.actions_of(cell.field))
        action = self._shape.undeclared if cell.field is None and not cell.is_heading else _AROUND_VALUES
        return Field(tag, action, self._shape.undeclared, is_subject=False, cell=cell)

    def _end(self, tag: EndTag) -> None:
        self._around.end(tag.name)
        if is_inline(tag.name):
            self._run.add(f"</{tag.name}>")
            return
        if tag.name == "form" and (carried := self._forms.end()):
            self._put(partial(str, carried))
        self._put(lambda: f"</{tag.name}>")

    def _stand(self, token: Token | Made) -> None:
        """What comes next stands in an element that begins with *token*, or no longer in one that ends with it."""
        tag = token.begins if isinstance(token, Made) else token
        if self._seen is not None and isinstance(tag, StartTag | EndTag):
            self._seen.take(tag)

    def _stand_behind(self, token: Token | Made) -> None:
        """The same, where what was read whole ends with *token*."""
        if isinstance(token, EndTag):
            self._stand(token)

    def _within_one(self) -> AbstractContextManager[None]:
        """For what is read once more of an element that is open."""
        return nullcontext() if self._seen is None else self._seen.within()

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
        if tag.name == "input":
            self._put(self._made(control))
        else:
            self._field = control
        return True

    def _own_control(self, tag: StartTag) -> bool:
        own = self._forms.own_words(tag) if tag.name == "input" else None
        if own is None:
            return False
        self._put(lambda: repeated_input(tag, own, self._known, self.tally))
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
        if control.tag.name == "select" and self._is_shown_of_some(control):
            control.content = chosen(control.content)
        return self._forms.made(control)

    def _is_shown_of_some(self, control: Field) -> bool:
        """Whether the field of *control* is hidden in everybody's records, though it is shown in this one."""
        if not control.control or is_hidden(control.action) or self._shape.in_table is None:
            return False
        return is_hidden(self._shape.in_table(GENERAL).action_of(control.control))

    def _end_field(self, field: Field) -> None:
        self._field = None
        if field.control is not None:
            self._put(self._made(field))
        else:
            if field.cell is not None:
                self._without_values(field, field.cell, self._tables)
            self._put(self._element(field, self._around.fields, 0))

    def _without_values(self, field: Field, cell: Cell, tables: Tables) -> None:
        """Leave of a cell that no field is declared for what leads on, and of a heading what names a field."""
        if cell.is_heading and self._shape.is_declared(tables.name(field.text)):
            return
        field.content = [
            Made(partial(hidden_text, token)) if isinstance(token, Text) and not token.raw else token
            for token in field.content
        ]

    def _element(self, field: Field, around: Mapping[re.Pattern[str], str], depth: int) -> Callable[[], str]:
        """How a declared element, *depth* others around it, will be written up to its end tag.

        *around* are the fields that all elements around what it holds name.
        """
        if depth > DEEPEST_DECLARED:
            raise Withheld("nested_too_deeply")
        if not all(isinstance(token, Text) for token in field.content):
            masked = is_hidden(field.action)
            if not masked:
                with self._within_one():
                    field.content = self._with_elements_made(field.content, around, depth)
            with self._within_one():
                field.content = self._with_controls_made(field.content, hidden=masked)
        parts = field.parts(self._shape.labels)
        for part in parts:
            self._note_content(part)
        hidden = any(is_hidden(part.action) for part in parts)

        def written() -> str:
            start = field.start(self._known, self.tally, self._shape.links, hidden=hidden)
            return start + "".join(part.masked(self._known, self.tally, self._shape.links) for part in parts)

        return written

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
            self._stand(token)
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
                        self._without_values(inner, inner.cell, tables)
                    out.append(Made(self._element(inner, within.fields, depth + 1), begins=token))
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
            return self._cell(tag, cell)
        if tag.name in OF_TABLE and tables.is_within_one:
            return Field(tag, _AROUND_VALUES, self._shape.undeclared, is_subject=False)
        return None

    def _with_controls_made(self, content: list[Token | Made], *, hidden: bool) -> list[Token | Made]:
        """*content* of an element, with its form controls and what its forms carry masked by themselves."""
        out: list[Token | Made] = []
        waiting = iter(content)
        script = Script.CODE
        for token in waiting:
            self._stand(token)
            match token:
                case StartTag(name="form"):
                    self._forms.begin(token)
                case EndTag(name="form"):
                    out.append(Made(partial(str, self._forms.end())))
                case StartTag(name="datalist") if is_hidden(self._shape.unnamed):
                    choices = Field(token, _LEFT_OUT, _LEFT_OUT, is_subject=False)
                    out += [token, *_last_of(choices, waiting)]
                    self._stand_behind(out[-1])
                    continue
                case StartTag() if token.name in CONTROLS and (made := self._within(token, waiting, hidden=hidden)):
                    out += made
                    self._stand_behind(out[-1])
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
            return [Made(lambda: run.masked(self._known, self.tally)), *end]
        return [Made(self._made(control)), *end]

    def _note_content(self, part: Field) -> None:
        """Note what *part* holds. A field has one value: where it holds several, nobody knows whose each of them is."""
        lines = part.lines
        if not lines:
            self._note_empty(part.action, part.is_subject, "")
            return
        self.tally.count(part.action)
        self.tally.has_unreadable |= part.is_subject and len(lines) > 1
        for text in [part.text] if part.action.kind is Kind.SCAN else dict.fromkeys((part.text, *lines)):
            self._note(text, part.action, part.is_subject, is_proof=part.is_in_one_piece)

    def _note_empty(self, action: Action, is_subject: bool, group: str) -> None:
        if self._seen is not None:
            self._seen.note("", action, is_subject=is_subject, group=group)

    def _note_control(self, value: str, action: Action, is_subject: bool, group: str) -> None:
        if not value:
            self._note_empty(action, is_subject, group)
            return
        # A form that was not accepted holds what the caller has said, and that makes nothing public.
        self._note(value, action, is_subject, group=group, echoes=self._said.holds(value))

    def _note(
        self,
        value: str,
        action: Action,
        is_subject: bool,
        *,
        group: str = "",
        echoes: bool = False,
        is_proof: bool = True,
    ) -> None:
        if action.kind is Kind.BLOCK:
            raise Withheld(VALUE_BLOCKED)
        if is_subject:
            self.tally.note_subject(value.strip())
        if self._seen is not None:
            # What the caller has said himself, and the page repeats, proves nothing of whose it is.
            proves = is_proof and is_subject and not self._said.names(value)
            self._seen.note(value.strip(), action, is_subject=proves, group=group)
        if action.kind is Kind.SHOW and not echoes:
            self._said.note_public(value)
        if action.kind is Kind.MASK and action.apply(value.strip()) != value.strip():
            self._known.hides = True
            if action.followed:
                self._known.add(value)

    def _raw(self, script: Script, source: str) -> str:
        """The text of a script or a style sheet."""
        match script:
            case Script.JSON:
                return self._data(source) if source.strip() else source
            case Script.OTHER:
                return masked_raw(self._template(source), self._known, self.tally)
            case Script.CODE:
                return masked_raw(source, self._known, self.tally)

    def _template(self, source: str) -> str:
        """The text of a script of some language, which is read as a page is; empty where it cannot be."""
        if self._depth >= DEEPEST_TEMPLATES:
            raise Withheld("nested_too_deeply")  # and the template around it is left empty
        around = (self._known, self._said, self._keys.addresses, self._seen)
        reading = _Reading(self._shape, self.tally, self._seal, *around, self._depth + 1)
        try:
            with nullcontext() if self._seen is None else self._seen.apart():
                for token in HtmlTokens().feed(source, final=True):
                    reading.take(token)
                reading.end()
                return reading.flush()
        except Withheld:
            return ""

    def _data(self, source: str) -> str:
        """The text of a script that holds data: nothing in it is declared."""
        masker = JsonMasker(Value(self._shape.undeclared), self._shape.undeclared, self.tally)
        masked = b"".join([*masker.feed(source.encode("utf-8", "replace")), *masker.close()]).decode()
        return masked.replace("<", "\\u003c")

    def _put_tag(self, tag: StartTag) -> None:
        shown = without_text(tag) if self._shape.hides_everything else tag
        self._put(lambda: masked_tag(shown, self._known, self.tally))

    def _put(self, part: Callable[[], str]) -> None:
        self._end_run()
        self._parts.append(part)

    def _end_run(self) -> None:
        if self._run.pieces:
            run, self._run = self._run, Run()
            self._parts.append(lambda: run.masked(self._known, self.tally))


def _last_of(field: Field, waiting: Iterator[Token | Made]) -> list[Token | Made]:
    """What ends *field*, if it ends; what comes before is added to its content."""
    for token in waiting:
        if isinstance(token, Made) or field.ends_with(token):
            return [token]
        field.add(token)
    return []
