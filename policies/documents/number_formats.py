"""Which styles of a workbook put digits around a number, as `"139"00000000` does before eight others."""

from collections.abc import Iterable

from policies.documents.formulas import literals_of
from policies.documents.splice import Splicer
from policies.documents.units import Frame, Unit


def codes_in(pieces: Iterable[bytes]) -> dict[str, str]:
    """The codes of those formats of the part of styles whose *pieces* come, by the number of a cell's style. Raises
    Withheld.
    """
    codes: dict[str, str] = {}
    styles: list[str] = []
    is_of_cells = False

    def noted(frame: Frame) -> None:
        nonlocal is_of_cells
        said = frame.attributes
        match frame.name:
            case "numFmt" if any(map(str.isdigit, literals_of(said.get("formatCode", "")))):
                codes[said.get("numFmtId", "")] = said["formatCode"]
            case "cellXfs" | "cellStyleXfs" | "dxfs" | "cellStyles":
                is_of_cells = frame.name == "cellXfs"
            case "xf" if is_of_cells:
                styles.append(said.get("numFmtId", ""))
            case _:
                pass

    for _ in Splicer(_nothing, _as_it_is, units=frozenset(), marks=frozenset(), refused=noted).spliced(pieces):
        pass
    return {str(number): codes[style] for number, style in enumerate(styles) if style in codes}


def _nothing(unit: Unit, following: Unit | None) -> None:
    """What becomes of a text."""


def _as_it_is(frame: Frame, name: str, value: str) -> str:
    return value
