"""How much effort the properties make: little in every run, a hundred times as much in `make proof`."""

import os
from pathlib import Path

TIMES = int(os.environ.get("YINGBI_PROOF_TIMES", "1"))
"""By how much every number of examples is multiplied."""
_COUNT = os.environ.get("YINGBI_PROOF_COUNT", "")
"""The file that has a line for every exchange tried, of its kinds; empty: nobody counts."""


def examples(number: int) -> int:
    """How many examples a property tries that tries *number* of them in an ordinary run."""
    return number * TIMES


def counted(*kinds: str) -> None:
    """Note that one exchange more has been tried, which was of these *kinds*, where somebody counts."""
    if _COUNT:
        with Path(_COUNT).open("a", encoding="utf-8") as count:
            count.write("\t".join(kinds) + "\n")
