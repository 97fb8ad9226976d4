"""Searching through the console's own pages: what is found, kept and given out, and that none of it names a person."""

import csv
import io
import json
import re
from datetime import timedelta

import pytest

from console.search import event_pages
from console.search import pages as search_pages
from console.search.journal import BrokenSearchJournal
from siem.record.event import CallerKind, Disclosure, Verdict
from tests.console.browser import Browser, Page, page_of
from tests.console.bureau import CHEN, FIELDS, Bureau
from tests.incident.office import LIMIT, TEN
from tests.siem.events import digest, document

HOUR = timedelta(hours=1)


def put(bureau: Bureau, number: int, **changes: object) -> str:
    told = document(number, **{"at": TEN - timedelta(minutes=number), "fields": FIELDS, **changes})  # type: ignore[arg-type]
    bureau.office.events.append([told], LIMIT)
    return str(told["event"]["id"])


def found(page: Page) -> list[str]:
    """The numbers of the events in the list, in its order."""
    links = [each.get("href") or "" for each in page.all("a")]
    return [link.removeprefix("/events/6YQ3K0M9ZT-") for link in links if re.fullmatch(r"/events/6YQ3K0M9ZT-\d+", link)]


@pytest.fixture
def searched(bureau: Bureau) -> Browser:
    """A desk over events that differ."""
    put(bureau, 1, system="hall", caller="clerk-li", posts=("综合窗口",))
    put(bureau, 2, disclosure=Disclosure.MASKED, source_ip="10.20.3.7")
    put(bureau, 3, verdict=Verdict.WITHHOLD, reason="caller_blocked", disclosure=Disclosure.NONE, fields=())
    put(bureau, 4, caller=digest(77), caller_kind=CallerKind.CITIZEN, source_ip="10.99.0.1")
    put(bureau, 5, at=TEN - 25 * HOUR)
    put(bureau, 6, operation="GET /export", credential="key:7f3a", limit="daily-people")
    return bureau.browser("oncall")


@pytest.mark.parametrize(
    ("query", "events"),
    [
        ("", "1 2 3 4 6"),
        ("span=yesterday", "5"),
        ("span=week", "1 2 3 4 6 5"),
        ("system=hall", "1"),
        ("caller=CLERK-LI", "1"),
        ("post=综合窗口", "1"),
        ("shown=masked", "2"),
        ("outcome=withhold", "3"),
        ("reason=caller_blocked", "3"),
        ("reason=daily-people", "6"),
        ("caller_kind=citizen", "4"),
        ("address=10.20.0.0/16", "2"),
        ("address=10.99.0.1", "4"),
        ("operation=export", "6"),
        ("credential=key:7f3a", "6"),
        ("category=mobile", "1 2 4 6"),
        ("span=given&since=2026-11-23T17:57:00&until=2026-11-23T17:59:00", "2 3"),
        ("caller=*", ""),
        ("operation=*", ""),
        ("caller=' OR 1=1 --", ""),
        ("caller=user.id:* OR x", ""),
    ],
)
def test_the_filters_find_what_they_say(searched: Browser, query: str, events: str) -> None:
    page = searched.get(f"/events?{query}")
    assert page.status == 200
    assert found(page) == events.split()
    number = len(events.split())
    assert (f"共 {number} 条" in page.text()) == bool(number)


