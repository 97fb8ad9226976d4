"""Attempts to see more than a permit allows, to see by somebody else's, and to have one asked for that nobody wants."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from policies.keys.epochs import digester_in
from policies.overlay import OverlayEntry, Tightening
from policies.permits import Answered, Asked, Kind, Permit, PermitTable, State, asking_key, read_asked
from proxy.asked import waiting
from proxy.published import publish_permits
from tests.gateway import CLERK_KEY, wait_until
from tests.policies.revealed import CITIZENS, STAFF, declare_reveals
from tests.proxy.credentials import Provider
from tests.rig import ID_NO, MOBILE, NAME, Rig, ended, reads, rigged, shows_nothing
from tests.scripted import Asked as Behind
from tests.scripted import Connection, answering

MINE: dict[str, Any] = {"id": 1, "name": NAME, "id_no": ID_NO, "mobile": MOBILE, "city": "云州"}
OTHERS: dict[str, Any] = {
    "id": 2,
    "name": "李四光",
    "id_no": "440524188001010014",
    "mobile": "13900139000",
    "city": "云州",
}
BOTH = json.dumps({"items": [MINE, OTHERS]}, ensure_ascii=False).encode()
PAGE = f'<table><tr><td class="col-name">{NAME}</td><td class="col-id_no">{ID_NO}</td></tr></table>'.encode()
REASON = "窗口核对材料原件是否一致"
GOOD_FORM = {"event": "0123456789-7", "case": "云政-2026/15", "reason": REASON}
HERE = "Origin: https://people.localhost\r\nSec-Fetch-Site: same-origin\r\n"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


class Desk:
    """A gateway, who asks there, and the control process in the test's hands."""

    def __init__(self, rig: Rig, provider: Provider) -> None:
        self.rig = rig
        self._provider = provider
        self._generation = 0
        keys = rig.gateway.home / "keys"
        self.digester = digester_in(keys, datetime.now(UTC))
        self.key = asking_key((keys / "fields.key").read_bytes())

    @property
    def asked(self) -> Path:
        return self.rig.gateway.home / "asked"

    def staff(self, sub: str = "wang", *posts: str, **claims: Any) -> str:
        """The header of somebody who signs in: a clerk, where nothing is said of his posts."""
        token = self._provider.token(iss=STAFF, sub=sub, posts=list(posts or ("clerk",)), **claims)
        return f"Authorization: Bearer {token}\r\n"

    def citizen(self) -> str:
        return f"Authorization: Bearer {self._provider.token(iss=CITIZENS, sub=ID_NO, posts=[], scope='openid')}\r\n"

    def permit(self, **said: Any) -> Permit:
        """A permit of the clerk for his system and the person who is planted, that has just been opened."""
        now = datetime.now(UTC)
        usual: dict[str, Any] = {
            "id": "prm-0000000000000001",
            "kind": Kind.REVEAL,
            "reveal": "window-sees-whole",
            "caller": "wang",
            "system": "people",
            "subject": self.digester(ID_NO),
            "categories": ("person_name", "resident_id", "mobile"),
            "opened_at": now - timedelta(seconds=5),
            "until": now + timedelta(minutes=5),
        }
        return Permit(**usual | said)

    def open(self, *permits: Permit, answered: tuple[Answered, ...] = (), signer: Any = None) -> None:
        """Publish a table with exactly these."""
        gateway = self.rig.gateway
        self._generation += 1
        table = PermitTable(generation=self._generation, permits=permits, answered=answered)
        publish_permits(gateway.home / "published", table, signer or gateway.permit_signer)
        gateway.board.permits = self._generation

    def read(self, headers: str, body: bytes = BOTH, content_type: str = JSON, **more: Any) -> bytes:
        """The whole of what comes of an answer with *body*."""
        return self.rig.ask(answering(body, content_type), headers=headers, **more)

    def listed(self, headers: str, **more: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(reads(self.read(headers, **more))[2])["items"]
        return found

    def ask(self, headers: str, said: Any, content_type: str = FORM, target: str = "/.yingbi/reveal") -> bytes:
        """The whole of what comes of asking for *said*."""
        body = said if isinstance(said, bytes) else urlencode(said).encode()
        if content_type == JSON and not isinstance(said, bytes):
            body = json.dumps(said).encode()
        answer = self.rig.ask(
            target=target, method="POST", headers=f"{headers}Content-Type: {content_type}\r\n", body=body
        )
        assert ended(answer)
        assert not self.rig.behind.asked
        return answer

    def waiting(self) -> list[Asked]:
        return [read_asked(path.read_bytes(), self.key) for path in waiting(self.asked)]

    def take(self) -> list[Asked]:
        """What was left, taken away."""
        found = self.waiting()
        for path in waiting(self.asked):
            path.unlink()
        return found

    def event(self) -> dict[str, Any]:
        return self.rig.gateway.events()[-1]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    provider = Provider()
    policies = declare_reveals(tmp_path_factory.mktemp("policies"), provider)
    with rigged(tmp_path_factory.mktemp("gateway"), policies=policies) as rig:
        yield Desk(rig, provider)


@pytest.fixture
def desk(made: Desk) -> Desk:
    made.rig.gateway.tighten()
    made.open()
    made.take()
    return made


# -- what a permit shows


def test_the_one_record_is_shown_whole_and_every_other_masked(desk: Desk) -> None:
    desk.open(desk.permit())
    mine, other = desk.listed(desk.staff())
    assert mine == MINE
    assert other["name"] == "李**"
    assert other["id_no"] == "**************0014"
    event = desk.event()["yingbi"]
    assert event["permits"] == ["prm-0000000000000001"]
    shown = {use["name"]: use["disclosure"] for use in event["fields"] if use.get("grant") == "window-sees-whole"}
    assert shown == {"person.name": "clear", "person.id_no": "clear", "person.mobile": "clear"}


def test_a_page_of_the_one_person_is_shown_whole(desk: Desk) -> None:
    desk.open(desk.permit())
    assert NAME in reads(desk.read(desk.staff(), PAGE, "text/html"))[2].decode()


NOT_HIS: dict[str, dict[str, Any]] = {
    "another caller's": {"caller": "zhao"},
    "another system's": {"system": "hall"},
    "another subject's": {"subject": "1:00000000000000000000000000000000"},
    "expired": {"opened_at": datetime(2026, 1, 1, tzinfo=UTC), "until": datetime(2026, 1, 1, 0, 15, tzinfo=UTC)},
    "not opened yet": {
        "opened_at": datetime(2990, 1, 1, tzinfo=UTC),
        "until": datetime(2990, 1, 1, 0, 15, tzinfo=UTC),
    },
    "of a reveal that is not there": {"reveal": "everything"},
    "of what his post may not ask for": {"reveal": "emergency"},
    "of an emergency, in the name of a reveal": {"kind": Kind.BREAK_GLASS, "subject": ""},
}


@pytest.mark.parametrize("case", NOT_HIS)
def test_a_permit_that_is_not_his_or_not_of_now_shows_nothing(desk: Desk, case: str) -> None:
    desk.open(desk.permit(**NOT_HIS[case]))
    answer = desk.read(desk.staff())
    assert shows_nothing(answer)
    assert json.loads(reads(answer)[2])["items"][0]["name"] == "张**"


def test_breaking_the_glass_shows_every_record_to_who_broke_it(desk: Desk) -> None:
    desk.open(desk.permit(reveal="emergency", kind=Kind.BREAK_GLASS, subject="", categories=("person_name",)))
    assert [each["name"] for each in desk.listed(desk.staff("wang", "duty-head"))] == [NAME, "李四光"]
    assert shows_nothing(desk.read(desk.staff("wang", "clerk"))), "the reveal is for the post"
    assert shows_nothing(desk.read(desk.staff("zhao", "duty-head")))


def test_a_table_that_nobody_may_sign_shows_nothing(desk: Desk) -> None:
    gateway = desk.rig.gateway
    for signer in (gateway.overlay_signer, gateway.signer):
        desk.open(desk.permit(), signer=signer)
        assert shows_nothing(desk.read(desk.staff()))
    wait_until(lambda: "permits_refused" in gateway.said(), 5)


def test_a_table_of_longer_permits_shows_nothing_at_all(desk: Desk) -> None:
    now = datetime.now(UTC)
    entry = {
        **json.loads(msgspec.json.encode(desk.permit())),
        "until": (now + timedelta(hours=3)).isoformat(),
        "opened_at": now.isoformat(),
    }
    generation = desk._generation = desk._generation + 1
    body = json.dumps({"generation": generation, "permits": [entry], "answered": []})
    signed = {"permits": body, "signature": desk.rig.gateway.permit_signer.sign("yingbi permits 1", body.encode())}
    (desk.rig.gateway.home / "published" / "permits.json").write_text(json.dumps(signed))
    desk.rig.gateway.board.permits = generation
    assert shows_nothing(desk.read(desk.staff()))


def test_an_older_table_does_not_come_back(desk: Desk) -> None:
    published = desk.rig.gateway.home / "published" / "permits.json"
    desk.open(desk.permit())
    old = published.read_bytes()
    desk.open()
    assert shows_nothing(desk.read(desk.staff()))
    published.write_bytes(old)
    desk.rig.gateway.board.permits += 1
    desk._generation += 1
    assert shows_nothing(desk.read(desk.staff()))


def test_what_masks_harder_goes_before_a_permit(desk: Desk) -> None:
    desk.open(
        desk.permit(), desk.permit(id="prm-0000000000000002", reveal="emergency", kind=Kind.BREAK_GLASS, subject="")
    )
    until = datetime.now(UTC) + timedelta(hours=1)
    harder = OverlayEntry(id="1", kind=Tightening.MASK_HARDER, system="people", until=until, reason="r", by="b")
    desk.rig.gateway.tighten(harder)
    assert shows_nothing(desk.read(desk.staff("wang", "clerk", "duty-head")))


def test_a_permit_opens_no_question_and_no_raw_key(desk: Desk) -> None:
    glass = desk.permit(
        reveal="emergency", kind=Kind.BREAK_GLASS, subject="", categories=("person_name", "resident_id")
    )
    desk.open(desk.permit(), msgspec.structs.replace(glass, id="prm-0000000000000003"))
    for target in (f"/people?id_no={ID_NO}", "/people?sort=name", "/people?name__startswith=x"):
        answer = desk.read(desk.staff("wang", "clerk", "duty-head"), target=target)
        assert reads(answer)[0] == 403
        assert not desk.rig.behind.asked
        assert shows_nothing(answer)


def test_the_answer_to_what_the_caller_sends_is_not_shown_by_whose_he_says_it_is(desk: Desk) -> None:
    """The number is the caller's own word; the name beside it is somebody else's."""
    desk.open(desk.permit())
    sent = {"name": "王五", "id_no": ID_NO, "mobile": "13700137000"}
    headers = f"{desk.staff()}Content-Type: application/json\r\n"
    answer = desk.rig.ask(
        answering(json.dumps({**OTHERS, "id_no": ID_NO}).encode(), JSON),
        method="POST",
        headers=headers,
        body=json.dumps(sent).encode(),
    )
    assert reads(answer)[0] == 200
    assert "李四光" not in reads(answer)[2].decode()
    assert shows_nothing(answer)


def test_a_stream_is_cut_when_the_permit_ends(desk: Desk) -> None:
    """The table changes while the answer flows: what is shown by it goes no further, and does not look whole."""
    desk.open(desk.permit())
    rows = b",".join([json.dumps(MINE, ensure_ascii=False).encode()] * 5_000)

    def script(connection: Connection, asked: Behind) -> None:
        connection.say(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        for number in range(60):
            if number == 20:
                desk.open()
            piece = (b'{"items": [' if number == 0 else b",") + rows
            connection.say(b"%x\r\n%s\r\n" % (len(piece), piece))
        connection.say(b"2\r\n]}\r\n0\r\n\r\n")

    answer = desk.rig.ask(script, headers=desk.staff())
    assert NAME in answer.decode("utf-8", "replace")
    assert not ended(answer)
    assert desk.event()["event"]["reason"] == "permit_ended"


# -- asking


def test_what_a_clerk_asks_for_is_recorded_and_left(desk: Desk) -> None:
    status, headers, body = reads(desk.ask(desk.staff(), GOOD_FORM | {"break_glass": False}, JSON))
    told = json.loads(body)
    assert (status, told["state"], told["status"]) == (202, "asked", f"/.yingbi/reveal/{told['permit']}")
    (asked,) = desk.waiting()
    assert (asked.id, asked.caller, asked.system, asked.reveal) == (
        told["permit"],
        "wang",
        "people",
        "window-sees-whole",
    )
    assert (asked.event, asked.case, asked.reason) == (GOOD_FORM["event"], GOOD_FORM["case"], REASON)
    note = desk.event()["yingbi"]["permit"]
    assert (note["id"], note["state"], note["case"], note["why"]) == (asked.id, "asked", GOOD_FORM["case"], REASON)
    assert headers["yingbi-event"] == desk.event()["event"]["id"]


def test_a_browser_asks_with_the_form_of_the_page(desk: Desk) -> None:
    headers = f"{desk.staff()}Accept: text/html\r\n"
    page = reads(desk.rig.ask(target="/.yingbi/reveal", headers=headers))[2].decode()
    assert 'action="/.yingbi/reveal"' in page
    assert "紧急查看：" not in page, "it is not open to a clerk"
    status, _, body = reads(desk.ask(headers + HERE, GOOD_FORM | {"break_glass": "false"}))
    assert status == 202
    (asked,) = desk.waiting()
    assert f'url=/.yingbi/reveal/{asked.id}">' in body.decode()


def test_of_several_reveals_each_can_be_asked_for_and_none_is_chosen_for_who_asks(desk: Desk) -> None:
    checker = desk.staff("zhao", "checker")
    page = reads(desk.rig.ask(target="/.yingbi/reveal", headers=f"{checker}Accept: text/html\r\n"))[2].decode()
    names, mobiles = "checker-sees-names", "checker-sees-mobiles"
    assert re.findall('<input type="radio" name="reveal" value="([^"]*)"', page) == [names, mobiles]
    assert "手机号（checker-sees-mobiles）" in page
    refused = json.loads(reads(desk.ask(checker, GOOD_FORM, JSON))[2])
    assert refused["reason"] == "reveal_incomplete"
    assert f"{names}, {mobiles}" in refused["detail"]
    assert desk.take() == []
    for chosen in (names, mobiles):
        assert reads(desk.ask(checker, GOOD_FORM | {"reveal": chosen}, JSON))[0] == 202
        assert reads(desk.ask(checker + HERE, GOOD_FORM | {"reveal": chosen}))[0] == 202
        assert [asked.reveal for asked in desk.take()] == [chosen, chosen]


@pytest.mark.parametrize(
    "said",
    [
        {"reveal": "window-sees-whole"},  # of another post
        {"reveal": "emergency"},
        {"reveal": "nothing"},
        {"reveal": "checker-sees-names", "break_glass": True},
    ],
)
def test_no_reveal_is_chosen_that_is_not_open_to_who_asks(desk: Desk, said: dict[str, Any]) -> None:
    answer = desk.ask(desk.staff("zhao", "checker"), GOOD_FORM | said, JSON)
    assert (reads(answer)[0], json.loads(reads(answer)[2])["reason"]) == (403, "reveal_not_granted")
    assert desk.waiting() == []


REFUSED: dict[str, tuple[Any, str, str, int, str]] = {
    "from another site": (GOOD_FORM, FORM, "Origin: https://evil.example\r\n", 403, "reveal_from_elsewhere"),
    "from another site, as the browser says": (
        GOOD_FORM,
        FORM,
        "Sec-Fetch-Site: cross-site\r\n",
        403,
        "reveal_from_elsewhere",
    ),
    "from another host of ours": (
        GOOD_FORM,
        FORM,
        "Origin: https://people.localhost\r\nSec-Fetch-Site: same-site\r\n",
        403,
        "reveal_from_elsewhere",
    ),
    "from nowhere": (GOOD_FORM, FORM, "", 403, "reveal_from_elsewhere"),
    "from a page of no origin": (GOOD_FORM, FORM, "Origin: null\r\n", 403, "reveal_from_elsewhere"),
    "by two origins": (
        GOOD_FORM,
        FORM,
        "Origin: https://people.localhost\r\nOrigin: https://evil.example\r\n",
        403,
        "reveal_from_elsewhere",
    ),
    "as text that is JSON": (json.dumps(GOOD_FORM).encode(), "text/plain", HERE, 415, "body_not_declared"),
    "JSON from another site": (GOOD_FORM, JSON, "Origin: https://evil.example\r\n", 403, "reveal_from_elsewhere"),
    "a number in the reason": (
        GOOD_FORM | {"reason": f"核对居民 {ID_NO} 的材料"},
        JSON,
        "",
        400,
        "reveal_tells_of_somebody",
    ),
    "a spelled number in the reason": (
        GOOD_FORM | {"reason": "核对１１０１０５１９４９１２３１００２Ｘ的材料"},
        JSON,
        "",
        400,
        "reveal_tells_of_somebody",
    ),
    "a number in the case": (GOOD_FORM | {"case": ID_NO}, JSON, "", 400, "reveal_tells_of_somebody"),
    "a parted number in the case": (
        GOOD_FORM | {"case": "110105/19491231/002X"},
        JSON,
        "",
        400,
        "reveal_tells_of_somebody",
    ),
    "a telephone in the case": (GOOD_FORM | {"case": "138-0013-8000"}, JSON, "", 400, "reveal_tells_of_somebody"),
    "a name in the case": (GOOD_FORM | {"case": NAME}, JSON, "", 400, "reveal_incomplete"),
    "a name with a digit in the case": (GOOD_FORM | {"case": f"{NAME}1"}, JSON, "", 400, "reveal_incomplete"),
    "a name in letters in the case": (GOOD_FORM | {"case": "zhang-san-feng-2026"}, JSON, "", 400, "reveal_incomplete"),
    "a number with signs between in the reason": (
        GOOD_FORM | {"reason": f"核对居民{'、'.join(MOBILE)}的材料"},
        JSON,
        "",
        400,
        "reveal_tells_of_somebody",
    ),
    "a number in words in the reason": (
        GOOD_FORM | {"reason": "火灾，速联系一、三、八、零、零、一、三、八、零、零、零"},
        JSON,
        "",
        400,
        "reveal_tells_of_somebody",
    ),
    "an address in the reason": (
        GOOD_FORM | {"reason": "核对光明路12号3幢501室的住户"},
        JSON,
        "",
        400,
        "reveal_tells_of_somebody",
    ),
    "an address of e-mail in words": (
        GOOD_FORM | {"reason": "核对邮箱 chen at qq dot com"},
        JSON,
        "",
        400,
        "reveal_tells_of_somebody",
    ),
    "a case with a blank": (GOOD_FORM | {"case": "YZ 7"}, JSON, "", 400, "reveal_incomplete"),
    "no case": (GOOD_FORM | {"case": ""}, JSON, "", 400, "reveal_incomplete"),
    "no event": (GOOD_FORM | {"event": ""}, JSON, "", 400, "reveal_incomplete"),
    "an event that is none": (GOOD_FORM | {"event": f"{ID_NO}-1"}, JSON, "", 400, "reveal_incomplete"),
    "hardly a reason": (GOOD_FORM | {"reason": "核对材料"}, JSON, "", 400, "reveal_incomplete"),
    "too much of one": (GOOD_FORM | {"reason": "核" * 201}, JSON, "", 400, "reveal_incomplete"),
    "blanks for a reason": (GOOD_FORM | {"reason": " " * 40}, JSON, "", 400, "reveal_incomplete"),
    "something else besides": (GOOD_FORM | {"caller": "zhao"}, JSON, "", 400, "body_unreadable"),
    "a text for a flag": (GOOD_FORM | {"break_glass": "true"}, JSON, "", 400, "body_unreadable"),
    "one key twice": (b'{"case": "A", "case": "B"}', JSON, "", 400, "body_unreadable"),
    "one control twice": (b"case=A&case=B", FORM, HERE, 400, "body_unreadable"),
    "a list for a reveal": (GOOD_FORM | {"reveal": []}, JSON, "", 400, "body_unreadable"),
    "half a character": (b'{"reason": "\\ud800", "event": "\\udfff", "case": ""}', JSON, "", 400, "body_unreadable"),
    "no JSON": (b"{", JSON, "", 400, "body_unreadable"),
    "a list": (b"[]", JSON, "", 400, "body_unreadable"),
    "very much": (b'"' + b"x" * 9000 + b'"', JSON, "", 413, "request_too_large"),
    "in an emergency that is not his to call": (
        {"reason": REASON, "break_glass": True},
        JSON,
        "",
        403,
        "reveal_not_granted",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_may_not_be_asked_for_is_refused_and_left_nowhere(desk: Desk, case: str) -> None:
    said, content_type, headers, status, reason = REFUSED[case]
    answer = desk.ask(desk.staff() + headers, said, content_type)
    assert (reads(answer)[0], json.loads(reads(answer)[2])["reason"]) == (status, reason)
    assert desk.waiting() == []
    assert "permit" not in desk.event()["yingbi"]
    records = b"".join(path.read_bytes() for path in (desk.rig.gateway.home / "log").rglob("*.log")).decode()
    assert ID_NO not in records
    assert shows_nothing(answer)


def test_who_wrote_somebodys_number_learns_where_and_no_record_does(desk: Desk) -> None:
    told = json.loads(reads(desk.ask(desk.staff(), GOOD_FORM | {"reason": f"核对居民 {ID_NO} 的材料"}, JSON))[2])
    assert "事由的第 6 至第 23 个字像是个人信息" in told["detail"]
    assert ID_NO not in told["detail"]


def test_a_form_that_is_refused_comes_back_with_what_was_written(desk: Desk) -> None:
    headers = f"{desk.staff()}{HERE}Accept: text/html\r\n"
    status, _, body = reads(desk.ask(headers, GOOD_FORM | {"reason": '"><b>x', "case": "YZ-1"}))
    assert status == 400
    assert 'value="YZ-1"' in body.decode()
    assert "&quot;&gt;&lt;b&gt;x</textarea>" in body.decode()
    assert desk.event()["event"]["reason"] == "reveal_incomplete"


WHO: dict[str, tuple[str, int, str]] = {
    "nobody": ("", 401, "sign_in_needed"),
    "a bad credential": ("Authorization: Bearer x\r\n", 401, "bad_credential"),
    "two credentials": ("Authorization: Bearer x\r\nX-Api-Key: ybk_x\r\n", 401, "bad_credential"),
}


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_is_not_known_asks_for_nothing(desk: Desk, who: str, method: str) -> None:
    headers, status, reason = WHO[who]
    answer = desk.rig.ask(target="/.yingbi/reveal", method=method, headers=headers)
    assert (reads(answer)[0], json.loads(reads(answer)[2])["reason"]) == (status, reason)
    assert desk.waiting() == []


def test_neither_citizens_nor_terminals_nor_other_posts_may_ask(desk: Desk) -> None:
    for headers in (
        desk.citizen(),
        f"X-Api-Key: {CLERK_KEY}\r\n",
        desk.staff("wang", "guard"),
        desk.staff("wang", scope="openid"),
    ):
        answer = desk.ask(headers, GOOD_FORM, JSON)
        assert (reads(answer)[0], json.loads(reads(answer)[2])["reason"]) == (403, "reveal_not_granted")
    assert desk.waiting() == []


@pytest.mark.parametrize(
    ("kind", "target", "reason"),
    [(Tightening.BLOCK_CALLER, "wang", "caller_blocked"), (Tightening.STOP_SYSTEM, "", "operation_stopped")],
)
def test_who_is_blocked_and_what_is_stopped_cannot_be_asked_for(
    desk: Desk, kind: Tightening, target: str, reason: str
) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    entry = OverlayEntry(id="1", kind=kind, target=target, system="people", until=until, reason="r", by="b")
    desk.rig.gateway.tighten(entry)
    assert json.loads(reads(desk.ask(desk.staff(), GOOD_FORM, JSON))[2])["reason"] == reason
    assert desk.waiting() == []


def test_an_emergency_needs_neither_event_nor_case(desk: Desk) -> None:
    for said in ({"break_glass": True}, {"reveal": "emergency"}, {"reveal": "emergency", "break_glass": True}):
        answer = desk.ask(desk.staff("chen", "duty-head"), {"reason": "火灾现场核对住户", **said}, JSON)
        assert reads(answer)[0] == 202
        (asked,) = desk.take()
        assert (asked.kind, asked.reveal, asked.event, asked.case) == (Kind.BREAK_GLASS, "emergency", "", "")


# -- what became of it


def test_what_became_of_it_is_told_to_who_asked_alone(desk: Desk) -> None:
    permit = json.loads(reads(desk.ask(desk.staff(), GOOD_FORM, JSON))[2])["permit"]
    until = datetime.now(UTC) + timedelta(minutes=15)
    answers = {
        "asked": (),
        "open": (Answered(id=permit, caller="wang", state=State.OPEN, until=until),),
        "refused": (Answered(id=permit, caller="wang", state=State.REFUSED, code="not_one_record"),),
        "ended": (Answered(id=permit, caller="wang", state=State.ENDED, until=datetime.now(UTC)),),
    }
    for state, answered in answers.items():
        desk.open(answered=answered)
        assert json.loads(status_of(desk, permit, desk.staff())[2])["state"] == state
        for other in (desk.staff("zhao"), desk.citizen(), "", f"X-Api-Key: {CLERK_KEY}\r\n"):
            assert status_of(desk, permit, other)[0] == 404


def test_a_page_waits_for_the_answer_and_no_longer(desk: Desk) -> None:
    permit = json.loads(reads(desk.ask(desk.staff(), GOOD_FORM, JSON))[2])["permit"]
    page = f"{desk.staff()}Accept: text/html\r\n"
    assert 'http-equiv="refresh"' in status_of(desk, permit, page)[2].decode()
    desk.open(answered=(Answered(id=permit, caller="wang", state=State.REFUSED, code="not_one_record"),))
    told = status_of(desk, permit, page)[2].decode()
    assert 'http-equiv="refresh"' not in told
    assert "请先打开要查看的那一条记录" in told


@pytest.mark.parametrize("name", ["prm-0000000000000009", "prm-", "..%2f..%2fx", "prm-0000000000000009/x", ""])
def test_of_what_nobody_asked_for_nothing_is_told(desk: Desk, name: str) -> None:
    assert status_of(desk, name, desk.staff())[0] in (400, 404)


def status_of(desk: Desk, permit: str, headers: str) -> tuple[int, dict[str, str], bytes]:
    return reads(desk.rig.ask(target=f"/.yingbi/reveal/{permit}", headers=headers))


# -- the cookie by which the page knows what was shown last


def test_a_page_that_was_shown_is_remembered_for_the_form_and_told_to_no_system(desk: Desk) -> None:
    _, headers, _ = reads(desk.read(desk.staff(), PAGE, "text/html"))
    shown = headers["yingbi-event"]
    assert headers["set-cookie"] == f"yingbi_event={shown}; Path=/.yingbi; Secure; HttpOnly; SameSite=Strict"
    cookie = f"{desk.staff()}Cookie: yingbi_event={shown}\r\n"
    page = reads(desk.rig.ask(target="/.yingbi/reveal", headers=cookie))[2].decode()
    assert f'name="event" value="{shown}"' in page
    desk.read(cookie, PAGE, "text/html")
    assert "yingbi_event" not in desk.rig.behind.asked[0].head.decode()


@pytest.mark.parametrize("cookie", [f"{ID_NO}-1", '"><script>', "0123456789-1;x=1", "v2.sealed"])
def test_a_cookie_that_is_no_event_fills_in_nothing(desk: Desk, cookie: str) -> None:
    headers = f"{desk.staff()}Cookie: yingbi_event={cookie}\r\n"
    page = reads(desk.rig.ask(target="/.yingbi/reveal", headers=headers))[2].decode()
    found = re.search('name="event" value="([^"]*)"', page)
    assert found is not None
    assert found[1] in ("", "0123456789-1")


def test_nothing_is_remembered_of_what_no_person_looks_at_or_who_may_not_ask(desk: Desk) -> None:
    for headers, body, content_type in (
        (desk.staff(), BOTH, JSON),
        (f"{desk.staff()}Sec-Fetch-Dest: iframe\r\n", PAGE, "text/html"),
        (desk.staff("wang", "guard"), PAGE, "text/html"),
        ("", PAGE, "text/html"),
        (desk.citizen(), PAGE, "text/html"),
    ):
        assert "set-cookie" not in reads(desk.read(headers, body, content_type))[1]


def test_a_worker_whose_lease_has_ended_shows_nothing_and_takes_nothing(tmp_path: Path) -> None:
    provider = Provider()
    policies = declare_reveals(tmp_path / "policies", provider)
    with rigged(tmp_path / "gateway", policies=policies, lease_s=3.0) as rig:
        desk = Desk(rig, provider)
        desk.open(desk.permit())
        assert desk.listed(desk.staff())[0] == MINE
        rig.gateway.stop_heart()
        wait_until(lambda: rig.gateway.counters()["serving"] == 0, 10)
        assert shows_nothing(desk.read(desk.staff()))
        assert json.loads(reads(desk.ask(desk.staff(), GOOD_FORM, JSON))[2])["reason"] == "not_ready"
        assert desk.waiting() == []
