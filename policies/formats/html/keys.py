"""Keys of records in the tags of a page: handles stand in their place where they are hidden (DESIGN decision 5).

Tags are looked at as they are read, before anything else is done to them, so that all that comes after treats the
address of a hidden record like any other.
"""

import html
import re
from collections.abc import Collection, Container
from typing import Protocol

from policies.formats.html.attributes import SHOWN, only
from policies.formats.html.parts import is_unseen
from policies.formats.html.shape import HtmlShape
from policies.formats.html.tokens import Attribute, Comment, StartTag, Text
from policies.formats.masker import Action, Kind, Withheld
from policies.transforms.make import REDACTED

_ADDRESSES = frozenset({"action", "background", "cite", "data", "formaction", "href", "poster", "src", "xlink:href"})
_SENT_TO = frozenset({"action", "formaction"})
"""Without an address a form is sent to the page that it stands in."""
_REFRESH = re.compile(r"""(\s*[0-9.]*\s*[;,]?\s*(?:url\s*=\s*)?["']?)([^"']*)""", re.IGNORECASE)
"""Source: HTML Living Standard, 4.2.5.3, "shared declarative refresh steps"."""
_LISTS = frozenset({"imagesrcset", "ping", "srcset"})
_LISTED = re.compile(r"[^\s,]+")
"""In a list of addresses: one of them, or how large the picture there is."""
_SIZE = re.compile(r"[0-9.]+[wxh]")
_PATH = re.compile(r"(?:https?:)?/[^\s<>{};,]+")
"""An address beyond doubt, in an attribute of scripts perhaps."""
_CHOSEN = frozenset({"select", "datalist"})
_CONTROLS = frozenset({"button", "input", "select"})


class Addresses(Protocol):
    """Writes the keys of one page. A key where none can be had is None."""

    @property
    def handles(self) -> Container[str]:
        """Those that were made so far."""

    @property
    def hidden_keys(self) -> Collection[str]:
        """Hidden keys that the page may repeat, because it was asked for by them."""

    @property
    def met(self) -> Collection[str]:
        """What hidden keys tell that were found so far."""

    @property
    def may_change(self) -> bool:
        """Whether any key is hidden."""

    def of(self, address: str) -> str | None:
        """*address* with handles in it."""

    def within(self, text: str) -> str:
        """*text* with handles in the addresses that stand in it."""

    def based(self, address: str) -> "Addresses":
        """Those of a page whose addresses are to be read as on the page at *address*."""

    def is_base(self, address: str) -> bool:
        """Whether *address*, which a page is based on, can hold no key."""

    def holds(self, address: str) -> bool:
        """Whether *address* holds a hidden key, or may."""

    def key(self, record: str, value: str) -> str | None:
        """The key *value* of *record*, which stands by itself."""

    def parameter(self, address: str, name: str, value: str) -> str | None:
        """*value*, which is sent to *address* as the parameter *name*."""

    def carried(self, name: str, value: str) -> str | None:
        """*value*, which is sent as *name* and is perhaps an address."""


