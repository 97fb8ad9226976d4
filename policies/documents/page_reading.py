"""Reads a page token by token, and holds what something on it heads: cells by the heads of their tables, terms, labels,
form controls by their names, attributes, scripts.
"""

import html
from collections.abc import Callable
from dataclasses import dataclass

from policies.documents.held import ASKED, Held, Holding, is_chosen_from, path_words, quoted
from policies.documents.page_scripts import hold_script
from policies.documents.page_tables import Table
from policies.formats.html.around import VOID
from policies.formats.html.attributes import WITHOUT_TEXT
from policies.formats.html.labels import BUTTONS, CHOOSE, CONTROLS, ENDED_BY, KEYED, LINE, NO_LABELS, called
from policies.formats.html.scripts import Script, script_in
from policies.formats.html.tokens import RAW_TEXT, Attribute, Comment, EndTag, StartTag, Text, Token

_SAID = frozenset({"alt", "title", "content", "label", "placeholder", "aria-label"})
"""Attributes that hold texts."""
_AUTHORS = frozenset({"author", "creator", "dc.creator", "article:author"})


@dataclass(slots=True)
class _Open:
    name: str
    key: str = ""
    """What heads what stands in it."""


class Reading:
    """Of one page, token by token."""

    def __init__(self, is_label: Callable[[str], bool]) -> None:
        self._held = Holding(is_label)
        self._open: list[_Open] = []
        self._tables: list[Table] = []
        self._rows = 0
        self._label: tuple[str, _Open | None] | None = None
        """A text that is a label, and the element in which what it heads must stand."""
        self._term = ""
        self._script = Script.CODE

    def take(self, token: Token, at: int) -> None:
        """*token*, which begins at *at*."""
        match token:
            case StartTag():
                self._start(token, at)
            case EndTag():
                self._end(token.name)
            case Comment():
                if token.source.startswith("<!--"):
                    said = token.source[4:].removesuffix("-->")
                    self._lines(said, at + 4)
                    self._held.found += path_words(said, at + 4)
            case Text():
                self._text(token, at)

    def done(self) -> list[Held]:
        """What was found, in any order."""
        while self._tables:
            self._end_table()
        self._held.end_choices()
        return self._held.found

    def _start(self, tag: StartTag, at: int) -> None:
        name = tag.name
        while self._open and self._open[-1].name in ENDED_BY.get(name, ()):
            self._open.pop()
        if name == "table":
            self._tables.append(Table())
        elif name == "tr" and self._tables:
            self._tables[-1].begin_row()
        elif name in ("td", "th") and self._tables:
            self._tables[-1].begin_cell(tag)
        elif name == "script":
            self._script = script_in(tag)
        key = self._key_of(tag)
        if name == "select":
            self._held.begin_choices(key)
        elif name == "option":
            self._held.choice(is_chosen=tag.value_of("selected") is not None)
        if name in CONTROLS:
            self._label = None
        for attribute in tag.attributes:
            if attribute.written.strip("\"'"):
                self._attribute(tag, attribute, at, key)
        if name not in VOID and not tag.ends_itself:
            if name == "dd":
                key = self._term
            self._open.append(_Open(name, key if name in KEYED or name == "dd" else ""))

    def _end(self, name: str) -> None:
        if name == "table" and self._tables:
            self._end_table()
        elif name in ("td", "th", "tr") and self._tables:
            self._tables[-1].cell = None
        elif name == "select":
            self._held.end_choices()
        if any(each.name == name for each in reversed(self._open)):
            while self._open.pop().name != name:
                pass

    def _key_of(self, tag: StartTag) -> str:
        """What the value of a form control is, by its name, what it shows while it is empty, or its label."""
        names = [*called(tag)]
        if self._label is not None and tag.name in CONTROLS:
            names.append(self._label[0])
        return next((name for name in names if self._held.tells(name)), "")

    def _attribute(self, tag: StartTag, attribute: Attribute, at: int, key: str) -> None:
        start = at + attribute.start
        place = (start, start + len(attribute.written))
        name, value = attribute.name.removeprefix("data-"), attribute.value
        before = len(self._held.found)
        inner = start + attribute.written.index(value) if value in attribute.written else -1
        is_value = name == "value" and tag.name in ("input", "button", "data", "option")
        kind = (tag.value_of("type") or "").lower()
        if is_value and kind == "radio" and is_chosen_from(key) and tag.value_of("checked") is None:
            return
        if is_value and kind not in BUTTONS:
            around = next((each.key for each in reversed(self._open) if each.key), "")
            self._held.hold(value, key if tag.name != "option" else around, place, quoted)
        elif name == "content" and tag.name == "meta":
            called = tag.value_of("name") or tag.value_of("property") or ""
            self._held.hold(value, "姓名" if called.lower() in _AUTHORS else called, place, quoted)
        elif attribute.name.startswith("data-") and self._held.tells(name):
            self._held.hold(value, name, place, quoted)
        elif value.lstrip().startswith(("{", "[")):
            self._held.document(value, place, quoted)
        elif inner >= 0 and self._held.path(value, inner):
            return
        elif name in _SAID:
            self._held.short(value, place, quoted)
        elif not value.isascii() and not is_value and name not in WITHOUT_TEXT:
            self._held.found.append(Held(value, "", [place], quoted))
        if len(self._held.found) > before or (inner >= 0 and self._held.path(value, inner)):
            return
        is_choice = name == "value" and tag.name == "option" and not value.isascii()
        if is_choice or ASKED.search(value):
            self._held.found.append(Held(value, "", [place], quoted))

    def _text(self, token: Text, at: int) -> None:
        place = (at, at + len(token.source))
        inside = self._open[-1] if self._open else None
        if inside is not None and inside.name in RAW_TEXT:
            hold_script(token.source, self._script, at, self._held)
            return
        text = token.text
        if not text.strip():
            return
        cell = self._tables[-1].cell if self._tables else None
        if cell is not None:
            cell.add(text, place)
        key = next((each.key for each in reversed(self._open) if each.key), "")
        if any(each.name == "dt" for each in self._open):
            self._term = text.strip() if self._held.tells(text) else ""
        elif key:
            if not CHOOSE.fullmatch(text):
                self._held.hold(text, key, place)
        elif self._held.tells(text) and (inside is None or inside.name not in NO_LABELS):
            alone = cell is None and len(self._open) > 1 and self._open[-1].name != "li"
            around = self._open[-2] if alone else inside
            self._label = (text.strip(), around)
            return
        elif self._label is not None and (self._label[1] is None or self._is_in(self._label[1])):
            self._held.hold(text, self._label[0], place)
        else:
            self._lines(token.source, at)
            self._held.short(text, place)
        self._label = None

    def _is_in(self, element: _Open) -> bool:
        return any(each is element for each in self._open)

    def _lines(self, source: str, at: int) -> None:
        for found in LINE.finditer(source):
            self._held.hold(html.unescape(found[2]), found[1], (at + found.start(2), at + found.end(2)))

    def _end_table(self) -> None:
        table = self._tables.pop()
        self._held.found += table.held(self._held.is_label, self._rows)
        self._rows += len(table.rows)
