"""Whether a worker is well is told to who may ask, and is all that is told."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.front import VERSIONS, Front
from tests.gateway import raw, wait_until
from tests.rig import Rig, reads, rigged

LOCAL = ("127.0.0.0/8", "::1/128")


@pytest.fixture(scope="module")
def probed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with rigged(tmp_path_factory.mktemp("gateway"), tls=True, probes=LOCAL) as made:
        yield made


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("target", ["/.yingbi/health", "/.yingbi/ready"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_it_is_answered_and_tells_nothing_else(probed: Rig, version: str, target: str, method: str) -> None:
    before = len(probed.gateway.events())
    answer = Front(probed, version).ask(target=target, method=method)
    assert (answer.status, answer.body) == (200, b"ok\n" if method == "GET" else b"")
    assert set(answer.headers) <= {
        "content-type", "content-length", "cache-control", "connection", "x-content-type-options"
    }  # fmt: skip
    assert probed.behind.asked == []
    assert len(probed.gateway.events()) == before


def test_any_name_of_the_host_will_do(tmp_path: Path) -> None:
    with rigged(tmp_path, probes=LOCAL) as rig:
        from_elsewhere = rig.ask(target="/.yingbi/ready", headers="X-Forwarded-For: 8.8.8.8\r\n")
        assert reads(from_elsewhere)[0] == 200
        request = b"GET /.yingbi/ready HTTP/1.1\r\nHost: 10.2.3.4:8443\r\nConnection: close\r\n\r\n"
        assert reads(raw(rig.gateway.port, request))[0] == 200


@pytest.mark.parametrize("probes", [(), ("10.0.0.0/8", "::/0")])
def test_who_may_not_ask_is_told_what_he_is_told_of_any_page(tmp_path: Path, probes: tuple[str, ...]) -> None:
    with rigged(tmp_path, probes=probes) as rig:
        answers = [reads(rig.ask(target=f"/.yingbi/{name}")) for name in ("ready", "health", "nothing")]
    assert {status for status, _, _ in answers} == {403}
    assert {len(body) for _, _, body in answers} == {len(answers[0][2])}


def test_a_post_is_no_probe(probed: Rig) -> None:
    assert Front(probed, VERSIONS[0]).ask(target="/.yingbi/ready", method="POST").status == 403


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "target", ["/.yingbi/%72eady", "/%2eyingbi/health", "/.yingbi%2Fready", "/.yingbi/./ready", "/.yingbi/ready?a=1"]
)
def test_spelled_otherwise_it_is_no_probe(probed: Rig, version: str, target: str) -> None:
    """What stands in front keeps callers from it by how it is spelled."""
    answer = Front(probed, version).ask(target=target)
    assert answer.status >= 400
    assert answer.body != b"ok\n"


def test_without_a_lease_it_is_well_and_not_ready(tmp_path: Path) -> None:
    with rigged(tmp_path, probes=LOCAL, lease_s=0.5) as rig:
        rig.gateway.stop_heart()
        wait_until(lambda: reads(rig.ask(target="/.yingbi/ready"))[0] == 503, 10)
        assert reads(rig.ask(target="/.yingbi/ready"))[2] == b"not ready\n"
        assert reads(rig.ask(target="/.yingbi/health"))[::2] == (200, b"ok\n")
        wait_until(lambda: rig.gateway.counters()["ready"] == 0, 5)


def test_who_is_to_stop_is_not_ready_and_serves_on_for_a_while(tmp_path: Path) -> None:
    with rigged(tmp_path, probes=LOCAL, leave_s=8.0) as rig:
        assert reads(rig.ask(target="/.yingbi/ready"))[0] == 200
        rig.gateway.workers[0].send_signal(signal.SIGTERM)
        wait_until(lambda: reads(rig.ask(target="/.yingbi/ready"))[0] == 503, 2)
        assert reads(rig.ask())[0] == 200
        assert rig.gateway.workers[0].wait(60) == 0
