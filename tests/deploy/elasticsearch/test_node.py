import os
import re
import socket
import ssl
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from deploy.elasticsearch.configure import Member
from deploy.elasticsearch.connection import Connection, NodeUnavailable
from deploy.elasticsearch.node import is_healthy, start
from tests.patience import PATIENCE_S
from tests.ports import free_port
from tests.search_node import new_home, running_node

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
INDEX = f"yingbi-test-node-{os.getpid()}"  # of this process: the node is shared


def ask(connection: Connection, role: str, method: str, path: str, body: str | None = None) -> httpx.Response:
    with httpx.Client(
        base_url=connection.url,
        auth=connection.users[role],
        verify=ssl.create_default_context(cafile=connection.ca_file),
        trust_env=False,
        timeout=30,
    ) as client:
        return client.request(method, path, content=body, headers={"Content-Type": "application/x-ndjson"})


def create(connection: Connection, identifier: str, index: str = INDEX) -> httpx.Response:
    lines = f'{{"create":{{"_id":"{identifier}"}}}}\n{{"operation":"GET /x"}}\n'
    return ask(connection, "writer", "POST", f"/{index}/_bulk?refresh=true", lines)


@pytest.fixture(scope="module")
def node(elasticsearch_node: Connection) -> Connection:
    made = create(elasticsearch_node, "first")
    assert made.json()["errors"] is False, made.text
    return elasticsearch_node


def test_the_reader_sees_what_the_writer_added(node: Connection) -> None:
    found = ask(node, "reader", "GET", f"/{INDEX}/_doc/first")
    assert found.json()["_source"] == {"operation": "GET /x"}


def test_what_is_there_is_not_written_twice(node: Connection) -> None:
    again = create(node, "first").json()
    assert again["items"][0]["create"]["status"] == 409


DENIED = {
    "writer": [
        ("GET", "/{index}/_search", None),
        ("GET", "/{index}/_doc/first", None),
        ("PUT", "/{index}/_doc/first", "{}"),
        ("POST", "/{index}/_update/first", '{"doc":{"operation":"changed"}}'),
        ("DELETE", "/{index}/_doc/first", None),
        ("DELETE", "/{index}", None),
        ("PUT", "/_index_template/yingbi-taken", '{"index_patterns":["yingbi-*"]}'),
        ("GET", "/_cluster/health", None),
    ],
    "reader": [
        ("PUT", "/{index}/_doc/second", "{}"),
        ("DELETE", "/{index}/_doc/first", None),
        ("DELETE", "/{index}", None),
        ("PUT", "/yingbi-test-node-of-reader", None),
        ("GET", "/elsewhere/_search", None),
    ],
    "keeper": [
        ("GET", "/{index}/_search", None),
        ("PUT", "/{index}/_doc/second", "{}"),
        ("DELETE", "/{index}/_doc/first", None),
        ("DELETE", "/elsewhere", None),
    ],
}


@pytest.mark.parametrize(
    ("role", "method", "path", "body"),
    [(role, *request) for role, requests in DENIED.items() for request in requests],
    ids=lambda value: str(value) if value else "-",
)
def test_no_role_can_do_more_than_its_part(
    node: Connection, role: str, method: str, path: str, body: str | None
) -> None:
    answer = ask(node, role, method, path.format(index=INDEX), body)
    assert answer.status_code == 403, answer.text
    assert "security_exception" in answer.text


@pytest.mark.parametrize("operation", ['{"index":{"_id":"first"}}', '{"delete":{"_id":"first"}}'])
def test_the_writer_can_only_create_in_bulk(node: Connection, operation: str) -> None:
    body = operation + "\n" + ("" if "delete" in operation else "{}\n")
    answer = ask(node, "writer", "POST", f"/{INDEX}/_bulk", body).json()
    assert [next(iter(item.values()))["status"] for item in answer["items"]] == [403]


def test_the_writer_cannot_write_elsewhere(node: Connection) -> None:
    assert create(node, "first", index="elsewhere").json()["items"][0]["create"]["status"] == 403


