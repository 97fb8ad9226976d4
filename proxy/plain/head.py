"""Heads of answers in the plainest words, which are read at once, as the functions of `plain_answer` would read them.

A system says much the same of each of its answers: what is written as it was, but for how long the body is, is not read
again (docs/decisions/0027).
"""

import re
import time

import msgspec
from mitmproxy.http import Response

from proxy.exchange import Answer
from proxy.http1 import LONGEST_HEAD, closes
from proxy.lean import made_of
from proxy.message import Headers, Malformed, read_headers

_PLAIN_HEAD = re.compile(
    rb"HTTP/1\.1 ([2-5][0-9]{2}) ([!-~](?:[ -~]*[!-~])?)((?:\r\n[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t -~]*)+)\r\n\r\n"
)
_PLAIN_LENGTH = re.compile(rb"0|[1-9][0-9]{0,9}")
_LENGTH = b"content-length"
BODILESS = (204, 205, 304)


class Known(msgspec.Struct, frozen=True):
    """A head that was read, but for how long the body is."""

    before: bytes
    """What is written before that, and *behind* it."""
    behind: bytes
    status: int
    reason: bytes
    name: bytes
    """What the header is called that says it, as it is written."""
    first: tuple[tuple[bytes, bytes], ...]
    """The headers before it, and those *last*, behind it."""
    last: tuple[tuple[bytes, bytes], ...]
    said: Headers | None
    closes: bool


class HeadReader:
    """Reads the heads of the answers that come on one connection."""

    def __init__(self) -> None:
        self._known: Known | None = None

    def read(self, data: bytes) -> tuple[Answer, int, int] | None:
        """The head that *data* begins with, how many bytes it has, and how many the body behind it.

        None where it has not come whole, is not in the plainest words, or not just the length of its body is said.
        """
        known, length = self._known, b""
        if known is not None and data.startswith(known.before):
            begin = len(known.before)
            end = data.find(b"\r", begin, begin + 16)
            length = data[begin:end]
            is_alike = data.startswith(known.behind, end) and end + len(known.behind) <= LONGEST_HEAD
            if not is_alike or _PLAIN_LENGTH.fullmatch(length) is None:
                known = None
        else:
            known = None
        if known is None:
            found = _read(data)
            if found is None:
                return None
            known, length = found
            # What sets a cookie is never written alike, and is no business of whoever is answered next.
            self._known = known if known.said is not None and "set-cookie" not in known.said else None
        return _answer(known, length), len(known.before) + len(length) + len(known.behind), int(length)


def _answer(known: Known, length: bytes) -> Answer:
    headers = made_of((*known.first, (known.name, length), *known.last))
    answer = Answer(b"HTTP/1.1", known.status, known.reason, headers, None, None, time.time(), None)
    answer.closes = known.closes
    if known.said is not None:
        answer.said = {**known.said, "content-length": [length.decode()]}
    return answer


def _read(data: bytes) -> tuple[Known, bytes] | None:
    found = _PLAIN_HEAD.match(data, 0, LONGEST_HEAD)
    if found is None or int(found[1]) in BODILESS:
        return None
    fields: list[tuple[bytes, bytes]] = []
    places, at = [], found.start(3)
    for line in found[3][2:].split(b"\r\n"):
        name, _, written = line.partition(b":")
        value, name_below = written.strip(), name.lower()
        at += 2
        if name_below == b"transfer-encoding":
            return None
        if name_below == _LENGTH:
            begin = at + len(name) + 1 + len(written) - len(written.lstrip())
            places.append((len(fields), begin, begin + len(value)))
        fields.append((name, value))
        at += len(line)
    if len(places) != 1 or _PLAIN_LENGTH.fullmatch(fields[places[0][0]][1]) is None:
        return None
    ((number, begin, end),) = places
    name, length = fields[number]
    known = Known(
        before=data[:begin],
        behind=data[end : found.end()],
        status=int(found[1]),
        reason=found[2],
        name=name,
        first=tuple(fields[:number]),
        last=tuple(fields[number + 1 :]),
        said=_said_in(fields),
        closes=closes(Response(b"HTTP/1.1", int(found[1]), found[2], made_of(fields), None, None, 0, None)),
    )
    return known, length


def _said_in(fields: list[tuple[bytes, bytes]]) -> Headers | None:
    try:
        return read_headers(tuple(fields))
    except Malformed:
        return None
