"""Masks CSV bodies, record by record: the first record names the columns, each column has its field's action.

Cells that are shown stay as they were written, quotes included. What two readers could split differently is withheld,
and so is a record with more or fewer cells than there are columns: nobody knows which columns its cells are of.
Source: RFC 4180; as common programs write it, lines may end in LF, and `;` or a tab may stand for the comma.
"""

import io
import re
from collections.abc import Iterator
from itertools import count

from policies.choose import EVERYBODYS, GENERAL, Choice
from policies.digest import canonical
from policies.formats.charset import Charset
from policies.formats.free_text import KnownValues, mask_free_text
from policies.formats.json.keys import hidden_key, is_telling_key
from policies.formats.json.nodes import Object, Value
from policies.formats.masker import HIDDEN_KEY, VALUE_BLOCKED, Action, Kind, Tally, Withheld
from policies.recognisers.scan import scan

LONGEST_RECORD = 1024 * 1024
"""Characters. A quote that is never closed must not hold the whole body."""

_DELIMITERS = ",\t;"
# Possessive: no place to go back to is remembered for each character.
_CELLS = {mark: re.compile(rf'("[^"]*+(?:""[^"]*+)*+"|[^"{mark}\r\n]*+)(?:{mark}|\Z)') for mark in _DELIMITERS}
_BOM = "\ufeff"


