"""Attempts to learn whether somebody else is affected, what is not public, or that one is not where nobody can know."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from policies.affected import MOST_IN_PART, RECORD_BYTES, AffectedTable, Incident, write_digests
from policies.digest import Digester
from policies.keys.epochs import Epoch, digest_key_path, digester_in, epochs_path, write_epochs
from policies.keys.key_files import make_secret
from policies.overlay import OverlayEntry, Tightening
from proxy.published import AFFECTED_TABLE, digests_folder, publish_affected
from tests.gateway import BATCH_KEY, CLERK_KEY, wait_until
from tests.policies.revealed import CITIZENS, STAFF, declare_reveals
from tests.proxy.credentials import Provider
from tests.rig import ID_NO, Rig, ended, reads, rigged

TARGET = "/.yingbi/affected"
OTHER = "440524188001010014"
PAGE = "Accept: text/html\r\n"
NOTICE: dict[str, Any] = {
    "notice": "N-20261123-001",
    "title_zh": "关于青石区办事大厅个人信息泄露的通告",
    "title_en": "Notice of a leak at the service hall",
    "is_counted": True,
    "is_whole": True,
}
WITHOUT_NOTICE = NOTICE | {"notice": "", "title_zh": "", "title_en": ""}
NOT_FOUND_ZH = "在已公布的事件中，没有查到您的记录"


class Desk:
    """A gateway, who asks there, and what the composition root publishes in the test's hands."""

    def __init__(self, rig: Rig, provider: Provider) -> None:
        self.rig = rig
        self._provider = provider
        self._generation = 0
        self.digester = digester_in(rig.gateway.home / "keys", datetime.now(UTC))
        self.folder = rig.gateway.home / "published"

    def citizen(self, sub: str = ID_NO, **claims: Any) -> str:
        """The header of a citizen who has signed in."""
        token = self._provider.token(iss=CITIZENS, sub=sub, posts=[], scope="openid", **claims)
        return f"Authorization: Bearer {token}\r\n"

    def staff(self, **claims: Any) -> str:
        return f"Authorization: Bearer {self._provider.token(iss=STAFF, sub='wang', **claims)}\r\n"

    def incident(self, name: str, *persons: tuple[str, bool], by: Digester | None = None, **said: Any) -> Incident:
        """An incident that affects *persons*, and many whom nobody knows, with its file of digests."""
        digester = by or self.digester
        crowd = {digester(f"nobody-{number}"): True for number in range(2 * MOST_IN_PART)}
        crowd |= {digester(person): is_clear for person, is_clear in persons}
        folder = digests_folder(self.folder)
        folder.mkdir(exist_ok=True)
        with (folder / f"{name}.digests").open("wb") as file:
            written = write_digests(file, sorted(crowd.items()))
        return Incident(**NOTICE | said, file=f"{name}.digests", parts=written.parts)

    def publish(self, *incidents: Incident, signer: Any = None, generation: int = 0, minutes: int = 30) -> None:
        self._generation = generation or self._generation + 1
        table = AffectedTable(
            generation=self._generation,
            until=datetime.now(UTC) + timedelta(minutes=minutes),
            site="https://bulletin.localhost",
            phone="0570-8765000",
            incidents=incidents,
        )
        publish_affected(self.folder, table, signer or self.rig.gateway.permit_signer)

    def ask(self, headers: str, target: str = TARGET, **more: Any) -> bytes:
        answer = self.rig.ask(target=target, headers=headers, **more)
        assert ended(answer)
        assert not self.rig.behind.asked, "no system behind is asked"
        return answer

    def told(self, headers: str, **more: Any) -> dict[str, Any]:
        status, _, body = reads(self.ask(headers, **more))
        assert status == 200, body
        found: dict[str, Any] = json.loads(body)
        return found

    def refused(self, headers: str, **more: Any) -> tuple[int, str]:
        status, _, body = reads(self.ask(headers, **more))
        return status, json.loads(body)["reason"]

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
    made.publish(made.incident("mine", (ID_NO, True)))
    return made


CANNOT_SAY = (503, "affected_unknown")


# -- the own answer


