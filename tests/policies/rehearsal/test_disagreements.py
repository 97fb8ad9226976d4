import pytest

from policies.rehearsal.changes import Change, Kind, Side
from policies.rehearsal.disagreements import MOST_ROWS, Disagreements, read_disagreements, together, write_disagreements
from policies.transforms.spec import Form

KEY = b"k" * 32


def change(about: str) -> Change:
    return Change(
        Kind.SHOWN, "GET /people", about, "mobile", Side("redact", Form.NONE), Side("show", Form.CLEAR, "g:2")
    )


def test_counts_are_read_back_and_added_up() -> None:
    found = Disagreements(3, exchanges=2)
    found.add("people", change("person.mobile"), 1, 5)
    found.add("people", change("person.mobile"), 1, 2)
    data = write_disagreements(found, KEY)
    assert read_disagreements(data, KEY) == found
    both = together(3, [found, read_disagreements(data, KEY), Disagreements(2, exchanges=9)])
    assert both.exchanges == 4
    assert list(both.counts.values()) == [(4, 14)]
    for wrong, key in ((data[:-2] + b"}}", KEY), (data, b"x" * 32), (b"", KEY)):
        with pytest.raises(ValueError, match="not what"):
            read_disagreements(wrong, key)


def test_memory_is_bounded() -> None:
    found = Disagreements(1)
    for number in range(MOST_ROWS + 7):
        found.add("people", change(f"person.f{number}"), 1, 1)
    assert (len(found.counts), found.left_out) == (MOST_ROWS, 7)
