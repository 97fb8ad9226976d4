"""Masks documents: held until they are whole, up to a size, and masked at once."""

from collections.abc import Sequence

from policies.documents.document import TOO_LARGE, Bounds, Document
from policies.documents.look import Look
from policies.documents.registry import BY_ENDING, make_ready, mask
from policies.formats.masker import Withheld


class DocumentMasker:
    """A masker for one document, *said* to be of a format, or to be any of *formats* where that is empty.

    *by_ending* read the files in a package that only their names tell.
    """

    def __init__(
        self,
        look: Look,
        formats: Sequence[str],
        bounds: Bounds,
        said: str = "",
        by_ending: Sequence[Document] = BY_ENDING,
    ) -> None:
        self.tally = look.tally
        self._look = look
        self._formats = tuple(formats)
        self._bounds = bounds
        self._said = said
        self._by_ending = tuple(by_ending)
        make_ready((said,) if said else self._formats)
        self._held: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> list[bytes]:
        """See `Masker.feed`."""
        self._size += len(data)
        if self._size > self._bounds.octets:
            raise Withheld(TOO_LARGE)
        self._held.append(data)
        return []

    def close(self) -> list[bytes]:
        """See `Masker.close`."""
        data = b"".join(self._held)
        self._held = []
        masked = mask(data, self._look, self._formats, self._bounds, self._said, self._by_ending) if data else b""
        return [masked] if masked else []
