"""Webhooks of offices as they are registered: shown once, read by the process that tells them, and by nobody else."""

import msgspec
import pytest

from policies.keys.key_files import make_secret
from tests.console.browser import text_of
from tests.console.bureau import Bureau
from yingbi.subscribers.box import LINKS, HookBegun, HookEnded, identity_in, make_box_keys, taken
from yingbi.told import tell

URL = "https://office.example/in"
DECODER: msgspec.json.Decoder[HookBegun | HookEnded] = msgspec.json.Decoder(HookBegun | HookEnded)


@pytest.fixture
def keys(bureau: Bureau) -> None:
    bureau.home.keys.mkdir(parents=True, exist_ok=True)
    bureau.home.run.mkdir()
    make_secret(bureau.home.private_key(LINKS))
    make_box_keys(bureau.home)


@pytest.mark.usefixtures("keys")
def test_a_webhook_is_registered_and_its_secret_is_shown_once(bureau: Bureau) -> None:
    browser = bureau.browser("press")
    made = browser.submit(browser.get("/subscribers"), "hook", name="区应急局", url=URL)
    ((path, begun),) = taken(bureau.home.webhooks_asked, identity_in(bureau.home), DECODER)
    assert isinstance(begun, HookBegun)
    assert (begun.name, begun.url, begun.by) == ("区应急局", URL, "p-li")
    assert text_of(made.by_id("made")).strip() == begun.secret
    assert begun.secret not in browser.client.get("/subscribers").text
    assert URL.encode() not in path.read_bytes()


@pytest.mark.usefixtures("keys")
def test_what_it_has_taken_is_shown_and_it_is_ended_there(bureau: Bureau) -> None:
    proof = {"issue": "N-20261123-001.1", "at": "2026-11-23T10:00:00+08:00", "result": "HTTP 200", "attempts": 2}
    facts = {"id": "a" * 32, "name": "区应急局", "host": "office.example", "by": "p-li", "attempts": 0}
    hook = {**facts, "result": "HTTP 200", "proofs": [{**proof, "sha256": "ab12"}]}
    tell(bureau.home.told("subscribers"), {"mails": 12, "hooks": [hook], "told": {"N-20261123-001.1": 13}})
    shown = bureau.browser("auditor").get("/subscribers").text()
    assert "已确认 12 人" in shown
    assert "第 2 次，SHA-256 ab12" in shown
    assert "停止推送" not in shown
    officer = bureau.browser("officer")
    officer.submit(officer.get("/subscribers"), f"end-{'a' * 32}")
    ((_, ended),) = taken(bureau.home.webhooks_asked, identity_in(bureau.home), DECODER)
    assert ended == HookEnded(id="a" * 32, by="p-sun")


def test_what_cannot_be_posted_to_or_kept_is_handed_back(bureau: Bureau) -> None:
    for url, said in (("http://office.example/in", "不加密的只限本机"), (URL, "暂时无法登记")):
        press = bureau.browser("press")
        answer = press.submit(press.get("/subscribers"), "hook", name="x", url=url)
        assert (answer.status, said in answer.text()) == (422, True)