def test_who_is_affected_is_told_so_and_nobody_else_is(desk: Desk) -> None:
    told = desk.told(desk.citizen())
    assert told["answer"] == "found"
    (entry,) = told["incidents"]
    assert (entry["answer"], entry["title"]) == ("shown", NOTICE["title_zh"])
    assert entry["address"] == "https://bulletin.localhost/notices/N-20261123-001"
    assert told["what_to_do"]
    other = desk.told(desk.citizen(OTHER))
    assert (other["answer"], other["detail"]) == ("not_found", NOT_FOUND_ZH)
    assert [entry["answer"] for entry in other["incidents"]] == ["not_found"]
    assert other["cannot_know"], "what the log cannot know is said with every answer"


def test_one_person_is_found_however_the_number_is_spelled(desk: Desk) -> None:
    assert desk.told(desk.citizen(ID_NO.lower()))["answer"] == "found"


def test_what_was_shown_masked_only_is_told_apart(desk: Desk) -> None:
    desk.publish(desk.incident("masked", (ID_NO, False)))
    assert [entry["answer"] for entry in desk.told(desk.citizen())["incidents"]] == ["masked"]


def test_a_person_reads_a_page_without_a_script_in_both_languages(desk: Desk) -> None:
    status, headers, body = reads(desk.ask(desk.citizen() + PAGE))
    text = body.decode()
    assert (status, headers["cache-control"]) == (200, "no-store")
    assert "查到了您的记录" in text
    assert "Your record was found" in text
    assert 'href="https://bulletin.localhost/notices/N-20261123-001"' in text
    assert "<script" not in text
    assert "font: 1.375rem" in text
    assert NOT_FOUND_ZH in reads(desk.ask(desk.citizen(OTHER) + PAGE))[2].decode()


def test_a_title_is_text_and_no_markup(desk: Desk) -> None:
    desk.publish(desk.incident("mine", (ID_NO, True), title_zh='<script>"x"</script>'))
    assert "<script" not in reads(desk.ask(desk.citizen() + PAGE))[2].decode()


def test_that_there_is_no_public_incident_is_an_answer_too(desk: Desk) -> None:
    desk.publish()
    assert (desk.told(desk.citizen())["answer"], desk.told(desk.citizen())["incidents"]) == ("not_found", [])


def test_of_what_no_notice_tells_only_those_learn_who_are_affected(desk: Desk) -> None:
    desk.publish(desk.incident("quiet", (ID_NO, True), **WITHOUT_NOTICE | {"notice": ""}))
    (entry,) = desk.told(desk.citizen())["incidents"]
    assert "notice" not in entry
    other = desk.told(desk.citizen(OTHER))
    assert (other["answer"], other["incidents"]) == ("not_found", [])


@pytest.mark.parametrize(("more", "why"), [("has_unattributed", "没有写明是谁的"), ("has_other_numbers", "户号")])
def test_what_cannot_be_ruled_out_is_said_where_nobody_is_found(desk: Desk, more: str, why: str) -> None:
    said: dict[str, Any] = {more: True}
    desk.publish(desk.incident("mine", (OTHER, True), **said))
    assert desk.told(desk.citizen())["incidents"][0][more]
    page = reads(desk.ask(desk.citizen() + PAGE))[2].decode()
    assert (why in page, "不能排除其中有您的信息" in page) == (True, True)
    assert "不能排除" not in reads(desk.ask(desk.citizen(OTHER) + PAGE))[2].decode(), "who was found knows more"


def test_the_question_is_an_event_about_the_one_who_asks(desk: Desk) -> None:
    _, headers, _ = reads(desk.ask(desk.citizen(), target=f"{TARGET}?id_no={OTHER}"))
    event = desk.event()
    assert headers["yingbi-event"] == event["event"]["id"]
    own, mine = event["yingbi"], desk.digester(ID_NO)
    assert (own["operation"], own["verdict"], own["subjects"]) == ("GET /.yingbi/affected", "forward", [mine])
    assert event["user"]["id"] == mine
    records = b"".join(path.read_bytes() for path in (desk.rig.gateway.home / "log").rglob("*.log")).decode()
    assert ID_NO not in records
    assert OTHER not in records


# -- asking about others


WHO: dict[str, tuple[str, int, str]] = {
    "nobody": ("", 401, "sign_in_needed"),
    "nobody who says who he is": (f"X-Subject: {ID_NO}\r\nCookie: sub={ID_NO}\r\n", 401, "sign_in_needed"),
    "a bad credential": ("Authorization: Bearer x\r\n", 401, "bad_credential"),
    "two credentials": ("Authorization: Bearer x\r\nX-Api-Key: ybk_x\r\n", 401, "bad_credential"),
    "a terminal": (f"X-Api-Key: {CLERK_KEY}\r\n", 403, "affected_for_citizens"),
    "a system": (f"X-Api-Key: {BATCH_KEY}\r\n", 403, "affected_for_citizens"),
}


