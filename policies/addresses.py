"""The addresses that lead on from an answer, with a handle in place of each key that is hidden from the caller.

An application leads to a row by its key, encoded in its own way: such an address would show what the row hides. DESIGN
decision 5: the caller gets a handle instead, follows it, and the application is asked by the true key.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from copy import copy
from typing import Any
from urllib.parse import parse_qsl, unquote, unquote_plus, urlsplit, urlunsplit

from policies.ask import CARRIED, KEY
from policies.formats.free_text import KnownValues, personal_spans
from policies.links import Links
from policies.paths import path_of, quoted
from policies.spelling import Spelling, read, spelled
from policies.transforms.handle import Holder, is_handle
from policies.transforms.make import REDACTED

_ENDS = r"\s\"'`<>()\\{}|^\u3000-\u303f\uff01-\uff0f\uff1a-\uff20"
_PIECE = rf"(?:\([^{_ENDS}]*\)|[^{_ENDS}])"
_IN_TEXT = re.compile(rf"(?<![\w./-])(?:https?:)?(?:\.{{1,2}})?/{_PIECE}*|[?#]{_PIECE}+")
"""What may be an address in a text: in a style sheet, a script, a sentence."""
_APART = re.compile(r"(\A|[;,])((?:https?:/)?[/?#][^;,]*)(?=[;,]|\Z)")
"""Addresses in a row, which may as well be one: a comma stands in a key of two parts."""
_PUNCTUATION = ".,;:!"
_ESCAPED_SLASH = re.compile(r"(?<!<)\\/")
"""As some write it in JSON; that of an end tag in a script means something else."""


class Addresses:
    """Those of one answer. *base* is the path that was asked, percent-decoded, with its true keys.

    Without a *holder* no handle can be made: what holds a hidden key is left out.
    *asked_by*: see the method of that name. *says*: whether the caller has said anything that the answer may repeat.
    """

    def __init__(
        self,
        links: Links,
        base: str = "",
        holder: Holder | None = None,
        asked_by: Sequence[str] = (),
        *,
        says: bool = False,
    ) -> None:
        self._links = links
        self._base = base
        self._holder = holder
        self._says = says
        self.hidden_keys: set[str] = set()
        """Keys that the answer may repeat because it was asked for by them, in each way that they may be written."""
        self.asked_by(asked_by)
        self._written: dict[str, str | None] = {}
        self._found: dict[str, str] = {}
        self._originals: dict[str, str] = {}
        self._is_elsewhere = False
        self.bound: dict[Any, Any] = {}
        """What a view has bound to them: see `View`."""
        self.handles: set[str] = set()
        """Those that were made so far: they stand for nothing that anybody could read."""
        self.met: set[str] = set()
        """What hidden keys tell that were found so far, in each way that they may be written."""

    def asked_by(self, keys: Sequence[str]) -> None:
        """The caller has asked by *keys* without knowing them."""
        self.hidden_keys |= {form for key in keys for form in _forms(key, self._links.spelling)}

    def sent_with(self, keys: Sequence[str]) -> None:
        """The request had a body, in which handles stood for *keys*."""
        self._says = True
        self.asked_by(keys)

    @property
    def hidden(self) -> KnownValues | None:
        """What an answer may repeat and must not show; None where it was asked for by nothing hidden."""
        if not self.hidden_keys:
            return None
        known = KnownValues(handles=self.handles)
        for key in self.hidden_keys:
            known.add(key)
        return known

    @property
    def may_change(self) -> bool:
        """Whether any address could."""
        return self._links.may_tell

    def of(self, address: str) -> str | None:
        """*address* with handles; None where it holds a hidden key, or may, and cannot be written so."""
        if not self._links.may_tell:
            return address
        if address not in self._written:
            written = self._written[address] = self._of(address)
            if written is not None:
                self._originals.setdefault(written, address)
        return self._written[address]

    def within(self, text: str) -> str:
        """*text* with handles in the addresses that stand in it; three stars for one that cannot be written so.

        What is no operation of the system is taken for no address: a text may hold anything.
        """
        if not self._links.may_tell:
            return text
        plain = _ESCAPED_SLASH.sub("/", text) if "\\/" in text else text
        if not self._links.may_stand_in(plain):
            return text
        written = _IN_TEXT.sub(self._found_in, plain)
        return text if written == plain else written

    def based(self, address: str) -> "Addresses":
        """Those of a page which says that its addresses are to be read as on the page at *address*."""
        other = copy(self)
        other._written, other._found = {}, {}
        other._base = path_of(address, self._base) or self._base
        other._is_elsewhere = self._leads_away(address)
        return other

    def is_base(self, address: str) -> bool:
        """Whether *address*, which a page is based on, can hold no key."""
        path = path_of(address, self._base)
        return self._leads_away(address) or (path is not None and self._links.is_of_words(path[: path.rfind("/")]))

    def holds(self, address: str) -> bool:
        """Whether *address* holds a hidden key, or may."""
        return self._links.may_tell and self._of(address, is_text=True) != address

    def original(self, address: str) -> str:
        """What `of` was given where it gave *address*."""
        return self._originals.get(address, address)

    def link(self, address: str) -> str:
        """*address* for a program to follow; three stars where a hidden key, or anything personal, would stay in it."""
        written = self.of(address)
        known = KnownValues(handles=self.handles)
        if written is None or personal_spans(unquote(written), known) or personal_spans(written, known):
            return REDACTED
        return written

    def key(self, record: str, value: str) -> str | None:
        """The key *value* of *record*, which stands by itself: as it is where it is shown; None without a handle."""
        return self.handle(record, value) if self._links.hides(record) else value

    def handle(self, record: str, value: str) -> str | None:
        """A handle for the key *value* of *record*, hidden or not; None where none can be had."""
        return self._handle(record, spelled(value, self._links.spelling))

    def cursor(self, record: str, value: str) -> str | None:
        """The same of what an address says about a place in the list of *record*."""
        return self._handle(record, value) if self._links.hides(record) else value

    def parameter(self, address: str, name: str, value: str) -> str | None:
        """The same of *value*, which is sent to *address* as the parameter *name*."""
        path = path_of(address, self._base)
        return None if path is None else self._parameter(path, name, value)

    def carried(self, name: str, value: str) -> str | None:
        """The same of *value*, which is sent as *name* and may be a page to go back to, or what was asked there."""
        if not self._links.hold_key(value, self._base):
            return value
        if self._holder is None:
            return None
        handle = self._holder.handle(value, CARRIED, name)
        self.handles.add(handle)
        return handle

    def _of(self, address: str, *, is_text: bool = False) -> str | None:
        """*is_text*: nobody knows whether it is an address."""
        try:
            split = urlsplit(address.strip())
        except ValueError:
            return None
        if split.scheme not in ("", "http", "https"):
            return self.within(address)
        path = path_of(address, self._base)
        if path is None:
            return None
        written = split.path
        asks_only = is_text and not split.path  # a question mark or a number sign may stand behind any word
        if not asks_only and (named := self._links.named_in(path)) is not None and named.is_hidden:
            if self._says and split.path and "/" not in split.path:
                return None  # a single word may be his own, which an application leads to, right or wrong
            handle = self._handle(named.record, path[named.start : named.end])
            if handle is None:
                return None
            written = quoted(path[: named.start] + handle + path[named.end :])
        is_elsewhere = self._leads_away(address) if split.netloc else self._is_elsewhere
        if path and not (is_text or is_elsewhere or self._links.is_declared(path)):
            return None
        if not asks_only and self._links.is_refused(path, parse_qsl(split.query, keep_blank_values=True)):
            return None  # who may not see what is hidden in it may not follow it either
        pieces = [self._piece(path, piece) for piece in split.query.split("&")]
        query = "&".join(piece for piece in pieces if piece is not None)
        if None in pieces:
            return None
        fragment = self._fragment(split.fragment, is_text=is_text or is_elsewhere)
        if (written, query, fragment) == (split.path, split.query, split.fragment):
            return address
        return urlunsplit((split.scheme, split.netloc, written, query, fragment))

    def _fragment(self, fragment: str, *, is_text: bool) -> str:
        """*fragment*, which may be a route of scripts; empty for one that holds a hidden key, or may."""
        route = fragment.removeprefix("!")
        if "/" in route.strip("/"):
            written = self._of(route, is_text=is_text)
            return "" if written is None else fragment.removesuffix(route) + written
        return "" if self._links.hold_key(fragment, self._base) else fragment

    def _found_in(self, found: re.Match[str]) -> str:
        address = found[0].rstrip(_PUNCTUATION)
        if address not in self._found:
            written = self._of(address, is_text=True)
            if written == address and _APART.search(address):
                written = _APART.sub(self._found_apart, address)
            self._found[address] = REDACTED if written is None else written
        return self._found[address] + found[0][len(address) :]

    def _found_apart(self, found: re.Match[str]) -> str:
        """One of several addresses that nothing but a mark stands between, where none of them holds any."""
        written = self._of(found[2], is_text=True)
        return found[1] + (REDACTED if written is None else written)

    def _leads_away(self, address: str) -> bool:
        """Whether *address* is one of another host than those of the system."""
        try:
            host = urlsplit(address.strip()).hostname
        except ValueError:
            return False
        return host is not None and host.rstrip(".") not in self._links.hosts

    def _piece(self, path: str, piece: str) -> str | None:
        name, _, written = piece.partition("=")
        value = unquote_plus(written)
        then = self._parameter(path, unquote_plus(name), value)
        return piece if then == value else f"{name}={then}" if then is not None else None

    def _parameter(self, path: str, name: str, value: str) -> str | None:
        held = self._links.held_in(path, name) if value else set()
        if not held:
            return self.carried(name, value)
        if len(held) > 1:
            return None
        (key,) = held
        return self._handle(key.record, value if key.spelling is None else spelled(value, key.spelling))

    def _handle(self, record: str, value: str) -> str | None:
        self.met.update(self._links.told_by(record, value))
        if self._holder is None:
            return None
        if is_handle(value) and value in self.handles:
            return value  # which was put there before
        handle = self._holder.handle(value, KEY, record)
        self.handles.add(handle)
        return handle


def _forms(key: str, spelling: Spelling) -> Iterator[str]:
    """How *key*, written as in addresses, may stand in a text: whole, and each of those that it is made of."""
    yield key
    for part in key.split(","):
        with suppress(ValueError):
            yield read(part, spelling)
