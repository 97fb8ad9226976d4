"""How a tally counts what recognisers found: by its category and by what decided, in one text.

Nothing else of a hit is told: events say why something was hidden, and never what stood there.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

WHYS = {
    "checksum": "校验位正确 / its check digit holds",
    "pattern": "格式符合 / its form",
    "context": "旁边的词说明 / a word beside it tells",
    "model": "模型识别 / the model tells",
    "repeated": "同一段话里已认出 / known from elsewhere in the text",
}
"""What may decide, by what `Hit.why` says, in the order in which it is told. One hit may have two of them."""
BETWEEN_WHYS = ","
_BEFORE_WHY = ":"


class Counted(NamedTuple):
    """How often one category was found."""

    number: int
    whys: tuple[tuple[str, int], ...]
    """For each of what decided, in order, how often it did; where that is not known, it is not among them."""


@lru_cache(maxsize=1024)
def found_as(category: str, why: str = "") -> tuple[str]:
    """The one thing that a span holds: of *category*, for *why*, see `WHYS`; empty where nobody knows."""
    return (f"{category}{_BEFORE_WHY}{why}" if why else category,)


def by_category(found: Mapping[str, int]) -> dict[str, Counted]:
    """The counts of *found*, by category, in order of appearance."""
    counted: dict[str, dict[str, int]] = {}
    for told, number in found.items():
        category, _, why = told.partition(_BEFORE_WHY)
        counted.setdefault(category, {})[why] = number
    return {
        category: Counted(sum(whys.values()), tuple(sorted((why, number) for why, number in whys.items() if why)))
        for category, whys in counted.items()
    }


def words_of(why: str) -> str:
    """What *why* says, in words, Chinese first."""
    return "；".join(WHYS.get(each, each) for each in why.split(BETWEEN_WHYS))
