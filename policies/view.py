"""What one kind of caller gets of a system: each field's action, and the maskers of each operation.

A view depends on the grants that apply and on nothing else of the caller, so few are ever made and each is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import msgspec

from policies.actions import action_of
from policies.binding import Binding
from policies.choose import EVERYBODYS, NOTHING_PERMITTED, Choice, Permitted, Tables, everybodys
from policies.choose import Rows as Shown
from policies.decisions import Decision, decided, decided_harder, decided_sent, said_of
from policies.formats.masker import Kind
from policies.keys.data_keys import DataKeys
from policies.links import OF_ADDRESSES, Links
from policies.maskers import Maskers
from policies.policy_kinds import Direction
from policies.program import GrantRule, OperationRule, Program
from policies.transforms.spec import Form, Scan, Show
from policies.unopened import Unopened


class View:
    """What callers get to whom exactly *grants* apply; less, where *harder* says that an overlay wants it so.

    *secret* is the key that field digests are derived from, *keys* are those of what can be opened again. *elsewhere*
    are grants that apply to the same callers where they ask for something else, or ask at another time or place, or
    have asked to be shown more. *is_tried*: what a system stores encrypted comes as it is, for there is no key of any
    installation. What is *permitted* besides is shown in answers only: for what the caller may ask, and for what stands
    outside of records, the view *asking* counts, in which nothing is permitted.
    """

    def __init__(
        self,
        program: Program,
        grants: Sequence[GrantRule],
        secret: bytes,
        keys: DataKeys | None = None,
        *,
        harder: bool = False,
        elsewhere: Sequence[GrantRule] = (),
        is_tried: bool = False,
        permitted: Permitted = NOTHING_PERMITTED,
        asking: "View | None" = None,
    ) -> None:
        self._elsewhere = elsewhere
        self._program = program  # shapes are known by identity: they must live as long as the view
        self._secret = secret
        fields = range(len(program.fields))
        self.is_harder = harder
        self.grants = () if harder else tuple(grants)
        self._asking = asking or self
        laid = (*permitted.everywhere, *(grant for laid in permitted.sets.values() for grant in laid))
        self.purpose = ",".join(sorted({purpose for grant in (*self.grants, *laid) for purpose in grant.purposes}))
        """What the grants are for, as records call it."""
        everybody = everybodys(grants)
        self._tables = Tables(self.grants, permitted)
        self.decisions = tuple(
            decided_harder(program, index) if harder else _first_that_decides(program, index, said)
            for said in self._tables.said
            for index in fields
        )
        """By the index of the field that an action names: those of everybody's records, then of each other table."""
        self.sent = tuple(decided_sent(program, index, everybody) for index in fields)
        """What becomes of fields that the caller sends."""
        self._unopened = Unopened()
        stores = any(field.at_rest is not None for field in program.fields)
        self.sends = tuple(
            action_of(program, place, made, secret, keys, is_sent=True) for place, made in enumerate(self.sent)
        )
        self.masks_sent = any(action.kind is not Kind.SHOW for action in self.sends)
        self._actions = tuple(
            action_of(program, place, made, secret, keys, self._unopened.note, is_tried=is_tried)
            for place, made in enumerate(self.decisions)
        )
        self.actions = self._actions[: len(program.fields)]
        """By the index of the field: what becomes of it in everybody's records."""
        self.sent_back = tuple(
            action if self.hides_everywhere(index) else replace(action, opens=None)
            for index, action in enumerate(self.actions)
        )
        """The same for what the caller writes: a token opens only where he is shown nothing else of the field, whosever
        the record. Moved into a record of which he is shown more, it would be read there."""
        self.told: dict[tuple[tuple[int, int], ...], Any] = {}
        """What is recorded of an answer, by the fields that it shows and how often: kept by whoever records it."""
        self._rows = Shown(grants)
        leaving_out = tuple(_seeing(grant, permitted.everywhere) for grant in grants if grant.rows)
        self._at_most = min((grant.at_most for grant in grants if grant.at_most is not None), default=None)
        self._differs = self._tables.differ or any(grant.rows or grant.at_most for grant in grants)
        self.links = Links(program, self)
        binding = Binding(
            program, self._actions, self._asking.actions, self, self.links, self._rows, differs=self._tables.differ
        )
        self.maskers = Maskers(
            program,
            self.actions,
            binding,
            self.links,
            leaving_out=leaving_out,
            at_most=self._at_most,
            unopened=self._unopened if stores else None,
        )

    def choice(
        self,
        *,
        own: str = "",
        acting: str = "",
        attributes: Mapping[str, str] | None = None,
        permitted: Permitted = NOTHING_PERMITTED,
    ) -> Choice:
        """What one caller of the view gets otherwise than others do.

        *own* is the digest of the caller's own identifier, "" where it is no citizen, and *acting* that of whom the
        caller acts for. What is *permitted* is what the view was made for, or nothing.
        """
        if not self._differs:
            return EVERYBODYS
        return Choice(
            tables=self._tables.of(own=own, acting=acting, permitted=permitted),
            rows=self._rows.held(attributes or {}),
            at_most=self._at_most,
        )

    def may_ask(self, fields: Sequence[int]) -> bool:
        """Whether a question about *fields* tells the caller nothing that answers would not (DESIGN decision 6)."""
        return all(self._asking.decisions[index].form is Form.CLEAR for index in fields)

    def hides_everywhere(self, field: int) -> bool:
        """Whether *field* is hidden, and alike whosever the record is: a key written into it cannot be read there."""
        specs = {decision.spec for decision in self.decisions[field :: len(self._program.fields)]}
        specs |= said_of(self._program, field, self._elsewhere)
        return len(specs) == 1 and not any(isinstance(spec, Show | Scan) for spec in specs)

    def headers_of(self, operation: OperationRule) -> tuple[str, ...]:
        """The response headers of *operation* that pass, beside those that always do.

        A handle can stand in an address, and in nothing else that holds a key.
        """
        if self.may_ask(operation.key):
            return operation.headers + operation.key_headers
        return operation.headers + tuple(name for name in operation.key_headers if name in OF_ADDRESSES)


