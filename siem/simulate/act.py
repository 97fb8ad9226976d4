"""What happens in the simulated district, and how it is put into events.

An act is what one request would be; an act of an unsafe method becomes two events and an export several, as the
gateway writes them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from siem.record.event import (
    AccessEvent,
    CallerKind,
    Disclosure,
    EventId,
    ExchangeId,
    FieldUse,
    PermitNote,
    PermitState,
    Phase,
    Verdict,
)
from siem.simulate.operations import OPERATIONS, Operation

WINDOW = 1_000
"""Most subjects of one event."""
EXPORTED = 100
"""From how many subjects on an answer is streamed."""
_SPREAD = 0x9E3779B97F4A7C15F39CC0605CEDC835
_PROGRAM = "3f9a6c1e"


@dataclass(frozen=True, slots=True)
class Caller:
    """As whom somebody appears to the gateway."""

    id: str
    kind: CallerKind
    posts: tuple[str, ...] = ()
    credential: str = ""
    ip: str = ""


@dataclass(slots=True)
class Act:
    """One thing that a caller did."""

    at: datetime
    caller: Caller
    operation: str
    """A key of `OPERATIONS`."""
    people: tuple[int, ...] = ()
    """Numbers of residents that the answer shows."""
    attack: int = 0
    """The number of the attack that it belongs to, or 0."""
    reason: str = ""
    """Code of why nothing was shown, or empty."""
    case: str | None = None
    """For asking to see more: the case number that was given. None for everything else."""
    on_behalf_of: int | None = None


def digest(person: int) -> str:
    """The digest of resident number *person*: invented, as they are."""
    return f"e1:{(person + 1) * _SPREAD & (1 << 128) - 1:032x}"


def events_of(act: Act, start: str, number: int) -> Iterator[AccessEvent]:
    """The events of *act* in order of time; the first has *number* in the log of *start*."""
    operation = OPERATIONS[act.operation]
    if act.case is not None:
        yield _permit(act, operation, start, number)
    elif act.reason:
        status = 404 if act.reason == "foreign_handle" else 403
        yield _event(act, operation, start, number, Phase.WHOLE, (), reason=act.reason, status=status)
    elif operation.writes:
        yield _event(act, operation, start, number, Phase.INTENT, ())
        yield _event(act, operation, start, number + 1, Phase.WHOLE, act.people, exchange=number, after=40, status=200)
    elif len(act.people) >= EXPORTED:
        yield _event(act, operation, start, number, Phase.OPEN, (), status=200)
        windows = [act.people[first : first + WINDOW] for first in range(0, len(act.people), WINDOW)]
        for place, window in enumerate(windows, start=1):
            yield _event(
                act, operation, start, number + place, Phase.SHOWN, window, exchange=number, after=place, status=200
            )
        last = len(windows) + 1
        size = operation.bytes_each * len(act.people)
        yield _event(
            act, operation, start, number + last, Phase.CLOSE, (), exchange=number, after=last, status=200, size=size
        )
    else:
        size = operation.bytes_each * len(act.people) + 300
        yield _event(act, operation, start, number, Phase.WHOLE, act.people, status=200, size=size)


def _event(
    act: Act,
    operation: Operation,
    start: str,
    number: int,
    phase: Phase,
    people: tuple[int, ...],
    *,
    exchange: int = 0,
    after: int = 0,
    reason: str = "",
    status: int = 0,
    size: int = 0,
) -> AccessEvent:
    caller = act.caller
    return AccessEvent(
        id=EventId(f"{start}-{number}"),
        at=(act.at + timedelta(milliseconds=after)).astimezone(UTC),
        exchange=ExchangeId(f"{start}-{exchange or number}"),
        phase=phase,
        system=operation.system,
        operation=operation.template,
        caller=caller.id,
        caller_kind=caller.kind,
        posts=caller.posts,
        credential=caller.credential,
        on_behalf_of=digest(act.on_behalf_of) if act.on_behalf_of is not None else "",
        purpose="handling" if people else "",
        source_ip=caller.ip,
        verdict=Verdict.WITHHOLD if reason else Verdict.FORWARD,
        reason=reason,
        status=status,
        format=operation.format if people else "",
        program=_PROGRAM,
        fields=_fields(act.operation, len(people)) if people else (),
        subjects=tuple(map(digest, people)),
        disclosure=operation.disclosure if people else Disclosure.NONE,
        bytes_out=size,
        duration_ns=3_000_000 + 17_000 * len(people),
    )


def _permit(act: Act, operation: Operation, start: str, number: int) -> AccessEvent:
    caller = act.caller
    return AccessEvent(
        id=EventId(f"{start}-{number}"),
        at=act.at.astimezone(UTC),
        exchange=ExchangeId(f"{start}-{number}"),
        phase=Phase.PERMIT,
        system=operation.system,
        operation=operation.template,
        caller=caller.id,
        caller_kind=caller.kind,
        posts=caller.posts,
        credential=caller.credential,
        source_ip=caller.ip,
        verdict=Verdict.FORWARD,
        status=201,
        program=_PROGRAM,
        permit=PermitNote(
            id=f"P-{start}-{number}",
            state=PermitState.OPEN,
            kind="reveal",
            reveal="one-person",
            case=act.case or "",
            subject=digest(act.people[0]),
            until=act.at.astimezone(UTC) + timedelta(minutes=15),
        ),
    )


@lru_cache(maxsize=4096)
def _fields(operation: str, count: int) -> tuple[FieldUse, ...]:
    return OPERATIONS[operation].fields(count)
