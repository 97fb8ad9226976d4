"""Replaces texts and attributes in a part that is XML, and leaves every other octet as it is.

The part is parsed by expat as it is unpacked. Texts are handed over in units, the outermost elements of some names with
all that is in them, so that what belongs together is looked at together; what has been handed over is not held.
Comments and processing instructions become what *aside* makes of them, or go where nobody sees them. A document type is
refused, and with it every entity.
"""

import re
from collections.abc import Callable, Container, Iterable, Iterator
from functools import lru_cache
from xml.parsers import expat

from policies.documents.document import DOCTYPE, MALFORMED, MIB, TOO_LARGE
from policies.documents.octets import Edit, Octets
from policies.documents.units import Frame, Run, Unit
from policies.formats.masker import Withheld

LONGEST_UNIT = 16 * MIB
"""Octets that are held at once."""
DEEPEST = 256
SHORTEST = 6
"""Characters of an attribute that may say something of somebody, where it is in ASCII."""
MOST_WAITING = 1_000
"""Units without a text that are held behind one with a text."""

_INSTRUCTION = re.compile(r"[ \t\r\n]+")
_CODINGS = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\0<", b"<\0")


type Treats = Callable[[Unit, Unit | None], None]
"""Is given a unit, and the next in which there is any text: None where none comes."""
type Aside = Callable[[str, int], str]
"""From what a comment or a processing instruction says, and its line, to what that becomes."""
type Attribute = Callable[[Frame, str, str], str]
"""From an element, the name of one of its attributes and its value to what that becomes."""


