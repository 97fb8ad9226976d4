"""Where the answers of an operation show the serial by which a copy of one tells which exchange it is from."""

from enum import StrEnum

import msgspec


class Csv(StrEnum):
    """Where a table shows it."""

    COLUMN = "column"
    """In a last column of each row, so that a part of it tells as well."""
    LINE = "line"
    """In a last row of its own."""
    COMMENT = "comment"
    """The same, behind `#`."""


class Html(StrEnum):
    """Where a page shows it, beside a `meta` in its head."""

    META = "meta"
    FOOTER = "footer"


class Xml(StrEnum):
    """Where a document shows it: before its root."""

    COMMENT = "comment"
    INSTRUCTION = "instruction"


class Marking(msgspec.Struct, frozen=True, kw_only=True):
    """By format; what says nothing of a format leaves its bodies as they are."""

    csv: Csv | None = None
    html: Html | None = None
    json: str = ""
    """The name of a member of its object, or of each object of a stream of lines; empty for none."""
    xml: Xml | None = None
