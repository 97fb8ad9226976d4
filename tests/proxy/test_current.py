"""What a worker serves by, and for how long it may: programs, the overlay, and a lease on both."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from policies.overlay import OverlayEntry, Tightening
from policies.program import Program
from proxy import board
from proxy import current as module
from proxy.board import Board, boot_time_ns
from proxy.published import publish_programs
from tests.proxy.parts import NOW, Parts

LEASE_NS = 30_000_000_000
BLOCK = OverlayEntry(
    id="1", kind=Tightening.BLOCK_CALLER, target="li", until=NOW + timedelta(hours=1), reason="r", by="b"
)


class FromTheFuture(Board):
    """A board that outlived the machine it was written on: its last sign of life lies ahead of this boot."""

    @property
    def heartbeat_ns(self) -> int:
        return boot_time_ns() + 3_600_000_000_000


def test_without_a_sign_of_life_there_is_no_lease(parts: Parts) -> None:
    parts.publish()
    assert not parts.current.renew()
    assert not parts.current.look()
    parts.board.beat()
    assert not parts.current.look(), "looking renews nothing"
    assert parts.current.renew()
    assert parts.current.look()


def test_a_lease_ends_with_the_last_sign_of_life_however_often_it_is_renewed(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A supervisor that died is not alive for twice as long because its workers were busy renewing."""
    now_ns = [boot_time_ns()]
    for each in (module, board):
        monkeypatch.setattr(each, "boot_time_ns", lambda: now_ns[0])
    parts.publish()
    current = parts.new_current(LEASE_NS)
    parts.board.beat()
    for _ in range(10):
        assert current.renew()
        now_ns[0] += LEASE_NS // 10
    assert not current.renew()
    assert not current.look()
    parts.board.beat()
    assert current.renew()


def test_a_sign_of_life_from_before_the_machine_was_started_anew_counts_for_nothing(parts: Parts) -> None:
    parts.publish()
    parts.board.close()
    parts.board = FromTheFuture(parts.home / "board")
    assert not parts.new_current().renew()


def test_programs_come_into_force_with_the_next_look(parts: Parts) -> None:
    parts.serve()
    assert set(parts.current.systems) == {"people.localhost"}
    before = parts.current.systems["people.localhost"]
    parts.publish()
    parts.current.look()
    assert parts.current.programs_in_force == 2
    assert parts.current.systems["people.localhost"] is before, "what did not change is kept, with what it remembers"
    change(parts)
    parts.publish()
    parts.current.look()
    assert parts.current.systems["people.localhost"] is not before


def change(parts: Parts) -> None:
    system = parts.home / "policies" / "systems" / "people.yaml"
    system.write_text(system.read_text("utf-8") + "timeout_s: 7\n", "utf-8")


def test_two_publications_at_once_are_no_mistake(parts: Parts) -> None:
    """The second may be read where the board still tells of the first."""
    parts.serve()
    parts.publish()
    parts.publish()
    parts.board.programs = 2
    assert parts.current.look()
    parts.board.programs = 3
    assert parts.current.look()
    assert parts.current.programs_in_force == 3
    assert parts.said == []


@pytest.mark.parametrize("generation", [1, 2])
def test_older_programs_are_refused(parts: Parts, generation: int) -> None:
    parts.serve()
    change(parts)
    parts.publish()
    parts.current.look()
    good = parts.current.systems["people.localhost"]
    parts.publish(generation)
    parts.board.programs = 3
    assert parts.current.look(), "the last good ones stay in force"
    assert parts.current.systems["people.localhost"] is good
    assert parts.said == ["programs_refused"]


UNFIT: dict[str, Callable[[Program], Program]] = {
    "a port that is none": lambda program: msgspec.structs.replace(program, upstream="http://a:99999"),
    "a path that is no pattern": lambda program: msgspec.structs.replace(
        program, operations=(msgspec.structs.replace(program.operations[0], path="("),)
    ),
}


@pytest.mark.parametrize("unfit", UNFIT)
def test_what_cannot_be_served_by_leaves_the_last_good_ones(parts: Parts, unfit: str) -> None:
    parts.serve()
    good = parts.current.systems["people.localhost"]
    wrong = UNFIT[unfit](good.program)
    publish_programs(parts.published, {"people": wrong}, 2, parts.signers["program"])
    parts.board.programs = 2
    assert parts.current.look()
    assert parts.current.systems["people.localhost"] is good
    assert parts.said == ["programs_refused"]


def test_programs_older_than_the_board_says_are_refused_by_a_worker_that_has_none(parts: Parts) -> None:
    parts.publish(4)
    parts.board.programs = 5
    fresh = parts.new_current()
    fresh.look()
    assert fresh.systems == {}
    assert parts.said == ["programs_refused"]


def test_programs_that_could_not_be_read_are_tried_again(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AGAIN_NS", 0)
    parts.serve()
    listed = parts.published / "programs" / "current.json"
    change(parts)
    parts.publish()
    whole = listed.read_bytes()
    listed.write_bytes(whole[:100])
    for _ in range(3):
        parts.current.look()
        parts.current.renew()
    assert parts.said == ["programs_refused"], "told once"
    assert parts.current.programs_in_force == 1
    listed.write_bytes(whole)
    parts.current.renew()
    assert parts.current.programs_in_force == 2


def test_an_overlay_comes_into_force_with_the_next_look(parts: Parts) -> None:
    parts.serve()
    parts.tighten(1, BLOCK)
    assert parts.current.look()
    assert parts.current.overlay.entries == (BLOCK,)
    parts.tighten(2)
    assert parts.current.look()
    assert not parts.current.overlay.entries


def test_an_overlay_is_there_for_a_worker_that_starts_later(parts: Parts) -> None:
    parts.tighten(3, BLOCK)
    parts.board.overlay = 0  # a board that was lost
    parts.serve()
    assert parts.current.overlay.entries == (BLOCK,)


def torn(parts: Parts) -> None:
    path = parts.published / "overlay.json"
    path.write_bytes(path.read_bytes()[:-9])


def signed_by_the_publisher_of_programs(parts: Parts) -> None:
    """Who may loosen a policy may not lift a containment: there are two keys."""
    parts.signers["overlay"] = parts.signers["program"]
    parts.tighten(2)


def rolled_back(parts: Parts) -> None:
    parts.tighten(1)


ROLLBACKS: dict[str, Callable[[Parts], None]] = {
    "torn": torn,
    "gone": lambda parts: (parts.published / "overlay.json").unlink(),
    "signed by another": signed_by_the_publisher_of_programs,
    "older": rolled_back,
}


@pytest.mark.parametrize("started", ["before", "after"])
@pytest.mark.parametrize("case", ROLLBACKS)
def test_an_overlay_that_cannot_be_taken_ends_the_lease_until_it_can(parts: Parts, case: str, started: str) -> None:
    """What should be forbidden cannot be known: nothing is shown by a worker that knew, nor by one that did not."""
    parts.serve()
    parts.tighten(2, BLOCK)
    current = parts.current if started == "before" else parts.new_current()
    if started == "before":
        assert current.look()
        parts.board.overlay = 3
    ROLLBACKS[case](parts)
    parts.board.overlay = 3
    for _ in range(3):
        parts.board.beat()
        assert not current.look()
        assert not current.renew()
    assert parts.said == ["overlay_refused"], "told once"
    parts.signers["overlay"] = type(parts.signers["overlay"])(parts.home / "overlay.key")
    parts.tighten(4, replace(BLOCK, id="2"))
    parts.board.beat()
    assert current.renew()
    assert current.overlay.entries == (replace(BLOCK, id="2"),)
