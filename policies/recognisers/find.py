"""Names personal data exactly where it stands in a text, for reports: `find(text)` is all that a caller needs.

`scan` hides: in doubt it takes more. This tells people and programs, so what is in doubt is left out, a span is the
value and nothing around it, and one of two that overlap is left.
"""

from msgspec.structs import replace

from policies.recognisers.scan import scan
from policies.recognisers.table import Hit

REPORTED = {"person_name": "person"}
"""What reports call a category where policies call it something else."""


def find(text: str) -> list[Hit]:
    """The personal data in *text*, by position, none overlapping another. Offsets count code points."""
    return [_as_reported(hit) for hit in scan(text)]


def reported(category: str) -> str:
    """What reports call *category*."""
    return REPORTED.get(category, category)


def _as_reported(hit: Hit) -> Hit:
    name = REPORTED.get(hit.category)
    return hit if name is None else replace(hit, category=name)
