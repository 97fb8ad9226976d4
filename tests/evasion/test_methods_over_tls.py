"""CONNECT, TRACE and upgrades over TLS, in both versions of HTTP: none of them gets through, or past the masks."""

from collections.abc import Iterator

import pytest
from h2.events import ConnectionTerminated, ResponseReceived, StreamReset

from tests.certificates import answer_on, connect, context_of
from tests.gateway import gateway
from tests.http2 import calling
from tests.rig import Rig, shows_nothing
from tests.scripted import answering, scripted
from tests.spellings import ID_NO

HOST = "Host: people.localhost\r\n"
REFUSED = {
    "CONNECT": f"CONNECT people.localhost:443 HTTP/1.1\r\n{HOST}\r\n",
    "CONNECT to the system behind": f"CONNECT 127.0.0.1:9 HTTP/1.1\r\n{HOST}\r\n",
    "TRACE": f"TRACE /people HTTP/1.1\r\n{HOST}X-A: {ID_NO}\r\n\r\n",
    "an upgrade to HTTP/2": f"GET /people HTTP/1.1\r\n{HOST}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
    "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
    "an upgrade to TLS": f"OPTIONS * HTTP/1.1\r\n{HOST}Connection: Upgrade\r\nUpgrade: TLS/1.3\r\n\r\n",
    "HTTP/2 without saying so": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}
REFUSED_HTTP2 = {
    "CONNECT": {":method": "CONNECT", ":authority": "people.localhost"},
    "CONNECT with a protocol": {
        ":method": "CONNECT",
        ":protocol": "connect-udp",
        ":scheme": "https",
        ":path": "/people",
        ":authority": "people.localhost",
    },
    "TRACE": {":method": "TRACE", ":scheme": "https", ":path": "/people", ":authority": "people.localhost"},
}


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    home = tmp_path_factory.mktemp("gateway")
    body = f'{{"items": [{{"id_no": "{ID_NO}"}}]}}'.encode()
    with scripted(answering(body)) as behind, gateway(home, {"people": behind.port}, tls=True) as running:
        yield Rig(running, behind)


@pytest.mark.parametrize("case", REFUSED)
def test_none_is_sent_on(rig: Rig, case: str) -> None:
    rig.behind.asked.clear()
    with connect(rig.gateway, context_of(rig.gateway, None), "people.localhost") as connection:
        answer = answer_on(connection, REFUSED[case].encode())
    assert answer.startswith(b"HTTP/1.1 4"), answer
    assert shows_nothing(answer)
    assert not rig.behind.asked


@pytest.mark.parametrize("case", REFUSED_HTTP2)
def test_nor_over_http2(rig: Rig, case: str) -> None:
    rig.behind.asked.clear()
    with calling(rig.gateway.port, rig.gateway.home / "tls" / "ca.pem") as caller:
        caller.ask(1, REFUSED_HTTP2[case])
        event = caller.hear(ResponseReceived, StreamReset, ConnectionTerminated)
        if isinstance(event, ResponseReceived):
            assert dict(event.headers)[b":status"].startswith(b"4")
    assert not rig.behind.asked
