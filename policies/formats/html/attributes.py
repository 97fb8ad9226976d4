"""What of a tag may stay: names that are names, and of an element that is hidden only what a page is built of."""

import html
import re
from collections.abc import Mapping, Sequence

from policies.formats.free_text import KnownValues, mask_free_text
from policies.formats.html.tokens import Attribute, StartTag
from policies.formats.masker import Tally

SHOWN = frozenset({"title", "alt", "value", "placeholder", "content", "label", "summary", "srcdoc", "aria-label"})
BUILDING = frozenset(
    "action async charset class cols colspan crossorigin defer dir enctype for formaction headers height hidden href "
    "http-equiv id lang maxlength media method name rel role rows rowspan scope size sizes src tabindex target type "
    "width".split()
)
"""Attributes that a page is built of; of any other nobody knows what it holds."""
WITHOUT_TEXT = frozenset(
    "charset colspan cols crossorigin cx cy d dir enctype fill height hreflang http-equiv integrity lang maxlength "
    "media method minlength patternunits points preserveaspectratio r rel role rowspan rows rx ry scope size sizes "
    "stroke stroke-width tabindex transform type viewbox width x x1 x2 xmlns y y1 y2".split()
)
"""Attributes that hold no value of anybody: a known one in them stands there by chance."""
_NUMBERS = frozenset(
    "border cellpadding cellspacing cols colspan height max maxlength min minlength rows rowspan size span step "
    "tabindex width".split()
)
_WORDS = frozenset(
    "align aria-controls aria-describedby aria-labelledby autocomplete autofocus checked class dir disabled enctype "
    "for form headers hidden id inputmode lang method multiple name novalidate readonly rel required role scope "
    "selected target type valign".split()
)
_ADDRESSES = frozenset({"action", "formaction", "href"})
_KNOWN_NAMES = SHOWN | BUILDING | WITHOUT_TEXT | _NUMBERS | _WORDS

_TAG_NAME = re.compile(r"(?!(?:[^0-9]*[0-9]){6})[a-z][a-z0-9]*(?:[:._-]+[a-z0-9]+)*-?")
_ATTRIBUTE_NAME = re.compile(r"(?!.*[0-9]{6})[@:#]?[a-z_][a-z0-9_:.-]*")
LONGEST_NAME = 60
_TAGS = frozenset("a br div em i img input label li option p script span strong style table tbody td th tr ul".split())
"""The most common ones, which need no closer look."""
_NUMBER = re.compile(r"[0-9]{0,4}[%]?")
_PLAIN_ADDRESS = re.compile(
    r"(?!.*[0-9]{6})(?:https?://[a-z0-9.-]+(?::[0-9]{1,5})?)?[A-Za-z0-9_./-]{0,200}"
    r"(?:\?(?:[A-Za-z_]{1,40}=[0-9.]{0,12}&?){0,20})?(?:#[A-Za-z0-9_-]{0,60})?"
)
"""Of a query, numbers are left: what is asked in words could be a name."""
_PLAIN_WORDS = re.compile(r"(?!.*[0-9]{6})[A-Za-z0-9\s_:./\[\]-]{0,200}")


def is_tag_name(name: str) -> bool:
    """Whether *name*, in lower case, is what elements are called, and could be nobody's name, number or address."""
    return name in _TAGS or (len(name) <= LONGEST_NAME and _TAG_NAME.fullmatch(name) is not None)


def is_plain_word(value: str) -> bool:
    """Whether *value*, a class, an id or a name, is made of what programs are written with."""
    return _PLAIN_WORDS.fullmatch(value) is not None


def builds_only(attribute: Attribute) -> bool:
    """Whether a page of which nothing is declared is built of *attribute*, and nothing in it could tell of anybody."""
    value = attribute.value
    if attribute.name not in BUILDING:
        return False
    if attribute.name in _ADDRESSES or attribute.name == "src":
        return _PLAIN_ADDRESS.fullmatch(value) is not None
    return _NUMBER.fullmatch(value) is not None if attribute.name in _NUMBERS else is_plain_word(value)


def named(tag: StartTag, known: KnownValues, tally: Tally) -> list[Attribute]:
    """The attributes of *tag* whose names are names of attributes and hold nothing personal themselves."""
    return [attribute for attribute in tag.attributes if _is_attribute_name(attribute.name, known, tally)]


def hidden_tag(
    tag: StartTag,
    known: KnownValues,
    tally: Tally,
    links: Sequence[re.Pattern[str]],
    values: Mapping[str, str] | None = None,
) -> StartTag:
    """*tag* of a hidden element, with *values* by the names of attributes in place of their own.

    *links* fit the addresses that may be called and tell of nobody: those stay, without what is asked there.
    """
    kept, changes = _structure(tag, known, tally, links)
    if values:
        kept = [attribute for attribute in tag.attributes if attribute in kept or attribute.name in values]
        changes |= {item: values[item.name] for item in kept if values.get(item.name, item.value) != item.value}
    return only(tag, kept, changes)


def _structure(
    tag: StartTag, known: KnownValues, tally: Tally, links: Sequence[re.Pattern[str]]
) -> tuple[list[Attribute], dict[Attribute, str]]:
    kept: list[Attribute] = []
    changes: dict[Attribute, str] = {}
    for attribute in tag.attributes:
        value = attribute.value
        if attribute.name in _ADDRESSES:
            path = value.partition("?")[0].partition("#")[0]
            if any(link.fullmatch(path) for link in links):
                kept.append(attribute)
                changes |= {attribute: path} if path != value else {}
        elif attribute.name in _NUMBERS:
            if _NUMBER.fullmatch(value):
                kept.append(attribute)
        elif attribute.name in _WORDS and is_plain_word(value):
            looked_for = None if attribute.name in WITHOUT_TEXT else known
            if mask_free_text(value, looked_for, tally) == value:
                kept.append(attribute)
    return kept, changes


def only(
    tag: StartTag,
    kept: Sequence[Attribute],
    changes: Mapping[Attribute, str] | None = None,
    more: Mapping[str, str] | None = None,
) -> StartTag:
    """*tag* with the *kept* ones of its attributes, other values for some of them, and *more* behind them."""
    pairs = [(item.name, _quoted(changes[item]) if changes and item in changes else item.written) for item in kept]
    pairs += [(name, _quoted(value)) for name, value in (more or {}).items()]
    source, attributes = f"<{tag.name}", []
    for name, written in pairs:
        source += f" {name}" + ("=" if written else "")
        attributes.append(Attribute(name, written, len(source)))
        source += written
    return StartTag(source + (" />" if tag.ends_itself else ">"), tag.name, tuple(attributes))


def _quoted(value: str) -> str:
    return f'"{html.escape(value)}"'


def _is_attribute_name(name: str, known: KnownValues, tally: Tally) -> bool:
    if name in _KNOWN_NAMES:
        return True
    if len(name) > LONGEST_NAME or not _ATTRIBUTE_NAME.fullmatch(name):
        return False
    return mask_free_text(name, known, tally) == name
