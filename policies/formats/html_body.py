"""Masks HTML pages: declared elements and form controls by their fields, everything else as free text.

The personal values of declared elements are looked for in every other text, attribute and comment of the page: a name
in a cell is masked in the page's title as well. So a page is held to its end. A large one is read twice, to find its
values and to mask it: held as parts it would weigh many times what it is written with.
"""

import html
from collections.abc import Callable, Iterator

from policies.formats.charset import Charset
from policies.formats.free_text import KnownValues
from policies.formats.html_controls import Control, masked_input, masked_select, masked_textarea
from policies.formats.html_fields import Field
from policies.formats.html_parts import INLINE, Run, hidden_text, masked_raw, masked_tag, only, without_text
from policies.formats.html_shape import HtmlShape
from policies.formats.html_tokens import Comment, EndTag, HtmlTokens, StartTag, Text, Token
from policies.formats.json_body import JsonMasker
from policies.formats.json_tree import Value
from policies.formats.masker import Action, Kind, Tally, Withheld
from policies.formats.said import Said

LARGEST_PAGE = 4 * 1024 * 1024
"""Bytes. What is larger is withheld."""
WINDOW_CHARS = 256 * 1024
WINDOW_PARTS = 16 * 1024
"""Of a page held as parts; a larger one is masked window by window once it has been read."""
LONGEST_RUN = 64 * 1024
DEEPEST = 2_000
MOST_CARRIED = 2_000
"""Controls of one form: more could not be sent back."""

SEALED_NAME = "yingbi-sealed"
"""The hidden control in which a form carries the true values of its masked controls."""

_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_ENDED_BY_THEIR_LIKE = frozenset("li p dt dd option tr td th".split())
_JSON_TYPES = ("application/json", "application/ld+json", "importmap")

type Carried = dict[str, list[tuple[str, str]]]
"""By the name of a form's controls: what each shows, and the true value."""
type Seal = Callable[[str, Carried], str]
"""From where a form is sent, as its `action` says, and from what it must carry, to how it carries that."""


