from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NewType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from incident.codec import canonical, decode, encode, schema_of, tag_of

Name = NewType("Name", str)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    x: int
    colour: Colour = Colour.RED


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTo:
    ends: tuple[Dot, ...]
    label: Name | None = None


type Shape = Dot | LineTo


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    at: datetime
    took: timedelta
    shapes: tuple[Shape, ...]
    named: Mapping[Name, Shape] = field(default_factory=dict)
    first: Shape | None = None
    hidden: bool = False


dots = st.builds(Dot, x=st.integers(-(2**60), 2**60), colour=st.sampled_from(Colour))
lines = st.builds(LineTo, ends=st.lists(dots, max_size=3).map(tuple), label=st.none() | st.text(max_size=5).map(Name))
shapes = dots | lines
drawings = st.builds(
    Drawing,
    at=st.datetimes(timezones=st.just(UTC)),
    took=st.integers(0, 10**6).map(lambda seconds: timedelta(seconds=seconds)),
    shapes=st.lists(shapes, max_size=3).map(tuple),
    named=st.dictionaries(st.text(max_size=3).map(Name), shapes, max_size=3),
    first=st.none() | shapes,
    hidden=st.booleans(),
)
SCHEMA = Draft202012Validator(schema_of(Drawing))
PLAIN = {"at": "2026-11-23T10:00:00+08:00", "took": 60, "shapes": [{"type": "dot", "x": 1}]}


@given(drawings)
def test_what_is_encoded_is_decoded(drawing: Drawing) -> None:
    assert decode(Drawing, encode(Drawing, drawing)) == drawing


@given(drawings)
def test_what_is_encoded_is_as_the_schema_says(drawing: Drawing) -> None:
    encoded = encode(Drawing, drawing)
    assert SCHEMA.is_valid(encoded)
    for key in encoded:
        assert not SCHEMA.is_valid({**encoded, key: ["of no such type"]})
        assert not SCHEMA.is_valid({name: value for name, value in encoded.items() if name != key})


@given(drawings)
def test_one_value_has_one_spelling(drawing: Drawing) -> None:
    again = decode(Drawing, encode(Drawing, drawing))
    assert canonical(encode(Drawing, again)) == canonical(encode(Drawing, drawing))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"size": 1}, "unknown key `size`"),
        ({"took": None}, "took is not a number of seconds"),
        ({"took": True}, "took is not a number of seconds"),
        ({"at": "2026-11-23T10:00:00"}, "at is not a time with a zone"),
        ({"at": "soon"}, "at is not a time with a zone"),
        ({"hidden": 1}, "hidden is not true or false"),
        ({"shapes": {}}, "shapes must be a list"),
        ({"shapes": [{"type": "dot", "x": "1"}]}, r"shapes\[0\]\.x is not a whole number"),
        ({"shapes": [{"type": "dot", "x": 1, "y": 2}]}, r"unknown key `shapes\[0\]\.y`"),
        ({"shapes": [{"type": "dot", "x": 1, "colour": "pink"}]}, r"colour is not one of `red`, `blue`"),
        ({"shapes": [{"type": "cube"}]}, r"shapes\[0\] has an unknown type"),
        ({"shapes": ["dot"]}, r"shapes\[0\] has an unknown type"),
        ({"shapes": [{"type": "line_to"}]}, r"`shapes\[0\]\.ends` is missing"),
        ({"named": []}, "named must be an object"),
        ({"first": 3}, "first has an unknown type"),
    ],
)
def test_what_is_not_of_the_form_is_refused_by_place(change: dict[str, Any], says: str) -> None:
    assert decode(Drawing, PLAIN).shapes == (Dot(x=1),)
    with pytest.raises(ValueError, match=says):
        decode(Drawing, {**PLAIN, **change})


def test_a_missing_key_is_named() -> None:
    with pytest.raises(ValueError, match="`took` is missing"):
        decode(Drawing, {key: value for key, value in PLAIN.items() if key != "took"})
    with pytest.raises(ValueError, match="the value must be an object"):
        decode(Drawing, [])


def test_members_of_a_union_are_told_apart_by_their_names() -> None:
    assert tag_of(LineTo) == "line_to"
    assert encode(Shape, Dot(x=1)) == {"type": "dot", "x": 1, "colour": "red"}
    assert encode(Dot, Dot(x=1)) == {"x": 1, "colour": "red"}


def test_not_a_number_is_not_hashed() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical(float("nan"))
