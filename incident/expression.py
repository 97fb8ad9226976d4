"""Conditions of playbooks: comparisons of variables, joined with AND, OR and NOT.

Source: CACAO Security Playbooks 2.0, 4.8: an expression in the STIX patterning grammar over `__name__:value`. Of that
grammar this reads the comparisons `=`, `!=`, `<`, `<=`, `>`, `>=` and `IN`, with `==` as the specification's own
examples write it; `docs/divergences.md` says what is left out.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

VARIABLE = r"__[a-zA-Z_][a-zA-Z0-9_-]{0,199}__"
"""A name as the JSON schemas of the specification have it: `___a__` is one of its own, and never `__a__` in a text."""
SWITCH = re.compile(rf"({VARIABLE}):value")
"""What a switch compares."""
LONGEST = 500
"""Characters of a condition: keeps the reading of nested ones bounded."""

_TOKEN = re.compile(
    rf"\s*(?:(?P<variable>{VARIABLE}):value|(?P<text>'(?:[^'\\]|\\.)*')|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<operator>==|!=|<=|>=|=|<|>)|(?P<mark>[(),])|(?P<word>[A-Za-z]+))"
)
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


class Expression:
    """A condition that was read. Raises ValueError where *text* is none."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise ValueError(f"a condition has at most {LONGEST} characters")
        self.text = text
        self._tokens = _tokens(text)
        self._place = 0
        self.variables = frozenset(token.text for token in self._tokens if token.kind == "variable")
        self.literals: set[str] = set()
        """What it compares variables with."""
        self._test = self._any()
        if self._place != len(self._tokens):
            raise self._unexpected()

    def holds(self, variables: Mapping[str, str]) -> bool:
        """Whether the condition is true. Raises ValueError where a variable has no value or is no number."""
        return self._test(variables)

    def _any(self) -> Callable[[Mapping[str, str]], bool]:
        parts = [self._all()]
        while self._take("OR"):
            parts.append(self._all())
        return lambda variables: any(part(variables) for part in parts)

    def _all(self) -> Callable[[Mapping[str, str]], bool]:
        parts = [self._one()]
        while self._take("AND"):
            parts.append(self._one())
        return lambda variables: all(part(variables) for part in parts)

    def _one(self) -> Callable[[Mapping[str, str]], bool]:
        if self._take("NOT"):
            inner = self._one()
            return lambda variables: not inner(variables)
        if self._take("("):
            inner = self._any()
            self._expect(")")
            return inner
        name = self._next("variable")
        if self._take("NOT"):
            self._expect("IN")
            values = self._set()
            return lambda variables: _value(variables, name) not in values
        if self._take("IN"):
            values = self._set()
            return lambda variables: _value(variables, name) in values
        operator, literal = self._next("operator"), self._literal()
        if operator in ("=", "=="):
            return lambda variables: _value(variables, name) == literal
        if operator == "!=":
            return lambda variables: _value(variables, name) != literal
        number, compare = _number(literal), _COMPARE[operator]
        return lambda variables: compare(_number(_value(variables, name)), number)

    def _set(self) -> frozenset[str]:
        self._expect("(")
        values = {self._literal()}
        while self._take(","):
            values.add(self._literal())
        self._expect(")")
        return frozenset(values)

    def _literal(self) -> str:
        token = self._peek()
        if token is None or token.kind not in ("text", "number", "word"):
            raise self._unexpected()
        if token.kind == "word" and token.text.lower() not in ("true", "false"):
            raise self._unexpected()
        self._place += 1
        found = re.sub(r"\\(.)", r"\1", token.text[1:-1]) if token.kind == "text" else token.text.lower()
        self.literals.add(found)
        return found

    def _peek(self) -> _Token | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def _take(self, text: str) -> bool:
        token = self._peek()
        if token is not None and token.kind in ("mark", "word") and token.text == text:
            self._place += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise self._unexpected()

    def _next(self, kind: str) -> str:
        token = self._peek()
        if token is None or token.kind != kind:
            raise self._unexpected()
        self._place += 1
        return token.text

    def _unexpected(self) -> ValueError:
        token = self._peek()
        return ValueError(f"`{token.text}` is not expected here" if token else "the condition ends too early")


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    place, end = 0, len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise ValueError(f"cannot read the condition from `{text[place : place + 20].strip()}` on")
        found.append(_Token(match.lastgroup, match[match.lastgroup]))
        place = match.end()
    return found


def _value(variables: Mapping[str, str], name: str) -> str:
    if name not in variables:
        raise ValueError(f"the variable `{name}` has no value")
    return variables[name]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError("a condition compares what is not a number") from None
