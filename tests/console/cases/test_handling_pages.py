"""Drills, roles, tasks, reviews and restrictions as people meet them in the console."""

import csv
import io
import json
from datetime import date, timedelta
from typing import Any

import pytest

from console.cases.handling_view import OpenStep, OpenTask, manual_steps, to_do
from incident.drill_plan import DrillPlan
from incident.duty.due_time import DUE_TIME, WITHIN
from incident.facts.case import Move
from incident.facts.handling import RestrictedRead
from incident.handling_book import HandlingBook
from incident.ids import CaseId
from incident.incident import Case
from incident.lines import split
from incident.marking import CaseRole, Tlp
from incident.playbook import read_playbook
from incident.state import State
from incident.taken import LinkKind
from tests.console.browser import XHTML, Browser, Page, page_of, text_of
from tests.console.bureau import CHEN, LI, SUN, Bureau
from tests.console.programs import program
from tests.incident.books import book, manual, raw_book, step_id
from tests.incident.books import text_of as text_of_book
from tests.incident.office import TEN

PLAN = DrillPlan(
    name="quarterly",
    title="季度泄露演练",
    playbook="bulk-retrieval",
    lead=SUN,
    first=date(2026, 11, 20),
    every_days=90,
)
BANNER = "这是演练，不是真实事件"


def send(bureau: Bureau, case: CaseId, form: str, name: str = "oncall", **fields: str) -> Page:
    browser = bureau.browser(name)
    return browser.submit(browser.get(f"/cases/{case}"), form, **fields)


def known(bureau: Bureau, case: CaseId) -> Case:
    return bureau.office.cases.get(case)


# -- drills


def test_a_planned_drill_is_overdue_on_the_overview_until_it_was_held(bureau: Bureau) -> None:
    bureau.drills = (PLAN,)
    bureau.restart()
    browser = bureau.browser("oncall")
    assert "演练逾期" in browser.get("/").text()
    browser.submit(browser.get("/drills"), "drill-quarterly")
    (case,) = bureau.office.cases.all()
    assert (case.drill, case.plan, case.handling.roles[CaseRole.LEAD]) == (True, "quarterly", (SUN,))
    assert "演练逾期" in browser.get("/").text(), "it has begun, and is not held yet"
    bureau.office.cases.act(case.id, Move.RESOLVE, CHEN)
    for duty, record in known(bureau, case.id).clocks.items():
        if record.owed:
            bureau.office.cases.fulfil(case.id, duty, CHEN, "R-1")
    page = send(bureau, case.id, "move", move="close", reason="完成")
    assert "结案前须复盘：演练须复盘" in page.said
    send(bureau, case.id, "review", cause="演练", lessons="通讯录过期")
    send(bureau, case.id, "move", move="close", reason="完成")
    assert known(bureau, case.id).state is State.CLOSED
    overview = browser.get("/").text()
    assert "演练逾期" not in overview
    assert "下次演练：季度泄露演练，2027-02-21 前" in overview
    bureau.office.watch.move(days=91)
    assert "演练逾期" in bureau.another("officer").get("/").text()


def test_every_page_of_a_drill_says_so_and_none_of_a_real_case(bureau: Bureau) -> None:
    real = bureau.open(bureau.leak(persons=20))
    browser = bureau.browser("oncall")
    browser.submit(browser.get("/drills"), "drill", title="夜间演练", book="bulk-retrieval")
    (drill,) = [case.id for case in bureau.office.cases.all() if case.drill]
    for page in ("", "/notice", "?timeline=all"):
        assert BANNER in browser.get(f"/cases/{drill}{page}").text("body")
        assert BANNER not in browser.get(f"/cases/{real}{page}").text("body")
    assert "演练 DRILL" in browser.get("/cases").text()
    assert "演练 DRILL" in browser.get("/").text()


def test_what_a_drill_contains_by_the_page_blocks_nobody(bureau: Bureau) -> None:
    browser = bureau.browser("oncall")
    browser.submit(browser.get("/drills"), "drill", title="夜间演练", book="bulk-retrieval")
    (case,) = bureau.office.cases.all()
    send(bureau, case.id, "contain", kind="block_caller", target="drill-account", hours="2", reason="演练")
    browser.submit(browser.get(f"/cases/{case.id}"), "quick-1")
    bureau.office.perform_all()
    assert bureau.office.overlay == {}
    assert "演练，不执行：停用账号" in browser.get(f"/cases/{case.id}?timeline=all").text()


