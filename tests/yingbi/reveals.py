"""Reveals in force and what is asked of them, for the tests of who opens permits. All is invented."""

from datetime import datetime, timedelta
from typing import Any

from policies.permits import Asked, Kind
from policies.program import GrantRule, RevealRule
from policies.transforms.spec import Show
from siem.record.event import CallerKind
from tests.incident.office import TEN
from yingbi.permits.judge import Seen

UNTIL = TEN + timedelta(days=200)


def reveal(**changes: Any) -> RevealRule:
    """Of the records of one subject, for a quarter of an hour, but for *changes*."""
    until: datetime = changes.pop("until", UNTIL)
    name: str = changes.pop("id", "window-sees-whole")
    sees = changes.pop("sees", ("resident_id", "mobile"))
    grant = GrantRule(
        id=name,
        posts=("social-clerk",),
        operations=changes.pop("operations", None),
        sees={category: Show() for category in sees},
        until=until.timestamp(),
        rule="grants.yaml:40",
    )
    facts: dict[str, Any] = {"kind": Kind.REVEAL, "minutes": 15, "at_most_a_day": 20, "sampled": 10}
    return RevealRule(grant=grant, **{**facts, **changes})


def glass(**changes: Any) -> RevealRule:
    """Of every record, for an hour, but for *changes*."""
    return reveal(**{"id": "emergency", "kind": Kind.BREAK_GLASS, "minutes": 60, "sampled": 100, **changes})


def asked(**changes: Any) -> Asked:
    """A clerk asks at ten to see the record that one event showed, but for *changes*."""
    facts: dict[str, Any] = {
        "id": "prm-00000000000000a1",
        "kind": Kind.REVEAL,
        "reveal": "window-sees-whole",
        "caller": "clerk-wang",
        "posts": ("social-clerk",),
        "credential": "key:7f3a",
        "system": "register",
        "event": "6YQ3K0M9ZT-7",
        "case": "受理-2026-118",
        "reason": "核对申请人的证件号码",
        "at": TEN,
    }
    return Asked(**{**facts, **changes})


def asked_for_all(**changes: Any) -> Asked:
    """The head on duty asks to see everything, but for *changes*."""
    facts = {"id": "prm-00000000000000b2", "kind": Kind.BREAK_GLASS, "reveal": "emergency", "event": "", "case": ""}
    return asked(**{**facts, "caller": "head-on-duty", "reason": "台风转移，需要逐户联系", **changes})


def seen(**changes: Any) -> Seen:
    """The event that `asked` names: one record, a minute before, but for *changes*."""
    facts: dict[str, Any] = {
        "caller": "clerk-wang",
        "caller_kind": CallerKind.STAFF,
        "system": "register",
        "at": TEN - timedelta(minutes=1),
        "subjects": frozenset({"e1:00"}),
        "operation": "GET /register/{person}",
        "was_read": True,
    }
    return Seen(**{**facts, **changes})
