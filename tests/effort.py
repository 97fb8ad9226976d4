"""How much effort the properties make: little in every run, a hundred times as much in `make proof`."""

import os
from pathlib import Path

TIMES = int(os.environ.get("YINGBI_PROOF_TIMES", "1"))
"""By how much every number of examples is multiplied."""
_COUNT = os.environ.get("YINGBI_PROOF_COUNT", "")
"""The file whose length is the number of exchanges tried; empty: nobody counts."""


def examples(number: int) -> int:
    """How many examples a property tries that tries *number* of them in an ordinary run."""
    return number * TIMES


def counted(exchanges: int) -> None:
    """Note that so many more *exchanges* have been tried, where somebody counts."""
    if _COUNT:
        with Path(_COUNT).open("ab") as count:
            count.write(b"." * exchanges)
