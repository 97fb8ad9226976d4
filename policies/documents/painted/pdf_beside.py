"""What a PDF says besides its pages: about itself, in bookmarks, notes, links, tags and scripts, in earlier revisions,
before its beginning and behind its end. None of it is in a masked copy.
"""

import io
import re
from collections.abc import Iterator

import pikepdf
import pypdfium2 as pdfium
from pikepdf import Array, Dictionary, Object, Stream, String

from policies.formats.masker import Withheld

DEEPEST = 12
MOST = 100_000
"""Objects that are looked into."""
MOST_REVISIONS = 8
"""Earlier ones, of which the latest are read."""
_PLACES = {
    "/Info": "文档属性 / properties",
    "/Outlines": "书签 / bookmarks",
    "/Names": "名称 / names",
    "/AcroForm": "表单 / form",
}
_ELSEWHERE = "标签、脚本等 / tags, scripts and others"
_REVISION = "以前的版本 / an earlier revision"
_AROUND = "文件首尾之外 / before or behind the document"
_NO_TEXTS = frozenset({"/Lookup", "/ID", "/CIDSystemInfo", "/Parent", "/Kids"})
"""What holds octets, or leads to what has its own turn."""
_TEXT_STREAMS = frozenset({"/JS", "/RC", "/DS", "/Metadata"})
_END = re.compile(rb"%%EOF[\r\n]*")
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\ufffd]")


def beside(data: bytes) -> Iterator[tuple[str, str]]:
    """Where, and what. Raises Withheld, PdfError."""
    try:
        source = pikepdf.open(io.BytesIO(data), suppress_warnings=True)
    except pikepdf.PasswordError:
        raise Withheld("document_encrypted") from None
    with source:
        seen: set[tuple[int, int]] = set()
        for key, place in _PLACES.items():
            holder = source.trailer if key == "/Info" else source.Root
            if key in holder:
                yield from ((place, text) for text in strings_in(holder[key], seen))
        if isinstance(described := source.Root.get("/Metadata"), Stream):
            yield _PLACES["/Info"], described.read_bytes().decode("utf-8", "replace")
            seen.add(described.objgen)
        for number, page in enumerate(source.pages, 1):
            for annotation in page.obj.get("/Annots", Array()):
                for text in strings_in(annotation, seen):
                    yield f"第 {number} 页批注 / notes of page {number}", text
        for thing in source.objects:
            if thing.objgen not in seen and len(seen) < MOST:
                yield from ((_ELSEWHERE, text) for text in _own_strings(thing, seen))
        is_linear = any(isinstance(each, Dictionary) and "/Linearized" in each for each in source.objects)
    yield from ((_REVISION, line) for line in _earlier_lines(data, is_linear=is_linear))
    ends = list(_END.finditer(data))
    for around in (data[: max(0, data.find(b"%PDF-"))], data[ends[-1].end() :] if ends else b""):
        if text := around.decode("utf-8", "replace").strip("\0\r\n\t "):
            yield _AROUND, text


def strings_in(thing: object, seen: set[tuple[int, int]] | None = None) -> Iterator[str]:
    """Every text within *thing*, but for what stands on pages and in what was *seen*, to which it adds."""
    waiting: list[tuple[object, int]] = [(thing, 0)]
    seen = set() if seen is None else seen
    while waiting and len(seen) < MOST:
        each, depth = waiting.pop()
        if isinstance(each, String):
            yield str(each)
        elif isinstance(each, Dictionary | Array) and depth < DEEPEST:
            if each.is_indirect:
                if each.objgen in seen:
                    continue
                seen.add(each.objgen)
            within = each.values() if isinstance(each, Dictionary) else each
            if isinstance(each, Dictionary) and each.get("/Type") == pikepdf.Name.Page:
                continue
            waiting += [(part, depth + 1) for part in reversed(list(within)) if isinstance(part, Object)]


def _own_strings(thing: Object, seen: set[tuple[int, int]]) -> Iterator[str]:
    """Every text of the object *thing* itself, not of others that it leads to, and of the streams that are texts."""
    waiting: list[tuple[str, Object, int]] = [("", thing, 0)]
    while waiting:
        name, each, depth = waiting.pop()
        if isinstance(each, String):
            if not _NO_TEXT.search(text := str(each)):
                yield text
        elif isinstance(each, Stream) and (name in _TEXT_STREAMS or each.get("/Type") == pikepdf.Name.Metadata):
            if each.objgen not in seen:
                seen.add(each.objgen)
                yield each.read_bytes().decode("utf-8", "replace")
        elif depth and each.is_indirect:
            continue
        elif isinstance(each, Dictionary | Stream) and depth < DEEPEST:
            parts = [(key, each[key]) for key in each.keys() if key not in _NO_TEXTS]  # noqa: SIM118 - not its values
            waiting += [(key, part, depth + 1) for key, part in parts if isinstance(part, Object)]
        elif isinstance(each, Array) and depth < DEEPEST:
            waiting += [(name, part, depth + 1) for part in list(each) if isinstance(part, Object)]


def _earlier_lines(data: bytes, *, is_linear: bool) -> Iterator[str]:
    """The lines that stood on pages before the document was written on, and stand there no more. The first end of one
    that *is_linear* is none of a revision.
    """
    ends = [found.end() for found in _END.finditer(data)][1 if is_linear else 0 : -1]
    if not ends:
        return
    seen = set(_lines_of(data))
    for end in ends[-MOST_REVISIONS:]:
        for line in _lines_of(data[:end]):
            if line not in seen:
                seen.add(line)
                yield line


def _lines_of(data: bytes) -> Iterator[str]:
    """The lines on the pages of *data*; none where it is no document, as what was written in the middle of one."""
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError:
        return
    try:
        for page in document:
            yield from (line.strip() for line in page.get_textpage().get_text_range().splitlines() if line.strip())
    finally:
        document.close()
