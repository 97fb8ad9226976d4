"""Values that a line break tears, as mails, letters and terminals wrap their lines.

Lines that were filled are read as the one text that they are. Where one was not, only what is sure over its end counts:
an identifier that its check digit proves, an address of mail that ends with a sign, a plate that a word before
it tells of. No blank line is read over.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from policies.documents.heading_words import category_of_heading
from policies.documents.labels import labelled_in
from policies.documents.text_tables import Line
from policies.recognisers.scan import scan
from policies.recognisers.table import PROVINCES_OF_PLATES

LEAST_COLUMNS = 30
"""Of a line that is filled: what is shorter was ended by whoever wrote it."""
_FILLED = 0.85
"""Of the widest line of its paragraph."""
LONGEST_PASSAGE = 2_000
"""Characters that are read as one."""
_STREAMED = "data:"
"""Before each line of a text in an event of a server: together they are one. Source: the HTML Standard, 9.2.6."""
_BEFORE = re.compile(rf"{_STREAMED}[ ]?|[ \t\u3000]*(?:>[> \t]*)?")
"""What stands before a line that goes on: its indentation, the signs of what is quoted, the field of an event."""
_ENDS = tuple("。！？；：!?;:…」』”）)】]}>|")
_BEGINS = re.compile(
    r"[0-9]{4}[-/.年][0-9]|[0-9]{1,3}[.、)）:：]|[-*+•#|\[【{<（(]|[一二三四五六七八九十]{1,3}[、．.]"
    r"|[A-Z]{3,7} /|[A-Za-z_$][\w.$]{0,60}\("
    r"|[A-Za-z0-9_\u4e00-\u9fff]{1,12}(?:[ \t\u3000]{1,8}[\u4e00-\u9fff]{1,4}){0,3}[ \t\u3000]{0,8}[:：=]"
)
"""How a line begins that is an item, a record, a field, a request or a call of its own."""
_HOUSE = re.compile(r"[0-9](?:号楼?|室|户|楼|层|[栋幢弄组]|单元)$")
"""How a line ends with an address that is whole."""
_WITHIN = re.compile("[0-9A-Za-z一二三四五六七八九十东南西北中附之甲乙丙丁]")
"""What may follow a house in its address."""
_GOES_ON = re.compile(r"[\u4e00-\u9fff0-9A-Za-z、，,]")
_TAIL = re.compile(r"[0-9A-Za-z@._+\-=]{1,64}$")
_HEAD = re.compile(r"[0-9A-Za-z@._+\-]{1,64}")
_BESIDE = re.compile(r"([\u4e00-\u9fff]{2,8}?)[是为]?[ \t\u3000]?[0-9+][0-9\- ]{0,30}$")
"""A word beside a number that a line ends with."""
_PLATE_BEGUN = re.compile(
    rf"(?:车牌|号牌|牌照|车号|车辆)[\u4e00-\u9fff]{{0,4}}[:：]?[ \u3000]?[{PROVINCES_OF_PLATES}]"
    r"(?:[·•・]?[A-Za-z][ ·•・.\-]?[0-9A-Za-z]{0,4})?$"
)
"""The first characters of a plate, of which what stands before them tells, at the end of a line."""
_SIGNS = ("-", "_", ".", "@", "+", "=")
_LEAST_NUMBER = 11
_AROUND = 40
_PROVEN = frozenset({"resident_id", "uscc", "vin"})
_ALIKE = {"landline": "mobile", "bank_account": "bank_card"}
"""What a label may say of a number."""
_WIDE = 0x1100


@dataclass(frozen=True, slots=True)
class Passage:
    """Some lines as the one text that they are."""

    lines: tuple[int, ...]
    """Their places among the lines."""
    text: str
    starts: tuple[int, ...]
    """Where what stands of each of them begins in `text`."""
    written: tuple[int, ...]
    """Where that begins in the text that they are lines of."""
    ends: tuple[int, ...]
    """Where it ends there."""

    def spans(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Where *start* to *end* of `text` is written: a piece for each line, without what stands before it."""
        for at in range(max(0, bisect_right(self.starts, start) - 1), len(self.starts)):
            first = self.written[at] + max(0, start - self.starts[at])
            last = min(self.ends[at], self.written[at] + end - self.starts[at])
            if first < last:
                yield first, last


def passages_in(lines: Sequence[Line], apart: frozenset[int]) -> Iterator[Passage]:
    """The passages of several of *lines*; those *apart*, by their places, belong to none."""
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and lines[end].text.strip():
            end += 1
        if end - at > 1:
            yield from _in_paragraph(lines, range(at, end), apart)
        at = end + 1


def _in_paragraph(lines: Sequence[Line], places: range, apart: frozenset[int]) -> Iterator[Passage]:
    widest = max(_width(lines[at].text) for at in places)
    taken = [places[0]]
    size = 0
    for here, there in pairwise(places):
        size += len(lines[here].text)
        if here in apart or there in apart or size > LONGEST_PASSAGE or not _is_torn(lines[here], lines[there], widest):
            if len(taken) > 1:
                yield passage_of(lines, taken)
            taken, size = [], 0
        taken.append(there)
    if len(taken) > 1:
        yield passage_of(lines, taken)


