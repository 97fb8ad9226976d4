"""From the form to the mail and back, with a real site, a real mail server and a real webhook over TLS."""

import json
import logging
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_string
from pathlib import Path

import httpx
import pytest

from deploy.certificate import CertificateFiles, make_ca, make_certificate
from incident.drill import MARK
from incident.notice import PublishedNotice, publish
from policies.keys.key_files import make_secret
from siem.notify.hook_address import new_secret
from siem.notify.secret import Secret, WrongAddress
from siem.notify.sender import trust
from siem.notify.webhook import signature_of
from tests.bulletin.conftest import served
from tests.bulletin.shelves import SITE, content, notice, withdrawn
from tests.incident.office import TEN, Watch, zh
from tests.siem.notify.peers import Answer, Hook, Mailbox, hook, mailbox
from yingbi.home import Home
from yingbi.notices.key import NoticeSigner, publish_key
from yingbi.subscribers.box import BoxCounter, HookBegun, HookEnded, leave
from yingbi.subscribers.records import CONFIRM_WITHIN
from yingbi.subscribers.tell import SubscriberTeller, to_one

ADDRESS, OTHER = "wang.fang@mail.example", "li@mail.example"
URL = re.compile(r"https://notices\.yingbi\.example(/\S+)")
HOOK_ID = "0" * 32
OTHERS = ("mail.log", "asyncio", "httpx", "httpcore", "apprise")
"""Those on the other side, who may know; what Apprise says goes nowhere (`tests/siem/notify/test_sender.py`)."""


@dataclass
class Town:
    """An installation that publishes, its site, and the others."""

    home: Home
    site: httpx.Client
    mails: Mailbox
    hook: Hook
    watch: Watch = field(default_factory=lambda: Watch(TEN))

    def __post_init__(self) -> None:
        self.teller = self.new_teller()

    def new_teller(self) -> SubscriberTeller:
        server = Secret(f"mailto://127.0.0.1:{self.mails.port}?from=notices@yingbi.example&mode=insecure")
        return SubscriberTeller(self.home, SITE, lambda: server, self.watch, chance=lambda: 0.0)

    def steps(self) -> None:
        while self.teller.step():
            pass

    def publish(self, told: PublishedNotice) -> None:
        publish(self.home.notices, told, NoticeSigner(self.home).signatures_of(told))

    def link(self, number: int = -1, path: str = "/") -> str:
        found: list[str] = URL.findall(self.mails.text(number))
        return next(each for each in found if each.startswith(path))

    def subscribe(self, address: str = ADDRESS) -> None:
        assert self.site.post("/subscribe", data={"address": address}).status_code == 200
        self.steps()
        assert self.site.post(self.link(path="/subscribe/confirm")).status_code == 200
        self.steps()
        self.mails.mails.clear()

    def register(self) -> str:
        secret = new_secret()
        begun = HookBegun(id=HOOK_ID, name="区应急局", url=f"{self.hook.url}/in", secret=secret, by="p-li")
        leave(self.home, self.home.webhooks_asked, begun)
        self.teller.step()
        return secret


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CertificateFiles]:
    folder, now = tmp_path_factory.mktemp("hook"), datetime.now(UTC)
    authority = make_ca(folder, now=now)
    trust(str(authority.certificate))
    yield make_certificate(folder, authority, names=["localhost"], now=now)
    trust("")


@pytest.fixture
def town(tmp_path: Path, certificate: CertificateFiles, caplog: pytest.LogCaptureFixture) -> Iterator[Town]:
    caplog.set_level(logging.DEBUG)
    home = Home(tmp_path)
    home.notices.mkdir()
    make_secret(home.private_key("notices"))
    publish_key(home)
    watch = Watch(TEN)
    with ExitStack() as stack:
        counter = BoxCounter(home, watch)
        site = stack.enter_context(served(home.notices, replace(SITE, subscribes=True), counter))
        mails, taking = stack.enter_context(mailbox()), stack.enter_context(hook(certificate))
        yield Town(home, site, mails, taking, watch)
    ours = [each for each in caplog.get_records("call") if not each.name.startswith(OTHERS)]
    said = " ".join(each.getMessage() for each in ours)
    everywhere = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    names = " ".join(path.name for path in tmp_path.rglob("*"))
    for value in (ADDRESS, OTHER, ADDRESS.partition("@")[0]):
        assert value.encode() not in everywhere, "an address lies nowhere in clear"
        assert value not in said
        assert value not in names


