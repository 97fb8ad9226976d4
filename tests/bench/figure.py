"""What a measurement comes to, and how it is printed and kept."""

import json
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure."""

    name: str
    value: float
    """The median of the runs."""
    low: float
    high: float
    unit: str
    against: str
    """What it is compared with, or the promise it is to be held against; empty where there is neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What every group of figures is given."""

    folder: Path
    """Of its own."""
    seconds: float
    """How long one run of a load takes."""
    events: int = 0
    """Up to so many events an index is filled with; 0: as few as say something."""
    progress: Callable[[str], None]
    """Is told what is being done."""
    whole: bool = False
    """Whether to measure all of what is else reckoned from a part."""


class NotMeasured(Exception):
    """Something cannot be measured here. The message says what is missing, and how to get it."""


type Group = Callable[[Bench], list[Figure]]
"""Measures. Never judges: the machine may be busy with something else."""


def figure(name: str, runs: Sequence[float], unit: str, against: str = "") -> Figure:
    """The figure that some *runs* come to."""
    return Figure(name=name, value=statistics.median(runs), low=min(runs), high=max(runs), unit=unit, against=against)


def write(path: Path, figures: Iterable[Figure]) -> None:
    """Keep *figures* in the file *path*."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rounded = [
        {**asdict(each), **{key: _rounded(getattr(each, key)) for key in ("value", "low", "high")}} for each in figures
    ]
    path.write_text(json.dumps(rounded, ensure_ascii=False, indent=1) + "\n", "utf-8")


def table(figures: Sequence[Figure]) -> str:
    """*figures* for people, a line each."""
    rows = [("", "median", "lowest", "highest", "", "against")]
    rows += [
        (each.name, _told(each.value), _told(each.low), _told(each.high), each.unit, each.against) for each in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if 0 < column < 4 else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _rounded(number: float) -> float:
    return float(f"{number:.4g}")


def _told(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"
