"""Events for the tests of everything that stands on them. All people, systems and numbers are invented."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from siem.record.ecs import to_ecs
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
    Raised,
    Verdict,
)

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def digest(number: int) -> str:
    return f"e1:{number:032x}"


def event(number: int, *, at: datetime | None = None, **changes: Any) -> AccessEvent:
    """A clerk who is shown one record in clear, *number* seconds after nine, but for *changes*."""
    facts: dict[str, Any] = {
        "id": EventId(f"6YQ3K0M9ZT-{number}"),
        "at": at or NINE + timedelta(seconds=number),
        "exchange": ExchangeId(f"6YQ3K0M9ZT-{number}"),
        "phase": Phase.WHOLE,
        "system": "register",
        "operation": "GET /register/residents/{id}",
        "caller": "clerk-wang",
        "caller_kind": CallerKind.STAFF,
        "verdict": Verdict.FORWARD,
        "program": "p" * 8,
        "status": 200,
        "subjects": (digest(number),),
        "disclosure": Disclosure.CLEAR,
    }
    return AccessEvent(**{**facts, **changes})


def document(number: int, *, at: datetime | None = None, **changes: Any) -> dict[str, Any]:
    """`event` as the document that is indexed."""
    return to_ecs(event(number, at=at, **changes))


# Values chosen to find differences between engines: case, letters that fold only in Unicode, wildcards and escapes as
# plain text, NUL, the empty text, addresses that are two things at once, numbers past what a float can tell apart.
TEXTS = (
    *("clerk-wang", "Clerk-Wang", "CLERK*", "clerk?", "É-x", "é-x", "\u017f", "s", "\u212a", "k"),
    *("a\\b", "a\\", "a\\*", "王芳", "nul\0x", "nul\0y", "new\nline", "%", "_", "'", '"', "x" * 300),
)
ADDRESSES = (
    *("10.0.0.1", "10.0.0.200", "::ffff:10.0.0.1", "2001:db8::1", "2001:DB8::1", "fe80::1%eth0", "no address", "::"),
)
NETWORKS = ("10.0.0.0/8", "10.0.0.0/25", "10.0.0.1", "::/0", "2001:db8::/32", "::ffff:0:0/96", "0.0.0.0/0")
NUMBERS = (0, 1, 200, 404, 599, 2**40, 2**53, 2**53 + 1, 2**63 - 1)
DIGESTS = (*map(digest, range(12)), "E1:AB", "e1:ab")
OPERATIONS = ("", "unknown", "GET /a/{id}", "POST /a", "get /A/{ID}")


def assorted(count: int, seed: int) -> list[dict[str, Any]]:
    """*count* documents in which every value above turns up, at times that coincide and differ by a microsecond."""
    random = Random(seed)
    return [to_ecs(_assorted_event(number, random)) for number in range(count)]


def _assorted_permit(random: Random) -> PermitNote:
    maybe = ("", *TEXTS)
    return PermitNote(
        id=random.choice(TEXTS),
        state=random.choice(tuple(PermitState)),
        kind=random.choice(TEXTS),
        reveal=random.choice(TEXTS),
        case=random.choice(maybe),
        why=random.choice(maybe),
        about=random.choice(maybe),
        subject=random.choice(("", *DIGESTS)),
        until=random.choice((None, NINE + timedelta(minutes=15))),
        by=random.choice(maybe),
    )


def _assorted_raised(random: Random) -> Raised:
    return Raised(
        by=tuple(random.sample(TEXTS, random.choice((1, 2)))),
        asked=tuple(random.sample(TEXTS, random.choice((0, 1, 3)))),
        about=tuple(random.sample(DIGESTS, random.choice((0, 1, 3)))),
        question=random.choice(DIGESTS),
        client=random.choice(("", *DIGESTS)),
        version=random.choice(("", "1.1", "2")),
        bytes_in=random.choice(NUMBERS),
    )


WHYS_TOLD = ((), (), (("checksum", 2),), (("context", 1), ("pattern,context", 3)), (("model", 1), ("repeated", 2)))


def _assorted_event(number: int, random: Random) -> AccessEvent:
    maybe = ("", *TEXTS)
    uses = tuple(
        FieldUse(
            name="mobile",
            category=random.choice(TEXTS),
            transform="keep",
            disclosure=random.choice(tuple(Disclosure)),
            rule=random.choice(("register.yaml:7", "register.yaml:8", *TEXTS)),
            grant=random.choice((None, "grant-1")),
            count=random.choice(NUMBERS),
            whys=random.choice(WHYS_TOLD),
        )
        for _ in range(random.choice((0, 0, 1, 3)))
    )
    subjects = tuple(random.sample(DIGESTS, random.choice((0, 1, 3, 9))))
    return event(
        number,
        at=NINE + timedelta(days=random.choice((0, 0, 0, 1, 40)), microseconds=random.randrange(5)),
        phase=random.choice(tuple(Phase)),
        system=random.choice(TEXTS),
        operation=random.choice(OPERATIONS),
        caller=random.choice(maybe),
        caller_kind=random.choice(tuple(CallerKind)),
        posts=tuple(random.sample(TEXTS, random.choice((0, 1, 3)))),
        credential=random.choice(maybe),
        on_behalf_of=random.choice(("", *DIGESTS)),
        basis=random.choice(maybe),
        limit=random.choice(maybe),
        mark=random.choice(maybe),
        left_out=random.choice(NUMBERS),
        purpose=random.choice(maybe),
        source_ip=random.choice(("", *ADDRESSES)),
        verdict=random.choice(tuple(Verdict)),
        reason=random.choice(maybe),
        attributes=tuple(random.sample(TEXTS, random.choice((0, 1, 2)))),
        purposes=tuple(random.sample(TEXTS, random.choice((0, 1, 2)))),
        format=random.choice(("", "json", "csv")),
        status=random.choice((0, 200, 404, 599)),
        overlay=random.choice(NUMBERS),
        fields=uses,
        subjects=subjects,
        former_subjects=tuple(f"0{subject}" for subject in subjects if number % 3 == 0),
        disclosure=random.choice(tuple(Disclosure)),
        permits=tuple(random.sample(TEXTS, random.choice((0, 0, 1, 2)))),
        permit=random.choice((None, _assorted_permit(random))),
        raised=random.choice((None, None, _assorted_raised(random))),
        bytes_out=random.choice(NUMBERS),
        duration_ns=random.choice(NUMBERS),
    )
