"""Whether what a caller has said himself leads to a record by a key that he may not see.

An application that leads to where it is told would have a handle made of his guess: to follow it would be to try it.
What he has said is refused for what it says, right or wrong. To leave out of an answer what he has said would tell him
by what is missing.
"""

import re
from collections.abc import Collection, Iterator
from typing import Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from policies.paths import path_of

_MAY_LEAD = re.compile(r"[/?=\\]|%(?:2f|3f|3d|5c)", re.IGNORECASE)
"""What is in a text that leads elsewhere, or in what is asked there."""
DEEPEST = 4
"""Addresses within the parameters of each other, or encodings of one."""
MOST_READ = 5_000
"""Addresses of one request that are more than a plain path."""
ROOT = "/"
_WORD = r"[^%\\?=#:/.\t\r\n][^%\\?=#:/\t\r\n]*"
_PLAIN = re.compile(rf"/?{_WORD}(?:/{_WORD})*")
"""A path that is written in one way, and stands for itself: a date, or one word or another."""
MOST_SEGMENTS = 100
"""Of a path that leads on."""


class Leads(Protocol):
    """Tells which addresses lead to hidden keys."""

    def leads_to_hidden(self, path: str) -> bool:
        """Whether *path*, percent-decoded, names a record by a hidden key."""

    def held_in(self, path: str, name: str) -> Collection[object]:
        """The hidden keys that the parameter *name* of *path* may hold; of any path, where none fits."""


class Guesses:
    """Reads what was said in one request, which asked for the path *base*.

    A text is read as an address on that page and on the root, as what is asked there, and so is whatever is within. A
    single word is none: no handle is made of one (see `policies.addresses`), and it may be anything.
    Nothing is read twice, and what holds more than anybody would write holds a key.
    """

    def __init__(self, leads: Leads, base: str = "") -> None:
        self._leads = leads
        self._bases = dict.fromkeys((base or ROOT, ROOT))
        self._read = set[tuple[str, str]]()
        self._left = MOST_READ

    def hold_key(self, text: str) -> bool:
        """Whether *text* leads to a hidden key."""
        if not _MAY_LEAD.search(text):
            return False
        if _PLAIN.fullmatch(text := text.strip()):
            return any(self._leads.leads_to_hidden(path) for path in self._paths(text))
        return any(self._holds(text, base, 0) for base in ([ROOT] if text.startswith(ROOT) else self._bases))

    def _paths(self, text: str) -> Iterator[str]:
        """Where the plain *text* leads from each of the bases."""
        if text.startswith(ROOT):
            yield text
        else:
            yield from (base[: base.rindex("/") + 1] + text for base in self._bases)

    def path_holds_key(self, path: str) -> bool:
        """The same of a *path*, percent-decoded, of which any end may be where an application leads."""
        starts = [place for place, char in enumerate(path) if char == "/"]
        return len(starts) > MOST_SEGMENTS or any(self.hold_key(path[start:]) for start in starts)

    def _holds(self, text: str, base: str, depth: int) -> bool:
        if (text, base) in self._read or not _MAY_LEAD.search(text):
            return False
        self._read.add((text, base))
        self._left -= 1
        if depth > DEEPEST or self._left < 0:
            return True
        address = text.replace("\\", "/")  # as browsers read it
        if self._reaches(address, base, depth) or self._asks(address, "", base, depth):
            return True
        return "%" in text and (plain := unquote(text)) != text and self._holds(plain, base, depth + 1)

    def _reaches(self, address: str, base: str, depth: int) -> bool:
        try:
            split = urlsplit(address.strip())
        except ValueError:
            return False  # nobody can follow it
        path = path_of(address, base)
        if path is None:
            return False
        if ("/" in split.path and self._leads.leads_to_hidden(path)) or self._asks(split.query, path, path, depth):
            return True
        return bool(split.fragment) and self._holds(split.fragment, base, depth + 1)

    def _asks(self, query: str, path: str, base: str, depth: int) -> bool:
        """Whether *query*, asked of *path* or, where that is empty, of any, holds a hidden key."""
        return any(
            self._leads.held_in(path, name) or self._holds(value, base, depth + 1) for name, value in parse_qsl(query)
        )
