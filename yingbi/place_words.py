"""Where something stands in a file, as who works in an office says it: 正文, 工作表 sheet1, 第 3 行.

What programs read (`yingbi scan --json`) keeps the names that formats have for their parts.
"""

import re
from collections.abc import Sequence

FEW = 4
"""Places in one part that are told one by one in the table that is printed."""
_COUNTED = {"line": "行", "column": "列"}
_AT = re.compile(r"(?P<unit>line|column) (?P<first>\d+)(?: … (?:line|column) (?P<last>\d+) \((?P<number>\d+)\))?")
_PARTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), zh)
    for pattern, zh in (
        (r"word/(document)\.xml", "正文"),
        (r"word/(header\d*)\.xml", "页眉"),
        (r"word/(footer\d*)\.xml", "页脚"),
        (r"word/(footnotes|endnotes)\.xml", "脚注尾注"),
        (r"(?:word|xl|ppt)/(?:comments/)?(comments?\w*)\.xml", "批注"),
        (r"xl/worksheets/(\w+)\.xml", "工作表"),
        (r"ppt/slides/(\w+)\.xml", "幻灯片"),
        (r"ppt/notesSlides/(\w+)\.xml", "备注页"),
        (r"(docProps/\w+)\.xml", "文档属性"),
    )
)
"""Parts of Office files that a person knows by another name. The group is what tells one of them from another."""


def place_words(places: Sequence[str], *, is_package: bool) -> str:
    """The *places* in one file in a few words, with what they have in common said once: `工作表 sheet1 B2, C2`.

    *is_package*: whether they begin with the number of a file within, as in a ZIP.
    """
    parts: dict[tuple[str, str], list[str]] = {}
    for place in places:
        within = ""
        if is_package:
            number, _, place = place.partition("/")
            within = f"第 {number} 个文件" if place else f"第 {number} 个文件的名称"
        part, at = _split(place)
        parts.setdefault((within, part), []).append(at)
    return "; ".join(" ".join(filter(None, (within, _told(part, at)))) for (within, part), at in parts.items())


def _split(place: str) -> tuple[str, str]:
    """The part of a document that *place* names, and where in it: `word/document.xml` has no places within."""
    found = _AT.fullmatch(place)
    if found is not None:
        last = f" … {found['last']} ({found['number']})" if found["last"] else ""
        return found["unit"], found["first"] + last
    part, _, at = place.partition(" ") if ".xml " in place else (place, "", "")
    return part, at


def _told(part: str, at: Sequence[str]) -> str:
    if part in _COUNTED:
        at = sorted(at, key=lambda each: int(each.partition(" ")[0]))
    listed = ", ".join(at) if len(at) <= FEW else f"{at[0]} … {at[-1]} ({len(at)})"
    if part in _COUNTED:
        return f"第 {listed} {_COUNTED[part]} / {part}"
    return f"{_named(part)} {listed}".rstrip()


def _named(part: str) -> str:
    found = ((pattern.fullmatch(part), zh) for pattern, zh in _PARTS)
    return next((f"{zh} {match[1]}" for match, zh in found if match is not None), part)