def test_a_drill_needs_a_title(bureau: Bureau) -> None:
    browser = bureau.browser("oncall")
    page = browser.submit(browser.get("/drills"), "drill", title=" ")
    assert (page.status, bureau.office.cases.all()) == (422, ())


# -- people, tasks, review


def test_roles_and_tasks_by_their_forms(bureau: Bureau) -> None:
    bureau.employ("press")
    case = bureau.open(bureau.leak(persons=20))
    send(bureau, case, "role", role="communications", person=LI)
    assert known(bureau, case).handling.roles == {CaseRole.COMMUNICATIONS: (LI,)}
    page = send(bureau, case, "task", title="通知窗口", assignee=LI, due="2026-11-24T09:00")
    assert "任务已登记" in page.said
    assert "交给 p-li" in bureau.browser("oncall").get(f"/cases/{case}?timeline=all").text()
    bureau.office.watch.move(days=2)
    late = bureau.another("press")
    listed = late.get("/actions")
    assert "超期" in listed.text("main")
    late.submit(listed, f"done-{case}-1", note="已当面通知")
    (task,) = known(bureau, case).handling.tasks.values()
    assert task.done is not None
    assert (task.done.by.id, task.done.note) == (LI, "已当面通知")
    assert "通知窗口" not in late.get("/actions").text()


def test_steps_that_a_playbook_waits_for_are_among_the_tasks(bureau: Bureau) -> None:
    case = bureau.to_the_draft()
    (step, *others) = manual_steps(known(bureau, case), TEN)
    HandlingBook(bureau.office.cases).set_task(case, CHEN, "通知窗口", LI, TEN + timedelta(days=1))

    def listed() -> list[str]:
        sections = bureau.browser("auditor").get("/actions").all("section")
        tasks = next(each for each in sections if each.get("aria-labelledby") == "tasks")
        return [text_of(each) for each in tasks.iter(f"{XHTML}li")]

    shown = [each for each in listed() if "通知窗口" not in each]
    assert len(listed()) == len(shown) + 1
    assert len(shown) == len(others) + 1
    assert all("预案步骤" in each for each in shown)
    title, assignee = split(step.asked.title).zh, split(step.asked.assignee).zh
    assert any(title in each and assignee in each for each in shown)
    told = {each["key"]: each for each in program(bureau, "auditor").get("/actions").json()["steps"]}
    assert told.keys() == {each.asked.key for each in (step, *others)}
    assert (told[step.asked.key]["case"], told[step.asked.key]["assignee"]) == (case, step.asked.assignee)
    bureau.office.cases.complete(case, step.asked.key, CHEN, note="已办理")
    left = [each for each in to_do(bureau.office.cases.all(), TEN) if isinstance(each, OpenStep)]
    assert step.asked.key not in {each.step.asked.key for each in left}


def two_steps(bureau: Bureau) -> CaseId:
    """A case in which one step is the press officer's and one the operator's, each due within an hour."""
    due = {"step_extensions": {DUE_TIME: {WITHIN: 3_600_000}}}
    raw = raw_book(
        start={"then": "all"},
        all={"branches": ["told", "reset"], "then": "end"},
        told={**manual("答复报告人"), **due, "then": "end-1"},
        end_1={},
        reset={**manual("重置密码"), **due, "then": "end-2"},
        end_2={},
        end={},
    )
    for agent, name in (("a03", "发布员 / press officer"), ("a02", "系统管理员 / system operator")):
        raw["agent_definitions"][f"group--5b2e9a52-52d0-4b8e-9d8f-3d9a4d9c0{agent}"] = {"type": "group", "name": name}
        raw["workflow"][step_id("told" if agent == "a03" else "reset")]["agent"] = (
            f"group--5b2e9a52-52d0-4b8e-9d8f-3d9a4d9c0{agent}"
        )
    read, _ = read_playbook(text_of_book(raw), "two.json")
    assert read is not None
    bureau.office.books = {**bureau.office.books, "two": read}
    bureau.restart()
    return bureau.office.cases.open_by_hand("来信", "low", CHEN, "", book="two")


