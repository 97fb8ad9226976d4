"""What no copy of a PDF can be made of: it is signed, holds other files, or computes what it shows.

Where that is declared, one is made of what is signed, without the signatures and without the seals that show them.
"""

from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, Object

from policies.formats.masker import Withheld

_FILES = frozenset({"/FileAttachment"})
_RUNS = frozenset({"/RichMedia", "/3D", "/Movie", "/Sound", "/Screen"})
DEEPEST = 20
MOST_FIELDS = 100_000


def check(source: pikepdf.Pdf, *, unsigned_copy: bool = False) -> int:
    """Raise Withheld where *source* is one. Returns how many signatures its copy is without."""
    root = source.Root
    form = root.get("/AcroForm", Dictionary())
    if "/XFA" in form:
        raise Withheld("document_active")
    signatures = sum(map(_is_signature, _fields(form)))
    if not signatures and ("/Perms" in root or int(form.get("/SigFlags", 0)) & 1):
        signatures = 1
    if signatures and not unsigned_copy:
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
    return signatures


def remove_seals(source: pikepdf.Pdf) -> None:
    """Take what shows a signature off the pages of *source*: it would vouch for a copy."""
    for page in source.pages:
        annotations = page.obj.get("/Annots", Array())
        kept = [each for each in annotations if not (isinstance(each, Dictionary) and _shows_signature(each))]
        if len(kept) < len(annotations):
            page.obj.Annots = Array(kept)


def _shows_signature(annotation: Object) -> bool:
    parent = annotation.get("/Parent", Dictionary())
    return Name.Sig in (annotation.get("/FT"), parent.get("/FT") if isinstance(parent, Dictionary) else None)


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
