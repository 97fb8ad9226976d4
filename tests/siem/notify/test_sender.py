"""Real servers on the other side: what arrives, and what is made of what they answer."""

import base64
import hmac
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot

from deploy.certificate import CertificateFiles, make_ca, make_certificate
from siem.notify.message import Text, key_of, text_of
from siem.notify.secret import Secret, WrongAddress
from siem.notify.sender import BOTS, Sender, trust
from tests.siem.notify.alerts import message
from tests.siem.notify.peers import Answer, Hook, Mailbox, hook, mailbox

TEXT = text_of([message()], "https://console.example.gov.cn", language="both", internal=False)
KEY = key_of([message()])
TOKEN = "c0ffee5ec4e7"
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CertificateFiles]:
    """An authority, and certificates of `localhost`: one by it, one by an authority that nobody knows."""
    known, unknown = tmp_path_factory.mktemp("known"), tmp_path_factory.mktemp("unknown")
    now = datetime.now(UTC)
    made = {}
    for name, folder in (("known", known), ("unknown", unknown)):
        made[f"{name} authority"] = make_ca(folder, now=now)
        made[name] = make_certificate(folder, made[f"{name} authority"], names=["localhost"], now=now)
    return made


@pytest.fixture(autouse=True)
def trusting(
    files: dict[str, CertificateFiles], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    """The known authority is trusted, and whatever is logged anywhere holds no token."""
    monkeypatch.setenv("SSL_CERT_FILE", "")
    caplog.set_level(logging.DEBUG)
    trust(str(files["known authority"].certificate))
    yield
    trust("")
    assert TOKEN not in caplog.text


@pytest.fixture(scope="module")
def secure(files: dict[str, CertificateFiles]) -> Iterator[Hook]:
    with hook(files["known"]) as made:
        yield made


@pytest.fixture
def webhook(secure: Hook) -> Hook:
    secure.posted.clear()
    secure.answer = lambda posted: Answer()
    return secure


def sender(address: str, **options: float) -> Sender:
    return Sender("oncall", Secret(address), clock=lambda: AT, **options)


def test_a_webhook_gets_the_text_and_the_key_and_the_status_is_the_proof(webhook: Hook) -> None:
    webhook.answer = lambda posted: Answer(204, b"")
    outcome = sender(webhook.address).send(TEXT, KEY)
    assert (outcome.delivered, outcome.result) == (True, "HTTP 204")
    (posted,) = webhook.posted
    assert posted.path == "/hook"
    assert posted.headers["Idempotency-Key"] == f'"{KEY}"'
    assert posted.json["title"] == TEXT.title
    assert posted.json["message"] == TEXT.body


@pytest.mark.parametrize(
    ("answer", "result", "refused", "retry_after_s"),
    [
        (Answer(500), "HTTP 500", False, None),
        (Answer(400), "HTTP 400", True, None),
        (Answer(413), "HTTP 413", True, None),
        (Answer(401), "HTTP 401", False, None),
        (Answer(429, headers={"Retry-After": "7"}), "HTTP 429", False, 7.0),
        (Answer(503, headers={"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}), "HTTP 503", False, None),
        (Answer(302, headers={"Location": "http://localhost:1/elsewhere"}), "HTTP 302", False, None),
    ],
    ids=["500", "400", "413", "401", "429", "503", "302"],
)
def test_what_a_webhook_does_not_take(
    webhook: Hook, answer: Answer, result: str, refused: bool, retry_after_s: float | None
) -> None:
    webhook.answer = lambda posted: answer
    outcome = sender(webhook.address).send(TEXT, KEY)
    assert (outcome.delivered, outcome.result) == (False, result)
    assert (outcome.refused, outcome.retry_after_s) == (refused, retry_after_s)
    assert len(webhook.posted) == 1, "nothing follows a redirection"


BOT: dict[str, tuple[Any, str, str, Callable[[Any], str]]] = {
    "wecombot": (NotifyWeComBot, f"wecombot://{TOKEN}", "errcode", lambda body: body["text"]["content"]),
    "dingtalk": (NotifyDingTalk, f"dingtalk://{TOKEN}", "errcode", lambda body: body["text"]["content"]),
    "feishu": (NotifyFeishu, f"feishu://{TOKEN}", "code", lambda body: body["content"]["text"]),
}


@pytest.mark.parametrize("kind", BOTS)
def test_a_bot_that_refuses_in_the_body_of_a_200_has_refused(
    webhook: Hook, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """WeCom and DingTalk answer so to a wrong key and to too many messages, and their plugins take it for a success."""
    plugin, address, name, text_in = BOT[kind]
    host = plugin.notify_url.split("/")[2]
    monkeypatch.setattr(plugin, "notify_url", plugin.notify_url.replace(f"https://{host}", webhook.url))
    webhook.answer = lambda posted: Answer(200, b'{"%s": 0, "errmsg": "ok"}' % name.encode())
    bot = sender(address)
    assert bot.kind == kind
    outcome = bot.send(TEXT, KEY)
    assert (outcome.delivered, outcome.result) == (True, "HTTP 200")
    (posted,) = webhook.posted
    assert TOKEN in posted.path
    told = text_in(posted.json)
    assert TEXT.title in told
    assert TEXT.body in told
    webhook.answer = lambda posted: Answer(200, b'{"%s": 45009, "errmsg": "limit"}' % name.encode())
    outcome = bot.send(TEXT, KEY)
    assert (outcome.delivered, outcome.result) == (False, "HTTP 200, code 45009")
    webhook.answer = lambda posted: Answer(200, b"<html>Sign in to use the network</html>")
    outcome = bot.send(TEXT, KEY)
    assert (outcome.delivered, outcome.result) == (False, "HTTP 200, no code")


def test_a_bot_of_feishu_gets_a_signature_where_its_secret_is_in_the_address(
    webhook: Hook, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    host = NotifyFeishu.notify_url.split("/")[2]
    monkeypatch.setattr(NotifyFeishu, "notify_url", NotifyFeishu.notify_url.replace(f"https://{host}", webhook.url))
    webhook.answer = lambda posted: Answer(200, b'{"code": 0}')
    assert sender(f"feishu://Ab%2F9secret@{TOKEN}").send(TEXT, KEY).delivered
    assert sender(f"feishu://{TOKEN}").send(TEXT, KEY).delivered
    first, second = (posted.json for posted in webhook.posted)
    stamp = "1795424400"
    by_hand = hmac.new(f"{stamp}\nAb/9secret".encode(), digestmod="sha256").digest()
    assert (first.pop("timestamp"), base64.b64decode(first.pop("sign"))) == (stamp, by_hand)
    assert first == second, "else it is as without a signature"
    assert "Ab/9secret" not in caplog.text


def test_who_cannot_be_trusted_is_told_nothing(files: dict[str, CertificateFiles]) -> None:
    with hook(files["unknown"]) as other:
        outcome = sender(other.address).send(TEXT, KEY)
    assert (outcome.delivered, outcome.result) == (False, "tls")
    assert other.posted == []


def test_who_is_not_there_is_unreachable_and_who_hangs_is_given_up(webhook: Hook) -> None:
    with hook() as gone:
        pass
    assert sender(gone.address).send(TEXT, KEY).result == "unreachable"
    go_on = threading.Event()
    webhook.answer = lambda posted: Answer(wait_for=go_on)
    assert sender(webhook.address + "?rto=0.2").send(TEXT, KEY).result == "timeout"
    assert sender(webhook.address + "?rto=30", limit_s=0.2).send(TEXT, KEY).result == "timeout"
    go_on.set()


def test_mail_arrives_over_tls_with_the_key(files: dict[str, CertificateFiles]) -> None:
    with mailbox(files["known"]) as mail:
        address = f"mailtos://localhost:{mail.port}?from=yingbi@example.gov.cn&to=oncall@example.gov.cn"
        outcome = sender(address).send(TEXT, KEY)
        assert (outcome.delivered, outcome.result) == (True, "SMTP 250")
        text = mail.text()
        assert TEXT.title in text
        assert "确认凭证是否被盗" in text
        assert KEY in mail.raw()
        assert mail.mails[0].rcpt_tos == ["oncall@example.gov.cn"]


@pytest.mark.parametrize(
    ("said", "result", "refused"),
    [("451 try later", "SMTP 451", False), ("554 no", "SMTP 554", True)],
    ids=["later", "never"],
)
def test_mail_that_is_not_taken_says_with_which_code(
    files: dict[str, CertificateFiles], said: str, result: str, refused: bool
) -> None:
    with mailbox(files["known"]) as mail:
        mail.answer = said
        address = f"mailtos://localhost:{mail.port}?from=yingbi@example.gov.cn&to=oncall@example.gov.cn"
        outcome = sender(address).send(TEXT, KEY)
    assert (outcome.delivered, outcome.result, outcome.refused) == (False, result, refused)


def test_a_mail_server_that_nobody_certified_gets_no_mail(files: dict[str, CertificateFiles]) -> None:
    with mailbox(files["unknown"]) as mail:
        address = f"mailtos://localhost:{mail.port}?from=yingbi@example.gov.cn&to=oncall@example.gov.cn"
        outcome = sender(address).send(TEXT, KEY)
        assert mail.mails == []
    assert (outcome.delivered, outcome.result) == (False, "tls")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (f"slack://{TOKEN}", "begins with one of these"),
        (f"syslog://{TOKEN}", "begins with one of these"),
        (TOKEN, "begins with one of these"),
        (f"https://example.gov.cn/{TOKEN}", "begins with one of these"),
        (f"wecombot://{TOKEN}!!", "not one as Apprise writes it"),
        (f"jsons://hooks.example.gov.cn/{TOKEN}?verify=no", "verify=no"),
        (f"json://hooks.example.gov.cn/{TOKEN}", "not encrypted"),
        (f"json://user:{TOKEN}@127.example.gov.cn/", "not encrypted"),
        (f"mailto://yingbi:{TOKEN}@example.gov.cn", "not encrypted"),
        (f"mailtos://yingbi:{TOKEN}@example.gov.cn?mode=insecure", "not encrypted"),
        (f"mailto://yingbi:{TOKEN}@localhost?smtp=mail.example.gov.cn", "not encrypted"),
    ],
)
def test_addresses_that_are_not_taken_and_of_which_nothing_is_said(address: str, said: str) -> None:
    with pytest.raises(WrongAddress, match=said) as refused:
        sender(address)
    assert TOKEN not in str(refused.value)
    assert TOKEN not in repr(Secret(address))


def test_the_address_that_wecom_shows_is_taken_as_it_is() -> None:
    shown = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={TOKEN}"
    assert sender(shown).kind == "wecombot"


def test_what_is_sent_in_the_open_stays_on_this_machine(tmp_path: Path) -> None:
    with hook() as here, mailbox() as mail:
        assert sender(here.address).send(Text(title="t", body="b"), KEY).delivered
        address = f"mailto://127.0.0.1:{mail.port}?from=yingbi@example.gov.cn&to=a@example.gov.cn"
        assert sender(address).send(Text(title="t", body="b"), KEY).delivered
        assert isinstance(mail, Mailbox)