@pytest.mark.parametrize("who", WHO)
def test_who_is_no_citizen_is_told_nothing(desk: Desk, who: str) -> None:
    headers, status, reason = WHO[who]
    assert desk.refused(headers) == (status, reason)
    assert "12345" in reads(desk.ask(headers + PAGE))[2].decode()
    assert "subjects" not in desk.event()["yingbi"]


def test_a_clerk_is_told_nothing_whatever_his_token_says(desk: Desk) -> None:
    for claims in ({}, {"act": {"sub": ID_NO}}, {"on_behalf_of": ID_NO}, {"kind": "citizen", "id_no": ID_NO}):
        assert desk.refused(desk.staff(**claims)) == (403, "affected_for_citizens")


FORGED = (
    {"target": f"{TARGET}?id_no={ID_NO}"},
    {"target": f"{TARGET}?sub={ID_NO}&digest=1:00000000000000000000000000000000&on_behalf_of={ID_NO}"},
    {"body": json.dumps({"id_no": ID_NO}).encode()},
    {"more": f"X-Subject: {ID_NO}\r\nYingbi-Identity: {ID_NO}\r\nX-Forwarded-User: {ID_NO}\r\n"},
    {"more": f"Cookie: sub={ID_NO}; yingbi_event={ID_NO}\r\n"},
)


@pytest.mark.parametrize("forged", FORGED)
def test_nothing_that_a_caller_writes_asks_about_somebody_else(desk: Desk, forged: dict[str, Any]) -> None:
    more = forged.get("more", "")
    sent = {name: value for name, value in forged.items() if name != "more"}
    assert desk.told(desk.citizen(OTHER) + more, **sent) == desk.told(desk.citizen(OTHER))


@pytest.mark.parametrize("claims", [{"act": {"sub": ID_NO}}, {"id_no": ID_NO}, {"on_behalf_of": ID_NO}])
def test_a_citizen_who_says_to_act_for_another_is_answered_about_himself(desk: Desk, claims: dict[str, Any]) -> None:
    assert desk.told(desk.citizen(OTHER, **claims))["answer"] == "not_found"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_it_is_read_and_nothing_else(desk: Desk, method: str) -> None:
    assert desk.refused(desk.citizen(), method=method) == (403, "operation_not_declared")


@pytest.mark.parametrize("path", ["/.yingbi/affected/", f"/.yingbi/affected/{ID_NO}", "/.yingbi/Affected"])
def test_there_is_no_other_page_of_its_kind(desk: Desk, path: str) -> None:
    status, _, body = reads(desk.ask(desk.citizen(), target=path))
    assert status in (400, 403)
    assert b"found" not in body


def test_who_is_blocked_is_told_nothing(desk: Desk) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    mine = desk.digester(ID_NO)
    entry = OverlayEntry(id="1", kind=Tightening.BLOCK_CALLER, target=mine, system="", until=until, reason="r", by="b")
    desk.rig.gateway.tighten(entry)
    assert desk.refused(desk.citizen())[1] == "caller_blocked"


# -- what cannot be told is never told as "no"


