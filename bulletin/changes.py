"""What a version of a notice changed of the one before it, piece by piece, for the page that shows both."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from incident.notice import STAGE_NAMES, Content, PublishedNotice, Version, blocks

_TOKEN = re.compile(r"[A-Za-z]+|\d+(?:[,.:]\d+)*|\s+|.", re.DOTALL)
"""Words and numbers are compared whole: of `1,234` and `1,243` no single digit is said to have changed."""
LONGEST = 4000
"""Tokens of a text that are compared piece by piece, which takes their square; longer ones are shown as replaced."""


class Kind(StrEnum):
    """What became of a piece of text."""

    KEPT = "kept"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text, and what became of it."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One text of a notice in which something changed: paragraph by paragraph its pieces."""

    name: str
    """Chinese name of the text."""
    lang: str
    paragraphs: tuple[tuple[Piece, ...], ...]


def comparable(notice: PublishedNotice, number: int) -> tuple[Version, Version] | None:
    """The version before *number* and that version; None where one is missing, or is withdrawn and has no text."""
    if not 2 <= number <= len(notice.versions):
        return None
    before, after = notice.versions[number - 2 : number]
    return (before, after) if before.content and after.content else None


def changes_between(before: Content, after: Content) -> tuple[Change, ...]:
    """What changed from *before* to *after*, text by text; texts in which nothing did are left out."""
    found = []
    for name, lang, old, new in _texts(before, after):
        if old != new:
            found.append(Change(name, lang, tuple(_paragraphs(old, new))))
    return tuple(found)


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """*old* and *new* as one row of pieces: without the new ones it is *old*, without those gone it is *new*."""
    if not (old and new):
        return tuple(Piece(kind, text) for kind, text in ((Kind.GONE, old), (Kind.NEW, new)) if text)
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    if max(len(before), len(after)) > LONGEST:
        return (Piece(Kind.GONE, old), Piece(Kind.NEW, new))
    found: list[Piece] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Piece(Kind.KEPT, "".join(before[a:b])))
            continue
        if a < b:
            found.append(Piece(Kind.GONE, "".join(before[a:b])))
        if c < d:
            found.append(Piece(Kind.NEW, "".join(after[c:d])))
    return tuple(found)


def _texts(before: Content, after: Content) -> Iterator[tuple[str, str, Sequence[str], Sequence[str]]]:
    yield "标题", "zh-CN", [before.title_zh], [after.title_zh]
    yield "正文", "zh-CN", _lines(before.body_zh), _lines(after.body_zh)
    yield "处置阶段", "zh-CN", [STAGE_NAMES[before.stage].zh], [STAGE_NAMES[after.stage].zh]
    yield "事件级别", "zh-CN", [before.grade.zh if before.grade else ""], [after.grade.zh if after.grade else ""]
    yield "联系方式", "zh-CN", _contact(before), _contact(after)
    yield "English title", "en", [before.title_en], [after.title_en]
    yield "English summary", "en", _lines(before.body_en), _lines(after.body_en)


def _lines(body: str) -> list[str]:
    return [line for block in blocks(body) for line in block.lines]


def _contact(content: Content) -> list[str]:
    return [content.contact.unit.zh, content.contact.phone, content.contact.hotline]


def _paragraphs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Piece, ...]]:
    """Paragraphs that changed, each with those that stand in its place; unchanged ones are left out."""
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for place in range(max(b - a, d - c)):
            line = pieces(old[a + place] if a + place < b else "", new[c + place] if c + place < d else "")
            if line:
                yield line
