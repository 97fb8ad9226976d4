"""Reads what a page of a PDF says, with the place of every character on the picture that is made of the page."""

import ctypes
from array import array
from collections.abc import Iterator

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image

from policies.documents.painted.radicals import unified
from policies.documents.painted.sheet import BESIDE, Cell
from policies.documents.painted.way import Box
from policies.formats.masker import Withheld

DOTS_PER_INCH = 150
MOST_PIXELS = 50_000_000
GAP = 0.8
"""Characters stand apart where there is more than this between them, as a share of their height."""
LEAST_HEIGHT = 8.0
"""Pixels that a character takes at least, though what is drawn of it be flat: 一 is as wide as any."""
_SCALE = DOTS_PER_INCH / 72
_HYPHEN = "\x02"
"""What pdfium says of a hyphen at the end of a line."""
_BREAKS = frozenset("\r\n")
_FAR = 1 << 20
_SEGMENTS_OF_A_RECTANGLE = 5
_SEGMENTS_OF_A_LETTER = 30
_LONGEST_STROKE = 12.0
"""Points."""
_NO_CHARACTERS = frozenset({0, 0xFFFD, 0xFFFE, 0xFFFF})


class PageText:
    """The cells of a page, and whether some character on it cannot be read."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        self.has_unreadable = False
        text = page.get_textpage()
        try:
            self.cells = list(self._cells(text, _transform(page)))
        finally:
            text.close()

    def _cells(self, text: pdfium.PdfTextPage, to_pixels: tuple[float, ...]) -> Iterator[Cell]:
        letters: list[str] = []
        edges = array("f")
        before, height, is_broken = (0.0, 0.0, 0.0, 0.0), 0.0, False
        left, top, right, bottom = (ctypes.c_double() for _ in range(4))
        places = [ctypes.byref(place) for place in (left, right, bottom, top)]
        page = text.raw
        for index in range(text.count_chars()):
            code = raw.FPDFText_GetUnicode(page, index)
            letter = "-" if chr(code) == _HYPHEN else unified(chr(code))
            if letter.isspace() or raw.FPDFText_IsGenerated(page, index) == 1:
                if letter in _BREAKS:
                    is_broken = True
                elif letters:
                    letters.append(" ")
                    edges.extend(before)
                continue
            if _says_nothing(code) or raw.FPDFText_HasUnicodeMapError(page, index) == 1:
                self.has_unreadable = True
            raw.FPDFText_GetCharBox(page, index, *places)
            box = _placed((left.value, top.value, right.value, bottom.value), to_pixels)
            height = max(height if letters else LEAST_HEIGHT, box[3] - box[1])
            if letters and (_is_apart(before, box, height) or (is_broken and not _is_next(before, box))):
                yield _cell(letters, edges)
                letters, edges, height = [], array("f"), max(LEAST_HEIGHT, box[3] - box[1])
            letters.append(letter)
            edges.extend(box)
            before, is_broken = box, False
        if letters:
            yield _cell(letters, edges)


def _cell(letters: list[str], edges: array[float]) -> Cell:
    while letters and letters[-1] == " ":
        del letters[-1], edges[-4:]
    return Cell("".join(letters), edges)


def _says_nothing(code: int) -> bool:
    """Whether it is no character, half of one, or one of which only the maker of a font knows the meaning."""
    return code in _NO_CHARACTERS or 0xD800 <= code < 0xF900 or 0xF0000 <= code < 0x10FFFE


def _is_apart(before: Box, box: Box, height: float) -> bool:
    """Whether *box* stands apart from the one *before* it, in a cell whose tallest character has that *height*."""
    aside = max(box[0] - before[2], before[0] - box[2])
    below = max(box[1] - before[3], before[1] - box[3])
    return max(aside, below) > GAP * height


def _is_next(before: Box, box: Box) -> bool:
    """Whether *box* stands right behind the one *before* it, in its line: pdfium takes columns of a long table for
    lines that run down, and breaks them after each character.
    """
    middle, height = (before[1] + before[3]) / 2, max(before[3] - before[1], box[3] - box[1])
    return box[0] >= before[0] and abs((box[1] + box[3]) / 2 - middle) <= BESIDE * height


def _transform(page: pdfium.PdfPage) -> tuple[float, ...]:
    """From the page's places to those of its picture: a, b, c, d, e, f as PDF writes them."""
    width, height = size_of(page)
    x, y = ctypes.c_int(), ctypes.c_int()
    corners = []
    for at in ((0.0, 0.0), (1000.0, 0.0), (0.0, 1000.0)):
        raw.FPDF_PageToDevice(page, 0, 0, _FAR, _FAR, 0, *at, x, y)
        corners.append((x.value * width / _FAR, y.value * height / _FAR))
    (e, f), (ax, ay), (bx, by) = corners
    return (ax - e) / 1000, (ay - f) / 1000, (bx - e) / 1000, (by - f) / 1000, e, f


def _placed(box: Box, to: tuple[float, ...]) -> Box:
    a, b, c, d, e, f = to
    left, top, right, bottom = box
    xs = (a * left + c * top + e, a * right + c * bottom + e)
    ys = (b * left + d * top + f, b * right + d * bottom + f)
    return min(xs), min(ys), max(xs), max(ys)


def size_of(page: pdfium.PdfPage) -> tuple[int, int]:
    """Of the picture that is made of *page*, in pixels. Raises Withheld for one that is too large."""
    width, height = (max(1, round(side * _SCALE)) for side in page.get_size())
    if width * height > MOST_PIXELS:
        raise Withheld("too_large_to_mask")
    return width, height


def picture_of(page: pdfium.PdfPage) -> Image.Image:
    """What *page* shows. Raises Withheld."""
    width, height = size_of(page)
    bitmap = pdfium.PdfBitmap.new_native(width, height, raw.FPDFBitmap_BGR)
    try:
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
        raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, raw.FPDF_ANNOT)
        picture: Image.Image = bitmap.to_pil()
        return picture.convert("RGB")
    finally:
        bitmap.close()


class Shapes:
    """What a page draws that is no text."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        width, height = page.get_size()
        self.images: list[pdfium.PdfImage] = []
        self.covered = 0.0
        """Which share of the page pictures cover, those below others counted as well."""
        self.letter_like = 0
        """How many drawn figures could be letters."""
        for drawn in page.get_objects(filter=(raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE)):
            left, bottom, right, top = drawn.get_bounds()
            if isinstance(drawn, pdfium.PdfImage):
                self.images.append(drawn)
                self.covered += (right - left) * (top - bottom) / max(1.0, width * height)
            else:
                self.letter_like += _letters_in(drawn, right - left, top - bottom)


def _letters_in(path: pdfium.PdfObject, width: float, height: float) -> int:
    """How many letters *path* could draw: rectangles, and rules longer than a stroke of a letter, are none."""
    segments: int = raw.FPDFPath_CountSegments(path)
    if segments > _SEGMENTS_OF_A_RECTANGLE:
        return max(1, segments // _SEGMENTS_OF_A_LETTER)
    return int(max(width, height) < _LONGEST_STROKE)
