"""Systems behind that the plain core does not ask."""

from pathlib import Path

import pytest

from tests.gateway import Gateway, gateway, raw
from tests.http2 import secured
from tests.rig import reads

REQUEST = b"GET /people HTTP/1.1\r\nHost: people.localhost\r\nConnection: close\r\n%s\r\n"


def behind(running: Gateway, upstream: str) -> None:
    """Let a worker begin whose people's system lies at *upstream*."""
    system = running.home / "policies" / "systems" / "people.yaml"
    system.write_text(system.read_text("utf-8").replace("http://127.0.0.1:9", upstream), "utf-8")
    running.publish()
    running.start_worker()


def test_a_gateway_does_not_ask_itself(tmp_path: Path) -> None:
    """Or one request would be asked again and again, until no place is left."""
    with gateway(tmp_path, {}, workers=0) as running:
        behind(running, f"http://localhost:{running.port}")
        assert reads(raw(running.port, REQUEST % b""))[0] == 502
        assert running.counters()["requests"] == 1


def test_nor_over_tls(tmp_path: Path) -> None:
    ca = tmp_path / "tls" / "ca.pem"
    with gateway(tmp_path, {}, workers=0, tls=True, upstream_ca=str(ca)) as running:
        behind(running, f"https://localhost:{running.port}")
        with secured(running.port, ca, "http/1.1") as caller:
            caller.sendall(REQUEST % b"")
            assert reads(caller.recv(65536))[0] == 502
        assert running.counters()["requests"] == 1


@pytest.mark.parametrize("core", ["", "Content-Length: 0\r\n"], ids=["plain", "mitmproxy's"])
def test_without_authorities_that_can_be_read_nothing_is_asked(tmp_path: Path, core: str) -> None:
    broken = tmp_path / "ca.pem"
    broken.write_text("no certificate", "ascii")
    with gateway(tmp_path / "gateway", {}, workers=0, upstream_ca=str(broken)) as running:
        behind(running, f"https://localhost:{running.port}")
        assert reads(raw(running.port, REQUEST % core.encode(), limit_s=20))[0] == 502
