"""Whether a person who was planted behind the gateway can be read out of what a caller received, in any spelling."""

import base64
import binascii
import contextlib
import html
import quopri
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from urllib.parse import unquote

import brotli
import zstandard

NAME = "张三丰"
ID_NO = "11010519491231002X"
MOBILE = "13800138000"
CARD = "6222021234567894"
ADDRESS = "建国路88号3单元501室"
PLANTED = (NAME, ID_NO, MOBILE, CARD, ADDRESS)
"""What the system behind knows and nobody may see."""

_MOST_LAYERS = 3
"""Of packing and of base64 or hexadecimal digits around one another."""
_MOST_ROUNDS = 4
"""Of escapes around one another."""
_LARGEST = 4 * 1024 * 1024
"""Bytes that are unpacked from one layer."""
_SOUGHT = (NAME, ID_NO[:17], MOBILE, CARD[:15], ADDRESS[:8])
"""Without the check digit, which whoever has the rest can compute."""
_CODECS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be", "utf-32-le", "utf-7")

_APART = b"@\0\0\0"
"""Between pieces that are read at once: of four bytes, for those whose characters are, and nothing that is left out."""
_UNICODE_ESCAPE = re.compile(
    r"\\u\{([0-9A-Fa-f]{1,6})\}|\\u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})|%u([0-9A-Fa-f]{4})"
    r"|\\0{0,4}([0-9A-Fa-f]{2,6}) ?"
)
_TILDE = re.compile(r"~(?=[0-9A-Fa-f]{2})")
_FLOAT = re.compile(r"[0-9]\.[0-9]{4,}[eE]\+?[0-9]{1,2}")
_HEX_NUMBER = re.compile(r"0[xX]([0-9A-Fa-f]{8,16})")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{8,}")
_BASE32 = re.compile(rb"[A-Z2-7]{16,}|[a-z2-7]{16,}")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){8,}")
_TAG = re.compile(r"<!--|-->|<[!/?A-Za-z][^<>]*>|<!\[CDATA\[|\]\]>")
_SEPARATORS = re.compile(r"[\s\-_.,:;|/\\'\"()\[\]{}+]+")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_NUMERALS = str.maketrans(
    "〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺參〡〢〣〤〥〦〧〨〩", "0012345678912345678913123456789"
)


def told_by(received: bytes) -> set[str]:
    """Which of what was planted can be read out of *received*: as it is, unpacked, decoded, unescaped, joined."""
    told: set[str] = set()
    seen: set[bytes] = set()
    layer = {received}
    for _ in range(_MOST_LAYERS + 1):
        told.update(_read_in(_APART.join(data + bytes(-len(data) % 4) for data in layer - seen)))
        seen |= layer
        layer = {inner for data in layer for inner in _unpacked(data)} - seen
    return told


def _read_in(data: bytes) -> Iterator[str]:
    for text in {_decoded(data, codec) for codec in _CODECS}:
        for reading in _readings(text):
            for planted, sought in zip(PLANTED, _SOUGHT, strict=True):
                if sought in reading or sought[::-1] in reading:
                    yield planted


def _decoded(data: bytes, codec: str) -> str:
    return data.decode(codec, "ignore")


def _readings(text: str) -> Iterator[str]:
    """*text* as different readers read it, each with what only separates left out."""
    for _ in range(_MOST_ROUNDS):
        yield text
        plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
        numbers = _HEX_NUMBER.sub(lambda match: str(int(match[1], 16)), _FLOAT.sub(_whole_number, plain))
        for reading in (plain, _TAG.sub("", plain), numbers, plain.translate(_NUMERALS)):
            yield _SEPARATORS.sub("", reading)
        undone = _unescaped(text)
        if undone == text:
            return
        text = undone


def _unescaped(text: str) -> str:
    return unquote(_TILDE.sub("%", html.unescape(_UNICODE_ESCAPE.sub(_character, text))))


def _character(match: re.Match[str]) -> str:
    code = int(next(filter(None, match.groups())), 16)
    return chr(code) if code <= 0x10FFFF else match[0]


def _whole_number(match: re.Match[str]) -> str:
    return str(int(float(match[0])))


def _unpacked(data: bytes) -> Iterator[bytes]:
    """What *data* holds in packed form, or in base64 or hexadecimal digits within it."""
    for unpack in _UNPACKERS:
        try:
            unpacked = unpack(data)
        except (OSError, EOFError, zlib.error, brotli.error, zstandard.ZstdError):
            continue
        if unpacked and unpacked != data:
            yield unpacked
    if b"=" in data:
        yield quopri.decodestring(data)
    for run in set(_BASE64.findall(data)):
        for start in range(4):
            token = run[start:].translate(bytes.maketrans(b"-_", b"+/"))
            token = token[:-1] if len(token) % 4 == 1 else token
            yield base64.b64decode(token + b"=" * (-len(token) % 4))
    for run in set(_BASE32.findall(data)):
        with contextlib.suppress(binascii.Error):
            yield base64.b32decode(run + b"=" * (-len(run) % 8), casefold=True)
    for run in set(_HEX.findall(data)):
        yield binascii.unhexlify(run)


def _inflated(window: int) -> Callable[[bytes], bytes]:
    return lambda data: zlib.decompressobj(window).decompress(data, _LARGEST)


def _gunzipped(data: bytes) -> bytes:
    start = data.find(b"\x1f\x8b\x08")
    return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data[start:], _LARGEST) if start >= 0 else b""


def _unbrotlied(data: bytes) -> bytes:
    unpacked: bytes = brotli.Decompressor().process(data)
    return unpacked


def _unzstd(data: bytes) -> bytes:
    start = data.find(zstandard.FRAME_HEADER)
    return zstandard.ZstdDecompressor().decompressobj().decompress(data[start:]) if start >= 0 else b""


_UNPACKERS = (_gunzipped, _inflated(zlib.MAX_WBITS), _inflated(-zlib.MAX_WBITS), _unbrotlied, _unzstd)
