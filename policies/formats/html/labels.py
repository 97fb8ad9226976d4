"""What of a page may be a label, and what stands beside one: by the elements, attributes and lines that pages use."""

import re
from collections.abc import Iterator

from policies.formats.html.tokens import StartTag

ENDED_BY = {
    **dict.fromkeys(("td", "th"), ("td", "th")),
    **dict.fromkeys(("tr", "tbody", "tfoot"), ("td", "th", "tr", "thead", "tbody")),
    **dict.fromkeys(("dt", "dd"), ("dt", "dd")),
    **{name: (name,) for name in ("li", "option", "p")},
}
"""By the name of an element, those that its start ends where one is open."""
NO_LABELS = frozenset("h1 h2 h3 h4 h5 h6 title a button option legend caption style script".split())
"""Elements whose texts are called like labels and head nothing beside them."""
BUTTONS = frozenset({"submit", "button", "reset", "image", "file"})
CONTROLS = frozenset({"input", "textarea", "select", "output"})
KEYED = frozenset("textarea select output span em strong b".split())
"""Elements that are called by what stands in them."""
LINE = re.compile(
    r"(?<![^\s，,；;。])([^\s:：，,；;。<>&]{1,24})[^\S\n]*[:：]\s*"
    r"([^\s，,；。<>:：][^\n，,；。<>]*?)(?=\s+[^\s:：]{1,24}[^\S\n]*[:：]|\s*[\n，,；。<>]|\s*$)"
)
"""A label and its value in one text."""
CHOOSE = re.compile(r"\W*(?:请选择\w{0,8}|全部|不限)?\W*")
"""What a list of choices says where nothing is chosen."""
_MOST_COLUMNS = 1000
_SAYS_WHAT = ("name", "id", "placeholder", "aria-label", "title")


def called(tag: StartTag) -> Iterator[str]:
    """What the element of *tag* is called, or says of what it is to hold, the surest first."""
    return (tag.value_of(name) or "" for name in _SAYS_WHAT)


def spans_of(tag: StartTag) -> tuple[int, int]:
    """How many columns and how many rows the cell of *tag* takes."""
    return _number(tag.value_of("colspan")), _number(tag.value_of("rowspan"))


def _number(said: str | None) -> int:
    return max(1, min(int(said), _MOST_COLUMNS)) if said is not None and said.strip().isdecimal() else 1
