"""The geometry of pictures: numbers in, rectangles out. What is drawn stands beside it as a table, in words.

Pictures hold no text, so that none becomes too small on a phone, and no colour that is not in the style sheet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 1000, 200
"""Of a picture, in units of its own; a page stretches it."""


@dataclass(frozen=True, slots=True)
class Rectangle:
    """One part of a bar."""

    kind: str
    """The class by which the style sheet colours it."""
    x: float
    y: float
    width: float
    height: float


def upright(bars: Sequence[Mapping[str, int]], kinds: Sequence[str]) -> list[Rectangle]:
    """A bar for each of *bars*, side by side, its parts in the order of *kinds* from below; the highest fills it."""
    most = max((sum(bar.values()) for bar in bars), default=0)
    if not most:
        return []
    step = WIDTH / len(bars)
    found = []
    for place, bar in enumerate(bars):
        top = float(HEIGHT)
        for kind in kinds:
            if number := bar.get(kind, 0):
                height = max(number * HEIGHT / most, 1.0)  # what there is is seen, however little
                top -= height
                found.append(
                    Rectangle(
                        kind, _round(place * step + step * 0.1), _round(max(top, 0)), _round(step * 0.8), _round(height)
                    )
                )
    return found


def lying(bar: Mapping[str, int], kinds: Sequence[str], most: int) -> list[Rectangle]:
    """One bar that lies, its parts one after the other; a sum of *most* fills the width."""
    found, left = [], 0.0
    for kind in kinds:
        if most and (number := bar.get(kind, 0)):
            width = max(number * WIDTH / most, 2.0)
            found.append(Rectangle(kind, _round(left), 0, _round(width), HEIGHT))
            left += width
    return found


def _round(number: float) -> float:
    return round(number, 1)
