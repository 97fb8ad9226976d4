"""Signed webhooks against real servers: what proves that it was us, what is refused, what is waited for."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.certificate import make_ca, make_certificate
from siem.notify.hook_address import check_url, new_secret
from siem.notify.secret import Secret, WrongAddress
from siem.notify.sender import trust
from siem.notify.webhook import Webhook, signature_of
from tests.siem.notify.peers import Answer, Hook, hook

BODY, KEY, AT = b'{"type":"notice.published"}', "N-20261123-001.1", 1_795_000_000


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hook]:
    folder, now = tmp_path_factory.mktemp("hook"), datetime.now(UTC)
    authority = make_ca(folder, now=now)
    trust(str(authority.certificate))
    with hook(make_certificate(folder, authority, names=["localhost"], now=now)) as made:
        yield made
    trust("")


def test_who_has_the_secret_can_tell_that_it_was_us(secure: Hook) -> None:
    secret = new_secret()
    outcome = Webhook(Secret(f"{secure.url}/in"), Secret(secret)).post(BODY, KEY, AT)
    assert (outcome.delivered, outcome.result) == (True, "HTTP 200")
    posted = secure.posted[-1]
    assert posted.body == BODY
    shared = base64.b64decode(secret.removeprefix("whsec_"))
    expected = hmac.new(shared, f"{KEY}.{AT}.".encode() + BODY, hashlib.sha256).digest()
    headers = {name.lower(): value for name, value in posted.headers.items()}
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(expected).decode()}"
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == (KEY, str(AT))
    assert secret not in secure.everything.decode()


def test_the_signature_is_that_of_the_standard() -> None:
    """The example of the Standard Webhooks specification."""
    body = b'{"test": 2432232314}'
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    made = signature_of(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("status", "headers", "delivered", "refused", "wait_s"),
    [
        (204, {}, True, False, None),
        (302, {"Location": "https://elsewhere.example/"}, False, False, None),
        (400, {}, False, True, None),
        (404, {}, False, False, None),
        (429, {"Retry-After": "7"}, False, False, 7.0),
        (503, {}, False, False, None),
    ],
)
def test_the_status_decides(
    secure: Hook, status: int, headers: dict[str, str], delivered: bool, refused: bool, wait_s: float | None
) -> None:
    before = len(secure.posted)
    secure.answer = lambda posted: Answer(status, b"", headers)
    found = Webhook(Secret(f"{secure.url}/in"), Secret(new_secret())).post(BODY, KEY, AT)
    secure.answer = lambda posted: Answer()
    assert (found.delivered, found.refused, found.retry_after_s) == (delivered, refused, wait_s)
    assert len(secure.posted) == before + 1, "a redirection is followed by nobody"


def test_whom_nobody_vouches_for_is_told_nothing(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    stranger = make_certificate(tmp_path, make_ca(tmp_path, now=now), names=["localhost"], now=now)
    with hook(stranger) as made:
        found = Webhook(Secret(f"{made.url}/in"), Secret(new_secret())).post(BODY, KEY, AT)
    assert (found.delivered, found.result, made.posted) == (False, "tls", [])


@pytest.mark.parametrize(
    "url",
    ["http://office.example/in", "ftp://office.example", "https://", "https://u:p@office.example", "https://a b", "x"],
)
def test_an_address_that_cannot_be_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(WrongAddress) as why:
        check_url(url)
    assert "office" not in str(why.value)
