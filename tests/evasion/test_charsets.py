"""Character sets: what is read as others read it is masked, and whatever could be read in two ways is withheld."""

import pytest

from tests.evasion.cases import (
    CELL,
    CELL_MASKED,
    CSV,
    HTML,
    JSON,
    PEOPLE,
    PEOPLE_MASKED,
    PLAIN,
    ROWS,
    ROWS_MASKED,
    TEXT,
    TEXT_MASKED,
    Case,
    check,
    shows,
    withholds,
)
from tests.front import Front
from tests.rig import MOBILE, NAME

PAGE = f"{CELL}<p>{NAME} {MOBILE}</p>"
PAGE_MASKED = f"{CELL_MASKED}<p>*** ***</p>"
BODIES = {PLAIN: TEXT, HTML: PAGE, CSV: ROWS}
MASKED = {PLAIN: TEXT_MASKED, HTML: PAGE_MASKED, CSV: ROWS_MASKED}
RARE = "\U00020000"
"""A character that takes four bytes in GB 18030, and in no GBK."""


def refused_as(codec: str, *said: str) -> dict[str, Case]:
    """A body of each kind in *codec*, which is said to be in each of *said*; "" says nothing."""
    return {
        f"{codec} as {content_type}, said to be {name or 'nothing'}": withholds(
            body.encode(codec), f"{content_type}; charset={name}" if name else content_type, "answer_unreadable"
        )
        for content_type, body in BODIES.items()
        for name in said
    }


def read_as(codec: str, name: str) -> dict[str, Case]:
    """The same of what is read: the answer is in the same charset."""
    return {
        f"{codec} as {content_type}, said to be {name or 'nothing'}": shows(
            body.encode(codec),
            f"{content_type}; charset={name}" if name else content_type,
            MASKED[content_type].encode(codec),
        )
        for content_type, body in BODIES.items()
    }


OF_TEXTS = {
    **read_as("utf-8", "UTF-8"),
    **read_as("utf-8-sig", "utf-8"),
    **read_as("gbk", "GBK"),
    **read_as("gbk", "gb2312"),
    **read_as("gbk", ""),
    **read_as("gb18030", "gb18030"),
    "four bytes in GB 18030": shows(
        (RARE + TEXT).encode("gb18030"), "text/plain; charset=gb18030", (RARE + TEXT_MASKED).encode("gb18030")
    ),
    "quotes around it": shows(TEXT.encode("gbk"), 'text/plain; charset="gbk"', TEXT_MASKED.encode("gbk")),
    **refused_as("utf-8", "gbk", "gb18030", "iso-8859-1", "utf-16", "utf-7", "big5", "x-user-defined"),
    **refused_as("utf-8-sig", "gbk"),
    **refused_as("gbk", "utf-8", "us-ascii", "big5", "hz-gb-2312"),
    **refused_as("utf-16", "", "utf-8", "utf-16", "gbk"),
    **refused_as("utf-16-le", "", "utf-8", "utf-16le", "gbk", "gb18030"),
    **refused_as("utf-16-be", "", "utf-8", "utf-16be", "gbk", "gb18030"),
    **refused_as("utf-32", "", "utf-8", "utf-32"),
}  # fmt: skip

TOLD_TWICE = {
    "the first of two counts": withholds(TEXT.encode("gbk"), "text/plain; charset=utf-8; charset=gbk", "answer_unreadable"),
    "quotes that are none": withholds(TEXT, "text/plain; charset='utf-8'", "answer_not_declared"),
    "a page says another": shows(f'<meta charset="gbk">{PAGE}'.encode("gbk"), HTML, f'<meta charset="gbk">{PAGE_MASKED}'.encode("gbk")),
    "a page says another than its head": withholds(f'<meta charset="gbk">{PAGE}'.encode("gbk"), f"{HTML}; charset=utf-8", "answer_unreadable"),
    "a page says GBK and is not": shows(f'<meta charset="gbk">{PAGE}', HTML, f'<meta charset="gbk">{PAGE_MASKED}'),
    "a page says Big5 and is": withholds(f'<meta charset="big5"><p>聯絡電話 {MOBILE}</p>'.encode("big5"), HTML, "answer_unreadable"),
    "a page says UTF-8 and its head GBK": withholds(f'<meta charset="utf-8">{PAGE}'.encode(), f"{HTML}; charset=gbk", "answer_unreadable"),
    "a page says UTF-16": shows(f'<meta charset="utf-16">{PAGE}', HTML, f'<meta charset="utf-16">{PAGE_MASKED}'),
    "a page says UTF-7": shows(f'<meta charset="utf-7">{PAGE}', HTML, f'<meta charset="utf-7">{PAGE_MASKED}'),
    "XHTML says another": shows(f'<?xml version="1.0" encoding="gbk"?>{PAGE}'.encode("gbk"), "application/xhtml+xml", f'<?xml version="1.0" encoding="gbk"?>{PAGE_MASKED}'.encode("gbk")),
    "XHTML says UTF-16 and is": withholds(f'<?xml version="1.0" encoding="utf-16"?>{PAGE}'.encode("utf-16"), "application/xhtml+xml", "answer_unreadable"),
}  # fmt: skip

OF_JSON = {
    **{
        f"JSON in {codec}": withholds(PEOPLE.decode().encode(codec), JSON, "answer_unreadable")
        for codec in ("gbk", "utf-16", "utf-16-le", "utf-16-be", "utf-32")
    },
    **{
        f"JSON said to be in {name}": shows(PEOPLE, f"{JSON}; charset={name}", PEOPLE_MASKED)
        for name in ("utf-8", "gbk", "utf-16", "latin1")
    },
    "JSON with a mark": shows(b"\xef\xbb\xbf" + PEOPLE, JSON, PEOPLE_MASKED),
    "bytes that are no UTF-8": withholds(b'{"total": "\xff"}', JSON, "answer_unreadable"),
    "an overlong NUL": withholds(b'{"total": "\xc0\x80"}', JSON, "answer_unreadable"),
    "half a surrogate": withholds(b'{"total": "\xed\xa0\x80"}', JSON, "answer_unreadable"),
}
CASES = OF_TEXTS | TOLD_TWICE | OF_JSON


@pytest.mark.parametrize("case", CASES)
def test_charsets(front: Front, case: str) -> None:
    check(front, CASES[case])
