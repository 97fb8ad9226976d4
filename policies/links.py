"""What addresses of a system hold: which of them lead to records by keys that callers may not see."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import unquote

from policies.ask import Held, Opened, Question, Routes, Sight
from policies.guesses import Guesses
from policies.operations import About
from policies.policy_kinds import State
from policies.program import SEGMENTS, OperationRule, Program
from policies.spelling import read

_NAME_OF_GROUP = re.compile(r"\(\?P<\w+>")
OF_ADDRESSES = frozenset({"content-location", "link", "location", "refresh"})
"""Response headers that hold addresses."""


@dataclass(frozen=True, slots=True)
class Named:
    """Where in a path, percent-decoded, the key of a record stands, and of which record."""

    start: int
    end: int
    record: str
    is_hidden: bool


class Links:
    """What addresses of a system hold, for callers of *view*."""

    def __init__(self, program: Program, view: Sight) -> None:
        self._view = view
        self._routes = Routes(program)
        self._questions = {operation.id: Question(operation, program.spelling) for operation in program.operations}
        self._operations = program.operations
        hidden = [
            operation for operation in program.operations if operation.asked and not view.may_ask(operation.asked)
        ]
        self._rests = {
            operation.id: re.compile(_NAME_OF_GROUP.sub("(?:", operation.path).replace(SEGMENTS, "(?P<rest>.+)", 1))
            for operation in program.operations
            if SEGMENTS in operation.path and not operation.static
        }
        self._hidden_paths = _any_of(operation.path for operation in hidden)
        self._hidden_parameters = _any_of(self._patterns_of_keys())
        """Fit at least the paths and the names of parameters that hold hidden keys: most are told by them at once."""
        self._begins = _begins(hidden, self._hidden_parameters.pattern)
        self._hidden = {record for record, fields in program.record_keys.items() if not view.may_ask(fields)}
        self._record_keys = program.record_keys
        self._fields = program.fields
        self._words = {""}.union(*(operation.id.partition(" ")[2].split("/") for operation in program.operations))
        self._is_learning = program.state is State.LEARNING
        self.hosts = program.hosts
        self.spelling = program.spelling
        self.may_tell = bool(self._hidden) or any(
            not view.may_ask(fields)
            for operation in program.operations
            for fields in (
                operation.asked,
                *(rule.fields for rule in operation.parameters if rule.about is About.KEY),
                *(operation.fields[name] for name in operation.key_fields),
            )
        )
        """Whether any could hold a key that is hidden."""

    def hides(self, record: str) -> bool:
        """Whether the key of *record* is hidden."""
        return record in self._hidden

    def named_in(self, path: str) -> Named | None:
        """The key that *path*, percent-decoded, holds: as a link reads it, or a form, where no link leads there."""
        operations = self._routes.each(path)
        for operation in sorted(operations, key=lambda operation: operation.method != "GET"):
            match = self._questions[operation.id].path.fullmatch(path)
            if operation.asked and match is not None:
                return Named(*match.span("key"), operation.record, not self._view.may_ask(operation.asked))
        return None

    def is_declared(self, path: str) -> bool:
        """Whether *path* may be one of an operation. Of any other nobody knows what it holds, and it leads nowhere."""
        return self._is_learning or bool(self._routes.each(path))

    def is_of_words(self, path: str) -> bool:
        """Whether *path* is made of nothing but words that stand in the paths of operations."""
        return self._words.issuperset(path.split("/"))

    def told_by(self, record: str, key: str) -> Iterator[str]:
        """What *key* of *record*, as it is spelled in addresses, tells where it is repeated: its hidden parts."""
        fields = self._record_keys.get(record, ())
        parts = key.split(",")
        if any(self._fields[field].followed for field in fields if not self._view.may_ask([field])) or not fields:
            yield key
        for place, part in enumerate(parts):
            field = fields[place] if len(fields) == len(parts) else None
            if field is None or (self._fields[field].followed and not self._view.may_ask([field])):
                with suppress(ValueError):
                    yield read(part, self.spelling)

    def is_refused(self, path: str, query: Sequence[tuple[str, str]]) -> bool:
        """Whether *path* is an operation's and *query*, whose keys are handles, is none that the caller may put."""
        operations = [operation for operation in self._routes.each(path) if not operation.static]
        for operation in operations:
            question = self._questions[operation.id]
            keys = frozenset(place for place, (name, _) in enumerate(query) if question.key_in(name) is not None)
            if question.refusal(Opened(path, tuple(query), names_record=True, by_handle=keys), self._view) is None:
                return False
        return bool(operations)

    def held_in(self, path: str, name: str) -> set[Held]:
        """The hidden keys that the parameter *name* of *path* may hold; of any path, where none fits."""
        if not self._hidden_parameters.fullmatch(name):
            return set()
        operations: Sequence[OperationRule] = self._routes.each(path) if path else ()
        held = {self._questions[operation.id].key_in(name) for operation in operations or self._operations}
        return {each for each in held if each is not None and not self._view.may_ask(each.fields)}

    def _patterns_of_keys(self) -> Iterator[str]:
        for operation in self._operations:
            for rule in operation.parameters:
                if rule.about is About.KEY and not self._view.may_ask(rule.fields):
                    yield rule.pattern
            for field in operation.key_fields:
                if not self._view.may_ask(operation.fields[field]):
                    yield re.escape(field)

    def may_stand_in(self, text: str) -> bool:
        """Whether an address that holds a hidden key may stand in *text*: most are told by this at once."""
        return self._begins.search(text) is not None or ("%" in text and self._begins.search(unquote(text)) is not None)

    def leads_to_hidden(self, path: str) -> bool:
        """Whether *path*, percent-decoded, names a record by a hidden key."""
        named = self.named_in(path) if self._hidden_paths.fullmatch(path) else None
        return named is not None and named.is_hidden

    def hold_key(self, text: str, base: str = "") -> bool:
        """Whether *text*, read as an address on the page at *base* or as what is asked there, holds a hidden key."""
        return self.may_tell and Guesses(self, base).hold_key(text)

    def is_guess(self, asked: Opened, operation: OperationRule) -> bool:
        """Whether the caller says himself, in what is *asked*, where a hidden key would lead.

        A file is the same for everybody, and leads nowhere.
        """
        if not self.may_tell:
            return False
        guesses = Guesses(self, asked.path)
        if any(map(guesses.hold_key, (*asked.values_said, *(name for name, _ in asked.query)))):
            return True
        rest = self._rests[operation.id].fullmatch(asked.path) if operation.id in self._rests else None
        return rest is not None and guesses.path_holds_key(f"/{rest['rest']}")


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """What fits where one of *patterns* does. Nothing, where there is none."""
    return re.compile("|".join(dict.fromkeys(_NAME_OF_GROUP.sub("(?:", each) for each in patterns)) or r"(?!)")


def _begins(operations: Iterable[OperationRule], parameters: str) -> re.Pattern[str]:
    """What the paths of *operations* begin with, and the names of *parameters* where they are asked."""
    literals = {operation.id.partition(" ")[2].partition("{")[0] for operation in operations}
    return re.compile("|".join([*map(re.escape, sorted(literals)), rf"[?&;](?:{parameters})="]))
