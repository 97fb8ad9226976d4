"""What stands around records is looked at once for as long as it is written alike, where nothing of it is counted."""

from dataclasses import replace

import pytest

from policies.choose import EVERYBODYS, Choice
from policies.formats.json import frame as json_frame
from policies.formats.json.frame import MOST_FRAMES, Frame, frame_of
from policies.formats.json.nodes import Node, Object, Value
from tests.policies.formats.masking import NAME, PUBLIC, RECORD, UNDECLARED, tally

BEHIND = b'],"page":1}'


def answer() -> Object:
    return Object(
        {"rows": RECORD, "page": Value(PUBLIC), "size": Value(PUBLIC), "by": Value(NAME), "of": RECORD},
        Value(UNDECLARED),
    )


def framed(node: Node, before: bytes, *, choice: Choice = EVERYBODYS, undeclared: object = UNDECLARED) -> Frame | None:
    assert isinstance(undeclared, type(UNDECLARED))
    return frame_of(node, before, BEHIND, undeclared=undeclared, tally=tally(), choice=choice)


def test_what_is_shown_as_it_came_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    node = answer()
    first = framed(node, b'{"rows":[')
    assert first is not None
    assert (first.opening, first.closing, first.shows) == (b'{"rows":[', BEHIND, None)
    monkeypatch.setattr(json_frame, "_read", lambda *around: None)
    assert framed(node, b'{"rows":[') is first
    assert framed(node, b'{ "rows":[') is None
    assert framed(node, b'{"rows":[', choice=Choice(rows={"people.city": frozenset({"x"})})) is None
    assert framed(node, b'{"rows":[', undeclared=replace(UNDECLARED)) is None


@pytest.mark.parametrize(
    ("before", "opening"),
    [
        ('{"by":"张三","rows":[', '{"by":"张**","rows":['),
        ('{"zz":"张三","rows":[', '{"zz":"***","rows":['),
        ('{"zz":7,"rows":[', '{"zz":null,"rows":['),
        ('{ "rows": [', '{"rows":['),
    ],
)
def test_what_is_masked_counted_or_written_anew_is_not_remembered(before: str, opening: str) -> None:
    node = answer()
    found = framed(node, before.encode())
    assert found is not None
    assert found.opening.decode() == opening
    if before.replace(" ", "") != opening:
        assert not node.frames
        assert found.shows is not None


@pytest.mark.parametrize(
    "before",
    [
        b'{"of":{"id_no":"A1"},"rows":[',
        b'{"size":123456789012345678901,"rows":[',
        b'{"x":"',
        b"[",
        b"",
    ],
)
def test_a_parser_looks_at_what_tells_of_somebody_or_is_not_plain(before: bytes) -> None:
    assert framed(answer(), before) is None


def test_no_more_are_remembered_than_pays() -> None:
    node = answer()
    for number in range(3 * MOST_FRAMES):
        found = frame_of(
            node,
            b'{"rows":[',
            b'],"page":%d}' % number,
            undeclared=UNDECLARED,
            tally=tally(),
            choice=EVERYBODYS,
        )
        assert found is not None
        assert len(node.frames) <= MOST_FRAMES
