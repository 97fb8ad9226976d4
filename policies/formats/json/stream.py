"""Walks a large JSON text as it arrives and hands over each element that is small enough to be treated at once.

A container larger than `UNIT_BYTES` is opened: its brackets and keys are passed on, its elements are looked at one by
one. What may not be treated in pieces is held up to `LARGEST_BYTES` and withheld beyond.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from policies.formats.free_text import KnownValues
from policies.formats.json.keys import hidden_key, is_telling_key
from policies.formats.json.nodes import DEEPEST, Node, Object, Rows, Value, in_place_of, items_of
from policies.formats.json.subjects import note_subject
from policies.formats.json.text import parse, spell
from policies.formats.masker import HIDDEN_KEY, Action, Kind, Tally, Withheld

UNIT_BYTES = 256 * 1024
LARGEST_BYTES = 8 * 1024 * 1024
LONGEST_WORD = 64 * 1024
"""Bytes of a key, or of a number."""
MOST_KEYS = 100_000
"""The most keys remembered of an opened object, to notice one that stands twice."""

_SPACE = re.compile(rb"[ \t\n\r]*")
# Possessive: what is repeated is never given back, and no place to go back to is remembered for each escape.
_STRING_TEXT = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_SCALAR = re.compile(rb"[-+.0-9A-Za-z]++")
_KEY = re.compile(rb'("[^"\\]*+(?:\\.[^"\\]*+)*+")[ \t\n\r]*+:', re.DOTALL)
_STRUCTURE = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}"]', re.DOTALL)

_NEXT_ROW = re.compile(rb"[ \t\n\r]*,[ \t\n\r]*\{")

type Asks = Callable[[Node, bytes, int], None]
type Unit = Callable[[Node, bytes, int, bool], bytes]


class _Expects(Enum):
    """What may come next."""

    VALUE = "a value"
    FIRST = "the first entry or the end"
    ENTRY = "an entry"
    NEXT = "a comma or the end"
    END = "nothing"


@dataclass(slots=True)
class _Open:
    """A container whose entries are treated one by one."""

    node: Node
    is_object: bool
    passed_on: int = 0
    keys: set[str] = field(default_factory=set)
    hidden_keys: int = 0


class _NeedsMore(Exception):
    """The next token does not end within what has arrived."""


class JsonStream:
    """One JSON text on its way. *unit* makes of an element what it becomes.

    It is told how deep the element lies, and whether the container around it may be without it: then it may become b"".
    *asks* asks what is to be read of one that follows, and makes nothing of it.
    """

    def __init__(
        self,
        node: Node,
        undeclared: Action,
        unit: Unit,
        tally: Tally,
        hidden: KnownValues | None = None,
        *,
        asks: Asks,
    ) -> None:
        self._asks = asks
        self._hidden = hidden
        self._undeclared = Value(undeclared)
        self._unit = unit
        self._tally = tally
        self._text = bytearray()
        self._at = 0
        self._expects = _Expects.VALUE
        self._open: list[_Open] = []
        self._node: Node = node
        self._before = b""
        self._tells_subject = False
        self._is_row = False
        self._unit_end = 0  # where what is treated now ends
        self._looked: tuple[int, int] = (0, 0)  # up to where an end was looked for, and how deep that was
        self._final = False
        # Not a list of pieces: what the speller makes of a small element holds 4 KiB until it is let go.
        self._out = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """See `Masker.feed`."""
        self._text += data
        with self._tally.prose.ahead(self._ask):
            self._advance()
        taken, self._out = bytes(self._out), bytearray()
        del self._text[: self._at]
        self._looked = (max(0, self._looked[0] - self._at), self._looked[1])
        self._at = 0
        return [taken] if taken else []

    def close(self) -> list[bytes]:
        """See `Masker.close`."""
        self._final = True
        rest = self.feed(b"")
        if self._expects is not _Expects.END:
            raise Withheld("not_json")
        return rest

    def _advance(self) -> None:
        try:
            while True:
                self._at = self._match(_SPACE).end()
                if self._at == len(self._text):
                    return
                match self._expects:
                    case _Expects.END:
                        raise Withheld("not_json")
                    case _Expects.VALUE:
                        self._value()
                    case _Expects.FIRST:
                        self._entry_or_end()
                    case _Expects.ENTRY:
                        self._entry()
                    case _Expects.NEXT:
                        self._comma_or_end()
        except _NeedsMore:
            if self._final:
                raise Withheld("not_json") from None
            word = self._expects is not _Expects.VALUE or self._text[self._at] not in b'{["'
            if len(self._text) - self._at > (LONGEST_WORD if word else LARGEST_BYTES):
                raise Withheld("too_large_to_mask") from None

    def _match(self, pattern: re.Pattern[bytes]) -> re.Match[bytes]:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise _NeedsMore
        return found

    def _value(self) -> None:
        first = self._text[self._at]
        if first in b"{[":
            end = self._container_end()
            if end is None:
                self._open_container(first == ord("{"))
                return
        elif first == ord('"'):
            end = self._string_end()
        else:
            found = _SCALAR.match(self._text, self._at)
            if found is None:
                raise Withheld("not_json")
            end = found.end()
            if end == len(self._text) and not self._final:
                raise _NeedsMore
        data = bytes(self._text[self._at : end])
        if self._tells_subject:
            around = self._open[-1].node
            assert isinstance(around, Object)
            note_subject(around, parse(data), self._tally)
        if isinstance(self._node, Value) and _is_dropped(self._node) and self._open:
            parse(data)
            self._tally.count(self._node.action)
        else:
            self._unit_end = end
            piece = self._unit(self._node, data, len(self._open), self._is_row)
            if piece:
                self._out += self._before
                self._out += piece
                if self._open:
                    self._open[-1].passed_on += 1
        self._at = end
        self._looked = (0, 0)
        self._expects = _Expects.NEXT if self._open else _Expects.END

    def _ask(self) -> Iterator[None]:
        """Ask what is to be read of the rows that follow and have come whole. Raises Withheld."""
        end = self._unit_end
        while self._is_row and (comma := _NEXT_ROW.match(self._text, end)) is not None:
            start = end = comma.end() - 1
            depth = 0
            for token in _STRUCTURE.finditer(self._text, start, start + UNIT_BYTES):
                if token[0] == b'"':
                    break
                depth += (token[0] in (b"{", b"[")) - (token[0] in (b"}", b"]"))
                if not depth:
                    end = token.end()
                    break
            if end == start:
                return
            self._asks(self._node, bytes(self._text[start:end]), len(self._open))
            yield

    def _string_end(self) -> int:
        """Where the string that begins here ends. What has been looked at is not looked at again."""
        text = _STRING_TEXT.match(self._text, max(self._at + 1, self._looked[0]))
        assert text is not None
        if text.end() == len(self._text) or self._text[text.end()] != ord('"'):
            self._looked = (text.end(), 0)
            raise _NeedsMore
        return text.end() + 1

    def _container_end(self) -> int | None:
        """Where the container that begins here ends; None where it is to be opened."""
        position, depth = self._looked if self._looked[0] > self._at else (self._at, 0)
        may_be_opened = not _must_be_whole(self._node, is_object=self._text[self._at] == ord("{"))
        for token in _STRUCTURE.finditer(self._text, position):
            piece = token[0]
            if piece in (b"{", b"["):
                depth += 1
                if len(self._open) + depth > DEEPEST + 1:
                    raise Withheld("nested_too_deeply")
            elif piece in (b"}", b"]"):
                depth -= 1
                if not depth:
                    return token.end()
            elif piece == b'"':
                break  # a string that has not arrived whole
            self._looked = (token.end(), depth)
            if may_be_opened and token.end() - self._at > UNIT_BYTES:
                return None
        if may_be_opened and len(self._text) - self._at > UNIT_BYTES:
            return None
        raise _NeedsMore

    def _open_container(self, is_object: bool) -> None:
        if len(self._open) >= DEEPEST:
            raise Withheld("nested_too_deeply")
        self._tally.has_unreadable |= self._tells_subject
        node = self._node
        if is_object and not isinstance(node, Object):
            node = in_place_of(node, Object({}, self._undeclared))
        self._out += self._before + (b"{" if is_object else b"[")
        if self._open:
            self._open[-1].passed_on += 1
        self._open.append(_Open(node, is_object))
        self._at += 1
        self._looked = (0, 0)
        self._expects = _Expects.FIRST

    def _entry_or_end(self) -> None:
        if self._text[self._at] in b"}]":
            self._end()
        else:
            self._entry()

    def _comma_or_end(self) -> None:
        if self._text[self._at] == ord(","):
            self._at += 1
            self._expects = _Expects.ENTRY
        else:
            self._end()

    def _end(self) -> None:
        container = self._open.pop()
        bracket = b"}" if container.is_object else b"]"
        if self._text[self._at] != bracket[0]:
            raise Withheld("not_json")
        self._out += bracket
        self._at += 1
        self._expects = _Expects.NEXT if self._open else _Expects.END

    def _entry(self) -> None:
        container = self._open[-1]
        self._expects = _Expects.ENTRY
        self._before = b"," if container.passed_on else b""
        self._tells_subject = False
        if container.is_object:
            self._key(container)
        else:
            self._is_row = True
            self._node = items_of(container.node) or self._undeclared
        self._expects = _Expects.VALUE

    def _key(self, container: _Open) -> None:
        if self._text[self._at] != ord('"'):
            raise Withheld("not_json")
        spelled = self._match(_KEY)
        key = parse(spelled[1])
        if key in container.keys:
            raise Withheld("key_stands_twice")
        if self._hidden is not None and key in self._hidden:
            raise Withheld(HIDDEN_KEY)
        if len(container.keys) >= MOST_KEYS:
            raise Withheld("too_many_keys")
        container.keys.add(key)
        node = container.node
        assert isinstance(node, Object)
        child = node.children.get(key)
        self._tells_subject = key == node.subject
        self._is_row = child is None
        if child is None:
            child = node.other
            if is_telling_key(key):
                container.hidden_keys += 1
                key = hidden_key(container.hidden_keys)
        self._node = child
        self._before += spell(key) + b":"
        self._at = spelled.end()


def _must_be_whole(node: Node, *, is_object: bool) -> bool:
    if isinstance(node, Object):
        return is_object and node.must_be_whole
    return isinstance(node, Rows) or _is_dropped(node)


def _is_dropped(node: Node) -> bool:
    return isinstance(node, Value) and node.action.kind is Kind.DROP and not node.action.stays