class HtmlMasker:
    """A masker for one HTML page. *said* is what the caller said in the request."""

    def __init__(self, shape: HtmlShape, tally: Tally, charset: str, seal: Seal, said: Said | None = None) -> None:
        self.tally = tally
        self._shape = shape
        self._charset = Charset(charset)
        self._seal = seal
        self._said = said or Said()
        self._known = KnownValues(self._said)
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
        if self._first.is_held:
            masked = self._first.flush()
        else:
            self.tally.take()
            masked = "".join(self._masked_again())
        return [self._charset.encode(masked)] if masked else []

    def _reading(self) -> "_Reading":
        return _Reading(self._shape, self.tally, self._seal, self._known, self._said)

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
    """One way through a page, token by token, to what it becomes. What it finds is added to *known*."""

    def __init__(self, shape: HtmlShape, tally: Tally, seal: Seal, known: KnownValues, said: Said) -> None:
        self.tally = tally
        self._shape = shape
        self._seal = seal
        self._known = known
        self._said = said
        self._run = Run()
        self._field: Field | None = None
        self._looks_around = shape.looks_around
        self._around: list[tuple[str, list[str]]] = []  # name and classes of the elements that are open
        self._form: Carried = {}  # what the open form must carry
        self._form_action = ""
        self._carried = 0
        self._raw_type = ""  # the type of the script whose text comes next
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
        if isinstance(token, StartTag):
            token = self._shape.without_keys(token, self._field.action if self._field is not None else None)
        if self._field is not None:
            if not self._field.ends_with(token):
                self._field.add(token)
                return
            self._end_field(self._field)
        match token:
            case Text():
                self._text(token)
            case Comment():
                if not self._shape.hides_everything or token.source[:9].upper() == "<!DOCTYPE":
                    self._run.add(token)
            case StartTag():
                self._start(token)
            case EndTag():
                self._end(token)

    def _text(self, token: Text) -> None:
        if self._shape.hides_everything:
            self._put(lambda: "" if token.raw else hidden_text(token))
        elif not token.raw:
            self._run.add(token)
            if self._run.length > LONGEST_RUN:
                self._end_run()
        elif self._raw_type in _JSON_TYPES:
            self._put(lambda: self._data_script(token.source))
        else:
            self._put(lambda: masked_raw(token.source, self._known, self.tally))

    def _start(self, tag: StartTag) -> None:
        self._raw_type = (tag.value_of("type") or "").strip().lower()
        if tag.name == "form":
            self._form, self._carried, self._form_action = {}, 0, tag.value_of("action") or ""
        around = [name for _, classes in self._around for name in classes]
        self._open(tag)
        if tag.name in ("input", "textarea", "select"):
            found = self._shape.control_of(tag.value_of("name") or "")
            if found is not None:
                self._control(tag, *found)
                return
        selected = self._shape.select(tag, around)
        if selected is None and tag.name in INLINE and not self._shape.hides_everything:
            self._run.add(tag)
            return
        self._put_tag(tag)
        if selected is not None:
            self._field = Field(tag, *selected)

    def _open(self, tag: StartTag) -> None:
        if not self._looks_around or tag.name in _VOID:
            return
        if tag.name in _ENDED_BY_THEIR_LIKE and self._around and self._around[-1][0] == tag.name:
            self._around.pop()
        if len(self._around) >= DEEPEST:
            raise Withheld("nested_too_deeply")
        self._around.append((tag.name, (tag.value_of("class") or "").split()))

    def _end(self, tag: EndTag) -> None:
        for depth in range(len(self._around) - 1, -1, -1):
            if self._around[depth][0] == tag.name:
                del self._around[depth:]
                break
        if tag.name in INLINE:
            self._run.add(f"</{tag.name}>")
            return
        if tag.name == "form" and self._form:
            sealed = html.escape(self._seal(self._form_action, self._form))
            self._form = {}
            self._put(lambda: f'<input type="hidden" name="{SEALED_NAME}" value="{sealed}">')
        self._put(lambda: f"</{tag.name}>")

    def _control(self, tag: StartTag, name: str, action: Action) -> None:
        is_subject = name == self._shape.record.subject
        if tag.name != "input":
            self._field = Field(tag, action, action, is_subject, control=tag.value_of("name") or "")
            return
        self._masks_at_once(action)
        control = masked_input(tag, action, self._known, self.tally)
        self._carry(tag.value_of("name") or "", control, action, is_subject)
        if action.kind is Kind.SHOW and action.personal:
            self._put(lambda: tag.source)
        elif action.kind is Kind.SHOW and control.value:
            self._put(lambda: self._with_its_value(tag))
        else:
            self._put_tag(control.tag)

    def _end_field(self, field: Field) -> None:
        self._field = None
        if field.control:
            self._masks_at_once(field.action)
            treat = masked_select if field.tag.name == "select" else masked_textarea
            control = treat(field, self._known, self.tally)
            self._carry(field.control, control, field.action, field.is_subject)
            self._put_tag(control.tag)
            self._put(lambda: control.content)
        elif field.text:
            for part in field.parts(self._shape.labels):
                self._value(part)
        else:
            for token in field.content:
                self._take(token)

    def _value(self, field: Field) -> None:
        self._note(field.text, field.action, field.is_subject)
        self.tally.count(field.action)
        self._put(lambda: field.masked(self._known, self.tally))

    def _masks_at_once(self, action: Action) -> None:
        """A control is treated when it is read: one whose text may hold values that come later is read again."""
        if action.kind is not Kind.SHOW:
            self.is_held = False

    def _carry(self, name: str, control: Control, action: Action, is_subject: bool) -> None:
        # A form that was not accepted holds what the caller has said, and that makes nothing public.
        self._note(control.value, action, is_subject, echoes=self._said.holds(control.value))
        if control.true_value is not None:
            self._form.setdefault(name, []).append((control.shown, control.true_value))
            self._carried += 1
            if self._carried > MOST_CARRIED:
                raise Withheld("too_large_to_mask")

    def _note(self, value: str, action: Action, is_subject: bool, *, echoes: bool = False) -> None:
        if is_subject:
            self.tally.note_subject(value.strip())
        if action.kind is Kind.SHOW and not echoes:
            self._said.note_public(value)
        if action.kind is Kind.MASK and action.apply(value.strip()) != value.strip():
            self._known.hides = True
            if action.followed:
                self._known.add(value)

    def _data_script(self, source: str) -> str:
        """The text of a script that holds data: nothing in it is declared."""
        masker = JsonMasker(Value(self._shape.undeclared), self._shape.undeclared, self.tally)
        masked = b"".join([*masker.feed(source.encode("utf-8", "replace")), *masker.close()]).decode()
        return masked.replace("<", "\\u003c")

    def _put_tag(self, tag: StartTag) -> None:
        shown = without_text(tag) if self._shape.hides_everything else tag
        self._put(lambda: masked_tag(shown, self._known, self.tally))

    def _with_its_value(self, tag: StartTag) -> str:
        """The source of *tag*, a control whose value is shown: only its other attributes are looked at."""
        others = only(tag, [attribute for attribute in tag.attributes if attribute.name != "value"])
        masked = masked_tag(others, self._known, self.tally)
        if masked == others.source:
            return tag.source
        written = next(attribute.written for attribute in tag.attributes if attribute.name == "value")
        return f"{masked[:-1]} value={written}>"

    def _put(self, part: Callable[[], str]) -> None:
        self._end_run()
        self._parts.append(part)

    def _end_run(self) -> None:
        if self._run.pieces:
            run, self._run = self._run, Run()
            self._parts.append(lambda: run.masked(self._known, self.tally))