def test_a_page_goes_on_where_the_last_one_ended(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_pages, "ON_ONE_PAGE", 10)
    for number in range(1, 26):
        put(bureau, number, at=TEN - timedelta(minutes=number // 3))
    browser = bureau.browser("oncall")
    page, seen = browser.get("/events"), []
    for _ in range(9):
        seen += found(page)
        put(bureau, 100 + len(seen), at=TEN)  # comes in while somebody reads
        (following,) = [[each.get("href") for each in page.all("a") if each.get("rel") == "next"]]
        if not following:
            break
        page = browser.get(str(following[0]))
    assert len(seen) == len(set(seen)) == 25
    assert "没有更早的了" in page.text()
    assert browser.client.get("/events?before=2026-11-23T10:00:00~x").status_code == 422
    assert browser.client.get("/events?before=yesterday~6YQ3K0M9ZT-1").status_code == 422


@pytest.mark.parametrize(
    "query", ["caller=" + "x" * 10_000, "caller=a%00b", "operation=a%0ab", "span=now", "shown=%3Cscript%3E", "before=1"]
)
def test_what_cannot_be_read_finds_nothing_and_is_told(searched: Browser, query: str) -> None:
    answer = searched.client.get(f"/events?{query}")
    assert answer.status_code == 422
    assert "没有完成" in answer.text
    assert found(page_of(answer)) == []
    assert "<script" not in answer.text


def test_a_number_of_a_person_is_no_filter_and_is_not_given_back_in_words(searched: Browser) -> None:
    answer = searched.client.get("/events?caller=13800138000")
    assert answer.status_code == 422
    assert "谁看过谁" in answer.text


def test_the_events_of_an_alert_and_of_its_case(bureau: Bureau) -> None:
    alert = bureau.leak(persons=20)
    case = bureau.open(alert)
    put(bureau, 900, caller="clerk-li")
    browser = bureau.browser("oncall")
    for number, link in ((alert.id, f"/alerts/{alert.id}"), (case, f"/cases/{case}")):
        page = browser.get(link)
        (address,) = {
            each.get("href") for each in page.all("a") if (each.get("href") or "").startswith("/events?about")
        }
        assert address == f"/events?about={number}"
        page = browser.get(address)
        assert "共 20 条" in page.text()
        assert "clerk-li" not in page.text()
        assert link in [each.get("href") for each in page.all("a")]
    assert browser.client.get("/events?about=A-999999").status_code == 404
    assert browser.client.get("/events?about=C-1").status_code == 404


def test_an_alert_about_a_citizen_is_searched_by_its_number_alone(bureau: Bureau) -> None:
    alert = bureau.leak(persons=5, caller=digest(4711))
    page = bureau.browser("oncall").get(f"/events?about={alert.id}")
    assert "共 5 条" in page.text()
    assert "e1:" not in page.response.text


def test_a_search_is_kept_opened_renamed_and_deleted(searched: Browser, bureau: Bureau) -> None:
    page = searched.submit(searched.get("/events?shown=masked"), "save", title="脱敏的", shared="yes")
    assert "查询已保存" in page.said
    assert "最高显示：脱敏" in page.text()
    opened = bureau.browser("auditor").get("/searches/S-00001")
    assert found(opened) == ["2"]
    assert not bureau.browser("auditor").get("/searches").has("rename-S-00001"), "it is not theirs"
    page = searched.submit(page, "rename-S-00001", title="只看脱敏")
    assert "只看脱敏" in page.text()
    assert "共享" in page.text()
    page = searched.submit(page, "rename-S-00001", title="  ")
    assert page.status == 422
    assert "查询已删除" in searched.submit(searched.get("/searches"), "delete-S-00001").said
    assert searched.client.get("/searches/S-00001").status_code == 404


def test_a_search_of_somebody_else_cannot_be_opened_nor_changed(searched: Browser, bureau: Bureau) -> None:
    searched.submit(searched.get("/events"), "save", title="私人")
    other = bureau.browser("auditor")
    assert other.client.get("/searches/S-00001").status_code == 404
    token = {"token": str(page_of(other.client.get("/events")).all("form")[0][0].get("value"))}
    assert other.post("/searches/S-00001/delete", dict(token)).status == 404
    assert [each.name for each in bureau.searches.seen_by(CHEN)] == ["私人"]


def export(browser: Browser, query: str, form: str) -> bytes:
    page = browser.get(f"/events?{query}")
    fields = {"token": str(page.by_id("export")[0].get("value")), "query": query, "format": form}
    headers = {"origin": "https://console.yingbi.example:8444", "sec-fetch-site": "same-origin"}
    answer = browser.client.post("/events/export", data=fields, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith('attachment; filename="yingbi-events-')
    return answer.content


def test_what_was_found_is_given_out_and_that_is_written_down(searched: Browser, bureau: Bureau) -> None:
    lines = [json.loads(line) for line in export(searched, "span=week", "jsonl").splitlines()]
    assert [line["event"].rpartition("-")[2] for line in lines] == ["1", "2", "3", "4", "6", "5"]
    assert lines[3]["caller"] == ""
    head, *rows = csv.reader(io.StringIO(export(searched, "shown=masked", "csv").decode("utf-8-sig")))
    row = dict(zip(head, rows[0], strict=True))
    assert (row["时间"], row["系统"], row["最高显示"]) == ("2026-11-23 17:58:00", "人口登记系统", "脱敏")
    assert row["明文种类"] == "手机号码、姓名"
    page = bureau.browser("auditor").get("/searches")
    for words in ("jsonl", "csv", "p-chen", "2026-11-17 00:00:00 至 2026-11-24 00:00:00"):
        assert words in page.text(), words
    bureau.restart()
    assert [each.rows for each in bureau.searches.exports(5)] == [1, 6]


def test_nothing_is_given_that_cannot_be_written_down(searched: Browser, bureau: Bureau) -> None:
    bureau.searches.journal.broken = BrokenSearchJournal(3)
    page = searched.get("/events")
    answer = searched.submit(page, "export")
    assert answer.status == 422
    assert "请审计员先核查" in answer.said


def test_of_very_many_some_are_given_and_that_is_said(
    searched: Browser, bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_pages, "MOST_ROWS", 3)
    monkeypatch.setattr(search_pages, "AT_ONCE", 2)
    assert len(export(searched, "span=week", "jsonl").splitlines()) == 3
    assert "3（还有更多）" in bureau.browser("auditor").get("/searches").text()


def test_an_index_that_does_not_answer_is_said_to_be_and_the_rest_of_the_page_is_there(
    searched: Browser, bureau: Bureau
) -> None:
    page = searched.get("/events")
    bureau.office.events.close()
    assert "没有列出记录" in searched.get("/events").text()
    assert "没有在 5 秒内算出分布" in searched.get("/events").text()
    assert searched.get("/events").has("search")
    assert "没有导出" in searched.submit(page, "export").said
    assert bureau.searches.exports(5) == ()


CANARY = "44010119870512421X"


def test_no_page_and_no_file_holds_a_value_or_a_digest(bureau: Bureau) -> None:
    """Everybody here is a digest: as caller, as who is acted for, as who is shown."""
    for number in range(1, 9):
        put(
            bureau,
            number,
            caller=digest(number),
            caller_kind=CallerKind.CITIZEN,
            on_behalf_of=digest(20 + number),
            subjects=tuple(digest(40 + each) for each in range(number)),
            former_subjects=tuple(digest(80 + each) for each in range(number)),
        )
    browser = bureau.browser("oncall")
    first = "6YQ3K0M9ZT-3"
    pages = ["/events", "/events?span=week", f"/events/{first}", f"/people?event={first}", "/figures", "/searches"]
    texts = [browser.client.get(path).text for path in pages]
    texts += [export(browser, "span=week", form).decode() for form in ("csv", "jsonl")]
    texts.append(browser.submit(browser.get(f"/people?event={first}"), "look-up", place="2", basis="T-1").response.text)
    texts.append(browser.submit(browser.get("/people"), "look-up", identifier=CANARY, basis="T-2").response.text)
    wrong = browser.submit(browser.get("/people"), "look-up", identifier=CANARY, basis="")
    assert wrong.status == 422
    texts.append(wrong.response.text)
    for text in texts:
        assert not re.search(r"e1:[0-9a-f]{8}", text)
        assert CANARY not in text
        assert digest(42)[3:] not in text
    for path in bureau.office.folder.rglob("*"):
        if path.is_file() and "index" not in path.as_posix().removeprefix(str(bureau.office.folder)):
            assert CANARY.encode() not in path.read_bytes(), path


def test_the_events_of_the_installation_itself_are_searched_too(bureau: Bureau) -> None:
    put(bureau, 1, system="yingbi", operation="POST /.yingbi/people", caller="p-chen", basis="受理-1", subjects=())
    page = bureau.browser("auditor").get("/events?system=yingbi")
    assert found(page) == ["1"]
    assert "受理-1" in bureau.browser("auditor").get("/events/6YQ3K0M9ZT-1").text()


def test_an_operation_that_nobody_declared_is_called_that(bureau: Bureau) -> None:
    put(bureau, 1, operation="unknown")
    browser = bureau.browser("auditor")
    for page in (browser.get("/events"), browser.get("/events/6YQ3K0M9ZT-1")):
        assert "没有声明的操作" in page.text()
        assert "unknown" not in page.text()
