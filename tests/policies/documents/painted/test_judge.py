"""What is painted over without anybody being asked what it says."""

from dataclasses import replace

import pytest

from policies.documents.painted.judge import Desk, hidden_in
from policies.documents.painted.sheet import Cell, Sheet
from policies.documents.painted.wire import Answer
from tests.policies.documents.painted.test_headings import WIDTH, cell


class Nothing(Desk):
    """Whom nothing is to be hidden for."""

    def __init__(self) -> None:
        pass

    def ask(self, readings: list[str], texts: list[tuple[str, str]], *, again: bool) -> Answer:
        return Answer([[] for _ in readings], [[] for _ in texts])


def painted(read: Cell) -> list[tuple[float, float]]:
    return [(left, right) for left, _, right, _ in hidden_in(Sheet([read]), (), Nothing()).boxes]


@pytest.mark.parametrize(
    ("text", "letters"),
    [("编号1101011990030745", [(2, 18)]), ("编号11O1 0119 9003 0745X", [(2, 22)]), ("编号20261126", [])],
)
def test_a_long_number_is_where_it_was_read_by_eye(text: str, letters: list[tuple[int, int]]) -> None:
    read = cell(text, 0, 0)
    assert painted(read) == []
    assert painted(replace(read, exact=False)) == [(start * WIDTH, end * WIDTH) for start, end in letters]


def test_what_was_not_read_for_certain_is_as_a_whole() -> None:
    assert painted(replace(cell("办结", 0, 0), exact=False, sure=False)) == [(0.0, 2 * WIDTH)]
