"""What no copy of a PDF can be made of: it is signed, holds other files, or computes what it shows."""

from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, Object

from policies.formats.masker import Withheld

_FILES = frozenset({"/FileAttachment"})
_RUNS = frozenset({"/RichMedia", "/3D", "/Movie", "/Sound", "/Screen"})
DEEPEST = 20
MOST_FIELDS = 100_000


def check(source: pikepdf.Pdf) -> None:
    """Raise Withheld where *source* is one."""
    root = source.Root
    form = root.get("/AcroForm", Dictionary())
    if "/XFA" in form:
        raise Withheld("document_active")
    if "/Perms" in root or int(form.get("/SigFlags", 0)) & 1 or any(map(_is_signature, _fields(form))):
        raise Withheld("answer_signed")
    names = root.get("/Names", Dictionary())
    if "/AF" in root or "/Collection" in root or "/EmbeddedFiles" in names:
        raise Withheld("document_within_undeclared")
    for page in source.pages:
        if "/AF" in page.obj:
            raise Withheld("document_within_undeclared")
        for annotation in page.obj.get("/Annots", Array()):
            kind = str(annotation.get("/Subtype", "")) if isinstance(annotation, Dictionary) else ""
            if kind in _FILES:
                raise Withheld("document_within_undeclared")
            if kind in _RUNS:
                raise Withheld("document_active")


def _is_signature(field: Object) -> bool:
    return bool(field.get("/FT") == Name.Sig and "/V" in field)


def _fields(form: Object) -> Iterator[Object]:
    waiting = [(field, 0) for field in form.get("/Fields", Array())]
    for _ in range(MOST_FIELDS):
        if not waiting:
            return
        field, depth = waiting.pop()
        if depth > DEEPEST:
            raise Withheld("too_large_to_mask")
        if isinstance(field, Dictionary):
            yield field
            waiting += [(kid, depth + 1) for kid in field.get("/Kids", Array())]
    raise Withheld("too_large_to_mask")
