"""Files in a package that an operation could as well answer by themselves: each becomes what it would become then.

Only the names of files tell their formats, and nothing tells their charsets: see `plain.decoded`. Texts that are
scanned are read like those of documents, so that what another file of the package hides under a heading is hidden in
them.
"""

from collections.abc import Callable, Iterator

from policies.documents.document import Document, Text, Within
from policies.documents.look import Look
from policies.documents.markup import HTML, XML
from policies.documents.plain import JSON, TABLE, decoded
from policies.documents.text_file import TEXT
from policies.formats.as_said import check_begin
from policies.formats.masker import Masker, masked_whole
from policies.program_shapes import Shapes

type Make = Callable[[str, str], Masker | None]
"""From the kind of a body and its charset to a new masker for one, which counts by itself; None where none is declared.
Raises Withheld."""

_KINDS: dict[str, tuple[Document, tuple[str, ...]]] = {
    "csv": (TABLE, TABLE.endings),
    "json": (JSON, (".json", ".geojson")),
    "ndjson": (JSON, (".ndjson", ".jsonl")),
    "xml": (XML, (".xml", ".rdf", ".gml", ".kml")),
    "html": (HTML, HTML.endings),
    "text": (TEXT, TEXT.endings),
}
"""By the kind of a body: what finds the texts in such a file, and how such files are called. A drawing in XML is run
by browsers, and is no data."""


class Answered:
    """A file of *kind*, which `make` masks; texts as *like* finds them are what other files must not show."""

    media_types: tuple[str, ...] = ()

    def __init__(self, kind: str, make: Make) -> None:
        self.name = kind
        self._like, self.endings = _KINDS[kind]
        self._make = make

    def is_one(self, data: bytes) -> bool:
        """See `Document.is_one`."""
        return self._like.is_one(data)

    def texts(self, data: bytes, within: Within) -> Iterator[Text]:
        """See `Document.texts`."""
        return self._like.texts(data, within)

    def mask(self, data: bytes, look: Look, within: Within) -> bytes:
        """See `Document.mask`."""
        if self.name == "xml":  # says itself in which charset it is
            return self._masked(data, "", look)
        text, mark, codec = decoded(data)
        return mark + self._masked(text.encode(), "utf-8", look).decode().encode(codec)

    def _masked(self, data: bytes, charset: str, look: Look) -> bytes:
        masker = self._make(self.name, charset)
        assert masker is not None
        masked = masked_whole(masker, data)
        look.tally.add(masker.tally)
        return masked


class Scanned:
    """A plain text, read as the texts of documents are."""

    name = TEXT.name
    media_types: tuple[str, ...] = ()
    endings = TEXT.endings

    def is_one(self, data: bytes) -> bool:
        """See `Document.is_one`."""
        return TEXT.is_one(data)

    def texts(self, data: bytes, within: Within) -> Iterator[Text]:
        """See `Document.texts`."""
        return TEXT.texts(data, within)

    def mask(self, data: bytes, look: Look, within: Within) -> bytes:
        """See `Document.mask`. Raises Withheld for what begins like data as well."""
        text, *_ = decoded(data)
        check_begin(text.encode(), "text")
        return TEXT.mask(data, look, within)


def answered(shapes: Shapes, make: Make, *, is_scanned: bool) -> tuple[Document, ...]:
    """What reads the files in a package of an operation that answers with *shapes*.

    A table is read like those of documents where what their rows are is declared. *is_scanned*: whether texts are, and
    not masked as a whole.
    """
    found: list[Document] = []
    for kind in _KINDS:
        if getattr(shapes, kind) is None:
            continue
        if kind == "csv" and shapes.documents is not None and shapes.documents.record is not None:
            found.append(TABLE)
        elif kind == "text" and is_scanned:
            found.append(Scanned())
        else:
            found.append(Answered(kind, make))
    return tuple(found)
