"""Takes out of a JPEG what is no picture: where and when it was taken, by whom, thumbnails, comments."""

from collections.abc import Iterator

_START, _SCAN, _END = 0xD8, 0xDA, 0xD9
_APPLICATION = range(0xE1, 0xEE)
"""All of them but JFIF's, and Adobe's, which says how the colours are to be read."""
_LAST_APPLICATION, _COMMENT = 0xEF, 0xFE
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})


def only_picture(data: bytes) -> bytes | None:
    """*data* without them; None where it is no JPEG that can be read so far."""
    if not data.startswith(b"\xff\xd8\xff"):
        return None
    try:
        return b"".join(_segments(data))
    except (IndexError, ValueError):
        return None


def _segments(data: bytes) -> Iterator[bytes]:
    yield data[:2]
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ValueError
        kind = data[at + 1]
        if kind == 0xFF:  # a filler
            at += 1
            continue
        if kind == _SCAN:
            end = data.rindex(b"\xff\xd9") + 2  # what stands behind it belongs to another picture, or to none
            yield data[at:end]
            return
        if kind in _ALONE:
            at += 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4])
        if kind in (_START, _END) or length < 2 or at + 2 + length > len(data):
            raise ValueError
        if kind not in _APPLICATION and kind not in (_LAST_APPLICATION, _COMMENT):
            yield data[at : at + 2 + length] if kind != 0xE0 else _plain_jfif(data[at : at + 2 + length])
        at += 2 + length


def _plain_jfif(segment: bytes) -> bytes:
    """Without the thumbnail; JFXX, which is nothing else, becomes nothing."""
    if segment[4:9] != b"JFIF\x00" or len(segment) < 18:
        return b""
    return b"\xff\xe0\x00\x10" + segment[4:16] + b"\x00\x00"
