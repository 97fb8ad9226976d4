"""Masks pages of which something depends on whose records they show.

A page is one thing: what a reader finds beside a name belongs to it, wherever it stands. So it is treated by another
table of actions than the general one only where each record in it is of the same owner, and a record that is left out
for the caller takes the page with it.
"""

from collections import Counter
from contextlib import AbstractContextManager

from policies.choose import GENERAL, Choice
from policies.digest import Digester, canonical
from policies.formats.html.people import unnamed_in
from policies.formats.html.records import Records, Row
from policies.formats.html.tokens import Tag
from policies.formats.json.nodes import Object, Value
from policies.formats.masker import Action, Tally


class Seen:
    """What one way through a page finds in the fields of the *record* that it is about, and of which records.

    See `Records`. An empty place counts: it is a field that the record has, and whose value it does not say.
    """

    def __init__(self, record: Object) -> None:
        values = [node.action.field for node in record.children.values() if isinstance(node, Value)]
        self._fields = Counter(values)  # free text has one index, whatever its field
        self._keys = {node.action.field: key for key, node in record.children.items() if isinstance(node, Value)}
        self._counts = record.subject is not None
        self._named = {
            node.action.field: name
            for key, name in record.conditions
            if isinstance(node := record.children.get(key), Value)
        }
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        self._found = Records(self._fields)

    def take(self, tag: Tag) -> None:
        """An element of the page begins or ends."""
        self._found.take(tag)

    def within(self) -> AbstractContextManager[None]:
        """See `Records.within`."""
        return self._found.within()

    def apart(self) -> AbstractContextManager[None]:
        """See `Records.apart`."""
        return self._found.apart()

    def note(
        self, value: str, action: Action, *, is_subject: bool, group: str = "", names: bool = False, shown: int = 0
    ) -> None:
        """Note a *value*, "" for a place that is empty, that becomes what *action* says.

        *is_subject*: it proves whom the record is about; *names*: it says so. *group*: of the buttons that it is one
        of, "" for none. *shown*: of how many lines it is, where it is shown in clear and is not known from the others.
        """
        line = self._found.line
        if action.field in self._keys:
            line.named += names
            if shown and (action.field, group) not in line.groups:
                self._found.show(self._keys[action.field], value, shown)
        if is_subject:
            line.subjects.append(value)
        if action.field in self._fields:
            line.count(action.field, group)
        if (name := self._named.get(action.field)) is not None:
            line.values[name].append(value)

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

    def count_unnamed(self, tally: Tally) -> None:
        """Note in *tally* whom the page shows and does not name, where it should."""
        if self._counts:
            people = unnamed_in(self._found.found(), is_torn=self._found.is_torn)
            tally.digester.note(people, tally.unnamed)

    @property
    def _records(self) -> list[Row]:
        return self._found.all()
