"""Whether a part that is called a font is one, as nobody looks into fonts for texts."""

import struct

_SCRAMBLED = 32
"""Octets at the beginning of a font in a text of Office that are changed by a key. Source: ISO/IEC 29500-1, 17.8.1."""
_HEAD, _ENTRY = 12, 16
"""Octets of the head of a font, and of an entry of the directory behind it. Source: OpenType, "Font file"."""
_MAGIC = (34, b"LP")
"""Where a font in slides says that it is one. Source: Embedded OpenType, 4.1."""


def is_font(data: bytes) -> bool:
    """Whether *data* is a font of OpenType, scrambled or not, or one packed as slides hold them."""
    at, magic = _MAGIC
    if data[at : at + len(magic)] == magic and int.from_bytes(data[:4], "little") == len(data):
        return True
    first = next(place for place in range(_HEAD, len(data) + _ENTRY + _HEAD, _ENTRY) if place >= _SCRAMBLED)
    entries = [data[place : place + _ENTRY] for place in (first, first + _ENTRY)]
    return all(_is_entry(entry, len(data)) for entry in entries)


def _is_entry(entry: bytes, size: int) -> bool:
    """Whether *entry* tells of a table of a font of *size* octets: its name, a sum, its beginning and its length."""
    if len(entry) < _ENTRY:
        return False
    name, _, begins, length = struct.unpack(">4sIII", entry)
    return all(0x20 <= octet < 0x7F for octet in name) and begins + length <= size
