"""The hall behind the gateway: staff edit what they see masked, and the register keeps what is true."""

import html
import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urljoin

import pytest

from policies.keys.keyring import open_keyring, read_keyring
from policies.keys.root_key import roots_in
from policies.transforms.encrypt import Cipher
from proxy.keys_in_force import ring_path
from proxy.message import target_of
from proxy.reveal import COOKIE as OF_THE_GATEWAY
from tests.e2e.counter import LIST, Counter, Table, change, changes, dump, fields_of
from tests.e2e.demo import Demo
from tests.e2e.truth import Truth, truth_of

APPLICATIONS = "hall_application"


@dataclass
class Hall:
    """The hall and who works in it."""

    demo: Demo
    clerk: Counter
    """Sees names, and remarks scanned."""
    other: Counter
    """Signed in, and granted nothing."""

    def dump(self) -> dict[str, Table]:
        return dump(self.demo.hall.database)

    def row(self, number: int) -> dict[str, object]:
        return self.dump()[APPLICATIONS][number]

    def last_logged(self) -> object:
        """What Django says was changed last."""
        return json.loads(str(list(self.dump()["django_admin_log"].values())[-1]["change_message"]))


@pytest.fixture(scope="module")
def at(hall: Demo) -> Iterator[Hall]:
    clerk = Counter(hall, {"Authorization": f"Bearer {hall.token('hall')}"})
    other = Counter(hall, {"Authorization": f"Bearer {hall.other_token('hall', scope='openid', sub='clerk-wu')}"})
    with closing(clerk.client), closing(other.client):
        yield Hall(hall, clerk, other)


@pytest.fixture
def untouched(at: Hall) -> Iterator[None]:
    """The test changes nothing in the hall's database."""
    before = at.dump()
    yield
    assert changes(before, at.dump()) == {}


@pytest.fixture(scope="module")
def truth(hall: Demo) -> Truth:
    return truth_of(hall.register.database)


PAGES = (
    "/admin/", "/admin/hall/", LIST, f"{LIST}?p=2", f"{LIST}?all=", f"{LIST}?status__exact=待受理", f"{LIST}?q=居住证",
    f"{LIST}?_facets=True", f"{LIST}add/", change(1), change(7), "/admin/jsi18n/", "/static/admin/css/base.css",
)  # fmt: skip


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("target", PAGES)
def test_a_page_shows_what_was_granted_and_no_more(at: Hall, truth: Truth, target: str) -> None:
    for counter, granted in ((at.clerk, frozenset({"name"})), (at.other, frozenset[str]())):
        page = counter.get(target)
        assert page.status_code == 200
        assert truth.found_in(f"{page.headers.multi_items()}\n{page.text}", but=granted) == set()


@pytest.mark.usefixtures("untouched")
def test_staff_list_filter_and_search(at: Hall) -> None:
    rows = list(at.dump()[APPLICATIONS].values())
    page = at.clerk.get(LIST).text
    assert page.count('class="field-applicant"') == 50
    assert f'<td class="field-applicant">{rows[0]["applicant"]}</td>' in page
    assert f'<td class="field-mobile">{str(rows[0]["mobile"])[:3]}****{str(rows[0]["mobile"])[-4:]}</td>' in page
    waiting = sum(row["status"] == "待受理" for row in rows)
    assert f"{waiting} 办件" in at.clerk.get(f"{LIST}?status__exact=待受理").text
    found = sum("居住证" in str(row["item"]) for row in rows)
    assert f"{found} 条结果" in at.clerk.get(f"{LIST}?q=居住证").text


