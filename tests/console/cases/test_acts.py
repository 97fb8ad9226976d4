"""Each form of a case, sent as a browser sends it, reaches the journal under the name of the person who sent it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from incident.command import Failed, Question, Tighten
from incident.duty.clocks import Reading
from incident.duty.duties import Grade, Occurrence
from incident.facts.case import Noted
from incident.facts.run import Ending
from incident.ids import CaseId, DutyId, person
from incident.state import State
from siem.detect.aliases import holds_digest
from tests.console.browser import Browser, Page, fields_of
from tests.console.bureau import CHEN, SUN, Bureau
from tests.incident.books import book, manual
from tests.incident.office import TEN, alert
from tests.siem.events import digest


def send(bureau: Bureau, case: CaseId, form: str, button: str = "", **fields: str) -> Page:
    browser = bureau.browser("oncall")
    return browser.submit(browser.get(f"/cases/{case}"), form, button, **fields)


def answer_form(bureau: Bureau, case: CaseId, question: Question) -> str:
    return f"answer-{bureau.office.question(case, question).key}"


def test_yes_to_containment_contains(bureau: Bureau) -> None:
    case = bureau.with_question()
    page = send(bureau, case, answer_form(bureau, case, Question.CONTAIN), "yes")
    assert "已登记您的答复" in page.said
    bureau.office.perform_all()
    assert [(each.target, each.by) for each in bureau.office.overlay.values()] == [("clerk-wang", f"person:{CHEN}")]
    now = bureau.office.cases.get(case)
    assert now.state is State.CONTAINED
    assert "已生效" in bureau.browser("oncall").get(f"/cases/{case}").text()


def test_no_to_containment_needs_a_reason_and_keeps_it(bureau: Bureau) -> None:
    case = bureau.with_question()
    form = answer_form(bureau, case, Question.CONTAIN)
    page = send(bureau, case, form, "no")
    assert page.status == 422
    assert "请填写理由" in page.said
    page = send(bureau, case, form, "no", note="经核实为正常业务高峰")
    assert page.status == 200
    bureau.office.perform_all()
    assert bureau.office.overlay == {}
    assert any("经核实为正常业务高峰" in entry.body for entry in bureau.office.cases.get(case).entries)


def test_a_measure_is_chosen(bureau: Bureau) -> None:
    case = bureau.with_question()
    send(bureau, case, answer_form(bureau, case, Question.CONTAIN), "no", note="经核实为正常业务高峰")
    bureau.office.perform_all()
    bureau.office.cases.open_or_join(alert("a-9", rule="other", automatic=True, respond="no-such"))
    bureau.office.perform_all()
    form = answer_form(bureau, case, Question.CONTAIN)
    page = send(bureau, case, form, "yes")
    assert (page.status, bureau.office.overlay) == (422, {})
    assert "请选择一项控制措施" in page.said
    offered = [option.text for option in page.by_id(f"{form}.input:measure")]
    assert offered[:3] == ["请选择", "停用账号 clerk-wang（24 小时）", "加强脱敏 人口登记系统（24 小时）"]
    send(bureau, case, form, "yes", **{"input:measure": "1"})
    bureau.office.perform_all()
    assert [(each.kind, each.system) for each in bureau.office.overlay.values()] == [("mask_harder", "register")]


def test_a_question_is_answered_once(bureau: Bureau) -> None:
    case = bureau.with_question()
    form = answer_form(bureau, case, Question.CONTAIN)
    browsers = [bureau.browser("oncall"), bureau.browser("officer")]
    pages = [browser.get(f"/cases/{case}") for browser in browsers]
    first, second = (browser.submit(page, form, "yes") for browser, page in zip(browsers, pages, strict=True))
    assert first.status == 200
    assert second.status == 422
    assert "已经有人处理" in second.said


def test_what_a_step_asks_for_is_filled_in(bureau: Bureau) -> None:
    asking = book(
        variables={"__unit__": {"type": "string", "value": None}},
        start={"then": "ask"},
        ask={**manual("哪个单位 / Which unit"), "out_args": ["__unit__"], "then": "end-1"},
        end_1={},
    )
    bureau.office.books = {"bulk-retrieval": asking}
    bureau.restart()
    case = bureau.open(bureau.leak(persons=10))
    form = answer_form(bureau, case, Question.STEP)
    page = send(bureau, case, form, "yes")
    assert page.status == 422
    assert "请填写“__unit__”" in page.said
    send(bureau, case, form, "yes", **{"input:__unit__": "户籍科"})
    now = bureau.office.cases.get(case)
    assert now.variables[0]["__unit__"] == "户籍科"
    assert now.run_ended is Ending.SUCCEEDED


def test_containing_with_one_click(bureau: Bureau) -> None:
    case = bureau.with_question()
    page = send(bureau, case, "quick-1")
    assert "控制指令已下达" in page.said
    assert "正在下达" in page.text()
    (command,) = bureau.office.cases.pending()
    assert isinstance(command, Tighten)
    assert (command.target, command.kind.value, command.by) == ("clerk-wang", "block_caller", person(CHEN))
    assert command.until == TEN + timedelta(hours=24)
    bureau.office.perform_all()
    page = bureau.browser("oncall").get(f"/cases/{case}")
    assert not page.has("quick-1"), "it is in force already"
    assert "已生效" in page.text()


def test_a_citizen_is_contained_and_no_page_holds_the_digest(bureau: Bureau) -> None:
    case = bureau.open(bureau.leak(persons=120, caller=digest(77), rule="bulk_reads"))
    browser = bureau.browser("oncall")
    page = browser.get(f"/cases/{case}")
    assert not holds_digest(page.response.text)
    assert "居民 1" in page.text()
    browser.submit(page, "quick-1")
    (command,) = bureau.office.cases.pending()
    assert isinstance(command, Tighten)
    assert (command.kind.value, command.target) == ("block_caller", digest(77))


def test_a_handle_is_of_one_case_and_one_session(bureau: Bureau) -> None:
    case = bureau.with_question()
    other = bureau.open(bureau.leak(persons=120, caller="clerk-zhou", rule="bulk_reads"))
    oncall, officer = bureau.browser("oncall"), bureau.browser("officer")
    handles = [
        fields_of(browser.get(f"/cases/{each}").by_id("quick-1"))["of"]
        for browser in (oncall, officer)
        for each in (case, other)
    ]
    assert len(set(handles)) == 4
    for foreign in handles[1:]:
        page = oncall.submit(oncall.get(f"/cases/{case}"), "quick-1", of=foreign)
        assert (page.status, "请看最新情况再提交" in page.said) == (422, True)
    assert bureau.office.cases.pending() == ()


def test_two_people_take_a_measure_back(bureau: Bureau) -> None:
    case = bureau.with_question()
    send(bureau, case, "quick-1")
    bureau.office.perform_all()
    (key,) = bureau.office.overlay
    assert send(bureau, case, f"lift-{key}").status == 422
    page = send(bureau, case, f"lift-{key}", reason="查明是批准的导出")
    assert "须另一人同意" in page.said
    assert not page.has(f"agree-{key}"), "who asked is not offered to agree"
    assert "解除须两人同意" not in bureau.browser("oncall").get("/").text()
    officer = bureau.browser("officer")
    assert "解除须两人同意" in officer.get("/").text()
    page = officer.get(f"/cases/{case}")
    assert "查明是批准的导出" in page.text()
    page = officer.submit(page, f"agree-{key}")
    assert "正在解除" in page.text()
    bureau.office.perform_all()
    assert bureau.office.overlay == {}
    page = officer.get(f"/cases/{case}")
    assert "已生效" not in page.text()
    assert page.has("quick-1"), "it can be contained again"


def test_other_measures(bureau: Bureau) -> None:
    case = bureau.with_question()
    fields = {"kind": "mask_harder", "system": "register", "hours": "3", "reason": "先行控制"}
    assert send(bureau, case, "contain", **{**fields, "hours": "25"}).by_id("contain.hours").get("value") == "25"
    assert send(bureau, case, "contain", **{**fields, "system": ""}).status == 422
    assert bureau.office.cases.pending() == ()
    send(bureau, case, "contain", **fields)
    (command,) = bureau.office.cases.pending()
    assert isinstance(command, Tighten)
    assert (command.system, command.until) == ("register", TEN + timedelta(hours=3))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "stop_system", "system": "registry"}, "system"),
        ({"kind": "mask_harder", "system": ""}, "system"),
        ({"kind": "block_caller", "target": "clerk-wong"}, "sure"),
        ({"kind": "block_caller", "target": "Clerk-Wang"}, "sure"),
        ({"kind": "block_credential", "target": "key:7f3b"}, "sure"),
        ({"kind": "stop_operation", "system": "register", "target": "GET /register/resident/{id}"}, "sure"),
        ({"kind": "stop_operation", "system": "hall", "target": "GET /register/residents/{id}"}, "sure"),
    ],
)
def test_a_target_that_nobody_has_seen_is_not_taken_unasked(bureau: Bureau, fields: dict[str, str], field: str) -> None:
    case = bureau.with_question()
    browser = bureau.browser("oncall")
    page = browser.submit(browser.get(f"/cases/{case}"), "contain", **{"hours": "3", "reason": "先行控制", **fields})
    assert page.status == 422
    assert bureau.office.cases.pending() == ()
    assert page.has("contain.sure") is (field == "sure")
    if field == "sure":
        assert "控制不会起作用" in page.text()
        browser.submit(page, "contain", sure="yes")
        (command,) = bureau.office.cases.pending()
        assert isinstance(command, Tighten)
        assert command.target == fields["target"]


def test_no_tick_makes_a_person_s_number_a_target(bureau: Bureau) -> None:
    case = bureau.with_question()
    fields = {"kind": "block_caller", "target": "13800138000", "hours": "3", "reason": "先行控制"}
    page = bureau.browser("oncall").submit(send(bureau, case, "contain", **fields), "contain", sure="yes")
    assert page.status == 422
    assert "疑似有个人信息（手机，第 1-11 字）" in page.text()
    assert "personal data (mobile, characters 1-11)" in page.text()
    assert bureau.office.cases.pending() == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "block_caller", "target": "clerk-wang"},
        {"kind": "block_caller", "target": "clerk-zhou"},
        {"kind": "block_credential", "target": "key:7f3a"},
        {"kind": "stop_operation", "system": "register", "target": "GET /register/residents/{id}"},
    ],
)
def test_a_target_that_the_case_or_the_log_knows_is_taken(bureau: Bureau, fields: dict[str, str]) -> None:
    bureau.leak(persons=1, caller="clerk-zhou")
    case = bureau.with_question()
    assert send(bureau, case, "contain", hours="3", reason="先行控制", **fields).status == 200
    assert len(bureau.office.cases.pending()) == 1


def test_a_case_that_is_opened_twice_by_one_form_is_one(bureau: Bureau) -> None:
    browser = bureau.browser("oncall")
    page = browser.get("/cases")
    first = browser.submit(page, "open", title="群众反映收到诈骗电话")
    second = browser.submit(page, "open", title="群众反映收到诈骗电话")
    assert first.path == second.path
    assert len(bureau.office.cases.all()) == 1
    browser.submit(browser.get("/cases"), "open", title="群众反映收到诈骗电话")
    assert len(bureau.office.cases.all()) == 2


def test_a_case_that_is_opened_by_hand_is_led_by_the_playbook_that_is_chosen(bureau: Bureau) -> None:
    browser = bureau.browser("oncall")
    page = browser.submit(browser.get("/cases"), "open", title="窗口平板电脑遗失", book="lost-terminal")
    (case,) = bureau.office.cases.all()
    assert case.book == "lost-terminal"
    assert "请查明后人工控制" in page.text(), "nobody is known who could be blocked, so a person is asked"
    browser.submit(browser.get("/cases"), "open", title="群众反映收到诈骗电话")
    assert [case.book for case in bureau.office.cases.all()] == ["", "lost-terminal"]


def test_a_containment_that_failed_is_tried_again(bureau: Bureau) -> None:
    case = bureau.with_question()
    send(bureau, case, "quick-1")
    (command,) = bureau.office.cases.pending()
    bureau.office.cases.finished(command.key, Failed(said="no worker answers"))
    page = bureau.browser("oncall").get(f"/cases/{case}")
    assert "没有成功" in page.text()
    assert "no worker answers" in page.text()
    page = send(bureau, case, f"retry-{command.key}")
    assert "正在重试" in page.said
    assert bureau.office.cases.pending() == (command,)


def test_a_step_that_failed_is_tried_again_or_done_by_hand(bureau: Bureau) -> None:
    case = bureau.open(bureau.leak(persons=10))
    bureau.office.perform(Tighten)
    (command,) = bureau.office.cases.pending()
    bureau.office.cases.finished(command.key, Failed(said="the index is gone"))
    form = answer_form(bureau, case, Question.RESCUE)
    send(bureau, case, f"{form}-retry")
    assert bureau.office.cases.pending() == (command,)
    bureau.office.cases.finished(command.key, Failed(said="the index is gone"))
    send(bureau, case, answer_form(bureau, case, Question.RESCUE), "yes", note="人工统计")
    assert bureau.office.cases.pending() == () or bureau.office.cases.pending() != (command,)


def test_grading(bureau: Bureau) -> None:
    case = bureau.to_the_draft()
    send(bureau, case, "grade", grade="large", reason="涉及敏感信息")
    now = bureau.office.cases.get(case)
    assert now.graded is not None
    assert (now.graded.grade, now.graded.why, now.graded_by) == (Grade.LARGE, "涉及敏感信息", person(CHEN))
    assert now.clocks[DutyId("report-cyberspace")].reading(TEN) is Reading.RUNNING


def test_judging_fulfilling_and_moving_clocks(bureau: Bureau) -> None:
    case = bureau.with_question()
    tell, notify = DutyId("tell-persons"), DutyId("notify-authority")
    send(bureau, case, f"judge-{tell}", applies="no", reason="泄露内容均已加密，密钥未泄露")
    send(bureau, case, f"clock-{notify}", start="2026-11-23T17:30", reason="接报时间更早")
    send(bureau, case, f"fulfil-{notify}", reference="区网信办收文 2026-1123-07", note="已电话确认")
    clocks = bureau.office.cases.get(case).clocks
    assert clocks[tell].reading(TEN) is Reading.NOT_OWED
    assert clocks[notify].start == datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    fulfilled = clocks[notify].fulfilled
    assert fulfilled is not None
    assert (fulfilled.reference, fulfilled.by) == ("区网信办收文 2026-1123-07", person(CHEN))
    page = bureau.browser("auditor").get(f"/cases/{case}")
    for word in ("起算时间移动过", "接报时间更早", "已按时履行", "不适用", "区网信办收文 2026-1123-07"):
        assert word in page.text(), word


@pytest.mark.parametrize(
    ("form", "fields", "says"),
    [
        ("judge-notify-authority", {"applies": "no", "reason": "不需要"}, "法律没有规定可以不履行"),
        ("judge-tell-persons", {"applies": "maybe", "reason": "不"}, "请选择一项"),
        ("clock-tell-persons", {"start": "2026-11-24T18:30", "reason": "因为"}, "不能晚于现在"),
        ("clock-tell-persons", {"start": "昨天", "reason": "因为"}, "格式填写时间"),
        ("fulfil-tell-persons", {"reference": " "}, "回执编号"),
        ("fulfil-tell-persons", {"reference": "x" * 300}, "最多 200 个字"),
        ("happened", {"what": "alert", "at": "2026-11-23T17:00"}, "由系统记录"),
        ("happened", {"what": "report", "at": "2026-11-23T19:00"}, "不能晚于现在"),
        ("happened", {"what": "rumour", "at": "2026-11-23T17:00"}, "请选择一项"),
        ("grade", {"grade": "enormous", "reason": "x"}, "请选择一项"),
        ("move", {"move": "close", "reason": "完"}, "不能这样处理"),
        ("move", {"move": "dismiss", "reason": ""}, "请填写理由"),
        ("note", {"text": " "}, "请填写此项"),
        ("note", {"text": "张三身份证 110101199003078515"}, "疑似有个人信息"),
        ("note", {"text": "长" * 2001}, "最多 2000 个字"),
        ("reassess", {"hours": "-1"}, "0 至 744"),
        ("contain", {"kind": "mask_harder", "system": "register", "reason": "", "hours": "1"}, "请填写理由"),
    ],
)
def test_what_is_refused_says_why_and_leaves_no_trace(
    bureau: Bureau, form: str, fields: dict[str, str], says: str
) -> None:
    case = bureau.with_question()
    before = bureau.office.cases.get(case)
    page = send(bureau, case, form, **fields)
    assert page.status == 422
    assert says in page.said
    assert bureau.office.cases.get(case) == before
    assert page.has(form), "the form stands there again"


def test_what_became_known_moves_the_clocks(bureau: Bureau) -> None:
    case = bureau.with_question()
    send(bureau, case, "happened", what="report", at="2026-11-23T17:40:30", note="12345 转来")
    now = bureau.office.cases.get(case)
    event = now.occurrences[-1]
    assert (event.what, event.at, event.by) == (
        Occurrence.REPORT,
        datetime(2026, 11, 23, 9, 40, 30, tzinfo=UTC),
        person(CHEN),
    )
    assert now.aware_at == event.at
    assert {record.start for record in now.clocks.values()} == {event.at}


def test_the_time_that_the_form_begins_with_is_now(bureau: Bureau) -> None:
    case = bureau.with_question()
    bureau.office.watch.move(seconds=90.5)
    page = send(bureau, case, "happened")
    assert page.status == 200, page.said
    assert bureau.office.cases.get(case).occurrences[-1].at == TEN + timedelta(seconds=90)


def test_counting_again(bureau: Bureau) -> None:
    case = bureau.to_the_draft()
    send(bureau, case, "reassess", hours="48")
    assert len(bureau.office.cases.pending()) == 1


def test_from_state_to_state(bureau: Bureau) -> None:
    case = bureau.with_question()
    send(bureau, case, "move", move="dismiss", reason="误报")
    now = bureau.office.cases.get(case)
    assert now.state is State.DISMISSED
    page = bureau.browser("oncall").get(f"/cases/{case}")
    assert "重新打开后才能控制" in page.text()
    assert not page.has("questions")
    send(bureau, case, "move", move="reopen", reason="复核后属实")
    assert bureau.office.cases.get(case).state is State.OPEN


def test_a_note_is_kept_under_the_name_of_the_person_not_of_the_account(bureau: Bureau) -> None:
    case = bureau.with_question()
    browser = bureau.browser("officer")
    browser.submit(browser.get(f"/cases/{case}"), "note", text="第一行\r\n第二行")
    entry = bureau.office.cases.get(case).last
    assert entry.fact == Noted(text="第一行\n第二行")
    assert entry.by == person(SUN)


def test_opening_by_hand(bureau: Bureau) -> None:
    browser = bureau.browser("oncall")
    page = browser.submit(browser.get("/cases"), "open", title="群众反映信息泄露", level="high", note="12345 转来")
    assert page.path == "/cases/C-20261123-001"
    assert "已立案" in page.said
    case = bureau.office.cases.get(CaseId("C-20261123-001"))
    assert (case.title, case.level, case.entries[0].by) == ("群众反映信息泄露", "high", person(CHEN))


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"title": " "}, "请填写此项"),
        ({"title": "x", "level": "terrible"}, "请选择一项"),
        ({"title": "张三 110101199003078515"}, "疑似有个人信息"),
        ({"title": "x" * 300}, "最多 200 个字"),
    ],
)
def test_cases_that_are_not_opened(bureau: Bureau, fields: dict[str, str], says: str) -> None:
    browser = bureau.browser("oncall")
    page = browser.submit(browser.get("/cases"), "open", **{"note": "原因", **fields})
    assert page.status == 422
    assert says in page.said
    assert page.by_id("open.note").text == "原因"
    assert bureau.office.cases.all() == ()


@pytest.mark.parametrize("act", ["note", "answer", "retry", "judge", "notice/edit", "notice/approve", "contain"])
def test_acts_on_a_case_that_is_not_there(bureau: Bureau, act: str) -> None:
    browser = bureau.browser("press" if act.startswith("notice") else "oncall")
    token = _token(browser)
    assert browser.post(f"/cases/C-20990101-001/{act}", {"token": token}).status == 404


@pytest.mark.parametrize("duty", ["", "no-such-duty", "x" * 500])
def test_duties_that_are_not_there(bureau: Bureau, duty: str) -> None:
    case = bureau.with_question()
    browser = bureau.browser("oncall")
    for act in ("judge", "clock", "fulfil"):
        fields: dict[str, str | list[str]] = {
            "token": _token(browser),
            "duty": duty,
            "applies": "yes",
            "reason": "x",
            "reference": "x",
            "start": "2026-11-23T17:00",
        }
        assert browser.post(f"/cases/{case}/{act}", fields).status == 422


def _token(browser: Browser) -> str:
    fields = [each for each in browser.get("/password").all("input") if each.get("name") == "token"]
    return str(fields[0].get("value"))


FORMS: list[tuple[str, Callable[[Page], bool]]] = [
    ("officer", lambda page: page.has("note")),
    ("auditor", lambda page: not page.has("note") and not page.has("contain-now")),
    ("press", lambda page: not page.has("note") and not page.has("contain-now")),
]


@pytest.mark.parametrize(("name", "holds"), FORMS)
def test_forms_stand_where_they_may_be_sent(archive: Bureau, name: str, holds: Callable[[Page], bool]) -> None:
    assert holds(archive.browser(name).get("/cases/C-20261123-002"))


def test_a_case_of_many_alerts_and_entries_is_cut_and_that_is_said(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.cases.pages.MOST_ALERTS", 1)
    monkeypatch.setattr("console.cases.pages.MOST_ENTRIES", 5)
    case = bureau.with_question()
    assert bureau.open(bureau.leak(persons=10, rule="canary")) == case
    browser = bureau.browser("auditor")
    page = browser.get(f"/cases/{case}")
    assert "只列出最早的 1 条，共 2 条" in page.text()
    assert "只显示最近 5 条" in page.text()
    assert "立案：" not in page.text()
    assert "立案：" in browser.get(f"/cases/{case}?timeline=all").text()


def test_two_people_take_a_mistaken_clue_back(bureau: Bureau) -> None:
    case = bureau.with_question()
    assert send(bureau, case, "happened", what="crime_clue", at="2001-11-23T18:00:00").status == 422
    send(bureau, case, "happened", what="crime_clue", at="2026-11-23T17:50:00")
    assert "超过" not in send(bureau, case, "dispute", reason="误登记").said
    assert not bureau.browser("oncall").get(f"/cases/{case}").has("withdraw")
    officer = bureau.browser("officer")
    page = officer.submit(officer.get(f"/cases/{case}"), "withdraw")
    assert "线索已撤回" in page.said
    record = bureau.office.cases.get(case).clocks[DutyId("report-police")]
    assert record.reading(TEN) is Reading.NOT_OWED
