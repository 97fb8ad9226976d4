"""What a system that is being learnt was seen to have: operations, parameters, fields; how many values, of which kinds.

INVARIANT 3: no value is in it, nor a name that could be one. A part of a path, a parameter, a key or a class is kept as
it is only where it can be taken for a word of the application's; whatever could be data becomes a placeholder at once.
Distinct values are told apart by hashes with a key of the process, which are never written down.
"""

import hashlib
import re
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from policies.keys.authentic import authenticated, checked
from policies.learning.words import ANY, KEY, is_keyed_by_data, place_of, placeholder, template_of, word_of
from policies.recognisers.field_names.category import category_of_key
from policies.recognisers.scan import scan

MOST_OPERATIONS = 300
MOST_PARAMETERS = 60
MOST_TABLES = 60
"""Of an operation."""
MOST_FIELDS = 4_000
"""Over all operations of a system."""
MOST_DISTINCT = 40
"""Of so many values of a field at most it is known that they are different."""
MOST_SIBLINGS = 10
"""Paths that differ in one part only: with more of them the part is data."""
LEAST_OBJECTS = 3
"""So many objects in one place tell whether their keys change."""

_DATE = re.compile(r"(?:19|20)[0-9]{2}(?:[-/.年]?(?:0?[1-9]|1[0-2])[-/.月]?(?:[0-3]?[0-9])日?)(?:[ T][0-9:.+Z-]*)?")
_WHOLE = re.compile("[0-9]{1,9}")
_PROSE = re.compile(r"[\s，。；！？,;!?]")
_NAME = re.compile("[\u4e00-\u9fff]{2,4}")
_ETHNICITIES = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 "
    "傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 "
    "羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 "
    "德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
).split()
_LISTED = {
    **dict.fromkeys(("男", "女", "男性", "女性", "male", "female"), "sex"),
    **{f"{name}族": "ethnicity" for name in _ETHNICITIES},
}
"""Values that say by themselves what they are. Source: GB/T 2261.1, GB/T 3304."""
_LABEL = b"yingbi inventory 1 "