REFUSED = {
    f"{LIST}?o=2": ("parameter_refused", "按列序号排序会泄露"),
    f"{LIST}?mobile__startswith=138": ("question_about_hidden_field", ""),
    f"{LIST}?id_no=1": ("question_about_hidden_field", ""),
    f"{LIST}?applicant__id_no__gt=1": ("parameter_not_declared", ""),
    f"{LIST}?_to_field=id_no": ("parameter_refused", ""),
    f"{LIST}?_popup=1": ("parameter_refused", ""),
    f"{LIST}7/history/": ("operation_refused", "历史记录"),
    f"{LIST}7/delete/": ("operation_refused", "不能删除"),
    "/admin/auth/user/": ("operation_not_declared", ""),
    "/admin/password_change/": ("operation_not_declared", ""),
    "/admin/r/1/7/": ("operation_not_declared", ""),
}


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("target", REFUSED)
def test_what_is_refused(at: Hall, target: str) -> None:
    reason, words = REFUSED[target]
    answer = at.clerk.client.get(target, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["reason"]) == (403, reason)
    assert words in at.clerk.get(target).text


@pytest.mark.parametrize("who", ["clerk", "other"])
def test_one_field_is_saved_and_nothing_else_changes(at: Hall, who: str) -> None:
    """All but the status is masked, or may be; the register keeps every true value, whoever saved."""
    counter = at.clerk if who == "clerk" else at.other
    for number in range(20, 40):
        before, row = at.dump(), at.row(number)
        form = counter.form(change(number))
        assert form["mobile"] == f"{str(row['mobile'])[:3]}****{str(row['mobile'])[-4:]}"
        assert (form["address"], form["id_no"]) == ("***", "*" * 14 + str(row["id_no"])[-4:])
        assert (form["applicant"] == row["applicant"]) == (who == "clerk")
        new = "已办结" if row["status"] != "已办结" else "待补正"
        answer = counter.save(change(number), form, status=new)
        assert (answer.status_code, answer.headers["location"]) == (302, LIST), answer.text
        assert changes(before, at.dump()) == {(APPLICATIONS, number): {"status": new}}
        assert at.last_logged() == [{"changed": {"fields": ["状态"]}}]
    assert "成功修改" in counter.get(LIST).text


@pytest.mark.parametrize("who", ["clerk", "other"])
def test_a_form_that_nobody_touched_changes_nothing(at: Hall, who: str) -> None:
    counter = at.clerk if who == "clerk" else at.other
    before = at.dump()
    for number in range(1, 201, 7):
        assert counter.save(change(number), counter.form(change(number))).status_code == 302
        assert at.last_logged() == []
    assert changes(before, at.dump()) == {}


def test_a_new_value_for_a_masked_field_is_saved(at: Hall) -> None:
    before = at.dump()
    form = at.clerk.form(change(5))
    assert at.clerk.save(change(5), form, mobile="13912345678", address="云溪区新路1号").status_code == 302
    new = {"mobile": "13912345678", "address": "云溪区新路1号"}
    assert changes(before, at.dump()) == {(APPLICATIONS, 5): new}
    again = at.clerk.form(change(5))
    assert (again["mobile"], again["address"]) == ("139****5678", "***")


@pytest.mark.usefixtures("untouched")
def test_whose_an_application_is_cannot_be_changed_by_who_may_ask_for_one_persons(at: Hall) -> None:
    """He would ask for the person whose number he knows, and read there what is somebody else's."""
    theirs = str(at.row(12)["id_no"])
    form, clear = at.clerk.form(change(11)), {"mobile": "13912345678", "address": "x", "note": ""}
    for said, reason in ((clear, "subject_kept"), ({"note": ""}, "mask_returned")):
        answer = at.clerk.client.post(
            change(11), data={**form, **said, "id_no": theirs}, headers={"Accept": "application/json"}
        )
        assert (answer.status_code, answer.json()["reason"]) == (409, reason)
    assert "application.id_no" in at.clerk.save(change(11), form, id_no=theirs, **clear).text


