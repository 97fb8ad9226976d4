"""The values on a page that something on it heads: cells by the heads of their tables, terms, labels, form controls by
their names, attributes, and what scripts and attributes hold in JSON.
"""

import html
import json
import re
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from policies.documents.headings import FREE_TEXT, Headings
from policies.documents.json_members import members
from policies.documents.look import Look
from policies.documents.path_words import words_in
from policies.documents.pieces import Piece
from policies.formats.html_around import VOID
from policies.formats.html_attributes import WITHOUT_TEXT
from policies.formats.html_labels import (
    BUTTONS,
    CHOOSE,
    CONTROLS,
    ENDED_BY,
    KEYED,
    LINE,
    NO_LABELS,
    called,
    spans_of,
)
from policies.formats.html_scripts import Script, script_in
from policies.formats.html_tokens import RAW_TEXT, Attribute, Comment, EndTag, HtmlTokens, StartTag, Text, Token
from policies.formats.masker import Withheld
from policies.formats.prose import LONG
from policies.recognisers.keys_cn import category_of_key
from policies.transforms.make import REDACTED

type _Place = tuple[int, int]

_ASSIGNED = re.compile(
    r"""(?P<quote>["']?)(?P<key>[\w$\u4e00-\u9fff-]{1,64})(?P=quote)\s*[:=]\s*"""
    r"""(?P<value>"(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+'|[0-9]++)"""
)
"""A value in a script, and what it is called."""
_ASKED = re.compile(r"[?&;#][^=?&;#,\s]{1,200}=")
"""A parameter of an address."""
_LITERAL = re.compile(
    r""""(?P<double>(?:[^"\\\n]|\\[\s\S])*+)"?|'(?P<single>(?:[^'\\\n]|\\[\s\S])*+)'?|`(?P<back>(?:[^`\\]|\\[\s\S])*+)`?"""
    r"|/\*(?P<block>(?:[^*]|\*(?!/))*+)|(?<!:)//(?P<line>[^\n]*+)"
)
"""A string or a comment of a script."""
_ESCAPED = re.compile(r"\\(?:u\{0{0,4}([0-9A-Fa-f]{1,5})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(\n|[^\n]))")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
_STRINGS = frozenset({"double", "single"})
_SAID = frozenset({"alt", "title", "content", "label", "placeholder", "aria-label"})
"""Attributes that hold texts."""
_AUTHORS = frozenset({"author", "creator", "dc.creator", "article:author"})


@dataclass(slots=True)
class Held:
    """A value of a page."""

    text: str
    key: str
    places: list[_Place]
    """Where it stands in the source: what becomes of it is written in the first, and nothing in the others."""
    spelled: Callable[[str], str] = html.escape
    row: int = 0
    """Tells the cells of one row of a table from those of others; 0 for what lies in none."""
    more: tuple[tuple[str, str], ...] = ()
    """Values, and their keys, that are hidden with it whatever becomes of it."""


@dataclass(slots=True)
class _Cell:
    texts: list[str] = field(default_factory=list)
    places: list[_Place] = field(default_factory=list)

    def add(self, text: str, place: _Place) -> None:
        if text.strip():
            self.texts.append(text)
            self.places.append(place)

    @property
    def text(self) -> str:
        return "".join(self.texts).strip()


@dataclass(slots=True)
class _Table:
    rows: list[dict[int, _Cell]] = field(default_factory=list)
    cell: _Cell | None = None
    column: int = 0
    spanned: dict[int, int] = field(default_factory=dict)
    """Columns that a cell of a row above reaches down into, and into how many rows more."""

    def begin_row(self) -> None:
        self.cell, self.column = None, 0
        if self.rows:
            self.spanned = {column: left - 1 for column, left in self.spanned.items() if left > 1}
        self.rows.append({})

    def begin_cell(self, tag: StartTag) -> None:
        if not self.rows:
            self.begin_row()
        while self.column in self.spanned:
            self.column += 1
        self.cell = self.rows[-1][self.column] = _Cell()
        wide, deep = spans_of(tag)
        if deep > 1:
            self.spanned |= dict.fromkeys(range(self.column, self.column + wide), deep)
        self.column += wide


@dataclass(slots=True)
class _Open:
    name: str
    key: str = ""
    """What heads what stands in it."""


