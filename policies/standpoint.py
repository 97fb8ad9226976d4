"""One program, asked what it would do with somebody's request: what rehearsing compares two of."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from policies.ask import Question, Routes, call_refusal
from policies.places import HIDDEN, Held, Place, held_at
from policies.policy import ANYONE, SAFE_METHODS, SIGNED_IN, State
from policies.program import FieldInfo, OperationRule, Program, Shapes
from policies.view import Decision, View, Views, grants_for

_KEY = bytes(32)
"""Nothing is masked here: a view is only asked what it decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Somebody who asks, as far as programs tell callers apart."""

    id: str = ""
    """As records have it: a citizen is a digest."""
    is_citizen: bool = False
    is_signed_in: bool = False
    posts: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    credential: str = ""
    """As records have it; empty for somebody imagined, whom every program is taken to know."""


class Standpoint:
    """*program* at the time *now*."""

    def __init__(self, program: Program, now: datetime) -> None:
        self.program = program
        self.is_learning = program.state is State.LEARNING
        self.operations = {operation.id: operation for operation in program.operations}
        self.routes = Routes(program)
        self._views = Views(program, _KEY)
        self._now = now.timestamp()
        self._keys = {f"key:{rule.id}": rule for rule in program.keys}
        self._named = {caller for grant in program.grants for caller in grant.callers}

    def known(self, asker: Asker) -> Asker | None:
        """*asker* as this program knows him by his credential; None where the credential would not count."""
        if not asker.credential:
            return asker
        rule = self._keys.get(asker.credential)
        if rule is not None and self._now < rule.until:
            posts, purposes = frozenset(rule.posts), frozenset(rule.purposes)
            return Asker(id=rule.caller, is_signed_in=True, posts=posts, purposes=purposes)
        if any(asker.credential.startswith(f"jwt:{issuer.issuer}:") for issuer in self.program.issuers):
            return asker
        return None

    def kind_of(self, asker: Asker) -> tuple[object, ...]:
        """The same for all whom the program treats alike."""
        known = self.known(asker)
        if known is None:
            return ()
        return (known.is_signed_in, known.posts, known.purposes, known.id if known.id in self._named else "")

    def imagined(self) -> Iterator[Asker]:
        """One caller for every way in which the program tells callers apart."""
        for grant in self.program.grants:
            purposes = frozenset({grant.purpose})
            for post in grant.posts:
                yield Asker(is_signed_in=True, posts=frozenset({post}), purposes=purposes)
            for caller in grant.callers:
                yield Asker(id=caller, is_signed_in=True, purposes=purposes)
        for post in {post for operation in self.program.operations for post in operation.allow} - {ANYONE, SIGNED_IN}:
            yield Asker(is_signed_in=True, posts=frozenset({post}))
        for rule in self.program.keys:
            yield Asker(
                id=rule.caller, is_signed_in=True, posts=frozenset(rule.posts), purposes=frozenset(rule.purposes)
            )

    def view_of(self, asker: Asker) -> View:
        """What *asker*, as `known`, gets."""
        grants = grants_for(self.program, caller=asker.id, posts=asker.posts, purposes=asker.purposes, now=self._now)
        return self._views.of(grants)

    def refusal(self, operation: OperationRule | None, method: str, asker: Asker | None) -> str:
        """Why *asker*, as `known`, gets no answer of *operation* whatever else he says; empty where he does."""
        if asker is None:
            return "bad_credential"
        if self.is_learning and method not in SAFE_METHODS:
            return "writes_refused_while_learning"
        if operation is None:
            return "" if self.is_learning else "operation_not_declared"
        if operation.refuse_zh:
            return "operation_refused"
        reason = call_refusal(operation, is_signed_in=asker.is_signed_in, posts=asker.posts)
        if reason is not None:
            return reason
        refusal = Question(operation).refusal((), self.view_of(asker))
        return refusal.code if refusal is not None else ""

    def shapes_of(self, operation: OperationRule | None, *, is_error: bool) -> Shapes:
        """How answers of *operation* are read; of errors, as `proxy.answer` does."""
        answers = operation.answers if operation is not None else Shapes()
        if not is_error:
            return answers
        errors = self.program.errors
        return Shapes(
            json=errors.json if errors.json is not None else answers.json,
            html=answers.html if answers.html is not None else errors.html,
            csv=errors.csv if errors.csv is not None else answers.csv,
            text=errors.text if errors.text is not None else answers.text,
        )

    def held(self, shapes: Shapes, place: Place) -> Held:
        """What stands at *place* of a body of *shapes*: nothing where the answer would be withheld."""
        if not self.is_learning:
            return held_at(shapes, place)
        return HIDDEN if place.format != "csv" else ()

    def decided(self, view: View, held: Held) -> tuple[Decision, FieldInfo]:
        """What becomes of a value that is one of *held*: of a key, what becomes of the first part that is hidden."""
        index = ([each for each in held if not view.may_ask([each])] or held)[0]
        return view.decisions[index], self.program.fields[index]