MASKS = {
    "mobile": "138****9999",
    "applicant": "张**",
    "id_no": "**************002X",
    "address": "***",
    "note": "已联系***，同意",
}


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("field", MASKS)
def test_a_mask_that_was_typed_is_refused_and_its_field_named(at: Hall, field: str) -> None:
    form = at.clerk.form(change(6))
    del form["yingbi-sealed"]
    truths = {"mobile": "13912345678", "id_no": "11010519491231002X", "address": "x", "note": "", field: MASKS[field]}
    answer = at.clerk.save(change(6), form, **truths)
    assert answer.status_code == 409
    assert f"application.{field}" in answer.text
    assert "未予提交" in answer.text


@pytest.mark.usefixtures("untouched")
def test_a_mask_of_another_value_is_refused_although_the_form_carries_one(at: Hall) -> None:
    form = at.clerk.form(change(6))
    answer = at.clerk.client.post(
        change(6), data={**form, "mobile": "138****9999"}, headers={"Accept": "application/json"}
    )
    assert (answer.status_code, answer.json()["reason"]) == (409, "mask_returned")
    assert answer.json()["field"] == "application.mobile"


def sealed_for(at: Hall, number: int, *, caller: str = "clerk-li", hours: float = 8) -> str:
    """What a form of the clerk would carry that is shown *hours* before it ends, made with the gateway's own key."""
    row = at.row(number)
    mask = f"{str(row['mobile'])[:3]}****{str(row['mobile'])[-4:]}"
    of_whom = "*" * 14 + str(row["id_no"])[-4:]
    until = int((datetime.now(UTC) + timedelta(hours=hours)).timestamp())
    carried = {"mobile": [[mask, row["mobile"]]], "id_no": [[of_whom, row["id_no"]]]}
    body = json.dumps({"until": until, "carried": carried, "subject": {"id_no": [of_whom]}})
    folder = at.demo.gateway.home / "keys"
    roots = roots_in(folder)
    ring = read_keyring(ring_path(folder, "hall").read_bytes(), "hall", roots)
    cipher = Cipher(open_keyring(ring, roots), "form")
    return cipher.encrypt(body.encode(), "hall", caller, target_of(change(number), ()))


SEALED: dict[str, tuple[Callable[[Hall], str], int]] = {
    "its own": (lambda at: sealed_for(at, 8), 302),
    "of another record": (lambda at: at.clerk.form(change(9))["yingbi-sealed"], 409),
    "of another caller": (lambda at: at.other.form(change(8))["yingbi-sealed"], 409),
    "of another version": (lambda at: sealed_for(at, 8).replace("y1.", "y2."), 409),
    "expired": (lambda at: sealed_for(at, 8, hours=-0.1), 409),
    "altered": (lambda at: sealed_for(at, 8)[:-6] + "AAAAAA", 409),
    "of somebody else's making": (lambda at: sealed_for(at, 8, caller="clerk-wu"), 409),
    "nothing": (lambda at: "", 409),
}


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("case", SEALED)
def test_what_a_form_carries_counts_for_its_record_caller_and_time(at: Hall, case: str) -> None:
    sealed, status = SEALED[case]
    row, form = at.row(8), at.clerk.form(change(8))
    kept = {field: str(row[field]) for field in ("address", "note")}
    answer = at.clerk.save(change(8), form, **kept, **{"yingbi-sealed": sealed(at)})
    assert answer.status_code == status, answer.text


def test_an_error_of_the_form_keeps_masks_and_what_they_stand_for(at: Hall, truth: Truth) -> None:
    before = at.dump()
    form = at.clerk.form(change(10))
    answer = at.clerk.save(change(10), form, submitted_on="gestern", item="")
    assert answer.status_code == 200
    assert answer.text.count("errorlist") >= 2
    assert truth.found_in(answer.text, but=frozenset({"name"})) == set()
    again = fields_of(answer.text)
    assert {name: again[name] for name in ("mobile", "address", "id_no")} == {
        name: form[name] for name in ("mobile", "address", "id_no")
    }
    assert changes(before, at.dump()) == {}
    answer = at.clerk.save(change(10), again, submitted_on=form["submitted_on"], item="公积金提取")
    assert answer.status_code == 302
    assert changes(before, at.dump()).keys() <= {(APPLICATIONS, 10)}
    assert changes(before, at.dump()).get((APPLICATIONS, 10), {}).keys() <= {"item"}


