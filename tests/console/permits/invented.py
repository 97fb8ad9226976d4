"""Permits for tests: one about one subject, one that breaks the glass. All is invented."""

from datetime import datetime, timedelta
from typing import Any

from console.permits.book import PermitBook
from console.permits.journal import Opened, Refused
from policies.permits import Kind
from siem.record.event import CallerKind
from tests.siem.events import digest

ONE, GLASS = "prm-00000000000000a1", "prm-00000000000000b2"


def opened(at: datetime, permit: str = ONE, **changes: Any) -> Opened:
    """A clerk who was let see one record for a quarter of an hour from *at* on, but for *changes*."""
    facts: dict[str, Any] = {
        "permit": permit,
        "kind": Kind.REVEAL,
        "reveal": "window-sees-whole",
        "caller": "clerk-wang",
        "caller_kind": CallerKind.STAFF,
        "posts": ("social-clerk",),
        "system": "register",
        "subject": digest(7),
        "categories": ("mobile", "resident_id"),
        "case": "受理-2026-118",
        "why": "核对申请人的证件号码",
        "about": "6YQ3K0M9ZT-7",
        "until": at + timedelta(minutes=15),
        "sampled": True,
    }
    return Opened(**{**facts, **changes})


def broken_glass(at: datetime, permit: str = GLASS, **changes: Any) -> Opened:
    """The head on duty, who sees all of the register for an hour from *at* on, but for *changes*."""
    facts: dict[str, Any] = {
        "kind": Kind.BREAK_GLASS,
        "reveal": "emergency",
        "caller": "head-on-duty",
        "posts": ("on-duty-head",),
        "subject": "",
        "case": "",
        "why": "台风转移，需要逐户联系",
        "about": "",
        "until": at + timedelta(minutes=60),
    }
    return opened(at, permit, **{**facts, **changes})


def refused(permit: str, code: str = "not_one_record", **changes: Any) -> Refused:
    """The same clerk, who was refused."""
    facts: dict[str, Any] = {
        "permit": permit,
        "kind": Kind.REVEAL,
        "reveal": "window-sees-whole",
        "caller": "clerk-wang",
        "caller_kind": CallerKind.STAFF,
        "posts": ("social-clerk",),
        "system": "register",
        "case": "受理-2026-118",
        "why": "核对申请人的证件号码",
        "about": "6YQ3K0M9ZT-7",
        "code": code,
    }
    return Refused(**{**facts, **changes})


def open_both(book: PermitBook, at: datetime) -> None:
    """Let *book* have both, from *at* on."""
    book.note(opened(at), at)
    book.note(broken_glass(at), at)
