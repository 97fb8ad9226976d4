"""Lines of a page of OFD that are one text, for each was ended because there was no room for more.

How far a line reaches is where its last letter stands, not how many it has: those of Latin and digits may be as wide
as others.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from policies.documents.ofd_places import Placed, said_in
from policies.documents.text_tables import lines_of
from policies.documents.torn import LONGEST_PASSAGE, between, goes_on, is_long, sure_over_breaks
from policies.documents.units import Frame, Run

_MOST_PITCH = 2.5
"""So many times its height below another, a line does not go on with it: those of letters of 16 points stand 28 to 30
points below each other. Source: GB/T 9704, 5.2.2, 5.2.3."""
_ROOM = 2.0
"""So many times its height before the end of the widest line there may have been no room for what comes next."""


def wrapped_in(rows: Sequence[dict[int, list[Placed]]]) -> Iterator[list[Run]]:
    """The runs of those of *rows* that are one text, column by column, with what parts words where lines end."""
    for column in sorted({column for row in rows for column in row}):
        for block in _blocks([row[column] for row in rows if column in row]):
            yield from _in_block(block)


def _blocks(cells: Sequence[list[Placed]]) -> Iterator[list[list[Placed]]]:
    """Those of *cells* that stand right below each other, if there are several."""
    block = list(cells[:1])
    for here, there in pairwise(cells):
        if there[0].y - here[0].y > _MOST_PITCH * max(here[0].height, there[0].height):
            if len(block) > 1:
                yield block
            block = []
        block.append(there)
    if len(block) > 1:
        yield block


def _in_block(block: Sequence[list[Placed]]) -> Iterator[list[Run]]:
    right = max(map(_right, block))
    taken: list[Run] = _runs(block[0])
    is_several, size = False, 0
    for here, there in pairwise(block):
        before, after = said_in(here).rstrip(), said_in(there)
        size += len(before)
        is_full = is_long(before) and _right(here) >= right - _ROOM * here[0].height
        if is_full and size <= LONGEST_PASSAGE and goes_on(before, after):
            taken += [_parts(between(before, after)), *_runs(there)]
            is_several = True
            continue
        if any(sure_over_breaks(lines_of(f"{before}\n{after}"))):
            yield [*_runs(here), _parts("\n"), *_runs(there)]
        if is_several:
            yield taken
        taken, is_several, size = _runs(there), False, 0
    if is_several:
        yield taken


def _right(cell: list[Placed]) -> float:
    return max(each.x + each.width for each in cell)


def _runs(cell: list[Placed]) -> list[Run]:
    return [each.run for each in cell]


def _parts(said: str) -> Run:
    return Run(Frame("", 0, {}), (), said, -1, -1)
