import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.ranges import Unsatisfiable, is_asked, part_in

SIZE = 1000


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("bytes=0-0", (0, 1)), ("bytes=0-", (0, 100)), ("bytes=990-", (990, 1000)), ("bytes=990-5000", (990, 1000)),
        ("bytes=-10", (990, 1000)), ("bytes=-5000", (0, 100)), ("bytes=10-19", (10, 20)), (" bytes=5-5 ", (5, 6)),
        # Whoever is asked in another way may send all of it.
        ("bytes=0-1,5-6", None), ("bytes=0-1, 5-6", None), ("bytes=-", None), ("bytes=5-4", None), ("items=0-1", None),
        ("bytes 0-1", None), ("bytes=a-b", None), ("bytes=0x1-2", None), ("bytes=+1-2", None), ("", None),
        ("bytes=１-２", None), ("bytes=0-" + "9" * 30, None), ("bytes = 0-1", None),
    ],
)  # fmt: skip
def test_what_is_asked_for(said: str, part: tuple[int, int] | None) -> None:
    assert part_in({"range": [said]}, SIZE, 100) == part


@pytest.mark.parametrize("said", ["bytes=1000-", "bytes=1000-1001", "bytes=99999999-", "bytes=-0"])
def test_what_lies_behind_the_end(said: str) -> None:
    with pytest.raises(Unsatisfiable):
        part_in({"range": [said]}, SIZE, 100)


@pytest.mark.parametrize(
    "headers", [{}, {"range": ["x"]}, {"if-range": ["x"]}, {"range": ["a", "b"], "if-range": ["x"]}]
)
def test_a_part_is_of_something_that_was_given(headers: dict[str, list[str]]) -> None:
    assert not is_asked(headers)


@given(st.integers(0, 50), st.integers(0, 60), st.integers(0, 60), st.integers(1, 60))
def test_a_part_is_what_a_slice_is(size: int, first: int, last: int, most: int) -> None:
    whole = bytes(range(size))
    try:
        part = part_in({"range": [f"bytes={first}-{last}"]}, size, most)
    except Unsatisfiable:
        assert whole[first : last + 1] == b""
    else:
        assert part is None or whole[part[0] : part[1]] == whole[first : last + 1][:most]
        assert (part is None) == (last < first)
