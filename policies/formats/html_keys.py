"""Keys of records in the tags of a page: handles stand in their place where they are hidden (DESIGN decision 5).

Tags are looked at as they are read, before anything else is done to them, so that all that comes after treats the
address of a hidden record like any other.
"""

import re
from collections.abc import Collection, Container
from typing import Protocol

from policies.formats.html_attributes import only
from policies.formats.html_parts import is_unseen
from policies.formats.html_shape import HtmlShape
from policies.formats.html_tokens import Attribute, StartTag
from policies.formats.masker import Action, Kind

_ADDRESSES = frozenset({"action", "background", "cite", "data", "formaction", "href", "poster", "src", "xlink:href"})
_BEGINS = ("/", "./", "../", "?", "http://", "https://")
"""How an address begins, in whichever attribute it stands."""
_REFRESH = re.compile(r"""(\s*[0-9.]+\s*[;,]\s*url\s*=\s*["']?)([^"']+)""", re.IGNORECASE)
_LISTS = frozenset({"imagesrcset", "ping", "srcset"})
_LISTED = re.compile(r"[^\s,]+")
"""In a list of addresses: one of them, or how large the picture there is."""


class Addresses(Protocol):
    """Writes the keys of one page. A key where none can be had is None."""

    @property
    def handles(self) -> Container[str]:
        """Those that were made so far."""

    @property
    def hidden_keys(self) -> Collection[str]:
        """Hidden keys that the page may repeat, because it was asked for by them."""

    @property
    def may_change(self) -> bool:
        """Whether any key is hidden."""

    def of(self, address: str) -> str | None:
        """*address* with handles in it."""

    def key(self, record: str, value: str) -> str | None:
        """The key *value* of *record*, which stands by itself."""

    def parameter(self, address: str, name: str, value: str) -> str | None:
        """*value*, which is sent to *address* as the parameter *name*."""

    def carried(self, name: str, value: str) -> str | None:
        """*value*, which is sent as *name* and is perhaps an address."""


class AsTheyAre:
    """For pages of which no key is hidden."""

    handles = hidden_keys = frozenset[str]()
    may_change = False

    def of(self, address: str) -> str | None:
        """See `Addresses`."""
        return address

    def key(self, record: str, value: str) -> str | None:
        """See `Addresses`."""
        return value

    def parameter(self, address: str, name: str, value: str) -> str | None:
        """See `Addresses`."""
        return value

    def carried(self, name: str, value: str) -> str | None:
        """See `Addresses`."""
        return value


class PageKeys:
    """Those of one page of *shape*, tag after tag."""

    def __init__(self, shape: HtmlShape, addresses: Addresses) -> None:
        self._shape = shape
        self._addresses = addresses
        self._sent_to: str | None = None
        """Where the open form is sent, as it stands in the page, where it is sent by GET."""

    def written(self, tag: StartTag, within: Action | None) -> StartTag:
        """*tag* with handles, and without the attributes that hold a hidden key where none can be had.

        *within*: what becomes of the value of the element that *tag* stands in, if it stands in one.
        """
        is_hidden = within is not None and within.kind in (Kind.MASK, Kind.DROP)
        holds_value = is_hidden and self._shape.links_hold_values
        if tag.name == "form":
            is_post = (tag.value_of("method") or "").strip().lower() == "post"
            self._sent_to = None if is_post else tag.value_of("action") or ""
        if not (self._addresses.may_change or holds_value):
            return tag
        kept: list[Attribute] = []
        changes: dict[Attribute, str] = {}
        for attribute in tag.attributes:
            value = attribute.value
            written = self._value(tag, attribute.name, value)
            if holds_value and attribute.name in _ADDRESSES and written == value:
                continue  # it is made of the value, in the application's own way
            if written is None:
                continue
            kept.append(attribute)
            if written != value:
                changes[attribute] = written
        return only(tag, kept, changes) if changes or len(kept) < len(tag.attributes) else tag

    def _value(self, tag: StartTag, name: str, value: str) -> str | None:
        """What *value* of the attribute *name* becomes; None where it cannot stay."""
        for pattern, record in self._shape.key_attributes:
            if pattern.fullmatch(name):
                return self._addresses.key(record, value)
        if name == "value":
            return self._sent(tag, value)
        if name in _LISTS:
            addresses = [found[0] for found in _LISTED.finditer(value)]
            return value if all(self._addresses.of(each) == each for each in addresses) else None
        if name == "content" and (found := _REFRESH.match(value)) is not None:
            address = self._addresses.of(found[2])
            return None if address is None else found[1] + address + value[found.end() :]
        if name in _ADDRESSES or value.strip().startswith(_BEGINS):
            return self._addresses.of(value)
        return value

    def _sent(self, tag: StartTag, value: str) -> str | None:
        """What a control sends in the place of *value*."""
        control = tag.value_of("name") or ""
        for pattern, record in self._shape.key_controls:
            if pattern.fullmatch(control):
                return self._addresses.key(record, value)
        if tag.name != "input" or not control:
            return value
        if self._sent_to is not None:
            return self._addresses.parameter(self._sent_to, control, value)
        return self._addresses.carried(control, value) if is_unseen(tag) else value
