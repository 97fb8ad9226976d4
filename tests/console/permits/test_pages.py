"""The pages of permits: everybody is told while the glass is broken, who may end and review, and what was read."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from console.installation import RecordState
from siem.index.store import StoreUnavailable
from siem.record.event import Disclosure, FieldUse, PermitNote, PermitState, Phase, Verdict
from tests.console.browser import Page, text_of
from tests.console.bureau import INSTALLATION, Bureau
from tests.console.permits.invented import GLASS, ONE, broken_glass, open_both, opened
from tests.incident.office import LIMIT, TEN, zh
from tests.siem.events import digest, document

ROLES = ("officer", "oncall", "press", "auditor", "operator")
PERSONAL = "11010519491231002X"


def banner(page: Page) -> str:
    found = [each for each in page.all("section") if each.get("aria-labelledby") == "emergencies"]
    return text_of(found[0]) if found else ""


@pytest.mark.parametrize("name", ROLES)
@pytest.mark.parametrize("path", ["/", "/password", "/system"])
def test_while_the_glass_is_broken_every_page_tells_everybody(bureau: Bureau, name: str, path: str) -> None:
    browser = bureau.browser(name)
    assert banner(browser.get(path)) == ""
    open_both(bureau.permits, TEN)
    told = banner(browser.get(path))
    for word in ("head-on-duty", "人口登记系统", "台风转移，需要逐户联系", "2026-11-23 19:00:00"):
        assert word in told, (name, word)
    assert "clerk-wang" not in told, "one record is no matter for everybody"
    assert ("终止" in told) is (name in ("officer", "oncall"))
    bureau.office.watch.move(minutes=60)
    assert banner(bureau.another(name).get(path)) == ""


def test_pages_of_errors_tell_of_it_too(bureau: Bureau) -> None:
    bureau.permits.note(broken_glass(TEN), TEN)
    for name, path, status in (("officer", "/permits/none", 404), ("press", "/policies", 403)):
        page = bureau.browser(name).get(path)
        assert (page.status, "head-on-duty" in banner(page)) == (status, True)


def test_strangers_are_told_nothing(bureau: Bureau) -> None:
    bureau.permits.note(broken_glass(TEN), TEN)
    browser = bureau.browser("press")
    browser.client.cookies.clear()
    page = browser.get("/")
    assert page.path.startswith("/sign-in")
    assert "head-on-duty" not in page.response.text


def test_the_list_has_what_is_in_force_and_what_waits(bureau: Bureau) -> None:
    page = bureau.browser("auditor").get("/permits")
    for word in ("现在没有生效的查看许可", "没有等待复核", "还没有人申请过"):
        assert word in page.text(), word
    open_both(bureau.permits, TEN)
    bureau.permits.note(opened(TEN, "prm-00000000000000c3", sampled=False, why="没有抽中的"), TEN)
    page = bureau.browser("auditor").get("/permits")
    sections = {each.get("aria-labelledby"): text_of(each) for each in page.all("section")}
    for name, number in (("live", 3), ("waiting", 2), ("all", 3)):
        assert sections[name].count("到期") == number, name
    for word in ("核对申请人的证件号码", "受理-2026-118", "social-clerk", "生效中", "紧急查看：人口登记系统"):
        assert word in sections["live"], word
    assert "没有抽中的" not in sections["waiting"]


def test_the_overview_has_what_waits_for_whoever_may_review(bureau: Bureau) -> None:
    open_both(bureau.permits, TEN)
    bureau.permits.note(opened(TEN, "prm-00000000000000c3", sampled=False), TEN)
    for name in ROLES:
        page = bureau.browser(name).get("/")
        assert page.has("reviews") is (name in ("officer", "auditor")), name
    found = [each.get("href") for each in bureau.browser("officer").get("/").all("a")]
    assert {f"/permits/{ONE}", f"/permits/{GLASS}"} <= set(found)
    assert "/permits/prm-00000000000000c3" not in found


def test_who_is_on_duty_ends_a_permit_alone(bureau: Bureau) -> None:
    open_both(bureau.permits, TEN)
    browser = bureau.browser("oncall")
    bureau.office.watch.move(minutes=4)
    page = browser.submit(browser.get(f"/permits/{GLASS}"), "end", reason="已核实，不再需要")
    assert "许可已终止" in page.said
    assert banner(page) == ""
    for word in ("已终止", "由 p-chen 提前终止：已核实，不再需要"):
        assert word in page.text(), word
    assert not page.has("end")
    assert [record.fact.permit for record in bureau.permits.live(bureau.office.watch())] == [ONE]


def test_what_has_ended_meanwhile_is_said(bureau: Bureau) -> None:
    bureau.permits.note(opened(TEN), TEN)
    browser = bureau.browser("officer")
    page = browser.get(f"/permits/{ONE}")
    bureau.office.watch.move(minutes=15)
    page = browser.submit(page, "end")
    assert page.status == 422
    assert "这个许可已经结束" in page.said


def test_a_review_is_recorded_with_who_gave_it(bureau: Bureau) -> None:
    open_both(bureau.permits, TEN)
    bureau.office.watch.move(minutes=15)
    browser = bureau.browser("auditor")
    page = browser.submit(browser.get(f"/permits/{ONE}"), "review", judgement="proper", remark="与受理台账一致")
    assert "复核结论已登记" in page.said
    for word in ("属实", "p-wu", "与受理台账一致"):
        assert word in page.text(), word
    assert not page.has("review"), "once is enough"
    assert not page.has("open")
    assert bureau.another("officer").get(f"/permits/{ONE}").has("review"), "another may hold something else"


def test_a_permit_is_reviewed_once_it_has_ended(bureau: Bureau) -> None:
    bureau.permits.note(opened(TEN), TEN)
    browser = bureau.browser("auditor")
    page = browser.get(f"/permits/{ONE}")
    assert "结束以后才能复核" in page.text()
    assert not page.has("review")
    token = next(str(each.get("value")) for each in page.all("input") if each.get("name") == "token")
    page = browser.post(f"/permits/{ONE}/review", {"token": token, "judgement": "proper", "remark": ""})
    assert page.status == 422
    assert "许可结束后才能复核" in page.said
    bureau.office.watch.move(minutes=15)
    assert browser.get(f"/permits/{ONE}").has("review")


def test_no_judgement_is_made_for_whoever_reviews(bureau: Bureau) -> None:
    bureau.permits.note(opened(TEN), TEN)
    bureau.office.watch.move(minutes=15)
    browser = bureau.browser("officer")
    page = browser.submit(browser.get(f"/permits/{ONE}"), "review", remark="没有看过")
    assert page.status == 422
    assert "请选择一项" in page.said


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"judgement": ""}, "请选择一项"),
        ({"judgement": "improper"}, "认定不当的，请写明理由"),
        ({"judgement": "improper", "remark": f"查了 {PERSONAL}"}, "疑似有个人信息"),
        ({"judgement": "improper", "remark": "长" * 2_001}, "最多 2000 个字"),
    ],
    ids=["no judgement", "no reason", "personal data", "too long"],
)
def test_a_review_that_cannot_be_is_handed_back(bureau: Bureau, changes: dict[str, str], word: str) -> None:
    bureau.permits.note(opened(TEN), TEN)
    bureau.office.watch.move(minutes=15)
    browser = bureau.browser("officer")
    page = browser.submit(browser.get(f"/permits/{ONE}"), "review", **changes)
    assert page.status == 422
    assert word in page.said
    record = bureau.permits.get(ONE)
    assert record is not None
    assert record.reviews == ()


def test_nobody_reviews_what_they_were_shown_themselves(bureau: Bureau) -> None:
    permits = {f"prm-{number:016x}": caller for number, caller in enumerate(("p-sun", "P－SUN", "officer"))}
    for permit, caller in permits.items():
        bureau.permits.note(opened(TEN, permit, caller=caller), TEN)
    bureau.office.watch.move(minutes=15)
    for permit in permits:
        browser = bureau.browser("officer")
        page = browser.submit(browser.get(f"/permits/{permit}"), "review", judgement="proper")
        assert page.status == 422
        assert "不能复核自己的查看" in page.said


def test_what_is_held_to_be_wrong_becomes_a_case_once(bureau: Bureau) -> None:
    bureau.permits.note(opened(TEN), TEN)
    bureau.office.watch.move(minutes=15)
    auditor, officer = bureau.browser("auditor"), bureau.browser("officer")
    page = auditor.submit(
        auditor.get(f"/permits/{ONE}"), "review", judgement="improper", remark="台账中没有这个案件编号"
    )
    assert "请值班员或安全管理员在本页立案" in page.text()
    assert not page.has("open")
    for _ in range(2):
        page = officer.submit(officer.get(f"/permits/{ONE}"), "open")
        assert "已立案" in page.said
    (case,) = bureau.office.cases.all()
    assert (case.title.partition(" / ")[0], case.level) == ("查看许可被认定不当", "high")
    assert ONE in bureau.browser("officer").get(f"/cases/{case.id}").text()


def test_what_was_read_under_it_is_told_and_nobody_is_named(bureau: Bureau) -> None:
    open_both(bureau.permits, TEN)

    def use(category: str, disclosure: Disclosure, grant: str | None) -> FieldUse:
        return FieldUse(
            name=f"residents.{category}",
            category=category,
            transform="show",
            disclosure=disclosure,
            rule="grants.yaml:40",
            grant=grant,
            count=1,
        )

    fields = (
        use("mobile", Disclosure.CLEAR, "window-sees-whole"),
        use("name", Disclosure.CLEAR, "clerk-case-handling"),
        use("resident_id", Disclosure.MASKED, "window-sees-whole"),
    )
    under: dict[str, Any] = {"permits": (ONE,), "fields": fields, "at": TEN + timedelta(minutes=1)}
    by_emergency = (use("mobile", Disclosure.CLEAR, "emergency"),)
    other = {**under, "permits": (GLASS,), "caller": "head-on-duty", "fields": by_emergency}
    documents = [
        *(document(number, subjects=(digest(7),), **under) for number in range(3)),
        document(50, subjects=(digest(8),), **{**under, "at": TEN - timedelta(minutes=1)}),
        document(51, subjects=(digest(9),), **{**under, "permits": ()}),
        document(52, subjects=(digest(7), digest(10)), **under),
        *(document(number, subjects=(digest(number),), **{**under, "fields": fields[1:2]}) for number in (60, 61)),
        *(document(number, subjects=(digest(number),), **other) for number in range(100, 105)),
    ]
    bureau.office.events.append(documents, LIMIT)
    page = bureau.browser("auditor").get(f"/permits/{ONE}")
    read = next(text_of(each) for each in page.all("section") if each.get("aria-labelledby") == "read")
    for word in (
        "凭许可显示的访问 exchanges that it showed something in4",
        "涉及人数 persons1",
        "期间的其他访问 other exchanges meanwhile2",
        "凭许可以明文显示的：手机号码",
        "6YQ3K0M9ZT-2",
        "6YQ3K0M9ZT-60",
    ):
        assert word in read, word
    assert "姓名" not in read
    assert "公民身份号码" not in read
    assert digest(7) not in page.response.text
    assert "涉及人数 persons5" in bureau.browser("auditor").get(f"/permits/{GLASS}").text()


def test_of_very_many_it_is_said_that_there_are_more(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.permits.use.MOST_READ", 12)
    bureau.permits.note(broken_glass(TEN), TEN)
    at = TEN + timedelta(minutes=1)
    facts: dict[str, Any] = {"permits": (GLASS,), "caller": "head-on-duty", "at": at}
    bureau.office.events.append([document(number, **facts) for number in range(13)], LIMIT)
    text = bureau.browser("officer").get(f"/permits/{GLASS}").text()
    assert "至少 12" in text
    assert "只列出最早的 10 次" in text


def test_without_an_index_the_rest_is_shown(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise StoreUnavailable("the index cannot be reached")

    bureau.permits.note(opened(TEN), TEN)
    monkeypatch.setattr(bureau.office.events, "search", fail)
    page = bureau.browser("oncall").get(f"/permits/{ONE}")
    assert page.status == 200
    assert "索引暂时不可用" in page.text()
    assert "核对申请人的证件号码" in page.text()


def test_an_unknown_permit_is_no_page(bureau: Bureau) -> None:
    browser = bureau.browser("officer")
    assert browser.get(f"/permits/{ONE}").status == 404
    assert browser.get("/permits?page=9").status == 404


def test_an_altered_journal_is_told(bureau: Bureau) -> None:
    open_both(bureau.permits, TEN)
    with bureau.office.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE permit_journal SET body = replace(body, 'clerk-wang', 'clerk-zhao')")
    bureau.restart()
    page = bureau.browser("auditor").get("/permits")
    assert "查看许可记录第 1 条与写入时不符" in page.text()
    assert banner(page) == ""
    records = RecordState(permits=zh("查看许可记录第 1 条与写入时不符"))
    bureau.installation = replace(INSTALLATION, records=records)
    assert "许可记录被改动过，不再开启许可" in bureau.another("operator").get("/").text()


def test_hostile_words_are_words(bureau: Bureau) -> None:
    hostile = "<script>alert(1)</script>\u202e\"'"
    bureau.permits.note(broken_glass(TEN, why=hostile, case=hostile, caller=hostile, posts=(hostile,)), TEN)
    for path in ("/", "/permits", f"/permits/{GLASS}"):
        page = bureau.browser("officer").get(path)
        assert not page.all("script")
        assert "<script>alert(1)</script>⟨U+202E⟩" in page.text("body"), path


def test_an_event_tells_of_its_permits(bureau: Bureau) -> None:
    note = PermitNote(
        id=ONE,
        state=PermitState.REFUSED,
        kind="reveal",
        reveal="window-sees-whole",
        case="受理-2026-118",
        why="核对申请人的证件号码",
    )
    under = document(1, at=TEN, permits=(ONE, GLASS))
    about = document(2, at=TEN, phase=Phase.PERMIT, verdict=Verdict.WITHHOLD, permit=note, subjects=(), status=0)
    bureau.office.events.append([under, about], LIMIT)
    browser = bureau.browser("oncall")
    page = browser.get(f"/events/{under['event']['id']}")
    assert {f"/permits/{ONE}", f"/permits/{GLASS}"} <= {each.get("href") for each in page.all("a")}
    text = browser.get(f"/events/{about['event']['id']}").text()
    for word in (
        "查看许可的开启、拒绝或终止",
        "已拒绝",
        "授权 window-sees-whole",
        "受理-2026-118",
        "核对申请人的证件号码",
    ):
        assert word in text, word