def test_a_step_is_taken_by_somebody_of_its_role_and_given_back(bureau: Bureau) -> None:
    for name in ("press", "operator", "oncall"):
        bureau.employ(name)
    case = two_steps(bureau)
    told, reset = (each.asked.key for each in manual_steps(known(bureau, case), TEN))
    page = send(bureau, case, f"take-{told}", person=LI)
    assert "承办人已登记" in page.said
    assert "p-li 承办" in page.text("main")
    api = program(bureau, "oncall")
    refused = api.post(f"/cases/{case}/take-step", key=reset, person=CHEN)
    assert (refused.status_code, refused.json()["field"]) == (422, "person")
    assert api.post(f"/cases/{case}/take-step", key=reset, person="p-zheng").status_code == 200
    taken = {each["key"]: (each["taken_by"], each["due_at"]) for each in api.get("/actions").json()["steps"]}
    due = "2026-11-23T11:00:00+00:00"
    assert taken == {told: (LI, due), reset: ("p-zheng", due)}
    asked = {each["key"]: (each["taken_by"], each["due_at"], each["late"]) for each in api.case(case)["question_list"]}
    assert asked == {told: (LI, due, False), reset: ("p-zheng", due, False)}
    send(bureau, case, f"give-back-{told}", reason="休假")
    assert known(bureau, case).commands[told].taken_by is None
    timeline = bureau.browser("oncall").get(f"/cases/{case}?timeline=all").text()
    assert "p-li 退回（told）：休假" in timeline


def test_who_has_one_role_does_what_is_that_roles_and_nothing_else(bureau: Bureau) -> None:
    case = two_steps(bureau)
    told, reset = (each.asked.key for each in manual_steps(known(bureau, case), TEN))
    press = program(bureau, "press")
    assert press.post(f"/cases/{case}/take-step", key=told, person="p-zhao").status_code in (409, 422)
    for path, body in (("answer", {"key": reset, "answer": "yes"}), ("give-back-step", {"key": reset})):
        assert press.post(f"/cases/{case}/{path}", **body).json()["code"] == "not-permitted"
    page = send(bureau, case, f"take-{told}", "press")
    assert known(bureau, case).commands[told].taken_by == LI
    assert f"answer-{reset}" not in {each.get("id") for each in page.all("form")}
    browser = bureau.browser("press")
    browser.submit(browser.get(f"/cases/{case}"), f"answer-{told}", "yes")
    assert [each.asked.key for each in manual_steps(known(bureau, case), TEN)] == [reset]


def test_a_late_step_is_shown_as_late_while_it_waits_and_afterwards(bureau: Bureau) -> None:
    case = two_steps(bureau)
    bureau.office.watch.move(minutes=50)
    assert "即将到期" in bureau.browser("oncall").get("/actions").text()
    bureau.office.watch.move(minutes=20)
    assert bureau.browser("oncall").get("/actions").text().count("超期") == 2
    for step in manual_steps(known(bureau, case), bureau.office.watch.at):
        bureau.office.cases.complete(case, step.asked.key, CHEN)
    found = program(bureau, "auditor").case(case)["playbook"]["steps"]
    assert [each["late"] for each in found if each["name"] in ("told", "reset")] == [True, True]


def test_what_is_to_be_done_comes_by_its_time_whoever_asked(bureau: Bureau) -> None:
    """A step with a time limit stands among the tasks where its time has it, and is overdue when that has come."""
    slow = book(start={"then": "one"}, one={**manual(timeout=3_600_000), "then": "end"}, end={})
    bureau.office.books = {**bureau.office.books, slow.name: slow}
    bureau.office.restart()
    case = bureau.office.cases.open_by_hand("来信", "low", CHEN, "", book=slow.name)
    (step,) = manual_steps(known(bureau, case), TEN)
    assert step.due == TEN + timedelta(hours=1)
    for minutes in (59, 61):
        HandlingBook(bureau.office.cases).set_task(case, CHEN, f"任务 {minutes}", LI, TEN + timedelta(minutes=minutes))
    found = to_do(bureau.office.cases.all(), TEN)
    assert [each.task.title if isinstance(each, OpenTask) else "step" for each in found] == [
        "任务 59",
        "step",
        "任务 61",
    ]
    assert [each.overdue for each in found] == [False] * 3
    assert [each.overdue for each in to_do(bureau.office.cases.all(), step.due + timedelta(seconds=1))] == [
        True,
        True,
        False,
    ]


