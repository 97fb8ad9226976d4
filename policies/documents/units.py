"""What is said in a part that is XML, handed over unit by unit, and how something else is said there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

import msgspec

from policies.documents.octets import Edit, Octets, quoted


class Frame(msgspec.Struct):
    """An element that a text lies in."""

    name: str
    """Without its prefix."""
    serial: int
    """Tells it from all others of the part."""
    attributes: dict[str, str]
    """By their names without prefixes."""
    line: int = 0
    """Where its tag begins, from 1; 0 where nobody asks."""


class Run(msgspec.Struct):
    """A text of one element, or a mark of what parts words there."""

    element: Frame
    marks: tuple[Frame, ...]
    """The elements around it that are marked, the outermost first."""
    text: str
    begins: int
    """Where the markup before it begins; below 0 for what cannot be replaced."""
    ends: int
    """Where the markup behind it begins."""


@dataclass(slots=True)
class Unit:
    """What is handed over at once."""

    frame: Frame | None
    """The element; None for a text that stands in none that is a unit."""
    octets: Octets
    """Of the part, as long as the unit is not over."""
    runs: list[Run] = field(default_factory=list)
    marked: list[tuple[Frame, ...]] = field(default_factory=list)
    """Each marked element in it, with those around it that are marked as well; some hold no text."""
    edits: list[Edit] = field(default_factory=list)
    tags: dict[int, int] = field(default_factory=dict)
    """Where the tag of each marked element begins, by its serial."""
    ends: int = 0
    """Where it is over."""
    gone: set[int] = field(default_factory=set)
    """Serials of the elements that are removed."""
    closes: dict[int, int] = field(default_factory=dict)
    """Where the end tag of each marked element begins, by its serial."""

    def replaces(self, run: Run, text: str) -> None:
        """Let *run* say *text*."""
        if run.begins >= 0 and text != run.text:
            self.edits.append((self.octets.after(run.begins), run.ends, escape(text).encode()))

    def removes(self, frame: Frame) -> None:
        """Take a marked element away, with all that is in it."""
        if frame.serial in self.gone:
            return
        self.gone.add(frame.serial)
        start = self.tags[frame.serial]
        self.edits = [edit for edit in self.edits if not start <= edit[0] < self.closes[frame.serial]]
        self.edits.append((start, self.octets.after(self.closes[frame.serial]), b""))

    def says(self, frame: Frame, name: str, value: str) -> None:
        """Let the attribute *name* of an element be *value*."""
        at = self.tags[frame.serial]
        if name in frame.attributes:
            self.edits.append(self.octets.attribute_edit(at, name, value))
            return
        end = self.octets.after(at) - 1
        end -= self.octets.between(end - 1, end) == b"/"
        self.edits.append((end, end, f' {name}="{quoted(value)}"'.encode()))


def joined(runs: Sequence[Run]) -> str:
    """What *runs* say together."""
    return runs[0].text if len(runs) == 1 else "".join([run.text for run in runs])


def write(unit: Unit, runs: Sequence[Run], new: str) -> None:
    """Let *runs* of *unit* say *new* together: all of it stands in the first that can be replaced."""
    rest = new
    for run in runs:
        if run.begins >= 0:
            unit.replaces(run, rest)
            rest = ""


def cut(unit: Unit, runs: Sequence[Run], spans: Iterable[tuple[int, int]], mark: str) -> None:
    """Put *mark* in place of each of *spans* of what *runs* say together; they are apart and in order."""
    spans = list(spans)
    start = 0
    for run in runs:
        end, pieces, at = start + len(run.text), [], 0
        for begins, ends in spans:
            if begins < end and ends > start:
                pieces += [run.text[at : max(0, begins - start)], mark if begins >= start else ""]
                at = min(len(run.text), ends - start)
        if pieces:
            unit.replaces(run, "".join([*pieces, run.text[at:]]))
        start = end
