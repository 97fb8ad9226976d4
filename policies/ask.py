"""What may be asked: which operation a request is, and whether its parameters are a question the caller may put."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from policies.policy import About
from policies.program import OperationRule, ParameterRule, Program
from policies.view import View


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


class Question:
    """The rules for the parameters of one operation."""

    def __init__(self, operation: OperationRule) -> None:
        self._fields = operation.fields
        self._facets = operation.facets
        self._subjects = operation.subjects
        self.vocabulary = frozenset(operation.vocabulary)
        """Words that requests of the operation are made of."""
        self._rules = [(re.compile(rule.pattern), rule) for rule in operation.parameters]

    def refusal(self, parameters: Sequence[tuple[str, str]], view: View) -> Refusal | None:
        """Why *parameters* may not be asked by a caller of *view*; None where they may.

        DESIGN decision 6: an answer that depends on a hidden value tells the value, question by question.
        """
        for name, value in parameters:
            refusal = self._refusal(name, value, view)
            if refusal is not None:
                return refusal
        return None

    def _refusal(self, name: str, value: str, view: View) -> Refusal | None:
        for pattern, rule in self._rules:
            match = pattern.fullmatch(name)
            if match is None:
                continue
            fields = self._fields_of(rule, match, value)
            if fields is None:
                continue
            return self._refusal_by(rule, fields, value, view)
        return Refusal("parameter_not_declared")

    def _refusal_by(self, rule: ParameterRule, fields: Sequence[int], value: str, view: View) -> Refusal | None:
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
            case About.FILTER:
                return self._fields.get(match["field"])
            case About.FIELD_NAME | About.LISTED | About.LEFT_OUT:
                return () if not value else self._fields.get(value)
