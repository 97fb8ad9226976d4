"""The call-back desk behind the gateway: a third-party application that edits by forms in parts and marks no cell.

Whatever staff do who see masks, the database afterwards is what it would be without the gateway.
"""

import csv
import io
import json
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import quote

import pytest

from proxy.reveal import COOKIE as OF_THE_GATEWAY
from tests.e2e.counter import changes
from tests.e2e.desk import LIST, Desk, Staff, desk, page_of
from tests.e2e.truth import Truth, truth_of

PNG = b"\x89PNG\r\n\x1a\n\x00\r\n--\xff"
CSV, JSON = "/admin/visit/export/csv", "/admin/visit/export/json"


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("desk")) as running:
        yield running


@pytest.fixture(scope="module")
def truth(at: Desk) -> Truth:
    return truth_of(at.demo.register.database)


@pytest.fixture(scope="module")
def clerk(at: Desk) -> Iterator[Staff]:
    """Sees names, and remarks scanned."""
    with closing(at.staff({"Authorization": f"Bearer {at.demo.token('visits')}"})) as staff:
        yield staff


@pytest.fixture(scope="module")
def other(at: Desk) -> Iterator[Staff]:
    """Signed in, and granted nothing."""
    with closing(
        at.staff({"Authorization": f"Bearer {at.demo.other_token('visits', scope='openid', sub='clerk-wu')}"})
    ) as staff:
        yield staff


@pytest.fixture(scope="module")
def nobody(at: Desk) -> Iterator[Staff]:
    """Has signed in to the desk, and not to the gateway."""
    with closing(at.staff()) as staff:
        yield staff


@pytest.fixture(scope="module")
def direct(at: Desk) -> Iterator[Staff]:
    with closing(at.directly()) as staff:
        yield staff


@pytest.fixture(autouse=True)
def same(at: Desk) -> Iterator[None]:
    """After each test the two databases hold the same."""
    yield
    behind, twin = at.dumps()
    assert changes(twin, behind) == {}


@pytest.fixture(autouse=True)
def hidden(truth: Truth, clerk: Staff, other: Staff, nobody: Staff) -> Iterator[None]:
    """Nobody has received anything that was not granted."""
    yield
    none = frozenset({"birth_date"})  # the desk has none; a day on which somebody was visited is another's
    for staff, granted in ((clerk, none | {"name"}), (other, none), (nobody, none)):
        assert truth.found_in("\n".join(staff.received), but=granted) == set()
        staff.received.clear()


def row(at: Desk, number: int) -> dict[str, object]:
    return at.dumps()[0]["visits"][number]


def edit(number: int) -> str:
    return f"/admin/visit/edit/{number}"


TARGETS = (
    "/admin/", LIST, f"{LIST}?page=2", f"{LIST}?pageSize=100", f"{LIST}?sortBy=id&sort=desc",
    f"{LIST}?sortBy=visited_on&sort=asc&page=3", f"{LIST}?result=未接通", f"{LIST}?search=居住证",
    f"{LIST}?search=养老&result=满意", "/admin/visit/details/7", edit(7), "/admin/visit/create", CSV,
    f"{CSV}?result=满意", JSON, "/admin/window/list", "/admin/window/details/2", "/admin/window/edit/2",
)  # fmt: skip


@pytest.mark.parametrize("target", TARGETS)
def test_a_page_is_there_for_everybody(clerk: Staff, other: Staff, nobody: Staff, target: str) -> None:
    for staff in (clerk, other, nobody):
        assert staff.get(target).status_code == 200


@pytest.mark.parametrize("target", [target for target in TARGETS if target.startswith(LIST)])
def test_a_list_has_the_rows_that_it_would_have(at: Desk, clerk: Staff, direct: Staff, target: str) -> None:
    masked, true = clerk.read(target), direct.read(target)
    assert masked.cells[0] == true.cells[0]
    assert len(masked.cells) == len(true.cells)
    for shown, meant in zip(masked.cells[1:], true.cells[1:], strict=True):
        id_no, mobile = meant[4], meant[5]
        assert shown == [*meant[:4], "*" * 14 + id_no[-4:], f"{mobile[:3]}****{mobile[-4:]}", *meant[6:]]
    assert [link for link in masked.links if "search" not in link] == [
        link for link in true.links if "search" not in link
    ]


def test_a_page_of_one_and_what_is_exported(at: Desk, clerk: Staff, other: Staff) -> None:
    one, masked = row(at, 7), "196****6125"
    masked = f"{str(one['mobile'])[:3]}****{str(one['mobile'])[-4:]}"
    cells = dict(line for line in clerk.read("/admin/visit/details/7").cells if len(line) == 2)
    assert (cells["姓名"], cells["手机号"], cells["住址"], cells["事项"]) == (one["name"], masked, "***", one["item"])
    for staff, name in ((clerk, str(one["name"])), (other, f"{str(one['name'])[0]}**")):
        (line,) = [line for line in csv.DictReader(io.StringIO(staff.get(CSV).text)) if line["id"] == "7"]
        (item,) = [item for item in staff.get(JSON).json() if item["id"] == 7]
        assert line == {key: str(value) for key, value in item.items()}
        assert (line["name"], line["mobile"], line["address"]) == (name, masked, "***")


