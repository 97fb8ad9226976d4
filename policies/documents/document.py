"""What every format of a document promises, and how much of one is looked at.

INVARIANT 1: a document that cannot be read to its end, or holds what nobody looks into, is withheld as a whole. Nothing
in it is executed and nothing is fetched.
"""

import time
from collections.abc import Callable, Iterator
from typing import Protocol, runtime_checkable

import msgspec

from policies.documents.look import Look
from policies.formats.masker import Withheld

MIB = 1024 * 1024

TOO_LARGE = "too_large_to_mask"
NOT_AS_SAID = "not_as_said"
MALFORMED = "document_malformed"
DOUBLED = "document_doubled"
"""For a package with two files of one name: programs do not agree which of them it holds."""
DOCTYPE = "document_doctype"
"""For XML with a document type: what that says elsewhere, and which entities it declares, is never fetched."""
EMPTY = "document_empty"
"""For a file on a desk that holds nothing, and is called by a format that always holds something."""
ENCRYPTED = "document_encrypted"
LEGACY = "document_legacy"
ACTIVE = "document_active"
"""For macros, embedded programs and whatever else runs or reaches out when it is opened."""
REVISIONS = "document_revisions"
"""For what still holds what was deleted from it."""
UNDECLARED_INSIDE = "document_within_undeclared"
"""For pictures and documents in a document of which the operation has not declared that they are masked."""
NESTED = "document_nested"
"""For documents within each other, more of them than are looked into."""
SIGNED = "answer_signed"
SIGNATURE = "signature"
"""What a tally counts of a copy that was made without them, as if they were found."""


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """How much of one document is looked at; what goes beyond is withheld."""

    octets: int = 16 * MIB
    """As it comes."""
    unpacked: int = 512 * MIB
    """All parts together, as they are once they are unpacked."""
    parts: int = 10_000
    """Files in a package, pages, pictures."""
    ratio: int = 400
    """Octets that one octet unpacks to, of parts that are large at all."""
    cells: int = 10_000_000
    """Cells of all tables."""
    depth: int = 3
    """Documents within each other, the outermost counted."""
    seconds: float = 120.0
    """For all of it."""
    unsigned_copy: bool = False
    """Whether of what is signed a copy without its signatures is made, which says so; else it is withheld."""


class Text(msgspec.Struct, frozen=True):
    """One text of a document, for who only looks for personal data in it."""

    place: str
    """Where it stands, in words of the format: a part and a cell, a page. Never anything of what stands there."""
    text: str
    key: str = ""
    """The heading of its column or its label, where there is one."""
    sure: bool = True
    """Whether all of it was read without doubt."""


class Within(Protocol):
    """What a format is given besides the document: its bounds, and what deals with documents within it."""

    @property
    def bounds(self) -> Bounds:
        """See `Bounds`."""

    @property
    def is_label(self) -> Callable[[str], bool]:
        """Whether a text is the label of something, see `heading_words.tells`, or of a declared field."""

    def check_time(self) -> None:
        """Raise Withheld where the document has taken too long. To be called every few thousand texts at least."""

    def remember(self, data: bytes, digest: bytes, seen: bytes) -> None:
        """Keep what was *seen* of a picture with that *digest* in the document *data*, for when that is read again."""

    def remembered(self, data: bytes) -> dict[bytes, bytes]:
        """What is remembered of pictures in the document *data*, by their digests."""

    def masked(self, data: bytes, look: Look, name: str) -> bytes:
        """A document within, masked by its own format; *name* is that of its file. Raises Withheld: it may be none, not
        declared, or too deep.
        """

    def texts(self, data: bytes, name: str) -> Iterator[Text]:
        """The texts of a document within. Raises Withheld."""


class Document(Protocol):
    """One format."""

    @property
    def name(self) -> str:
        """What the policy language calls it."""

    @property
    def media_types(self) -> tuple[str, ...]:
        """Those that answers are said to be of."""

    @property
    def endings(self) -> tuple[str, ...]:
        """Of names of files, with their dots."""

    def is_one(self, data: bytes) -> bool:
        """Whether *data* is of this format as far as its beginning or the list of its parts tells. Must not raise."""

    def texts(self, data: bytes, within: Within) -> Iterator[Text]:
        """Every text that `mask` would look at, in order, those that nobody sees as well. Raises Withheld."""

    def mask(self, data: bytes, look: Look, within: Within) -> bytes:
        """The document with what *look* makes of each of its texts. Raises Withheld."""


@runtime_checkable
class Painted(Protocol):
    """A format that is read in a process of its own, and that looks at all its texts itself before it masks any."""

    def make_ready(self) -> None:
        """Start what such processes are made from, where that does not run: it takes seconds to load."""


class Clock:
    """Withholds a document that takes longer than *seconds*."""

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._end = now() + seconds

    def check(self) -> None:
        """Raise Withheld where the time is up."""
        if self._now() > self._end:
            raise Withheld(TOO_LARGE)
