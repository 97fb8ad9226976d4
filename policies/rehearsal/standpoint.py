"""One program, asked what it would do with somebody's request: what rehearsing compares two of."""

import dataclasses
import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import islice

from msgspec.structs import replace

from policies.applies import Applying, Asking
from policies.ask import Opened, Question, Routes, call_refusal
from policies.choose import GENERAL, Choice, countable
from policies.decisions import Decision
from policies.operations import SAFE_METHODS
from policies.policy import ANYONE, SIGNED_IN
from policies.policy_kinds import Owner, State
from policies.program import FieldInfo, GrantRule, OperationRule, Program
from policies.program_shapes import Shapes
from policies.rehearsal.places import HIDDEN, Held, Place, held_at
from policies.view import View, Views

_KEY = bytes(32)
"""Nothing is masked here: a view is only asked what it decides."""


OWN, ACTING = "own", "acting"
"""Stand for the digests of a caller and of whom they act for: whose they are makes no difference to a program."""
_SOMEBODY = "@"
"""The id of somebody imagined, whom no grant names."""
_MONDAY = datetime(2026, 1, 5, tzinfo=timezone(timedelta(hours=8)))
"""The beginning of a week in Beijing."""
LEARNT = ("json", "html", "text")
"""What is shown of a system that is being learnt, with every value hidden."""
MOST_IMAGINED = 60
"""With other values of the conditions of one grant. What they do not tell is told by what is declared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Somebody who asks, as far as programs tell callers apart."""

    id: str = ""
    """As records have it: a citizen is a digest."""
    is_citizen: bool = False
    is_acting: bool = False
    """Whether they act for somebody on a basis that the credential vouches for."""
    is_signed_in: bool = False
    posts: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    attributes: frozenset[tuple[str, str]] = frozenset()
    address: str = ""
    at: float | None = None
    """POSIX time of asking; None where it matters to no grant: then it is now."""
    credential: str = ""
    """As records have it; empty for somebody imagined, whom every program is taken to know."""


class Standpoint:
    """*program* at the time *now*."""

    def __init__(self, program: Program, now: datetime) -> None:
        self.program = program
        self.is_learning = program.state is State.LEARNING
        self.operations = {operation.id: operation for operation in program.operations}
        self.routes = Routes(program)
        self._now = now.timestamp()
        self._keys = {f"key:{rule.id}": rule for rule in program.keys}
        # Whatever was asked when, only a grant that has not ended by now changes anything.
        program = replace(program, grants=tuple(grant for grant in program.grants if self._now < grant.until))
        self._grants = program.grants
        self._views = Views(program, _KEY)
        self._applying = Applying(program)
        everywhere = tuple(replace(grant, operations=None) for grant in program.grants)
        self._applying_somewhere = Applying(replace(program, grants=everywhere))

    def known(self, asker: Asker) -> Asker | None:
        """*asker* as this program knows him by his credential; None where the credential would not count."""
        if not asker.credential:
            return asker
        rule = self._keys.get(asker.credential)
        if rule is not None and self._now < rule.until:
            return Asker(
                id=rule.caller,
                is_signed_in=True,
                posts=frozenset(rule.posts),
                purposes=frozenset(rule.purposes),
                attributes=frozenset(rule.attributes.items()),
                is_acting=asker.is_acting,
                address=asker.address,
                at=asker.at,
            )
        if any(asker.credential.startswith(f"jwt:{issuer.issuer}:") for issuer in self.program.issuers):
            return asker
        session = self.program.session
        if session is not None and asker.credential.startswith("session:"):
            return dataclasses.replace(asker, purposes=frozenset(session.purposes))
        for front in self.program.front_proxies:
            if asker.credential == f"proxy:{front.id}" and self._now < front.until:
                return dataclasses.replace(asker, purposes=frozenset(front.purposes))
        return None

    def kind_of(self, asker: Asker) -> tuple[object, ...]:
        """The same for all whom the program treats alike."""
        known = self.known(asker)
        if known is None:
            return ()
        grants = _countable(self._applying_somewhere.to(self._asking(known, "")), known)
        named = {row.attribute for grant in grants for row in grant.rows.values()} - {""}
        of_rows = tuple(sorted((name, value) for name, value in known.attributes if name in named))
        return (known.is_signed_in, known.posts, tuple(grant.id for grant in grants), of_rows)

    def imagined(self) -> Iterator[Asker]:
        """One caller for every way in which the program tells callers apart."""
        for grant in self._grants:
            yield from _those_meant(grant)
        for post in {post for operation in self.program.operations for post in operation.allow} - {ANYONE, SIGNED_IN}:
            yield Asker(is_signed_in=True, posts=frozenset({post}))
        for rule in self.program.keys:
            yield Asker(id=rule.caller, is_signed_in=True, credential=f"key:{rule.id}")

    def _asking(self, asker: Asker, operation: str) -> Asking:
        return Asking(
            caller=asker.id or (_SOMEBODY if asker.is_signed_in else ""),
            posts=asker.posts,
            purposes=asker.purposes,
            attributes=dict(asker.attributes),
            address=asker.address,
            operation=operation,
            now=self._now if asker.at is None else asker.at,
        )

    def view_of(self, asker: Asker, operation: OperationRule | None) -> View:
        """What *asker*, as `known`, gets of *operation*."""
        grants = self._applying.to(self._asking(asker, operation.id if operation is not None else ""))
        return self._views.of(_countable(grants, asker))

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
        asked = Opened(path="", query=(), names_record=True)  # by a handle, if he may not name one himself
        refusal = Question(operation).refusal(asked, self.view_of(asker, operation))
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
            ndjson=errors.ndjson if errors.ndjson is not None else answers.ndjson,
            xml=errors.xml if errors.xml is not None else answers.xml,
            events=errors.events if errors.events is not None else answers.events,
            messages=answers.messages,
        )

    def held(self, shapes: Shapes, place: Place) -> Held:
        """What stands at *place* of a body of *shapes*: nothing where the answer would be withheld."""
        if not self.is_learning:
            return held_at(shapes, place)
        return HIDDEN if place.format in LEARNT else ()

    def decided(self, view: View, held: Held, table: int = GENERAL) -> tuple[Decision, FieldInfo]:
        """What becomes of a value that is one of *held*: of a key, what becomes of the first part that is hidden.

        *table*: see `policies.choose`.
        """
        index = ([each for each in held if not view.may_ask([each])] or held)[0]
        fields = self.program.fields
        return view.decisions[table * len(fields) + index], fields[index]


