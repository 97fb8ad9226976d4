"""The formats of documents there are, by the names that policies give them, by media type, and by what they hold.

A document is what its octets say it is: one that is said to be something else is withheld.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b

from policies.documents.archive import ZIP
from policies.documents.document import (
    ENCRYPTED,
    LEGACY,
    MALFORMED,
    MIB,
    NESTED,
    NOT_AS_SAID,
    TOO_LARGE,
    UNDECLARED_INSIDE,
    Bounds,
    Clock,
    Document,
    Painted,
    Text,
)
from policies.documents.heading_words import tells
from policies.documents.look import Look
from policies.documents.markup import HTML, XML
from policies.documents.ofd import OFD
from policies.documents.ooxml import DOCX, PPTX, XLSX
from policies.documents.pdf import PDF
from policies.documents.picture import JPEG, PNG
from policies.documents.plain import JSON, TABLE
from policies.documents.text_file import TEXT
from policies.formats.masker import Withheld

NAMES = ("xlsx", "docx", "pptx", "ofd", "pdf", "jpeg", "png", "zip")
"""What an operation may declare under `documents`."""

FORMATS: tuple[Document, ...] = (XLSX, DOCX, PPTX, OFD, PDF, JPEG, PNG, ZIP)
"""Those that are masked. A ZIP is whatever it holds before it is a mere ZIP, so that stands last."""

BY_ENDING: tuple[Document, ...] = (TABLE, JSON, TEXT, XML, HTML)
"""Formats that only the name of a file tells, as there are in a ZIP."""
_PICTURES = (JPEG, PNG)
_OF_OLDER = (".doc", ".xls", ".ppt")
"""Endings of formats of an older Office."""
MOST_REMEMBERED = 64 * MIB
"""Of what was seen of pictures."""

ANY_FILE = "application/octet-stream"
"""Said of a file of which nothing is said: it is any of those that are declared."""
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What files of an older Office begin with, and those of a newer that have a password."""
_HIDES = "EncryptedPackage".encode("utf-16-le")


def by_name() -> Mapping[str, Document]:
    """The formats by their names."""
    return {document.name: document for document in FORMATS}


def named_by(media_type: str) -> str:
    """What documents of *media_type* are called; empty where it is of none that are masked."""
    return next((document.name for document in FORMATS if media_type in document.media_types), "")


def make_ready(formats: Sequence[str]) -> None:
    """Let documents of *formats* be read as soon as they come."""
    for document in FORMATS:
        if document.name in formats and isinstance(document, Painted):
            document.make_ready()


def document_in(data: bytes) -> Document | None:
    """The format of *data*, by its octets; None where it is of none. Raises Withheld for what no format can read."""
    if data.startswith(COMPOUND):
        raise Withheld(ENCRYPTED if _HIDES in data else LEGACY)
    return next((document for document in FORMATS if document.is_one(data)), None)


class Inner:
    """What a format is given besides the document; see `document.Within`. Documents within may be of *formats*."""

    def __init__(
        self,
        formats: Sequence[str],
        bounds: Bounds,
        clock: Clock,
        depth: int = 1,
        is_label: Callable[[str], bool] = tells,
        by_ending: Sequence[Document] = BY_ENDING,
    ) -> None:
        self.bounds = bounds
        self._formats = frozenset(formats)
        self._memory: dict[bytes, dict[bytes, bytes]] = {}
        """What was seen in each document that was read, by its digest."""
        self._clock = clock
        self._depth = depth
        self.is_label = is_label
        self._by_ending = tuple(by_ending)
        """Formats that only the name of a file tells."""

    def check_time(self) -> None:
        """See `Within.check_time`."""
        self._clock.check()

    def remember(self, data: bytes, digest: bytes, seen: bytes) -> None:
        """See `Within.remember`. What goes beyond `MOST_REMEMBERED` is read again."""
        if sum(len(each) for held in self._memory.values() for each in held.values()) < MOST_REMEMBERED:
            self._memory.setdefault(_digest(data), {})[digest] = seen

    def remembered(self, data: bytes) -> dict[bytes, bytes]:
        """See `Within.remembered`."""
        return self._memory.get(_digest(data), {})

    def afresh(self) -> "Inner":
        """The same for another reading, with as much time."""
        return self._like(Clock(self.bounds.seconds), self._depth)

    def masked(self, data: bytes, look: Look, name: str) -> bytes:
        """See `Within.masked`."""
        document = self._within(data, name)
        return document.mask(data, look, self._deeper())

    def texts(self, data: bytes, name: str) -> Iterator[Text]:
        """See `Within.texts`."""
        document = self._within(data, name)
        return document.texts(data, self._deeper())

    def _within(self, data: bytes, name: str) -> Document:
        if self._depth >= self.bounds.depth:
            raise Withheld(NESTED)
        document = document_in(data)
        if document is None:
            named = (each for each in self._by_ending if name.lower().endswith(each.endings))
            document = next((each for each in named if each.is_one(data)), None)
        if document is None or document.name not in self._formats:
            raise Withheld(UNDECLARED_INSIDE)
        if is_misnamed(document, name, self._by_ending):
            raise Withheld(NOT_AS_SAID)
        return document

    def _deeper(self) -> "Inner":
        return self._like(self._clock, self._depth + 1)

    def _like(self, clock: Clock, depth: int) -> "Inner":
        like = Inner(tuple(self._formats), self.bounds, clock, depth, self.is_label, self._by_ending)
        like._memory = self._memory
        return like


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16, person=b"document").digest()


def is_misnamed(document: Document, name: str, by_ending: Sequence[Document] = ()) -> bool:
    """Whether a file that is a *document* is called *name* as one of another format, also of those *by_ending*.

    A picture may be called as another kind of picture is: whatever shows it goes by what it holds.
    """
    others = [each for each in (*FORMATS, *by_ending) if not (document in _PICTURES and each in _PICTURES)]
    endings = {*_OF_OLDER, *(ending for each in others for ending in each.endings)} - {*document.endings}
    return name.lower().endswith(tuple(endings))


def opened(
    data: bytes, formats: Sequence[str], bounds: Bounds, said: str = "", by_ending: Sequence[Document] = BY_ENDING
) -> tuple[Document, Inner]:
    """What reads *data*, said to be *said*, one of *formats*, or any of them where nothing is said. Raises Withheld.

    Files in a package may be of the formats *by_ending* as well, where *formats* name them.
    """
    if len(data) > bounds.octets:
        raise Withheld(TOO_LARGE)
    document = document_in(data)
    if document is None:
        raise Withheld(MALFORMED)
    if document.name not in formats or (said and document.name != said):
        raise Withheld(NOT_AS_SAID)
    return document, Inner(formats, bounds, Clock(bounds.seconds), by_ending=by_ending)


def mask(
    data: bytes,
    look: Look,
    formats: Sequence[str],
    bounds: Bounds,
    said: str = "",
    by_ending: Sequence[Document] = BY_ENDING,
) -> bytes:
    """*data* with what *look* makes of every text in it; see `opened`. Raises Withheld."""
    document, within = opened(data, formats, bounds, said, by_ending)
    within.is_label = look.tells
    return learnt_and_masked(document, data, look, within)


def learnt_and_masked(document: Document, data: bytes, look: Look, within: Inner) -> bytes:
    """The same of *data* that *document* reads: *look* is told of all its texts first, unless the format does so."""
    if not isinstance(document, Painted):
        for text in document.texts(data, within):
            look.learn(text.text, text.key)
    return document.mask(data, look, within)