def test_an_action_is_listed_after_its_case_was_closed(bureau: Bureau) -> None:
    case = bureau.office.cases.open_by_hand("接到举报", "high", CHEN, "")
    bureau.employ("oncall")
    send(bureau, case, "task", title="换掉共用口令", assignee=CHEN, due="2026-12-24T09:00", lasting="yes")
    bureau.office.cases.act(case, Move.DISMISS, CHEN, "误报")
    assert "换掉共用口令" in bureau.browser("auditor").get("/actions").text()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"assignee": "p-nobody"}, "请选择一个人"),
        ({"due": "soon"}, "的格式填写时间"),
        ({"due": "2020-01-01T00:00"}, "期限须在现在以后"),
        ({"title": "致电 13800138000"}, "疑似有个人信息"),
    ],
)
def test_a_task_that_cannot_be_is_handed_back(bureau: Bureau, fields: dict[str, str], said: str) -> None:
    case = bureau.office.cases.open_by_hand("接到举报", "high", CHEN, "")
    bureau.employ("oncall")
    given = {"title": "通知窗口", "assignee": CHEN, "due": "2026-11-24T09:00", **fields}
    browser = bureau.browser("oncall")
    page = browser.get(f"/cases/{case}")
    body = {"token": token_of(page), **given}
    answer = page_of(browser.client.post(f"/cases/{case}/task", data=body))
    assert (answer.status, known(bureau, case).handling.tasks) == (422, {})
    assert said in answer.said


def token_of(page: Page) -> str:
    found = next(each for each in page.all("input") if each.get("name") == "token")
    return found.get("value") or ""


# -- who may open it


@pytest.fixture
def secret(bureau: Bureau) -> CaseId:
    """A case about an alert that only the security officer, and who restricted it, may open."""
    case = bureau.to_the_draft()
    for name in ("oncall", "officer", "press", "auditor"):
        bureau.employ(name)
    HandlingBook(bureau.office.cases).restrict(case, SUN, [SUN], "涉及内部人员")
    return case


def test_a_restricted_case_is_refused_and_listed_nowhere(bureau: Bureau, secret: CaseId) -> None:
    title = known(bureau, secret).title.partition(" / ")[0]
    oncall = bureau.browser("oncall")
    for path in (f"/cases/{secret}", f"/cases/{secret}/notice", f"/cases/{secret}?timeline=all"):
        page = oncall.get(path)
        assert page.status == 403
        assert "这个案件限制查看" in page.text()
    (alert,) = known(bureau, secret).alerts
    for path in (
        "/",
        "/cases",
        "/cases?show=open",
        "/actions",
        "/summary",
        "/drills",
        "/alerts?state=all",
        f"/alerts/{alert}",
        "/system",
        "/permits",
        "/figures",
    ):
        page = oncall.get(path)
        assert page.status == 200
        assert str(secret) not in page.text(), path
        assert known(bureau, secret).notice_id not in page.text(), path
    assert "另有 1 个案件限制查看" in oncall.get("/cases").text()
    assert "另有 1 个限制查看" in oncall.get("/").text()
    assert title not in oncall.get("/cases").text()
    assert oncall.get(f"/events?about={secret}").status == 404
    other = bureau.office.cases.open_by_hand("邻近的案件", "low", CHEN, "")
    bureau.office.cases.link(other, SUN, LinkKind.RELATED, secret, f"见 {secret}")
    bureau.office.cases.note(other, SUN, f"与 {known(bureau, secret).notice_id} 是同一人")
    for path in (f"/cases/{other}", f"/cases/{other}?timeline=all", f"/cases/{other}/notice"):
        text = oncall.get(path).text()
        assert str(secret).removeprefix("C-") not in text, path
    assert "限制查看的案件" in oncall.get(f"/cases/{other}").text()
    assert str(secret) in bureau.browser("officer").get(f"/cases/{other}").text(), "who may open it reads its number"
    press = bureau.browser("press")
    assert press.get(f"/cases/{secret}/notice").status == 403
    assert str(secret) not in press.get("/").text()


