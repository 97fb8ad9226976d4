"""The permits a worker goes by: those that were published last, each for no longer than it may last."""

from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest

from policies.compiling.system import compile_system
from policies.load import load_policy
from policies.overlay import Overlay, OverlayEntry, Tightening
from policies.permits import Kind, Permit, PermitTable
from proxy import current as current_module
from proxy import permits as module
from proxy.board import boot_time_ns
from proxy.decide import decide
from proxy.identity.caller import Caller
from proxy.permits import PermitsInForce
from proxy.published import publish_permits
from proxy.system import System
from proxy.verdict import Forward
from siem.record.event import CallerKind
from tests.policies.compiled import DATA_KEYS, GOOD, SECRET
from tests.policies.formats.masking import DIGESTER
from tests.policies.granted import good_policy, reveals_of
from tests.proxy.parts import NOW, Parts
from tests.proxy.test_decide import CASE, JSON, request

PERMIT = Permit(
    id="prm-0000000000000001",
    kind=Kind.REVEAL,
    reveal="whole",
    caller="li",
    system="people",
    subject=DIGESTER("11010519491231002X"),
    categories=("person_name", "resident_id"),
    opened_at=NOW,
    until=NOW + timedelta(minutes=15),
)
GLASS = msgspec.structs.replace(
    PERMIT, id="prm-0000000000000002", kind=Kind.BREAK_GLASS, subject="", reveal="glass", categories=("mobile",)
)


def publish(parts: Parts, generation: int, *permits: Permit) -> None:
    publish_permits(parts.published, PermitTable(generation=generation, permits=permits), parts.signers["permits"])
    parts.board.permits = max(parts.board.permits, generation)


def live(parts: Parts) -> tuple[Permit, ...]:
    parts.current.look()
    return parts.current.permits.live("li", "people", NOW)


def test_permits_come_into_force_and_end_with_the_next_look(parts: Parts) -> None:
    parts.serve()
    assert live(parts) == ()
    publish(parts, 1, PERMIT)
    assert live(parts) == (PERMIT,)
    publish(parts, 2)
    assert live(parts) == ()
    assert parts.said == []


def test_a_worker_that_is_started_anew_goes_by_what_is_in_force(parts: Parts) -> None:
    publish(parts, 7, PERMIT)
    parts.board.permits = 0
    parts.serve()
    assert live(parts) == (PERMIT,)