class AsTheyAre:
    """For pages of which no key is hidden."""

    handles = hidden_keys = met = frozenset[str]()
    may_change = False

    def of(self, address: str) -> str | None:
        """See `Addresses`."""
        return address

    def within(self, text: str) -> str:
        """See `Addresses`."""
        return text

    def based(self, address: str) -> Addresses:
        """See `Addresses`."""
        return self

    def is_base(self, address: str) -> bool:
        """See `Addresses`."""
        return True

    def holds(self, address: str) -> bool:
        """See `Addresses`."""
        return False

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
        self.addresses = addresses
        """As the page says by now that they are to be read."""
        self._beside: list[str] = []
        """Addresses so far that would lead elsewhere if the page said that they are to be read otherwise."""
        self._is_based = False
        self._form: StartTag | None = None
        self._select: StartTag | None = None
        """What the next options belong to."""

    def written(self, tag: StartTag, within: Action | None) -> StartTag:
        """*tag* with handles, and without the attributes that hold a hidden key where none can be had.

        *within*: what becomes of the value of the element that *tag* stands in, if it stands in one.
        Raises Withheld where it says too late how addresses are to be read.
        """
        is_hidden = within is not None and _is_hidden(within)
        holds_value = is_hidden and self._shape.links_hold_values
        self._note(tag)
        if not (self.addresses.may_change or holds_value):
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

    def text(self, text: Text, within: Action | None) -> Text:
        """*text* with handles in the addresses that stand in it, where it is shown but for what is found in it."""
        if within is not None and within.kind is not Kind.SCAN:
            return text
        written = self.addresses.within(text.text)
        if written == text.text:
            return text
        return Text(written if text.raw else html.escape(written, quote=False), text.raw)

    def comment(self, comment: Comment) -> Comment:
        """The same of *comment*."""
        written = self.addresses.within(comment.source)
        return comment if written == comment.source else Comment(written)

    def _note(self, tag: StartTag) -> None:
        if tag.name == "form":
            self._form = tag
        elif tag.name in _CHOSEN:
            self._select = tag
        elif tag.name == "base" and not self._is_based and (there := tag.value_of("href")) is not None:
            based = self.addresses.based(there)
            if any(map(based.holds, self._beside)):
                raise Withheld("base_comes_late")
            self.addresses, self._is_based = based, True

    def _value(self, tag: StartTag, name: str, value: str) -> str | None:
        """What *value* of the attribute *name* becomes; None where it cannot stay."""
        for pattern, record in self._shape.key_attributes:
            if pattern.fullmatch(name):
                return self.addresses.key(record, value)
        if name == "value":
            return self._sent(tag, value)
        if name == "srcdoc":
            return None  # a page of its own
        if name in _LISTS:
            listed = [found[0] for found in _LISTED.finditer(value) if not _SIZE.fullmatch(found[0])]
            return value if all(self.addresses.of(each) == each for each in listed) else None
        if name == "content" and (tag.value_of("http-equiv") or "").strip().lower() == "refresh":
            found = _REFRESH.match(value)
            address = self.addresses.of(found[2]) if found is not None else None
            return None if found is None or address is None else found[1] + address + value[found.end() :]
        if name not in _ADDRESSES and not (name not in SHOWN and _PATH.fullmatch(value)):
            return self.addresses.within(value)
        if tag.name == "base":
            return value if self.addresses.is_base(value) else None
        if not self._is_based:
            self._beside.append(value)
        written = self.addresses.of(value)
        # Three stars: where they are sent to, they are refused.
        return REDACTED if written is None and name in _SENT_TO else written

    def _sent(self, tag: StartTag, value: str) -> str | None:
        """What a control sends in the place of *value*, or a script does that takes it for an address."""
        control = tag if tag.name != "option" else self._select or tag
        name = control.value_of("name") or ""
        for pattern, record in self._shape.key_controls:
            if pattern.fullmatch(name):
                return self.addresses.key(record, value)
        declared = self._shape.control_of(control) if control.name in _CONTROLS else None
        if declared is not None and _is_hidden(declared[1]):
            return value  # the form carries what it stands for, as it is
        if control.name == "input" and name and self._asks:
            return self.addresses.parameter(self._form.value_of("action") or "" if self._form else "", name, value)
        is_field = declared is not None and bool(declared[0])  # a handle that opens there could be read there
        if name and control.name in _CONTROLS and not is_field and (control.name != "input" or is_unseen(control)):
            return self.addresses.carried(name, value)
        within = self.addresses.within(value)
        return value if control.name == "input" or is_field else within  # it is hidden like any text

    @property
    def _asks(self) -> bool:
        """Whether the form that is open, or was last, is sent by GET."""
        return self._form is not None and (self._form.value_of("method") or "").strip().lower() != "post"


def _is_hidden(action: Action) -> bool:
    return action.kind in (Kind.MASK, Kind.DROP)
