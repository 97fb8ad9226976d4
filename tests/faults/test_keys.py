"""Keys that change or tear under two workers that serve, and what their callers notice of it."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from proxy.keys_in_force import ring_path
from tests.gateway import wait_until
from tests.rig import ID_NO, Rig, reads, rigged
from tests.scripted import Asked, Connection, answering
from yingbi.home import Home
from yingbi.keys.handling import KeyStore

OTHER = "110101199003077512"
ENOUGH = 24
"""Requests after which both workers have been asked, but for a chance of one in ten million."""


def behind(connection: Connection, asked: Asked) -> None:
    """Sets a cookie, and tells whether it was brought back."""
    told = int(asked.headers.get("cookie") == "sessionid=abc")
    cookie = "Set-Cookie: sessionid=abc; Path=/"
    answering(b'{"total": %d}' % told, "application/json", "200 OK", cookie)(connection, asked)


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with rigged(tmp_path_factory.mktemp("gateway"), workers=2) as made:
        made.behind.script = behind
        yield made


@pytest.fixture
def rig(serving: Rig) -> Rig:
    wait_until(lambda: reads(serving.ask())[0] == 200, 5)
    return serving


def store_of(rig: Rig) -> KeyStore:
    return KeyStore(Home(rig.gateway.home), lambda: datetime.now(UTC))


def session(rig: Rig) -> str:
    """A cookie, as a browser keeps it."""
    return reads(rig.ask())[1]["set-cookie"].partition(";")[0]


def key_of(cookie: str) -> str:
    return cookie.split(".")[1]


def reaches(rig: Rig, cookie: str) -> bool:
    """Whether the system behind is told what *cookie* holds."""
    status, _, body = reads(rig.ask(headers=f"Cookie: {cookie}\r\n"))
    assert status == 200
    return bool(json.loads(body)["total"])


def test_a_rotation_is_used_by_all_workers_in_a_moment_and_nobody_notices(rig: Rig) -> None:
    old, stop, answers = session(rig), threading.Event(), []

    def load() -> None:
        while not stop.is_set():
            answers.append(reaches(rig, old))

    loading = threading.Thread(target=load)
    loading.start()
    wait_until(lambda: len(answers) > ENOUGH, 10)
    ((_, key),) = store_of(rig).rotate(["people"])
    wait_until(lambda: {key_of(session(rig)) for _ in range(ENOUGH)} == {key}, 5)
    asked = len(answers)
    wait_until(lambda: len(answers) > asked + ENOUGH, 10)
    stop.set()
    loading.join()
    assert all(answers), "what was sealed before the rotation opens before, during and after it"
    assert not any("keyring_refused" in rig.gateway.said(number) for number in (0, 1))


def test_a_revoked_key_opens_nothing_at_any_worker(rig: Rig) -> None:
    cookie = session(rig)
    assert reaches(rig, cookie)
    current = store_of(rig).revoke("people", key_of(cookie), "遗失")
    wait_until(lambda: {key_of(session(rig)) for _ in range(ENOUGH)} == {current}, 5)
    assert not any(reaches(rig, cookie) for _ in range(ENOUGH))
    assert reaches(rig, session(rig))


def test_a_new_root_key_changes_nothing_for_callers(rig: Rig) -> None:
    cookie = session(rig)
    store_of(rig).rotate_root()
    assert all(reaches(rig, cookie) for _ in range(ENOUGH))
    ((_, key),) = store_of(rig).rotate(["people"])
    wait_until(lambda: {key_of(session(rig)) for _ in range(ENOUGH)} == {key}, 5)
    assert reaches(rig, cookie)


def test_a_torn_keyring_changes_nothing_until_a_worker_starts(rig: Rig) -> None:
    cookie, path = session(rig), ring_path(rig.gateway.home / "keys", "people")
    whole, said = path.read_bytes(), rig.gateway.said().count("keyring_refused")
    path.write_bytes(whole[: len(whole) // 2])
    wait_until(lambda: rig.gateway.said().count("keyring_refused") > said, 5)
    assert all(reaches(rig, cookie) for _ in range(ENOUGH))
    worker = rig.gateway.start_worker()
    wait_until(lambda: {reads(rig.ask())[0] for _ in range(ENOUGH)} == {200, 503}, 10)
    refused = next(answer for answer in (reads(rig.ask()) for _ in iter(int, 1)) if answer[0] == 503)
    assert json.loads(refused[2])["reason"] == "keys_missing"
    path.write_bytes(whole)
    wait_until(lambda: all(reads(rig.ask())[0] == 200 for _ in range(ENOUGH)), 10)
    worker.terminate()
    worker.wait(60)


def test_a_new_digest_key_is_counted_by_and_the_old_one_written_beside_it(rig: Rig) -> None:
    """Begun under load: each event names its subjects by one key, and for a month by the one before as well."""
    rig.behind.script = answering(json.dumps({"total": 1, "items": [{"id_no": ID_NO}, {"id_no": OTHER}]}).encode())
    assert reads(rig.ask())[0] == 200
    store_of(rig).begin_epoch("遗失")
    wait_until(lambda: both(rig), 10)
    events = [event for event in told(rig) if "subjects" in event]
    old, new = events[0], events[-1]
    assert [subject.partition(":")[0] for subject in (*old["subjects"], *new["subjects"])] == ["1", "1", "2", "2"]
    assert "former_subjects" not in old
    assert new["former_subjects"] == old["subjects"], "who was there before is found again"
    assert new["subject_count"] == 2
    for event in events:
        assert len({subject.partition(":")[0] for subject in event["subjects"]}) == 1
    rig.behind.script = behind


def both(rig: Rig) -> bool:
    assert reads(rig.ask())[0] == 200
    return "former_subjects" in told(rig)[-1]


def told(rig: Rig) -> list[dict[str, Any]]:
    """What is ours in the events of both workers, in the order of their times."""
    return [event["yingbi"] for event in sorted(rig.gateway.events(), key=lambda event: event["@timestamp"])]


def test_the_keys_of_a_worker_are_in_no_file_and_no_line_that_it_wrote(rig: Rig) -> None:
    keys = list(store_of(rig).data_keys("people", with_revoked=True))
    secrets = [path.read_bytes() for path in (rig.gateway.home / "keys").glob("*.key")]
    secrets += [key._secret for key in keys]
    written = [path.read_bytes() for path in rig.gateway.home.rglob("*") if path.is_file() and "keys" not in path.parts]
    assert len(written) > 8
    for secret in secrets:
        assert not any(secret in data or secret.hex().encode() in data for data in written)
