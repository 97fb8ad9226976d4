"""Mails (and pages saved with all they show) as files: each header and each part masked as what it is.

Whoever writes and gets a mail is hidden, by name and by address. A part is decoded, masked by its own format and coded
as it was; one in which nothing is hidden stays octet for octet, and a part that nobody can read withholds the mail.
Source: RFC 5322, RFC 2045 to 2047, RFC 2231.
"""

import re
from collections.abc import Iterator

from policies.documents.card import CARD
from policies.documents.document import Document, Text, Within
from policies.documents.look import Look
from policies.documents.mail_headers import masked_field, texts_of
from policies.documents.mail_pieces import Field, Part, as_text, coded, pieces_in
from policies.documents.markup import HTML
from policies.documents.plain import TABLE
from policies.documents.text_file import TEXT

_FIRST = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:From [^\r\n]+\r?\n)?[!-9;-~]{1,64}:[ \t]?[^\r\n]*\r?\n(?:[!-9;-~]{1,64}:|[ \t]|\r?\n)"
)
_BY_KIND: dict[str, Document] = {"text/html": HTML, "text/calendar": CARD, "text/vcard": CARD, "text/csv": TABLE}


class Mail:
    """See `Document`."""

    name = "mail"
    media_types: tuple[str, ...] = ()
    endings = (".eml", ".mht", ".mhtml")

    def is_one(self, data: bytes) -> bool:
        """See `Document.is_one`."""
        return _FIRST.match(data) is not None

    def texts(self, data: bytes, within: Within) -> Iterator[Text]:
        """See `Document.texts`."""
        for number, each in enumerate(pieces_in(data, 0, len(data), 0), 1):
            within.check_time()
            if isinstance(each, Field):
                yield from texts_of(each, within)
                continue
            if each.file:
                yield Text(f"part {number}", each.file)
            for text in _texts_within(each, within):
                yield Text(f"part {number}/{text.place}", text.text, text.key, text.sure)

    def mask(self, data: bytes, look: Look, within: Within) -> bytes:
        """See `Document.mask`."""
        out, at = [], 0
        for each in pieces_in(data, 0, len(data), 0):
            within.check_time()
            new = masked_field(each, data, look, within) if isinstance(each, Field) else _part(each, look, within)
            if new is not None:
                out += [data[at : each.start], new]
                at = each.end
        return b"".join([*out, data[at:]])


def _document(part: Part) -> Document | None:
    """What reads the text that *part* is; None where its name or its octets tell."""
    if not part.kind.startswith("text/") or part.file:
        return None
    return _BY_KIND.get(part.kind, TEXT)


def _texts_within(part: Part, within: Within) -> Iterator[Text]:
    document = _document(part)
    if document is None:
        yield from within.texts(part.data, part.file or "part")
    else:
        yield from document.texts(as_text(part)[0], within)


def _part(part: Part, look: Look, within: Within) -> bytes | None:
    """*part* as it is written without what is somebody's; None where nothing is. Raises Withheld."""
    document = _document(part)
    if document is None:
        data, new = part.data, within.masked(part.data, look, part.file or "part")
    else:
        data, codec = as_text(part)
        new = document.mask(data, look, within)
        if new != data:
            new = new.decode().encode(codec)
    if new == data:
        return None
    return coded(new, part)


MAIL = Mail()
