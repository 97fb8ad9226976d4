"""Certificates of callers: nobody gets by without a good one, with another's, or with one that was revoked since."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from h2.events import ConnectionTerminated, ResponseReceived

from deploy.certificate import make_certificate
from tests.certificates import DAY, Files, answer_on, ask, authority, connect, context_of, issue, request
from tests.gateway import GOOD, Gateway, declare, gateway, wait_until
from tests.http2 import Caller
from tests.rig import ID_NO, MOBILE, NAME, reads, shows_nothing
from tests.scripted import Scripted, answering, scripted

ANSWER = f'{{"items": [{{"name": "{NAME}", "mobile": "{MOBILE}", "id_no": "{ID_NO}"}}]}}'.encode()
KEYS = """\
      - id: C-7
        certificate: uri:urn:example:window-7
        authority: halls
        until: 2027-06-30
      - id: C-8
        certificate: dns:window-8.example
        authority: halls
        until: 2027-06-30
      - id: C-9
        certificate: uri:urn:example:window-9
        authority: halls
        until: 2026-06-30
"""
WINDOW = "uri:urn:example:window-7"


@dataclass
class Hall:
    """A gateway whose system `people` takes certificates, and whose system `other` takes none."""

    running: Gateway
    behind: Scripted
    root: Path
    """Of the authorities."""

    def issue(self, name: str = WINDOW, by: str = "halls", **more: timedelta) -> Files:
        return issue(authority(self.root, by, **more), name, self.root.parent / "certificates")

    def reasons(self) -> list[str]:
        """Why something was withheld, by the events."""
        return [event["event"].get("reason", "") for event in self.running.events()]


def write_policies(folder: Path, certificates: str) -> None:
    declare(folder, GOOD)
    people = (folder / "systems" / "people.yaml").read_text("utf-8")
    (folder / "systems" / "other.yaml").write_text(
        people.replace("system: people", "system: other").replace("people.localhost", "other.localhost"), "utf-8"
    )
    taking = f"identity:\n  certificates: {certificates}\n" if certificates else "identity:\n"
    (folder / "systems" / "people.yaml").write_text(people.replace("identity:\n", taking, 1), "utf-8")
    callers = folder / "callers.yaml"
    callers.write_text(callers.read_text("utf-8") + KEYS, "utf-8")


@contextmanager
def hall(home: Path, certificates: str = "{authority: halls}") -> Iterator[Hall]:
    policies, root = home / "written", home / "authorities"
    write_policies(policies, certificates)
    authority(root)
    with (
        scripted(answering(ANSWER)) as behind,
        gateway(
            home / "gateway",
            {"people": behind.port, "other": behind.port},
            policies=policies,
            tls=True,
            authorities=str(root),
        ) as running,
    ):
        yield Hall(running, behind, root)


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with hall(tmp_path_factory.mktemp("strict")) as made:
        yield made


@pytest.fixture(scope="module")
def lenient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with hall(tmp_path_factory.mktemp("lenient"), "{authority: halls, required: false}") as made:
        yield made


def told(answer: bytes) -> str:
    """Why nothing is shown in *answer*; `shown` where something is."""
    assert answer, "the connection ended"
    _, headers, body = reads(answer)
    if headers["content-type"] == "application/json":
        return "shown"
    return body.decode("utf-8").partition('"reason": "')[2].partition('"')[0] or body.decode()


@pytest.mark.parametrize("name", [WINDOW, "dns:window-8.example"])
def test_who_has_a_certificate_is_who_he_is(strict: Hall, name: str) -> None:
    answer = ask(strict.running, strict.issue(name))
    assert NAME.encode() in answer, "a clerk's view"
    event = strict.running.events()[-1]
    assert event["user"]["id"] == "window-7"
    assert event["yingbi"]["credential"] in ("key:C-7", "key:C-8")


def strangers(made: Hall) -> dict[str, Files | None]:
    """Certificates that are not good, each in one way."""
    now, folder = datetime.now(UTC), made.root.parent / "certificates"
    revoked = made.issue()
    authority(made.root).revoke(revoked.serial)
    server = make_certificate(
        folder / "server",
        authority(made.root)._files,
        names=["window-8.example"],
        now=now,
    )
    return {
        "none": None,
        "from another authority": made.issue(by="strangers"),
        "that has ended": made.issue(ago=3 * DAY),
        "that was revoked": revoked,
        "of a server": Files(server.certificate, server.key, ""),
    }


CASES = ["none", "from another authority", "that has ended", "that was revoked", "of a server"]


@pytest.mark.parametrize("case", CASES)
def test_without_a_good_certificate_there_is_no_connection(strict: Hall, case: str) -> None:
    files = strangers(strict)[case]
    wait_until(lambda: not ask(strict.running, files), 5)
    strict.behind.asked.clear()
    before = strict.reasons().count("certificate_refused")
    assert ask(strict.running, files) == b""
    assert not strict.behind.asked
    wait_until(lambda: strict.reasons().count("certificate_refused") > before, 5)


@pytest.mark.parametrize("case", CASES[1:])
def test_a_bad_certificate_is_never_taken_for_none(lenient: Hall, case: str) -> None:
    files = strangers(lenient)[case]
    wait_until(lambda: not ask(lenient.running, files), 5)
    assert ask(lenient.running, files) == b""


def test_where_none_is_required_nobody_is_a_caller_too(lenient: Hall) -> None:
    answer = ask(lenient.running)
    assert told(answer) == "shown"
    assert shows_nothing(answer)
    assert NAME.encode() in ask(lenient.running, lenient.issue())


@pytest.mark.parametrize("name", ["uri:urn:example:window-70", "uri:urn:example:Window-7", "uri:urn:example:window-9"])
def test_a_certificate_of_somebody_unknown_is_refused(strict: Hall, name: str) -> None:
    """Also where it is spelled otherwise, and where the policy says that it has ended."""
    answer = ask(strict.running, strict.issue(name))
    assert told(answer) == "certificate_refused"
    assert b"connection: close" in answer.lower()
    assert shows_nothing(answer)


@pytest.mark.parametrize("sni", ["other.localhost", "localhost", "PEOPLE.localhost.evil", None])
def test_a_connection_for_one_host_does_not_reach_another(strict: Hall, sni: str | None) -> None:
    """Else who connects for a host that asks for no certificate would need none anywhere."""
    strict.behind.asked.clear()
    for path in ("/people", "/.yingbi/sign-in", "/.yingbi/reveal"):
        for files in (None, strict.issue()):
            with connect(strict.running, context_of(strict.running, files), sni) as connection:
                answer = answer_on(connection, request("people.localhost").replace(b"/people ", path.encode() + b" "))
            assert answer.startswith(b"HTTP/1.1 421 "), answer
            assert told(answer) == "misdirected"
            assert shows_nothing(answer)
    assert not strict.behind.asked


def test_nor_does_it_over_http2(strict: Hall) -> None:
    context = context_of(strict.running, None, "h2")
    with connect(strict.running, context, "other.localhost") as connection:
        caller = Caller(connection)
        caller.speaking.initiate_connection()
        head = {":method": "GET", ":scheme": "https", ":path": "/people"}
        caller.ask(1, head | {":authority": "other.localhost"})
        assert _status(caller) == b"200"
        caller.ask(3, head | {":authority": "people.localhost"})
        assert _status(caller) == b"421"
        caller.ask(5, head | {":authority": "other.localhost"}, ("host", "people.localhost"))
        assert _status(caller) in (b"", b"421")


def _status(caller: Caller) -> bytes:
    event = caller.hear(ResponseReceived, ConnectionTerminated)
    return dict(event.headers)[b":status"] if isinstance(event, ResponseReceived) else b""


def test_the_host_in_any_spelling_asks_for_the_certificate(strict: Hall) -> None:
    for sni in ("PEOPLE.localhost", "people.LOCALHOST"):
        assert ask(strict.running, sni=sni) == b""
        assert told(ask(strict.running, strict.issue(), sni=sni)) == "shown"


def test_a_certificate_beside_another_credential_is_refused(strict: Hall, lenient: Hall) -> None:
    key = "X-API-Key: ybk_terminal-at-window-seven\r\n"
    for made in (strict, lenient):
        assert told(ask(made.running, made.issue(), more=key)) == "bad_credential"
    assert told(ask(lenient.running, more=key)) == "shown"


def test_a_certificate_counts_nowhere_where_none_is_taken(strict: Hall) -> None:
    """The connection is not asked for one, and what a caller would show says nothing."""
    answer = ask(strict.running, strict.issue(), sni="other.localhost", host="other.localhost")
    assert told(answer) == "shown"
    assert shows_nothing(answer)


def test_one_that_is_revoked_ends_on_the_connection_that_it_has_opened(tmp_path: Path) -> None:
    with hall(tmp_path) as made:
        files, other = made.issue(), made.issue()
        with (
            connect(made.running, context_of(made.running, files), "people.localhost") as kept,
            connect(made.running, context_of(made.running, other), "people.localhost") as others,
        ):
            assert told(answer_on(kept, request("people.localhost"))) == "shown"
            assert told(answer_on(others, request("people.localhost"))) == "shown"
            authority(made.root).revoke(files.serial)
            wait_until(lambda: not ask(made.running, files), 5)
            assert told(answer_on(kept, request("people.localhost"))) == "certificate_refused"
            assert kept.recv(1) == b"", "it is closed"
            assert told(answer_on(others, request("people.localhost"))) == "shown"


def _ended(list_file: Path, made: Hall) -> None:
    old = authority(made.root, ago=40 * DAY)
    list_file.unlink()
    old._issue_list({}, 2)


LISTS: dict[str, Callable[[Path, Hall], object]] = {
    "that has ended": _ended,
    "that is gone": lambda path, made: path.unlink(),
    "that is cut": lambda path, made: path.write_bytes(path.read_bytes()[:-20]),
    "of another authority": lambda path, made: path.write_bytes(
        (authority(made.root, "strangers").folder / "crl.pem").read_bytes()
    ),
}


@pytest.mark.parametrize("case", LISTS)
def test_without_a_current_list_nobody_is_let_in(tmp_path: Path, case: str) -> None:
    with hall(tmp_path) as made:
        files, path = made.issue(), made.root / "halls" / "crl.pem"
        whole = path.read_bytes()
        with connect(made.running, context_of(made.running, files), "people.localhost") as kept:
            assert told(answer_on(kept, request("people.localhost"))) == "shown"
            LISTS[case](path, made)
            wait_until(lambda: not ask(made.running, files), 5)
            assert told(answer_on(kept, request("people.localhost"))) == "certificate_refused"
        path.write_bytes(whole)
        wait_until(lambda: bool(ask(made.running, files)), 5)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_who_resumes_a_connection_shows_his_certificate_again(strict: Hall, version: ssl.TLSVersion) -> None:
    context = context_of(strict.running, strict.issue())
    context.minimum_version = context.maximum_version = version
    with connect(strict.running, context, "people.localhost") as connection:
        assert told(answer_on(connection, request("people.localhost"))) == "shown"
        session = connection.session
    if session is not None:
        with connect(strict.running, context, "people.localhost", session) as again:
            assert told(answer_on(again, request("people.localhost"))) == "shown"
            assert not again.session_reused


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_session_of_another_host_opens_no_door(strict: Hall, version: ssl.TLSVersion) -> None:
    """One that was begun without a certificate is not resumed where one is needed."""
    context = context_of(strict.running, None)
    context.minimum_version = context.maximum_version = version
    with connect(strict.running, context, "other.localhost") as connection:
        assert told(answer_on(connection, request("other.localhost"))) == "shown"
        session = connection.session
    assert session is not None
    with connect(strict.running, context, "other.localhost", session) as again:
        assert again.session_reused, "there it is"
    try:
        with connect(strict.running, context, "people.localhost", session) as again:
            assert answer_on(again, request("people.localhost")) == b""
    except OSError:
        pass


def test_a_connection_that_was_open_before_the_policy_asked_is_of_no_use(tmp_path: Path) -> None:
    with hall(tmp_path, "") as made:
        system = made.running.home / "policies" / "systems" / "people.yaml"
        with connect(made.running, context_of(made.running, None), "people.localhost") as kept:
            assert told(answer_on(kept, request("people.localhost"))) == "shown"
            text = system.read_text("utf-8")
            system.write_text(
                text.replace("identity:\n", "identity:\n  certificates: {authority: halls}\n", 1), "utf-8"
            )
            made.running.publish()
            wait_until(lambda: not ask(made.running), 5)
            assert told(answer_on(kept, request("people.localhost"))) == "misdirected"
