"""What the texts and attributes of a document in XML are called, where not by their own names.

XML for programs calls a value by what stands beside it as often as by its element: `<field name="xm" value="…"/>`,
`<key>xm</key><string>…</string>`, `<name>xm</name><value>…</value>`, a table of rows and cells, a value in an element
of its own. The document is read once for that before it is looked at: what follows a value may be what it is called.
So may a text show only later that it goes on through the elements in it, as in `<p>139<b>5711</b>2345</p>`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from xml.parsers import expat

from policies.documents.document import DOCTYPE, MALFORMED, TOO_LARGE
from policies.documents.heading_words import FREE_TEXT, LONGEST_LABEL, category_of_heading
from policies.documents.headings import Headings
from policies.documents.splice import DEEPEST
from policies.formats.masker import Withheld
from policies.recognisers.scan import scan

MOST_TOLD = 5_000_000
"""Values of one document that something beside them tells of."""
_FIELDS = frozenset(
    "key k name n label title caption field code id column prop property param fieldname itemname itemcode attribute "
    "dt th term var".split()
)
"""Elements and attributes that say what a value is called."""
_VALUES = frozenset(
    "value val v text t content number no num detail full line raw data fieldvalue itemvalue default defaultvalue "
    "current string str integer int long real float double decimal boolean date datetime array list dict item li dd "
    "lpwstr lpstr i4 i8 r8 bstr filetime simpledata attributevalue".split()
)
"""Those that hold one, and are called by what it is made of."""
_OF_NAMES = frozenset("first last given family middle surname prefix suffix part full".split())
_NO_ADDRESS = frozenset("code type id status level lat lng longitude latitude".split())
_CELLS = frozenset("cell td th c col column field data entry".split())
"""Elements that stand in rows, and are called by that."""
_FEWEST_CELLS = 2
_LONGEST_CELL = 200
"""Characters of a cell, of which the beginning tells whether it is a heading."""
_MOST_WAITING = 64
"""Values before what they are called."""
_MOST_COLUMNS = 16_384
_MOST_PARTS = 4_096
"""Elements through which one text goes on."""
_MOST_PIECES = 32
"""Of a number, and one more than any has."""
_LONGEST_WHOLE = 100_000
"""Characters of an element that is held at once because a text goes on through what is in it."""
_PAGES = frozenset({"html", "svg"})
"""Elements that begin a document of which it is known through which elements a text goes on."""
_INLINE = frozenset(
    "a abbr b bdi bdo big cite code del dfn em font i ins kbd label mark q s samp small span strike strong sub sup tt "
    "u var wbr tspan textPath".split()
)
"""Source: HTML, 4.5; SVG 2, 11."""
_NEW_LINE = frozenset({"y", "dy"})
"""Attributes with which a `tspan` begins one."""


@dataclass(slots=True)
class Told:
    """By the serials of elements, what their texts, and by the names of attributes what those, are called."""

    texts: dict[int, str] = field(default_factory=dict)
    attributes: dict[tuple[int, str], str] = field(default_factory=dict)
    around: dict[int, int] = field(default_factory=dict)
    """By the serial of an element through which the text of the one around it goes on: the serial of that."""
    wholes: dict[int, str] = field(default_factory=dict)
    """By the serials of elements whose text goes on through others: their names."""

    def whole(self, serial: int) -> int:
        """The serial of the element whose text goes on through that with *serial*; 0 where it stands by itself."""
        while serial in self.around:
            serial = self.around[serial]
        return serial if serial in self.wholes else 0

    def check(self) -> None:
        """Raise Withheld for more than can be remembered."""
        if len(self.texts) + len(self.attributes) + len(self.around) > MOST_TOLD:
            raise Withheld(TOO_LARGE)


@dataclass(slots=True)
class _Cell:
    text: str
    serials: list[int]
    column: int


@dataclass(slots=True)
class _Open:
    """An element that has not ended."""

    name: str
    serial: int
    key: str
    """What tells of what is in it; empty where nothing does."""
    attributes: dict[str, str]
    text: str = ""
    serials: list[int] = field(default_factory=list)
    """Of the elements in it that hold a text, its own first."""
    named: str = ""
    """What an element in it said that the next values are called."""
    waiting: list[int] = field(default_factory=list)
    """Values in it before anything that says what they are called."""
    is_waiting: bool = True
    before: str = ""
    """What the element before said that whatever comes next is called."""
    cells: list[_Cell] = field(default_factory=list)
    cells_are: str = ""
    """What the elements in it are called, as long as all of them are."""
    is_row: bool = True
    headings: Headings | None = None
    parts: list[int] = field(default_factory=list)
    """Of the elements in it, those through which its text may go on."""
    pieces: list[str] = field(default_factory=list)
    """What those say, as far as a number goes."""
    size: int = 0
    """Characters in it and in its elements."""
    row: "_Open | None" = None
    """The last row in it that is not told of yet."""


def told_in(pieces: Iterable[bytes], is_label: Callable[[str], bool]) -> Told:
    """What is told of the values in the document whose *pieces* come. Raises Withheld."""
    reading = _Reading(is_label)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.chars
    parser.StartDoctypeDeclHandler = _refuse
    try:
        for piece in pieces:
            parser.Parse(piece, False)
            reading.told.check()
        parser.Parse(b"", True)
    except expat.ExpatError:
        raise Withheld(MALFORMED) from None
    return reading.told


class _Reading:
    """Of one document, element by element."""

    def __init__(self, is_label: Callable[[str], bool]) -> None:
        self.told = Told()
        self._is_label = is_label
        self._serial = 0
        self._open = [_Open("", 0, "", {})]
        self._is_page = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._serial += 1
        if len(self._open) > DEEPEST:
            raise Withheld(TOO_LARGE)
        around = self._open[-1]
        local = _local(name)
        if self._serial == 1:
            self._is_page = local in _PAGES
        said = {_local(key): value for key, value in attributes.items()}
        named = next((value for key, value in said.items() if key.lower() in _FIELDS and self._names(value)), "")
        if named:
            values = (key for key in said if key.lower() in _VALUES)
            self.told.attributes.update({(self._serial, key): named for key in values})
        key = named or self._key_of(local, around)
        if key and not self._tells(local):
            self.told.texts[self._serial] = key
        self._open.append(_Open(local, self._serial, key or (local if self._tells(local) else ""), said))

    def _key_of(self, name: str, around: _Open) -> str:
        """What an element called *name* in *around* holds, as far as what stands around and before it tells."""
        low = name.lower()
        before, around.before = around.before, ""
        if low in _FIELDS and low not in _VALUES:
            return ""
        if before and not self._tells(name):
            return before
        if around.named and low in _VALUES:
            return around.named
        return around.key if around.key and self._is_part(low, around.key) else ""

    def _is_part(self, name: str, key: str) -> bool:
        """Whether an element called *name* holds a part of what stands under *key*."""
        category = category_of_heading(key)
        if category == "address":
            return name not in _NO_ADDRESS
        return name in _VALUES or (category == "person_name" and name in _OF_NAMES)

    def chars(self, text: str) -> None:
        """A text, or a part of one."""
        own = self._open[-1]
        own.size += len(text)
        if not own.serials and text.strip():
            own.serials.append(own.serial)
        if len(own.text) < _LONGEST_CELL:
            own.text += text[:_LONGEST_CELL]

    def end(self, name: str) -> None:
        """An element ends."""
        own = self._open.pop()
        around = self._open[-1]
        self._tell_row(own, None)
        self._tell_whole(own, around)
        low, said = own.name.lower(), own.text.strip()
        if low in _FIELDS and not own.cells and (low != "id" or self._names(said)):
            around.named = said if self._names(said) else ""
            around.before = around.named if low not in _VALUES else ""
            if around.named:
                self.told.texts.update(dict.fromkeys(around.waiting, around.named))
            around.waiting, around.is_waiting = [], False
        elif around.is_waiting and low in _VALUES and len(around.waiting) < _MOST_WAITING:
            around.waiting += () if own.serial in self.told.texts else (own.serial,)
        self._as_cell(own, around)

    def _tell_whole(self, own: _Open, around: _Open) -> None:
        """Tell whether the text of *own* goes on through its elements, and note whether that of *around* may do so
        through *own*: on a page where it stands in a line, elsewhere wherever a text stands beside it.
        """
        is_one = bool(own.serials) or (self._is_page and len(own.parts) > 1)
        if own.parts and is_one and len(own.parts) < _MOST_PARTS and own.size <= _LONGEST_WHOLE:
            self.told.wholes[own.serial] = own.name
            self.told.around.update(dict.fromkeys(own.parts, own.serial))
        elif own.parts and own.key and len(own.parts) > 1 and self._is_torn(own):
            self.told.texts.update(dict.fromkeys(own.parts, own.key))
        around.size += own.size
        is_in_line = not self._is_page or (own.name in _INLINE and not _NEW_LINE & own.attributes.keys())
        if is_in_line and len(around.parts) < _MOST_PARTS:
            around.parts.append(own.serial)
            if around.key and len(around.pieces) < _MOST_PIECES:
                around.pieces.append(own.text.strip() or "".join(own.pieces))

    def _is_torn(self, own: _Open) -> bool:
        """Whether the elements in *own* hold nothing but pieces of the number that its name tells of."""
        text = "".join(own.pieces)
        return text.isascii() and any(hit.end - hit.start == len(text) for hit in scan(text))

    def _as_cell(self, own: _Open, around: _Open) -> None:
        """Take *own* for a cell of *around*, and that for a row, as long as it may be one."""
        column = around.cells[-1].column + 1 if around.cells else 0
        index = own.attributes.get("Index", "")
        if index.isdecimal() and 0 < int(index) <= _MOST_COLUMNS:  # ss:Index of spreadsheets in XML
            column = int(index) - 1
        if around.is_row and len(own.cells) <= 1 and len(around.cells) < _MOST_COLUMNS:
            text = own.text.strip() or "".join(cell.text for cell in own.cells)
            serials = own.serials + [serial for cell in own.cells for serial in cell.serials]
            around.cells.append(_Cell(text, serials, column))
            around.cells_are = around.cells_are or own.name
            around.is_row = around.cells_are == own.name
        else:
            around.is_row = False
        if own.is_row and len(own.cells) >= _FEWEST_CELLS:
            around.headings = around.headings or Headings(self._is_label)
            self._tell_row(around, own)
            around.row = own

    def _tell_row(self, around: _Open, following: _Open | None) -> None:
        """Tell of the last row in *around*, now that it is known which is *following*."""
        if around.headings is None or around.row is None:
            return
        last, around.row = around.row, None
        keys = around.headings.keys(_texts_in(last), _texts_in(following) if following is not None else None)
        is_table = any(key is None or self._tells(key) for key in keys.values())
        for cell in last.cells:
            key = keys.get(cell.column) or ""
            if self._tells(key) or (is_table and last.cells_are.lower() in _CELLS):
                self.told.texts.update(dict.fromkeys(cell.serials, key))

    def _names(self, text: str) -> bool:
        """Whether *text* says that a value is somebody's."""
        return 0 < len(text) <= LONGEST_LABEL and self._tells(text)

    def _tells(self, key: str) -> bool:
        return bool(key) and self._is_label(key) and category_of_heading(key) != FREE_TEXT


def _texts_in(row: _Open) -> dict[int, str]:
    return {cell.column: cell.text for cell in row.cells if cell.text}


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _refuse(*_: object) -> None:
    raise Withheld(DOCTYPE)
