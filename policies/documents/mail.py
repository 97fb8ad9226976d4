"""Mails (and pages saved with all they show) as files: each header and each part masked as what it is.

Whoever writes and gets a mail is hidden, by name and by address. A part is decoded, masked by its own format and coded
as it was; one in which nothing is hidden stays octet for octet, and a part that nobody can read withholds the mail.
Source: RFC 5322, RFC 2045 to 2047, RFC 2231.
"""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.charset import SHORTEST, Charset
from email.errors import HeaderParseError
from email.header import Header, decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import collapse_rfc2231_value, getaddresses

from policies.documents.archive import named
from policies.documents.card import CARD
from policies.documents.document import MALFORMED, SIGNED, TOO_LARGE, Document, Text, Within
from policies.documents.look import Look
from policies.documents.markup import HTML
from policies.documents.plain import TABLE, decoded
from policies.documents.text_file import TEXT
from policies.formats.charset import codec_of
from policies.formats.free_text import hide
from policies.formats.masker import Withheld

DEEPEST = 8
"""Parts within each other."""
_PEOPLE = frozenset(
    "from sender reply-to to cc bcc return-path delivered-to x-original-to envelope-to x-envelope-to x-envelope-from "
    "resent-from resent-sender resent-to resent-cc resent-bcc disposition-notification-to return-receipt-to errors-to "
    "apparently-to x-sender x-receiver x-forwarded-to x-forwarded-for".split()
)
_OF_THE_FORMAT = frozenset(
    "date mime-version content-transfer-encoding content-id content-language content-description "
    "dkim-signature arc-seal arc-message-signature".split()
)
_OF_THE_THREAD = frozenset("message-id in-reply-to references content-id resent-message-id".split())
"""Whose values look like addresses and are none."""
_OF_ADDRESSES = frozenset({"content-location", "content-base", "snapshot-content-location"})
"""Where a page was that was saved: only what an address says of somebody goes, as it does in the page."""
_PART_OF_MAIL = re.compile("(?:cid|mid):", re.IGNORECASE)
"""Begins what looks like an address of mail, and leads to a part. Source: RFC 2392."""
_NAMED = ("content-type", "content-disposition")
_FIRST = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:From [^\r\n]+\r?\n)?[!-9;-~]{1,64}:[ \t]?[^\r\n]*\r?\n(?:[!-9;-~]{1,64}:|[ \t]|\r?\n)"
)
_HEADER = re.compile(rb"([!-9;-~]{1,64}):([^\n]*\n(?:[ \t]+[^\s][^\n]*\n?)*)")
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_SPELLED = re.compile(r"\\u((?!d[89a-f])[0-9a-f]{4})|\\U(00(?:0[0-9a-f]|10)[0-9a-f]{4})")
"""How `decode_header` spells what stands beside an encoded word and is not of Latin-1."""
_OFFICE = tuple(
    "办 局 中心 部 厅 处 科 室 所 院 校 会 组 站 委 委员会 公司 平台 热线 邮箱 大厅 窗口 系统 管理员".split()
)
_NAME, _ADDRESS = "姓名", "电子邮箱"
_BY_KIND: dict[str, Document] = {"text/html": HTML, "text/calendar": CARD, "text/vcard": CARD, "text/csv": TABLE}
_UTF8 = Charset("utf-8")
"""Our own: libraries that send mail change how all of a process writes it."""
_UTF8.header_encoding = SHORTEST


@dataclass(frozen=True, slots=True)
class _Field:
    """A header, or what it says."""

    start: int
    end: int
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class _Part:
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
        for number, each in enumerate(_pieces(data, 0, len(data), 0), 1):
            within.check_time()
            if isinstance(each, _Field):
                yield from _texts_of(each, within)
                continue
            if each.file:
                yield Text(f"part {number}", each.file)
            for text in _texts_within(each, within):
                yield Text(f"part {number}/{text.place}", text.text, text.key, text.sure)

    def mask(self, data: bytes, look: Look, within: Within) -> bytes:
        """See `Document.mask`."""
        out, at = [], 0
        for each in _pieces(data, 0, len(data), 0):
            within.check_time()
            new = _field(each, data, look, within) if isinstance(each, _Field) else _part(each, look, within)
            if new is not None:
                out += [data[at : each.start], new]
                at = each.end
        return b"".join([*out, data[at:]])


def _pieces(data: bytes, start: int, end: int, depth: int) -> Iterator[_Field | _Part]:
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
        yield _Field(match.start(2), stop, name, _value(match[2]))
    message = BytesHeaderParser().parsebytes(data[start:head] + b"\n\n")
    kind = message.get_content_type()
    if kind in ("multipart/signed", "multipart/encrypted") or kind.startswith("application/pkcs7"):
        raise Withheld(SIGNED)
    coding = str(message.get("Content-Transfer-Encoding", "")).strip().lower()
    if kind.startswith("multipart/"):
        yield from _parts(data, body, end, str(message.get_boundary() or ""), depth)
    elif kind == "message/rfc822" and coding in ("", "7bit", "8bit", "binary"):
        yield from _pieces(data, body, end, depth + 1)
    elif data[body:end].strip():
        charset = str(message.get_content_charset() or "")
        newline = b"\r\n" if b"\r\n" in data[start : body + 1] else b"\n"
        yield _Part(body, end, _uncoded(data[body:end], coding), coding, kind, charset, _file_of(message), newline)