@pytest.mark.parametrize("act", ["note", "move", "contain", "role", "task", "task-done", "mark", "restrict", "review"])
def test_who_is_not_named_can_do_nothing_to_it(bureau: Bureau, secret: CaseId, act: str) -> None:
    oncall = bureau.browser("oncall")
    before = known(bureau, secret).entries
    body = {"token": token_of(oncall.get("/password")), "text": "在吗", "reason": "看看", "tlp": "red"}
    assert oncall.client.post(f"/cases/{secret}/{act}", data=body).status_code == 403
    assert known(bureau, secret).entries == before


def test_who_is_named_reads_it_and_an_auditor_does_on_record(bureau: Bureau, secret: CaseId) -> None:
    def reads() -> list[str]:
        return [e.by.id for e in known(bureau, secret).entries if isinstance(e.fact, RestrictedRead)]

    assert bureau.browser("officer").get(f"/cases/{secret}").status == 200
    assert reads() == []
    auditor: Browser = bureau.browser("auditor")
    assert auditor.get(f"/cases/{secret}").status == 200
    assert auditor.get(f"/cases/{secret}/notice").status == 200
    assert len(reads()) == 2
    assert "未列名的人查看" in bureau.browser("officer").get(f"/cases/{secret}?timeline=all").text()


def test_the_officer_opens_it_to_all_again(bureau: Bureau, secret: CaseId) -> None:
    page = send(bureau, secret, "restrict", "officer", person="", reason="")
    assert page.status == 422
    HandlingBook(bureau.office.cases).restrict(secret, SUN, [], "已查清")
    assert bureau.browser("oncall").get(f"/cases/{secret}").status == 200


def test_a_mark_is_shown_and_its_case_is_in_no_export_where_it_is_red(bureau: Bureau) -> None:
    case = bureau.to_the_draft()
    bureau.employ("oncall")
    oncall = bureau.browser("oncall")
    assert exported(oncall)["real"]["cases"] == 1
    send(bureau, case, "mark", tlp="red")
    assert known(bureau, case).handling.tlp is Tlp.RED
    for path in (f"/cases/{case}", f"/cases/{case}/notice", "/cases"):
        assert "TLP:RED" in oncall.get(path).text("body")
    after = exported(oncall)
    assert (after["real"]["cases"], after["left_out"]) == (0, 1)


def exported(browser: Browser) -> dict[str, Any]:
    answer = browser.client.get("/summary/json?year=2026")
    assert answer.headers["content-disposition"] == 'attachment; filename="incidents-2026.json"'
    found: dict[str, Any] = json.loads(answer.content)
    return found


def test_the_year_says_the_same_on_the_page_and_in_both_files(bureau: Bureau) -> None:
    bureau.to_the_draft()
    bureau.office.cases.open_drill("演练", "low", CHEN, book="", once="1")
    oncall = bureau.browser("oncall")
    page = oncall.get("/summary?year=2026").text()
    assert "人口登记系统" in page
    rows = list(csv.reader(io.StringIO(oncall.client.get("/summary/csv?year=2026").content.decode("utf-8-sig"))))
    told = {(scope, item, what): number for scope, item, what, number in rows[1:]}
    facts = exported(oncall)
    assert told["真实事件", "案件", ""] == str(facts["real"]["cases"]) == "1"
    assert told["演练", "案件", ""] == str(facts["drills"]["cases"]) == "1"
    assert told["真实事件", "明文涉及人次", ""] == str(facts["real"]["persons"]) == "20"
    assert told["真实事件", "系统", "人口登记系统"] == "1"
    assert oncall.get("/summary?year=20x6").status == 404
    assert oncall.client.get("/summary/exe").status_code == 404


def test_a_plan_is_due_by_the_day_of_the_unit(bureau: Bureau) -> None:
    bureau.drills = (PLAN,)
    bureau.office.watch.at = TEN - timedelta(days=10)
    bureau.restart()
    assert "即将到期" in bureau.browser("officer").get("/drills").text()
