"""Spells a page's drawing anew from the operators that draw: nothing that a viewer skips is left in it.

Marked content (with the texts it stands for), comments, unknown operators and what no operator uses go. What cannot be
kept without doubt is noted: such a page is painted.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pikepdf

from policies.documents.painted.pdf_beside import strings_in

DEEPEST = 12
"""Forms within each other."""
_DRAWS = frozenset(
    "q Q cm w J j M d ri i gs m l c v y h re S s f F f* B B* b b* n W W* BT ET Tc Tw Tz TL Tf Tr Ts Td TD Tm T* Tj TJ"
    " ' \" d0 d1 CS cs SC SCN sc scn G g RG rg K k sh Do".split()
)
_MARKS = frozenset({"BMC", "BDC", "EMC", "MP", "DP", "BX", "EX"})
_NAMES_IN = {
    "Tf": "/Font",
    "Do": "/XObject",
    "gs": "/ExtGState",
    "CS": "/ColorSpace",
    "cs": "/ColorSpace",
    "SCN": "/Pattern",
    "scn": "/Pattern",
    "sh": "/Shading",
}
_HIDING = frozenset({"BDC", "DP"})
_MANY_DIGITS = re.compile("[0-9]{8}")
_OPTIONAL = pikepdf.Name("/OC")
MOST_SAID = 10_000


@dataclass(slots=True)
class Doubts:
    """What was noted of one page."""

    painted: bool = False
    """It cannot be kept as it is."""
    looked_at: bool = False
    """It may show what no reader of text sees."""
    blended: bool = False
    """It holds pictures through which something else is seen."""
    said: list[str] = field(default_factory=list)
    """What its marks say, which go: texts that stand for what is drawn."""


@dataclass(slots=True)
class Used:
    """The names that a drawing uses, by the kind of resource."""

    names: dict[str, set[str]] = field(default_factory=dict)

    def add(self, kind: str, name: str) -> None:
        """Note that the drawing uses *name*."""
        self.names.setdefault(kind, set()).add(name)


def tells_by_its_name(name: pikepdf.Name) -> bool:
    """Whether *name*, which nobody sees, holds more digits than a name that a program gives."""
    return _MANY_DIGITS.search(str(name)) is not None


def respelled(
    stream: pikepdf.Object | pikepdf.Page, doubts: Doubts, count: Callable[[int], None]
) -> tuple[bytes, Used]:
    """The drawing in *stream* anew, and what it uses. *count* is told how many operators it has. Raises PdfError."""
    used = Used()
    kept: list[pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage] = []
    instructions = pikepdf.parse_content_stream(stream)
    count(len(instructions))
    for instruction in instructions:
        operator, operands = str(instruction.operator), instruction.operands
        if isinstance(instruction, pikepdf.ContentStreamInlineImage):
            doubts.painted = doubts.looked_at = True
            kept.append(instruction)
        elif operator in _DRAWS:
            kept.append(instruction)
            if operator in _NAMES_IN and len(operands):
                named = operands[0 if operator == "Tf" else -1]
                if isinstance(named, pikepdf.Name):
                    doubts.painted |= tells_by_its_name(named)
                    used.add(_NAMES_IN[operator], str(named))
        elif operator not in _MARKS or (operator in _HIDING and len(operands) and operands[0] == _OPTIONAL):
            doubts.painted = doubts.looked_at = True  # what is drawn counts, and some of it may be hidden
        elif operator in _HIDING and len(doubts.said) < MOST_SAID:
            doubts.said += [text for operand in operands for text in strings_in(operand)]
    return pikepdf.unparse_content_stream(kept), used
