"""Publishing through the console: two people, on the exact text, however many accounts they have."""

from dataclasses import replace

import pytest

from console.accounts import Role
from console.notices.templates import TEMPLATE_NAMES
from incident.command import Question
from incident.draft import CHECK_LIST
from incident.facts.case import Move
from incident.ids import CaseId
from incident.notice import read_notice
from tests.console.browser import Browser, Page, text_of
from tests.console.bureau import CHEN, INSTALLATION, LI, SUN, ZHAO, Bureau
from tests.console.people import PASSWORD
from tests.incident.office import zh

ALL: list[str] = list(CHECK_LIST)


@pytest.fixture
def case(bureau: Bureau) -> CaseId:
    return bureau.to_the_draft()


def notice(browser: Browser, case: CaseId) -> Page:
    return browser.get(f"/cases/{case}/notice")


def published(bureau: Bureau) -> list[int]:
    path = bureau.office.folder / "published" / "N-20261123-001.json"
    return [version.number for version in read_notice(path).versions] if path.exists() else []


def submit(bureau: Bureau, case: CaseId, name: str = "press", checks: list[str] = ALL) -> Page:
    browser = bureau.browser(name)
    return browser.submit(notice(browser, case), "submit", check=checks)


def approve(bureau: Bureau, case: CaseId, name: str) -> Page:
    browser = bureau.browser(name)
    page = browser.submit(notice(browser, case), "approve")
    bureau.office.perform_all()
    return page


@pytest.mark.parametrize("second", ["press2", "officer"])
def test_two_people_publish(bureau: Bureau, case: CaseId, second: str) -> None:
    page = submit(bureau, case)
    assert "请另一人批准" in page.said
    state = bureau.office.cases.get(case).notice
    assert (state.submitted_by, state.checks) == (LI, tuple(ALL))
    assert published(bureau) == []
    page = approve(bureau, case, second)
    assert "已批准，正在发布" in page.said
    assert published(bureau) == [1]
    page = notice(bureau.browser("auditor"), case)
    assert "已发布" in page.text()
    links = [each.get("href") for each in page.all("a") if "第 1 版" in text_of(each)]
    assert links == ["https://notices.yingbi.example/notices/N-20261123-001"]
    hands = text_of(page.by_id("publishing")) + page.text()
    assert "press（发布员，p-li）" in hands
    assert ("press2（发布员，p-zhao）" if second == "press2" else "officer（安全管理员，p-sun）") in hands


def test_the_first_person_is_not_offered_to_approve(bureau: Bureau, case: CaseId) -> None:
    submit(bureau, case)
    page = notice(bureau.browser("press"), case)
    assert page.by_id("approve").tag.endswith("div"), "a sentence stands where the form would"
    assert "您提交了这份通告，须由另一人批准" in page.text()


def test_one_person_with_two_accounts_is_one_person(bureau: Bureau, case: CaseId) -> None:
    bureau.accounts.create("li-two", LI, frozenset({Role.PRESS}), PASSWORD, must_change=False)
    submit(bureau, case)
    page = notice(other := Browser(bureau.app), case)
    page = other.sign_in("li-two")
    page = notice(other, case)
    assert "须由另一人批准" in page.text()
    fields: dict[str, str | list[str]] = {
        "token": _token(page),
        "digest": bureau.office.cases.get(case).notice.digest,
    }
    page = other.post(f"/cases/{case}/notice/approve", fields)
    assert page.status == 422
    assert "起草、核定事实或提交的人不能批准" in page.said
    bureau.office.perform_all()
    assert published(bureau) == []
    assert bureau.office.cases.get(case).notice.approved_by is None


def test_who_wrote_or_settled_does_not_approve(bureau: Bureau, case: CaseId) -> None:
    press2 = bureau.browser("press2")
    page = press2.submit(notice(press2, case), "settle-persons", zh="20", en="20", reason="复核")
    assert "事实已核定" in page.said
    submit(bureau, case)
    page = notice(press2, case)
    assert "您核定过其中的事实" in page.text()
    approve(bureau, case, "officer")
    assert published(bureau) == [1]


def alter(bureau: Bureau, case: str) -> None:
    """The journals are looked at again, and that of *case* is not as it was written."""
    records = replace(INSTALLATION.records, journals={case: zh("第 3 条与前一条不相符")})
    bureau.installation = replace(INSTALLATION, records=records)


