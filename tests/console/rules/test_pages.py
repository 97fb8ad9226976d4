"""The pages of rules: other numbers without writing anything, what they would have raised, and who puts them live."""

import re

import pytest

from tests.console.browser import Page, text_of
from tests.console.bureau import SUN, Bureau
from tests.console.rules.test_book import NIGHT
from tests.gateway import wait_until
from tests.siem.events import digest


def number_in(page: Page) -> str:
    found = re.search(r"/rules/proposals/(\d+)", page.path)
    assert found, page.path
    return found[1]


def test_rules_are_shown_with_how_often_they_were_right(bureau: Bureau) -> None:
    oncall = bureau.browser("oncall")
    for number in range(1, 11):
        bureau.leak(persons=1, caller=f"clerk-{number}", rule="bulk_reads")
        page = oncall.get(f"/alerts/A-{number:06d}")
        oncall.submit(page, "close", disposition="leak" if number < 3 else "false_alarm", reason="核对过")
    page = bureau.browser("officer").get("/rules")
    (said,) = [text for each in page.all("p") if (text := text_of(each)).startswith("bulk_reads")]
    assert "精确率 20%（属实 2 条，不属实 8 条） 低于 30%，请检查" in said
    assert "many_subjects，还没有精确率" in page.text()
    page = bureau.browser("auditor").get("/rules/bulk_reads.yml")
    assert "精确率 20%（属实 2 条，不属实 8 条）" in page.text()


def adapt(bureau: Bureau, name: str = "officer", **typed: str) -> Page:
    file = bureau.rules.file("bulk_reads.yml")
    assert file is not None
    page = bureau.browser(name).get("/rules/bulk_reads.yml")
    numbers = {"at_least": "150", "within": "20", "unit": "60", "level": "high", "reason": "体检季，窗口量大"}
    return bureau.browser(name).submit(page, f"adapt-{file.rules[0].id}", **(numbers | typed))


def test_an_officer_changes_numbers_and_another_puts_them_live(bureau: Bureau) -> None:
    page = adapt(bureau)
    number = number_in(page)
    assert "已提议" in page.said
    for word in ("替换", "≥ 150", "20 分钟", "体检季，窗口量大", "须由提议人以外的安全管理员生效"):
        assert word in page.text(), word
    assert not page.has("live")
    other = bureau.browser("officer2")
    page = other.submit(other.get(f"/rules/proposals/{number}"), "live")
    assert "已生效" in page.said
    found = bureau.rules.file("bulk_reads.yml")
    assert found is not None
    assert (found.is_own, found.rules[0].threshold.at_least) == (True, 150)
    assert "本单位的" in other.get("/rules").text()


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"at_least": "0"}, "1 至"),
        ({"at_least": "many"}, "整数"),
        ({"within": "32", "unit": "86400"}, "最长 31 天"),
        ({"unit": "1"}, "请选择一项"),
        ({"level": "awful"}, "请选择一项"),
        ({"reason": ""}, "请填写此项"),
        ({"reason": "11010519491231002X"}, ""),
    ],
)
def test_what_cannot_be_read_is_told_and_nothing_is_proposed(bureau: Bureau, typed: dict[str, str], why: str) -> None:
    page = adapt(bureau, **typed)
    assert page.status == 422
    assert why in page.said
    assert bureau.rules.proposals() == ()


def test_what_a_proposal_would_have_raised_is_shown(bureau: Bureau) -> None:
    bureau.leak(persons=180)
    bureau.leak(persons=180, caller=digest(7))
    number = number_in(adapt(bureau))
    browser = bureau.browser("oncall")

    page = browser.get(f"/rules/proposals/{number}?days=1")

    def is_tried() -> bool:
        nonlocal page
        page = browser.get(f"/rules/proposals/{number}?days=1")
        return "正在试" not in page.text()

    wait_until(is_tried, 30)
    assert "会告警 2 次" in page.text()
    assert "clerk-wang" in page.text()
    assert "居民 1 / citizen 1" in page.text()
    assert digest(7) not in page.response.text
    assert "请填写 1 至 90 天" in browser.get(f"/rules/proposals/{number}?days=900").text()


def test_a_rule_that_somebody_wrote_is_checked_and_added_by_one_person(bureau: Bureau) -> None:
    browser = bureau.browser("officer")
    page = browser.submit(
        browser.get("/rules"),
        "propose",
        name="night_export.yml",
        yaml=NIGHT.replace("level: medium", ""),
        reason="夜间",
    )
    assert page.status == 422
    assert "第 1 行" in page.text()
    page = browser.submit(page, "propose", name="night_export.yml", yaml=NIGHT, reason="夜间不该有导出")
    page = browser.submit(page, "live")
    assert "已生效" in page.said
    assert "夜间导出" in browser.get("/rules").text()
    page = browser.submit(browser.get("/rules/night_export.yml"), "end", reason="误报多")
    assert "停用" in page.text()
    page = browser.submit(page, "withdraw", reason="再看看")
    assert "提议已撤回" in page.said
    assert bureau.rules.file("night_export.yml") is not None


def test_text_of_a_rule_is_text(bureau: Bureau) -> None:
    hostile = NIGHT.replace("夜间导出", "<script>alert(1)</script>")
    bureau.rules.put_live(SUN, bureau.rules.propose(SUN, "night_export.yml", hostile, "<b>"))
    for path in ("/rules", "/rules/night_export.yml", "/rules/proposals/1"):
        page = bureau.browser("officer").get(path)
        assert not page.all("script")
        assert "<script>alert(1)</script>" in page.text()


def test_there_is_no_page_of_what_there_is_not(bureau: Bureau) -> None:
    browser = bureau.browser("officer")
    for path in (
        "/rules/nothing.yml",
        "/rules/..%2fsecret.yml",
        "/rules/proposals/7",
        "/rules/proposals/x",
        "/rules?page=9",
    ):
        assert browser.get(path).status == 404, path
