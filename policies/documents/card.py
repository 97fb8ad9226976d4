"""Cards of people and calendars (vCard, iCalendar), masked property by property.

A value that a property tells of is hidden whole, component by component; a note is a text of its own. Pictures, sounds
and keys go. Source: RFC 6350, RFC 5545; vCard 2.1 for what is quoted-printable.
"""

import base64
import binascii
import quopri
import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

from policies.documents.document import MALFORMED, Text, Within
from policies.documents.look import Look
from policies.documents.plain import EVERY, decoded
from policies.documents.text_file import TEXT
from policies.formats.charset import codec_of
from policies.formats.masker import Withheld

_KEYS = {
    **dict.fromkeys(
        "N FN NICKNAME SORT-STRING SOUND-AS RELATED X-SPOUSE X-MANAGER X-ASSISTANT CONTACT".split(), "姓名"
    ),
    **dict.fromkeys("TEL X-PHONE".split(), "手机"),
    **dict.fromkeys("ADR LABEL X-ADDRESS".split(), "住址"),
    **dict.fromkeys("EMAIL ATTENDEE ORGANIZER MAILER IMPP CALADRURI CALURI FBURL".split(), "电子邮箱"),
    **dict.fromkeys("BDAY BIRTHDATE DEATHDATE".split(), "出生日期"),
    **dict.fromkeys("X-QQ X-TENCENT X-WECHAT X-WEIXIN X-MSN X-SKYPE X-AIM X-JABBER X-ICQ".split(), "微信"),
    "GEO": "经纬度",
    "GENDER": "性别",
    "X-GENDER": "性别",
}
"""What the value of a property is, in a word that tells."""
_IN_PARAMETERS = {
    **dict.fromkeys(("CN", "X-CN", "SORT-AS"), "姓名"),
    **dict.fromkeys("EMAIL SENT-BY DELEGATED-TO DELEGATED-FROM MEMBER DIR".split(), "电子邮箱"),
    "LABEL": "住址",
    "GEO": "经纬度",
}
_GONE = frozenset("PHOTO LOGO SOUND KEY AGENT".split())
_OF_THE_FORMAT = frozenset(
    "BEGIN END VERSION PRODID REV KIND CALSCALE METHOD DTSTART DTEND DTSTAMP CREATED LAST-MODIFIED SEQUENCE STATUS "
    "TRANSP RRULE DURATION TRIGGER ACTION CLASS PRIORITY TZID TZOFFSETFROM TZOFFSETTO TZNAME".split()
)
_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s*BEGIN:(?:VCARD|VCALENDAR|VEVENT|VTODO)\b", re.IGNORECASE)
_PROPERTY = re.compile(r'(?:([\w-]+)\.)?([\w-]+)((?:;(?:[^":;]|"[^"]*")*)*):')
_PARAMETER = re.compile(r';([\w-]+)(?:=((?:"[^"]*"|[^";])*))?')
_ESCAPED = re.compile(r"\\(.)")
_SCHEME = re.compile("(?:mailto|tel|sip|sms|xmpp):", re.IGNORECASE)
_COMPONENT = re.compile(r"(?:[^;\\]|\\.)+", re.DOTALL)
_WHOLE = re.compile(r".+", re.DOTALL)
_OF_COMPONENTS = frozenset({"ORG"})
"""Properties that nothing tells of, and whose components are texts by themselves."""
_BARE = re.compile(r"\\.|([,;])", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Property:
    start: int
    end: int
    """Without the end of its last line."""
    name: str
    head: str
    """All before the value, as it is written, unfolded."""
    value: str
    """As it is written, unfolded."""
    coding: str
    charset: str


class Card:
    """See `Document`."""

    name = "card"
    media_types: tuple[str, ...] = ()
    endings = (".vcf", ".vcard", ".ics", ".ical")

    def is_one(self, data: bytes) -> bool:
        """See `Document.is_one`."""
        return _BEGINS.match(data) is not None

    def texts(self, data: bytes, within: Within) -> Iterator[Text]:
        """See `Document.texts`."""
        text, *_ = decoded(data)
        for number, each in enumerate(_properties(text)):
            if number % EVERY == 0:
                within.check_time()
            for match in _PARAMETER.finditer(each.head):
                key = _IN_PARAMETERS.get(match[1].upper())
                if key is not None and (match[2] or "").strip('" '):
                    yield Text(each.name, match[2].strip('"'), key)
            if each.name in _OF_THE_FORMAT or each.name in _GONE:
                continue
            said = _said(each)
            key = _KEYS.get(each.name, "")
            if key:
                yield from (
                    Text(each.name, _plain(_SCHEME.sub("", part[0], count=1)), key)
                    for part in _COMPONENT.finditer(said)
                    if part[0].strip()
                )
            else:
                for part in _texts_in(each.name).finditer(said):
                    for found in TEXT.texts(_plain(part[0]).encode(), within):
                        yield Text(each.name, found.text, found.key)

    def mask(self, data: bytes, look: Look, within: Within) -> bytes:
        """See `Document.mask`."""
        text, mark, codec = decoded(data)
        out, at = [], 0
        for number, each in enumerate(_properties(text)):
            if number % EVERY == 0:
                within.check_time()
            new = _masked(each, look, within)
            if new is not None:
                out += [text[at : each.start], new]
                at = each.end
        return mark + "".join([*out, text[at:]]).encode(codec)


def _masked(each: _Property, look: Look, within: Within) -> str | None:
    """*each* as it is written without what is somebody's; None where nothing is."""
    head = _PARAMETER.sub(lambda match: _parameter(match, look), each.head)
    if each.name in _GONE:
        return head + ":" if each.value else None
    if each.name in _OF_THE_FORMAT:
        return None
    said = _said(each)
    key = _KEYS.get(each.name, "")
    if key:
        new = _COMPONENT.sub(lambda part: _component(part[0], key, look), said)
    else:
        new = _texts_in(each.name).sub(lambda part: _text(part[0], look, within), said)
    if new == said and head == each.head:
        return None
    return f"{head}:{each.value if new == said else _coded(new, each)}"


def _texts_in(name: str) -> re.Pattern[str]:
    """What the texts are in the value of the property *name*."""
    return _COMPONENT if name in _OF_COMPONENTS else _WHOLE


def _text(said: str, look: Look, within: Within) -> str:
    plain = _plain(said)
    masked = TEXT.mask(plain.encode(), look, within).decode()
    return said if masked == plain else _escaped(masked, {match[1] for match in _BARE.finditer(said)})


def _component(said: str, key: str, look: Look) -> str:
    scheme = _SCHEME.match(said)
    begins = scheme.end() if scheme is not None else 0
    return said[:begins] + look.masked(said[begins:], key) if said[begins:].strip() else said


def _parameter(match: re.Match[str], look: Look) -> str:
    key, value = _IN_PARAMETERS.get(match[1].upper()), match[2]
    if key is None or not (value or "").strip('" '):
        return match[0]
    new = look.masked(value.strip('"'), key)
    return f';{match[1]}="{new}"' if value.startswith('"') else f";{match[1]}={new}"


def _properties(text: str) -> Iterator[_Property]:
    """The properties in *text*, each with the lines that it is folded into. Raises Withheld for what is none."""
    start = 0
    lines = text.splitlines(keepends=True)
    at = 0
    while at < len(lines):
        first, begins = lines[at], start
        written = first.rstrip("\r\n")
        start += len(first)
        at += 1
        end = begins + len(written)
        if not written.strip():
            continue
        match = _PROPERTY.match(written)
        is_quoted = match is not None and "QUOTED-PRINTABLE" in match[3].upper()
        while at < len(lines) and (
            lines[at][:1] in (" ", "\t") or (is_quoted and written.endswith("=") and lines[at].strip())
        ):
            more = lines[at].rstrip("\r\n")
            if is_quoted and written.endswith("="):
                written = written[:-1] + more
            else:
                written += more[1:]
            end = start + len(more)
            start += len(lines[at])
            at += 1
            match = match or _PROPERTY.match(written)
        if (match := _PROPERTY.match(written)) is None:
            raise Withheld(MALFORMED)
        parameters = match[3].upper()
        coding = "Q" if "QUOTED-PRINTABLE" in parameters else ""
        coding = "B" if re.search(r"ENCODING=(?:B|BASE64)\b|;BASE64\b", parameters) else coding
        charset = re.search(r"CHARSET=\"?([\w-]+)", parameters)
        yield _Property(
            begins, end, match[2].upper(), written[: match.end() - 1], written[match.end() :], coding,
            charset[1].lower() if charset else "utf-8",
        )  # fmt: skip


def _said(each: _Property) -> str:
    """The value of *each* with its transfer coding undone. Raises Withheld."""
    if not each.coding:
        return each.value
    try:
        raw = quopri.decodestring(each.value.encode()) if each.coding == "Q" else base64.b64decode(each.value)
        return raw.decode(codec_of(each.charset))
    except (binascii.Error, UnicodeError, LookupError, ValueError):
        raise Withheld(MALFORMED) from None


def _coded(said: str, each: _Property) -> str:
    if not each.coding:
        return said
    raw = said.encode(codec_of(each.charset))
    if each.coding == "B":
        return base64.b64encode(raw).decode()
    return "".join(chr(octet) if 32 < octet < 127 and octet != 61 else f"={octet:02X}" for octet in raw)


def _plain(value: str) -> str:
    """What *value* says, its escapes undone."""
    return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)


def _escaped(text: str, bare: Container[str | None]) -> str:
    """*text* as it is written; what stood *bare* in it parts values, or is of a version that escapes less."""

    def spelled(match: re.Match[str]) -> str:
        if match[0] in bare:
            return match[0]
        return "\\n" if match[0] == "\n" else f"\\{match[0]}"

    return re.sub(r"[\\,;\n]", spelled, text)


CARD = Card()