def test_nothing_is_published_from_a_journal_that_was_altered(bureau: Bureau, case: CaseId) -> None:
    press, press2 = bureau.browser("press"), bureau.browser("press2")
    unsent = notice(press, case)
    alter(bureau, case)
    refused = press.submit(unsent, "submit", check=ALL)
    assert refused.status == 422
    assert "案件记录被改动过，不能据以发布通告" in refused.said
    alter(bureau, "C-20261123-002")
    submit(bureau, case)
    unsent = notice(press2, case)
    assert not unsent.has("altered")
    alter(bureau, case)
    assert "案件记录被改动过，不能据以发布通告" in press2.submit(unsent, "approve").said
    bureau.office.perform_all()
    assert published(bureau) == []
    page = notice(press2, case)
    assert not page.has("approve")
    for shown in (page, press2.get(f"/cases/{case}")):
        assert "第 3 条与前一条不相符" in text_of(shown.by_id("altered"))


def test_every_item_of_the_list_is_ticked(bureau: Bureau, case: CaseId) -> None:
    page = submit(bureau, case, checks=ALL[:-1])
    assert page.status == 422
    assert "核对清单未勾选" in page.said
    ticked = [each for each in page.all("input") if each.get("type") == "checkbox" and each.get("checked") is not None]
    assert [each.get("value") for each in ticked] == ALL[:-1]
    assert bureau.office.cases.get(case).notice.submitted_by is None


def test_saving_what_is_shown_changes_nothing(bureau: Bureau, case: CaseId) -> None:
    """A browser sends lines with CR and LF, drops a line break at the beginning, and every field there is."""
    before = bureau.office.cases.get(case)
    browser = bureau.browser("press")
    assert browser.submit(notice(browser, case), "edit").status == 200
    assert bureau.office.cases.get(case) == before, "who only pressed the button is no author"


def test_an_edit_voids_what_was_submitted(bureau: Bureau, case: CaseId) -> None:
    submit(bureau, case)
    browser = bureau.browser("press2")
    page = notice(browser, case)
    body = page.by_id("edit.body_zh").text or ""
    page = browser.submit(page, "edit", body_zh=body + "\n感谢大家的理解。\n", stage="resolved", grade="none")
    assert "原有的提交和批准作废" in page.said
    state = bureau.office.cases.get(case).notice
    assert state.submitted_by is None
    assert state.authors == frozenset({ZHAO})
    assert state.draft is not None
    assert state.draft.content.grade is None
    assert state.draft.content.stage.value == "resolved"
    assert "感谢大家的理解。" in page.text()


def test_who_read_an_older_text_neither_submits_nor_approves_nor_overwrites(bureau: Bureau, case: CaseId) -> None:
    press, press2 = bureau.browser("press"), bureau.browser("press2")
    old = notice(press, case)
    press2.submit(notice(press2, case), "edit", title_zh="关于个人信息异常读取的通告")
    refused = press.submit(old, "submit", check=ALL)
    assert refused.status == 422
    assert "已被修改" in refused.said
    page = press.submit(old, "edit", title_en="My title")
    assert page.status == 422
    assert "草稿被别人修改过" in page.said
    assert page.by_id("edit.title_en").get("value") == "My title", "what was typed is not lost"
    draft = bureau.office.cases.get(case).notice.draft
    assert draft is not None
    assert draft.content.title_zh == "关于个人信息异常读取的通告"


def test_a_text_with_personal_data_is_not_kept(bureau: Bureau, case: CaseId) -> None:
    before = bureau.office.cases.get(case)
    browser = bureau.browser("press")
    page = browser.submit(notice(browser, case), "edit", body_zh="## 发生了什么\n\n居民 110101199003078515 的信息")
    assert page.status == 422
    assert "疑似有个人信息" in page.said
    assert "110101199003078515" in (page.by_id("edit.body_zh").text or ""), "typed, to be corrected"
    assert bureau.office.cases.get(case) == before


