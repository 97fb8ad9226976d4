"""What formulas and formats of numbers say: a value may be put together there of pieces that say nothing."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_PIECE = re.compile(
    r'"(?P<text>(?:[^"]|"")*)"|\'(?:[^\']|\'\')*\'!?|(?P<name>[^\W\d][\w.!$]*|\$[\w.!$:]+|#[\w/!?]+)'
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?)"
)
"""A text, the name of a sheet, a function, a reference or an error, and a number. Source: ISO/IEC 29500-1, 18.17.2."""
_PUTS_TOGETHER = re.compile(r"(?:CONCAT|CONCATENATE|TEXTJOIN)\(", re.IGNORECASE)
"""What puts its arguments together; of other functions they are apart."""
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_BETWEEN = re.compile(r"[\s&,;(){}]*(?:(?:CONCAT|CONCATENATE|TEXT|VALUE|T)[\s&,;(){}]*)*", re.IGNORECASE)
"""What may stand between two pieces that are put together."""
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|(0+|#+|[?@])|\[[^\]]*\]|_.|\*.|(.)', re.DOTALL)
_EXPONENT = re.compile(r"[-+]?[0-9.]+(?:[Ee][+-]?[0-9]{1,3})?")
LONGEST_NUMBER = 21
"""Digits that are shown."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What a formula puts together with others: a text, or the cell that it is in."""

    text: str = ""
    cell: str = ""


def with_joined(formula: str) -> str:
    """*formula*, and on further lines what it puts together of several texts and numbers beside each other."""
    texts = [[each.text for each in chain] for chain in _chains(formula, cells=False)]
    chains = [chain for chain in texts if len(chain) > 1]
    return "\n".join([formula, *map("".join, chains)]) if chains else formula


def joined_cells(formula: str) -> list[list[Piece]]:
    """What *formula* puts together of several pieces, of which at least two are cells of its own sheet."""
    return [chain for chain in _chains(formula, cells=True) if sum(bool(each.cell) for each in chain) > 1]


def _chains(formula: str, *, cells: bool) -> Iterator[list[Piece]]:
    """Pieces that stand beside each other; *cells*: whether those are pieces as well that are cells."""
    chain: list[Piece] = []
    at = 0
    parts = _PUTS_TOGETHER.search(formula) is not None
    for piece in _PIECE.finditer(formula):
        name = piece["name"]
        if name is not None and _BETWEEN.fullmatch(name):
            continue
        cell = _CELL.fullmatch(name) if cells and name is not None else None
        between = formula[at : piece.start()]
        is_beside = _BETWEEN.fullmatch(between) is not None and (not cells or parts or "," not in between)
        if not is_beside or (cell is None and piece.lastgroup in (None, "name")):
            yield chain
            chain = []
        if cell is not None:
            chain.append(Piece(cell=f"{cell[1]}{cell[2]}"))
        elif piece.lastgroup in ("text", "number"):
            chain.append(Piece(piece[piece.lastgroup].replace('""', '"')))
        at = piece.end()
    yield chain


def as_digits(number: str) -> str:
    """*number* as a sheet shows it, where that is a whole one: a mobile number may be stored as 1.3800138E10."""
    number = number.strip()
    if not number.isdecimal() and _EXPONENT.fullmatch(number):
        try:
            value = Decimal(number)
        except InvalidOperation:
            return number
        if abs(value.adjusted()) < LONGEST_NUMBER and value == value.to_integral_value():
            return str(int(value))
    return number


def literals_of(code: str) -> str:
    """What the format *code* of a number shows whatever the number is."""
    return _literally(_LITERAL.finditer(code))


def shown_as(code: str, number: str) -> str:
    """The whole *number* as the first section of the format *code* shows it, where that puts digits around it; else it
    as it is.
    """
    pieces = list(_LITERAL.finditer(code.partition(";")[0]))
    places = [piece for piece in pieces if piece[3]]
    around = "".join(piece[1] or piece[2] or "" for piece in pieces)
    if not number.isdecimal() or not places or not any(map(str.isdigit, around)):
        return number
    rest = number.zfill(sum(len(piece[3]) for piece in places if "0" in piece[3]))
    shown: list[str] = []
    for piece in reversed(pieces):
        if piece[3] is None:
            shown.append(piece[1] or piece[2] or piece[4] or "")
            continue
        size = len(rest) if piece is places[0] else min(len(piece[3]), len(rest))
        shown.append(rest[len(rest) - size :])
        rest = rest[: len(rest) - size]
    return "".join(reversed(shown))


def around_text(code: str) -> tuple[str, str]:
    """What the format *code* shows before a text and behind it: what its last section does, where that is for texts.
    Source: ISO/IEC 29500-1, 18.8.31.
    """
    sections: list[list[re.Match[str]]] = [[]]
    for piece in _LITERAL.finditer(code):
        if piece[4] == ";":
            sections.append([])
        else:
            sections[-1].append(piece)
    at = next((at for at, piece in enumerate(sections[-1]) if piece[3] == "@"), None)
    if at is None:
        return "", ""
    before, behind = sections[-1][:at], sections[-1][at + 1 :]
    return _literally(before), _literally(behind)


def _literally(pieces: Iterable[re.Match[str]]) -> str:
    return "".join(piece[1] or piece[2] or piece[4] or "" for piece in pieces)
