"""JPEG and PNG: what has to be hidden is painted over, and so is what cannot be read for certain."""

from collections.abc import Iterator

from policies.documents.document import Text, Within
from policies.documents.look import Look
from policies.documents.readers import READERS, masked, texts_in


class Picture:
    """See `document.Document`. *head* is what each begins with."""

    def __init__(self, name: str, head: bytes, media_types: tuple[str, ...], endings: tuple[str, ...]) -> None:
        self.name = name
        self.media_types = media_types
        self.endings = endings
        self._head = head

    def is_one(self, data: bytes) -> bool:
        """See `Document.is_one`."""
        return data.startswith(self._head)

    def make_ready(self) -> None:
        """Load what reads it, in a process of its own."""
        READERS.make_ready()

    def texts(self, data: bytes, within: Within) -> Iterator[Text]:
        """See `Document.texts`."""
        return texts_in(data, self.name, within)

    def mask(self, data: bytes, look: Look, within: Within) -> bytes:
        """See `Document.mask`."""
        return masked(data, self.name, look, within)


JPEG = Picture("jpeg", b"\xff\xd8\xff", ("image/jpeg", "image/pjpeg"), (".jpg", ".jpeg", ".jpe"))
PNG = Picture("png", b"\x89PNG\r\n\x1a\n", ("image/png", "image/x-png"), (".png",))
