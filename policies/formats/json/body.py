"""Masks JSON bodies: whole where they are small, element by element where they are not.

Both ways spell the output alike (compact, in the order of the input), so it does not matter how a body was split.
"""

from typing import Any

from policies.choose import EVERYBODYS, Choice
from policies.formats.free_text import KnownValues
from policies.formats.json.frame import frame_of
from policies.formats.json.in_place import cut_out, masked_in_place
from policies.formats.json.nodes import Node
from policies.formats.json.stream import JsonStream
from policies.formats.json.text import parse, parse_exactly, spell
from policies.formats.json.tree import JsonTree
from policies.formats.masker import HIDDEN_KEY, Action, Tally, Withheld

WHOLE_BYTES = 1024 * 1024
"""A body up to this size is treated at once."""
PART_BYTES = 64 * 1024
"""Of what was held before that is seen to be too much, so much is treated without a break."""

_BOM = b"\xef\xbb\xbf"


class JsonMasker:
    """A masker for one JSON body in UTF-8. What is *hidden* is shown in no place, whatever that is declared to hold."""

    def __init__(
        self,
        node: Node,
        undeclared: Action,
        tally: Tally,
        choice: Choice = EVERYBODYS,
        hidden: KnownValues | None = None,
    ) -> None:
        self._hidden = hidden
        self.tally = tally
        self._choice = choice
        self.node = node
        self._undeclared = undeclared
        self._buffer: bytes | bytearray = b""
        self._stream: JsonStream | None = None

    def feed(self, data: bytes) -> list[bytes]:
        """See `Masker.feed`."""
        if self._stream is not None:
            return self._stream.feed(data)
        if self._buffer:
            self._buffer = bytearray(self._buffer) if isinstance(self._buffer, bytes) else self._buffer
            self._buffer += data
        else:
            self._buffer = data  # which is all of most bodies: nothing is copied
        if len(self._buffer) <= WHOLE_BYTES:
            return []
        self._stream = JsonStream(self.node, self._undeclared, self.unit, self.tally, self._hidden, asks=self.ask)
        return self._first_part(self._stream, self._without_mark())

    def _first_part(self, stream: JsonStream, data: bytes) -> list[bytes]:
        """What becomes of *data*, which is large: others have their turn now and then."""
        out = []
        for start in range(0, len(data), PART_BYTES):
            out += stream.feed(data[start : start + PART_BYTES])
            self.tally.gives_way()
        return out

    def close(self) -> list[bytes]:
        """See `Masker.close`."""
        if self._stream is not None:
            return self._stream.close()
        data = self._without_mark()
        return [self._in_place(data) or self.unit(self.node, data, 0)]

    def _in_place(self, data: bytes) -> bytes | None:
        """What *data*, a whole body, becomes where the records of a list fill it that need not be parsed; or None."""
        cut = cut_out(data) if self._hidden is None else None
        if cut is None:
            return None
        before, records, behind = cut
        tally = self.tally
        frame = frame_of(
            self.node,
            before,
            behind,
            undeclared=self._undeclared,
            tally=tally,
            choice=self._choice,
        )
        shown = None if frame is None else masked_in_place(frame.items, records, tally)
        if frame is None or shown is None:
            return None
        if frame.shows is not None:
            tally.add(frame.shows)
        return b"%b%b%b" % (frame.opening, shown, frame.closing)

    def unit(self, node: Node, data: bytes, depth: int, is_row: bool = False) -> bytes:
        """What the value spelled by *data*, *depth* containers deep, becomes.

        b"" where it is a record that the caller may not see, and *is_row*: what is around it can be without it.
        """
        tree = JsonTree(self._undeclared, self.tally.apart(), self._choice)
        value = parse(data)
        if is_row and tree.is_left_out(node, value):
            self.tally.add(tree.tally)
            return b""
        value = tree.apply(node, value, depth)
        if tree.inexact:
            tree = JsonTree(self._undeclared, self.tally.apart(), self._choice)
            value = tree.apply(node, parse_exactly(data), depth)
        self.tally.add(tree.tally)
        return spell(value if self._hidden is None else without(value, self._hidden))

    def ask(self, node: Node, data: bytes, depth: int) -> None:
        """Ask what is to be read of the value spelled by *data*; it is not counted. Raises Withheld."""
        JsonTree(self._undeclared, self.tally.apart(), self._choice).apply(node, parse(data), depth)

    def _without_mark(self) -> bytes:
        return bytes(self._buffer[len(_BOM) :] if self._buffer.startswith(_BOM) else self._buffer)


def without(value: Any, hidden: KnownValues) -> Any:
    """*value*, masked, without what is *hidden*. Raises Withheld where a key of an object is."""
    match value:
        case str():
            return hidden.hidden_in(value)
        case dict():
            if any(key in hidden for key in value):
                raise Withheld(HIDDEN_KEY)
            return {key: without(item, hidden) for key, item in value.items()}
        case list():
            return [without(item, hidden) for item in value]
        case bool() | None:
            return value
        case _:
            return None if str(value) in hidden else value
