"""What a caller would need to see more of a field than they do."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime

from policies.policy import Direction, Owner
from policies.program import Program
from policies.transforms.spec import Form, form_of, name_of, shows_more


@dataclass(frozen=True, slots=True)
class More:
    """A grant that does not apply to the caller, and by which they would see more of a field."""

    grant: str
    transform: str
    rule: str
    """`file:line` of the grant."""
    posts: tuple[str, ...]
    callers: tuple[str, ...]
    purpose: str
    expired: bool
    """Whether it has ended, so that nobody sees by it."""
    owner: Owner | None
    """In whose records alone it shows more; None for everybody's."""


def more_of(program: Program, category: str, form: Form, applied: Container[str], now: datetime) -> tuple[More, ...]:
    """The grants of *program*, but for those *applied*, by which values of *category* are shown in more than *form*."""
    found = []
    for grant in program.grants:
        spec = grant.sees.get(category) if grant.direction is Direction.ANSWER else None
        if spec is None or grant.id in applied or not shows_more(form_of(spec), form):
            continue
        expired = now.timestamp() >= grant.until
        purpose = ", ".join(grant.purposes)
        found.append(
            More(grant.id, name_of(spec), grant.rule, grant.posts, grant.callers, purpose, expired, grant.owner)
        )
    return tuple(found)
