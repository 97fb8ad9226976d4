"""Reads the pictures on pages, each once however often it is shown."""

from collections.abc import Iterator
from hashlib import blake2b

import pypdfium2 as pdfium
from PIL import Image

from policies.documents.painted.optical import Sight
from policies.documents.painted.pictures import MOST_PIXELS
from policies.documents.painted.sheet import Sheet
from policies.formats.masker import Withheld

LEAST_SIDE = 12
"""Pixels; in less nothing can be read."""
MANY = 16
"""Pictures on a page that may be parts of one."""
MOST_KEPT = 1000


class Seen:
    """What was read of pictures so far."""

    def __init__(self, eyes: Sight) -> None:
        self._eyes = eyes
        self._sheets: dict[bytes, list[Sheet]] = {}

    def are_many(self, images: list[pdfium.PdfImage]) -> bool:
        """Whether *images* may be strips or tiles of one picture, or are too small to be read each by itself."""
        return len(images) > MANY or any(min(image.get_px_size()) < LEAST_SIDE for image in images[1:])

    def sheets(self, image: pdfium.PdfImage, *, blended: bool) -> Iterator[Sheet]:
        """What stands on *image*, as it is stored and, where it is *blended* with what is below, as it is shown."""
        width, height = image.get_px_size()
        if width * height > MOST_PIXELS:
            raise Withheld("too_large_to_mask")
        for is_rendered in (False, True) if blended else (False,):
            bitmap = image.get_bitmap(render=is_rendered)
            yield from self._read(_on_white(bitmap.to_pil()))
            bitmap.close()

    def _read(self, picture: Image.Image) -> list[Sheet]:
        digest = blake2b(picture.tobytes(), digest_size=16, person=b"picture").digest()
        if digest not in self._sheets:
            if len(self._sheets) >= MOST_KEPT:
                raise Withheld("too_large_to_mask")
            self._sheets[digest] = list(self._eyes.sheets(picture))
        return self._sheets[digest]


def _on_white(picture: Image.Image) -> Image.Image:
    seen = picture.convert("RGBA")
    plain = Image.new("RGB", seen.size, "white")
    plain.paste(seen, mask=seen.getchannel("A"))
    return plain
