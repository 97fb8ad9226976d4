import re

import pytest

from console.alerts.book import AlertBook
from console.alerts.pages import GROWTH_WORDS, ON_ONE_PAGE, PERMIT_RULES, SPANS
from incident.database import for_writing
from siem.detect.aliases import holds_digest
from siem.detect.lifecycle import GROWTHS, LONGEST_SNOOZE, Disposition
from tests.console.browser import Browser, Page, fields_of
from tests.console.bureau import DELIVERIES, Bureau
from tests.siem.events import digest
from yingbi.rules import SHIPPED


def test_an_alert_says_what_to_do_about_whom(archive: Bureau) -> None:
    page = archive.browser("oncall").get("/alerts/A-000001")
    for word in (
        "短时间查看大量不同的人",
        "确认凭证是否被盗",
        "Find out whether the credential was stolen",
        "clerk-wang",
        "many_subjects",
        "自动控制",
        "2026年11月23日 18:00（北京时间）",
        "打开案件 C-20261123-001",
    ):
        assert word in page.text(), word
    links = [each.get("href") for each in page.all("a")]
    assert "/cases/C-20261123-001" in links
    assert "/events/6YQ3K0M9ZT-0" in links


def test_alerts_lead_to_their_case(archive: Bureau) -> None:
    page = archive.browser("auditor").get("/alerts")
    assert page.text().count("C-20261123-00") == 2
    assert titles(page) == ["A-000002", "A-000001"]


def test_an_alert_without_a_case_says_so(bureau: Bureau) -> None:
    bureau.leak(persons=10)
    browser = bureau.browser("oncall")
    assert "还没有案件" in browser.get("/alerts").text()
    assert "还没有案件" in browser.get("/alerts/A-000001").text()


@pytest.mark.parametrize("alert", ["A-000099", "A-1e3", "x", "A-", "%00", "A-٢", f"A-{2**63}"])
def test_alerts_that_are_not_there(archive: Bureau, alert: str) -> None:
    assert archive.browser("oncall").client.get(f"/alerts/{alert}").status_code == 404


def titles(page: Page) -> list[str]:
    """The alerts that a list names, in its order."""
    links = [each.get("href") or "" for each in page.all("a")]
    return [link.removeprefix("/alerts/") for link in links if link.startswith("/alerts/A-")]


@pytest.fixture
def handled(bureau: Bureau) -> Bureau:
    """One alert of each state: A-000001 escalated, 2 acknowledged, 3 snoozed, 4 closed, 5 new."""
    bureau.leak(persons=4, caller="clerk-1", rule="many_subjects")
    bureau.office.watch.move(minutes=61)
    oncall = bureau.browser("oncall")
    for number in (2, 3, 4, 5):
        bureau.leak(persons=4, caller=f"clerk-{number}", rule="bulk_reads")
    for number in (2, 3):
        oncall.submit(oncall.get(f"/alerts/A-{number:06d}"), "acknowledge")
    oncall.submit(oncall.get("/alerts/A-000003"), "snooze", hours="4", reason="等业务科室回复")
    oncall.submit(oncall.get("/alerts/A-000004"), "close", disposition="false_alarm", reason="核对过台账")
    bureau.alert_watch.step()
    return bureau


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", "1 5 2"),
        ("?state=escalated", "1"),
        ("?state=new", "1 5"),
        ("?state=acknowledged", "2"),
        ("?state=snoozed", "3"),
        ("?state=closed", "4"),
        ("?state=quiet", ""),
        ("?state=all", "1 5 4 3 2"),
        ("?state=all&level=high", "1"),
        ("?state=all&rule=bulk_reads", "5 4 3 2"),
        ("?state=all&caller=clerk-3", "3"),
        ("?state=all&caller=nobody", ""),
        ("?mine=1", "2"),
        ("?state=all&mine=1", "3 2"),
    ],
)
def test_the_list_shows_what_is_asked_for_and_who_waits_too_long_first(
    handled: Bureau, query: str, numbers: str
) -> None:
    page = handled.browser("oncall").get(f"/alerts{query}")
    assert titles(page) == [f"A-{int(number):06d}" for number in numbers.split()]


