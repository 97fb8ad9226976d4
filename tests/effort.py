"""How much effort the properties make: little in every run, a hundred times as much in `make proof`."""

import os

TIMES = int(os.environ.get("YINGBI_PROOF_TIMES", "1"))
"""By how much every number of examples is multiplied."""


def examples(number: int) -> int:
    """How many examples a property tries that tries *number* of them in an ordinary run."""
    return number * TIMES