def test_problems_are_listed_and_stand_in_the_way(bureau: Bureau, case: CaseId) -> None:
    browser = bureau.browser("press")
    page = browser.submit(notice(browser, case), "edit", body_zh="## 发生了什么\n\n共有 77 人。\n")
    assert "发布前须解决" in page.text()
    assert "正文中的数字 77 没有事实来源" in page.text()
    assert "缺少“涉及哪些信息”一节" in page.text()
    assert not page.has("submit")
    fields: dict[str, str | list[str]] = {
        "token": _token(page),
        "digest": bureau.office.cases.get(case).notice.digest,
        "check": ALL,
    }
    assert browser.post(f"/cases/{case}/notice/submit", fields).status == 422


def test_drafting_anew(bureau: Bureau, case: CaseId) -> None:
    browser = bureau.browser("press")
    browser.submit(notice(browser, case), "edit", title_zh="别的标题")
    page = browser.submit(notice(browser, case), "redraft")
    assert "重新起草" in page.said
    state = bureau.office.cases.get(case).notice
    assert state.draft is not None
    assert state.draft.content.title_zh == "关于人口登记系统个人信息异常读取事件的通告"
    assert state.authors == frozenset()


def test_a_case_without_a_playbook_gets_its_draft_by_hand(bureau: Bureau) -> None:
    case = bureau.office.cases.open_by_hand("接到群众电话", "high", CHEN, "")
    browser = bureau.browser("press")
    page = browser.submit(notice(browser, case), "redraft")
    assert page.has("edit")
    assert "缺少" in page.text()


def test_a_draft_by_hand_follows_the_playbook_and_then_the_last_draft(bureau: Bureau) -> None:
    case = bureau.open(bureau.leak(persons=1, rule="canary"))
    assert bureau.office.cases.get(case).notice.draft is None, "the playbook has not come so far"
    browser = bureau.browser("press")
    browser.submit(notice(browser, case), "redraft")
    assert template(bureau, case) == "canary-record"
    bureau.office.cases.decline(case, bureau.office.question(case, Question.CONTAIN).key, CHEN, "已人工停用")
    bureau.office.perform_all()
    bureau.office.cases.settle_fact(case, LI, "contained", zh("今天上午", "this morning"), "人工停用")
    browser.submit(notice(browser, case), "redraft")
    bureau.office.publish(case)
    browser.submit(notice(browser, case), "withdraw", reason="wrong")
    bureau.office.perform_all()
    assert bureau.office.cases.get(case).notice.draft is None
    browser.submit(notice(browser, case), "redraft")
    assert template(bureau, case) == "canary-record"


def test_a_person_chooses_the_template(bureau: Bureau, case: CaseId) -> None:
    browser = bureau.browser("press")
    page = notice(browser, case)
    offered = [each.get("value") for each in page.by_id("redraft.template").iter() if each.tag.endswith("option")]
    assert offered == sorted(TEMPLATE_NAMES), "every template has its words"
    chosen = [each.get("value") for each in page.by_id("redraft.template").iter() if each.get("selected") is not None]
    assert chosen == ["bulk-retrieval"]
    page = browser.submit(page, "redraft", template="extortion")
    assert "重新起草" in page.said
    assert template(bureau, case) == "extortion"
    browser.submit(notice(browser, case), "redraft")
    assert template(bureau, case) == "extortion", "what was chosen last stays chosen"
    page = browser.post(f"/cases/{case}/notice/redraft", {"token": _token(page), "template": "../extortion"})
    assert page.status == 422
    assert "没有这个模板" in page.text()
    assert template(bureau, case) == "extortion"


def template(bureau: Bureau, case: CaseId) -> str:
    draft = bureau.office.cases.get(case).notice.draft
    assert draft is not None
    return draft.template


def test_a_correction_says_what_was_corrected(bureau: Bureau, case: CaseId) -> None:
    submit(bureau, case)
    approve(bureau, case, "press2")
    browser = bureau.browser("press")
    page = notice(browser, case)
    assert "就是公众看到的第 1 版" in page.text()
    refused = browser.submit(page, "edit", title_zh="关于个人信息异常读取的通告（更正）")
    assert "请说明更正了什么" in refused.said
    page = browser.submit(refused, "edit", change_zh="标题更正", change_en="the title was corrected")
    assert page.status == 200, page.said
    submit(bureau, case)
    approve(bureau, case, "officer")
    assert published(bureau) == [1, 2]
    page = notice(browser, case)
    links = {each.get("href") for each in page.all("a") if (each.get("href") or "").startswith("https://notices")}
    assert links == {
        "https://notices.yingbi.example/notices/N-20261123-001",
        "https://notices.yingbi.example/notices/N-20261123-001/1",
    }


