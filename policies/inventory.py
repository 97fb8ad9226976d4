"""What a system that is being learnt was seen to have: operations, parameters, fields; how many values, of which kinds.

INVARIANT 3: no value is in it, nor a name that could be one. A part of a path, a parameter, a key or a class is kept as
it is only where it can be taken for a word of the application's; whatever could be data becomes a placeholder at once.
Distinct values are told apart by hashes with a key of the process, which are never written down.
"""

import hashlib
import re
import secrets
from collections.abc import Iterator

import msgspec

from policies.authentic import authenticated, checked
from policies.recognisers.keys_cn import category_of_key
from policies.recognisers.scan import may_hold_personal_data, scan

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
KEY = "{key}"
ANY = "*"

_WORD = re.compile(r"(?!(?:[^0-9]*[0-9]){4})[A-Za-z_-][A-Za-z0-9_-]{0,40}")
"""With three digits at most: more could be a number of somebody's."""
_SUFFIX = re.compile(r"\.(?:json|csv|html?|xml|txt|js|css|svg|png|jpg|gif|ico|woff2?|pdf|do|action|aspx?|jsp|php)\Z")
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
        self._fields = sum(len(operation.fields) for operation in self.notes.operations.values())

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
                other in (step, _placeholder(step)) for step, other in zip(steps, others, strict=True)
            ):
                return "/".join(others)
        return template

    def _folded(self, name: str) -> str:
        """The name of the new operation *name*, once parts of paths with too many siblings are placeholders."""
        method, _, template = name.partition(" ")
        steps = template.split("/")
        for place, step in enumerate(steps):
            if not step or step == _placeholder(step):
                continue
            folded = "/".join([*steps[:place], _placeholder(step), *steps[place + 1 :]])
            pattern = re.compile(re.escape(f"{method} {folded}").replace(re.escape(KEY), "[^/{}]+"))
            siblings = [other for other in self.notes.operations if pattern.fullmatch(other)]
            if len(siblings) > MOST_SIBLINGS:
                into = self.notes.operations.setdefault(f"{method} {folded}", OperationNote())
                for sibling in siblings:
                    into.add(self.notes.operations.pop(sibling))
                self._fields = sum(len(operation.fields) for operation in self.notes.operations.values())
                self._seen.clear()
                return f"{method} {folded}"
        return name


def template_of(path: str) -> str:
    """*path*, percent-decoded, with a placeholder for every part that could be data."""
    return "/".join(part if not part or _is_word(part) else _placeholder(part) for part in path.split("/")[:12])


def word_of(name: str) -> str:
    """*name* of a parameter, a key, a class or a column, or `*` where it could be a value itself."""
    return name if _is_word(name) or category_of_key(name) is not None else ANY


def _is_word(part: str) -> bool:
    suffix = _SUFFIX.search(part)
    stem = part[: suffix.start()] if suffix else part
    return _WORD.fullmatch(stem) is not None and not (may_hold_personal_data(part) and scan(part))


def _placeholder(part: str) -> str:
    suffix = _SUFFIX.search(part)
    return KEY + (suffix[0] if suffix else "")


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
    """The notes in *data*. Raises ValueError where they are not what was written."""
    return msgspec.json.decode(checked(data, key, _LABEL), type=dict[str, Notes])


def _add(mine: dict[str, int], theirs: dict[str, int]) -> None:
    for name, number in theirs.items():
        mine[name] = mine.get(name, 0) + number
