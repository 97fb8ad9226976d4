"""Masks pages of which something depends on whose records they show.

A page is one thing: what a reader finds beside a name belongs to it, wherever it stands. So it is treated by another
table of actions than the general one only where each record in it is of the same owner, and a record that is left out
for the caller takes the page with it.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from policies.choose import GENERAL, Choice
from policies.digest import Digester, canonical
from policies.formats.json_tree import Object, Value
from policies.formats.masker import Action

ROWS = frozenset({"tr", "li", "dl", "article"})
"""Elements of which a page has one for each record, or for each field of one."""


@dataclass(slots=True)
class _Row:
    """What stands in one row of a table or the like, or between them."""

    counts: Counter[int] = field(default_factory=Counter)
    """How often each field of the record, with a value or empty, by the index of its action."""
    subjects: list[str] = field(default_factory=list)
    values: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """By `record.field`, what says whether the record is left out."""


class Seen:
    """What one way through a page finds in the fields of the *record* that it is about.

    A row of a table, or an item of a list, that holds two fields is a record of its own: the fields of another row are
    not its, and where it does not name its subject, nobody knows whose it is. Rows of one field each are one record,
    written one below the other, as long as no field stands there twice. An empty place counts: it is a field that the
    record has, and whose value it does not say.
    """

    def __init__(self, record: Object) -> None:
        values = [node.action.field for node in record.children.values() if isinstance(node, Value)]
        self._fields = Counter(values)  # free text has one index, whatever its field
        self._named = {
            node.action.field: name
            for key, name in record.conditions
            if isinstance(node := record.children.get(key), Value)
        }
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        self._rows = [_Row()]
        self._are_apart = False

    def part_rows(self) -> None:
        """A row begins, or ends, inside of a field: it is not one of those that its record is written in."""
        self.begin_row()
        self._are_apart = True

    def begin_row(self) -> None:
        """A row begins, or ends; see `ROWS`."""
        if self._rows[-1].counts:
            self._rows.append(_Row())

    def note(self, value: str, action: Action, *, is_subject: bool) -> None:
        """Note a *value*, "" for a place that is empty, that becomes what *action* says.

        *is_subject*: it says whom the record is about.
        """
        row = self._rows[-1]
        if is_subject:
            row.subjects.append(value)
        if action.field in self._fields:
            row.counts[action.field] += 1
        if (name := self._named.get(action.field)) is not None:
            row.values[name].append(value)

    @property
    def subject(self) -> str:
        """The one subject that all records are of, in canonical form; "" where they are not, or nobody can say."""
        subjects = {canonical(subject) for row in self._records for subject in row.subjects or ("",)}
        return subjects.pop() if len(subjects) == 1 else ""

    def table(self, choice: Choice, digester: Digester) -> int:
        """The number of the table of actions that counts for all records; the general one where they differ."""
        subjects = {subject for row in self._records for subject in row.subjects or ("",)}
        tables = {choice.table_about(subject, digester) for subject in subjects}
        return tables.pop() if len(tables) == 1 else GENERAL

    def meets(self, choice: Choice) -> bool:
        """Whether each record is one that is shown, and says so; a page that shows none says nothing."""
        records = self._records
        if self._named and not records:
            return False
        return all(
            row.values.get(name) and all(choice.shows(name, value) for value in row.values[name])
            for row in records
            for name in self._named.values()
        )

    @property
    def _records(self) -> list[_Row]:
        """What is found of each record; of one without a subject where two may be mingled."""
        rows = [row for row in self._rows if row.counts]
        whole = _Row()
        for row in rows:
            whole.counts += row.counts
            whole.subjects += row.subjects
            for name, values in row.values.items():
                whole.values[name] += values
        is_spread = not self._are_apart and all(row.counts.total() == 1 for row in rows)
        if rows and is_spread and self._is_one(whole):
            return [whole]
        return [row if self._is_one(row) else _Row() for row in rows]

    def _is_one(self, row: _Row) -> bool:
        return all(row.counts[field] <= often for field, often in self._fields.items())