def test_the_list_counts_each_state(handled: Bureau) -> None:
    said = handled.browser("auditor").get("/alerts")
    for words in (
        "未关闭（3）",
        "超时（1）",
        "待确认（2）",
        "处理中（1）",
        "已暂缓（1）",
        "已关闭（1）",
        "不须处理（0）",
        "全部（5）",
    ):
        assert words in said.text(), words
    narrowed = handled.browser("auditor").get("/alerts?rule=many_subjects")
    assert "全部（1）" in narrowed.text()
    assert "1 条告警超时没有人确认" in handled.browser("oncall").get("/").text()


def test_a_long_list_has_pages_that_keep_what_was_asked_for(bureau: Bureau) -> None:
    for number in range(ON_ONE_PAGE + 1):
        bureau.leak(persons=1, caller=f"clerk-{number}", rule="bulk_reads")
    browser = bureau.browser("oncall")
    page = browser.get("/alerts?state=all&level=medium")
    (following,) = [str(each.get("href")) for each in page.all("a") if each.get("rel") == "next"]
    assert following == "/alerts?page=2&state=all&level=medium"
    assert len(titles(page)) == ON_ONE_PAGE
    assert len(titles(browser.get(following))) == 1
    for wrong in ("?page=3&state=all", "?page=0", "?state=lost", "?page=x"):
        assert browser.client.get(f"/alerts{wrong}").status_code == 404


def test_the_forms_offer_what_the_life_of_an_alert_allows() -> None:
    assert {int(growth) for growth, _ in GROWTH_WORDS} == set(GROWTHS)
    assert max(int(hours) for hours, _ in SPANS) * 3600 == LONGEST_SNOOZE.total_seconds()


FORMS = ("acknowledge", "assign", "snooze", "close", "reopen")


@pytest.mark.parametrize(
    ("number", "offered"),
    [
        (1, "acknowledge assign close"),
        (2, "assign snooze close"),
        (3, "acknowledge assign snooze close"),
        (4, "reopen"),
    ],
)
def test_each_state_offers_its_acts_to_who_is_on_duty_and_to_nobody_else(
    handled: Bureau, number: int, offered: str
) -> None:
    address = f"/alerts/A-{number:06d}"
    page = handled.browser("oncall").get(address)
    assert [form for form in FORMS if page.has(form)] == offered.split()
    if page.has("snooze"):
        chosen = fields_of(page.by_id("snooze"))
        assert (chosen["hours"], chosen["growth"]) == ("4", "200"), "what is chosen where nobody chooses"
    page = handled.browser("auditor").get(address)
    assert not [form for form in FORMS if page.has(form)]


def test_from_finding_to_closing(bureau: Bureau) -> None:
    bureau.employ("officer")
    bureau.leak(persons=20, rule="bulk_reads")
    oncall = bureau.browser("oncall")
    page = oncall.get("/alerts/A-000001")
    assert "2026年11月24日 17:00（北京时间）前" in page.text()
    page = oncall.submit(page, "acknowledge")
    assert "已确认，由您处理" in page.said
    page = oncall.submit(page, "assign", to="p-sun")
    assert "处理人officer" in page.text()
    page = oncall.submit(page, "snooze", hours="24", growth="150", reason="年检，见来函")
    assert "增长到 1.5 倍提前返回（暂缓时 20 次、20 人）" in page.text()
    bureau.leak(persons=10, rule="bulk_reads")
    bureau.alert_watch.step()
    page = oncall.get("/alerts/A-000001")
    assert "又回来了" in page.text()
    assert "暂缓期间增长到 30 次访问、30 人，提前重新待确认" in page.text()
    page = oncall.submit(page, "close", disposition="leak", reason="本人承认")
    for words in ("属实：泄露，oncall", "：本人承认", "规则的精确率100%（近 90 天属实 1 条，不属实 0 条）", "请立案"):
        assert words in page.text(), words
    assert oncall.submit(page, "open").path.startswith("/cases/C-20261123-001")
    page = bureau.browser("auditor").get("/alerts/A-000001")
    assert re.findall(r"#\d", page.text()) == ["#6", "#5", "#4", "#3", "#2", "#1"]


def test_who_acts_on_an_old_page_is_told_and_keeps_what_they_typed(bureau: Bureau) -> None:
    bureau.leak(persons=20, rule="bulk_reads")
    oncall, officer = bureau.browser("oncall"), bureau.browser("officer")
    old = officer.get("/alerts/A-000001")
    oncall.submit(oncall.get("/alerts/A-000001"), "acknowledge")
    page = officer.submit(old, "close", disposition="false_alarm", reason="核对过台账")
    assert page.status == 422
    assert "p-chen已登记：确认" in page.said
    assert page.by_id("close.reason").text == "核对过台账"
    page = officer.submit(page, "close")
    assert "误报，officer" in page.text()


