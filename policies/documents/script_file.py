"""Scripts as files: one that only calls a function with JSON is read as that JSON, any other as a text."""

from collections.abc import Iterator

from policies.documents.document import Document, Text, Within
from policies.documents.json_tokens import relaxed
from policies.documents.look import Look
from policies.documents.plain import JSON, decoded
from policies.documents.text_file import TEXT
from policies.formats.jsonp_body import called_with


class Script:
    """See `Document`; any text is one."""

    name = TEXT.name
    media_types: tuple[str, ...] = ()
    endings = (".js", ".mjs", ".cjs")

    def is_one(self, data: bytes) -> bool:
        """See `Document.is_one`."""
        return TEXT.is_one(data)

    def texts(self, data: bytes, within: Within) -> Iterator[Text]:
        """See `Document.texts`."""
        return _reader(data).texts(data, within)

    def mask(self, data: bytes, look: Look, within: Within) -> bytes:
        """See `Document.mask`."""
        return _reader(data).mask(data, look, within)


def _reader(data: bytes) -> Document:
    text, *_ = decoded(data)
    called = called_with(text)
    return JSON if called is not None and relaxed(text, *called) is not None else TEXT


SCRIPT = Script()
