"""PDF: pages on which something has to be hidden become pictures with it painted over (docs/decisions/0041)."""

from policies.documents.readers import ReadApart

_HEAD = b"%PDF-"
_AHEAD = 1024
"""Octets that may stand before the head, as readers take it."""


class Pdf(ReadApart):
    """See `document.Document`."""

    name = "pdf"
    media_types: tuple[str, ...] = ("application/pdf", "application/x-pdf")
    endings: tuple[str, ...] = (".pdf",)

    def is_one(self, data: bytes) -> bool:
        """See `Document.is_one`."""
        return _HEAD in data[:_AHEAD]


PDF = Pdf()