def _altered(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for at in range(0, len(data), RECORD_BYTES):
        data[at + RECORD_BYTES - 1] ^= 1
    path.write_bytes(data)


def _made_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


SPOILT: dict[str, Callable[[Desk], object]] = {
    "no table": lambda desk: (desk.folder / AFFECTED_TABLE).unlink(),
    "a torn table": lambda desk: (desk.folder / AFFECTED_TABLE).write_bytes(b'{"incidents": "'),
    "a folder in its place": lambda desk: _made_a_folder(desk.folder / AFFECTED_TABLE),
    "signed by who may tighten": lambda desk: desk.publish(signer=desk.rig.gateway.overlay_signer),
    "signed by who publishes programs": lambda desk: desk.publish(signer=desk.rig.gateway.signer),
    "out of date": lambda desk: desk.publish(minutes=-1),
}
UNKNOWN: dict[str, Callable[[Desk], object]] = {
    "no digests": lambda desk: (digests_folder(desk.folder) / "mine.digests").unlink(),
    "altered digests": lambda desk: _altered(digests_folder(desk.folder) / "mine.digests"),
    "digests cut short": lambda desk: (digests_folder(desk.folder) / "mine.digests").write_bytes(b""),
    "never counted": lambda desk: desk.publish(Incident(**NOTICE | {"is_counted": False})),
    "never counted and without a notice": lambda desk: desk.publish(Incident(**WITHOUT_NOTICE | {"is_counted": False})),
    "not counted whole": lambda desk: desk.publish(desk.incident("other", is_whole=False)),
    "one of two not known": lambda desk: desk.publish(
        desk.incident("other"), Incident(**NOTICE | {"notice": "N-20261124-001", "is_counted": False})
    ),
}


@pytest.mark.parametrize("spoilt", SPOILT)
def test_without_a_table_of_now_nobody_is_told_anything(desk: Desk, spoilt: str) -> None:
    SPOILT[spoilt](desk)
    try:
        for sub in (ID_NO, OTHER):
            assert desk.refused(desk.citizen(sub)) == CANNOT_SAY
        page = reads(desk.ask(desk.citizen() + PAGE))[2].decode()
        assert "这不表示没有受到影响" in page
        assert "12345" in page
        assert NOT_FOUND_ZH not in page
        assert desk.event()["event"]["reason"] == "affected_unknown"
    finally:
        if (table := desk.folder / AFFECTED_TABLE).is_dir():
            table.rmdir()


@pytest.mark.parametrize("unknown", UNKNOWN)
def test_what_cannot_be_known_of_an_incident_is_not_told_as_no(desk: Desk, unknown: str) -> None:
    UNKNOWN[unknown](desk)
    for sub in (ID_NO, OTHER):
        told = desk.told(desk.citizen(sub))
        assert told["answer"] == "cannot_say"
        assert "cannot_say" in {entry["answer"] for entry in told["incidents"]} or unknown.endswith("without a notice")
        page = reads(desk.ask(desk.citizen(sub) + PAGE))[2].decode()
        assert "这不表示没有受到影响" in page
        assert NOT_FOUND_ZH not in page


def test_a_table_signed_for_something_else_tells_nothing(desk: Desk) -> None:
    (desk.folder / AFFECTED_TABLE).write_bytes((desk.folder / "overlay.json").read_bytes())
    assert desk.refused(desk.citizen()) == CANNOT_SAY


def test_a_table_from_before_does_not_come_back(desk: Desk) -> None:
    desk.told(desk.citizen())
    old = (desk.folder / AFFECTED_TABLE).read_bytes()
    desk.publish()
    assert desk.told(desk.citizen())["answer"] == "not_found", "what was withdrawn is gone"
    (desk.folder / AFFECTED_TABLE).write_bytes(old)
    assert desk.refused(desk.citizen()) == CANNOT_SAY


def test_who_is_found_in_one_incident_learns_of_it_where_another_cannot_be_told(desk: Desk) -> None:
    unknown = Incident(**NOTICE | {"notice": "N-20261124-001", "is_counted": False})
    desk.publish(unknown, desk.incident("mine", (ID_NO, True)))
    assert [entry["answer"] for entry in desk.told(desk.citizen())["incidents"]] == ["cannot_say", "shown"]
    assert desk.told(desk.citizen(OTHER))["answer"] == "cannot_say"


def test_who_was_recorded_under_an_earlier_key_is_found(tmp_path: Path) -> None:
    provider = Provider()
    policies = declare_reveals(tmp_path / "policies", provider)
    with rigged(tmp_path / "gateway", policies=policies) as rig:
        desk = Desk(rig, provider)
        keys = rig.gateway.home / "keys"
        before = desk.digester
        make_secret(digest_key_path(keys, "2"))
        epochs_path(keys).write_bytes(write_epochs([Epoch("1"), Epoch("2", datetime.now(UTC), "遗失")]))
        after = digester_in(keys, datetime.now(UTC))
        wait_until(lambda: desk.refused(desk.citizen()) == CANNOT_SAY and desk.event()["user"]["id"][:2] == "2:", 5)
        for digester in (before, after):
            desk.publish(desk.incident("mine", (ID_NO, True), by=digester))
            assert desk.told(desk.citizen())["answer"] == "found"
            assert desk.told(desk.citizen(OTHER))["answer"] == "not_found"
        own = desk.event()["yingbi"]
        assert (own["subjects"], own["former_subjects"]) == ([after(OTHER)], [before(OTHER)])
