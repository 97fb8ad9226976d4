"""Signed requests over real sockets: what was signed passes once, and nothing of the signature reaches the system."""

import contextlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from policies.keys.signing_key import signing_key
from tests.front import HTTP_1, VERSIONS, Answer, Front
from tests.gateway import CLERK_KEY
from tests.policies.compiled import GOOD
from tests.proxy.signing import CALLER, KEY_ID, SALT, Signing
from tests.rig import Rig, rigged
from tests.scripted import answering

ANSWER = answering(b'{"items":[]}')
EDIT = b'{"mobile":"13900139000"}'


@contextlib.contextmanager
def signed_rig(home: Path, workers: int = 1) -> Iterator[Rig]:
    """One whose system takes signed requests, API keys and tokens."""
    policies = home / "signed"
    shutil.copytree(GOOD, policies)
    people, callers = policies / "systems" / "people.yaml", policies / "callers.yaml"
    people.write_text(people.read_text("utf-8").replace("identity:\n", "identity:\n  signed_requests: true\n"), "utf-8")
    lines = callers.read_text("utf-8").splitlines()
    at = lines.index("    keys:")
    lines[at + 1 : at + 1] = [f"      - id: {KEY_ID}", f'        hmac: "{SALT}"', "        until: 2027-06-30"]
    callers.write_text("\n".join(lines) + "\n", "utf-8")
    with rigged(home / "home", policies=policies, tls=True, workers=workers) as made:
        yield made


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with signed_rig(tmp_path_factory.mktemp("gateway"), workers=2) as made:
        yield made


@pytest.fixture(params=VERSIONS)
def front(rig: Rig, request: pytest.FixtureRequest) -> Front:
    return Front(rig, request.param)


def signing(front: Front, **more: Any) -> Signing:
    secret = (front.rig.gateway.home / "keys" / "fields.key").read_bytes()
    return Signing(key=signing_key(secret, CALLER, KEY_ID, SALT), **more)


def sent(front: Front, signed: Signing, **altered: Any) -> Answer:
    usual = {"target": signed.target, "method": signed.method, "headers": signed.headers, "body": signed.body}
    return front.ask(ANSWER, **usual | altered)


def test_a_signed_request_is_its_callers_and_shows_the_system_nothing_of_the_signature(front: Front) -> None:
    answer = sent(front, signing(front, target="/people?page=1"))
    assert (answer.status, answer.body) == (200, b'{"items":[]}')
    (asked,) = front.rig.behind.asked
    assert asked.headers.keys().isdisjoint({"signature", "signature-input", "content-digest", "authorization"})
    event = front.rig.gateway.events()[-1]
    assert event["user"]["id"] == CALLER
    assert f"key:{KEY_ID}" in json.dumps(event)


def test_the_same_request_passes_once_whichever_worker_it_comes_to(front: Front) -> None:
    signed = signing(front)
    assert sent(front, signed).status == 200
    for _ in range(12):  # each on a connection of its own, which either worker may take
        answer = sent(front, signed)
        assert (answer.status, answer.reason) == (401, "request_replayed")
        assert "www-authenticate" in answer.headers
        assert front.rig.behind.asked == []


def test_a_request_is_spent_even_where_it_was_refused(front: Front) -> None:
    signed = signing(front, target="/people?unheard=of")
    assert sent(front, signed).reason == "parameter_not_declared"
    assert sent(front, signed).reason == "request_replayed"


def test_a_request_that_was_taken_before_a_crash_is_not_taken_after_it(tmp_path: Path) -> None:
    with signed_rig(tmp_path) as rig:
        front = Front(rig, HTTP_1)
        signed = signing(front)
        assert sent(front, signed).status == 200
        rig.gateway.workers[0].kill()
        rig.gateway.workers[0].wait()
        rig.gateway.start_worker()
        assert sent(front, signed).reason == "request_replayed"
        assert sent(front, signing(front)).status == 200


REFUSED: dict[str, dict[str, Any]] = {
    "another target": {"target": "/people?page=2"},
    "another method": {"method": "PUT"},
    "a body that was not signed": {"body": EDIT},
    "a key as well": {"headers": (("x-api-key", CLERK_KEY),)},
    "a bad token as well": {"headers": (("authorization", "Bearer x"),)},
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_was_not_signed_does_not_pass_and_nobody_is_taken_for_anonymous(front: Front, case: str) -> None:
    altered = dict(REFUSED[case])
    signed = signing(front, target="/people?page=1")
    altered["headers"] = (*signed.headers, *altered.get("headers", ()))
    answer = sent(front, signed, **altered)
    assert (answer.status, answer.reason) == (401, "bad_credential")
    assert front.rig.behind.asked == []


@pytest.mark.parametrize("late_s", [-120, 120])
def test_a_clock_that_is_off_by_more_than_a_minute_signs_nothing(front: Front, late_s: int) -> None:
    signed = signing(front)
    answer = sent(front, signing(front, created=(signed.created or 0) + late_s))
    assert (answer.status, answer.reason) == (401, "bad_credential")
    assert front.rig.behind.asked == []
