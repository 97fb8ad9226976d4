"""What the steps of one way through JSON see, and in which order."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from policies.formats.masker import Withheld
from policies.program_shapes import ObjectShape, RowsShape, Shape, ValueShape
from policies.sent.json import DEEPEST, DROPPED, JsonWalk, Step, field_of

RECORD = ObjectShape({"a": ValueShape(2, 3), "b": ValueShape(4)})
PAGE = ObjectShape(
    {"items": ObjectShape(items=RECORD), "rows": RowsShape("columns", RECORD), "columns": ValueShape(6), "one": RECORD},
    other=ValueShape(5),
)


class Marking(Step):
    """Appends the index of its field to every text; drops the text `drop`, where it may."""

    def single(self, value: Any, shape: Shape | None, *, droppable: bool) -> Any:
        if value == "drop" and droppable:
            return DROPPED
        return f"{value}{field_of(shape)}" if isinstance(value, str) else value


class Emptying(Step):
    """Makes null of whatever stands in the place of the field 4, and drops what stands in that of 5."""

    def nested(self, value: Any, shape: Shape | None, parts: Mapping[str, Shape], *, droppable: bool) -> Any:
        return {4: None, 5: DROPPED if droppable else value}.get(field_of(shape), value)


WALK = JsonWalk(("v", "l"), [Marking(), Emptying()])


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        ({"one": {"a": "x", "b": "y", "c": "z"}}, {"one": {"a": "x2", "b": "y4", "c": "z0"}}),
        ({"items": [{"a": "x"}, [{"a": "y"}]]}, {"items": [{"a": "x2"}, [{"a": "y2"}]]}),
        ({"one": {"a": ["x", ["y"]]}}, {"one": {"a": ["x2", ["y2"]]}}),
        ({"one": {"a": {"v": "x", "l": "y", "m": "z"}}}, {"one": {"a": {"v": "x2", "l": "y3", "m": "z0"}}}),
        ({"one": {"a": {"v": {"v": "x"}}}}, {"one": {"a": {"v": {"v": "x0"}}}}),
        (
            {"columns": ["b", "z"], "rows": [["x", "y"], {"a": "x"}]},
            {"columns": ["b6", "z6"], "rows": [["x4", "y0"], {"a": "x2"}]},
        ),
        # dropped from objects, never from lists; a label goes with its value, and alone
        ({"one": {"a": "drop", "b": 1}}, {"one": {"b": 1}}),
        ({"one": {"a": ["drop"]}}, {"one": {"a": ["drop2"]}}),
        ({"one": {"a": {"l": "x", "v": "drop"}, "b": 1}}, {"one": {"b": 1}}),
        ({"one": {"a": {"v": "x", "l": "drop"}}}, {"one": {"a": {"v": "x2"}}}),
        ({"one": {"a": [{"v": "drop", "l": "x"}]}}, {"one": {"a": [{"v": "drop2", "l": "x3"}]}}),
        # as a whole
        ({"one": {"b": {"v": "x"}}}, {"one": {"b": None}}),
        ({"one": {"b": ["drop"]}, "z": [1], "y": {}}, {"one": {"b": None}}),
    ],
)
def test_each_value_takes_all_steps(body: object, sent: object) -> None:
    assert json.loads(WALK.sent(json.dumps(body).encode(), PAGE)) == sent


def test_what_no_step_changes_is_sent_byte_for_byte() -> None:
    body = b'{ "one": {"b": 1.0, "a": [ ]}, "items": [] }'
    assert WALK.sent(body, PAGE) == body
    assert WALK.sent(b'{"one": {"b": []}}', PAGE) == b'{"one":{"b":null}}'
    assert WALK.sent(body, PAGE) == body, "nothing is kept of the body before"


@pytest.mark.parametrize("body", [b"", b"{", b'{"a": 1, "a": 1}', b'{"columns": ["a"], "rows": [[1, 2]]}'])
def test_what_cannot_be_read_is_withheld(body: bytes) -> None:
    with pytest.raises(Withheld):
        WALK.sent(body, PAGE)


def test_what_lies_too_deep_is_withheld() -> None:
    for opens, closes in ((b"[", b"]"), (b'{"z":', b"}")):
        assert WALK.sent(opens * DEEPEST + b"1" + closes * DEEPEST, RECORD)
        with pytest.raises(Withheld, match="nested_too_deeply"):
            WALK.sent(opens * (DEEPEST + 1) + b"1" + closes * (DEEPEST + 1), RECORD)
