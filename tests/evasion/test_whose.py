"""Attempts to see somebody else's record as one's own, or a record that is left out: by credentials and by answers."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from policies.overlay import OverlayEntry, Tightening
from tests.policies.owned import CITIZENS, HELPERS, declare_owned
from tests.proxy.credentials import Provider
from tests.rig import ID_NO, MOBILE, NAME, Rig, ended, reads, rigged, shows_nothing
from tests.scripted import answering
from yingbi.explain import lines_of_event
from yingbi.home import Home

MINE, MY_NAME = "440524188001010014", "李四光"
WARD = "云州"
PLANTED: dict[str, Any] = {"id": 1, "name": NAME, "id_no": ID_NO, "mobile": MOBILE, "city": "雾州"}
OWN: dict[str, Any] = {"id": 2, "name": MY_NAME, "id_no": MINE, "mobile": "13900139000", "city": WARD}


class Owned:
    """A gateway, and who asks there."""

    def __init__(self, rig: Rig, provider: Provider) -> None:
        self.rig = rig
        self._provider = provider

    def bearer(self, **claims: Any) -> str:
        return f"Authorization: Bearer {self._provider.token(**claims)}\r\n"

    @property
    def citizen(self) -> str:
        return self.bearer(iss=CITIZENS, sub=MINE, posts=[], scope="openid")

    def staff(self, post: str, **claims: Any) -> str:
        return self.bearer(iss=HELPERS, sub="zhao", posts=[post], **claims)

    def ask(self, said: Any, headers: str, content_type: str = "application/json", **more: Any) -> tuple[int, bytes]:
        """Status and body of what comes of an answer that holds what is *said*."""
        data = said if isinstance(said, bytes) else json.dumps(said, ensure_ascii=False).encode()
        answer = self.rig.ask(answering(data, content_type), headers=headers, **more)
        assert shows_nothing(answer)
        assert ended(answer)
        status, _, shown = reads(answer)
        return status, shown

    def event(self) -> dict[str, Any]:
        return self.rig.gateway.events()[-1]

    def explained(self) -> str:
        lines = lines_of_event(Home(self.rig.gateway.home), self.event()["event"]["id"], datetime.now(UTC))
        return "\n".join(lines)


@pytest.fixture(scope="module")
def owned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Owned]:
    provider = Provider()
    policies = declare_owned(tmp_path_factory.mktemp("policies"), provider)
    with rigged(tmp_path_factory.mktemp("gateway"), policies=policies) as rig:
        yield Owned(rig, provider)


def test_a_citizen_is_shown_their_own_record_alone(owned: Owned) -> None:
    status, shown = owned.ask({"items": [PLANTED, OWN]}, owned.citizen)
    other, mine = json.loads(shown)["items"]
    assert status == 200
    assert mine == OWN
    assert other["name"] == "张**"
    event = owned.event()
    assert event["user"]["id"] != MINE
    assert event["yingbi"]["caller_kind"] == "citizen"
    grants = {(use["name"], use.get("grant")): use["count"] for use in event["yingbi"]["fields"]}
    assert grants["person.name", "own"] == 1
    assert grants["person.name", None] == 1


OTHERS: dict[str, Any] = {
    "the caller's number in another key": {**PLANTED, "owner": MINE, "id": MINE, "ID_NO": MINE},
    "the caller's number within": {**PLANTED, "home": {"street": MINE, "id_no": MINE}},
    "no subject": {key: value for key, value in PLANTED.items() if key != "id_no"},
    "no subject but a caller's key": {**PLANTED, "id_no": None, "subject": MINE},
    "two subjects": {**PLANTED, "id_no": [MINE, ID_NO]},
    "a subject with a label": {**PLANTED, "id_no": {"id": MINE, "display": MINE}},
    "two subjects in one": {**PLANTED, "id_no": f"{MINE},{ID_NO}"},
    "a subject that is the caller's but for its check digit": {**PLANTED, "id_no": MINE[:-1] + "5"},
}


@pytest.mark.parametrize("case", OTHERS)
def test_nobody_elses_record_is_taken_for_the_callers(owned: Owned, case: str) -> None:
    for body in ({"items": [OTHERS[case]]}, {"items": [OWN, OTHERS[case]]}):
        status, _ = owned.ask(body, owned.citizen)
        assert status == 200


def test_of_a_subject_that_stands_twice_the_last_counts(owned: Owned) -> None:
    twice = f'{{"items": [{{"id_no": "{MINE}", "name": "{NAME}", "mobile": "{MOBILE}", "id_no": "{ID_NO}"}}]}}'
    status, shown = owned.ask(twice.encode(), owned.citizen)
    assert (status, json.loads(shown)["items"][0]["name"]) == (200, "张**")


@pytest.mark.parametrize(
    "spelled", ["440524-18800101-0014", " 440524188001010014 ", "４４０５２４１８８００１０１００１４"]
)
def test_the_own_record_is_known_by_any_spelling(owned: Owned, spelled: str) -> None:
    _, shown = owned.ask({"items": [{**OWN, "id_no": spelled}]}, owned.citizen)
    assert json.loads(shown)["items"][0]["name"] == MY_NAME


@pytest.mark.parametrize(("who", "spelled"), [("12-3", "1-23"), ("li", "LI"), ("LI", "l-i"), ("12-3", "12-3")])
def test_nobody_is_taken_for_another_who_is_spelled_nearly_so(owned: Owned, who: str, spelled: str) -> None:
    _, shown = owned.ask(
        {"items": [{**OWN, "id_no": spelled}]}, owned.bearer(iss=CITIZENS, sub=who, posts=[], scope="openid")
    )
    assert json.loads(shown)["items"][0]["name"] == "李**"


def test_what_is_streamed_is_treated_alike(owned: Owned) -> None:
    items = [PLANTED, OWN] * 9_000
    status, shown = owned.ask({"items": items}, owned.citizen)
    names = {(person["id"], person["name"]) for person in json.loads(shown)["items"]}
    assert status == 200
    assert names == {(1, "张**"), (2, MY_NAME)}


def test_a_page_with_somebody_else_in_it_is_everybodys(owned: Owned) -> None:
    def row(person: dict[str, Any]) -> str:
        return "<tr>" + "".join(f'<td class="col-{key}">{value}</td>' for key, value in person.items()) + "</tr>"

    alone = owned.ask(row(OWN).encode(), owned.citizen, "text/html")[1].decode()
    assert MY_NAME in alone
    both = owned.ask((row(OWN) + row(PLANTED)).encode(), owned.citizen, "text/html")[1].decode()
    assert MY_NAME not in both
    without = {key: value for key, value in PLANTED.items() if key != "id_no"}
    assert MY_NAME not in owned.ask((row(OWN) + row(without)).encode(), owned.citizen, "text/html")[1].decode()


@pytest.mark.parametrize("empty", ["", "&nbsp;"])
def test_somebody_elses_row_is_not_completed_by_the_callers(owned: Owned, empty: str) -> None:
    def row(id_no: str, name: str) -> str:
        return f'<tr><td class="col-id_no">{id_no}</td><td class="col-name">{name}</td></tr>'

    page = f"<table>{row(MINE, empty)}{row(empty, NAME)}</table>".encode()
    assert owned.ask(page, owned.citizen, "text/html")[0] == 200  # and the rig looks for what was planted


def cell(field: str, text: str) -> str:
    return f'<tr><td class="col-{field}">{text}</td></tr>'


@pytest.mark.parametrize(
    "page",
    [
        f"<table>{cell('id_no', MINE)}{cell('city', WARD)}</table><table>{cell('name', NAME)}</table>",
        f"<div><table>{cell('name', NAME)}</table></div><div><table>{cell('id_no', MINE)}{cell('city', WARD)}</table></div>",
        f"<table><tr><td><table>{cell('id_no', MINE)}{cell('city', WARD)}</table></td>"
        f"<td><table>{cell('name', NAME)}</table></td></tr></table>",
        f"<table>{cell('id_no', MINE)}{cell('name', f'{MY_NAME}<br>{NAME}')}</table>",
        f"<table>{cell('id_no', f'<p>{MINE[:9]}</p><p>{MINE[9:]}</p>')}{cell('name', NAME)}</table>",
    ],
)
def test_a_card_without_a_number_is_not_taken_for_the_callers(owned: Owned, page: str) -> None:
    assert owned.ask(page.encode(), owned.citizen, "text/html")[0] == 200  # and the rig looks for what was planted


def test_a_page_that_repeats_the_callers_number_is_not_the_callers(owned: Owned) -> None:
    page = f'<td class="col-id_no">{MINE}</td><td class="col-name">{NAME}</td>'.encode()
    assert owned.ask(page, owned.citizen, "text/html", target=f"/people?page={MINE}")[0] == 200


def test_what_an_answer_to_a_change_says_is_not_taken_for_whose_it_is(owned: Owned) -> None:
    """Whoever puts his own number into somebody's record is not shown the rest of it."""
    changed = {**PLANTED, "id_no": MINE}
    body = json.dumps({"id_no": MINE}).encode()
    headers = owned.citizen + "Content-Type: application/json\r\n"
    assert owned.ask(changed, headers, method="POST", body=body)[0] == 200


