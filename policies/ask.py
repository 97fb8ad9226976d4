"""What may be asked: which operation a request is, and whether its parameters are a question the caller may put."""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from policies.policy import ANYONE, SIGNED_IN, About
from policies.program import OperationRule, ParameterRule, Program


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
    name = re.sub(r"\(\?:[^)]*\)", "{op}", name).replace("[A-Za-z0-9_]+", "{any}")
    return re.sub(r"\\(.)", r"\1", name)


class Question:
    """The rules for the parameters of one operation."""

    def __init__(self, operation: OperationRule) -> None:
        self._fields = operation.fields
        self._facets = operation.facets
        self._subjects = operation.subjects
        self._asked = operation.asked
        self.vocabulary = frozenset(operation.vocabulary)
        """Words that requests of the operation are made of."""
        self._rules = [(re.compile(rule.pattern), rule) for rule in operation.parameters]

    def compared(self, name: str) -> tuple[Sequence[int], bool]:
        """The fields that the value of the parameter *name* is compared with, and whether for being equal to it."""
        for pattern, rule in self._rules:
            match = pattern.fullmatch(name)
            if match is not None and rule.about is About.FILTER and match["field"] in self._fields:
                is_equal = match["field"] == name or match.groupdict().get("op") == "exact"
                return self._fields[match["field"]], is_equal
        return (), False

    def refusal(
        self, parameters: Sequence[tuple[str, str]], view: Sight, by_token: Container[int] = ()
    ) -> Refusal | None:
        """Why the operation may not be asked, with *parameters*, by a caller of *view*; None where it may.

        *by_token*: the places of parameters whose value came as a token. Those ask nothing: nobody can make one of a
        guess.

        DESIGN decision 6: an answer that depends on a hidden value tells the value, question by question. So does
        whether there is an answer at all, where a path names a record by its key.
        """
        if not view.may_ask(self._asked):
            return Refusal("question_about_hidden_field")
        for place, (name, value) in enumerate(parameters):
            refusal = None if place in by_token else self._refusal(name, value, view)
            if refusal is not None:
                return refusal
        return None

    def tells_hidden_key(self, parameters: Sequence[tuple[str, str]], view: Sight, *, path: bool) -> bool:
        """Whether an address with *parameters* holds a record's key that is hidden in *view*.

        *path*: whether the address has the path of this operation, and not only parameters that might be for it.
        """
        if path and not view.may_ask(self._asked):
            return True
        about_key = [(pattern, rule) for pattern, rule in self._rules if rule.about is About.KEY and not rule.values]
        return any(
            pattern.fullmatch(name) and not view.may_ask(rule.fields)
            for pattern, rule in about_key
            for name, _ in parameters
        )

    def _refusal(self, name: str, value: str, view: Sight) -> Refusal | None:
        for pattern, rule in self._rules:
            match = pattern.fullmatch(name)
            if match is None:
                continue
            fields = self._fields_of(rule, match, value)
            if fields is None:
                continue
            return self._refusal_by(rule, fields, value, view)
        return Refusal("parameter_not_declared")

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


class Links:
    """Tells which addresses in a page hold keys of records that are hidden from callers of *view*.

    An application leads to a row by its key, encoded in its own way: such an address would show what the row hides.
    """

    def __init__(self, program: Program, view: Sight) -> None:
        self._view = view
        self._routes = Routes(program)
        self._questions = {operation.id: Question(operation) for operation in program.operations}
        self.may_tell = any(
            not view.may_ask(fields)
            for operation in program.operations
            for fields in (operation.asked, *(rule.fields for rule in operation.parameters if rule.about is About.KEY))
        )
        """Whether any could."""

    def tell(self, address: str) -> bool:
        """Whether *address*, as it stands in a page, holds a hidden key, or nobody can say."""
        try:
            split = urlsplit(address)
            parameters = parse_qsl(split.query, keep_blank_values=True)
        except ValueError:
            return True
        if split.scheme not in ("", "http", "https"):
            return False
        if split.path and not split.path.startswith("/"):
            return True  # where it leads depends on the page it stands in
        asked = self._routes.each(unquote(split.path)) if split.path else ()
        questions = [self._questions[operation.id] for operation in asked] or self._questions.values()
        return any(question.tells_hidden_key(parameters, self._view, path=bool(asked)) for question in questions)
