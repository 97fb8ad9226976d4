"""What may be asked: which operation a request is, and whether its parameters are a question the caller may put."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

import msgspec

from policies.checks.near import folded_name
from policies.keys.data_keys import BadToken
from policies.operations import About
from policies.policy import ANYONE, SIGNED_IN
from policies.program import ANY_WORD, SEGMENT, OperationRule, ParameterRule, Program
from policies.spelling import Spelling, read
from policies.transforms.handle import PREFIX, Holder

KEY, SAID, CARRIED = "key", "said", "carried"
"""What handles stand for: the key of a record, whose name follows; what the caller has said himself; and what an
application has a parameter carry for it, whose name follows, an address with a key in it.
"""


class Sight(Protocol):
    """What a caller sees, as far as questions depend on it: a `View`."""

    def may_ask(self, fields: Sequence[int]) -> bool:
        """Whether a question about *fields* tells the caller nothing that answers would not."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is refused: a code for programs and records, a sentence for people where the policy has one."""

    code: str
    zh: str = ""
    en: str = ""


class Kind(Enum):
    """What a value was before it was opened."""

    KEY = "a key"
    SAID = "said"
    CARRIED = "carried"


@dataclass(frozen=True, slots=True)
class Held:
    """What keys a parameter holds."""

    record: str
    fields: tuple[int, ...]
    """Those that it is found by."""
    spelling: Spelling | None
    """How handles spell them; None where they stand in the parameter as they are spelled in addresses."""

    def read(self, written: str) -> str:
        """The key, *written* as in addresses, as it stands in the parameter. Raises BadToken."""
        try:
            return written if self.spelling is None else read(written, self.spelling)
        except ValueError:
            raise BadToken from None


class Opened(msgspec.Struct, frozen=True):
    """What is asked, with what its handles stood for in their place."""

    path: str
    """Percent-decoded."""
    query: tuple[tuple[str, str], ...]
    names_record: bool = False
    """Whether a handle stood in the path, for the record that it is about."""
    by_handle: frozenset[int] = frozenset()
    """Which of the parameters hold a key that came as a handle."""
    keys: tuple[str, ...] = ()
    """What the handles stood for, as it is written in addresses."""
    said: tuple[str, ...] = ()
    """What of all this the caller has said himself."""

    @property
    def values_said(self) -> Iterator[str]:
        """The values of parameters that the caller has said himself."""
        return (value for _, value in self.query if value in self.said)


class Routes:
    """Finds the operation of a request."""

    def __init__(self, program: Program) -> None:
        self._routes: dict[str, list[tuple[re.Pattern[str], OperationRule]]] = {}
        for operation in program.operations:
            route = (re.compile(operation.path), operation)
            self._routes.setdefault(operation.method, []).append(route)

    def find(self, method: str, path: str) -> OperationRule | None:
        """The most specific operation that *path*, percent-decoded, fits; HEAD is asked of what GET answers."""
        for pattern, operation in self._routes.get("GET" if method == "HEAD" else method, ()):
            if pattern.fullmatch(path):
                return operation
        return None

    def each(self, path: str) -> list[OperationRule]:
        """For every method, the most specific operation that *path*, percent-decoded, fits."""
        return [operation for method in self._routes if (operation := self.find(method, path)) is not None]


def call_refusal(operation: OperationRule, *, is_signed_in: bool, posts: frozenset[str]) -> str | None:
    """Why somebody with *posts* may not call *operation*, if he may not."""
    if ANYONE in operation.allow:
        return None
    if not is_signed_in:
        return "sign_in_needed"
    if SIGNED_IN in operation.allow or not posts.isdisjoint(operation.allow):
        return None
    return "not_allowed"


def questions_of(operation: OperationRule, view: Sight) -> frozenset[str]:
    """What a caller of *view* may ask in parameters of *operation*: fields to filter and sort by, and parameters."""
    visible = {field for field, indexes in operation.fields.items() if view.may_ask(indexes)}
    found = set()
    for rule in operation.parameters:
        name = _readable(rule.pattern)
        match rule.about:
            case About.REFUSED:
                continue
            case About.NOTHING:
                found.add(name)
            case About.SEARCH | About.KEY:
                if rule.values or (rule.fields and view.may_ask(rule.fields)):
                    found.add(name)
            case About.FILTER | About.FIELD_NAME:
                found |= visible
            case About.LISTED:
                found |= {f"{name}={field}" for field in visible.intersection(operation.facets)}
            case About.LEFT_OUT:
                pass  # whoever leaves a field out is shown less
    return frozenset(found)


