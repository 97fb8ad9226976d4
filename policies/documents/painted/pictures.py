"""Masks JPEG and PNG: what has to be hidden is painted over, and nothing but the picture is written again."""

import io
import warnings
from collections.abc import Iterable

from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError

from policies.documents.painted.headings import may_tell
from policies.documents.painted.judge import Desk, hidden_in, learned
from policies.documents.painted.optical import Sight
from policies.documents.painted.sheet import Sheet
from policies.documents.painted.way import Outline
from policies.documents.painted.wire import Done, Found, Learn
from policies.formats.masker import Withheld

MOST_PIXELS = 50_000_000
QUALITY = 85
_MODES = frozenset({"1", "L", "LA", "P", "PA", "RGB", "RGBA"})
"""Those of eight bits in which colours are seen as they are stored; not of sixteen, nor for printing."""


def masked(data: bytes, name: str, eyes: Sight, desk: Desk) -> bytes:
    """The picture in *data*, of the format *name*, without what has to be hidden. Raises Withheld."""
    picture = opened(data, name)
    sheets = list(eyes.sheets(picture))
    telling = desk.telling(set().union(*map(may_tell, sheets)))
    desk.say(Learn([text for sheet in sheets for text in learned(sheet, telling)]))
    for sheet in sheets:
        paint(picture, hidden_in(sheet, telling, desk).outlines())
    written = io.BytesIO()
    picture.save(written, name.upper(), **({"quality": QUALITY} if name == "jpeg" else {"optimize": False}))
    return written.getvalue()


def tell(data: bytes, name: str, eyes: Sight, desk: Desk) -> None:
    """Say what stands on the picture. Raises Withheld."""
    tell_sheets(eyes.sheets(opened(data, name)), "图中 / the picture", desk)
    desk.say(Done())


def tell_sheets(sheets: Iterable[Sheet], place: str, desk: Desk) -> None:
    """Say what stands on *sheets*, at *place*: of one picture that is read again only what nobody has read before."""
    lines: set[str] = set()
    keyed: set[tuple[str, str]] = set()
    for sheet in sheets:
        if not sheet.again:
            lines, keyed = set(), set()
        reading, here = next(sheet.readings()), {cell.text for cell in sheet.cells}
        if not here <= lines:
            desk.say(Found(place, reading.text, sure=all(cell.sure for cell in sheet.cells)))
        under = learned(sheet, desk.telling(may_tell(sheet)))
        for text, key in under:
            if (text, key) not in keyed:
                desk.say(Found(place, text, key))
        lines |= here
        keyed |= set(under)


def paint(picture: Image.Image, outlines: Iterable[Outline]) -> None:
    """Paint over *outlines*."""
    draw = ImageDraw.Draw(picture)
    for outline in outlines:
        draw.polygon(outline, fill="black", outline="black")


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
