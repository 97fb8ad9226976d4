"""The headers and the parts of a message of mail, decoded, and how a part is coded again.

Source: RFC 5322, RFC 2045 to 2047, RFC 2231.
"""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import collapse_rfc2231_value

from policies.documents.document import MALFORMED, SIGNED, TOO_LARGE
from policies.documents.plain import decoded
from policies.formats.charset import codec_of
from policies.formats.masker import Withheld

DEEPEST = 8
"""Parts within each other."""
_HEADER = re.compile(rb"([!-9;-~]{1,64}):([^\n]*\n(?:[ \t]+[^\s][^\n]*\n?)*)")
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_SPELLED = re.compile(r"\\u((?!d[89a-f])[0-9a-f]{4})|\\U(00(?:0[0-9a-f]|10)[0-9a-f]{4})")
"""How `decode_header` spells what stands beside an encoded word and is not of Latin-1."""


@dataclass(frozen=True, slots=True)
class Field:
    """A header, or what it says."""

    start: int
    end: int
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part that holds none."""

    start: int
    end: int
    data: bytes
    coding: str
    kind: str
    charset: str
    file: str
    newline: bytes = b"\n"
    """Of the mail."""


def pieces_in(data: bytes, start: int, end: int, depth: int) -> Iterator[Field | Part]:
    """The headers and parts of the message that stands from *start* to *end* of *data*. Raises Withheld."""
    if depth > DEEPEST:
        raise Withheld(TOO_LARGE)
    if data.startswith((b"\n", b"\r\n"), start):
        head = body = start
        body += 1 if data.startswith(b"\n", start) else 2
    else:
        blank = _END_OF_HEAD.search(data, start, end)
        head, body = (blank.start(), blank.end()) if blank is not None else (end, end)
    for match in _HEADER.finditer(data, start, min(end, head + 2)):
        name = match[1].decode("ascii").lower()
        stop = match.end() - len(match[0]) + len(match[0].rstrip(b"\r\n"))
        yield Field(match.start(2), stop, name, said_in(match[2]))
    message = BytesHeaderParser().parsebytes(data[start:head] + b"\n\n")
    kind = message.get_content_type()
    if kind in ("multipart/signed", "multipart/encrypted") or kind.startswith("application/pkcs7"):
        raise Withheld(SIGNED)
    coding = str(message.get("Content-Transfer-Encoding", "")).strip().lower()
    if kind.startswith("multipart/"):
        yield from _parts(data, body, end, str(message.get_boundary() or ""), depth)
    elif kind == "message/rfc822" and coding in ("", "7bit", "8bit", "binary"):
        yield from pieces_in(data, body, end, depth + 1)
    elif data[body:end].strip():
        charset = str(message.get_content_charset() or "")
        newline = b"\r\n" if b"\r\n" in data[start : body + 1] else b"\n"
        yield Part(body, end, _uncoded(data[body:end], coding), coding, kind, charset, _file_of(message), newline)


def _parts(data: bytes, start: int, end: int, boundary: str, depth: int) -> Iterator[Field | Part]:
    """The same of each part between lines that are the *boundary*. Raises Withheld."""
    if not boundary:
        raise Withheld(MALFORMED)
    line = re.compile(
        rb"(?:\A|\r?\n)--" + re.escape(boundary.encode("latin-1", "replace")) + rb"(--)?[ \t]*(?:\r?\n|$)"
    )
    begins, is_over, at = -1, False, max(0, start - 1)
    while (match := line.search(data, at, end)) is not None:
        if begins >= 0 and not is_over:
            yield from pieces_in(data, begins, match.start(), depth + 1)
        elif data[start : match.start()].strip():
            yield Part(start, match.start(), data[start : match.start()], "", "text/plain", "", "")
        is_over = match[1] is not None
        begins = match.end()
        if is_over:
            break
        # The end of this line may be the beginning of the next.
        at = begins - (1 if data[begins - 1 : begins] == b"\n" else 0)
        at = max(at, match.start() + 1)
    if begins < 0 or not is_over:
        raise Withheld(MALFORMED)
    if data[begins:end].strip():
        yield Part(begins, end, data[begins:end], "", "text/plain", "", "")


def said_in(raw: bytes) -> str:
    """What a header says, unfolded and decoded. Raises Withheld for a word whose coding cannot be undone."""
    try:
        text, *_ = decoded(raw.rstrip(b"\r\n"))
    except Withheld:
        text = raw.decode("utf-8", "replace")
    text = re.sub(r"\r?\n[ \t]+", " ", text).strip()
    try:
        pieces = decode_header(text)
    except HeaderParseError:
        raise Withheld(MALFORMED) from None
    said = []
    for piece, charset in pieces:
        if isinstance(piece, str):
            said.append(piece)
            continue
        if charset is None:
            said.append(_SPELLED.sub(lambda spelled: chr(int(spelled[1] or spelled[2], 16)), piece.decode("latin-1")))
            continue
        try:
            said.append(piece.decode(codec_of(charset), "replace"))
        except LookupError:
            raise Withheld(MALFORMED) from None
    return "".join(said)


def _file_of(message: Message) -> str:
    found = message.get_param("filename", None, "content-disposition") or message.get_param("name")
    return said_in(collapse_rfc2231_value(found).encode("utf-8", "replace")) if found else ""


def _uncoded(data: bytes, coding: str) -> bytes:
    """*data* of a part with its transfer *coding* undone. Raises Withheld."""
    match coding:
        case "" | "7bit" | "8bit" | "binary":
            return data
        case "quoted-printable":
            return quopri.decodestring(data)
        case "base64":
            try:
                return base64.b64decode(b"".join(data.split()), validate=True)
            except binascii.Error:
                raise Withheld(MALFORMED) from None
        case _:
            raise Withheld(MALFORMED)


def coded(new: bytes, part: Part) -> bytes:
    """*new* in the transfer coding of *part*."""
    newline = part.newline
    match part.coding:
        case "quoted-printable":
            return newline.join(quopri.encodestring(new.replace(b"\r\n", b"\n")).split(b"\n"))
        case "base64":
            return newline.join(base64.encodebytes(new).rstrip(b"\n").split(b"\n"))
        case _:
            return new


def as_text(part: Part) -> tuple[bytes, str]:
    """What a part of text says, in UTF-8, and the codec that it is written in. Raises Withheld."""
    codec = codec_of(part.charset)
    if not codec or codec in ("us-ascii", "ascii", "utf-8"):
        text, mark, codec = decoded(part.data)
        return text.encode(), codec if not mark else "utf-8-sig"
    try:
        text = part.data.decode(codec)
        if text.encode(codec) != part.data:
            raise Withheld(MALFORMED)
    except (UnicodeError, LookupError):
        raise Withheld(MALFORMED) from None
    return text.encode(), codec
