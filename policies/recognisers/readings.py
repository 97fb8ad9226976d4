"""What a text says to whoever undoes its escapes or unpacks it, and where in the text that stands.

A script, a page within a string, an address or a token says what it says in another spelling. Whoever is shown it reads
it as easily, so recognisers read it as well, and what they find is hidden where it is written.
"""

import base64
import binascii
import contextlib
import html
import re
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from policies.recognisers.normalise import INVISIBLE

MOST_ROUNDS = 3
"""Nobody escapes an escape more often to any good end."""
LARGEST_UNPACKED = 1024 * 1024

_HAN = "\u4e00-\u9fff\u3400-\u4dbf\U00020000-\U0003ffff"
_SPACE = " \u00a0\u2000-\u200a\u3000"
READING_GATE = (
    r"""\\[ux0-9A-Fa-f"'/\\]|%[0-9A-Fa-fu]|~[0-9A-Fa-f]|&[#A-Za-z]|<[/!A-Za-z]"""
    f"|[{_HAN}][{_SPACE}]{{1,4}}[{_HAN}]"
)
"""What stands in every text that has a reading, as hyperscan reads it."""
PACKED_GATE = "[A-Za-z0-9+/_-]{15,}"
"""The same of what may be packed: the digits of a mobile number are fifteen letters of base64."""

_OCTET = "[%~][0-9A-Fa-f]{2}"
_BYTE, _OCTAL = r"\\++x[89ABab][0-9A-Fa-f]", r"\\++2[0-7]{2}"
"""Of a character, those behind the first, as programs and logs write what is no ASCII in UTF-8."""
# Of a row of backslashes the last counts: the others escape one another. Possessive: no row is gone through twice.
_ESCAPE = re.compile(
    rf"""(?<!\\)(?:(?P<bytes>\\++x(?:[CDcd][0-9A-Fa-f]{_BYTE}|[Ee][0-9A-Fa-f](?:{_BYTE}){{2}}|[Ff][0-4](?:{_BYTE}){{3}}))"""
    rf"""|(?P<octal>\\++3(?:[0-3][0-7]{_OCTAL}|[45][0-7](?:{_OCTAL}){{2}}|6[0-4](?:{_OCTAL}){{3}})))"""
    rf"""|(?<!\\)\\++(?:u(?P<letter>[0-9A-Fa-f]{{4}})|u\{{(?P<braced>[0-9A-Fa-f]{{1,6}})\}}|x(?P<byte>[0-9A-Fa-f]{{2}})|(?P<quoted>["'/])"""
    rf"""|(?P<style>[0-9A-Fa-f]{{1,6}})[ ]?)|%u(?P<old>[0-9A-Fa-f]{{4}})"""
    rf"""|(?P<octets>[%~](?:[0-7][0-9A-Fa-f]|[CDcd][0-9A-Fa-f]{_OCTET}|[Ee][0-9A-Fa-f](?:{_OCTET}){{2}}"""
    rf"""|[Ff][0-4](?:{_OCTET}){{3}}))"""
    rf"""|(?P<reference>&(?:\#[0-9]{{1,7}}|\#[xX][0-9A-Fa-f]{{1,6}}|[A-Za-z]{{2,8}});?)"""
    rf"""|(?P<tag></?[A-Za-z][^<>]{{0,200}}>|<!-- ?-->)"""
)
_MARK = re.compile(r"[\\%~&<]")
_SIGNS = re.compile(r"\\+x?")
_ROW = re.compile("[%~][89A-Fa-f][0-9A-Fa-f](?:[%~][0-9A-Fa-f]{2}|[0-9A-Za-z_])*+")
"""Octets, and letters that the second octet of a character may stand as where addresses leave letters as they are."""
_OF_ROW = re.compile("[%~]([0-9A-Fa-f]{2})")
# The set at the beginning lets the search run over what is neither, which is nearly all of any text.
_BETWEEN_HAN = re.compile(
    rf"[{_SPACE}{INVISIBLE}](?:(?<=[{_HAN}][{_SPACE}])[{_SPACE}]{{0,3}}|(?<=[{_HAN}][{INVISIBLE}])[{INVISIBLE}]*+)(?=[{_HAN}])"
)
"""A name of two characters is often spread to the width of three."""