def _is_torn(line: Line, following: Line, widest: int) -> bool:
    """Whether *line* was filled and goes on in *following*, as the text of a paragraph does."""
    return is_filled(line.text.rstrip(), widest) and goes_on(line.text, following.text)


def goes_on(line: str, following: str) -> bool:
    """Whether what *line* says, which was filled, may go on in the *following*, by how they end and begin."""
    text, rest = line.rstrip(), _rest(following)
    if not text or not rest or text.endswith(_ENDS) or _BEGINS.match(rest):
        return False
    if _HOUSE.search(text) and not _WITHIN.match(rest):
        return False
    return bool(_GOES_ON.match(text[-1])) and bool(_GOES_ON.match(rest))


def between(line: str, following: str) -> str:
    """What parts *line* from the *following*, which it goes on in: a space between words of letters, else nothing."""
    if not (line[-1:].isascii() and following[:1].isascii() and line[-1:].isalpha() and following[:1].isalpha()):
        return ""
    tail, head = _TAIL.search(line[-64:]), _HEAD.match(following)
    is_mail = tail is not None and "@" in tail[0] and head is not None and following[head.end() :][:1] != " "
    return "" if is_mail else " "


def is_long(text: str) -> bool:
    """Whether a line that says *text* is long enough to have been filled."""
    return _width(text) >= LEAST_COLUMNS


def is_filled(text: str, widest: int) -> bool:
    """Whether a line says *text* because there was no room for more, where the *widest* is of so many columns."""
    return _width(text) >= max(LEAST_COLUMNS, _FILLED * widest)


def passage_of(lines: Sequence[Line], places: Sequence[int]) -> Passage:
    """That of the lines at *places*."""
    pieces: list[str] = []
    starts, written, ends = [], [], []
    length = 0
    for at in places:
        line = lines[at]
        before = _before(line.text) if pieces else 0
        text = line.text[before:] if at == places[-1] else line.text[before:].rstrip()
        if pieces and (gap := between(pieces[-1], text)):
            pieces.append(gap)
            length += len(gap)
        starts.append(length)
        written.append(line.start + before)
        ends.append(line.start + before + len(text))
        pieces.append(text)
        length += len(text)
    return Passage(tuple(places), "".join(pieces), tuple(starts), tuple(written), tuple(ends))


def sure_over_breaks(lines: Sequence[Line]) -> Iterator[tuple[Passage, int, int, str]]:
    """What surely stands over the end of one of *lines*: the passage of both, from where to where in it, what it is."""
    for at in range(len(lines) - 1):
        here, there = lines[at].text.rstrip(), _rest(lines[at + 1].text)
        tail, head = _TAIL.search(here[-64:]), _HEAD.match(there)
        is_plate = head is not None and _PLATE_BEGUN.search(here[-_AROUND:]) is not None
        if head is None or (tail is None and not is_plate):
            continue
        ending = tail[0] if tail is not None else ""
        digits = sum(map(str.isdigit, ending + head[0]))
        is_mail = "@" in ending + head[0] and (ending.endswith(_SIGNS) or head[0][0] in "@.")
        is_number = digits >= _LEAST_NUMBER and (ending[-1:].isdigit() or ending.endswith("="))
        if not (is_plate or is_mail or is_number):
            continue
        passage = _around(lines[at], lines[at + 1])
        seam = passage.starts[1]
        is_full = is_filled(here, _width(lines[at + 1].text)) and not here.lstrip(" >").isascii()
        is_full |= here.startswith(_STREAMED) and lines[at + 1].text.startswith(_STREAMED)
        for hit in scan(passage.text):
            if hit.start < seam < hit.end and (
                (hit.category == "email" and is_mail)
                or (hit.category == "plate" and is_plate)
                or (hit.why.startswith("checksum") and (hit.category in _PROVEN or is_full))
                or (hit.category in ("mobile", "landline", "bank_card") and (is_full or _is_told(here, hit.category)))
            ):
                yield passage, hit.start, hit.end, hit.category


def _is_told(line: str, category: str) -> bool:
    """Whether *line* ends with a value behind a label of *category*, which there was no room for."""
    if any(end == len(line) and _is_of(told, category) for _, end, told in labelled_in(line)):
        return True
    beside = _BESIDE.search(line[-_AROUND:])
    # What is said before a label without a colon belongs to the clause, so each end of it may be the label.
    return beside is not None and any(
        _is_of(category_of_heading(beside[1][at:]), category) for at in range(len(beside[1]) - 1)
    )


def _is_of(told: str | None, category: str) -> bool:
    return told is not None and _ALIKE.get(told, told) == _ALIKE.get(category, category)


def _around(line: Line, following: Line) -> Passage:
    """The end of *line* and the beginning of *following*."""
    here = line.text.rstrip().removesuffix("=")
    first = max(0, len(here) - _AROUND)
    before = _before(following.text)
    head = following.text[before : before + _AROUND]
    return Passage(
        (line.number, following.number),
        here[first:] + head,
        (0, len(here) - first),
        (line.start + first, following.start + before),
        (line.start + len(here), following.start + before + len(head)),
    )


def _rest(text: str) -> str:
    return text[_before(text) :]


def _before(text: str) -> int:
    match = _BEFORE.match(text)
    return match.end() if match is not None else 0


def _width(text: str) -> int:
    return len(text) if text.isascii() else sum(1 if ord(char) < _WIDE else 2 for char in text)