def choice_of(view: View, *, is_citizen: bool, is_acting: bool, attributes: Mapping[str, str]) -> Choice:
    """What a caller of *view* gets of their own records, told by `OWN`, and of those of whom they act for, `ACTING`."""
    own, acting = OWN if is_citizen else "", ACTING if is_acting else ""
    return view.choice(own=own, acting=acting, attributes=attributes)


def _countable(grants: tuple[GrantRule, ...], asker: Asker) -> tuple[GrantRule, ...]:
    return countable(grants, own=OWN if asker.is_citizen else "", acting=ACTING if asker.is_acting else "")


def _those_meant(grant: GrantRule) -> Iterator[Asker]:
    """Who meets the conditions of *grant*: one for each of its posts and callers; with each other value of each other
    condition, the first of them; and that one with whatever keeps the grant from applying.
    """
    usual = Asker(
        is_signed_in=True,
        is_citizen=grant.owner is Owner.SELF,
        is_acting=grant.owner is Owner.ACTING,
        posts=frozenset(grant.all_posts),
        purposes=frozenset(grant.purposes[:1]),
        attributes=frozenset((name, values[0]) for name, values in grant.attributes.items() if values),
        address=_within(grant.networks[0]) if grant.networks else "",
        at=_start_of(grant.hours[0]) if grant.hours else None,
    )
    first, *rest = _named_by(grant, usual)
    yield from (first, *rest)
    yield from islice(_others(grant, first), MOST_IMAGINED)


def _others(grant: GrantRule, first: Asker) -> Iterator[Asker]:
    """*first* with another value of one condition of *grant*, or with what keeps it from applying."""
    for network in (grant.networks or ())[1:]:
        yield dataclasses.replace(first, address=_within(network))
    for span in (grant.hours or ())[1:]:
        yield dataclasses.replace(first, at=_start_of(span))
    for purpose in grant.purposes[1:]:
        yield dataclasses.replace(first, purposes=frozenset({purpose}))
    for name, values in grant.attributes.items():
        for value in values[1:]:
            attributes = frozenset({**dict(first.attributes), name: value}.items())
            yield dataclasses.replace(first, attributes=attributes)
    for post in grant.not_posts:
        yield dataclasses.replace(first, is_signed_in=True, posts=first.posts | {post})
    for purpose in grant.not_purposes:
        yield dataclasses.replace(first, purposes=first.purposes | {purpose})


def _named_by(grant: GrantRule, usual: Asker) -> Iterator[Asker]:
    """*usual* as each of those whom *grant* is for."""
    for post in grant.posts or (() if grant.callers or grant.anyone else ("",)):
        yield dataclasses.replace(usual, posts=frozenset({*grant.all_posts, post} - {""}))
    for caller in grant.callers:
        yield dataclasses.replace(usual, id=caller)
    if grant.anyone:
        yield dataclasses.replace(usual, is_signed_in=usual.is_citizen, posts=frozenset())


def _within(network: str) -> str:
    return str(ipaddress.ip_network(network).network_address)


def _start_of(span: tuple[int, int]) -> float:
    return (_MONDAY + timedelta(minutes=span[0])).timestamp()
