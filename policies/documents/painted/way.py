"""From a sheet, on which lines lie level, to the picture that it was read from: turned, or a part of a larger one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

type Point = tuple[float, float]
type Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
type Outline = tuple[Point, Point, Point, Point]
"""The corners of a box, as it lies on the picture."""

AROUND = 2.0
"""Pixels that are painted on each side besides: letters are drawn a little over their edges."""


@dataclass(frozen=True, slots=True)
class Way:
    """x' = a·x + c·y + e and y' = b·x + d·y + f, as PDF writes them."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def point(self, x: float, y: float) -> Point:
        """Where a point of the sheet lies."""
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def outline(self, box: Box) -> Outline:
        """What has to be painted over where *box* has to be."""
        left, top, right, bottom = box
        left, top, right, bottom = left - AROUND, top - AROUND, right + AROUND, bottom + AROUND
        return self.point(left, top), self.point(right, top), self.point(right, bottom), self.point(left, bottom)

    def then(self, other: "Way") -> "Way":
        """To where *other* leads from where it leads itself."""
        e, f = other.point(self.e, self.f)
        ax, ay = other.point(self.a, self.b)
        cx, cy = other.point(self.c, self.d)
        return Way(ax - other.e, ay - other.f, cx - other.e, cy - other.f, e, f)


STRAIGHT = Way(1, 0, 0, 1, 0, 0)


def moved(right: float, down: float) -> Way:
    """To a picture of which this is the part that begins there."""
    return Way(1, 0, 0, 1, right, down)


def turned(radians: float) -> Way:
    """By an angle, to the right where it is more than none, around the upper left corner."""
    cosine, sine = math.cos(radians), math.sin(radians)
    return Way(cosine, sine, -sine, cosine, 0, 0)


def quarters_back(quarters: int, width: int, height: int) -> Way:
    """From a picture after so many quarters of a turn to the left, to the picture of *width* and *height* as it was."""
    match quarters:
        case 1:
            return Way(0, 1, -1, 0, width, 0)
        case 2:
            return Way(-1, 0, 0, -1, width, height)
        case _:
            return Way(0, -1, 1, 0, 0, height)


def angle_of(lines: Sequence[tuple[Point, Point]]) -> float:
    """By how many radians *lines*, from where each begins to where it ends, are turned to the right: half of all that
    is written lies further to the right, and half further to the left.
    """
    known = sorted((math.atan2(y1 - y0, x1 - x0), math.hypot(x1 - x0, y1 - y0)) for (x0, y0), (x1, y1) in lines)
    half = sum(length for _, length in known) / 2
    for angle, length in known:
        half -= length
        if half <= 0:
            return angle
    return 0.0