class CsvMasker:
    """A masker for one CSV body whose records are described by *record*. What is *hidden* is shown in no column."""

    def __init__(
        self,
        record: Object,
        undeclared: Action,
        tally: Tally,
        charset: str,
        choice: Choice = EVERYBODYS,
        hidden: KnownValues | None = None,
    ) -> None:
        self._hidden = hidden
        self.tally = tally
        self._choice = choice
        self._record = record
        self._undeclared = undeclared
        self._charset = Charset(charset)
        self._record_begun = io.StringIO()  # whole lines of the record that has not ended
        self._is_quoted = False  # whether a quote in it is still open
        self._line = ""
        self._following: list[str] = []
        """Lines that have come whole and are treated next, from behind."""
        self._delimiter = ""
        self._names: list[str] = []
        self._columns: dict[int, list[Action]] = {}
        """By the number of their table of actions."""
        self._subject: int | None = None
        self._conditions: list[tuple[str, int | None]] = []
        """`record.field` and place of what says whether a record is left out."""

    def feed(self, data: bytes) -> list[bytes]:
        """See `Masker.feed`."""
        return self._settled(self._charset.decode(data), final=False)

    def close(self) -> list[bytes]:
        """See `Masker.close`."""
        return self._settled(self._charset.decode(b"", final=True), final=True)

    def _settled(self, text: str, *, final: bool) -> list[bytes]:
        *lines, self._line = (self._line + text).split("\n")
        settled = []
        with self.tally.prose.ahead(self._ask):
            for line in self._each(lines):
                self._is_quoted ^= line.count('"') % 2 == 1
                if self._is_quoted:
                    self._record_begun.write(line + "\n")
                else:
                    settled.append(self._treated(self._taken() + line + "\n"))
        if self._record_begun.tell() + len(self._line) > LONGEST_RECORD:
            raise Withheld("too_large_to_mask")
        if final:
            settled.append(self._treated(self._taken() + self._line))
            self._line = ""
        joined = "".join(settled)
        return [self._charset.encode(joined)] if joined else []

    def _each(self, lines: list[str]) -> Iterator[str]:
        """Each of *lines*; those that are still to come are left in `_following`."""
        lines.reverse()
        self._following = lines
        while lines:
            yield lines.pop()

    def _ask(self) -> Iterator[None]:
        """Ask what is to be read of the lines that follow. Raises Withheld."""
        scanned = [(place, action.prose) for place, action in enumerate(self._columns[GENERAL]) if action.prose]
        for line in reversed(self._following):
            if line.count('"') % 2:
                return  # a record of several lines
            cells = self._cells(line.removesuffix("\r"))
            for place, prose in scanned:
                if place < len(cells):
                    self.tally.prose.spans(_value_of(cells[place]), prose)
            yield

    def _taken(self) -> str:
        """The lines of the record so far; the next record begins."""
        if not self._record_begun.tell():
            return ""
        taken, self._record_begun = self._record_begun.getvalue(), io.StringIO()
        return taken

    def _treated(self, record: str) -> str:
        end = "\r\n" if record.endswith("\r\n") else "\n" if record.endswith("\n") else ""
        record = record.removesuffix(end)
        if not record:
            return end
        if not self._names:
            return self._header(record) + end
        cells = self._cells(record)
        if len(cells) != len(self._names):
            raise Withheld("table_not_as_declared")
        if self._conditions and not self._is_shown(cells):
            self.tally.left_out += 1
            return ""
        identifier = "" if self._subject is None else _value_of(cells[self._subject])
        is_nameless = not self.tally.note_subject(identifier) and self._record.subject is not None
        before = sum(self.tally.fields.values()) if is_nameless else 0
        table, subject = self._chosen(identifier) if self._record.decides else (GENERAL, "")
        described = self._described(table)
        known = KnownValues() if described.scanned else None
        last: list[tuple[int, Action]] = []
        for place, (cell, action) in enumerate(zip(cells, self._columns[table], strict=True)):
            if action.kind is Kind.SCAN:
                last.append((place, action))  # free text once the other fields of the record are known
            else:
                cells[place] = self._masked(cell, action, known, subject)
        for place, action in last:
            cells[place] = self._masked(cells[place], action, known, subject)
        self.tally.has_nameless |= is_nameless and sum(self.tally.fields.values()) > before
        return self._delimiter.join(map(self._without_hidden, cells)) + end

    def _without_hidden(self, cell: str) -> str:
        value = _value_of(cell)
        shown = value if self._hidden is None else self._hidden.hidden_in(value)
        return cell if shown == value else self._quoted(shown)

    def _is_shown(self, cells: list[str]) -> bool:
        held = ((name, None if place is None else _value_of(cells[place])) for name, place in self._conditions)
        return all(self._choice.shows(name, value) for name, value in held)

    def _chosen(self, identifier: str) -> tuple[int, str]:
        """By which table of actions a record about *identifier* is treated, and that in canonical form."""
        table = self._choice.table_about(identifier, self.tally.digester)
        if table not in self._columns:
            self._columns[table] = self._actions(self._described(table))
        return table, canonical(identifier)

    def _described(self, table: int) -> Object:
        return self._record if table == GENERAL or self._record.in_table is None else self._record.in_table(table)

    def _actions(self, record: Object) -> list[Action]:
        nodes = (record.children.get(name, record.other) for name in self._names)
        return [node.action if isinstance(node, Value) else self._undeclared for node in nodes]

    def _header(self, record: str) -> str:
        readings = {delimiter: self._names_in(record, delimiter) for delimiter in _DELIMITERS}
        declared = self._record.children.keys()
        self._delimiter, names = max(readings.items(), key=lambda reading: len(declared & set(reading[1])))
        if not declared & set(names) or any(scan(name) for name in names):
            # A first record that names no declared field is data, for all we know.
            raise Withheld("no_known_header")
        if self._hidden is not None and any(name in self._hidden for name in names):
            raise Withheld(HIDDEN_KEY)
        if len(set(names)) != len(names):
            raise Withheld("table_not_as_declared")
        self._names = names
        self._columns[GENERAL] = self._actions(self._record)
        self._subject = names.index(self._record.subject) if self._record.subject in names else None
        conditions = self._record.conditions
        self._conditions = [(name, names.index(key) if key in names else None) for key, name in conditions]
        return self._without_telling_names(record, names)

    def _without_telling_names(self, header: str, names: list[str]) -> str:
        """*header* with its *names* as they may be shown: a column nobody declared may be called by somebody's name."""
        mark = _BOM if header.startswith(_BOM) else ""
        cells = self._cells(header.removeprefix(_BOM))
        numbers = count(1)
        for place, name in enumerate(names):
            if name not in self._record.children and is_telling_key(name):
                cells[place] = hidden_key(next(numbers))
        return mark + self._delimiter.join(cells)

    def _names_in(self, header: str, delimiter: str) -> list[str]:
        self._delimiter = delimiter
        try:
            return [_value_of(cell) for cell in self._cells(header.removeprefix(_BOM))]
        except Withheld:
            return []

    def _cells(self, record: str) -> list[str]:
        if '"' not in record:
            if "\r" in record:  # a line end to some readers, a character to others
                raise Withheld("not_csv")
            return record.split(self._delimiter)
        cell = _CELLS[self._delimiter]
        cells, at = [], 0
        while True:
            match = cell.match(record, at)
            if match is None:
                raise Withheld("not_csv")
            cells.append(match[1])
            at = match.end()
            if at == len(record) and not match[0].endswith(self._delimiter):
                return cells
            if at == len(record):  # the delimiter was the last character: one more cell, empty
                return [*cells, ""]

    def _masked(self, cell: str, action: Action, known: KnownValues | None, subject: str) -> str:
        value = _value_of(cell)
        if not value:
            return cell
        self.tally.count(action)
        match action.kind:
            case Kind.SHOW:
                return cell
            case Kind.DROP:
                if known is not None:
                    known.add(value)
                return '""'  # an empty line would be no record
            case Kind.MASK:
                masked = action.masked(value, subject)
                if known is not None and masked != value:
                    known.add(value)
                return self._quoted(masked)
            case Kind.BLOCK:
                raise Withheld(VALUE_BLOCKED)
            case Kind.SCAN:
                masked = mask_free_text(value, known, self.tally, typed=True, prose=action.prose)
                return cell if masked == value else self._quoted(masked)

    def _quoted(self, value: str) -> str:
        if any(char in value for char in (self._delimiter, '"', "\n", "\r")):
            return '"' + value.replace('"', '""') + '"'
        return value


def _value_of(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell
