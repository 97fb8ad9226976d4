"""Pages as scanners and telephones see them: nothing of anybody is left to read, and most of what is nobody's is.

How much that is for more kinds of pages, `make bench` tells.
"""

import random
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from tests.absence import not_here
from tests.bench.invented_scans import FACES, FONTS, NOBODYS, Change, Page, Scan, form, letter, stamped, turned
from tests.bench.ocr import PERSONAL, judged

MOST_PAINTED = 25
"""Of a hundred characters that are nobody's: what is in doubt is painted over."""


@pytest.mark.parametrize(
    ("draw", "changes"),
    [(form, [stamped]), (letter, [turned(4)]), (letter, [turned(86)])],
    ids=["below stamps", "askew", "on its side, and askew"],
)
def test_nothing_of_anybody_is_left_to_read(
    draw: Callable[[random.Random, int, str], Page], changes: Sequence[Change]
) -> None:
    if not all((FONTS / face).is_file() for face in FACES):
        not_here(f"no fonts with Chinese characters are in {FONTS}: pages as they are seen are NOT tested")
    chance = random.Random(7)
    page = draw(chance, 20, FACES[0])
    scan = Scan(page.picture, page.marks, np.eye(3))
    for change in changes:
        change(scan, chance)
    seen = judged(scan)
    assert (seen.withheld, seen.share(*PERSONAL)) == (0, 0)
    assert 100 - seen.share(NOBODYS) < MOST_PAINTED
