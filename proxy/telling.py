"""Whether what stands in a header could tell of somebody, in whichever way it is spelled. Pure.

A recogniser knows numbers; it knows no name or address that stands alone. So what is not ASCII once every escape is
undone is taken for one, unless it is what the caller said himself.
"""

import base64
import binascii
import re
from urllib.parse import unquote

from policies.recognisers.readings import readings as spelled
from policies.recognisers.scan import scan

MOST_ROUNDS = 4
"""Nobody escapes an escape more often to any good end."""

# Datasette writes a tilde where others write a per cent sign.
_TILDE = re.compile(r"~(?=[0-9A-Fa-f]{2})")
_NOT_PLAIN = re.compile(r"[^\x20-\x7e]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}")
_HAN = re.compile("[\u4e00-\u9fff]{2}")


def tells(value: str, said: tuple[str, ...] = ()) -> bool:
    """Whether *value* may tell of somebody. *said*: what the caller said, which may be repeated to him."""
    read = readings(value)
    plain = read[-1]
    if _undone(plain) != plain or any(scan(reading) for reading in (*read, plain.replace("+", " "))):
        return True
    strange = _NOT_PLAIN.findall(plain)
    # JSON and scripts in an address spell letters in ways of their own, as do references of a page.
    strange += [run for reading in spelled(plain) for run in _NOT_PLAIN.findall(reading.text)]
    if strange:
        known = [readings(each)[-1] for each in said]
        if not all(any(run in each for each in known) for run in strange):
            return True
    return any(_hides(token) for token in _BASE64.findall(plain))


def readings(value: str) -> list[str]:
    """*value*, then each time with one more layer of escapes undone, until nothing changes or it has been enough."""
    found = [value]
    for _ in range(MOST_ROUNDS):
        undone = _undone(found[-1])
        if undone == found[-1]:
            break
        found.append(undone)
    return found


def _undone(text: str) -> str:
    return unquote(_TILDE.sub("%", text))


def _hides(token: str) -> bool:
    """Whether *token*, read as base64 from whichever of its letters, holds Chinese text or what a recogniser finds."""
    return any(_decodes_to_telling(token[start:]) for start in range(4))


def _decodes_to_telling(token: str) -> bool:
    padded = token.replace("-", "+").replace("_", "/") + "=" * (-len(token) % 4)
    try:
        text = base64.b64decode(padded).decode("utf-8", "replace")
    except binascii.Error:
        return False  # no base64 has such a length
    return _HAN.search(text) is not None or bool(scan(text))
