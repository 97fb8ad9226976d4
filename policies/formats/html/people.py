"""How many people a page shows beside those whom it names: where limits count people, a row without a name is one.

A row that says of nobody whose it is may be about anybody. It counts as a person of its own, known by what is shown of
it: the same row, shown again, is the same person, and a row that shows something else is another. So who reads one page
in several shapes is counted early; of people whom nothing that is shown tells apart each counts within a page.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence

from policies.formats.html.records import Row, Shown


def unnamed_in(rows: Sequence[Row], *, is_torn: bool) -> list[str]:
    """By what each person is known that *rows* show and do not name. *is_torn*: nobody can tell what belongs to what.

    A heading that repeats what stands below it shows nobody else. A page that then says each thing once is of one.
    """
    below = {(each.key, each.value) for row in rows for each in row.shown if not each.is_heading}
    telling = [
        Row(named=row.named, shown=[each for each in row.shown if not each.is_heading or _said(each) not in below])
        for row in rows
    ]
    if is_torn or _is_of_one(telling):
        telling = [Row(named=sum(row.named for row in telling), shown=[each for row in telling for each in row.shown])]
    found: list[str] = []
    seen = Counter[str]()
    for row in telling:
        said = "\x1f".join(sorted(f"{key}\x1e{value}" for key, value in set(map(_said, row.shown))))
        known = hashlib.blake2b(said.encode("utf-8", "surrogatepass")).hexdigest()
        for _ in range(_people_in(row) - row.named):
            found.append(f"unnamed {known} {seen[known]}")
            seen[known] += 1
    return found


def _said(shown: Shown) -> tuple[str, str]:
    return shown.key, shown.value


def _people_in(row: Row) -> int:
    """Of how many people *row* may be: a field that stands there twice may be of two, and where none is named, so may
    the lines of one.
    """
    each = Counter[str]()
    for shown in row.shown:
        each[shown.key] += 1 if row.named else shown.lines
    return max(each.values(), default=0)


def _is_of_one(rows: Sequence[Row]) -> bool:
    keys = [each.key for row in rows for each in row.shown]
    return len(set(keys)) == len(keys)
