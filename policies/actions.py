"""What becomes of the values of a field by what was decided of it: the action that maskers are bound to."""

from collections.abc import Callable
from functools import partial

from policies.decisions import Decision
from policies.formats.finder import merge
from policies.formats.free_text import hide, personal_spans
from policies.formats.masker import Action, Kind
from policies.formats.prose import EVERY, LONG, Prose
from policies.keys.data_keys import BadToken, DataKeys
from policies.policy_kinds import OnWrite
from policies.program import Program
from policies.prose_rule import ProseRule
from policies.transforms.columns import together
from policies.transforms.keyed import FieldKeys, SubjectTransform
from policies.transforms.make import (
    REDACTED,
    could_have_made,
    number_transform_of,
    opener_of,
    subject_transform_of,
    transform_of,
)
from policies.transforms.sealed import plain_value, stored_tokens
from policies.transforms.spec import Block, Drop, Null, Scan, Show, Spec, looks_true, needs_subject


def action_of(
    program: Program,
    place: int,
    decision: Decision,
    secret: bytes,
    data: DataKeys | None,
    note: Callable[[int, str], None] = lambda field, stored: None,
    *,
    is_sent: bool = False,
    is_tried: bool = False,
) -> Action:
    """The action at a *place* in the tables of a view, one table behind the other. *note*: see `Unopened`.

    Of what the caller sends nothing is encrypted yet: that comes last.
    """
    field = program.fields[place % len(program.fields)]
    keys = FieldKeys(secret, program.system, field.category, data)
    kind, apply = _treatment(decision.spec, keys)
    of_many = together(decision.spec, apply) if kind is Kind.MASK else None
    apply_for = subject_transform_of(decision.spec, keys) if needs_subject(decision.spec) else None
    # Of an empty control only what the form carries says whether there was anything to drop.
    restore = kind is Kind.DROP or (field.on_write is OnWrite.RESTORE and kind is not Kind.SHOW)
    number = number_transform_of(decision.spec)
    prose = 0 if not isinstance(decision.spec, Scan) else EVERY if decision.spec.prose else LONG
    is_stored = field.at_rest is not None and not is_sent
    if field.at_rest is not None and is_stored and kind not in (Kind.DROP, Kind.BLOCK):
        tokens = stored_tokens(field.at_rest, keys, field.name) if data is not None else None
        opens = plain_value if is_tried else tokens.open if tokens is not None else _unopened
        noted = partial(note, place)
        kind, apply, number = Kind.MASK, _opened(opens, kind, apply, noted, prose=prose), _never_stored(noted)
        apply_for = _opened_for(opens, apply_for, noted) if apply_for is not None else None
    return Action(
        field=place,
        kind=kind,
        apply=apply,
        together=of_many,
        apply_for=apply_for,
        personal=field.personal,
        followed=field.followed,
        restore=restore,
        number=number,
        stays=isinstance(decision.spec, Null),
        makes=could_have_made(decision.spec) if looks_true(decision.spec) else None,
        stored=is_stored,
        prose=prose,
        opens=opener_of(decision.spec, keys),
    )


def _opened(
    opens: Callable[[str], str],
    kind: Kind,
    apply: Callable[[str], str],
    note: Callable[[str], None],
    *,
    prose: int = 0,
) -> Callable[[str], str]:
    """*apply* to what a stored value stands for. What does not open here is hidden from everybody, and noted.

    Of prose nothing is read: how much of it a body may have read is not known here.
    """

    def treat(stored: str) -> str:
        try:
            value = opens(stored)
        except BadToken:
            note(stored)
            return REDACTED
        if kind is not Kind.SCAN:
            return apply(value)
        return hide(value, merge([*personal_spans(value, keyed=True), *Prose(ProseRule(0)).spans(value, prose)]))

    return treat


def _opened_for(
    opens: Callable[[str], str], apply_for: SubjectTransform, note: Callable[[str], None]
) -> SubjectTransform:
    """The same for what goes by whom the record is about."""
    return lambda stored, subject: _opened(opens, Kind.MASK, lambda value: apply_for(value, subject), note)(stored)


def _unopened(stored: str) -> str:
    """Without keys nothing opens. Raises BadToken."""
    raise BadToken


def _never_stored(note: Callable[[str], None]) -> Callable[[float], float | None]:
    """What becomes of a number where texts are stored encrypted: nobody has encrypted it."""

    def hidden(stored: float) -> None:
        note(str(stored))

    return hidden


def _treatment(spec: Spec, keys: FieldKeys) -> tuple[Kind, Callable[[str], str]]:
    match spec:
        case Show():
            return Kind.SHOW, str
        case Scan():
            return Kind.SCAN, str
        case Drop() | Null():
            return Kind.DROP, str
        case Block():
            return Kind.BLOCK, str
        case _:
            return Kind.MASK, transform_of(spec, keys)
