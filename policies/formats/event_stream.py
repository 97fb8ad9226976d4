"""Masks server-sent events: parsed as WHATWG says (HTML, 9.2.6), and written anew with nothing that is not declared.

Only what is dispatched is written: name, data, id and reconnection time. What a comment says is dropped; that there was
one passes, because it keeps connections open.
"""

import re
from collections.abc import Callable

from policies.formats.charset import Charset
from policies.formats.masker import Tally, Withheld
from policies.formats.messages import LARGEST_MESSAGE, Messages, Sent
from policies.recognisers.scan import scan

UNNAMED = "message"
"""How an event is called that has no name."""
HEARTBEAT = ":\n\n"
_ID = re.compile(r"[0-9A-Za-z._:/-]{1,64}")
_LONGEST_TIME = 7
"""Digits of a reconnection time in milliseconds: some hours."""


def tells_nothing(value: str) -> bool:
    """Whether the id *value* is one that passes: a short word in which nothing personal is found."""
    return _ID.fullmatch(value) is not None and not scan(value)


class EventStreamMasker:
    """A masker for one stream. *id_of* says what becomes of an event's id; None where it is left out."""

    def __init__(self, messages: Messages, id_of: Callable[[str], str | None]) -> None:
        self.tally: Tally = messages.tally
        self._messages = messages
        self._id_of = id_of
        self._charset = Charset("utf-8")
        self._is_first = True
        self._after_return = False
        """Whether the line before ended with a carriage return: a line feed that follows belongs to it."""
        self._line = ""
        self._size = 0
        """Characters of the event so far."""
        self._name = ""
        self._data: list[str] = []
        self._more: list[str] = []
        """Lines of the event that are written as they stand."""

    def feed(self, data: bytes) -> list[bytes]:
        """See `Masker.feed`."""
        text = self._charset.decode(data)
        if self._is_first and text:
            self._is_first, text = False, text.removeprefix("\ufeff")
        if self._after_return and text:
            self._after_return, text = False, text.removeprefix("\n")
        self._after_return = self._after_return or text.endswith("\r")
        *lines, rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        out: list[str] = []
        for line in lines:
            self._grow(len(line))
            out += self._line_is(self._line + line)
            self._line = ""
        self._grow(len(rest))
        self._line += rest
        return _encoded(out)

    def close(self) -> list[bytes]:
        """See `Masker.close`. An event that does not end is none."""
        self._charset.decode(b"", final=True)
        return _encoded([self._written(sent, []) for sent in self._messages.close()])

    def _grow(self, length: int) -> None:
        self._size += length
        if self._size > LARGEST_MESSAGE:
            raise Withheld("too_large_to_mask")

    def _line_is(self, line: str) -> list[str]:
        """What is written for a whole line."""
        if not line:
            return self._dispatched()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "":
                return [] if self._data or self._more or self._name else self._heartbeat()
            case "event":
                self._name = value
            case "data":
                self._data.append(value)
            case "id" if (shown := self._id_of(value)) is not None:
                self._more.append(f"id: {shown}\n")
            case "retry" if value.isascii() and value.isdigit() and len(value) <= _LONGEST_TIME:
                self._more.append(f"retry: {value}\n")
            case _:
                pass
        return []

    def _heartbeat(self) -> list[str]:
        self._size = 0
        return [HEARTBEAT]

    def _dispatched(self) -> list[str]:
        name, data, more = self._name or UNNAMED, self._data, self._more
        self._name, self._data, self._more, self._size = "", [], [], 0
        sent = self._messages.masked(name, "\n".join(data)) if data else []
        if not sent:
            return ["".join([*more, "\n"])] if more else []
        *before, last = sent
        return [*(self._written(each, []) for each in before), self._written(last, more)]

    def _written(self, sent: Sent, more: list[str]) -> str:
        name, data = sent
        named = [] if name == UNNAMED else [f"event: {name}\n"]
        return "".join([*named, *more, *(f"data: {line}\n" for line in data.split("\n")), "\n"])


def _encoded(pieces: list[str]) -> list[bytes]:
    text = "".join(pieces)
    return [text.encode()] if text else []
