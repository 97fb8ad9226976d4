"""A sheet: what is printed, sent or filed about a case, before it is known as what kind of file.

`sheet_html`, `sheet_docx` and `sheet_pdf` make the files. What a sheet says is decided where it is made; nothing here
or there adds or leaves out a word.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class SheetFormat(StrEnum):
    """What a sheet can be handed out as."""

    HTML = "html"
    DOCX = "docx"
    PDF = "pdf"
    TEXT = "txt"


MEDIA_TYPES = {
    SheetFormat.HTML: "text/html; charset=utf-8",
    SheetFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    SheetFormat.PDF: "application/pdf",
    SheetFormat.TEXT: "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a part."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; a line break in it is kept."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of items."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One entry of a form: what is asked, what is said, and from which record it comes."""

    label: str
    value: str
    """A line break in it is kept."""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Fields:
    """A form: a table of two columns, or of three where a field names its source."""

    fields: tuple[Field, ...]

    @property
    def sourced(self) -> bool:
        """Whether a field names where it comes from."""
        return any(field.source for field in self.fields)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. Every row is as long as the head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


type Block = Heading | Paragraph | Bullets | Fields | Grid

FIELD_HEAD = ("事项", "内容", "依据")
"""The head of a form with sources."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One document of one or more A4 pages."""

    title: str
    blocks: tuple[Block, ...]
    made_at: datetime
    """Stands in the properties of the file, and only there."""
    marks: tuple[str, ...] = ()
    """What stands at the head of every page: a restriction, or that it is a drill."""
    footer: str = ""
    """What stands at the foot of every page, before its number."""
    language: str = "zh-CN"
    """BCP 47."""


_UNPRINTABLE = re.compile(r"[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no place for (2.2, Char), and the control characters that it advises against."""


def printable(sheet: Sheet) -> Sheet:
    """*sheet* without the characters that are no letters in any file: somebody's typing may hold them."""
    return replace(
        sheet,
        title=_clean(sheet.title),
        blocks=tuple(map(_clean_block, sheet.blocks)),
        marks=_clean_all(sheet.marks),
        footer=_clean(sheet.footer),
    )


def _clean(text: str) -> str:
    return _UNPRINTABLE.sub("", "\n".join(text.splitlines()))


def _clean_all(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(_clean, texts))


def _clean_block(block: Block) -> Block:
    match block:
        case Heading(text):
            return Heading(_clean(text))
        case Paragraph(text):
            return Paragraph(_clean(text))
        case Bullets(items):
            return Bullets(_clean_all(items))
        case Fields(fields):
            return Fields(tuple(Field(_clean(one.label), _clean(one.value), _clean(one.source)) for one in fields))
        case Grid(head, rows):
            return Grid(_clean_all(head), tuple(map(_clean_all, rows)))


def rows_of(fields: Fields) -> Grid:
    """*fields* as a table; without the head where no field names a source."""
    if not fields.sourced:
        return Grid((), tuple((field.label, field.value) for field in fields.fields))
    return Grid(FIELD_HEAD, tuple((field.label, field.value, field.source) for field in fields.fields))


def texts_of(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """Every text of *sheet* that its author or its facts put there, with the name of its place, in reading order."""
    yield "标题", sheet.title
    for mark in sheet.marks:
        yield "页眉", mark
    heading = sheet.title
    for block in sheet.blocks:
        match block:
            case Heading(text):
                heading = text
                yield heading, text
            case Paragraph(text):
                yield heading, text
            case Bullets(items):
                yield from ((heading, item) for item in items)
            case Fields(fields):
                for field in fields:
                    yield field.label, field.value
                    yield field.label, field.source
            case Grid(_, rows):
                yield from ((heading, cell) for row in rows for cell in row)
    yield "页脚", sheet.footer


def text_of(sheet: Sheet) -> str:
    """*sheet* as plain text, whole, ending with a line break."""
    lines = [*(f"【{mark}】" for mark in sheet.marks), sheet.title, ""]
    for block in sheet.blocks:
        match block:
            case Heading(text):
                lines += [f"## {text}", ""]
            case Paragraph(text):
                lines += [text, ""]
            case Bullets(items):
                lines += [*(f"- {item}" for item in items), ""]
            case Fields(fields):
                for field in fields:
                    lines.append(f"{field.label}：{field.value}" + (f"〔{field.source}〕" if field.source else ""))
                lines.append("")
            case Grid(head, rows):
                lines += [" | ".join(row) for row in (head, *rows)]
                lines.append("")
    lines += [sheet.footer] if sheet.footer else []
    return "\n".join(lines).rstrip("\n") + "\n"