CREDENTIALS: dict[str, dict[str, Any]] = {
    "somebody else's": {"iss": CITIZENS, "sub": "110101199001011237", "posts": []},
    "staff called by the number": {"iss": HELPERS, "sub": ID_NO, "posts": ["helper"]},
    "without a basis": {"iss": HELPERS, "sub": "zhao", "posts": ["helper"], "on_behalf_of": ID_NO},
    "with an empty basis": {"iss": HELPERS, "sub": "zhao", "posts": ["helper"], "on_behalf_of": ID_NO, "authorization": ""},
    "for nobody": {"iss": HELPERS, "sub": "zhao", "posts": ["helper"], "on_behalf_of": "-", "authorization": "W-1"},
    "of an issuer that does not vouch for it": {"sub": "zhao", "posts": ["helper"], "on_behalf_of": ID_NO, "authorization": "W-1"},
    "of a citizen who says whom they act for": {
        "iss": CITIZENS, "sub": MINE, "posts": ["helper"], "on_behalf_of": ID_NO, "authorization": "W-1",
    },
    "without the post": {"iss": HELPERS, "sub": "zhao", "posts": [], "on_behalf_of": ID_NO, "authorization": "W-1"},
    "for another purpose": {
        "iss": HELPERS, "sub": "zhao", "posts": ["helper"], "on_behalf_of": ID_NO, "authorization": "W-1", "scope": "openid",
    },
}  # fmt: skip


