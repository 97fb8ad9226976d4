from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from incident.command import Containment, Lift, Tighten
from incident.ids import CaseId, CommandKey, PersonId, person
from policies.keys.key_files import Signer, Verifier, make_secret
from proxy.board import Board
from proxy.published import read_published_overlay
from yingbi.publish.overlay import LONGEST, OverlayPublisher

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


class Clock:
    at = NOW

    def __call__(self) -> datetime:
        return self.at


def command(key: str = "C-20261125-001.3.1", **more: object) -> Tighten:
    whole = {
        "key": CommandKey(key),
        "case": CaseId("C-20261125-001"),
        "kind": Containment.BLOCK_CALLER,
        "target": "clerk-wang",
        "until": NOW + LONGEST,
        "reason": "bulk reading",
        "by": person(PersonId("P-002")),
    }
    return Tighten(**{**whole, **more})  # type: ignore[arg-type]


@pytest.fixture
def publisher(tmp_path: Path) -> OverlayPublisher:
    make_secret(tmp_path / "overlay.key")
    signer = Signer(tmp_path / "overlay.key")
    return OverlayPublisher(folder=tmp_path, board=Board(tmp_path / "board"), signer=signer, clock=Clock())


def test_a_tightening_comes_into_force(publisher: OverlayPublisher) -> None:
    assert "generation 1" in publisher.tighten(command())
    found = read_published_overlay(publisher.folder, Verifier(publisher.signer.public_bytes))
    assert [(entry.target, entry.by, entry.case) for entry in found.entries] == [
        ("clerk-wang", "person:P-002", "C-20261125-001")
    ]
    assert publisher.board.overlay == found.generation == 1


def test_asking_twice_is_asking_once(publisher: OverlayPublisher) -> None:
    publisher.tighten(command())
    publisher.board.overlay = 0  # as after the machine was started again
    assert publisher.tighten(command()).startswith("already in force")
    assert (publisher.board.overlay, len(publisher.current().entries)) == (1, 1)


def test_longer_than_a_day_takes_two_people(publisher: OverlayPublisher) -> None:
    with pytest.raises(ValueError, match="within 24 hours"):
        publisher.tighten(command(until=NOW + LONGEST + timedelta(seconds=1)))
    assert publisher.current().entries == ()


def test_what_has_ended_long_ago_is_let_go_and_nothing_that_lasts(publisher: OverlayPublisher) -> None:
    publisher.tighten(command("C-1.1.1", until=NOW + timedelta(hours=1)))
    publisher.tighten(command("C-1.1.2", until=NOW + timedelta(hours=24)))
    later = Clock()
    later.at = NOW + timedelta(hours=25, minutes=1)
    publisher.clock = later
    publisher.tighten(command("C-1.1.3", until=later.at + timedelta(hours=1)))
    assert [entry.id for entry in publisher.current().entries] == ["C-1.1.2", "C-1.1.3"]


def test_what_is_evidence_stays_until_two_people_take_it_back(publisher: OverlayPublisher) -> None:
    held = replace(command(), kind=Containment.PRESERVE_EVIDENCE, target="", since=NOW - timedelta(days=2))
    publisher.tighten(held)
    later = Clock()
    later.at = NOW + timedelta(days=400)
    publisher.clock = later
    publisher.tighten(command("C-1.1.2", until=later.at + timedelta(hours=1)))
    assert publisher.current().preserved == ((held.since, held.until),)
    two = {"asked_by": PersonId("P-002"), "agreed_by": PersonId("P-003")}
    publisher.lift(
        Lift(key=CommandKey("C-1.0.1"), case=CaseId("C-1"), tightening=held, at=later.at, reason="closed", **two)
    )
    assert publisher.current().preserved == ()


def test_an_overlay_that_is_not_ours_is_not_built_upon(publisher: OverlayPublisher) -> None:
    publisher.tighten(command())
    file = publisher.folder / "overlay.json"
    file.write_bytes(file.read_bytes().replace(b"clerk-wang", b"clerk-zhou"))
    with pytest.raises(ValueError, match="overlay"):
        publisher.tighten(command("C-1.1.2"))


def test_what_two_people_take_back_is_gone_and_nothing_else(publisher: OverlayPublisher) -> None:
    publisher.tighten(command("C-1.1.1"))
    publisher.tighten(command("C-1.1.2", target="clerk-zhou"))
    two = {"asked_by": PersonId("P-002"), "agreed_by": PersonId("P-003")}
    lift = Lift(
        key=CommandKey("C-1.0.1"), case=CaseId("C-1"), tightening=command("C-1.1.1"), at=NOW, reason="approved", **two
    )
    assert publisher.lift(lift) == "taken back, generation 3"
    assert [entry.id for entry in publisher.current().entries] == ["C-1.1.2"]
    publisher.board.overlay = 0  # as after the machine was started again
    assert publisher.lift(lift) == "not in force any more, generation 3"
    assert publisher.board.overlay == 3


def test_kinds_are_those_of_the_overlay(publisher: OverlayPublisher) -> None:
    for number, kind in enumerate(Containment):
        publisher.tighten(replace(command(f"C-1.1.{number}"), kind=kind, system="register", since=NOW))
    assert {entry.kind.value for entry in publisher.current().entries} == {kind.value for kind in Containment}