def test_every_link_leads_where_it_would(clerk: Staff, direct: Staff) -> None:
    """From page to page, side by side with the twin; where a parameter is sealed it is opened on the way in."""
    waiting, seen = deque([("/admin/", "/admin/")]), set[str]()
    while waiting and len(seen) < 150:
        target, twin = waiting.popleft()
        if twin in seen or "logout" in twin:
            continue
        seen.add(twin)
        masked, true = clerk.get(target), direct.get(twin)
        assert (masked.status_code, twin) == (true.status_code, twin)
        if "export" not in twin:
            links = list(zip(page_of(masked).links, page_of(true).links, strict=True))
            assert all(link.partition("?")[0] == meant.partition("?")[0] for link, meant in links)
            waiting += links
    assert len(seen) == 150
    assert {twin.split("/")[2] for twin in seen if "details" in twin} == {"visit", "window"}


@pytest.mark.parametrize("who", ["clerk", "other"])
def test_a_form_that_nobody_touched_changes_nothing(at: Desk, who: str, request: pytest.FixtureRequest) -> None:
    staff: Staff = request.getfixturevalue(who)
    before = at.dumps()[0]
    for number in range(1, 60, 3):
        assert staff.save(edit(number), staff.form(edit(number))).status_code == 302
    assert changes(before, at.dumps()[0]) == {}


@pytest.mark.parametrize("who", ["clerk", "other"])
def test_one_field_is_changed_and_nothing_else(
    at: Desk, direct: Staff, who: str, request: pytest.FixtureRequest
) -> None:
    staff: Staff = request.getfixturevalue(who)
    for number, change in enumerate(
        ({"result": "未接通"}, {"window": "5"}, {"mobile": "13912345678"}, {"item": "生育登记"}, {"note": "一\r\n二"}),
        start=60 if who == "clerk" else 70,
    ):
        before = at.dumps()[0]
        form = staff.form(edit(number))
        assert staff.save(edit(number), form, **change).headers["location"].endswith(LIST)
        assert direct.save(edit(number), direct.form(edit(number)), **change).status_code == 302
        assert changes(before, at.dumps()[0]).keys() <= {("visits", number)}
    assert staff.read("/admin/visit/details/62" if who == "clerk" else "/admin/visit/details/72").cells[4][1] == (
        "139****5678"
    )


def test_a_picture_is_sent_kept_and_taken_away(at: Desk, clerk: Staff, direct: Staff) -> None:
    number = 81
    for staff in (clerk, direct):
        form = staff.form(edit(number))
        assert staff.save(edit(number), form, ("现场.png", PNG, "image/png")).status_code == 302
    assert row(at, number)["picture"] == PNG
    for staff in (clerk, direct):
        assert staff.save(edit(number), staff.form(edit(number)), result="满意").status_code == 302
    assert row(at, number)["picture"] == PNG
    for staff in (clerk, direct):
        assert staff.save(edit(number), staff.form(edit(number)), picture_checkbox="on").status_code == 302
    assert row(at, number)["picture"] is None


@pytest.mark.parametrize(
    ("picture", "status", "reason"),
    [
        (("a.csv", b"name,mobile\r\n***,138****9999", "text/csv"), 415, "file_refused"),
        (("a.png", b"name,mobile\r\n***,138****9999", "image/png"), 415, "file_refused"),
        (("a.png", PNG + bytes(300_000), "image/png"), 415, "file_refused"),
        (("***.png", PNG, "image/png"), 409, "mask_returned"),
    ],
)
def test_any_other_file_is_refused(clerk: Staff, picture: tuple[str, bytes, str], status: int, reason: str) -> None:
    clerk.client.headers["Accept"] = "application/json"
    answer = clerk.save(edit(82), clerk.form(edit(82)), picture)
    clerk.client.headers["Accept"] = "text/html"
    assert (answer.status_code, answer.json()["reason"]) == (status, reason)


@pytest.mark.parametrize(
    ("field", "mask"), [("mobile", "138****9999"), ("id_no", "*" * 14 + "002X"), ("address", "***"), ("note", "找***")]
)
def test_a_mask_that_was_typed_is_refused(clerk: Staff, field: str, mask: str) -> None:
    form = [(name, value) for name, value in clerk.form(edit(83)) if name != "yingbi-sealed"]
    truths = {"mobile": "13912345678", "id_no": "11010519491231002X", "address": "x", "note": "x", field: mask}
    answer = clerk.save(edit(83), form, **truths)
    assert (answer.status_code, f"visit.{field}" in answer.text) == (409, True)