def values_in(source: str, is_label: Callable[[str], bool]) -> list[Held]:
    """The values of the page *source* that something heads, in order, apart from one another. Raises Withheld."""
    reading = _Reading(is_label)
    at = 0
    for token in HtmlTokens().feed(source, final=True):
        reading.take(token, at)
        at += len(token.source)
    found: list[Held] = []
    taken: list[_Place] = []
    for held in sorted(reading.done(), key=lambda held: (not is_label(held.key), held.places[0])):
        numbers = [bisect_left(taken, place) for place in held.places]
        if all(_is_free(taken, number, place) for number, place in zip(numbers, held.places, strict=True)):
            found.append(held)
            for place in held.places:
                insort(taken, place)
    return sorted(found, key=lambda held: held.places[0])


def joined_in(source: str, is_label: Callable[[str], bool]) -> list[_Place]:
    """The places of those values of the page *source* that are put together of several texts. Raises Withheld."""
    held = values_in(source, is_label)
    return [place for each in held if len(each.places) > 1 for place in each.places]


def _is_free(taken: list[_Place], number: int, place: _Place) -> bool:
    """Whether *place*, which belongs at *number*, overlaps none of those *taken*, in order."""
    before_ends = taken[number - 1][1] if number else 0
    return before_ends <= place[0] and (number == len(taken) or place[1] <= taken[number][0])


def without(source: str, held: Iterable[Held]) -> str:
    """The page *source* without the values *held*."""
    return _written(source, ((each, "") for each in held if not each.more))


def masked(source: str, held: list[Held], look: Look) -> str:
    """The page *source* with what *look* makes of each of the values *held*. Raises Withheld."""
    return _written(source, _settled(held, look))


def _settled(held: list[Held], look: Look) -> Iterator[tuple[Held, str]]:
    rows: dict[int, list[Held]] = {}
    for each in held:
        if each.row:
            rows.setdefault(each.row, []).append(each)
        else:
            new = look.masked(each.text, each.key)
            yield each, REDACTED if each.more else new
    for cells in rows.values():
        keys, values = [cell.key for cell in cells], [cell.text for cell in cells]
        subject = look.subject_in(keys, values)
        for cell, action in zip(cells, look.row(keys, values), strict=True):
            yield cell, look.done(cell.text, action, subject)


def _written(source: str, held: Iterable[tuple[Held, str]]) -> str:
    edits: list[tuple[_Place, str]] = []
    for each, new in held:
        if new != each.text:
            edits += [(each.places[0], each.spelled(new) if new else ""), *((place, "") for place in each.places[1:])]
    out, at = [], 0
    for (start, end), new in sorted(edits):
        out += [source[at:start], new]
        at = end
    return "".join([*out, source[at:]])


