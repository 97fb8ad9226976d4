"""The forms by which cases are merged, split and linked, sent as a browser sends them."""

import pytest

from incident.ids import CaseId
from incident.state import State
from tests.console.bureau import Bureau


@pytest.fixture
def pair(bureau: Bureau) -> tuple[CaseId, CaseId]:
    """Two cases that ask whether to contain, about two clerks."""
    one, other = (
        bureau.open(bureau.leak(persons=120, caller=each, rule="bulk_reads")) for each in ("clerk-han", "clerk-yang")
    )
    return one, other


def test_a_case_goes_into_another_and_its_page_says_where(bureau: Bureau, pair: tuple[CaseId, CaseId]) -> None:
    one, other = pair
    browser = bureau.browser("oncall")
    page = browser.get(f"/cases/{one}")
    assert "请选择一个案件" in browser.submit(page, "merge", reason="同一伙人").said
    assert "请填写理由" in browser.submit(page, "merge", into=other).said
    there = browser.submit(page, "merge", into=other, reason="同一伙人")
    assert there.path == f"/cases/{other}"
    assert "已并案" in there.said
    assert f"并入本案的：{one}" in there.text()
    gone = browser.get(f"/cases/{one}")
    assert gone.status == 200
    assert f"本案已并入 {other}" in gone.text()
    assert not any(gone.has(form) for form in ("merge", "split", "link", "contain", "move")), "it is read only"
    assert bureau.office.cases.get(one).state is State.MERGED
    (found,) = ((each for each in browser.get("/alerts").all("a") if each.get("href") == f"/cases/{other}"),)
    assert found
    split = browser.submit(there, "split", alert=next(iter(bureau.office.cases.get(other).alerts)), reason="两件事")
    assert "已拆分" in split.said
    assert "C-20261123-003 拆分自 split from 本案" in split.text()


def test_cases_are_linked_and_the_link_shows_on_both(bureau: Bureau, pair: tuple[CaseId, CaseId]) -> None:
    one, other = pair
    browser = bureau.browser("officer")
    page = browser.submit(browser.get(f"/cases/{one}"), "link", kind="caused_by", other=other, reason="同一口令")
    assert "关联已登记" in page.said
    assert f"起因于 caused by {other} ：同一口令".replace(" ：", "：") in page.text()
    assert f"{one} 起因于" in browser.get(f"/cases/{other}").text()
    page = browser.submit(page, f"unlink-caused_by-{other}", reason="误登记")
    assert "关联已取消" in page.said
    assert bureau.office.cases.get(one).links == ()


def test_who_only_reads_is_offered_none_of_it(bureau: Bureau, pair: tuple[CaseId, CaseId]) -> None:
    page = bureau.browser("auditor").get(f"/cases/{pair[0]}")
    assert page.has("several")
    assert not any(page.has(form) for form in ("merge", "split", "link"))
