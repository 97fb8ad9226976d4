"""Writes what a browser would not show, or would show elsewhere, so that a name is read as it is.

A name from a request may hold marks that turn the direction of writing round, or that have no width: one name then
looks like another. Each is written as `⟨U+202E⟩`.
"""

from markupsafe import Markup, escape

_RANGES = (
    *((0x00, 0x08), (0x0B, 0x0C), (0x0E, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x61C, 0x61C), (0x180E, 0x180E)),
    *((0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB), (0xE0000, 0xE007F)),
)
"""Controls but for tab and line end, soft hyphen, marks of direction, of no width, of annotations, tags."""
_WRITTEN = {code: f"⟨U+{code:04X}⟩" for first, last in _RANGES for code in range(first, last + 1)}


def exactly(text: str) -> Markup:
    """*text* for the value of a hidden field, to the last character: a form has to send back what it was given."""
    return escape(text)


def visible(value: object) -> object:
    """*value* as a page shows it, where it is a text; markup is made of texts that were made visible before."""
    return value.translate(_WRITTEN) if isinstance(value, str) and not isinstance(value, Markup) else value
