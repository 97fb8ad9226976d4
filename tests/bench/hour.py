"""An hour of a busy district gateway, 1,000 events a second, as it is seen by rules: mostly citizens, each for minutes.

A part of the hour is a part of its callers at their full pace, so that what is measured grows with the part. Where it
has less than one of the systems that read in clear, one does so for as much of the hour.
"""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from siem.detect.examples import NINE
from siem.record.event import CallerKind, Disclosure, Verdict
from tests.siem.events import digest, document

EVENTS = 3_600_000
HOUR = timedelta(hours=1)
SERVICES = ("portal", "register", "hall", "licences", "aid", "hotline")
REASONS = (
    *(
        "unknown_handle",
        "operation_refused",
        "not_allowed",
        "bad_credential",
        "operation_not_declared",
        "foreign_origin",
    ),
    *("question_about_hidden_field", "subject_limit", "too_many_requests", "value_not_sent", "mask_returned"),
)
CITIZENS_AT_ONCE, CLERKS, SYSTEMS, TERMINALS = 15_000, 2_000, 60, 150
IN_CLEAR = 20
"""One of so many systems reads in clear."""
SESSION = 14
"""Events of a citizen's visit, six minutes long."""
REFUSED = 0.01


def hour(events: int) -> Iterator[dict[str, Any]]:
    """So many of the hour's events, in order, with three systems in clear and one clerk who takes what is there."""
    for number, changes in enumerate(seen_in(events)):
        yield document(number, at=NINE + HOUR * (number / events), **changes)


def seen_in(events: int, *, seed: int = 1) -> Iterator[dict[str, Any]]:
    """What makes each of so many of the hour's events, but its number and its time."""
    chance, part = random.Random(seed), events / EVENTS
    visits = [_visit(chance) for _ in range(max(round(CITIZENS_AT_ONCE * part), 1))]
    for number in range(events):
        yield _refused(chance, _answered(chance, part, number / events, visits))


def _answered(chance: random.Random, part: float, passed: float, visits: list[list[Any]]) -> dict[str, Any]:
    kind = chance.random()
    if kind < 0.62:
        return _by_citizen(chance, visits)
    if kind < 0.87:
        systems = max(round(SYSTEMS * part), 1)
        return _by_system(chance, chance.randrange(systems), in_clear=passed < systems / IN_CLEAR)
    if kind < 0.95:
        return _by_clerk(chance, chance.randrange(max(round(CLERKS * part), 1)))
    if kind < 0.953:
        number = chance.randrange(max(round(TERMINALS * part), 1))
        return _seen(CallerKind.TERMINAL, f"terminal-{number}", f"10.3.0.{number}", "hall", chance.randrange(600_000))
    return {
        "caller": "",
        "caller_kind": CallerKind.ANONYMOUS,
        "source_ip": _address(chance),
        "subjects": (),
        "disclosure": Disclosure.NONE,
        "system": "portal",
        "status": chance.choice((200, 200, 404)),
    }


def _visit(chance: random.Random) -> list[Any]:
    """A citizen, whose records they look at, from where, and how often yet."""
    who = chance.randrange(600_000)
    return [who, chance.choice(((who,), (who, who + 1))), _address(chance), chance.randrange(1, 2 * SESSION)]


def _address(chance: random.Random) -> str:
    if chance.random() < 0.3:
        return f"100.64.{chance.randrange(8)}.{chance.randrange(250)}"
    return f"{chance.randrange(36, 60)}.{chance.randrange(250)}.{chance.randrange(250)}.{chance.randrange(250)}"


def _by_citizen(chance: random.Random, visits: list[list[Any]]) -> dict[str, Any]:
    place = chance.randrange(len(visits))
    visit = visits[place]
    visit[3] -= 1
    if visit[3] <= 0:
        visits[place] = _visit(chance)
    service = SERVICES[visit[0] % 3] if chance.random() < 0.8 else chance.choice(SERVICES)
    seen = _seen(CallerKind.CITIZEN, digest(visit[0] + 10**9), visit[2], service, chance.choice(visit[1]))
    return {**seen, "credential": "jwt:portal", "disclosure": chance.choice((Disclosure.CLEAR, Disclosure.MASKED))}


def _by_system(chance: random.Random, number: int, *, in_clear: bool) -> dict[str, Any]:
    seen = _seen(CallerKind.SYSTEM, f"system-{number}", f"10.2.0.{number}", "register", chance.randrange(600_000))
    clear = Disclosure.CLEAR if in_clear and number % IN_CLEAR == 0 else Disclosure.PSEUDONYMOUS
    return {**seen, "credential": f"key:{number}", "disclosure": clear}


def _by_clerk(chance: random.Random, number: int) -> dict[str, Any]:
    if number == 0:
        return _seen(CallerKind.STAFF, "clerk-0", "10.1.0.0", "register", chance.randrange(600_000))
    service = SERVICES[(number + chance.choice((0, 0, 0, 1))) % len(SERVICES)]
    whom = number * 1_000 + chance.randrange(120)
    seen = _seen(CallerKind.STAFF, f"clerk-{number}", f"10.1.{number // 250}.{number % 250}", service, whom)
    return {**seen, "disclosure": chance.choice((Disclosure.CLEAR, Disclosure.CLEAR, Disclosure.MASKED))}


def _seen(kind: CallerKind, caller: str, address: str, service: str, whom: int) -> dict[str, Any]:
    return {"caller": caller, "caller_kind": kind, "source_ip": address, "system": service, "subjects": (digest(whom),)}


def _refused(chance: random.Random, seen: dict[str, Any]) -> dict[str, Any]:
    if chance.random() >= REFUSED:
        return seen
    denied = {"verdict": Verdict.WITHHOLD, "disclosure": Disclosure.NONE, "subjects": (), "status": 403}
    return {**seen, **denied, "reason": chance.choice(REASONS)}
