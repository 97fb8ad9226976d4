"""What a second reader says of a page. Where two differ, what either says is looked at, and the page is read by eye."""

import unicodedata
from collections import Counter

import pypdf

from policies.documents.painted.radicals import unified

MOST_APART = 0.02
"""The share of characters that two readers may see apart."""


def second_reading(reader: pypdf.PdfReader, number: int) -> str | None:
    """The text of a page; None where the reader cannot read it."""
    try:
        return unified(reader.pages[number].extract_text())
    except Exception:  # noqa: BLE001 - what it raises of an odd page is of any kind; then there is no second reading
        return None


def differ(one: str, other: str) -> bool:
    """Whether two readings have not the same characters."""
    first, second = (_letters(text) for text in (one, other))
    apart = ((first - second) + (second - first)).total()
    return apart > max(2, MOST_APART * max(first.total(), second.total()))


def _letters(text: str) -> Counter[str]:
    return Counter(
        letter for letter in unicodedata.normalize("NFKC", text) if not letter.isspace() and letter.isprintable()
    )