def test_one_is_added_kept_masked_while_it_is_wrong_and_deleted(at: Desk, clerk: Staff, direct: Staff) -> None:
    new = {
        "name": "王新来", "id_no": "11010519491231002X", "mobile": "13900001111", "address": "新路1号",
        "item": "生育登记", "result": "满意", "note": "无", "window": "2", "visited_on": "gestern",
    }  # fmt: skip
    before = at.dumps()[0]
    for staff in (clerk, direct):
        wrong = staff.save("/admin/visit/create", staff.form("/admin/visit/create"), **new)
        assert wrong.status_code == 400
    note = "联系人李四，13900002222"
    again = clerk.save("/admin/visit/create", clerk.form("/admin/visit/create"), **{**new, "note": note})
    assert "13900001111" not in again.text
    assert dict(page_of(again).controls)["note"] == note
    for staff in (clerk, direct):
        answer = staff.save(
            "/admin/visit/create", staff.form("/admin/visit/create"), **{**new, "visited_on": "2026-01-01"}
        )
        assert answer.status_code == 302, answer.text
    ((_, number),) = changes(before, at.dumps()[0])
    assert {name: row(at, number)[name] for name in ("name", "id_no", "mobile", "address")} == {
        name: new[name] for name in ("name", "id_no", "mobile", "address")
    }
    for staff in (clerk, direct):
        page = staff.read(f"/admin/visit/details/{number}")
        (where,) = page.deletes
        answer = staff.client.delete(where)
        assert (answer.status_code, answer.text.rpartition(":")[2].partition("/")[2]) == (200, LIST.removeprefix("/"))
    assert changes(before, at.dumps()[0]) == {}


def test_what_the_desk_says_of_an_error_tells_no_value(at: Desk, clerk: Staff, direct: Staff) -> None:
    """SQLAlchemy repeats all parameters of a statement that failed, and SQLAdmin shows that."""
    taken = str(row(at, 90)["id_no"])
    new = {
        "name": "王新来", "id_no": taken, "mobile": "13900001111", "address": "新路1号",
        "item": "生育登记", "result": "满意", "note": "无", "window": "2", "visited_on": "2026-01-01",
    }  # fmt: skip
    shown, plainly = (
        staff.save("/admin/visit/create", staff.form("/admin/visit/create"), **new) for staff in (clerk, direct)
    )
    assert (shown.status_code, plainly.status_code) == (400, 400)
    assert taken in plainly.text
    assert taken not in shown.text
    assert new["mobile"] not in shown.text


REFUSED = {
    f"{LIST}?sortBy=mobile": "question_about_hidden_field",
    f"{LIST}?mobile=13800138000": "question_about_hidden_field",
    f"{LIST}?id_no=1": "question_about_hidden_field",
    f"{LIST}?id_no_op=contains": "question_about_hidden_field",
    f"{LIST}?x=1": "parameter_not_declared",
    f"{LIST}?error=x": "parameter_refused",
    f"{LIST}?search=***": "mask_returned",
    "/admin/visit/edit/***": "mask_returned",
    "/admin/visit/details/138****9999": "mask_returned",
    f"{CSV}?sortBy=id_no": "question_about_hidden_field",
    "/admin/visit/ajax/lookup?name=window&term=1": "operation_refused",
    "/admin/visit/7/picture/download/": "operation_refused",
    "/admin/staff/list": "operation_not_declared",
    "/admin/visit/export/xlsx": "operation_not_declared",
}


@pytest.mark.parametrize("target", REFUSED)
def test_what_is_refused(clerk: Staff, target: str) -> None:
    answer = clerk.client.get(quote(target, safe="/?=&*"), headers={"Accept": "application/json"})
    assert answer.json()["reason"] == REFUSED[target]


def test_nobody_writes(nobody: Staff, clerk: Staff) -> None:
    form = clerk.form(edit(95))
    assert nobody.save(edit(95), form, result="满意", mobile="13912345678").status_code == 401
    assert nobody.client.delete("/admin/visit/delete?pks=95").status_code == 401
    assert clerk.client.post("/admin/visit/import", files={"csvfile": ("x.csv", b"name\r\n***")}).status_code == 403
    assert clerk.client.delete("/admin/visit/delete?pks=***").status_code == 409


def test_a_session_of_the_desk_is_worth_nothing_in_the_browser(clerk: Staff, direct: Staff) -> None:
    kept = dict(clerk.client.cookies)
    assert {value[:3] for name, value in kept.items() if name != OF_THE_GATEWAY} == {"y1."}
    assert direct.client.get(LIST, headers={"Cookie": f"session={kept['session']}"}).status_code in (200, 302)


def test_no_record_holds_a_value(at: Desk, truth: Truth) -> None:
    events = at.demo.gateway.events()
    posts = [event for event in events if event["yingbi"]["operation"] == "POST /admin/visit/edit/{key}"]
    assert {event["event"]["action"] for event in posts} >= {"intent", "whole"}
    assert truth.found_in(json.dumps(events, ensure_ascii=False) + at.demo.gateway.said()) == set()