@pytest.mark.parametrize(
    ("form", "typed", "said"),
    [
        ("close", {"disposition": "", "reason": "核对过"}, "请选择一项"),
        ("close", {"disposition": "leak", "reason": " "}, "请填写此项"),
        ("close", {"disposition": "leak", "reason": "核对 11010519491231002X"}, "疑似有个人信息"),
        ("assign", {"to": ""}, "请选择一项"),
        ("assign", {"to": "p-wu"}, "请选择一项"),
        ("acknowledge", {"seen": "x"}, "整数"),
    ],
)
def test_what_a_form_lacks_is_told(bureau: Bureau, form: str, typed: dict[str, str], said: str) -> None:
    bureau.employ("auditor")
    bureau.leak(persons=20, rule="bulk_reads")
    oncall = bureau.browser("oncall")
    page = oncall.submit(oncall.get("/alerts/A-000001"), form, **typed)
    assert said in page.text()
    life = bureau.alert_book.get("A-000001")
    assert life is not None
    assert len(life.entries) == 1


def close_all(browser: Browser, outcomes: list[Disposition]) -> None:
    for number, outcome in enumerate(outcomes, 1):
        browser.submit(browser.get(f"/alerts/A-{number:06d}"), "close", disposition=outcome, reason="核对过")


def test_a_rule_that_is_seldom_right_is_proposed_for_review(bureau: Bureau) -> None:
    for number in range(11):
        bureau.leak(persons=1, caller=f"clerk-{number}", rule="bulk_reads")
    oncall = bureau.browser("oncall")
    close_all(oncall, [Disposition.VIOLATION, *[Disposition.FALSE_ALARM] * 8])
    page = oncall.get("/alerts/rules")
    assert "bulk_reads 短时间大量读取个人信息11%01080211" in page.text()
    assert "低于 30%：请安全管理员" not in page.text()
    oncall.submit(oncall.get("/alerts/A-000010"), "close", disposition="benign", reason="年检")
    page = bureau.browser("officer").get("/alerts/rules")
    assert (
        "规则 bulk_reads 近 90 天关闭的告警中只有 10% 属实，低于 30%：请安全管理员看这些告警，在检测规则中改"
        in page.text()
    )
    assert len(titles(oncall.get("/alerts?state=closed&rule=bulk_reads"))) == 10
    assert "请安全管理员检查这条规则" in oncall.get("/alerts/A-000011").text()


def test_before_any_alert_the_page_of_rules_says_so(bureau: Bureau) -> None:
    assert "还没有规则产生过告警" in bureau.browser("auditor").get("/alerts/rules").text()


def test_an_alert_that_the_journal_does_not_know_yet_is_shown(bureau: Bureau) -> None:
    bureau.leak(persons=20, rule="bulk_reads")
    engine = bureau.office.engine
    with for_writing(engine).begin() as connection:
        connection.exec_driver_sql("DELETE FROM alert_journal")
    bureau.restart()
    page = bureau.browser("oncall").get("/alerts/A-000001")
    assert "还没有。" in page.text()
    assert not [form for form in FORMS if page.has(form)]


def test_an_altered_journal_hides_no_alert(handled: Bureau) -> None:
    with for_writing(handled.office.engine).begin() as connection:
        connection.exec_driver_sql("UPDATE alert_journal SET body = replace(body, 'false_alarm', 'drill')")
    handled.restart()
    assert isinstance(handled.alert_book, AlertBook)
    assert handled.alert_book.broken is not None
    oncall = handled.browser("oncall")
    page = oncall.get("/alerts")
    assert "告警处置记录第" in page.text()
    assert sorted(titles(page)) == [f"A-{number:06d}" for number in range(1, 6)]
    page = oncall.get("/alerts/A-000004")
    assert "不能登记处理" in page.text()
    assert not [form for form in FORMS if page.has(form)]


def test_who_was_told_stands_with_the_alert_and_what_they_answered(archive: Bureau) -> None:
    address = "/alerts/A-000001"
    assert "通知了谁" not in archive.browser("oncall").get(address).text()
    archive.deliveries = DELIVERIES
    page = archive.browser("auditor").get(address).text()
    for said in ("通知了谁", "已送达", "HTTP 200", "新告警", "代 oncall", "重试中", "SMTP 451", "告警扩大", "等待发送"):
        assert said in page, said
    archive.deliveries = None
    assert "通知情况暂时无法读取" in archive.browser("oncall").get(address).text()
    archive.deliveries = ()