def test_one_is_added_and_kept_masked_while_it_is_wrong(at: Hall, truth: Truth) -> None:
    new = {
        "applicant": "王新来", "id_no": "11010519491231002X", "mobile": "13900001111", "address": "新路1号",
        "item": "生育登记", "status": "待受理", "note": "", "submitted_on": "gestern",
    }  # fmt: skip
    before = at.dump()
    answer = at.clerk.save(f"{LIST}add/", at.clerk.form(f"{LIST}add/"), **new)
    again = fields_of(answer.text)
    assert (answer.status_code, again["mobile"], again["address"]) == (200, "139****1111", "***")
    answer = at.clerk.save(f"{LIST}add/", again, submitted_on="2026-11-23")
    assert answer.status_code == 302, answer.text
    (added,) = changes(before, at.dump()).values()
    assert {name: added[name] for name in new} == {**new, "submitted_on": "2026-11-23"}


@pytest.mark.parametrize(
    "asked",
    ["status__exact=待受理", "q=残疾人证", "status__exact=已办结&q=办结", "submitted_on__gte=2020-01-01", "all="],
)
def test_a_form_that_is_reached_from_what_was_asked_is_saved(at: Hall, asked: str) -> None:
    """Whether or not the page hides what was said: it leads back to the same list."""
    listed = at.clerk.get(f"{LIST}?{asked}").text
    target = html.unescape(re.findall(rf'href="({LIST}\d+/change/[^"]*)"', listed)[0])
    number = int(re.findall(r"/(\d+)/change/", target)[0])
    page, before = at.clerk.get(target).text, at.dump()
    (form,) = re.findall(r'<form[^>]* id="application_form"[^>]*>', page)
    action = html.unescape("".join(re.findall(r'action="([^"]*)"', form)))
    saved = at.clerk.save(urljoin(target, action or target), fields_of(page), note=f"经核对无误：{len(asked)}")
    assert saved.status_code == 302, saved.text
    assert changes(before, at.dump()) == {(APPLICATIONS, number): {"note": f"经核对无误：{len(asked)}"}}
    assert at.clerk.get(saved.headers["location"]).status_code == 200


OWN_WORDS = "联系人李四，13900139000，转街道办"


@pytest.mark.parametrize("mine", [True, False])
def test_own_words_come_back_in_the_control_they_were_said_in_and_nothing_else_does(at: Hall, mine: bool) -> None:
    """A form that Django rejects, with a remark that the clerk has just written: her own, or a guess that is right."""
    before, number = at.dump(), 61
    secret = str(at.row(number)["mobile"])
    note = OWN_WORDS if mine else f"电话{secret}"
    form = at.clerk.form(change(number))
    answer = at.clerk.save(change(number), form, submitted_on="gestern", note=note)
    again = fields_of(answer.text)
    assert (answer.status_code, again["note"]) == (200, note)
    assert again["mobile"] == form["mobile"]
    rest = answer.text.replace(html.escape(note, quote=False), "")
    assert "13900139000" not in rest
    assert secret not in rest
    assert changes(before, at.dump()) == {}
    answer = at.clerk.save(change(number), again, submitted_on=form["submitted_on"], note=f"{note}，已办")
    assert answer.status_code == 302, answer.text
    assert changes(before, at.dump()) == {(APPLICATIONS, number): {"note": f"{note}，已办"}}
    assert secret not in at.clerk.get(change(number)).text
    before_note = str(before[APPLICATIONS][number]["note"])
    assert at.clerk.save(change(number), at.clerk.form(change(number)), note=before_note).status_code == 302


