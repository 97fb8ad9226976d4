"""Drafts the policy of a system from what was seen of it while it was being learnt.

What is in doubt is left undeclared, with a comment: then it is masked, refused or withheld until an officer says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from policies.learning.inventory import FieldNote, Notes, OperationNote
from policies.learning.judge import UNSURE, Judged, judge
from policies.learning.pack_fit import Fit, field_of_page, fit_of, target_of
from policies.learning.words import ANY, KEY
from policies.parse.section import NAME
from policies.policy import PUBLIC, Category, Pack

LEAST_FIELDS = 2
"""So many values beside each other make a record."""
STATIC = "static"
_PAGING = frozenset("page p size limit offset page_size pagesize per_page pageno pagenum _".split())
_SEARCH = frozenset("q query search keyword keywords s".split())


@dataclass(slots=True)
class DraftRecord:
    """A record as it would be declared."""

    name: str
    fields: dict[str, FieldNote] = field(default_factory=dict)
    judged: dict[str, Judged] = field(default_factory=dict)
    subject: str = ""
    key: tuple[str, ...] = ()

    def note(self, name: str, note: FieldNote) -> None:
        """Note what the values of the field *name* were in one more place."""
        self.fields.setdefault(name, FieldNote()).add(note)


@dataclass(slots=True)
class DraftOperation:
    """An operation as it would be declared."""

    name: str
    count: int
    json: dict[str, str] = field(default_factory=dict)
    """By pointer: a category, or the record's name behind a `@`."""
    columns: dict[str, str] = field(default_factory=dict)
    """Of rows of cells, by pointer: the key that names their columns."""
    unsure: dict[str, FieldNote] = field(default_factory=dict)
    """Pointers of which nobody can say what they hold."""
    html: str = ""
    """A record."""
    elements: tuple[tuple[str, str], ...] = ()
    """Element and the part of its class before the field's name."""
    controls: bool = False
    csv: str = ""
    parameters: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Draft:
    """What a system seems to be."""

    records: dict[str, DraftRecord] = field(default_factory=dict)
    operations: list[DraftOperation] = field(default_factory=list)
    pack: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    unbound: tuple[str, ...] = ()
    """Variables of the pack that no path tells."""
    seen: int = 0
    left_out: int = 0


def discover(notes: Notes, categories: Mapping[str, Category], packs: Mapping[str, Pack]) -> Draft:
    """The draft that *notes* add up to, in terms of the installation's *categories* and of *packs*."""
    fit = fit_of(notes, packs)
    draft = Draft(seen=sum(note.count for note in notes.operations.values()), left_out=notes.left_out)
    if fit is not None:
        _of_pack(draft, notes, fit)
    bound = {each.seen for each in fit.bound} if fit is not None else set()
    for name, note in sorted(notes.operations.items()):
        if name not in bound:
            _of_its_own(draft, name, note, categories)
    for record in draft.records.values():
        _judge(record, categories)
    for operation in draft.operations:
        _parameters(operation, notes.operations[operation.name], draft)
    return draft


def _of_pack(draft: Draft, notes: Notes, fit: Fit) -> None:
    draft.pack, draft.variables = fit.pack.name, dict(fit.variables)
    draft.unbound = tuple(name for name in fit.pack.variables if name not in fit.variables)
    for bound in fit.bound:
        if not NAME.fullmatch(bound.record):
            continue
        for place, note in notes.operations[bound.seen].fields.items():
            format_, _, where = place.partition(" ")
            name = None
            if format_ == "json" and bound.operation.answers.json is not None:
                found = target_of(where, bound.operation.answers.json)
                name = found[1][0] if found is not None and found[1] else None
            elif format_ == "html":
                name = field_of_page(place, bound.operation)
            elif format_ == "csv":
                name = where
            if name is not None and name != ANY:
                draft.records.setdefault(bound.record, DraftRecord(bound.record)).note(name, note)


def _of_its_own(draft: Draft, name: str, note: OperationNote, categories: Mapping[str, Category]) -> None:
    operation = DraftOperation(name, note.count)
    draft.operations.append(operation)
    _json(draft, operation, note, categories)
    named = {place.split(" ", 1)[1]: each for place, each in note.fields.items() if place.startswith("csv ")}
    if named:
        operation.csv = _record(draft, name, named).name
    _page(draft, operation, name, note)


