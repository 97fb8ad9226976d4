"""The lists of persons to tell, as people ask for them, agree to them and take them away."""

from incident.person_lists import ListStanding
from tests.console.bureau import CHEN, RECIPIENT, SUN, Bureau


def test_one_asks_another_agrees_and_the_page_says_how_far_it_is(bureau: Bureau) -> None:
    case = bureau.to_the_draft()
    address = f"/cases/{case}/persons"
    oncall, officer = bureau.browser("oncall"), bureau.browser("officer")
    page = oncall.submit(oncall.get(address), "ask", source="register", recipient="age1", reason="依法告知")
    assert page.status == 422
    assert "公钥以 age1 开头" in page.text()
    page = oncall.submit(page, "ask", recipient=RECIPIENT)
    assert "须另一人同意" in page.said
    page = oncall.submit(oncall.get(address), "agree-1")
    assert (page.status, bureau.office.cases.get(case).person_lists[1].standing) == (422, ListStanding.ASKED)
    page = officer.submit(officer.get(address), "agree-1")
    assert "已同意" in page.said
    listed = bureau.office.cases.get(case).person_lists[1]
    assert (listed.asked_by, listed.agreed_by, listed.asked.recipient) == (CHEN, SUN, RECIPIENT)
    page = oncall.submit(oncall.get(address), "stop-1", reason="系统已下线")
    assert bureau.office.cases.get(case).person_lists[1].standing is ListStanding.STOPPED
    assert "系统已下线" in page.text()


def test_what_is_missing_stands_on_the_page_and_the_part_is_handed_out_as_it_lies(archive: Bureau) -> None:
    address = "/cases/C-20261123-001/persons"
    browser = archive.browser("oncall")
    text = browser.get(address).text()
    assert "不完整，还在试" in text
    assert "7 人尚未查到" in text
    assert "网关答 502 upstream_unreachable" in text
    answer = browser.client.get(f"{address}/1/1")
    assert answer.content.startswith(b"age-encryption.org/v1")
    assert answer.headers["content-disposition"] == 'attachment; filename="C-20261123-001-P1-1.age"'
    for beside in ("1/2", "1/0", "2/1", "1/x", "1/..%2F..%2Fstate.db"):
        assert browser.client.get(f"{address}/{beside}").status_code == 404
    assert "查不到" not in text
    assert not archive.browser("auditor").get(address).has("ask"), "who checks asks for nothing"


def test_a_system_that_is_not_declared_is_not_read(bureau: Bureau) -> None:
    case = bureau.to_the_draft()
    browser = bureau.browser("oncall")
    page = browser.get(f"/cases/{case}/persons")
    page = browser.submit(page, "ask", source="payroll", recipient=RECIPIENT, reason="依法告知")
    assert page.status == 422
    assert bureau.office.cases.get(case).person_lists == {}
