"""What several others in a post did: work that one caller cannot make its own, nor two where more than four are."""

from collections.abc import Mapping
from heapq import nlargest

OTHERS, OTHERS_OF_FEW, OTHERS_OF_VERY_FEW = 3, 2, 1
"""So many others have to have done as much; so many in a post of few, and of very few."""
FEW, VERY_FEW = 8, 4
"""A post of no more is one of few: three of six others are half of it, and one of two as well."""


def done_by_others(most: Mapping[str, int], several: int = OTHERS) -> dict[str, int]:
    """For each caller of a post, what the last of *several* others has done. *most*: the most that each has done."""
    others = several if len(most) > FEW else OTHERS_OF_FEW if len(most) > VERY_FEW else OTHERS_OF_VERY_FEW
    greatest = [*nlargest(others + 1, most.values()), *[0] * (others + 1)]
    return {caller: greatest[others if own >= greatest[others - 1] else others - 1] for caller, own in most.items()}