class FieldNote(msgspec.Struct):
    """What the values in one place were."""

    count: int = 0
    texts: int = 0
    whole: int = 0
    """Whole numbers of a few digits, as rows are numbered."""
    flags: int = 0
    """Truth values."""
    dates: int = 0
    prose: int = 0
    """Texts with spaces or punctuation."""
    short_han: int = 0
    """Texts of two to four Chinese characters, as names are."""
    longest: int = 0
    distinct: int = 0
    """Different values; `MOST_DISTINCT` stands for that many or more."""
    found: dict[str, int] = {}
    """How many values were wholly of a category, as recognisers see it."""
    within: dict[str, int] = {}
    """How many values held something of a category beside other text."""
    labels: dict[str, int] = {}
    """Which categories words beside the values name."""

    def add(self, other: "FieldNote") -> None:
        """Count what *other* counted as well."""
        for name in ("count", "texts", "whole", "flags", "dates", "prose", "short_han"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.longest, self.distinct = max(self.longest, other.longest), max(self.distinct, other.distinct)
        for mine, theirs in ((self.found, other.found), (self.within, other.within), (self.labels, other.labels)):
            _add(mine, theirs)


class OperationNote(msgspec.Struct):
    """What requests of one path were, and what was answered."""

    count: int = 0
    parameters: dict[str, int] = {}
    formats: dict[str, int] = {}
    fields: dict[str, FieldNote] = {}
    """By format and place: `json /rows/*/xm`, `html td.col-xm`, `html control xm`, `csv xm`."""
    tables: dict[str, str] = {}
    """Of lists of lists of cells: where the list stands, and which key beside it names the columns."""
    keyed: list[str] = []
    """Where objects of JSON stand whose keys are data."""

    def add(self, other: "OperationNote") -> None:
        """Count what *other* counted as well."""
        self.count += other.count
        _add(self.parameters, other.parameters)
        _add(self.formats, other.formats)
        for place, columns in other.tables.items():
            if place in self.tables or len(self.tables) < MOST_TABLES:
                self.tables[place] = columns
        for place, note in other.fields.items():
            self.fields.setdefault(place, FieldNote()).add(note)
        for place in sorted({*self.keyed, *other.keyed}):
            self.fold(place)

    def fold(self, place: str) -> None:
        """Take the keys of objects at *place*, a pointer, for data: what was noted under each of them adds up."""
        self.keyed = sorted({_folded(each, place) for each in (*self.keyed, place)})
        self.tables = {_folded(each, place): columns for each, columns in self.tables.items()}
        for known in list(self.fields):
            format_, _, where = known.partition(" ")
            folded = f"{format_} {_folded(where, place)}" if format_ == "json" else known
            if folded != known:
                self.fields.setdefault(folded, FieldNote()).add(self.fields.pop(known))


def _folded(pointer: str, place: str) -> str:
    """*pointer* with a `*` for the key below *place*, where it leads there."""
    head = f"{place}/"
    if not pointer.startswith(head):
        return pointer
    _, slash, rest = pointer.removeprefix(head).partition("/")
    return f"{head}{ANY}{slash}{rest}"


class Notes(msgspec.Struct):
    """What was seen of one system, as it is kept."""

    operations: dict[str, OperationNote] = {}
    """By method and path template."""
    left_out: int = 0
    """Requests and values that no room was left for."""


class Inventory:
    """The notes on one system, while they grow. Memory is bounded, whatever the system says."""

    def __init__(self, notes: Notes | None = None) -> None:
        self.notes = notes or Notes()
        self._secret = secrets.token_bytes(16)
        self._seen: dict[tuple[str, str], set[bytes]] = {}
        self._objects: dict[tuple[str, str], Counter[str]] = {}  # in each place: how many, as `ANY`, and their keys
        self._fields = _fields_in(self.notes)

    def operation(self, method: str, path: str, parameters: Iterator[str]) -> str | None:
        """Note one request. Returns what the operation is called, or None where no room is left for it."""
        name = f"{method} {self._known(template_of(path))}"
        note = self.notes.operations.get(name)
        if note is None:
            if len(self.notes.operations) >= MOST_OPERATIONS:
                self.notes.left_out += 1
                return None
            note = self.notes.operations[name] = OperationNote()
            name = self._folded(name)
            note = self.notes.operations[name]
        note.count += 1
        for parameter in parameters:
            word = word_of(parameter)
            if word in note.parameters or len(note.parameters) < MOST_PARAMETERS:
                note.parameters[word] = note.parameters.get(word, 0) + 1
        return name

    def renamed(self, operation: str) -> str | None:
        """What *operation*, noted before, is called now; None where it is gone."""
        method, _, template = operation.partition(" ")
        name = f"{method} {self._known(template)}"
        return name if name in self.notes.operations else None

    def answered(self, operation: str, format_: str) -> None:
        """Note one answer of this format."""
        formats = self.notes.operations[operation].formats
        formats[format_] = formats.get(format_, 0) + 1

    def is_keyed(self, operation: str, place: str, value: Mapping[str, Any]) -> bool:
        """Note that an object of JSON, *value*, stands at *place*.

        Whether its keys are data: by its look, or because most of them are in few of the objects that stood there.
        """
        note = self.notes.operations[operation]
        if place in note.keyed:
            return True
        if not is_keyed_by_data(value) and not self._changes(operation, place, value):
            return False
        note.fold(place)
        self._fields = _fields_in(self.notes)
        return True

    def _changes(self, operation: str, place: str, keys: Mapping[str, Any]) -> bool:
        counted = self._objects.get((operation, place))
        if counted is None:
            if len(self._objects) >= MOST_FIELDS:
                return True
            counted = self._objects[operation, place] = Counter()
        counted.update({ANY, *map(word_of, keys)})
        words = counted.keys() - {ANY}
        rare = sum(2 * counted[word] <= counted[ANY] for word in words if category_of_key(word) is None)
        return counted[ANY] >= LEAST_OBJECTS and 2 * rare > len(words)

    def table(self, operation: str, place: str, columns: str) -> None:
        """Note that the key *columns* names the columns of the rows of cells at *place*, unless it could be a value."""
        if word_of(columns) == ANY:
            return
        tables = self.notes.operations[operation].tables
        if place in tables or len(tables) < MOST_TABLES:
            tables[place] = columns
        else:
            self.notes.left_out += 1

    def value(self, operation: str, place: str, value: object, *, label: str | None = None) -> None:
        """Note one *value* at *place*; *label* is the category that words beside it name."""
        if value is None or value == "":
            return
        fields = self.notes.operations[operation].fields
        note = fields.get(place)
        if note is None:
            if self._fields >= MOST_FIELDS:
                self.notes.left_out += 1
                return
            self._fields += 1
            note = fields[place] = FieldNote()
        note.count += 1
        if label is not None:
            note.labels[label] = note.labels.get(label, 0) + 1
        if isinstance(value, bool):
            note.flags += 1
            return
        text = str(value)
        note.texts += isinstance(value, str)
        note.whole += _WHOLE.fullmatch(text) is not None
        note.longest = max(note.longest, len(text))
        note.dates += _DATE.fullmatch(text) is not None
        note.prose += _PROSE.search(text) is not None
        note.short_han += _NAME.fullmatch(text) is not None
        self._note_hits(note, text)
        self._note_distinct(note, operation, place, text)

    def _note_hits(self, note: FieldNote, text: str) -> None:
        if (listed := _LISTED.get(text)) is not None:
            note.found[listed] = note.found.get(listed, 0) + 1
            return
        for category, whole in {
            hit.category: hit.end - hit.start == len(text.strip()) for hit in scan(text[:10_000])
        }.items():
            into = note.found if whole else note.within
            into[category] = into.get(category, 0) + 1

    def _note_distinct(self, note: FieldNote, operation: str, place: str, text: str) -> None:
        seen = self._seen.setdefault((operation, place), set())
        if len(seen) < MOST_DISTINCT:
            seen.add(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8, key=self._secret).digest())
            note.distinct = max(note.distinct, len(seen))

    def _known(self, template: str) -> str:
        """*template*, or the one with a placeholder that stands for it already."""
        steps = template.split("/")
        for known in self.notes.operations:
            others = known.partition(" ")[2].split("/")
            if len(others) == len(steps) and all(
                other in (step, placeholder(step)) for step, other in zip(steps, others, strict=True)
            ):
                return "/".join(others)
        return template

    def _folded(self, name: str) -> str:
        """The name of the new operation *name*, once parts of paths with too many siblings are placeholders."""
        method, _, template = name.partition(" ")
        steps = template.split("/")
        for place, step in enumerate(steps):
            if not step or step == placeholder(step):
                continue
            folded = "/".join([*steps[:place], placeholder(step), *steps[place + 1 :]])
            pattern = re.compile(re.escape(f"{method} {folded}").replace(re.escape(KEY), "[^/{}]+"))
            siblings = [other for other in self.notes.operations if pattern.fullmatch(other)]
            if len(siblings) > MOST_SIBLINGS:
                into = self.notes.operations.setdefault(f"{method} {folded}", OperationNote())
                for sibling in siblings:
                    into.add(self.notes.operations.pop(sibling))
                self._fields = _fields_in(self.notes)
                self._seen.clear()
                self._objects.clear()
                return f"{method} {folded}"
        return name


