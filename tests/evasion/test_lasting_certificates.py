"""What was opened by a certificate ends when that is revoked: what is said, what is told, and what is downloaded."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.stream import LARGEST_BUFFERED
from tests.certificates import authority, connect, context_of, issue
from tests.evasion.streaming import OPERATIONS
from tests.evasion.test_client_certificates import WINDOW, write_policies
from tests.evasion.test_event_flow import rest_of, until
from tests.evasion.test_socket_flow import greeting
from tests.gateway import Gateway, gateway, wait_until
from tests.scripted import Asked, Connection, Script, Scripted, scripted
from tests.sockets import KEY, speaking

UPGRADE = (
    f"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n".encode()
)


def beginning(content_type: str, piece: bytes) -> Script:
    """A script that begins an answer and says nothing more."""

    def script(connection: Connection, asked: Asked) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.say(head.encode() + b"%x\r\n%s\r\n" % (len(piece), piece))
        connection.hang()

    return script


OPEN: dict[str, tuple[bytes, bytes, Script]] = {
    "event stream": (b"/people/stream", b"", beginning("text/event-stream", b": on\n\n")),
    "WebSocket": (b"/people/live", UPGRADE, speaking(greeting)),
    "download": (
        b"/people.csv",
        b"",
        beginning("text/csv", b"name,city\r\n" + LARGEST_BUFFERED // 8 * b"Zhang,Beijing\r\n"),
    ),
}
"""What is asked for, by which headers, and what the system behind does."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Gateway, Scripted, Path]]:
    home = tmp_path_factory.mktemp("lasting")
    written, root = home / "written", home / "authorities"
    write_policies(written, "{authority: halls}")
    (written / "systems" / "other.yaml").unlink()
    people = written / "systems" / "people.yaml"
    text = people.read_text("utf-8").replace("\nerrors:", f"{OPERATIONS}errors:")
    text = text.replace("search: [city]", "key: [id_no]").replace("idle_s: 5", "idle_s: 60")
    people.write_text(text, "utf-8")
    authority(root)
    with (
        scripted(beginning("text/plain", b"")) as behind,
        gateway(
            home / "gateway", {"people": behind.port}, policies=written, tls=True, authorities=str(root)
        ) as gateway_,
    ):
        yield gateway_, behind, root


@pytest.mark.parametrize("what", OPEN)
def test_a_certificate_that_is_revoked_ends_what_it_has_opened(
    running: tuple[Gateway, Scripted, Path], what: str
) -> None:
    made, behind, root = running
    target, headers, behind.script = OPEN[what]
    files = issue(authority(root), WINDOW, root.parent / "certificates")
    with connect(made, context_of(made, files), "people.localhost") as connection:
        connection.sendall(b"GET %s HTTP/1.1\r\nHost: people.localhost\r\n%s\r\n" % (target, headers))
        head = until(connection, b"\r\n\r\n")
        assert head.startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 101 ")), head
        authority(root).revoke(files.serial)
        assert b"0\r\n\r\n" not in rest_of(connection), "it does not look whole"
    wait_until(lambda: [each["event"].get("reason") for each in made.events()][-1] == "certificate_refused", 5)
