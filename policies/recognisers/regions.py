"""Codes of divisions that resident ID numbers and codes of companies begin with: today's and abolished ones.

Source: GB/T 2260 and its former editions, by the lists that `regions.txt` names.
"""

from functools import cache
from pathlib import Path

_TABLE = Path(__file__).parent / "regions.txt"
PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split()
)
"""Source: GB/T 2260, and 83 of the residence permits of people from Taiwan."""


@cache
def codes() -> frozenset[str]:
    """All codes, of six digits each."""
    lines = (line.split() for line in _TABLE.read_text("utf-8").splitlines() if not line.startswith("#"))
    return frozenset(first + last for first, *rest in lines for last in rest)


def is_region(code: str) -> bool:
    """Whether *code*, of six digits, is or was that of a division."""
    return code in codes()
