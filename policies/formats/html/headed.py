"""Who stands behind a label on a page of which nothing is declared: below the head of a column, behind a term, a label
or the name of a control. Whoever is named so is hidden wherever else the page names him.

A name that stands alone is told by no sentence around it. The label is what tells, and it is put before the name again:
what the recognisers find there is somebody, and what they do not (待定, 综合科) is shown.
"""

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from policies.documents.heading_words import LONGEST_LABEL, category_of_heading, tells
from policies.documents.nobodys import is_nobodys_value
from policies.documents.path_words import words_in
from policies.formats.found import found_as
from policies.formats.free_text import KnownValues
from policies.formats.html.around import DEEPEST, VOID
from policies.formats.html.head_rows import Table
from policies.formats.html.labels import BUTTONS, CHOOSE, CONTROLS, ENDED_BY, KEYED, LINE, NO_LABELS, called
from policies.formats.html.tokens import EndTag, StartTag, Text, Token
from policies.formats.masker import Tally
from policies.recognisers.persons.labels import Asks, asked_by
from policies.recognisers.persons.pet_names import may_be_called
from policies.recognisers.scan import scan

PERSON = "person_name"
LONGEST_NAME = 40
"""Characters of what stands behind a label: what has more is a text, and read as one."""
SHORTEST = 2
"""Characters from which on a tagger is asked about such a name."""
_LABEL = "联系人："
"""Whatever the label is, it asks for somebody as this does."""
_HAN = re.compile("[\u4e00-\u9fff]")
_ALONE = re.compile("[\u4e00-\u9fff·]{2,12}")
"""What of an attribute may be a name alone."""
_SHOWN_ALONE = frozenset({"alt", "title", "aria-label"})
_PARTED = re.compile(r"[、，,;；/|\n]+")
_HEADS_ITSELF = frozenset({"data-label", "data-title", "data-th"})
"""Attributes by which a cell says again what heads it, for narrow screens."""


class _Open(NamedTuple):
    """An element that is open."""

    name: str
    key: str = ""
    """What heads what stands in it."""
    is_term: bool = False


_NOTHING = _Open("")
_IN_TABLES = frozenset({"tr", "td", "th"})


@dataclass(slots=True)
class _Label:
    """A text that is a label, and the element in which what it heads must stand."""

    text: str
    around: "_Open | list[str] | None"
    """None: anywhere; the texts of a cell: in this one."""
    depth: int