@pytest.mark.parametrize("case", CREDENTIALS)
def test_who_cannot_prove_it_is_nobody_in_particular(owned: Owned, case: str) -> None:
    status, shown = owned.ask({"items": [PLANTED]}, owned.bearer(**CREDENTIALS[case]))
    assert (status, json.loads(shown)["items"][0]["name"]) == (200, "张**")


@pytest.mark.parametrize("basis", [7, ["W-1"], NAME, "W 1", MOBILE, ID_NO, f"W-{ID_NO}", "W" * 65, "\n"])
def test_a_basis_that_could_be_somebodys_is_no_credential(owned: Owned, basis: Any) -> None:
    headers = owned.staff("helper", on_behalf_of=MINE, authorization=basis)
    status, shown = owned.ask({"items": [OWN]}, headers)
    assert (status, json.loads(shown)["reason"]) == (401, "bad_credential")
    assert NAME not in json.dumps(owned.rig.gateway.events(), ensure_ascii=False)


def test_who_acts_for_somebody_is_recorded_with_the_basis(owned: Owned) -> None:
    headers = owned.staff("helper", on_behalf_of=MINE, authorization="W-2026/17")
    _, shown = owned.ask({"items": [PLANTED, OWN]}, headers)
    assert [person["name"] for person in json.loads(shown)["items"]] == ["张**", MY_NAME]
    own = owned.event()["yingbi"]
    assert own["basis"] == "W-2026/17"
    assert own["on_behalf_of"] in own["subjects"]
    assert MINE not in json.dumps(owned.rig.gateway.events())
    assert "依据 / acts for somebody, by W-2026/17" in owned.explained()


