import pytest

from console.alert_pages import MOST_LISTED
from tests.console.bureau import Bureau


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
    assert [each.get("href") for each in page.all("a") if "/alerts/" in (each.get("href") or "")] == [
        "/alerts/A-000002",
        "/alerts/A-000001",
    ]


def test_an_alert_without_a_case_says_so(bureau: Bureau) -> None:
    bureau.leak(persons=10)
    browser = bureau.browser("oncall")
    assert "还没有案件" in browser.get("/alerts").text()
    assert "还没有案件" in browser.get("/alerts/A-000001").text()


@pytest.mark.parametrize("alert", ["A-000099", "A-1e3", "x", "A-", "%00", "A-٢"])
def test_alerts_that_are_not_there(archive: Bureau, alert: str) -> None:
    assert archive.browser("oncall").client.get(f"/alerts/{alert}").status_code == 404


def test_of_very_many_alerts_the_newest_are_listed_and_that_is_said(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.alert_pages.MOST_LISTED", 2)
    for number in range(3):
        bureau.leak(persons=2, caller=f"clerk-{number}")
    page = bureau.browser("oncall").get("/alerts")
    assert "只列出最近 2 条告警" in page.text()
    assert "clerk-0" not in page.text()
    assert MOST_LISTED == 200


def test_an_officer_silences_a_rule_for_a_caller(bureau: Bureau) -> None:
    alert = bureau.leak(persons=20, rule="bulk_reads")
    address = f"/alerts/{alert.id}"
    officer = bureau.browser("officer")
    page = officer.submit(officer.get(address), "silence", days="30", reason="年检核对，见台账")
    for word in ("已静音", "S-1：", "年检核对，见台账", "结束 S-1"):
        assert word in page.text(), word
    assert "S-1：" in bureau.browser("oncall").get(address).text()
    page = officer.submit(page, "end-S-1")
    assert "提前结束" in page.text()
    assert "结束 S-1" not in page.text()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"days": "91", "reason": "核对"}, "请填写 1 至 90 的整数"),
        ({"days": "30", "reason": " "}, "请填写此项"),
        ({"days": "30", "reason": "核对 11010519491231002X"}, "疑似有个人信息"),
    ],
)
def test_what_a_silence_lacks_is_told(bureau: Bureau, typed: dict[str, str], said: str) -> None:
    alert = bureau.leak(persons=20, rule="bulk_reads")
    officer = bureau.browser("officer")
    page = officer.submit(officer.get(f"/alerts/{alert.id}"), "silence", **typed)
    assert said in page.text()
    assert "S-1" not in page.text()


@pytest.mark.parametrize(
    ("name", "rule"), [("oncall", "bulk_reads"), ("officer", "many_subjects"), ("officer", "canary")]
)
def test_nobody_is_offered_a_silence_that_may_not_be(bureau: Bureau, name: str, rule: str) -> None:
    alert = bureau.leak(persons=20, rule=rule)
    page = bureau.browser(name).get(f"/alerts/{alert.id}")
    assert not [each for each in page.all("form") if (each.get("action") or "").endswith("/silence")]