class _Reading:
    """Of one page, token by token."""

    def __init__(self, is_label: Callable[[str], bool]) -> None:
        self._is_label = is_label
        self._found: list[Held] = []
        self._open: list[_Open] = []
        self._tables: list[_Table] = []
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
                    self._found += _path_words(said, at + 4)
            case Text():
                self._text(token, at)

    def done(self) -> list[Held]:
        """What was found, in any order."""
        while self._tables:
            self._end_table()
        return self._found

    def _start(self, tag: StartTag, at: int) -> None:
        name = tag.name
        while self._open and self._open[-1].name in ENDED_BY.get(name, ()):
            self._open.pop()
        if name == "table":
            self._tables.append(_Table())
        elif name == "tr" and self._tables:
            self._tables[-1].begin_row()
        elif name in ("td", "th") and self._tables:
            self._tables[-1].begin_cell(tag)
        elif name == "script":
            self._script = script_in(tag)
        key = self._key_of(tag)
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
        if any(each.name == name for each in reversed(self._open)):
            while self._open.pop().name != name:
                pass

    def _key_of(self, tag: StartTag) -> str:
        """What the value of a form control is, by its name, what it shows while it is empty, or its label."""
        names = [*called(tag)]
        if self._label is not None and tag.name in CONTROLS:
            names.append(self._label[0])
        return next((name for name in names if self._tells(name)), "")

    def _attribute(self, tag: StartTag, attribute: Attribute, at: int, key: str) -> None:
        start = at + attribute.start
        place = (start, start + len(attribute.written))
        name, value = attribute.name.removeprefix("data-"), attribute.value
        before = len(self._found)
        inner = start + attribute.written.index(value) if value in attribute.written else -1
        is_value = name == "value" and tag.name in ("input", "button", "data", "option")
        if is_value and (tag.value_of("type") or "").lower() not in BUTTONS:
            around = next((each.key for each in reversed(self._open) if each.key), "")
            self._hold(value, key if tag.name != "option" else around, place, _quoted)
        elif name == "content" and tag.name == "meta":
            called = tag.value_of("name") or tag.value_of("property") or ""
            self._hold(value, "姓名" if called.lower() in _AUTHORS else called, place, _quoted)
        elif attribute.name.startswith("data-") and self._tells(name):
            self._hold(value, name, place, _quoted)
        elif value.lstrip().startswith(("{", "[")):
            self._document(value, place, _quoted)
        elif inner >= 0 and self._path(value, inner):
            return
        elif name in _SAID:
            self._short(value, place, _quoted)
        elif not value.isascii() and not is_value and name not in WITHOUT_TEXT:
            self._found.append(Held(value, "", [place], _quoted))
        if len(self._found) > before or (inner >= 0 and self._path(value, inner)):
            return
        is_choice = name == "value" and tag.name == "option" and not value.isascii()
        if is_choice or _ASKED.search(value):
            self._found.append(Held(value, "", [place], _quoted))

    def _path(self, text: str, at: int) -> bool:
        """Whether *text*, which stands *at*, holds a path with words in Chinese: each is held, and what is beside."""
        words = _path_words(text, at)
        if words:
            beside = _beside([word.places[0] for word in words], (at, at + len(text)))
            said = ((text[start - at : end - at], (start, end)) for start, end in beside)
            words += (Held(rest, "", [place]) for rest, place in said if not rest.isascii() or _ASKED.search(rest))
        self._found += words
        return bool(words)

    def _text(self, token: Text, at: int) -> None:
        place = (at, at + len(token.source))
        inside = self._open[-1] if self._open else None
        if inside is not None and inside.name in RAW_TEXT:
            self._script_text(token.source, at)
            return
        text = token.text
        if not text.strip():
            return
        cell = self._tables[-1].cell if self._tables else None
        if cell is not None:
            cell.add(text, place)
        key = next((each.key for each in reversed(self._open) if each.key), "")
        if any(each.name == "dt" for each in self._open):
            self._term = text.strip() if self._tells(text) else ""
        elif key:
            if not CHOOSE.fullmatch(text):
                self._hold(text, key, place)
        elif self._tells(text) and (inside is None or inside.name not in NO_LABELS):
            alone = cell is None and len(self._open) > 1 and self._open[-1].name != "li"
            around = self._open[-2] if alone else inside
            self._label = (text.strip(), around)
            return
        elif self._label is not None and (self._label[1] is None or self._is_in(self._label[1])):
            self._hold(text, self._label[0], place)
        else:
            self._lines(token.source, at)
            self._short(text, place)
        self._label = None

    def _is_in(self, element: _Open) -> bool:
        return any(each is element for each in self._open)

    def _lines(self, source: str, at: int) -> None:
        for found in LINE.finditer(source):
            self._hold(html.unescape(found[2]), found[1], (at + found.start(2), at + found.end(2)))

    def _script_text(self, source: str, at: int) -> None:
        if self._script is Script.JSON and self._document(source, (at, at + len(source)), str):
            return
        before = len(self._found)
        for found in _ASSIGNED.finditer(source):
            written, key = found["value"], found["key"]
            quote = written[0] if written[0] in "\"'" else ""
            bare = written[1:-1] if quote else written
            if key.lower() != "name" or not bare.isascii() or "\\u" in bare:  # scripts call everything a name
                place = (at + found.start("value"), at + found.end("value"))
                self._hold(bare, key, place, _between(quote or '"'))
        told = [held.places[0] for held in self._found[before:]]
        behind = 0
        for found in _LITERAL.finditer(source):
            name = found.lastgroup or ""
            start, end = found.span(name)
            self._code(source, told, at, (behind, start))
            behind = end
            is_closed_string = name in _STRINGS and found.end() > end
            for piece in _beside(told, (at + start, at + end)):
                self._literal(source[piece[0] - at : piece[1] - at], piece, is_escaped=is_closed_string)
        self._code(source, told, at, (behind, len(source)))

    def _code(self, source: str, told: list[_Place], at: int, place: _Place) -> None:
        """Hold what is not in ASCII at *place* in *source*, which begins *at*: templates have no quotes around texts,
        and a quote in a regular expression makes of strings what is between them.
        """
        if source[slice(*place)].isascii():
            return
        for start, end in _beside(told, (at + place[0], at + place[1])):
            if not source[start - at : end - at].isascii():
                self._literal(source[start - at : end - at], (start, end), is_escaped=False)

    def _literal(self, said: str, place: _Place, *, is_escaped: bool) -> None:
        """Hold what a script says at *place* in a string, which *is_escaped*, or in a comment."""
        is_escaped = is_escaped and "\\" in said
        text = _unescaped(said) if is_escaped else said
        if text == said and self._path(said, place[0]):
            return
        if not self._is_label(text.strip()) and (not text.isascii() or _ASKED.search(text)):
            self._found.append(Held(text, "", [place], _escaped if is_escaped else str))

    def _document(self, text: str, place: _Place, spelled: Callable[[str], str]) -> bool:
        """Whether *text* is JSON: then what is in it that keys tell of is held."""
        try:
            pieces = list(members(text, self._is_label))
        except Withheld:
            return False
        told = [piece for piece in pieces if piece.key and self._tells(piece.key) and piece.text.strip()]
        if spelled is str:
            for piece in told:
                self._hold(piece.text, piece.key or "", (place[0] + piece.start, place[0] + piece.end), piece.spelled)
        elif told:
            self._found.extend(_packed(text, told, place))
        return True

    def _hold(self, text: str, key: str, place: _Place, spelled: Callable[[str], str] = html.escape) -> None:
        if text.strip(" *") and self._tells(key) and not self._is_label(text.strip()):
            self._found.append(Held(text, key, [place], spelled))

    def _short(self, text: str, place: _Place, spelled: Callable[[str], str] = html.escape) -> None:
        """Hold *text* where pages are not looked through for texts as short, which documents are."""
        if (len(text.strip()) < LONG and not text.isascii()) or _ASKED.search(text):
            self._found.append(Held(text, "", [place], spelled))

    def _end_table(self) -> None:
        table = self._tables.pop()
        rows = [{column: cell for column, cell in row.items() if cell.text} for row in table.rows]
        rows = [row for row in rows if row]
        texts = [{column: cell.text for column, cell in row.items()} for row in rows]
        headings = Headings(self._is_label)
        for row, shown, following in zip(rows, texts, [*texts[1:], None], strict=True):
            self._rows += 1
            keys = headings.keys(shown, following)
            if not any(key and self._is_label(key) for key in keys.values()):
                continue
            for column, cell in row.items():
                if (key := keys[column]) and not self._is_label(cell.text):
                    self._found.append(Held(cell.text, key, cell.places, row=self._rows))

    def _tells(self, key: str) -> bool:
        return bool(key.strip()) and self._is_label(key.strip()) and category_of_key(key) != FREE_TEXT


