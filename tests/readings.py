"""A text as its different readers read it: unescaped, without tags, its numbers written out, nothing that separates.

Whatever is sought in an answer is sought in every reading of it. A long proof reads a hundred thousand answers, so what
cannot differ is not made: a reading without tags of a text that has none, one more round where nothing is escaped.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote_to_bytes

_MOST_ROUNDS = 4
"""Of escapes around one another."""
_UNICODE_ESCAPE = re.compile(
    r"\\u\{([0-9A-Fa-f]{1,6})\}|\\u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})|%u([0-9A-Fa-f]{4})"
    r"|\\0{0,4}([0-9A-Fa-f]{2,6}) ?"
)
_BYTES = re.compile(r"(?:\\x[89A-Fa-f][0-9A-Fa-f]){2,}|(?:\\[23][0-7]{2}){2,}")
_PERCENT = re.compile(r"(?:[%~][0-9A-Fa-f]{2})+")
_ESCAPES = re.compile(r"\\[ux0-9A-Fa-f]|%[u0-9A-Fa-f]|&[#A-Za-z]|~[0-9A-Fa-f]{2}")
"""Where anything may be escaped."""
_FLOAT = re.compile(r"[0-9]\.[0-9]{4,}[eE]\+?[0-9]{1,2}")
_HEX_NUMBER = re.compile(r"0[xX]([0-9A-Fa-f]{8,16})")
_TAG = re.compile(r"<!--|-->|<[!/?A-Za-z][^<>]*>|<!\[CDATA\[|\]\]>")
_SEPARATORS = b" \t\n\r\f\v\x1c\x1d\x1e\x1f-_.,:;|/\\'\"()[]{}+"
_INVISIBLE = re.compile(
    "[\u0085\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
"""What shows nothing, and the spaces that normalising leaves as they are."""
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_DIGITS = dict(
    zip(
        "〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺參〡〢〣〤〥〦〧〨〩", "0012345678912345678913123456789", strict=True
    )
)
_NUMERALS = re.compile(f"[{''.join(_DIGITS)}]")


def readings(text: str, telling: re.Pattern[str]) -> Iterator[bytes]:
    """*text* in every reading, in UTF-8. Left out are those in which *telling* finds nothing."""
    for _ in range(_MOST_ROUNDS):
        is_escaped = _ESCAPES.search(text)
        if telling.search(text):
            yield from map(_joined, _without_marks(_NOT_ASCII.sub(_normalized, text)))
        if not is_escaped:
            return
        undone = _unescaped(text)
        if undone == text:
            return
        text = undone


def any_of(characters: str) -> re.Pattern[str]:
    """What finds any of *characters*, or what becomes one of them when it is normalised."""
    sought = frozenset(characters)
    others = (chr(code) for code in (*range(0x80, 0x20000), *range(0x2F800, 0x2FA20)))
    alike = "".join(char for char in others if not sought.isdisjoint(unicodedata.normalize("NFKC", char)))
    return re.compile(f"[{characters}{alike}]")


def _normalized(run: re.Match[str]) -> str:
    return _plain(run[0])


@lru_cache(10_000)
def _plain(run: str) -> str:
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", run))


def _joined(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass").translate(None, _SEPARATORS)


def _without_marks(plain: str) -> Iterator[str]:
    yield plain
    if "<" in plain or "]]>" in plain or "-->" in plain:
        yield _TAG.sub("", plain)
    numbers = _HEX_NUMBER.sub(lambda match: str(int(match[1], 16)), _FLOAT.sub(_whole_number, plain))
    if numbers != plain:
        yield numbers
    if not plain.isascii() and _NUMERALS.search(plain):
        yield _NUMERALS.sub(lambda match: _DIGITS[match[0]], plain)


def _unescaped(text: str) -> str:
    if "\\" in text:
        text = _BYTES.sub(_from_bytes, text)
    if "\\" in text or "%u" in text:
        text = _UNICODE_ESCAPE.sub(_character, text)
    return _PERCENT.sub(_percent_decoded, html.unescape(text))


def _character(match: re.Match[str]) -> str:
    code = int(next(filter(None, match.groups())), 16)
    return chr(code) if code <= 0x10FFFF else match[0]


def _from_bytes(match: re.Match[str]) -> str:
    octets = match[0][1:].split("\\")
    data = bytes(int(octet[1:], 16) if octet[0] == "x" else int(octet, 8) for octet in octets)
    return data.decode("utf-8", "replace")


def _percent_decoded(match: re.Match[str]) -> str:
    return unquote_to_bytes(match[0].replace("~", "%")).decode("utf-8", "replace")


def _whole_number(match: re.Match[str]) -> str:
    return str(int(float(match[0])))