def _fields_in(notes: Notes) -> int:
    return sum(len(operation.fields) for operation in notes.operations.values())


def merged(many: Iterator[Notes]) -> Notes:
    """All of *many* in one."""
    found = Notes()
    for notes in many:
        found.left_out += notes.left_out
        for name, operation in notes.operations.items():
            found.operations.setdefault(name, OperationNote()).add(operation)
    return found


def write_notes(notes: dict[str, Notes], key: bytes) -> bytes:
    """The bytes that keep *notes*, by system; `read_notes` takes them back with the same *key* only."""
    return authenticated(msgspec.json.encode(notes), key, _LABEL)


def read_notes(data: bytes, key: bytes) -> dict[str, Notes]:
    """The notes in *data*, with those words only that are kept now: more may have been once.

    Raises ValueError where they are not what was written.
    """
    kept = msgspec.json.decode(checked(data, key, _LABEL), type=dict[str, Notes])
    return {system: _reworded(notes) for system, notes in kept.items()}


def _reworded(notes: Notes) -> Notes:
    found = Notes(left_out=notes.left_out)
    for name, operation in notes.operations.items():
        method, _, template = name.partition(" ")
        note = OperationNote(count=operation.count, formats=operation.formats)
        for parameter, number in operation.parameters.items():
            _add(note.parameters, {word_of(parameter): number})
        for place, field in operation.fields.items():
            note.fields.setdefault(place_of(place), FieldNote()).add(field)
        for place, columns in operation.tables.items():
            if word_of(columns) != ANY:
                note.tables[place_of(f"json {place}").removeprefix("json ")] = columns
        note.keyed = [place_of(f"json {place}").removeprefix("json ") for place in operation.keyed]
        found.operations.setdefault(f"{method} {template_of(template)}", OperationNote()).add(note)
    return found


def _add(mine: dict[str, int], theirs: dict[str, int]) -> None:
    for name, number in theirs.items():
        mine[name] = mine.get(name, 0) + number
