"""Masks PDF: pages on which something has to be hidden become pictures with it painted over, others stay drawings."""

import io
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import pikepdf
import pypdf
import pypdfium2 as pdfium
from pikepdf import Array, Dictionary, Name
from PIL import Image

from policies.documents.painted.headings import may_tell
from policies.documents.painted.judge import Desk, Hidden, hidden_in, learned
from policies.documents.painted.level import level
from policies.documents.painted.optical import Sight
from policies.documents.painted.pdf_beside import beside
from policies.documents.painted.pdf_clean import Clean, cleaned
from policies.documents.painted.pdf_content import Doubts
from policies.documents.painted.pdf_images import Seen
from policies.documents.painted.pdf_page import DOTS_PER_INCH, PageText, Shapes, picture_of, size_of
from policies.documents.painted.pdf_second import differ, second_reading
from policies.documents.painted.pictures import QUALITY, paint, tell_sheets
from policies.documents.painted.sheet import Sheet
from policies.documents.painted.way import STRAIGHT
from policies.documents.painted.wire import Done, Found, Learn, Limits, Read
from policies.formats.masker import Withheld

MOST_COVERED = 0.5
"""The share of a page that pictures cover on one that is taken for a scan."""
FEW_LETTERS = 12
"""So many figures that could be letters are none."""
UNSIGNED = "不含签名的副本，原件有电子签名 / a copy without the signatures that the original bears"
"""What a copy says of itself, among its properties."""
LEAST_RESIDUE = 6
"""Characters of a value that stands nowhere else by chance."""


@dataclass(slots=True)
class Page:
    """What was read of one page."""

    doubts: Doubts
    sheets: list[Sheet]
    """Of its text; and of its picture, where that was looked at."""
    other: str
    """What the second reader says."""
    images: list[Sheet] = field(default_factory=list)
    """Of each picture on it, by itself."""


def masked(data: bytes, limits: Limits, eyes: Sight, desk: Desk) -> Done:
    """The PDF in *data* without what has to be hidden. Raises Withheld; and what libraries raise of a broken one."""
    clean = cleaned(data, limits)
    pages = list(_read(clean, eyes, desk))
    everything = [sheet for page in pages for sheet in (*page.sheets, *page.images)]
    telling = desk.telling(set().union(*map(may_tell, everything)))
    desk.say(Learn([text for sheet in everything for text in learned(sheet, telling)]))
    values: set[str] = set()
    with pikepdf.open(io.BytesIO(clean.data)) as copy:
        document = pdfium.PdfDocument(clean.data)
        for number, page in enumerate(pages):
            found = [
                hidden_in(sheet, telling, desk, page.other * (not at), again=at > 0)
                for at, sheet in enumerate(page.sheets)
            ]
            within = [hidden_in(sheet, telling, desk) for sheet in page.images]
            values.update(*(each.values for each in (*found, *within)))
            if page.doubts.painted or any(map(_hides, (*found, *within))):
                picture = picture_of(document[number])
                if any(map(_hides, within)) and not page.doubts.looked_at:
                    found += [hidden_in(sheet, telling, desk, again=True) for sheet in eyes.sheets(picture)]
                _paint(picture, found)
                _replace(copy, number, picture)
        document.close()
        if clean.signatures:
            copy.docinfo["/Subject"] = UNSIGNED
        written = io.BytesIO()
        copy.save(written, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    _check_residue(written, values)
    if written.tell() > limits.octets:
        raise Withheld("too_large_to_mask")
    return Done(written.getvalue(), clean.signatures)


def tell(data: bytes, limits: Limits, eyes: Sight, desk: Desk) -> None:
    """Say what the PDF in *data* holds, what nobody sees as well. Raises as `masked` does."""
    for place, text in beside(data):
        desk.say(Found(place, text))
    for number, page in enumerate(_read(cleaned(data, limits), eyes, desk), 1):
        for text in page.doubts.said:
            desk.say(Found(f"第 {number} 页标签 / tags of page {number}", text))
        seen = [replace(sheet, again=at > 0) for at, sheet in enumerate(page.sheets)]
        tell_sheets([*seen, *page.images], f"第 {number} 页 / page {number}", desk)
    desk.say(Done())


def _read(clean: Clean, eyes: Sight, desk: Desk) -> Iterator[Page]:
    logging.disable()  # what a reader says of a broken file may hold what is in it
    document = pdfium.PdfDocument(clean.data)
    seen = Seen(eyes)
    try:
        second = pypdf.PdfReader(io.BytesIO(clean.data))
        for number, doubts in enumerate(clean.pages):
            yield _page(document[number], partial(second_reading, second, number), doubts, seen, eyes)
            desk.say(Read(number + 1, len(clean.pages)))
    finally:
        document.close()


def _page(page: pdfium.PdfPage, second: partial[str | None], doubts: Doubts, seen: Seen, eyes: Sight) -> Page:
    text, shapes = PageText(page), Shapes(page)
    other = second()
    doubts.looked_at |= text.has_unreadable or shapes.letter_like > FEW_LETTERS
    doubts.looked_at |= other is None or differ(other, "".join(cell.text for cell in text.cells))
    if shapes.covered > MOST_COVERED or seen.are_many(shapes.images):
        doubts.painted = doubts.looked_at = True
    images: list[Sheet] = []
    if not doubts.looked_at:
        images = [sheet for image in shapes.images for sheet in seen.sheets(image, blended=doubts.blended)]
        doubts.looked_at = not all(cell.sure for sheet in images for cell in sheet.cells)
    doubts.painted |= doubts.looked_at
    sheets = [level(text.cells, *size_of(page))]
    if doubts.looked_at:
        sheets += eyes.sheets(picture_of(page))
    return Page(doubts, sheets, other or "", images)


def _hides(hidden: Hidden) -> bool:
    return bool(hidden.boxes) or hidden.whole


def _paint(picture: Image.Image, found: Sequence[Hidden]) -> None:
    for hidden in found:
        paint(picture, [STRAIGHT.outline((0, 0, *picture.size))] if hidden.whole else hidden.outlines())


def _replace(copy: pikepdf.Pdf, number: int, picture: Image.Image) -> None:
    """Put *picture* in the place of a page."""
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=QUALITY)
    width, height = (round(side * 72 / DOTS_PER_INCH, 2) for side in picture.size)
    image = copy.make_stream(
        written.getvalue(),
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=picture.width,
        Height=picture.height,
        ColorSpace=Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=Name.DCTDecode,
    )
    copy.pages[number] = pikepdf.Page(
        copy.make_indirect(
            Dictionary(
                Type=Name.Page,
                MediaBox=Array([0, 0, width, height]),
                Resources=Dictionary(XObject=Dictionary(Im0=image)),
                Contents=copy.make_stream(f"q {width} 0 0 {height} 0 0 cm /Im0 Do Q".encode()),
            )
        )
    )


def _check_residue(written: io.BytesIO, values: set[str]) -> None:
    """Withhold a copy in which a value that was hidden still stands somewhere as it was written."""
    spelled = [
        each
        for value in values
        if len(value) >= LEAST_RESIDUE
        for each in (value.encode(), value.encode("utf-16-be"), value.encode("gb18030", "replace"))
    ]
    with pikepdf.open(written) as copy:
        for thing in copy.objects if spelled else ():
            if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") != Name.Image and "/Length1" not in thing:
                data = thing.read_bytes()
                if any(each in data for each in spelled):
                    raise Withheld("document_malformed")