@dataclass(slots=True)
class Headed:
    """Follows one page of which nothing is declared, token by token."""

    _open: list[_Open] = field(default_factory=list)
    _names: Counter[str] = field(default_factory=Counter)
    """How many elements of each name are open."""
    _tables: list[Table] = field(default_factory=list)
    _label: _Label | None = None
    _term: str = ""
    _labels_for: dict[str, str] = field(default_factory=dict)
    """What labels say of controls, by the ids of these."""
    _without_label: dict[str, str] = field(default_factory=dict)
    """Values of controls that nothing has told of so far, by the ids of these."""
    _for: str = ""
    """The id of the control that the label is for that is open."""
    _values: Counter[str] = field(default_factory=Counter)
    """What stands behind labels of people, and how often."""
    _alone: dict[str, None] = field(default_factory=dict)
    """What stands alone in attributes and paths, where a name would."""
    _told: int = 0

    def take(self, token: Token) -> None:
        """Read *token*."""
        if isinstance(token, Text):
            if not token.raw and not token.source.isspace():
                self._text(token.text)
        elif isinstance(token, EndTag):
            self._end(token.name)
        elif isinstance(token, StartTag):
            self._start(token)

    def learn(self, known: KnownValues, tally: Tally) -> None:
        """Let everybody whom the page names behind a label be *known*. Raises Withheld as `Prose.spans` does."""
        while self._tables:
            self._end_table()
        for key, value in self._without_label.items():
            if label := self._labels_for.get(key):
                self._hold(value, label)
        names = _names_in([*self._values], tally)
        self._told = sum(self._values[value] for value in {*names.values()})
        for value in self._alone:
            if value not in names and not known.spans(value):
                for span in tally.prose.spans(value, SHORTEST):
                    names[value[span.start : span.end]] = value
        for name in names:
            known.hides = True
            known.add(name)

    def count(self, tally: Tally) -> None:
        """Count in *tally* those whom labels name."""
        tally.count_found(found_as(PERSON, "context") * self._told)

    def _start(self, tag: StartTag) -> None:
        name = tag.name
        if self._tables and name in _IN_TABLES:
            self._in_table(tag)
            return
        ends = ENDED_BY.get(name)
        while ends is not None and self._open and self._open[-1].name in ends:
            self._pop()
        if name == "table":
            self._tables.append(Table(is_telling, len(self._open) + 1))
        key = ""
        if tag.attributes:
            key = self._attributes(tag)
            if name == "label":
                self._for = tag.value_of("for") or ""
            if name in CONTROLS:
                key = key or self._said_of(tag)
                self._label = None
        if name in VOID or tag.ends_itself or len(self._open) >= DEEPEST:
            return
        around = self._open[-1] if self._open else _NOTHING
        own = self._term if name == "dd" else key
        self._open.append(_Open(name, own or around.key, around.is_term or name == "dt"))
        self._names[name] += 1

    def _end(self, name: str) -> None:
        if self._tables:
            if name in _IN_TABLES:
                self._end_cell()
                return
            if name == "table":
                self._end_table()
        if self._names.get(name):
            while self._pop() != name:
                pass

    def _pop(self) -> str:
        name = self._open.pop().name
        self._names[name] -= 1
        return name

    def _in_table(self, tag: StartTag) -> None:
        """A row or a cell begins: it is no element of `_open`, as it ends whatever is open in the one before."""
        self._end_cell()
        table = self._tables[-1]
        if tag.name == "tr":
            for key, value in table.begin_row():
                self._hold(value, key)
            return
        table.begin_cell(tag)
        if tag.attributes and (key := self._attributes(tag)):
            self._open.append(_Open("td", key))
            self._names["td"] += 1

    def _end_cell(self) -> None:
        table = self._tables[-1]
        table.cell = None
        while len(self._open) > table.depth:
            self._pop()

    def _end_table(self) -> None:
        self._end_cell()
        for key, value in self._tables.pop().end():
            self._hold(value, key)

    def _attributes(self, tag: StartTag) -> str:
        """Hold what the attributes of *tag* say. Returns what heads what stands in its element."""
        name, key = tag.name, ""
        if name in CONTROLS or name in KEYED:
            key = next((each for each in called(tag) if each and is_telling(each)), "")
        for attribute in tag.attributes:
            called_, value = attribute.name, attribute.value
            if called_ == "value":
                if name in ("input", "data") and (tag.value_of("type") or "").lower() not in BUTTONS:
                    self._control(tag, value, key)
                elif name == "option" and self._open:
                    self._hold(value, self._open[-1].key)
            elif called_ in _HEADS_ITSELF and is_telling(value):
                key = key or value
            elif called_.startswith("data-") and is_telling(called_[5:]):
                self._hold(value, called_[5:])
            elif called_ in _SHOWN_ALONE:
                if _ALONE.fullmatch(value):
                    self._alone[value] = None
            elif "/" in value and ("%" in value or not value.isascii()):
                self._alone |= dict.fromkeys(word.text for word in words_in(value))
        return key

    def _control(self, tag: StartTag, value: str, key: str) -> None:
        key = key or self._said_of(tag)
        if key:
            self._hold(value, key)
        elif (own := tag.value_of("id")) and value.strip():
            self._without_label[own] = value

    def _said_of(self, tag: StartTag) -> str:
        """What a label says of the control of *tag*."""
        said = self._labels_for.get(tag.value_of("id") or "", "")
        return said or (self._label.text if self._label is not None and is_telling(self._label.text) else "")

    def _text(self, text: str) -> None:
        cell = None
        if self._tables:
            table = self._tables[-1]
            cell = table.cell
            if cell is not None:
                cell.append(text)
                if table.is_list and len(self._open) == table.depth and ":" not in text and "：" not in text:
                    return  # a value of a list, which its column heads or nothing
        said = text.strip()
        inside = self._open[-1] if self._open else _NOTHING
        label, self._label = self._label, None
        if inside.is_term:
            self._term = said if is_telling(said) else ""
        elif inside.key:
            if not CHOOSE.fullmatch(said):
                self._hold(said, inside.key)
        elif label is not None and self._is_in(label, cell) and may_be_called(said) and asked_by(said) is None:
            self._hold(said, label.text)
        elif label is not None and said[0] in "：:" and self._is_in(label, cell):
            self._hold(said[1:], label.text)
        elif said[-1] not in "：:" and ("：" in said or ":" in said):
            self._line(said)
        elif inside.name not in NO_LABELS:
            self._beside(said, label, inside, cell)

    def _beside(self, said: str, label: _Label | None, inside: _Open, cell: list[str] | None) -> None:
        """*said* is a label, or stands beside *label*, or neither."""
        if len(said) <= LONGEST_LABEL and tells(said):
            if cell is not None:
                self._label = _Label(said, cell, 0)
            else:
                depth = len(self._open) - (2 if len(self._open) > 1 and inside.name != "li" else 1)
                self._label = _Label(said, self._open[depth] if self._open else None, depth)
            if self._for and self._names["label"] and is_telling(said):
                self._labels_for[self._for] = said
        elif label is not None and self._is_in(label, cell):
            self._hold(said, label.text)

    def _is_in(self, label: _Label, cell: list[str] | None) -> bool:
        if cell is not None or label.around is None:
            return label.around is None or label.around is cell
        return len(self._open) > label.depth and self._open[label.depth] is label.around

    def _line(self, said: str) -> None:
        """Note whom a line names behind its label: where it stands it is found as any text, and counted there."""
        for found in LINE.finditer(said):
            if is_telling(found[1]):
                self._values[found[2].strip()] += 0

    def _hold(self, value: str, key: str) -> None:
        value = value.strip()
        if value and len(value) <= LONGEST_NAME and is_telling(key) and not is_nobodys_value(key, value):
            self._values[value] += 1