DAMAGE: dict[str, Callable[[Parts], object]] = {
    "torn": lambda parts: (parts.published / "permits.json").write_bytes(b'{"permits": "'),
    "signed by who may only tighten": lambda parts: publish_permits(
        parts.published, PermitTable(generation=2, permits=(PERMIT,)), parts.signers["overlay"]
    ),
    "signed by who publishes programs": lambda parts: publish_permits(
        parts.published, PermitTable(generation=2, permits=(PERMIT,)), parts.signers["program"]
    ),
    "older": lambda parts: publish_permits(
        parts.published, PermitTable(generation=1, permits=(PERMIT,)), parts.signers["permits"]
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_permits_that_cannot_be_taken_are_none_and_that_is_said(parts: Parts, damage: str) -> None:
    parts.serve()
    publish(parts, 1, PERMIT)
    assert live(parts) == (PERMIT,)
    publish(parts, 2, PERMIT)
    DAMAGE[damage](parts)
    assert live(parts) == ()
    assert parts.current.look(), "whoever has no permit is served as before"
    assert parts.said == ["permits_refused"]


def test_permits_that_could_not_be_read_are_read_again(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_module, "AGAIN_NS", 0)
    parts.serve()
    (parts.published / "permits.json").mkdir()
    parts.board.permits = 1
    assert live(parts) == ()
    (parts.published / "permits.json").rmdir()
    publish(parts, 1, PERMIT)
    parts.current.renew()
    assert live(parts) == (PERMIT,)


def test_an_older_table_is_refused_also_after_one_that_could_not_be_read(parts: Parts) -> None:
    parts.serve()
    publish(parts, 5)
    assert live(parts) == ()
    publish(parts, 4, PERMIT)
    parts.board.permits = 4
    assert live(parts) == ()


def test_a_clock_that_is_set_back_lets_no_permit_last_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    passed = boot_time_ns()
    monkeypatch.setattr(module, "boot_time_ns", lambda: passed)
    in_force = PermitsInForce()
    in_force.take(PermitTable(permits=(PERMIT,)))
    assert in_force.live("li", "people", NOW) == (PERMIT,)
    passed += 14 * 60 * 1_000_000_000
    in_force.take(PermitTable(generation=1, permits=(PERMIT, GLASS)))
    assert in_force.live("li", "people", NOW) == (PERMIT, GLASS)
    passed += 2 * 60 * 1_000_000_000
    assert in_force.live("li", "people", NOW) == (GLASS,)
    assert not in_force.are_live((PERMIT, GLASS), NOW)
    assert in_force.are_live((GLASS,), NOW)


def test_a_permit_ends_by_the_time_of_day_as_well() -> None:
    in_force = PermitsInForce()
    in_force.take(PermitTable(permits=(PERMIT,)))
    assert in_force.live("li", "people", PERMIT.until) == ()
    assert in_force.live("li", "people", NOW - timedelta(seconds=1)) == ()


# What a permit does to the verdict.
CLERK = Caller(id="li", kind=CallerKind.STAFF, posts=frozenset({"clerk"}), purposes=CASE)
GLASS_OF = "who: {posts: [clerk]}, break_glass: true, categories: ~, purpose: ~"


@pytest.fixture(scope="module")
def system() -> System:
    policy = good_policy(reveals=reveals_of(whole="who: {posts: [clerk]}", glass=GLASS_OF))
    program = compile_system(policy, policy.systems["people"], load_policy(GOOD).jwks)
    return System(program, "digest", DIGESTER, SECRET, DATA_KEYS)


def forward(system: System, method: str, body: bytes, *permits: Permit, overlay: Overlay | None = None) -> Forward:
    fields = (JSON,) if body else ()
    asked = request(method, "/people", *fields)
    verdict = decide(asked, body, system, CLERK, overlay or Overlay(), NOW, permits=permits)
    assert isinstance(verdict, Forward)
    return verdict


def test_a_permit_is_for_what_is_read(system: System) -> None:
    read = forward(system, "GET", b"", PERMIT)
    assert read.permits == (PERMIT,)
    assert read.permitted.subjects.keys() == {PERMIT.subject}


def test_what_is_answered_to_a_change_proves_nothing_of_whose_it_is(system: System) -> None:
    changed = forward(system, "POST", b"{}", PERMIT)
    assert changed.permits == ()
    assert not changed.permitted
    assert forward(system, "POST", b"{}", PERMIT, GLASS).permitted.subjects == {}
    assert forward(system, "POST", b"{}", GLASS).permitted.everywhere


def test_a_permit_that_shows_nothing_here_changes_nothing(system: System) -> None:
    gone = msgspec.structs.replace(PERMIT, reveal="gone")
    assert forward(system, "GET", b"", gone).view is forward(system, "GET", b"").view


def test_where_an_overlay_masks_harder_no_permit_counts(system: System) -> None:
    harder = OverlayEntry(
        id="1", kind=Tightening.MASK_HARDER, system="people", until=NOW + timedelta(hours=1), reason="r", by="b"
    )
    hidden = forward(system, "GET", b"", PERMIT, GLASS, overlay=Overlay(generation=1, entries=(harder,)))
    assert hidden.view.is_harder
    assert hidden.permits == ()
    assert not hidden.permitted


def test_what_is_sent_on_is_what_would_be_without_a_permit(system: System) -> None:
    """A key or a mask that the caller may not see does not become his to send because some answer shows it."""
    plain, permitted = forward(system, "GET", b""), forward(system, "GET", b"", GLASS)
    assert permitted.request == plain.request
    asked = request("GET", "/people?id_no=11010519491231002X")
    refused = [decide(asked, b"", system, CLERK, Overlay(), NOW, permits=permits) for permits in ((), (GLASS, PERMIT))]
    assert refused[0] == refused[1]
    assert not isinstance(refused[0], Forward)


def test_a_token_does_not_open_where_its_value_could_be_asked_for(system: System) -> None:
    """Moved into the record of a subject that is shown whole, it would be read there."""
    wu = Caller(id="wu", kind=CallerKind.STAFF, posts=frozenset({"guard"}), purposes=CASE)
    number = next(place for place, field in enumerate(system.program.fields) if field.name == "person.id_no")
    operation = next(each for each in system.program.operations if each.id == "POST /people")
    views = [system.view_of(caller, NOW, operation=operation, address="", strictest=False) for caller in (CLERK, wu)]
    assert [view.hides_everywhere(number) for view in views] == [False, True]