class Views:
    """The views of one program, made when they are first needed."""

    def __init__(self, program: Program, secret: bytes, keys: DataKeys | None = None) -> None:
        self.program = program
        self._secret = secret
        self._keys = keys
        self._made: dict[tuple[object, ...], View] = {}

    def of(self, grants: Sequence[GrantRule], *, harder: bool = False, elsewhere: Sequence[GrantRule] = ()) -> View:
        """The view of callers to whom exactly *grants* apply; the strictest one where an overlay masks *harder*.

        *elsewhere*: see `View`.
        """
        if harder:  # no grant decides what is shown; what it leaves out or limits, it does as before
            grants = [each for each in grants if each.direction is Direction.REQUEST or each.rows or each.at_most]
        key = harder, tuple([grant.id for grant in grants]), tuple([grant.id for grant in elsewhere])
        view = self._made.get(key)
        if view is None:
            view = View(self.program, grants, self._secret, self._keys, harder=harder, elsewhere=elsewhere)
            self._made[key] = view
        return view

    def permitting(self, view: View, permitted: Permitted) -> View:
        """What callers of *view*, which no overlay has masked harder, get in answers where this is *permitted*."""
        key = tuple([grant.id for grant in view.grants]), permitted.named
        made = self._made.get(key)
        if made is None:
            made = View(self.program, view.grants, self._secret, self._keys, permitted=permitted, asking=view)
            self._made[key] = made
        return made

    @cached_property
    def strictest(self) -> View:
        """The view where an overlay masks harder, of a caller to whom no grant applies."""
        return self.of((), harder=True)


def _first_that_decides(program: Program, index: int, said: Sequence[Sequence[GrantRule]]) -> Decision:
    """What becomes of the field *index* by the first of the sets of grants *said* that decides, or by its declaration.

    Each goes before those behind it.
    """
    for grants in said:
        decision = decided(program, index, grants)
        if decision.grant is not None:
            return decision
    return decided(program, index, ())


def _seeing(grant: GrantRule, everywhere: Sequence[GrantRule]) -> GrantRule:
    """*grant*, which leaves out records, as one that sees what is permitted *everywhere* as well, wherever it stands:
    of the records that are left out nobody is shown anything.
    """
    if not everywhere:
        return grant
    sees = {category: spec for each in everywhere for category, spec in each.sees.items()}
    return msgspec.structs.replace(grant, sees={**grant.sees, **sees}, records=None, fields=None)