def later(told: PublishedNotice, at: datetime) -> PublishedNotice:
    return replace(told, versions=tuple(replace(each, at=at) for each in told.versions))


def test_who_confirms_is_told_of_what_comes_and_leaves_by_one_click(town: Town) -> None:
    town.publish(notice(1))
    town.site.post("/subscribe", data={"address": ADDRESS})
    town.steps()
    assert town.mails.mails[-1].rcpt_tos == [ADDRESS]
    link = town.link(path="/subscribe/confirm")
    assert "确认订阅" in town.site.get(link).text
    town.steps()
    assert town.teller.facts()["mails"] == 0, "a program that follows the link confirms nothing"
    town.watch.move(minutes=5)
    assert "已确认订阅" in town.site.post(link).text
    town.steps()
    assert len(town.mails.mails) == 1, "what was published before is told of by nobody"
    town.publish(later(notice(2), town.watch()))
    town.steps()
    town.teller = town.new_teller()
    town.steps()
    assert len(town.mails.mails) == 2, "once, also after a restart"
    assert "1,234" in town.mails.text()
    assert f"{SITE.base_url}/notices/N-20261123-002" in town.mails.text()
    mail = message_from_string(town.mails.raw())
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    there = re.sub(r"\s", "", mail["List-Unsubscribe"]).strip("<>").removeprefix(SITE.base_url)
    assert there.startswith("/unsubscribe?token=")
    assert "退订" in town.site.get(there).text
    assert town.site.post(there, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    town.steps()
    assert list(town.home.subscribers.iterdir()) == [], "nothing is left of who leaves"
    town.publish(later(notice(3), town.watch()))
    town.steps()
    assert len(town.mails.mails) == 2
    assert town.site.post(link).status_code == 200
    town.steps()
    assert town.teller.facts()["mails"] == 0, "an old confirmation brings nobody back"


def test_a_correction_and_a_withdrawal_are_told_to_who_was_told(town: Town) -> None:
    town.subscribe()
    first = later(notice(1), town.watch())
    town.publish(first)
    town.steps()
    town.watch.move(minutes=1)
    second = notice(1, content(), content(change=zh("人数有误")))
    corrected = replace(first, versions=(first.versions[0], replace(second.versions[1], at=town.watch())))
    town.publish(corrected)
    town.steps()
    assert "【更新】" in town.mails.text()
    assert "人数有误" in town.mails.text()
    town.watch.move(minutes=1)
    town.subscribe(OTHER)
    town.watch.move(minutes=1)
    gone = withdrawn(corrected)
    town.publish(gone)
    town.steps()
    assert [mail.rcpt_tos for mail in town.mails.mails] == [[ADDRESS]], "of whom nobody knows a notice, no withdrawal"
    assert "【撤回】" in town.mails.text()
    assert "1,234" not in town.mails.text()


def test_nobody_learns_who_is_told_and_no_stranger_is_mailed_twice(town: Town) -> None:
    town.subscribe()
    known = town.site.post("/subscribe", data={"address": ADDRESS})
    unknown = town.site.post("/subscribe", data={"address": OTHER})
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    for _ in range(3):
        town.site.post("/subscribe", data={"address": OTHER.upper()})
    town.steps()
    assert [mail.rcpt_tos for mail in town.mails.mails] == [[OTHER]], "one mail a day, however often it is asked for"
    town.watch.move(hours=CONFIRM_WITHIN // timedelta(hours=1) + 1)
    assert town.site.post(town.link(path="/subscribe/confirm")).status_code == 410
    town.steps()
    assert town.teller.facts()["unconfirmed"] == 0, "who does not confirm is forgotten"


def test_a_token_is_good_for_what_it_is_and_for_nothing_else(town: Town) -> None:
    town.site.post("/subscribe", data={"address": ADDRESS})
    town.steps()
    token = town.link(path="/subscribe/confirm").partition("token=")[2]
    for bad in (token[:-2] + "AA", token + "AAAA", "", "x" * 600, "é"):
        assert town.site.post("/subscribe/confirm", params={"token": bad}).status_code == 410, bad
    assert town.site.post("/unsubscribe", params={"token": token}).status_code == 410
    assert not town.home.subscriptions_asked.exists() or not list(town.home.subscriptions_asked.iterdir())


def test_an_office_is_told_with_a_signature_and_again_until_it_takes_it(town: Town) -> None:
    secret = town.register()
    town.hook.answer = lambda posted: Answer(503)
    town.publish(later(notice(1), town.watch()))
    town.steps()
    assert len(town.hook.posted) == 1, "it waits after a failure"
    assert town.teller.facts()["sent_at"] is None
    town.hook.answer = lambda posted: Answer(200)
    town.watch.move(seconds=6)
    town.teller = town.new_teller()
    town.steps()
    first, second = town.hook.posted
    assert first.body == second.body
    headers = {name.lower(): value for name, value in second.headers.items()}
    at = int(headers["webhook-timestamp"])
    assert headers["webhook-signature"] == signature_of(secret, "N-20261123-001.1", at, second.body)
    assert json.loads(second.body)["data"]["id"] == "N-20261123-001"
    (told,) = town.teller.facts()["hooks"]
    assert (told["proofs"][0]["result"], told["proofs"][0]["attempts"]) == ("HTTP 200", 2)
    assert town.new_teller().facts()["sent_at"] == town.watch().isoformat(), "kept over a restart"
    assert secret not in json.dumps(town.teller.facts())
    leave(town.home, town.home.webhooks_asked, HookEnded(id=HOOK_ID, by="p-li"))
    town.publish(later(notice(2), town.watch()))
    town.steps()
    assert len(town.hook.posted) == 2


@pytest.mark.parametrize("how", ["unsigned", "drill", "public box"])
def test_what_is_not_public_is_told_to_nobody(town: Town, how: str) -> None:
    town.subscribe()
    town.register()
    match how:
        case "unsigned":
            publish(town.home.notices, later(notice(1), town.watch()))
        case "drill":
            town.publish(later(notice(1, content(title_zh=f"【{MARK.zh}】通告")), town.watch()))
        case _:  # the public site registers no office
            begun = HookBegun(id="1" * 32, name="x", url=f"{town.hook.url}/x", secret=new_secret(), by="x")
            leave(town.home, town.home.subscriptions_asked, begun)
    town.steps()
    assert (town.mails.mails, town.hook.posted) == ([], [])
    assert len(town.teller.facts()["hooks"]) == 1


def test_a_server_that_is_down_costs_nobody_their_place(town: Town) -> None:
    town.subscribe()
    town.mails.answer = "554 5.7.1 rejected"
    for number in range(1, 6):
        town.publish(later(notice(number), town.watch()))
        town.steps()
        town.watch.move(minutes=15)
    assert town.teller.trouble == "SMTP 554"
    assert town.teller.facts()["mails"] == 1
    town.mails.answer = "250 OK"
    town.steps()
    assert len(town.mails.mails) == 5


@pytest.mark.parametrize(
    "server", ["mailto://h/a@b.example", "mailto://h?to=a@b.example", "jsons://h", "mailto://h?bcc=a"]
)
def test_a_mail_goes_to_one_alone(server: str) -> None:
    with pytest.raises(WrongAddress):
        to_one(Secret(server), ADDRESS)
