"""The second table: what is personal data behind the word that names it, and looks like nothing by itself.

A row's words are followed by what links a label and its value, and by the value. To add one is to add a row to
`labelled_numbers.py` or `labelled_facts.py` and its cases in `tests/policies/recognisers/test_labelled.py`.
"""

from collections.abc import Iterator

from policies.recognisers.labelled_facts import FACTS
from policies.recognisers.labelled_numbers import NUMBERS
from policies.recognisers.table import Hit

LABELLED = (*NUMBERS, *FACTS)
"""What comes first wins where two rows claim the same characters."""
PATTERNS = tuple(row.pattern() for row in LABELLED)


def hits_behind_labels(text: str, rows: set[int]) -> Iterator[Hit]:
    """What those of `LABELLED` find in normalised *text* whose numbers are *rows*."""
    for number in sorted(rows):
        row = LABELLED[number]
        for match in PATTERNS[number].finditer(text):
            yield Hit(*match.span("value"), row.category, row.score, "context")
