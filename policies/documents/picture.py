"""JPEG and PNG: what has to be hidden is painted over, and so is what cannot be read for certain."""

from policies.documents.readers import ReadApart


class Picture(ReadApart):
    """See `document.Document`. *head* is what each begins with."""

    def __init__(self, name: str, head: bytes, media_types: tuple[str, ...], endings: tuple[str, ...]) -> None:
        self.name = name
        self.media_types = media_types
        self.endings = endings
        self._head = head

    def is_one(self, data: bytes) -> bool:
        """See `Document.is_one`."""
        return data.startswith(self._head)


JPEG = Picture("jpeg", b"\xff\xd8\xff", ("image/jpeg", "image/pjpeg"), (".jpg", ".jpeg", ".jpe"))
PNG = Picture("png", b"\x89PNG\r\n\x1a\n", ("image/png", "image/x-png"), (".png",))