def _readable(pattern: str) -> str:
    """The name of a parameter, as it was declared, whose pattern `shapes.pattern_of` made."""
    name = re.sub(r"\(\?P<field>[^)]*\)", "{field}", pattern)
    name = re.sub(r"\(\?:[^)]*\)", "{op}", name).replace(ANY_WORD, "{any}")
    return re.sub(r"\\(.)", r"\1", name)


class Question:
    """The rules for the parameters of one operation."""

    def __init__(self, operation: OperationRule, spelling: Spelling = Spelling.PLAIN) -> None:
        self._spelling = spelling
        self._key_fields = operation.key_fields
        self._fields = operation.fields
        self._facets = operation.facets
        self._subjects = operation.subjects
        self._asked = operation.asked
        self.vocabulary = frozenset(operation.vocabulary)
        """Words that requests of the operation are made of."""
        self._rules = [(re.compile(rule.pattern), rule) for rule in operation.parameters]
        self._guarded = [
            re.compile(rule.pattern, re.IGNORECASE) for rule in operation.parameters if rule.about is not About.NOTHING
        ]
        self._field_names = frozenset(folded_name(name) for name in operation.fields)
        self.path = re.compile(operation.path)
        """Fits the whole path, percent-decoded; its group `key`, where it has one, is what a record is named by."""
        self._record = operation.record
        self._is_path_of_one = SEGMENT in operation.path

    def declared(self, name: str) -> tuple[str, bool] | None:
        """How the parameter *name* was declared, and whether its value names a record, or a value of a field; None
        where it was not.
        """
        for pattern, rule in self._rules:
            if (match := pattern.fullmatch(name)) is None:
                continue
            field = match.groupdict().get("field", "")
            if rule.about is About.FILTER and field not in self._fields:
                continue
            readable = _readable(rule.pattern).replace("{field}", field)
            return readable, rule.about in (About.FILTER, About.SEARCH, About.KEY)
        return None

    def compared(self, name: str) -> tuple[Sequence[int], bool]:
        """The fields that the value of the parameter *name* is compared with, and whether for being equal to it."""
        for pattern, rule in self._rules:
            match = pattern.fullmatch(name)
            if match is not None and rule.about is About.FILTER and match["field"] in self._fields:
                is_equal = match["field"] == name or match.groupdict().get("op") == "exact"
                return self._fields[match["field"]], is_equal
        return (), False

    def opened(self, path: str, query: Sequence[tuple[str, str]], holder: Holder) -> Opened:
        """The question that *path* and *query* are, as *holder* may put it. Raises BadToken where a handle is not his.

        A handle is one where it is all of a value, or of what a path names a record by. Any other is left, for a mask.
        """
        if PREFIX not in path.lower() and not any(is_sealed(value) for _, value in query):
            return Opened(path, tuple(query), said=(*path.split("/"), *[text for pair in query for text in pair]))
        match = self.path.fullmatch(path)
        key = match["key"] if match is not None and "key" in self.path.groupindex else ""
        said, keys = path.split("/"), list[str]()
        names_record = is_sealed(key)
        if names_record and match is not None:
            start, end = match.span("key")
            said = [*path[:start].split("/"), *path[end:].split("/")]
            opened = opened_key(key, self._record, holder)
            path = path[:start] + opened + path[end:]
            keys.append(opened)
        parameters, by_handle = [], set()
        for place, (name, value) in enumerate(query):
            said.append(name)
            if is_sealed(value):
                value, kind = self._opened(name, value, holder)
                if kind is Kind.KEY:
                    by_handle.add(place)
                (said if kind is Kind.SAID else keys).append(value)
            else:
                said.append(value)
            parameters.append((name, value))
        return Opened(path, tuple(parameters), names_record, frozenset(by_handle), tuple(keys), tuple(said))

    def _opened(self, name: str, value: str, holder: Holder) -> tuple[str, Kind]:
        """What *value* stands for in the parameter *name*, and what kind of handle it is."""
        held = self.key_in(name)
        if held is not None:
            with suppress(BadToken):  # whoever may see a key can have said it himself
                return held.read(opened_key(value, held.record, holder)), Kind.KEY
        return opened_text(name, value, holder)

    def names_record(self, query: Sequence[tuple[str, str]]) -> bool:
        """Whether an address of the operation, with the parameters *query*, is that of one record."""
        return self._is_path_of_one or any(
            value and rule.about is About.KEY and (not rule.values or value in rule.values) and pattern.fullmatch(name)
            for name, value in query
            for pattern, rule in self._rules
        )

    def key_in(self, name: str) -> "Held | None":
        """What keys the values of the parameter *name* are, or are made of; None where they are none."""
        for pattern, rule in self._rules:
            match = pattern.fullmatch(name)
            if match is None:
                continue
            if rule.about is About.KEY and not rule.values:
                return Held(self._record, rule.fields, None)
            field = match["field"] if rule.about is About.FILTER else ""
            if field == name and field in self._key_fields:  # is it equal: any other question tells more
                return Held(self._key_fields[field], self._fields[field], self._spelling)
            if rule.about is not About.FILTER or field in self._fields:
                return None
        return None

    def refusal(self, asked: Opened, view: Sight) -> Refusal | None:
        """Why the operation may not be asked, as in *asked*, by a caller of *view*; None where it may.

        DESIGN decision 6: an answer that depends on a hidden value tells the value, question by question. So does
        whether there is an answer at all, where a path names a record by its key. A handle asks nothing: nobody can
        make one of a guess.
        """
        if not asked.names_record and not view.may_ask(self._asked):
            return Refusal("question_about_hidden_field")
        for place, (name, value) in enumerate(asked.query):
            refusal = None if place in asked.by_handle else self._refusal(name, value, view)
            if refusal is not None:
                return refusal
        return None

    def _refusal(self, name: str, value: str, view: Sight) -> Refusal | None:
        for pattern, rule in self._rules:
            match = pattern.fullmatch(name)
            if match is None:
                continue
            fields = self._fields_of(rule, match, value)
            if fields is None:
                continue
            if rule.about is About.NOTHING and ANY_WORD in rule.pattern and self._is_near(name):
                continue  # it was not meant
            return self._refusal_by(rule, fields, value, view)
        return Refusal("parameter_not_declared")

    def _is_near(self, name: str) -> bool:
        """Whether *name* is that of a parameter which says something, or near one: see `near`."""
        matches = (pattern.fullmatch(name) for pattern in self._guarded)
        return any(
            match is not None and folded_name(match.groupdict().get("field") or "") in self._field_names | {""}
            for match in matches
        )

    def _refusal_by(self, rule: ParameterRule, fields: Sequence[int], value: str, view: Sight) -> Refusal | None:
        match rule.about:
            case About.REFUSED:
                return Refusal("parameter_refused", rule.reason_zh, rule.reason_en)
            case About.SEARCH if value and not fields:
                # Nobody has said what it looks into: it may be anything.
                return Refusal("question_about_hidden_field")
            case About.LISTED if value and value not in self._facets:
                return Refusal("listing_refused")
            case About.LEFT_OUT:
                # Whoever left it out would be shown persons, and the log would hold none.
                return Refusal("subject_left_out") if value in self._subjects else None
            case _:
                pass
        return None if view.may_ask(fields) else Refusal("question_about_hidden_field")

    def _fields_of(self, rule: ParameterRule, match: re.Match[str], value: str) -> Sequence[int] | None:
        """The fields that the parameter says something about; None where it names no field that is declared."""
        match rule.about:
            case About.NOTHING | About.REFUSED:
                return ()
            case About.SEARCH:
                return rule.fields
            case About.KEY:
                return rule.fields if not rule.values or value in rule.values else ()
            case About.FILTER:
                return self._fields.get(match["field"])
            case About.FIELD_NAME | About.LISTED | About.LEFT_OUT:
                return () if not value else self._fields.get(value)


def is_sealed(value: str) -> bool:
    """Whether *value* says of itself that it is a handle."""
    return value[: len(PREFIX)].lower() == PREFIX


def opened_key(handle: str, record: str, holder: Holder) -> str:
    """The key of *record* that *handle* stands for, as it is spelled in addresses; of one, where these are several.

    Raises BadToken.
    """
    for name in dict.fromkeys((record, *record.split(","))):
        with suppress(BadToken):
            return holder.opened(handle, KEY, name)
    raise BadToken


def opened_text(name: str, value: str, holder: Holder) -> tuple[str, Kind]:
    """What the handle *value* stands for that is no key, where *name* holds it. Raises BadToken."""
    with suppress(BadToken):
        return holder.opened(value, CARRIED, name), Kind.CARRIED
    return holder.opened(value, SAID), Kind.SAID