class Splicer:
    """Takes one part, octet by octet, and gives it back as *treats* and *attribute* have it."""

    def __init__(
        self,
        treats: Treats,
        attribute: Attribute,
        *,
        units: frozenset[str],
        marks: frozenset[str],
        wholes: Container[int] = (),
        breaks: frozenset[str] = frozenset(),
        terse: frozenset[str] = frozenset(),
        refused: Callable[[Frame], str | None] = lambda frame: None,
        lines: bool = False,
        aside: Aside | None = None,
    ) -> None:
        self._treats = treats
        self._of_asides = aside
        self._attribute = attribute
        self._units = units
        self._wholes = wholes
        """Serials of elements that are units whatever they are called."""
        self._marks = marks | units
        self._breaks = breaks
        self._terse = terse
        """Elements whose attributes are numbers and words of the format where they are short: there are millions."""
        self._refused = refused
        self._lines = lines
        """Whether frames say in which line they begin."""
        parser = self._parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.buffer_size = 1 << 20
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._chars
        parser.CommentHandler = parser.ProcessingInstructionHandler = self._aside
        parser.StartDoctypeDeclHandler = _refuse
        parser.XmlDeclHandler = _declared
        self._octets = Octets()
        self._stack: list[Frame] = []
        self._marked: list[Frame] = []
        self._texts: list[str] = []
        self._before = -1
        """Where the markup before the text begins."""
        self._is_fresh = False
        """Whether nothing has come since the last element began."""
        self._serial = 0
        self._unit: Unit | None = None
        self._waiting: list[Unit] = []
        """Of which the first has a text, and none that follows has."""
        self._edits: list[Edit] = []
        """Outside of units, and of what nobody sees."""
        self._settled: list[Unit] = []

    def spliced(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The part whose *pieces* come, with what became of its texts. Raises Withheld."""
        try:
            for number, piece in enumerate(pieces):
                if not number and piece.startswith(_WIDE):
                    raise Withheld(MALFORMED)
                self._octets.add(piece)
                self._parser.Parse(piece, False)
                yield from self._ready()
                if len(self._octets) > LONGEST_UNIT:
                    raise Withheld(TOO_LARGE)
            self._parser.Parse(b"", True)
        except expat.ExpatError:
            raise Withheld(MALFORMED) from None
        self._hand_over(None)
        yield from self._ready()
        yield self._taken(self._octets.begins + len(self._octets), [])

    def _ready(self) -> Iterator[bytes]:
        for unit in self._settled:
            yield self._taken(unit.ends, unit.edits)
        self._settled.clear()
        if self._unit is None and not self._waiting and self._before > self._octets.begins:
            yield self._taken(self._before, [])  # what follows this markup may have to be replaced

    def _taken(self, ends: int, edits: list[Edit]) -> bytes:
        """What is held up to where it *ends*, with *edits* and what became of what stands outside of units."""
        begun = [edit for edit in self._edits if edit[0] < ends]
        self._edits = [edit for edit in self._edits if edit[0] >= ends]
        return self._octets.taken(ends, [*edits, *begun])

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        at = self._parser.CurrentByteIndex
        if self._texts:
            self._run(at)
        if len(self._stack) >= DEEPEST:
            raise Withheld(TOO_LARGE)
        self._serial += 1
        named = {_local(key): value for key, value in attributes.items()} if attributes else attributes
        local = _local(name)
        frame = Frame(local, self._serial, named, self._parser.CurrentLineNumber if self._lines else 0)
        if (reason := self._refused(frame)) is not None:
            raise Withheld(reason)
        if self._unit is None and (frame.name in self._units or frame.serial in self._wholes):
            self._unit = self._new_unit(frame)
        if self._unit is not None:
            self._unit.tags[frame.serial] = at
        edits = self._edits if self._unit is None else self._unit.edits
        for key, value in attributes.items():
            if local in self._terse and len(value) < SHORTEST and value.isascii():
                continue
            if (new := self._attribute(frame, _local(key), value)) != value:
                edits.append(self._octets.attribute_edit(at, key, new))
        self._stack.append(frame)
        if frame.name in self._marks:
            self._marked.append(frame)
            if self._unit is not None:
                self._unit.marked.append(tuple(self._marked))
        if frame.name in self._breaks and self._unit is not None:
            self._unit.runs.append(Run(frame, tuple(self._marked), "\t", -1, -1))
        self._before, self._is_fresh = at, True

    def _end(self, name: str) -> None:
        at = self._parser.CurrentByteIndex
        if self._is_fresh and not self._texts and self._octets.is_empty(self._before):
            at = self._before  # expat tells where the tag ends, and there is no other
        self._is_fresh = False
        if self._texts:
            self._run(at)
        frame = self._stack.pop()
        if self._marked and self._marked[-1] is frame:
            self._marked.pop()
            if self._unit is not None:
                self._unit.closes[frame.serial] = at
        self._before = at
        if self._unit is not None and self._unit.frame is frame:
            self._close_unit(self._octets.after(at))

    def _chars(self, text: str) -> None:
        self._texts.append(text)

    def _aside(self, *_: str) -> None:
        at = self._parser.CurrentByteIndex
        end = self._octets.after(at)
        written = self._octets.between(at, end)
        new = b"" if self._of_asides is None else self._aside_as(written.decode(), self._of_asides).encode()
        if new != written:
            self._edits.append((at, end, new))

    def _aside_as(self, written: str, aside: Aside) -> str:
        """What becomes of a comment or an instruction that is *written* so; an instruction keeps its target or goes."""
        line = self._parser.CurrentLineNumber
        if written.startswith("<!--"):
            said = aside(written[4:-3], line)
            return f"<!--{said.replace('--', '- -').removesuffix('-')}-->" if said != written[4:-3] else written
        target, *rest = _INSTRUCTION.split(written[2:-2], maxsplit=1)
        said = aside(written[2:-2], line)
        if said == written[2:-2]:
            return written
        return f"<?{said.replace('?>', '? >')}?>" if rest and said.startswith(f"{target} ") else ""

    def _run(self, at: int) -> None:
        """A text ends where the markup *at* begins."""
        text = "".join(self._texts)
        self._texts.clear()
        if not self._stack or not (text.strip() or self._unit is not None):
            return
        run = Run(self._stack[-1], tuple(self._marked), text, self._before, at)
        if self._unit is not None:
            self._unit.runs.append(run)
            return
        self._unit = self._new_unit(None)
        self._unit.runs.append(run)
        self._close_unit(at)

    def _new_unit(self, frame: Frame | None) -> Unit:
        return Unit(frame, self._octets)

    def _close_unit(self, ends: int) -> None:
        assert self._unit is not None
        unit, self._unit = self._unit, None
        unit.ends = ends
        if unit.runs or len(self._waiting) > MOST_WAITING:
            self._hand_over(unit)
        if unit.runs or self._waiting:
            self._waiting.append(unit)
        else:
            self._settled.append(unit)

    def _hand_over(self, following: Unit | None) -> None:
        """Have what waits treated, now that it is known what follows."""
        if self._waiting and self._waiting[0].runs:
            self._treats(self._waiting[0], following)
        self._settled += self._waiting
        self._waiting.clear()


@lru_cache(maxsize=4_096)
def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _refuse(*_: object) -> None:
    raise Withheld(DOCTYPE)


def _declared(version: str, coding: str | None, standalone: int) -> None:
    if coding is not None and coding.lower() not in _CODINGS:
        raise Withheld(MALFORMED)