def _json(draft: Draft, operation: DraftOperation, note: OperationNote, categories: Mapping[str, Category]) -> None:
    beside: dict[str, dict[str, FieldNote]] = {}
    for place, each in note.fields.items():
        format_, _, pointer = place.partition(" ")
        if format_ == "json":
            parent, _, last = pointer.rpartition("/")
            beside.setdefault(parent, {})[last] = each
    for parent, fields in beside.items():
        named = {name: each for name, each in fields.items() if name != ANY}
        is_record = len(named) >= LEAST_FIELDS and (parent.endswith(f"/{ANY}") or _is_personal(named, categories))
        if is_record:
            table = parent.removesuffix(f"/{ANY}")
            record = _record(draft, parent if parent.strip("/*") else operation.name, named)
            pointer = table if table in note.tables else parent
            operation.json[pointer or ""] = f"@{record.name}"
            if table in note.tables:
                operation.columns[table] = note.tables[table]
            continue
        for last, each in fields.items():
            judged = judge(last, each, categories)
            if judged.category:
                operation.json[f"{parent}/{last}"] = judged.category
            else:
                operation.unsure[f"{parent}/{last}"] = each
    # A record takes whatever lies below it; what is declared within it again would be declared twice.
    roots = [pointer for pointer, what in operation.json.items() if what.startswith("@")]
    for pointer in list(operation.json):
        if any(pointer != root and f"{pointer}/".startswith(f"{root}/") for root in roots):
            del operation.json[pointer]


def _is_personal(fields: Mapping[str, FieldNote], categories: Mapping[str, Category]) -> bool:
    return any(judge(name, note, categories).category not in ("", PUBLIC) for name, note in fields.items())


def _page(draft: Draft, operation: DraftOperation, name: str, note: OperationNote) -> None:
    controls = {place.split(" ")[2]: each for place, each in note.fields.items() if place.startswith("html control ")}
    cells: dict[tuple[str, str], dict[str, FieldNote]] = {}
    for place, each in note.fields.items():
        where = place.removeprefix("html ")
        if place.startswith("html ") and not where.startswith("control "):
            element, _, css_class = where.partition(".")
            prefix, dash, last = css_class.partition("-")
            if dash and last:
                cells.setdefault((element, prefix + dash), {})[last] = each
    elements = {where: fields for where, fields in cells.items() if len(fields) >= LEAST_FIELDS}
    named = {ANY: FieldNote()} | controls
    del named[ANY]
    fields = {**controls, **{last: each for found in elements.values() for last, each in found.items()}}
    fields.pop(ANY, None)
    if len(fields) >= LEAST_FIELDS:
        operation.html = _record(draft, name, fields).name
        operation.elements = tuple(elements)
        operation.controls = bool(controls)


def _record(draft: Draft, where: str, fields: Mapping[str, FieldNote]) -> DraftRecord:
    """The record with most of *fields*, or a new one called by the last word of *where*, a pointer or an operation."""
    for known in draft.records.values():
        if len(known.fields.keys() & fields.keys()) * 2 > max(len(fields), len(known.fields)):
            record = known
            break
    else:
        record = DraftRecord(_name_for(where, draft))
        draft.records[record.name] = record
    for name, note in fields.items():
        record.note(name, note)
    return record


def _name_for(where: str, draft: Draft) -> str:
    words = [word.partition(".")[0].lower() for word in where.partition(" ")[2].split("/") or where.split("/")]
    words += [word.lower() for word in where.split("/")]
    fitting = [word for word in words if NAME.fullmatch(word) and KEY not in word]
    name = fitting[-1] if fitting else "record"
    number = 2
    while name in draft.records:
        name, number = f"{name.rstrip('0123456789')}{number}", number + 1
    return name


def _judge(record: DraftRecord, categories: Mapping[str, Category]) -> None:
    record.judged = {name: judge(name, note, categories) for name, note in record.fields.items()}
    numbers = [name for name, judged in record.judged.items() if judged.seems == "resident_id" and judged.category]
    record.subject = max(numbers, key=lambda name: record.fields[name].count, default="")
    if record.judged.get("id", Judged("", "", UNSURE)).category == PUBLIC:
        record.key = ("id",)


def _parameters(operation: DraftOperation, note: OperationNote, draft: Draft) -> None:
    of_records = {name for record in draft.records.values() for name in record.fields}
    for name in note.parameters:
        if name in _PAGING:
            operation.parameters[name] = "any"
        elif name in _SEARCH:
            operation.parameters[name] = "search"
        elif name in of_records and (operation.html or operation.csv or operation.json):
            operation.parameters["{field}"] = "filter"