def _path_words(text: str, at: int) -> list[Held]:
    """The words in the paths in *text*, which stands *at*."""
    return [Held(word.text, "", [(at + word.start, at + word.end)], word.spelled) for word in words_in(text)]


def _packed(text: str, told: list[Piece], place: _Place) -> Iterator[Held]:
    """What keys tell of in the JSON *text* of an attribute, which is written anew as a whole."""
    out, at = [], 0
    for piece in told:
        out += [text[at : piece.start], piece.spelled(REDACTED)]
        at = piece.end
    shown = "".join([*out, text[at:]])
    more = tuple((piece.text, piece.key or "") for piece in told)
    yield Held(*more[0], [place], lambda _: _quoted(shown), more=more)


def _quoted(new: str) -> str:
    return f'"{html.escape(new)}"'


def _beside(told: list[_Place], place: _Place) -> Iterator[_Place]:
    """What of *place* lies beside those *told*, which are in order."""
    start, end = place
    for number in range(bisect_left(told, (start, 0)), len(told)):
        if told[number][0] >= end:
            break
        if start < told[number][0]:
            yield start, told[number][0]
        start = told[number][1]
    if start < end:
        yield start, end


def _unescaped(said: str) -> str:
    """What a string of a script says that is written *said*."""
    text = _ESCAPED.sub(_character, said)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _character(escaped: re.Match[str]) -> str:
    number = escaped[1] or escaped[2] or escaped[3]
    if number is None:
        return _ESCAPES.get(escaped[4], escaped[4])
    return chr(int(number, 16))


def _escaped(text: str) -> str:
    """*text* as it is written in a string of a script, whichever quotes are around it."""
    return json.dumps(text, ensure_ascii=False)[1:-1].replace("'", "\\'").replace("`", "\\`").replace("<", "\\u003c")


def _between(quote: str) -> Callable[[str], str]:
    return lambda new: f"{quote}{new}{quote}"