@lru_cache(maxsize=16_384)
def is_telling(label: str) -> bool:
    """Whether *label* asks for the name of somebody."""
    said = label.strip().rstrip("：:")
    return (tells(said) and category_of_heading(said) == PERSON) or asked_by(said) is Asks.SOMEBODY


def _names_in(values: list[str], tally: Tally) -> dict[str, str]:
    """The names in *values*, which stand behind labels, each with the value: all of them are asked about at once."""
    pieces = [(piece, value) for value in values for each in _PARTED.split(value) if (piece := each.strip())]
    lines, starts, at = [], [], 0
    for piece, _ in pieces:
        lines.append(_LABEL + " ".join(piece.split()))
        starts.append(at)
        at += len(lines[-1]) + 1
    text, names, told = "\n".join(lines), {}, set[int]()
    for hit in scan(text):
        number = bisect_right(starts, hit.start) - 1
        piece, value = pieces[number]
        if hit.category != PERSON or hit.start < starts[number] + len(_LABEL):
            continue
        name = text[hit.start : hit.end]
        if name != piece or asked_by(piece) is None:  # 管理员 begins like a name
            told.add(number)
            names[_named(name, piece)] = value
    for number, (piece, value) in enumerate(pieces):
        if number not in told and _HAN.search(piece):
            for span in tally.prose.spans(lines[number], SHORTEST):
                if name := lines[number][max(span.start, len(_LABEL)) : span.end]:
                    names[_named(name, piece)] = value
    return names


def _named(name: str, piece: str) -> str:
    """What is looked for of the *piece* in which *name* was found: all of it, where that is a surname with a title, or
    was written with other blanks.
    """
    return name if len(name) >= SHORTEST and name in piece else piece