def test_the_keeper_removes_whole_indices(node: Connection) -> None:
    create(node, "first", index=f"{INDEX}-old")
    assert ask(node, "keeper", "DELETE", f"/{INDEX}-old").json() == {"acknowledged": True}
    template = f'{{"index_patterns":["{INDEX}-none-*"]}}'
    assert ask(node, "keeper", "PUT", f"/_index_template/{INDEX}", template).status_code == 200
    assert ask(node, "keeper", "DELETE", f"/_index_template/{INDEX}").status_code == 200


def test_nobody_and_a_wrong_password_are_refused(node: Connection) -> None:
    trust = ssl.create_default_context(cafile=node.ca_file)
    with httpx.Client(base_url=node.url, verify=trust, trust_env=False, timeout=PATIENCE_S) as client:
        assert client.get("/_cluster/health").status_code == 401
        assert client.get("/_cluster/health", auth=("yingbi_keeper", "wrong")).status_code == 401
        assert client.get("/_cluster/health", auth=node.users["keeper"]).status_code == 200


def test_without_our_authority_there_is_no_connection(node: Connection) -> None:
    with (
        httpx.Client(
            base_url=node.url, verify=ssl.create_default_context(), trust_env=False, timeout=PATIENCE_S
        ) as client,
        pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        client.get("/_cluster/health")


def test_no_plain_http(node: Connection) -> None:
    with pytest.raises(httpx.TransportError):
        httpx.get(node.url.replace("https", "http"), trust_env=False, timeout=PATIENCE_S)


def is_turned_away(transport_port: int) -> bool:
    """Whether who has no certificate of our authority gets nowhere where nodes meet."""
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", transport_port), timeout=PATIENCE_S) as raw:
        try:
            with anybody.wrap_socket(raw) as talking:
                talking.sendall(b"ES\x00\x00\x00\x00")
                return not talking.recv(1)
        except (ssl.SSLError, ConnectionResetError):
            return True


def test_what_was_indexed_outlives_the_node(elasticsearch_parts: None) -> None:
    with new_home() as home:
        with running_node(home) as first:
            assert create(first.connection, "kept").json()["errors"] is False
            assert is_turned_away(first.member.transport_port)
        assert first.process.poll() is not None
        assert not is_healthy(first.connection)
        with running_node(home) as second:
            assert second.connection.users == first.connection.users, "passwords are made once"
            assert ask(second.connection, "reader", "GET", f"/{INDEX}/_doc/kept").status_code == 200
        for secret in ("passwords.json", "ca.key", "tls.key", "transport.key"):
            assert (home / secret).stat().st_mode & 0o777 == 0o600
        for closed in ("config", "data"):
            assert (home / "node" / closed).stat().st_mode & 0o777 == 0o700


def test_a_node_that_cannot_start_says_why(elasticsearch_parts: None) -> None:
    with new_home() as home:
        (home / "node").mkdir(parents=True)
        (home / "node" / "data").write_text("a file where the data folder should be")
        with pytest.raises(NodeUnavailable, match=r"cannot set up `.*home`: File exists"):
            start(home, Member(http_port=free_port(), transport_port=free_port()), now=NOW)


@pytest.mark.parametrize("taken", ["http", "transport"])
def test_a_port_that_is_taken_is_named(elasticsearch_parts: None, tmp_path: Path, taken: str) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        ports = {"http_port": free_port(), "transport_port": free_port(), f"{taken}_port": port}
        with pytest.raises(NodeUnavailable, match=f"port {port} is taken"):
            start(tmp_path / "home", Member(**ports), now=NOW)
    assert not (tmp_path / "home").exists(), "nothing is half-started"


def test_a_connection_does_not_show_its_passwords(node: Connection) -> None:
    assert not any(password in repr(node) for _, password in node.users.values())
    assert re.fullmatch(r"Connection\(urls=\('https://127\.0\.0\.1:\d+',\)\)", repr(node))