@pytest.mark.usefixtures("untouched")
def test_what_was_searched_for_stays_in_the_search_box(at: Hall) -> None:
    for word in ("无此事项", "补交材料 2026"):
        page = at.clerk.get(f"{LIST}?q={quote(word)}&status__exact=待受理")
        assert f'name="q" value="{word}"' in page.text
        assert word not in page.text.replace(f'name="q" value="{word}"', "")


def test_a_note_of_many_numbers_does_not_tell_which_of_them_is_hidden(at: Hall) -> None:
    number = str(at.dump()[APPLICATIONS][60]["mobile"])
    candidates = [f"9{number[:3]}{middle:04}{number[-4:]}20519" for middle in (int(number[3:7]), 1234, 5678)]
    before = at.dump()
    form = at.clerk.form(change(60))
    assert at.clerk.save(change(60), form, note="，".join(candidates)).status_code == 302
    shown = at.clerk.form(change(60))["note"]
    assert shown == "，".join(["***"] * 3)
    assert (
        at.clerk.save(change(60), at.clerk.form(change(60)), note=str(before[APPLICATIONS][60]["note"])).status_code
        == 302
    )
    assert changes(before, at.dump()) == {}


def test_a_form_that_is_reached_from_a_filtered_list(at: Hall) -> None:
    target = f"{change(11)}?_changelist_filters=status__exact%3D%E5%BE%85%E5%8F%97%E7%90%86"
    before, form = at.dump(), at.clerk.form(target)
    answer = at.clerk.save(target, form, item="失业登记")
    assert answer.status_code == 302, answer.text
    assert "status__exact" in answer.headers["location"]
    assert changes(before, at.dump()).get((APPLICATIONS, 11), {"item": ""}).keys() == {"item"}


def test_a_cookie_of_the_hall_tells_a_browser_nothing_and_comes_back_to_the_hall(at: Hall) -> None:
    """Django keeps what the next page says in a cookie, and a message names what it is about."""
    form = at.clerk.form(change(13))
    answer = at.clerk.save(change(13), form, item="居住证办理")
    set_by_name = {line.partition("=")[0]: line for line in answer.headers.get_list("set-cookie")}
    assert "messages" in set_by_name
    assert all(
        re.fullmatch(r"\w+=y1\.[0-9a-f]{8}\.[\w-]+(; [\w-]+(=[\w/, :-]+)?)*", line) for line in set_by_name.values()
    )
    assert "成功修改" in at.clerk.get(LIST).text
    kept = {cookie.name: cookie.value for cookie in at.clerk.client.cookies.jar if cookie.value}
    assert {value[:3] for name, value in kept.items() if name != OF_THE_GATEWAY} == {"y1."}


@pytest.mark.usefixtures("untouched")
def test_nobody_writes(at: Hall) -> None:
    form = at.clerk.form(change(12))
    with at.demo.client("hall", {"Origin": at.demo.url("hall")}) as nobody:
        nobody.cookies.update(at.clerk.client.cookies)  # Django would take this session
        assert nobody.get(LIST).status_code == 200
        answer = nobody.post(change(12), data={**form, "status": "已办结", "mobile": "13912345678"})
    assert answer.status_code == 401


def test_every_write_was_intended_before_it_was_sent_and_no_record_holds_a_value(at: Hall, truth: Truth) -> None:
    events = at.demo.gateway.events()
    posts = [event for event in events if event["yingbi"]["operation"] == f"POST {LIST}{{key}}/change/"]
    intended = {event["yingbi"]["exchange"] for event in posts if event["event"]["action"] == "intent"}
    forwarded = {
        event["yingbi"]["exchange"]
        for event in posts
        if event["event"]["action"] == "whole" and event["yingbi"]["verdict"] == "forward"
    }
    assert len(forwarded) > 60
    assert forwarded <= intended
    written = json.dumps(events, ensure_ascii=False) + at.demo.gateway.said()
    assert {found for found in truth.found_in(written) if found[0] != "birth_date"} == set()
    for value in ("13912345678", "王新来", "云溪区新路", "gestern", "status__exact", "y1."):
        assert value not in written
