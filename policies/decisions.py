"""What becomes of each field, and why: by its declaration, and by the grants that apply (invariant 4)."""

from collections.abc import Sequence
from dataclasses import dataclass

from policies.applies import is_about
from policies.policy_kinds import Direction
from policies.precedence import deciding
from policies.program import FREE_TEXT, GrantRule, Program
from policies.program_shapes import UNDECLARED
from policies.transforms.positions import starred
from policies.transforms.spec import (
    FORM_ORDER,
    Block,
    DatePart,
    Drop,
    Encrypt,
    Form,
    Keep,
    Null,
    Part,
    Positions,
    Redact,
    Reversible,
    Scan,
    Show,
    Spec,
    Token,
    form_of,
    name_of,
)

_PARTS = (Part.DECADE, Part.YEAR, Part.MONTH)
_PROBE = "ABCDEFGHIJKLMNOPQR"
"""As long as a resident ID number, no character twice."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a field in a view, and why."""

    name: str
    category: str
    spec: Spec
    form: Form
    transform: str
    """How records call the transform."""
    rule: str
    """`file:line` of the declaration or the grant that decided."""
    grant: str | None


def decided(program: Program, index: int, applying: Sequence[GrantRule]) -> Decision:
    """What becomes of the field *index* in an answer: what the most specific of the grants *applying* says.

    The declaration of the field is the most general rule of all. Where grants disagree and none goes before the others
    (`yingbi check` refuses such a policy), the one that shows least counts.
    """
    field = program.fields[index]
    return _by_grants(program, index, applying, Direction.ANSWER) or _decision(program, index, field.mask)


def decided_harder(program: Program, index: int) -> Decision:
    """The same where an overlay masks harder: no wider than anything that the declaration or any grant says.

    Never what who is shown it can have opened again: an overlay is laid on where a caller may be a thief.
    """
    field = program.fields[index]
    said = [field.mask, *(grant.sees[field.category] for grant in _about(program, index, program.grants))]
    least = least_of(said)
    provable = not isinstance(least, Reversible.__value__) and all(shows_no_more(least, spec) for spec in said)
    return _decision(program, index, least if provable else Redact())


def decided_sent(program: Program, index: int, applying: Sequence[GrantRule]) -> Decision:
    """What becomes of the field *index* where the caller sends it: as it is, where no grant says otherwise."""
    return _by_grants(program, index, applying, Direction.REQUEST) or _decision(program, index, Show())


def is_shown_by(program: Program, index: int, grant: GrantRule) -> bool:
    """Whether *grant* lets anything of the field *index* be seen in answers."""
    about = _about(program, index, (grant,))
    return bool(about) and form_of(grant.sees[program.fields[index].category]) is not Form.NONE


def said_of(program: Program, index: int, grants: Sequence[GrantRule]) -> set[Spec]:
    """What any of *grants* says of the field *index* in answers, whichever of them goes before the others."""
    return {grant.sees[program.fields[index].category] for grant in _about(program, index, grants)}


def least_of(specs: Sequence[Spec]) -> Spec:
    """The one of *specs* that shows least, as far as they can be compared; of those alike always the same one."""
    return min(specs, key=_reach)


def shows_no_more(spec: Spec, other: Spec) -> bool:
    """Whether *spec* certainly shows nothing that *other* does not. Only what is sure counts.

    Of two masks by places neither does: of a value too short to hide anything the one that keeps more shows less. But
    of two that keep the same places, one with a fixed number of stars shows no more: not even how long a value is. Of a
    mask and a digest neither does: the one shows characters, and the other whether two values are the same.
    """
    match spec, other:
        case _, Show():
            return True
        case _, Block():
            return spec == other  # which kept back the whole answer
        case Keep(first, last, fill), Keep(first_too, last_too, fill_too):
            return (first, last) == (first_too, last_too) and (fill is not None or fill_too is None)
        case Scan(prose), Scan(prose_too):
            return prose or not prose_too
        case DatePart(to), DatePart(too):
            return _PARTS.index(to) <= _PARTS.index(too)
        case _ if form_of(spec) is Form.NONE:
            return form_of(other) is not Form.NONE or _emptiness(spec) <= _emptiness(other)
        case _:
            return spec == other


def _by_grants(program: Program, index: int, applying: Sequence[GrantRule], direction: Direction) -> Decision | None:
    about = _about(program, index, applying, direction)
    if not about:
        return None
    category = program.fields[index].category
    said = {grant.sees[category]: grant for grant in reversed(deciding(about))}
    least = least_of([*said])
    return _decision(program, index, least, said[least])


def _about(
    program: Program, index: int, grants: Sequence[GrantRule], direction: Direction = Direction.ANSWER
) -> list[GrantRule]:
    """Those of *grants* that say something about the field *index*."""
    field = program.fields[index]
    if index in (UNDECLARED, FREE_TEXT) or not field.personal:
        return []
    return [
        grant
        for grant in grants
        if grant.direction is direction and field.category in grant.sees and is_about(grant, field.name)
    ]


def _decision(program: Program, index: int, spec: Spec, grant: GrantRule | None = None) -> Decision:
    field = program.fields[index]
    return Decision(
        name=field.name,
        category=field.category,
        spec=spec,
        form=form_of(spec),
        transform=name_of(spec, program.transforms),
        rule=grant.rule if grant is not None else field.rule,
        grant=grant.id if grant is not None else None,
    )


def _reach(spec: Spec) -> tuple[int, int, int, str]:
    shown = len(set(starred(spec)(_PROBE)) - {"*"}) if isinstance(spec, Positions.__value__) else 0
    if isinstance(spec, Scan) and not spec.prose:
        shown = 1  # short texts in which only a tagger finds somebody
    return FORM_ORDER.index(form_of(spec)), _emptiness(spec), shown, repr(spec)


def _emptiness(spec: Spec) -> int:
    """How much is left: nothing of the answer, all of it but the field, all but whether there was a value, all, and
    what can be opened again besides.

    Stars stand in the place of a value alone, and leave `""` and `[]` as they are; where there is a null always, both
    and a value are alike.
    """
    match spec:
        case Block():
            return 0
        case Drop():
            return 1
        case Null():
            return 2
        case Token() | Encrypt():
            return 4
        case _:
            return 3
