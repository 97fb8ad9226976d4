"""Decides what callers asked to see: whether a permit is opened, of whom, and until when (DESIGN decision 8).

INVARIANT: nothing is opened that the reveal in force does not allow, nor for longer, nor of more than one subject
unless the reveal breaks the glass.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from console.permits.journal import Opened, Refused
from policies.operations import SAFE_METHODS
from policies.overlay import OverlayEntry, Tightening
from policies.permits import LONGEST, Asked, Kind
from policies.program import RevealRule
from siem.index.condition import values_of
from siem.record.ecs import Document
from siem.record.event import CallerKind

LATE = timedelta(minutes=2)
"""So long after it was asked for, nobody waits for it any more: it is not opened behind their back."""
AHEAD = timedelta(minutes=1)
"""So far the clock that a worker asks by may be ahead."""
OLDEST = timedelta(hours=8)
"""So old the event may be that showed the masked record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The exchange that somebody asks about, as it was recorded."""

    caller: str
    caller_kind: CallerKind
    system: str
    at: datetime
    """Of the event that was named."""
    subjects: frozenset[str]
    """Digests of those whom it was about: two where it was about more."""
    operation: str
    """Its id."""
    was_read: bool
    """Whether it only read. What is written is the caller's own choice, and shows no record that was there before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that a decision depends on."""

    reveal: RevealRule | None
    """The one that is asked for, as the program in force of the system has it."""
    seen: Seen | None
    """None where nothing of the kind was recorded; of no account where the glass is broken."""
    overlay: Collection[OverlayEntry] = ()
    """What is in force against the caller or the system."""
    today: int = 0
    """Permits that the caller was given today by this reveal."""
    draw: bool = False
    """Whether the lot fell on this permit to be reviewed."""


def seen_in(named: Document, exchange: Iterable[Document]) -> Seen:
    """What the event *named*, and the others of its *exchange*, say. Reads no further than it has to."""
    subjects: set[str] = set()
    for document in exchange:
        subjects.update(values_of(document, "yingbi.subjects"))
        if len(subjects) > 1:
            break
    return Seen(
        caller=named.get("user", {}).get("id", ""),
        caller_kind=CallerKind(named["yingbi"]["caller_kind"]),
        system=named["service"]["name"],
        at=datetime.fromisoformat(named["@timestamp"]),
        subjects=frozenset(sorted(subjects)[:2]),
        operation=named["yingbi"]["operation"],
        was_read=named["yingbi"]["operation"].partition(" ")[0] in SAFE_METHODS,
    )


def judge(asked: Asked, case: Case, now: datetime) -> Opened | Refused:
    """What becomes of *asked* at *now*."""
    code = _objection(asked, case, now)
    reveal, seen = case.reveal, case.seen
    kind = seen.caller_kind if seen and seen.caller == asked.caller else CallerKind.STAFF
    if code or reveal is None:
        return Refused(
            permit=asked.id,
            kind=asked.kind,
            reveal=asked.reveal,
            caller=asked.caller,
            caller_kind=kind,
            posts=asked.posts,
            system=asked.system,
            case=asked.case,
            why=asked.reason,
            about=asked.event,
            code=code,
        )
    breaks_glass = asked.kind is Kind.BREAK_GLASS
    subjects = seen.subjects if seen and not breaks_glass else frozenset()
    lasts = min(timedelta(minutes=reveal.minutes), LONGEST[asked.kind])
    return Opened(
        permit=asked.id,
        kind=asked.kind,
        reveal=asked.reveal,
        caller=asked.caller,
        caller_kind=kind,
        posts=asked.posts,
        system=asked.system,
        subject="".join(subjects),
        categories=tuple(sorted(reveal.grant.sees)),
        case=asked.case,
        why=asked.reason,
        about="" if breaks_glass else asked.event,
        until=min(now + lasts, _ends(reveal)),
        sampled=breaks_glass or case.draw,
    )


def _objection(asked: Asked, case: Case, now: datetime) -> str:
    """The code of what speaks against it; empty where nothing does."""
    if not now - LATE <= asked.at <= now + AHEAD:
        return "asked_too_late"
    reveal = case.reveal
    if reveal is None or not _lets_ask(reveal, asked, now):
        return "reveal_not_in_force"
    kinds = {entry.kind for entry in case.overlay}
    if kinds & {Tightening.BLOCK_CALLER, Tightening.BLOCK_CREDENTIAL}:
        return "caller_blocked"
    if Tightening.REVOKE_SESSIONS in kinds:
        return "session_revoked"  # which session asked is not known here: it is asked anew once the measure has ended
    if Tightening.STOP_SYSTEM in kinds:
        return "operation_stopped"
    if case.today >= reveal.at_most_a_day:
        return "too_many_today"
    if asked.kind is Kind.BREAK_GLASS:
        return ""
    seen = case.seen
    if seen is None or (seen.caller, seen.system) != (asked.caller, asked.system):
        return "event_unknown"  # nor is it told that there is one of somebody else
    if seen.at < now - OLDEST:
        return "event_too_old"
    if not seen.was_read or len(seen.subjects) != 1:
        return "not_one_record"
    operations = reveal.grant.operations
    return "" if operations is None or seen.operation in operations else "reveal_of_other_pages"


def _lets_ask(reveal: RevealRule, asked: Asked, now: datetime) -> bool:
    is_meant = (reveal.grant.id, reveal.kind) == (asked.reveal, asked.kind)
    return is_meant and reveal.minutes > 0 and now < _ends(reveal)


def _ends(reveal: RevealRule) -> datetime:
    return datetime.fromtimestamp(reveal.grant.until, UTC)
