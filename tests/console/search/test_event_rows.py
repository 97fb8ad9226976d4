import pytest

from console.search.event_rows import COLUMNS, EventRow, caller_in_clear, is_digest, row_of
from siem.record.event import CallerKind
from tests.console.bureau import FIELDS
from tests.siem.events import digest, document, event


def test_the_cells_are_the_columns() -> None:
    row = row_of(document(1, fields=FIELDS, posts=("户籍窗口",), source_ip="10.20.3.7", credential="key:7f3a"))
    cells = row.cells()
    assert list(cells) == list(COLUMNS)
    assert cells["caller"] == "clerk-wang"
    assert cells["persons"] == 1
    assert cells["in_clear"] == ["mobile", "name"]
    assert cells["categories"] == ["address", "mobile", "name", "resident_id"]


@pytest.mark.parametrize("kind", [CallerKind.CITIZEN, CallerKind.STAFF])
def test_no_digest_stands_in_a_row(kind: CallerKind) -> None:
    """Not even where an event of another maker calls a citizen staff."""
    told = event(1, caller=digest(7), caller_kind=kind, on_behalf_of=digest(8), subjects=(digest(9),))
    assert "e1:" not in str(EventRow(told).cells())


def test_what_looks_like_a_digest() -> None:
    assert is_digest(digest(7))
    assert is_digest("1:" + "AB" * 16)
    assert not is_digest("clerk-wang")
    assert not is_digest("key:7f3a")
    assert caller_in_clear("staff", "clerk-wang") == "clerk-wang"
    assert caller_in_clear("anonymous", "") == ""
