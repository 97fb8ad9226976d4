"""Who saw whom, through the console's pages: recorded before anything is looked for, and no person stands on a page."""

from datetime import timedelta

import pytest

from siem.record.event import CallerKind, Disclosure
from tests.console.browser import Browser, Page, text_of
from tests.console.bureau import Bureau
from tests.incident.office import LIMIT, TEN
from tests.siem.events import digest, document

ID = "11010519491231002X"  # of which the tests' look-ups make digest(2)
WHOM = digest(2)
DAY = timedelta(days=1)


def put(bureau: Bureau, number: int, **changes: object) -> None:
    told = document(number, **{"at": TEN - timedelta(minutes=number), "subjects": (WHOM,), **changes})  # type: ignore[arg-type]
    bureau.office.events.append([told], LIMIT)


@pytest.fixture
def seen(bureau: Bureau) -> Bureau:
    for number in range(1, 4):
        put(bureau, number, caller="clerk-li")
    put(bureau, 4, caller="clerk-li", operation="GET /search", disclosure=Disclosure.MASKED, at=TEN - 3 * DAY)
    put(bureau, 5, caller=digest(50), caller_kind=CallerKind.CITIZEN, subjects=(WHOM, digest(3)))
    put(bureau, 6, caller=WHOM, caller_kind=CallerKind.CITIZEN)
    put(bureau, 7, caller="", caller_kind=CallerKind.ANONYMOUS, source_ip="10.9.8.7", disclosure=Disclosure.MASKED)
    put(bureau, 8, caller="clerk-wang", subjects=(digest(3),))
    put(bureau, 9, caller="clerk-old", at=TEN - 20 * DAY)
    return bureau


def rows(page: Page) -> list[list[str]]:
    return [[text_of(cell) for cell in row] for row in page.all("tr")[1:]]


def test_everybody_who_saw_a_person_is_listed(seen: Bureau) -> None:
    browser = seen.browser("oncall")
    page = browser.submit(
        browser.get("/people"), "look-up", identifier=f" {ID[:6]} {ID[6:]} ", basis="受理-2026-118", days="7"
    )
    assert page.status == 200
    assert [row[:4] for row in rows(page)] == [
        ["clerk-li", "工作人员", "3", "1"],
        ["本人", "公民", "1", "0"],
        ["居民 1", "公民", "1", "0"],
        ["未登录 10.9.8.7", "未登录", "0", "1"],
    ]
    first = rows(page)[0]
    assert first[4:6] == ["2026-11-20 18:00:00", "2026-11-23 17:59:00"]
    assert "GET /register/residents/{id} 3 次" in first[6]
    assert "GET /search 1 次" in first[6]
    assert ID not in page.response.text
    assert "e1:" not in page.response.text


def test_a_longer_time_finds_more(seen: Bureau) -> None:
    browser = seen.browser("auditor")
    page = browser.submit(browser.get("/people"), "look-up", identifier=ID, basis="T-1", days="30")
    assert "clerk-old" in page.text()


def test_a_look_up_is_recorded_before_it_is_made(seen: Bureau) -> None:
    browser = seen.browser("oncall")
    page = browser.submit(browser.get("/people"), "look-up", identifier=ID, basis="受理-2026-118")
    (recorded,) = seen.look_ups.recorded
    assert (recorded.by, recorded.basis, recorded.about) == ("p-chen", "受理-2026-118", {"resident_id": 1})
    assert "LOOKUP-1" in page.text()
    seen.look_ups.can = False
    page = browser.submit(browser.get("/people"), "look-up", identifier=ID, basis="受理-2026-118")
    assert page.status == 422
    assert "不予查询" in page.said
    assert "clerk-li" not in page.text()
    assert ID not in page.response.text