def test_withdrawing(bureau: Bureau, case: CaseId) -> None:
    submit(bureau, case)
    approve(bureau, case, "press2")
    browser = bureau.browser("press")
    refused = browser.submit(notice(browser, case), "withdraw", reason="不想说")
    assert refused.status == 422
    page = browser.submit(notice(browser, case), "withdraw", reason="personal_data")
    assert "正在撤回" in page.said
    assert "正在发布或撤回" in page.text()
    assert not page.has("edit"), "nothing may be changed meanwhile"
    bureau.office.perform_all()
    page = notice(browser, case)
    assert "内容不宜公开" in page.text()
    assert "已撤回" in page.text()
    assert page.has("redraft")


def test_the_notice_of_a_case_that_has_ended_waits_until_it_is_reopened(bureau: Bureau, case: CaseId) -> None:
    bureau.office.cases.act(case, Move.DISMISS, CHEN, "误报")
    page = notice(bureau.browser("press"), case)
    assert "案件已经结束" in page.text()
    assert not any(page.has(form) for form in ("edit", "submit", "approve", "redraft", "withdraw"))
    assert not any(page.has(f"settle-{name}") for name in ("persons", "from"))


def test_the_preview_shows_what_the_public_will_read(archive: Bureau) -> None:
    page = notice(archive.browser("auditor"), CaseId("C-20261123-001"))
    preview = next(each for each in page.all("div") if each.get("class") == "preview")
    said = text_of(preview)
    for word in ("发生了什么", "共有 20 人", "0570-8765000", "English summary", "第 1 版", "已控制", "一般"):
        assert word in said, word


def test_settling_needs_its_ground(bureau: Bureau, case: CaseId) -> None:
    browser = bureau.browser("press")
    page = browser.submit(notice(browser, case), "settle-persons", zh="21", en="", reason="")
    assert page.status == 422
    assert page.by_id("settle-persons.zh").get("value") == "21"
    fields: dict[str, str | list[str]] = {
        "token": _token(page),
        "name": "no-such-fact",
        "zh": "x",
        "en": "x",
        "reason": "x",
    }
    assert "没有名为" in browser.post(f"/cases/{case}/notice/settle", fields).said


def test_the_page_names_who_did_what(bureau: Bureau, case: CaseId) -> None:
    submit(bureau, case)
    approve(bureau, case, "officer")
    page = notice(bureau.browser("auditor"), case)
    history = page.by_id("history")
    section = next(each for each in page.all("section") if history in each.iter())
    said = text_of(section)
    for word in ("系统 通告草稿", f"{LI} 通告提交", f"{SUN} 通告批准", "通告第 1 版已发布"):
        assert word in said, word


def _token(page: Page) -> str:
    return next(str(each.get("value")) for each in page.all("input") if each.get("name") == "token")


def test_a_time_is_set_with_the_submission_shown_to_the_second_person_and_called_off(
    bureau: Bureau, case: CaseId
) -> None:
    press = bureau.browser("press")
    page = press.submit(notice(press, case), "submit", check=ALL, due="2026-11-01T09:00:00")
    assert page.status == 422
    assert "定时发布的时间须在现在以后" in page.said
    page = press.submit(notice(press, case), "submit", check=ALL, due="2026-11-24T09:00:00")
    due = bureau.office.cases.get(case).notice.due
    assert due is not None
    assert due.isoformat() == "2026-11-24T01:00:00+00:00"
    officer = bureau.browser("officer")
    assert "在 2026-11-24 09:00:00" in notice(officer, case).text()
    approve(bureau, case, "officer")
    assert published(bureau) == []
    assert "已批准，等待定时发布" in notice(officer, case).text()
    assert not notice(officer, case).has("call-off"), "who writes may call it off"
    page = press.submit(notice(press, case), "call-off")
    assert "定时发布已取消" in page.said
    assert bureau.office.cases.get(case).notice.approved_by is None
