"""What a PDF says besides its pages: about itself, in bookmarks, notes and links. None of it is in a masked copy."""

import io
from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Object, Stream, String

from policies.formats.masker import Withheld

DEEPEST = 12
MOST = 100_000
"""Objects that are looked into."""
_PLACES = {
    "/Info": "文档属性 / properties",
    "/Outlines": "书签 / bookmarks",
    "/Names": "名称 / names",
    "/AcroForm": "表单 / form",
}


def beside(data: bytes) -> Iterator[tuple[str, str]]:
    """Where, and what. Raises Withheld, PdfError."""
    try:
        source = pikepdf.open(io.BytesIO(data), suppress_warnings=True)
    except pikepdf.PasswordError:
        raise Withheld("document_encrypted") from None
    with source:
        for key, place in _PLACES.items():
            holder = source.trailer if key == "/Info" else source.Root
            if key in holder:
                yield from ((place, text) for text in _strings(holder[key]))
        if isinstance(described := source.Root.get("/Metadata"), Stream):
            yield _PLACES["/Info"], described.read_bytes().decode("utf-8", "replace")
        for number, page in enumerate(source.pages, 1):
            for annotation in page.obj.get("/Annots", Array()):
                for text in _strings(annotation):
                    yield f"第 {number} 页批注 / notes of page {number}", text


def _strings(thing: Object) -> Iterator[str]:
    """Every text within *thing*, but for what stands on pages."""
    waiting = [(thing, 0)]
    seen: set[tuple[int, int]] = set()
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