def test_a_person_of_an_event_is_looked_up_by_place(seen: Bureau) -> None:
    browser = seen.browser("oncall")
    form = browser.get("/people?event=6YQ3K0M9ZT-5")
    assert "涉及 2 人" in form.text()
    assert "clerk-li" in browser.submit(form, "look-up", place="1", basis="T-1").text()
    page = browser.submit(form, "look-up", place="2", basis="T-1")
    assert "谁看过人员 2" in page.text()
    assert [row[0] for row in rows(page)] == ["clerk-wang", "居民 1"]
    assert seen.look_ups.recorded[-1].about == {"event": 1}
    assert browser.submit(form, "look-up", place="3", basis="T-1").status == 422
    assert browser.client.get("/people?event=6YQ3K0M9ZT-999").status_code == 404
    assert browser.client.get("/people?event=" + "x" * 300).status_code == 404


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"identifier": ""}, "请填写此项"),
        ({"identifier": "1101051949****002X"}, "打了星号的查不了"),
        ({"identifier": "1.10105E+17"}, "打了星号的查不了"),
        ({"identifier": f"{ID} 13800138000"}, "一次只查一个人"),
        ({"identifier": "9" * 100}, "最多 64 个字"),
        ({"identifier": "'\"; DROP TABLE"}, "打了星号的查不了"),
        ({"basis": ""}, "请填写此项"),
        ({"basis": "13800138000 来电"}, "个人信息"),
        ({"days": "0"}, "整数"),
        ({"days": "9999"}, "整数"),
    ],
)
def test_what_cannot_be_looked_up_is_told_and_not_recorded(seen: Bureau, changes: dict[str, str], words: str) -> None:
    browser = seen.browser("oncall")
    asked = {"identifier": ID, "basis": "T-1", "days": "7", **changes}
    page = browser.submit(browser.get("/people"), "look-up", **asked)
    assert page.status == 422
    assert words in page.said
    assert seen.look_ups.recorded == []
    if asked["identifier"]:
        assert asked["identifier"] not in page.response.text


def test_who_was_signed_out_meanwhile_is_given_back_the_ground_and_not_the_number(seen: Bureau) -> None:
    page = Browser(seen.app).post("/people", {"identifier": ID, "basis": "受理-2026-118", "days": "7"})
    assert page.status == 401
    assert "受理-2026-118" in page.response.text
    assert ID not in page.response.text
    assert seen.look_ups.recorded == []


def test_a_person_nobody_saw(seen: Bureau) -> None:
    browser = seen.browser("oncall")
    page = browser.submit(browser.get("/people"), "look-up", identifier="110105194912319991", basis="T-1")
    assert "没有人通过网关看过" in page.text()


def test_an_index_that_does_not_answer_is_said_to_be(seen: Bureau) -> None:
    browser = seen.browser("oncall")
    form = browser.get("/people")
    seen.office.events.close()
    page = browser.submit(form, "look-up", identifier=ID, basis="T-1")
    assert "没有在 5 秒内答复" in page.text()
    assert len(seen.look_ups.recorded) == 1, "it was asked all the same"
    assert "没有在 5 秒内答复" in browser.get("/callers?name=clerk-li").text()


def test_how_many_a_caller_saw_each_day(seen: Bureau) -> None:
    put(seen, 20, caller="clerk-li", subjects=(digest(8), digest(9)))
    page = seen.browser("officer").get("/callers?name=Clerk-Li")
    by_day = {row[0]: row[1:4] for row in rows(page)}
    assert len(by_day) == 7
    assert by_day["2026-11-23"] == ["3", "4", "0"], "three persons in four answers"
    assert by_day["2026-11-20"] == ["0", "0", "1"]
    assert by_day["2026-11-22"] == ["0", "0", "0"]
    assert len(rows(seen.browser("officer").get("/callers?name=clerk-li&days=30"))) == 30
    assert [(each.by, each.caller, each.about) for each in seen.look_ups.recorded] == [
        ("p-sun", "Clerk-Li", {"caller": 1}),
        ("p-sun", "clerk-li", {"caller": 1}),
    ]


def test_the_numbers_of_a_caller_are_not_told_where_that_cannot_be_recorded(seen: Bureau) -> None:
    browser = seen.browser("officer")
    assert browser.get("/callers").status == 200
    assert seen.look_ups.recorded == [], "nobody has been asked for yet"
    seen.look_ups.can = False
    page = browser.get("/callers?name=clerk-li")
    assert (page.status, "不予查询" in page.said) == (422, True)
    assert page.all("table") == []


@pytest.mark.parametrize("name", [digest(50), ID, "x" * 300, "a\x00b"])
def test_no_citizen_is_asked_for_there(seen: Bureau, name: str) -> None:
    answer = seen.browser("officer").client.get("/callers", params={"name": name})
    assert answer.status_code == 422
    assert name not in answer.text
    assert seen.look_ups.recorded == []


def test_the_officer_looks_up_callers_and_not_persons(seen: Bureau) -> None:
    browser = seen.browser("officer")
    assert browser.client.get("/people").status_code == 403
    assert "/people" not in browser.client.get("/events").text
    assert "/people" not in browser.client.get("/events/6YQ3K0M9ZT-1").text
