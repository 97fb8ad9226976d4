"""What the tests of documents share: who looks at them, and all that anybody could find in a PDF."""

import io
from collections.abc import Iterator

import pikepdf
import pypdf
import pypdfium2

from policies.documents.document import Bounds, Clock
from policies.documents.look import Look
from policies.documents.painted.radicals import unified
from policies.documents.registry import Inner, by_name
from policies.formats.masker import Tally
from tests.policies.formats.masking import REMARK, UNDECLARED, tally

NAME, ID_NO, MOBILE, MAIL = "王小明", "110101199003074514", "13800138000", "wangxm@example.cn"
CANARIES = (NAME, ID_NO, MOBILE, MAIL)
SECONDS = 120.0


def masked(
    data: bytes, name: str, seconds: float = SECONDS, counted: Tally | None = None, *, unsigned_copy: bool = False
) -> bytes:
    """*data* of the format *name*, in which free text is scanned. Raises Withheld."""
    look = Look(UNDECLARED, REMARK, counted or tally())
    return by_name()[name].mask(data, look, within(seconds, unsigned_copy=unsigned_copy))


def texts(data: bytes, name: str) -> list[tuple[str, str, str]]:
    """Place, text and heading of each text in *data*. Raises Withheld."""
    return [(text.place, text.text, text.key) for text in by_name()[name].texts(data, within(SECONDS))]


def within(seconds: float, *, unsigned_copy: bool = False) -> Inner:
    return Inner((), Bounds(seconds=seconds, unsigned_copy=unsigned_copy), Clock(seconds))


def found_in(data: bytes) -> str:
    """All that stands in a PDF: what two readers make out, and every text and stream of it."""
    return unified("\n".join([data.decode("latin-1"), *_extracted(data), *_inside(data)]))


def _extracted(data: bytes) -> Iterator[str]:
    yield from (page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    with pypdfium2.PdfDocument(data) as document:
        for page in document:
            yield page.get_textpage().get_text_range()


def _inside(data: bytes) -> Iterator[str]:
    with pikepdf.open(io.BytesIO(data)) as document:
        for thing in [document.trailer, *document.objects]:
            yield from _strings(thing)
            if isinstance(thing, pikepdf.Stream) and thing.get("/Filter") != pikepdf.Name.DCTDecode:
                read = thing.read_bytes()
                yield from (read.decode(encoding, "replace") for encoding in ("utf-8", "utf-16-be", "gb18030"))


def _strings(thing: pikepdf.Object, depth: int = 0) -> Iterator[str]:
    if isinstance(thing, pikepdf.String):
        yield str(thing)
    elif isinstance(thing, pikepdf.Array) and depth < 6:
        for part in list(thing):
            if isinstance(part, pikepdf.Object):
                yield from _strings(part, depth + 1)
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream) and depth < 6:
        for _, part in thing.items():
            if isinstance(part, pikepdf.Object):
                yield from _strings(part, depth + 1)