SHORTEST_BASE64 = 12
"""Characters of what is read as base64, but for those that fill it up."""
PACKED = re.compile(rf"[A-Za-z0-9+/_-]{{{SHORTEST_BASE64},}}+={{0,2}}")
"""All that may be packed: what is read as base32 or as hexadecimal digits is a part of one of these."""
SHORTEST_LINE = 60
"""Of base64 that is written in lines, but for its last."""
_LINES = re.compile(rf"(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{{{SHORTEST_LINE},76}}\r?\n)++[A-Za-z0-9+/]{{0,76}}={{0,2}}")
"""Base64 as certificates and mails have it. Source: RFC 7468, 2, and RFC 2045, 6.8."""
_ALL_CAPITALS = re.compile("[A-Z+/_-]++")
_PLAIN_BASE64 = str.maketrans("-_", "+/")
_HEX = re.compile("[0-9A-Fa-f]{18,}+")
SHORTEST_OTHER = 16
"""Characters of what is read as base32, which is shorter than what is read as hexadecimal digits."""
_BASE32 = re.compile(
    rf"(?<![0-9A-Za-z])(?:[A-Z2-7]{{{SHORTEST_OTHER},}}+|[a-z2-7]{{{SHORTEST_OTHER},}}+)(?![0-9A-Za-z])"
)
_MAY_TELL = re.compile(
    rb"[0-9](?:[ .\-]?[0-9]){5}|[0-9]{3}\D{1,3}[0-9]{4}|[\xe3-\xe9][\x80-\xbf]{2}|\\u[0-9A-Fa-f]{4}|"
    rb"(?:[\x81-\xfe][\x40-\x7e\x80-\xfe]){2}|"
    rb"[0-9]\0[0-9]\0|\0[0-9]\0[0-9]|@|[A-Za-z0-9+/_-]{12}",
    re.DOTALL,
)
"""What stands in all data that holds somebody's number or name, or in which another layer does."""
_SPELLED = re.compile(rf"[\\%~&<]|[A-Za-z0-9+/_-]{{{SHORTEST_BASE64}}}|[{_HAN}][{_SPACE}{INVISIBLE}]")
_NO_TEXT = re.compile(f"[{INVISIBLE}\ufffd]")
"""What stands between the texts in data that is more than text."""
COMPRESSED = (b"\x1f\x8b\x08", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
"""How data begins that is read once it is unpacked."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What something in a text stands for."""

    start: int
    """In what it stands for."""
    end: int
    written_start: int
    """In what is written."""
    written_end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as others read it."""

    text: str
    rounds: tuple[list[Piece], ...]
    """What was undone, round by round."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of what is written that the span of `text`, which is not empty, was made of."""
        for pieces in reversed(self.rounds):
            start, end = _written(pieces, start)[0], _written(pieces, end - 1)[1]
        return start, end


def _written(pieces: list[Piece], place: int) -> tuple[int, int]:
    """Where the character at *place* is written."""
    number = bisect_right(pieces, place, key=lambda piece: piece.start) - 1
    if number < 0:
        return place, place + 1
    piece = pieces[number]
    if place < piece.end:
        return piece.written_start, piece.written_end
    written = piece.written_end + place - piece.end
    return written, written + 1


def may_say_more(text: str) -> bool:
    """False only where *text* has no reading and holds nothing packed."""
    return _SPELLED.search(text) is not None


def readings(text: str) -> Iterator[Reading]:
    """*text* without what stands between Chinese characters, and with all its escapes undone, where that differs."""
    if (joined := _joined(text)) is not None:
        yield Reading(joined[0], (joined[1],))
    undone = None
    for undone in unescaped(text):
        yield undone
    if undone is not None and (joined := _joined(undone.text)) is not None:
        yield Reading(joined[0], (*undone.rounds, joined[1]))


def unescaped(text: str, *, each_round: bool = False) -> Iterator[Reading]:
    """*text* with its escapes undone, where it has any: the last with all of them, unless octets are left.

    *each_round*: also with those alone that are written outside of others, for a tag that is escaped is gone with them.
    """
    if _MARK.search(text) is None:
        return
    rounds: list[list[Piece]] = []
    while len(rounds) < MOST_ROUNDS:
        if (other := _read(text, _ROW, _in_chinese_octets)) is not None:
            yield Reading(other[0], (*rounds, other[1]))
        if (undone := _read(text, _ESCAPE, _said)) is None:
            break
        if each_round and rounds:
            yield Reading(text, tuple(rounds))
        text, pieces = undone
        rounds.append(pieces)
    if rounds:
        yield Reading(text, tuple(rounds))


def _joined(text: str) -> tuple[str, list[Piece]] | None:
    return None if text.isascii() else _read(text, _BETWEEN_HAN, lambda match: "")


def _read(
    text: str, pattern: re.Pattern[str], said: Callable[[re.Match[str]], str | None]
) -> tuple[str, list[Piece]] | None:
    """*text* with what is *said* in place of each match, and where; None where nothing is."""
    out: list[str] = []
    pieces: list[Piece] = []
    at = length = 0
    for match in pattern.finditer(text):
        stands_for = said(match)
        if stands_for is None:
            continue
        start, end = match.span()
        out += [text[at:start], stands_for]
        length += start - at
        pieces.append(Piece(length, length + len(stands_for), start, end))
        length += len(stands_for)
        at = end
    return ("".join([*out, text[at:]]), pieces) if pieces else None


def _said(match: re.Match[str]) -> str | None:
    """What an escape stands for, or None."""
    written = match[0]
    match match.lastgroup:
        case "octets":
            return bytes.fromhex(written.replace("%", "").replace("~", "")).decode("utf-8", "replace")
        case "bytes":
            return bytes.fromhex(_SIGNS.sub("", written)).decode("utf-8", "replace")
        case "octal":
            return bytes(int(octet, 8) for octet in _SIGNS.sub(" ", written).split()).decode("utf-8", "replace")
        case "reference":
            stands_for = html.unescape(written)
            return None if stands_for == written else stands_for
        case "quoted":
            return written[-1]
        case "tag":
            return ""
        case kind:
            code = int(match[kind or 0], 16)
            return chr(code) if code <= 0x10FFFF else None


def _in_chinese_octets(match: re.Match[str]) -> str | None:
    """What a row of octets says in GB18030, which holds GBK; None where it is UTF-8."""
    data = _OF_ROW.sub(lambda octet: chr(int(octet[1], 16)), match[0]).encode("latin-1")
    return None if _is_utf8(data) else data.decode("gb18030", "replace")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def packed(text: str) -> Iterator[tuple[int, int, str, bool]]:
    """Where base64, base32 or hexadecimal digits stand in *text*, what they hold, and whether that is all text."""
    for match in PACKED.finditer(text):
        run = match[0].rstrip("=")
        # No number and no name is written without a capital letter, nor with capitals alone; most words and paths are.
        if run.lower() != run and _ALL_CAPITALS.fullmatch(run) is None:
            for data in _decoded(run):
                yield from ((*match.span(), held, is_text) for held, is_text in _texts(data))
    for start, end, data in in_other_digits(text):
        yield from ((start, end, held, is_text) for held, is_text in _texts(data))


def in_other_digits(text: str) -> Iterator[tuple[int, int, bytes]]:
    """Where base32 or hexadecimal digits stand in *text*, and the octets that they spell."""
    for match in _BASE32.finditer(text):
        with contextlib.suppress(binascii.Error):
            yield *match.span(), base64.b32decode(match[0] + "=" * (-len(match[0]) % 8), casefold=True)
    for match in _HEX.finditer(text):
        for skipped in range(2):
            digits = match[0][skipped : len(match[0]) - (len(match[0]) - skipped) % 2]
            yield *match.span(), binascii.unhexlify(digits)


def packed_in_lines(text: str) -> Iterator[tuple[int, int, str, bool]]:
    """Where several lines of base64 stand in *text*, what they hold together, and whether that is all text."""
    for match in _LINES.finditer(text):
        letters = "".join(match[0].split()).rstrip("=")
        data = base64.b64decode(letters[: len(letters) - (len(letters) % 4 == 1)] + "=" * (-len(letters) % 4))
        yield from ((*match.span(), held, is_text) for held, is_text in _texts(data))


def _decoded(run: str) -> Iterator[bytes]:
    """*run* read as base64 in each of its four alignments: letters may stand before it, or its beginning elsewhere."""
    plain = run.translate(_PLAIN_BASE64)
    for skipped in range(4):
        token = plain[skipped : len(plain) - ((len(plain) - skipped) % 4 == 1)]
        yield base64.b64decode(token + "=" * (-len(token) % 4))


def _texts(data: bytes) -> Iterator[tuple[str, bool]]:
    if data.startswith(COMPRESSED):
        with contextlib.suppress(zlib.error):
            data = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(data, LARGEST_UNPACKED)
    if _MAY_TELL.search(data) is None:
        return
    try:
        yield data.decode("utf-8"), True
    except UnicodeDecodeError:
        yield _NO_TEXT.sub("\n", data.decode("utf-8", "replace")), False
        with contextlib.suppress(UnicodeDecodeError):
            yield data.decode("gb18030"), True
    if b"\0" in data:
        for codec in ("utf-16-le", "utf-16-be"):
            yield _NO_TEXT.sub("\n", data.decode(codec, "replace")), False
