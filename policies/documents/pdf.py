"""PDF: pages on which something has to be hidden become pictures with it painted over (docs/decisions/0041)."""

from collections.abc import Iterator

from policies.documents.document import Text, Within
from policies.documents.look import Look
from policies.documents.readers import READERS, masked, texts_in

_HEAD = b"%PDF-"
_AHEAD = 1024
"""Octets that may stand before the head, as readers take it."""


class Pdf:
    """See `document.Document`."""

    name = "pdf"
    media_types: tuple[str, ...] = ("application/pdf", "application/x-pdf")
    endings: tuple[str, ...] = (".pdf",)

    def is_one(self, data: bytes) -> bool:
        """See `Document.is_one`."""
        return _HEAD in data[:_AHEAD]

    def make_ready(self) -> None:
        """Load what reads it, in a process of its own."""
        READERS.make_ready()

    def texts(self, data: bytes, within: Within) -> Iterator[Text]:
        """See `Document.texts`."""
        return texts_in(data, self.name, within)

    def mask(self, data: bytes, look: Look, within: Within) -> bytes:
        """See `Document.mask`."""
        return masked(data, self.name, look, within)


PDF = Pdf()
