"""What becomes of the headers of a mail: of those that name people, pages, threads or files, and of the others."""

import re
from collections.abc import Iterator
from email.charset import SHORTEST, Charset
from email.header import Header
from email.parser import BytesHeaderParser
from email.utils import collapse_rfc2231_value, getaddresses

from policies.documents.archive import named
from policies.documents.document import Text, Within
from policies.documents.look import Look
from policies.documents.mail_pieces import Field, said_in
from policies.documents.text_file import TEXT
from policies.formats.free_text import hide
from policies.transforms.make import REDACTED

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
_IDENTIFIER = re.compile("<([^<>@ ]{1,200})(@[^<>@ ]{1,200})>")
"""What identifies a mail. Source: RFC 5322, 3.6.4."""
_OF_ADDRESSES = frozenset({"content-location", "content-base", "snapshot-content-location"})
"""Where a page was that was saved: only what an address says of somebody goes, as it does in the page."""
_PART_OF_MAIL = re.compile("(?:cid|mid):", re.IGNORECASE)
"""Begins what looks like an address of mail, and leads to a part. Source: RFC 2392."""
_NAMED = ("content-type", "content-disposition")
_OFFICE = tuple(
    "办 局 中心 部 厅 处 科 室 所 院 校 会 组 站 委 委员会 公司 平台 热线 邮箱 大厅 窗口 系统 管理员".split()
)
_NAME, _ADDRESS = "姓名", "电子邮箱"
_UTF8 = Charset("utf-8")
"""Our own: libraries that send mail change how all of a process writes it."""
_UTF8.header_encoding = SHORTEST


def texts_of(field: Field, within: Within) -> Iterator[Text]:
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
    elif field.name in _OF_THE_THREAD:
        locals_ = [found[1] for found in _IDENTIFIER.finditer(field.value)]
        yield from (Text(field.name, said) for said in (*locals_, _IDENTIFIER.sub(" ", field.value)) if said.strip())
    elif field.name not in _OF_THE_FORMAT and field.name not in _NAMED:
        yield Text(field.name, field.value)


def masked_field(field: Field, data: bytes, look: Look, within: Within) -> bytes | None:
    """The value of a header as it is written without what is somebody's; None where nothing is."""
    if field.name in _OF_THE_FORMAT:
        return None
    if field.name in _NAMED:
        return _named(field, data, look)
    if field.name in _OF_THE_THREAD:
        new = _thread(look.without_known(field.value), look)
    elif field.name in _OF_ADDRESSES:
        new = _address(field.value, look, within)
    elif field.name in _PEOPLE:
        new = ", ".join(_person(*each, look) for each in getaddresses([field.value])) or look.masked(field.value, _NAME)
    else:
        new = _hidden(field.value, look)
    if new == field.value:
        return None
    return b" " + _folded(new, "\r\n" if data.startswith(b"\r\n", field.end) else "\n")


def _thread(said: str, look: Look) -> str:
    """What identifies mails without what is somebody's: what stands in no angle brackets is no identifier, and of one
    that is, the part before the @ may be a number.
    """
    pieces, at = [], 0
    for found in _IDENTIFIER.finditer(said):
        local = found[1]
        hits = look.spans(local)
        whole = bool(hits) and (hits[0].start, hits[-1].end) == (0, len(local))
        pieces += [_hidden(said[at : found.start()], look), f"<{REDACTED}{found[2]}>" if whole else found[0]]
        at = found.end()
    return "".join([*pieces, _hidden(said[at:], look)])


def _hidden(text: str, look: Look) -> str:
    return hide(text, look.spans(text)) if text.strip() else text


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


def _named(field: Field, data: bytes, look: Look) -> bytes | None:
    """A header that may name a file, which may name somebody."""
    message = BytesHeaderParser().parsebytes(field.name.encode() + b":" + data[field.start : field.end] + b"\n\n")
    parameter = "name" if field.name == "content-type" else "filename"
    found = message.get_param(parameter, None, field.name)
    if found is None:
        return None
    file = said_in(collapse_rfc2231_value(found).encode("utf-8", "replace"))
    new = named(file, look)
    if new == file:
        return None
    if new.isascii():
        message.set_param(parameter, new, field.name)
    else:
        message.set_param(parameter, new, field.name, charset="utf-8", replace=True)
    return b" " + str(message[field.name]).encode("ascii", "replace")
