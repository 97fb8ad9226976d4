"""Lines that are taken as they stand: none that a closer look would refuse, and every one that this version writes."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siem.index.log_line import logged
from siem.index.strict import fault_of
from siem.record.ecs import is_ours
from tests.siem.events import NINE, assorted, document

WRITTEN = assorted(300, seed=9)

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**65), 2**65),
    st.floats(allow_nan=False),
    st.text(max_size=4),
    st.sampled_from(["", "clear", "denied", "failure", "web", "2026-11-23T09:00:00Z", "GET /b", "9.1.0"]),
)
values = st.one_of(scalars, st.lists(scalars, max_size=3), st.dictionaries(st.text(max_size=3), scalars, max_size=2))


def places(part: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document, as the keys and numbers that lead to it."""
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))]


def test_what_this_version_writes_is_taken_as_it_stands() -> None:
    for each in WRITTEN:
        body = orjson.dumps(each)
        taken = logged(body)
        assert taken is not None
        assert (taken.id, taken.at, taken.body) == (each["event"]["id"], each["@timestamp"], body)
        assert taken == each
        assert dict(taken) == each


@given(st.data())
def test_nothing_is_taken_as_it_stands_that_a_closer_look_would_refuse(data: st.DataObject) -> None:
    changed = orjson.loads(orjson.dumps(data.draw(st.sampled_from(WRITTEN))))
    for _ in range(data.draw(st.integers(1, 3))):
        *path, key = data.draw(st.sampled_from([place for place in places(changed) if place]))
        part = changed
        for step in path:
            part = part[step]
        what = data.draw(st.sampled_from(["change", "remove", "add"]))
        if what == "change":
            part[key] = data.draw(values)
        elif what == "remove":
            del part[key]
        elif isinstance(part, dict):
            part[data.draw(st.sampled_from(["reason", "grant", "limit", "path", "until", "x"]))] = data.draw(values)
    try:
        body = orjson.dumps(changed)
    except TypeError:  # numbers past 64 bits
        return
    taken = logged(body)
    right = is_ours(changed) and not fault_of(changed)
    assert taken is None or right
    if taken is not None:
        assert taken == changed


def spelled(number: int, **changes: Any) -> bytes:
    return orjson.dumps(document(number, **changes))


OTHERWISE = {
    "with blanks": spelled(1).replace(b'":', b'": ', 1),
    "with a name twice": spelled(1).replace(
        b'{"@timestamp"', b'{"@timestamp":"2026-11-23T09:00:01.000000Z","@timestamp"'
    ),
    "in another order": orjson.dumps(dict(reversed(document(1).items()))),
    "with letters escaped": spelled(1).replace(b"clerk-wang", b"\\u0063lerk-wang"),
    "of a time before all": spelled(1, at=NINE.replace(year=1969)),
    "of a time after all": spelled(1, at=NINE.replace(year=2262)),
    "of a time in another zone": spelled(1).replace(b"09:00:01.000000Z", b"17:00:01.000000+08:00"),
    "with a long id": spelled(1, id="x" * 513),
    "of no characters": spelled(1).replace(b"clerk-wang", b"clerk-\xff"),
    "cut off": spelled(1)[:-1],
    "nothing": b"",
}


@pytest.mark.parametrize("body", OTHERWISE.values(), ids=OTHERWISE)
def test_what_is_spelled_otherwise_is_looked_at_closely(body: bytes) -> None:
    assert logged(spelled(1)) is not None
    assert logged(body) is None


@pytest.mark.parametrize(
    ("at", "is_taken"),
    [
        ("1970-01-01T00:00:00.000000Z", True),
        ("2028-02-29T23:59:59.999999Z", True),
        ("2261-12-31T23:59:59.999999Z", True),
        ("2262-01-01T00:00:00.000000Z", False),
        ("1969-12-31T23:59:59.999999Z", False),
        ("0001-01-01T00:00:00.000000Z", False),
        ("9999-12-31T23:59:59.999999Z", False),
        ("2027-02-29T09:00:00.000000Z", False),
        ("2026-11-23T24:00:00.000000Z", False),
        ("2026-11-23T09:60:00.000000Z", False),
        ("2026-11-23T09:00:60.000000Z", False),
        ("2026-11-23T09:00:00.000Z", False),
        ("2026-11-23T09:00:00.000000+00:00", False),
        ("2026-11-23 09:00:00.000000Z", False),
        ("２０２６-11-23T09:00:00.000000Z", False),
    ],
)
def test_only_times_that_are_spelled_as_we_do_and_fit_are_taken_as_they_stand(at: str, is_taken: bool) -> None:
    assert (logged(orjson.dumps(document(1) | {"@timestamp": at})) is not None) is is_taken
