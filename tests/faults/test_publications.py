"""Publications that are torn, forged or older, under a worker that is serving."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from policies.keys.key_files import Signer, make_secret
from policies.overlay import Overlay, Tightening
from proxy.published import publish_overlay, publish_programs
from tests.gateway import wait_until
from tests.rig import Rig, reads, rigged
from tests.scripted import answering
from tests.tightening import entry


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with rigged(tmp_path_factory.mktemp("gateway")) as made:
        made.behind.script = answering(b'{"total": 1}')
        yield made


@pytest.fixture
def rig(serving: Rig) -> Rig:
    """A worker that serves by what was published last."""
    gateway = serving.gateway
    gateway.overlay = Overlay(generation=max(gateway.overlay.generation, gateway.board.overlay))
    gateway.tighten()
    gateway.publish()
    wait_until(lambda: gateway.counters()["programs"] == gateway.board.programs, 5)
    wait_until(lambda: status_and_reason(serving) == (200, ""), 5)
    return serving


def status_and_reason(rig: Rig) -> tuple[int, str]:
    status, _, body = reads(rig.ask())
    return status, "" if status == 200 else json.loads(body)["reason"]


def torn(rig: Rig, path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def forged(rig: Rig, path: Path) -> None:
    make_secret(rig.gateway.home / "forger.key")
    forger = Signer(rig.gateway.home / "forger.key")
    publish_overlay(rig.gateway.home / "published", Overlay(generation=99), forger)
    publish_programs(rig.gateway.home / "published", {}, 99, forger)


def gone(rig: Rig, path: Path) -> None:
    path.unlink()


def older(rig: Rig, path: Path) -> None:
    publish_overlay(rig.gateway.home / "published", Overlay(generation=0), rig.gateway.overlay_signer)
    publish_programs(rig.gateway.home / "published", {}, 1, rig.gateway.signer)


DAMAGE: dict[str, Callable[[Rig, Path], None]] = {"torn": torn, "forged": forged, "gone": gone, "older": older}


@pytest.mark.parametrize("case", DAMAGE)
def test_an_overlay_that_is(rig: Rig, case: str) -> None:
    """What should be forbidden cannot be known: nothing is shown until it can, and the worker says so once."""
    path = rig.gateway.home / "published" / "overlay.json"
    refused = rig.gateway.counters()["refused_publications"]
    DAMAGE[case](rig, path)
    rig.gateway.board.overlay += 1
    for _ in range(3):
        assert status_and_reason(rig) == (503, "not_ready")
    assert rig.gateway.counters()["refused_publications"] == refused + 1
    assert "publication_refused what=overlay_refused" in rig.gateway.said()
    rig.gateway.overlay = Overlay(generation=rig.gateway.board.overlay)
    rig.gateway.tighten(entry(Tightening.STOP_SYSTEM))
    wait_until(lambda: status_and_reason(rig) == (503, "operation_stopped"), 5)


@pytest.mark.parametrize("case", DAMAGE)
def test_programs_that_are(rig: Rig, case: str) -> None:
    """The last good ones stay in force, and everybody is told; what is published next comes into force."""
    path = rig.gateway.home / "published" / "programs" / "current.json"
    refused, good = rig.gateway.counters()["refused_publications"], rig.gateway.board.programs
    DAMAGE[case](rig, path)
    rig.gateway.board.programs += 1
    for _ in range(3):
        assert status_and_reason(rig) == (200, "")
    wait_until(lambda: rig.gateway.counters()["refused_publications"] == refused + 1, 5)
    assert rig.gateway.counters()["programs"] == good
    assert "publication_refused what=programs_refused" in rig.gateway.said()
    rig.gateway.publish()
    wait_until(lambda: rig.gateway.counters()["programs"] == good + 2, 5)
    assert status_and_reason(rig) == (200, "")
