"""Masks JPEG and PNG: what has to be hidden is painted over, and nothing but the picture is written again."""

import io
import warnings
from collections.abc import Iterable

from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError

from policies.documents.painted.headings import may_tell
from policies.documents.painted.judge import Desk, hidden_in, learned
from policies.documents.painted.optical import Eyes
from policies.documents.painted.sheet import Box, Sheet
from policies.documents.painted.wire import Done, Found, Learn
from policies.formats.masker import Withheld

MOST_PIXELS = 50_000_000
QUALITY = 85
_AROUND = 2
"""Pixels that are painted on each side besides: letters are drawn a little over their edges."""
_MODES = frozenset({"1", "L", "LA", "P", "PA", "RGB", "RGBA"})
"""Those of eight bits in which colours are seen as they are stored; not of sixteen, nor for printing."""


def masked(data: bytes, name: str, eyes: Eyes, desk: Desk) -> bytes:
    """The picture in *data*, of the format *name*, without what has to be hidden. Raises Withheld."""
    picture = opened(data, name)
    sheets = [Sheet(cells) for cells in eyes.sheets(picture)]
    telling = desk.telling(set().union(*map(may_tell, sheets)))
    desk.say(Learn([text for sheet in sheets for text in learned(sheet, telling)]))
    for sheet in sheets:
        paint(picture, hidden_in(sheet, telling, desk).boxes)
    written = io.BytesIO()
    picture.save(written, name.upper(), **({"quality": QUALITY} if name == "jpeg" else {"optimize": False}))
    return written.getvalue()


def tell(data: bytes, name: str, eyes: Eyes, desk: Desk) -> None:
    """Say what stands on the picture. Raises Withheld."""
    for sheet in map(Sheet, eyes.sheets(opened(data, name))):
        tell_sheet(sheet, "图中 / the picture", desk)
    desk.say(Done())


def tell_sheet(sheet: Sheet, place: str, desk: Desk) -> None:
    """Say what stands on *sheet*, at *place*."""
    reading = next(sheet.readings())
    if reading.text:
        desk.say(Found(place, reading.text, sure=all(cell.sure for cell in sheet.cells)))
    for text, key in learned(sheet, desk.telling(may_tell(sheet))):
        desk.say(Found(place, text, key))


def paint(picture: Image.Image, boxes: Iterable[Box]) -> None:
    """Paint over *boxes*."""
    draw = ImageDraw.Draw(picture)
    for left, top, right, bottom in boxes:
        draw.rectangle((left - _AROUND, top - _AROUND, right + _AROUND, bottom + _AROUND), fill="black")


def opened(data: bytes, name: str) -> Image.Image:
    """The picture in *data* as it is seen, on white where nothing is. Raises Withheld for what is no plain one."""
    try:
        with warnings.catch_warnings(action="error"), Image.open(io.BytesIO(data), formats=[name.upper()]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Withheld("too_large_to_mask")
            if getattr(picture, "n_frames", 1) != 1 or picture.mode not in _MODES or _goes_on(data, name):
                raise Withheld("document_malformed")
            picture.load()
            upright = ImageOps.exif_transpose(picture)
            seen = upright.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError, Warning):
        raise Withheld("document_malformed") from None
    plain = Image.new("RGB", seen.size, "white")
    plain.paste(seen, mask=seen.getchannel("A"))
    return plain


def _goes_on(data: bytes, name: str) -> bool:
    """Whether more than one picture is in *data*, or something else behind it."""
    if name == "png":
        return not data.rstrip(b"\r\n\x00").endswith(b"IEND\xaeB`\x82")
    return not data.rstrip(b"\r\n\x00").endswith(b"\xff\xd9")
