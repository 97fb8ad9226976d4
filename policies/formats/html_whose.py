"""Masks pages of which something depends on whose records they show.

A page is one thing: what a reader finds beside a name belongs to it, wherever it stands. So it is treated by another
table of actions than the general one only where each record in it is of the same owner, and a record that is left out
for the caller takes the page with it.
"""

from collections import Counter

from policies.choose import GENERAL, Choice
from policies.digest import Digester, canonical
from policies.formats.json_tree import Object, Value
from policies.formats.masker import Action


class Seen:
    """What one way through a page finds in the fields of the *record* that it is about."""

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
        self._counts: Counter[int] = Counter()
        self._subjects: list[str] = []
        self._values: dict[str, list[str]] = {name: [] for name in self._named.values()}

    def note(self, value: str, action: Action, *, is_subject: bool) -> None:
        """Note a *value* that becomes what *action* says. *is_subject*: it says whom the page, or a row, is about."""
        if is_subject:
            self._subjects.append(value)
        if action.field in self._fields:
            self._counts[action.field] += 1
        if (name := self._named.get(action.field)) is not None:
            self._values[name].append(value)

    @property
    def subject(self) -> str:
        """The one subject that all records are of, in canonical form; "" where they are not, or nobody can say."""
        subjects = {canonical(subject) for subject in self._subjects}
        return subjects.pop() if len(subjects) == 1 and self._each_has(len(self._subjects)) else ""

    def table(self, choice: Choice, digester: Digester) -> int:
        """The number of the table of actions that counts for all records; the general one where they differ."""
        subjects = {canonical(subject) for subject in self._subjects}
        if not subjects or "" in subjects or not self._each_has(len(self._subjects)):
            return GENERAL
        tables = {choice.table_of(digest) for digest in digester.each(subjects)}
        return tables.pop() if len(tables) == 1 else GENERAL

    def meets(self, choice: Choice) -> bool:
        """Whether each record is one that is shown, and says so."""
        for name, values in self._values.items():
            if not values or not self._each_has(len(values)):
                return False
            if not all(choice.shows(name, value) for value in values):
                return False
        return True

    def _each_has(self, number: int) -> bool:
        """Whether there can be no more records than *number*: no field stands there more often than it may."""
        return all(self._counts[field] <= number * often for field, often in self._fields.items())
