"""What becomes of values on their way to a system: tokens that were shown are opened, and what it stores is encrypted.

Between the two stands `write_back`, which lets no mask through. A token passes only if it authenticates, and only from
who is shown nothing but tokens of its field, whosever the record is; whatever is wrong with one, there is one answer.

INVARIANT: no value of a field that is stored encrypted goes to the system as it is.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from policies.ask import Question
from policies.formats.html.forms import Carried
from policies.formats.masker import Action, Withheld
from policies.formats.sent_form import Part
from policies.keys.data_keys import BadToken, DataKeys
from policies.program import Program
from policies.program_shapes import HtmlShapes, Shape
from policies.sent.json import Step, field_of
from policies.sent.write_back import MaskReturned, control_field
from policies.transforms.keyed import FieldKeys
from policies.transforms.sealed import TOKEN, FieldCipher, stored_tokens

NOTHING_CARRIED: Carried = {}


class _Treat(Protocol):
    def __call__(self, index: int, value: Any, carried: Collection[str] = (), /) -> Any:
        """What is sent in the place of a single *value* of a field, for which a form has *carried* these."""


class SentValues:
    """Opens and encrypts what is sent to one system."""

    def __init__(self, program: Program, keys: DataKeys | None) -> None:
        self._fields = program.fields
        self._stored: dict[int, FieldCipher] = {}
        for index, field in enumerate(program.fields):
            if field.at_rest is not None:
                field_keys = FieldKeys(b"", program.system, field.category, keys)
                self._stored[index] = stored_tokens(field.at_rest, field_keys, field.name)

    def opening(self, actions: Sequence[Action]) -> Step:
        """The step that puts values of JSON in the place of their sender's tokens. It raises MaskReturned."""
        return _OfSingles(self._opening(actions))

    def storing(self) -> Step:
        """The step that makes of JSON what the system stores. It raises MaskReturned.

        It raises Withheld where a value that is to be encrypted is no text.
        """
        return _Storing(self._store, self._stored.keys())

    def opened_form(self, parts: Sequence[Part], shapes: HtmlShapes, actions: Sequence[Action]) -> list[Part]:
        """The *parts* of a form with the values that its sender's tokens stand for. Raises MaskReturned."""
        return self._form(parts, shapes, self._opening(actions))

    def stored_form(self, parts: Sequence[Part], shapes: HtmlShapes, carried: Carried = NOTHING_CARRIED) -> list[Part]:
        """The *parts* of a form as the system stores them. What it *carried* for unchanged masks lies there already.

        Raises MaskReturned for any other stored value: it would be somebody else's, to be read where it is written.
        Raises Withheld for a file where a value is to be encrypted.
        """
        files = [part for part in parts if part.file is not None and part.file.content]
        if any(control_field(part.name, shapes) in self._stored for part in files):
            raise Withheld("value_is_no_text")
        return self._form(parts, shapes, self._store, carried)

    def opened_query(
        self, query: Sequence[tuple[str, str]], question: Question, actions: Sequence[Action]
    ) -> tuple[list[tuple[str, str]], set[int]]:
        """*query* with what its sender's tokens stand for, and where in it they stood. Raises MaskReturned.

        A token is opened where it is asked whether a field is equal to it, and nowhere else.
        """
        by_token: set[int] = set()
        if not any(map(TOKEN.fullmatch, [value for _, value in query])):
            return list(query), by_token
        opening, opened = self._opening(actions), []
        for place, (name, value) in enumerate(query):
            fields, is_equal = question.compared(name) if TOKEN.fullmatch(value) else ((), False)
            made = {opening(index, value) for index in fields} if is_equal else {value}
            if made != {value} and len(made) == 1:
                by_token.add(place)
                value = made.pop()
            opened.append((name, value))
        return opened, by_token

    def stored_query(self, query: Sequence[tuple[str, str]], question: Question) -> list[tuple[str, str]] | None:
        """*query* as a system can answer it that stores fields encrypted; None where it cannot.

        It can only tell whether a field is equal to a value, and only where equal values are stored alike.
        """
        if not self._stored:
            return list(query)
        stored = []
        for name, value in query:
            fields, is_equal = question.compared(name)
            ciphers = [self._stored.get(index) for index in fields]
            if any(ciphers) and value:
                if not is_equal or len(fields) != 1 or ciphers[0] is None or not ciphers[0].is_deterministic:
                    return None
                value = ciphers[0].make(value)
            stored.append((name, value))
        return stored

    def _opening(self, actions: Sequence[Action]) -> _Treat:
        def treat(index: int, value: Any, _carried: Collection[str] = ()) -> Any:
            opens = actions[index].opens
            if opens is None or not isinstance(value, str):
                return value
            try:
                return opens(value)
            except BadToken:
                raise MaskReturned(self._fields[index].name) from None

        return treat

    def _store(self, index: int, value: Any, carried: Collection[str] = ()) -> Any:
        tokens = self._stored.get(index)
        if tokens is None or value is None or value == "":
            return value
        if not isinstance(value, str):
            raise Withheld("value_is_no_text")
        if TOKEN.fullmatch(value):
            if value not in carried:
                raise MaskReturned(self._fields[index].name)
            try:
                tokens.open(value)
            except BadToken:
                raise MaskReturned(self._fields[index].name) from None
            return value
        return tokens.make(value)

    def _form(
        self, parts: Sequence[Part], shapes: HtmlShapes, treat: _Treat, carried: Carried = NOTHING_CARRIED
    ) -> list[Part]:
        def treated(part: Part) -> Part:
            known = {true for _, true in carried.get(part.name, ())}
            return Part(part.name, treat(control_field(part.name, shapes), part.value, known))

        return [treated(part) if part.file is None else part for part in parts]


class _OfSingles(Step):
    def __init__(self, treat: _Treat) -> None:
        self._treat = treat

    def single(self, value: Any, shape: Shape | None, *, droppable: bool) -> Any:
        return self._treat(field_of(shape), value)


class _Storing(_OfSingles):
    def __init__(self, treat: _Treat, stored: Collection[int]) -> None:
        super().__init__(treat)
        self._stored = stored

    def nested(self, value: Any, shape: Shape | None, parts: Mapping[str, Shape], *, droppable: bool) -> Any:
        if isinstance(value, dict) and field_of(shape) in self._stored and not value.keys() <= parts.keys():
            raise Withheld("value_is_no_text")
        return value
