"""Asks what of a sheet must be hidden, and says what has to be painted over."""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, field

from policies.documents.painted.headings import keyed
from policies.documents.painted.optical import as_digits
from policies.documents.painted.sheet import Cell, Reading, Sheet
from policies.documents.painted.way import Box, Outline, Way
from policies.documents.painted.wire import Answer, Ask, Line, Said, Tell, Told

LONGEST_ANSWER = 64 * 1024 * 1024
_LONG_NUMBER = re.compile(r"\d(?:[ -]?\d){12,}[Xx]?")
_BLANK = re.compile(r"\s+")


class Desk:
    """The worker's end: what decides about texts."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def telling(self, names: set[str]) -> frozenset[str]:
        """Which of *names* are headings."""
        self._line.send(Tell(sorted(names)))
        return frozenset(self._line.receive(Told, LONGEST_ANSWER).names)

    def ask(self, readings: list[str], texts: list[tuple[str, str]], *, again: bool) -> Answer:
        """What must be hidden in them; see `Ask`."""
        if not readings and not texts:
            return Answer([], [])
        self._line.send(Ask(readings, texts, again))
        return self._line.receive(Answer, LONGEST_ANSWER)

    def say(self, message: Said) -> None:
        """Tell what needs no answer."""
        self._line.send(message)


@dataclass(slots=True)
class Hidden:
    """What of a sheet has to be hidden."""

    way: Way
    """From the sheet to the picture."""
    boxes: list[Box] = field(default_factory=list)
    values: set[str] = field(default_factory=set)
    """What stands there."""
    whole: bool = False
    """Whether something has to be that stands nobody knows where."""

    def outlines(self) -> list[Outline]:
        """What has to be painted over on the picture."""
        return [self.way.outline(box) for box in self.boxes]


def learned(sheet: Sheet, telling: Container[str]) -> list[tuple[str, str]]:
    """The texts of *sheet* under headings, with these."""
    return [(sheet.cells[number].text[start:end], key) for number, start, end, key in keyed(sheet, telling)]


def hidden_in(sheet: Sheet, telling: Container[str], desk: Desk, other: str = "", *, again: bool = False) -> Hidden:
    """What of *sheet* has to be hidden. *other* is what another reader says of it, and where it is the same *again*
    nothing is counted twice.
    """
    hidden = Hidden(sheet.way, [box for cell in sheet.cells for box in _doubtful(cell)])
    readings = list(sheet.readings())
    if not all(cell.exact for cell in sheet.cells):
        readings += [Reading(as_digits(reading.text), reading.places) for reading in readings]
    under = list(keyed(sheet, telling))
    texts = [reading.text for reading in readings] + ([other] if other else [])
    keys = [(sheet.cells[number].text[start:end], key) for number, start, end, key in under]
    answer = desk.ask(texts, keys, again=again or sheet.again)
    for reading, spans in zip(readings, answer.readings, strict=False):
        for start, end in spans:
            hidden.values.add(reading.text[start:end])
            hidden.boxes += sheet.boxes(reading, start, end)
    for (number, start, _, _), spans in zip(under, answer.keyed, strict=True):
        for begins, ends in spans:
            hidden.values.add(sheet.cells[number].text[start + begins : start + ends])
            hidden.boxes.append(sheet.cells[number].box(start + begins, start + ends))
    if other and readings:
        _add_others(sheet, readings[0], (other[start:end] for start, end in answer.readings[-1]), hidden)
    elif other:
        hidden.whole = bool(answer.readings[-1])
    return hidden


def _doubtful(cell: Cell) -> Iterator[Box]:
    """What of *cell* is painted over whatever it says: what was not read for certain, and long numbers that were read
    by eye, for one digit that is not seen makes nobody's number of anybody's.
    """
    if not cell.sure:
        yield cell.box()
    elif not cell.exact:
        for match in _LONG_NUMBER.finditer(as_digits(cell.text)):
            yield cell.box(match.start(), match.end())


def _add_others(sheet: Sheet, reading: Reading, values: Iterator[str], hidden: Hidden) -> None:
    """What only the other reader made out is looked for letter by letter, whatever stands between two."""
    letters = [(letter, index) for index, letter in enumerate(reading.text) if not letter.isspace()]
    text = "".join(letter for letter, _ in letters)
    for value in values:
        plain = _BLANK.sub("", value)
        hidden.values.add(value)
        start = text.find(plain) if plain else -1
        hidden.whole |= start < 0
        while start >= 0:
            hidden.boxes += sheet.boxes(reading, letters[start][1], letters[start + len(plain) - 1][1] + 1)
            start = text.find(plain, start + 1)
