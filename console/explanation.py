"""What an event says of a field, with what the program of that time says of it: how grave, and what would show more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from policies.formats.found import words_of
from policies.more import More, more_of
from policies.program import FieldInfo, Program
from policies.transforms.spec import Form
from siem.record.event import AccessEvent, Disclosure, FieldUse


@dataclass(frozen=True, slots=True)
class Explained:
    """One field of an event."""

    use: FieldUse
    level: str
    """How grave harm to it would be; empty where nobody said, or the program is gone."""
    is_sensitive: bool
    more: tuple[More, ...]
    is_all: bool
    """Whether nothing is hidden of it."""
    whys: str
    """What decided that it is personal, and how often, in Chinese; empty of what is declared to be."""


def explained(event: AccessEvent, program: Program | None, now: datetime) -> Sequence[Explained]:
    """Each field of *event*, of which *program* decided."""
    applied = {use.grant for use in event.fields if use.grant}
    declared = {(field.name, field.category): field for field in program.fields} if program is not None else {}
    return [_explained(use, declared.get((use.name, use.category)), program, applied, now) for use in event.fields]


def _explained(
    use: FieldUse, declared: FieldInfo | None, program: Program | None, applied: set[str], now: datetime
) -> Explained:
    is_all = use.disclosure is Disclosure.CLEAR
    more = (
        more_of(program, use.name, use.category, Form(use.disclosure.value), applied, now)
        if program is not None and not is_all
        else ()
    )
    return Explained(
        use,
        declared.level if declared is not None else "",
        declared is not None and declared.sensitive,
        more,
        is_all,
        "；".join(f"{_zh(why)} {number:,}" for why, number in use.whys),
    )


def _zh(why: str) -> str:
    return "，".join(each.partition(" / ")[0] for each in words_of(why).split("；"))
