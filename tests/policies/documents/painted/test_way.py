"""From sheets to pictures and back to where one began."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from policies.documents.painted.way import STRAIGHT, angle_of, moved, quarters_back, turned

_SIZE = WIDTH, HEIGHT = 40, 30
_TURNS = {1: Image.Transpose.ROTATE_90, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_270}


@pytest.mark.parametrize("quarters", _TURNS)
def test_a_point_of_a_picture_that_was_turned_is_found_where_it_was(quarters: int) -> None:
    seen = Image.new("L", _SIZE)
    seen.putpixel((7, 4), 255)
    found = seen.transpose(_TURNS[quarters])
    x, y = next((x, y) for x in range(found.width) for y in range(found.height) if found.getpixel((x, y)))
    assert quarters_back(quarters, *_SIZE).point(x + 0.5, y + 0.5) == (7.5, 4.5)


places = st.tuples(st.floats(-1000, 1000), st.floats(-1000, 1000))


@given(places, st.floats(-3, 3), places)
def test_two_ways_are_one(point: tuple[float, float], angle: float, shift: tuple[float, float]) -> None:
    first, second = turned(angle), moved(*shift).then(quarters_back(1, *_SIZE))
    assert first.then(second).point(*point) == pytest.approx(second.point(*first.point(*point)), abs=1e-6)
    assert turned(angle).then(turned(-angle)).point(*point) == pytest.approx(STRAIGHT.point(*point), abs=1e-6)


def test_the_angle_is_that_of_what_is_written_and_not_of_a_stray_line() -> None:
    slope = math.tan(0.05)
    lines = [((0.0, y), (300.0, y + 300 * slope)) for y in (10.0, 50.0, 90.0)]
    assert angle_of([*lines, ((0.0, 0.0), (10.0, 10.0))]) == pytest.approx(0.05)
    assert angle_of([]) == 0
