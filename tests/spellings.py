"""Whether a person who was planted behind the gateway can be read out of what a caller received, in any spelling."""

import base64
import binascii
import contextlib
import quopri
import re
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache

import brotli
import zstandard

from tests.readings import any_of, readings

NAME = "张三丰"
ID_NO = "11010519491231002X"
MOBILE = "13800138000"
CARD = "6222021234567894"
ADDRESS = "建国路88号3单元501室"
PLANTED = (NAME, ID_NO, MOBILE, CARD, ADDRESS)
"""What the system behind knows and nobody may see."""

_MOST_LAYERS = 3
"""Of packing and of base64 or hexadecimal digits around one another."""
_LARGEST = 4 * 1024 * 1024
"""Bytes that are unpacked from one layer."""
_SMALLEST = 6
"""Bytes of the shortest that is sought, in the codec in which it is shortest."""
_SMALLEST_PACKED = 8
"""Bytes of the same in whatever it may be packed in."""
_SOUGHT = [
    (planted, sought.encode(), sought[::-1].encode())
    for planted, sought in zip(PLANTED, (NAME, ID_NO[:17], MOBILE, CARD[:15], ADDRESS[:8]), strict=True)
]
"""Without the check digit, which whoever has the rest can compute; from either end."""
_TELLING = any_of("0〇零丰建")
"""No number is written without one of the first three, no name and no address without one of the others."""
_SHORT, _MOST_REMEMBERED = 48, 100_000
"""Bytes of what is worth remembering; and so many of them."""
_DULL: dict[bytes, int] = {}
"""What is short and holds nothing, by how many layers above it were taken off when that was seen."""
_CODECS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")

_APART = b"@\0\0\0"
"""Between pieces that are read at once: of four bytes, for those whose characters are, and nothing that is left out."""
_NOT_ASCII = bytes(range(128, 256))
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{8,}")
_TO_BASE64 = bytes.maketrans(b"-_", b"+/")
_BASE32 = re.compile(rb"[A-Z2-7]{10,}|[a-z2-7]{10,}")
_HEX = re.compile(rb"[0-9A-Fa-f]{12,}")


def told_by(*received: bytes) -> set[str]:
    """Which of what was planted can be read out of any *received*: as it is, unpacked, decoded, unescaped, joined."""
    told: set[str] = set()
    seen: dict[bytes, int] = {}
    layer = set(received)
    for depth in range(_MOST_LAYERS + 1):
        told.update(_read_in(layer, is_received=depth == 0))
        seen |= dict.fromkeys(layer, depth)
        if depth < _MOST_LAYERS:
            inner = {inner for data in layer if len(data) >= _SMALLEST_PACKED for inner in _unpacked(data)}
            layer = {data for data in inner - seen.keys() if _DULL.get(data, _MOST_LAYERS + 1) > depth + 1}
    if not told:
        _remember(seen)
    return told


def _remember(seen: dict[bytes, int]) -> None:
    """Of *seen*, in which nothing was found at these depths, what is short: words of answers, taken for base64."""
    if len(_DULL) > _MOST_REMEMBERED:
        _DULL.clear()
    for data, depth in seen.items():
        if len(data) <= _SHORT:
            _DULL[data] = min(depth, _DULL.get(data, depth))


def _read_in(pieces: Collection[bytes], *, is_received: bool) -> Iterator[str]:
    for text in _decoded(pieces, is_received=is_received):
        for reading in readings(text, _TELLING):
            for planted, forwards, backwards in _SOUGHT:
                if forwards in reading or backwards in reading:
                    yield planted


def _decoded(pieces: Collection[bytes], *, is_received: bool) -> set[str]:
    """All *pieces* at once, in each codec: UTF-32 has no character without a zero, and UTF-7 is ASCII but for `+`.

    What was *received* as nothing but ASCII is ASCII to whoever reads it, though three letters of a name might come out
    of it as UTF-16 too: no recipient tries that, and more than a few letters have a space, a digit or a line end.
    """
    data = _joined(pieces)
    texts = {data.decode(codec, "ignore") for codec in _CODECS[:2]}
    wide = _joined(piece for piece in pieces if not piece.isascii() or b"\0" in piece) if is_received else data
    texts |= {wide.decode(codec, "ignore") for codec in _CODECS[2:]}
    texts.add(_joined(piece for piece in pieces if b"\0" in piece).decode("utf-32-le", "ignore"))
    texts.add(data.decode("utf-7", "ignore") if b"+" in data else data.translate(None, _NOT_ASCII).decode("ascii"))
    return texts


def _joined(pieces: Iterable[bytes]) -> bytes:
    return _APART.join(piece + bytes(-len(piece) % 4) for piece in pieces)


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
        yield from _aligned(run)
    for run in set(_BASE32.findall(data)):
        with contextlib.suppress(binascii.Error):
            yield base64.b32decode(run + b"=" * (-len(run) % 8), casefold=True)
    for run in set(_HEX.findall(data)):
        for digits in (run, run[1:]):
            yield binascii.unhexlify(digits[: len(digits) // 2 * 2])


@lru_cache(10_000)
def _aligned(run: bytes) -> list[bytes]:
    """What is in *run* wherever within it base64 begins."""
    digits = run.translate(_TO_BASE64)
    tokens = [digits[start:] for start in range(min(4, len(run) - _SMALLEST_PACKED + 1))]
    whole = [token[:-1] if len(token) % 4 == 1 else token for token in tokens]
    return [binascii.a2b_base64(token + b"=" * (-len(token) % 4)) for token in whole]


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