def _parts(data: bytes, start: int, end: int, boundary: str, depth: int) -> Iterator[_Field | _Part]:
    """The same of each part between lines that are the *boundary*. Raises Withheld."""
    if not boundary:
        raise Withheld(MALFORMED)
    line = re.compile(
        rb"(?:\A|\r?\n)--" + re.escape(boundary.encode("latin-1", "replace")) + rb"(--)?[ \t]*(?:\r?\n|$)"
    )
    begins, is_over, at = -1, False, max(0, start - 1)
    while (match := line.search(data, at, end)) is not None:
        if begins >= 0 and not is_over:
            yield from _pieces(data, begins, match.start(), depth + 1)
        elif data[start : match.start()].strip():
            yield _Part(start, match.start(), data[start : match.start()], "", "text/plain", "", "")
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
        yield _Part(begins, end, data[begins:end], "", "text/plain", "", "")


def _value(raw: bytes) -> str:
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
    return _value(collapse_rfc2231_value(found).encode("utf-8", "replace")) if found else ""


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


def _coded(new: bytes, part: _Part) -> bytes:
    newline = part.newline
    match part.coding:
        case "quoted-printable":
            return newline.join(quopri.encodestring(new.replace(b"\r\n", b"\n")).split(b"\n"))
        case "base64":
            return newline.join(base64.encodebytes(new).rstrip(b"\n").split(b"\n"))
        case _:
            return new


def _as_text(part: _Part) -> tuple[bytes, str]:
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


def _document(part: _Part) -> Document | None:
    """What reads the text that *part* is; None where its name or its octets tell."""
    if not part.kind.startswith("text/") or part.file:
        return None
    return _BY_KIND.get(part.kind, TEXT)


def _texts_within(part: _Part, within: Within) -> Iterator[Text]:
    document = _document(part)
    if document is None:
        yield from within.texts(part.data, part.file or "part")
    else:
        yield from document.texts(_as_text(part)[0], within)


def _part(part: _Part, look: Look, within: Within) -> bytes | None:
    """*part* as it is written without what is somebody's; None where nothing is. Raises Withheld."""
    document = _document(part)
    if document is None:
        data, new = part.data, within.masked(part.data, look, part.file or "part")
    else:
        data, codec = _as_text(part)
        new = document.mask(data, look, within)
        if new != data:
            new = new.decode().encode(codec)
    if new == data:
        return None
    return _coded(new, part)


def _texts_of(field: _Field, within: Within) -> Iterator[Text]:
    """What a header says of somebody."""
    if field.name in _PEOPLE:
        for name, address in getaddresses([field.value]):
            if name and not name.endswith(_OFFICE):
                yield Text(field.name, name, _NAME)
            if address:
                yield Text(field.name, address, _ADDRESS)
    elif field.name in _OF_ADDRESSES:
        if not _PART_OF_MAIL.match(field.value):
            yield from (Text(field.name, text.text, text.key) for text in TEXT.texts(field.value.encode(), within))
    elif field.name not in _OF_THE_FORMAT and field.name not in _OF_THE_THREAD and field.name not in _NAMED:
        yield Text(field.name, field.value)


def _field(field: _Field, data: bytes, look: Look, within: Within) -> bytes | None:
    """The value of a header as it is written without what is somebody's; None where nothing is."""
    if field.name in _OF_THE_FORMAT:
        return None
    if field.name in _NAMED:
        return _named(field, data, look)
    if field.name in _OF_THE_THREAD:
        new = look.without_known(field.value)
    elif field.name in _OF_ADDRESSES:
        new = _address(field.value, look, within)
    elif field.name in _PEOPLE:
        new = ", ".join(_person(*each, look) for each in getaddresses([field.value])) or look.masked(field.value, _NAME)
    else:
        new = hide(field.value, look.spans(field.value))
    if new == field.value:
        return None
    return b" " + _folded(new, "\r\n" if data.startswith(b"\r\n", field.end) else "\n")


def _address(said: str, look: Look, within: Within) -> str:
    """The address *said* without what a parameter or a path of it says of somebody."""
    return said if _PART_OF_MAIL.match(said) else TEXT.mask(said.encode(), look, within).decode()


def _person(name: str, address: str, look: Look) -> str:
    shown = name
    if name and not name.endswith(_OFFICE):
        shown = look.masked(name, _NAME)
    hidden = look.masked(address, _ADDRESS) if address else ""
    if not shown:
        return hidden
    return f"{Header(shown, _UTF8).encode() if not shown.isascii() else shown} <{hidden}>"


def _folded(said: str, newline: str) -> bytes:
    return (said if said.isascii() else Header(said, _UTF8).encode(linesep=newline)).encode("ascii")


def _named(field: _Field, data: bytes, look: Look) -> bytes | None:
    """A header that may name a file, which may name somebody."""
    message = BytesHeaderParser().parsebytes(field.name.encode() + b":" + data[field.start : field.end] + b"\n\n")
    parameter = "name" if field.name == "content-type" else "filename"
    found = message.get_param(parameter, None, field.name)
    if found is None:
        return None
    file = _value(collapse_rfc2231_value(found).encode("utf-8", "replace"))
    new = named(file, look)
    if new == file:
        return None
    if new.isascii():
        message.set_param(parameter, new, field.name)
    else:
        message.set_param(parameter, new, field.name, charset="utf-8", replace=True)
    return b" " + str(message[field.name]).encode("ascii", "replace")


MAIL = Mail()