def test_no_page_names_a_citizen_by_the_digest(bureau: Bureau) -> None:
    """The caller is whom the alert is about, and everything that is made of it."""
    citizen = digest(77)
    first = bureau.leak(persons=20, caller=citizen, rule="many_subjects")
    bureau.leak(persons=10, caller=digest(78), rule="masked_harvest")
    case = bureau.open(first)
    for name in ("oncall", "auditor"):
        browser = bureau.browser(name)
        for path in ("/", "/alerts", "/alerts?state=all", f"/alerts/{first.id}", "/alerts/A-000002", "/alerts/rules",
                     "/cases", f"/cases/{case}", f"/events?about={first.id}"):  # fmt: skip
            page = browser.get(path)
            said = page.text("body") if "/cases/C-" in path else page.response.text
            assert not holds_digest(said), f"{path}, where only the form that contains may say whom, to itself"
    listed = bureau.browser("oncall").get("/alerts").text()
    assert "居民 1" in listed
    assert "居民 2" in listed
    assert "居民 1 / citizen 1" in bureau.browser("oncall").get("/alerts/A-000002").text()


def test_an_alert_that_opens_no_case_leads_to_its_events_and_to_a_case(bureau: Bureau) -> None:
    bureau.leak(persons=10, rule="masked_harvest")
    browser = bureau.browser("oncall")
    page = browser.get("/alerts/A-000001")
    assert "先看这条告警的记录" in page.text()
    links = [each.get("href") for each in page.all("a")]
    assert "/events?about=A-000001" in links
    assert "/permits" not in [each.get("href") for each in page.all("a") if each.get("class") == "button"]
    assert "masked_harvest" in fields_of(page.by_id("open"))["note"]
    case = browser.submit(page, "open").path
    assert case.startswith("/cases/C-")
    assert browser.submit(page, "open").path == case, "pressed twice it is one case"
    links = [each.get("href") for each in browser.get(case).all("a")]
    assert "/alerts/A-000001" in links, "the case names its alert"
    shown = browser.get("/alerts/A-000001")
    assert case in [each.get("href") for each in shown.all("a")], "and the alert its case"
    assert not shown.has("open")


def test_a_case_that_is_refused_still_belongs_to_its_alert(bureau: Bureau) -> None:
    bureau.leak(persons=10, rule="masked_harvest")
    browser = bureau.browser("oncall")
    page = browser.submit(browser.get("/alerts/A-000001"), "open", note="核对 11010519491231002X")
    assert (page.status, "疑似有个人信息" in page.said) == (422, True)
    assert "从告警 A-000001 立案" in page.text()
    case = browser.submit(page, "open", note="核对过台账").path
    assert "/alerts/A-000001" in [each.get("href") for each in browser.get(case).all("a")]


def test_an_alert_says_that_its_events_were_kept_long_enough_and_keeps_what_was_done(bureau: Bureau) -> None:
    alert = bureau.leak(persons=20)
    browser = bureau.browser("oncall")
    browser.submit(browser.get("/alerts/A-000001"), "acknowledge")
    assert "已过保留期" not in browser.get("/alerts/A-000001").text()
    bureau.let_go = frozenset(alert.events[:1])
    page = browser.get("/alerts/A-000001")
    assert "其中 1 条记录已过保留期" in page.text()
    links = [each.get("href") for each in page.all("a")]
    assert [f"/events/{event}" in links for event in alert.events[:2]] == [False, True]
    bureau.let_go = frozenset(alert.events)
    bureau.restart()
    page = bureau.browser("oncall").get("/alerts/A-000001")
    assert "列出的记录都已过保留期" in page.text()
    assert "确认，开始处理" in page.text(), "and what was done about it is there, and verified"


def test_an_alert_about_permits_leads_to_the_permits(bureau: Bureau) -> None:
    assert {path.stem for path in SHIPPED.glob("*.yml")} >= PERMIT_RULES
    bureau.leak(persons=1, rule="break_glass")
    page = bureau.browser("oncall").get("/alerts/A-000001")
    assert "/permits" in [each.get("href") for each in page.all("a") if each.get("class") == "button"]