def test_a_record_of_another_ward_is_left_out_and_cannot_be_asked_for(owned: Owned) -> None:
    officer = owned.staff("ward-officer", ward=WARD)
    status, shown = owned.ask({"items": [PLANTED, OWN], "total": 2}, officer)
    assert (status, [person["id"] for person in json.loads(shown)["items"]]) == (200, [2])
    assert owned.event()["yingbi"]["left_out"] == 1
    assert "去掉的记录 / records left out: 1" in owned.explained()
    status, shown = owned.ask(PLANTED, officer, target="/people/1")
    assert (status, json.loads(shown)["reason"]) == (404, "record_left_out")
    assert owned.ask(OWN, officer, target="/people/2")[0] == 200


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (f'<td class="col-name">{NAME}</td><td class="col-city">雾州</td>', "text/html"),
        (f'<td class="col-name">{NAME}</td>', "text/html"),
        (
            f'<td class="col-name">{NAME}</td><td class="col-city">{WARD}</td><td class="col-name">{NAME}</td>',
            "text/html",
        ),
        (f"{NAME}住在雾州", "text/plain"),
    ],
)
def test_what_does_not_say_where_it_belongs_is_withheld(owned: Owned, body: str, content_type: str) -> None:
    status, shown = owned.ask(body.encode(), owned.staff("ward-officer", ward=WARD), content_type)
    assert (status, json.loads(shown)["reason"]) == (404, "record_left_out")


def test_an_officer_of_no_ward_is_shown_nothing(owned: Owned) -> None:
    _, shown = owned.ask({"items": [PLANTED, OWN]}, owned.staff("ward-officer"))
    assert json.loads(shown)["items"] == []


def test_rows_of_csv_are_left_out(owned: Owned) -> None:
    body = f"id,name,city\r\n1,{NAME},雾州\r\n2,{MY_NAME},{WARD}\r\n".encode()
    _, shown = owned.ask(body, owned.staff("ward-officer", ward=WARD), "text/csv")
    assert shown.decode() == f"id,name,city\r\n2,{MY_NAME},{WARD}\r\n"


def people(number: int) -> list[dict[str, Any]]:
    return [{**OWN, "id_no": f"4405241880010{each:05}"} for each in range(number)]


def test_too_many_people_at_once_are_withheld_and_recorded(owned: Owned) -> None:
    counter = owned.staff("counter")
    assert owned.ask({"items": people(3)}, counter)[0] == 200
    status, shown = owned.ask({"items": people(4)}, counter)
    assert (status, json.loads(shown)["reason"]) == (403, "too_many_subjects")
    assert owned.event()["event"]["reason"] == "too_many_subjects"


@pytest.mark.parametrize(("zero", "status"), [(0, 403), (False, 403), (0.0, 403), ("0", 403), ("", 200), (None, 200)])
def test_a_number_that_is_zero_is_somebodys(owned: Owned, zero: Any, status: int) -> None:
    for items in ([*people(3), {**OWN, "id_no": zero}], [*people(3), {"id_no": zero}]):
        assert owned.ask({"items": items}, owned.staff("counter"))[0] == status


def test_a_stream_is_cut_when_it_comes_to_too_many_people(owned: Owned) -> None:
    long = [{**OWN, "note": "x" * 400}] * 4_000
    body = json.dumps({"items": [*long, *people(50), *long]}).encode()
    answer = owned.rig.ask(answering(body), headers=owned.staff("counter"))
    assert reads(answer)[0] == 200
    assert not ended(answer)
    assert owned.event()["event"]["reason"] == "too_many_subjects"


def test_a_value_that_is_blocked_withholds_the_answer(owned: Owned) -> None:
    trainee = owned.staff("trainee")
    status, shown = owned.ask({"items": [{"id": 1}, PLANTED]}, trainee)
    assert (status, json.loads(shown)["reason"]) == (403, "value_blocked")
    assert owned.ask({"items": [{**PLANTED, "mobile": ""}]}, trainee)[0] == 200
    assert owned.ask(f"id,mobile\n1,{MOBILE}\n".encode(), trainee, "text/csv")[0] == 403
    assert owned.ask(f'<td class="col-mobile">{MOBILE}</td>'.encode(), trainee, "text/html")[0] == 403


def test_masking_harder_leaves_out_as_much_as_before(owned: Owned) -> None:
    gateway = owned.rig.gateway
    until = datetime.now(UTC) + timedelta(hours=1)
    harder = OverlayEntry(id="1", kind=Tightening.MASK_HARDER, system="people", until=until, reason="测试", by="tests")
    gateway.tighten(harder)
    try:
        people = [{**person, "mobile": ""} for person in (PLANTED, OWN)]
        _, shown = owned.ask({"items": people}, owned.staff("ward-officer", ward=WARD))
        assert [(person["id"], person["name"]) for person in json.loads(shown)["items"]] == [(2, "***")]
        _, shown = owned.ask({"items": people}, owned.citizen)
        assert [person["name"] for person in json.loads(shown)["items"]] == ["***", "***"]
    finally:
        gateway.tighten()
