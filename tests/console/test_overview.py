from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from console.installation import Installation, ShippingState, WorkerState
from console.overview import FAR_BEHIND, MOST_SHOWN, machinery, open_questions, running_clocks, waiting_notices
from incident.command import Question
from incident.facts.case import Move
from tests.console.browser import text_of
from tests.console.bureau import BROKEN, CHEN, INSTALLATION, POLICY, Bureau
from tests.incident.office import TEN, zh


def shipping(**changes: object) -> Installation:
    state: ShippingState = replace(INSTALLATION.shipping, **changes)  # type: ignore[arg-type]
    return replace(INSTALLATION, shipping=state)


def workers(**changes: object) -> Installation:
    one, two = INSTALLATION.workers
    changed: WorkerState = replace(two, **changes)  # type: ignore[arg-type]
    return replace(INSTALLATION, workers=(one, changed))


def records(**changes: Any) -> Installation:
    return replace(INSTALLATION, records=replace(INSTALLATION.records, **changes))


@pytest.mark.parametrize(
    ("installation", "says"),
    [
        (INSTALLATION, None),
        (shipping(behind_bytes=FAR_BEHIND), None),
        (replace(INSTALLATION, policy=replace(POLICY, findings=BROKEN[2:])), None),
        (replace(INSTALLATION, policy=replace(POLICY, findings=BROKEN)), "策略文件有错误"),
        (replace(INSTALLATION, policy=replace(POLICY, generation=0)), "还没有发布过策略"),
        (workers(alive=False), "网关进程未在服务：worker-2"),
        (workers(serving=False), "网关进程未在服务：worker-2"),
        (replace(INSTALLATION, workers=()), "没有网关进程在运行"),
        (shipping(broken={"6YQ3K0M9ZT": "line 3"}), "校验链断裂"),
        (records(log={"6YQ3K0M9ZT": zh("文件 6YQ3K0M9ZT/1.log 第 0 字节以后与前文不符")}), "校验链断裂"),
        (records(journals={"C-20261123-001": zh("第 3 条与前一条不相符")}), "案件记录被改动过：C-20261123-001"),
        (records(searches=zh("查询记录第 3 条与写入时不符")), "不再保存和导出：查询记录第 3 条"),
        (records(all_at=TEN - timedelta(days=3)), "超过两天没有全部核验"),
        (shipping(trouble="ConnectionTimeout"), "索引暂时不接收日志"),
        (shipping(behind_bytes=FAR_BEHIND + 1), "索引落后于日志"),
        (shipping(refused=3), "3 条记录无法进入索引"),
        (replace(INSTALLATION, pipeline=(zh("检测停止：新的记录没有人看"),)), "检测停止：新的记录没有人看"),
    ],
)
def test_what_is_wrong_with_the_machinery_is_said(bureau: Bureau, installation: Installation, says: str | None) -> None:
    found = [trouble.zh for trouble in machinery(installation, TEN)]
    assert (found == []) if says is None else any(says in each for each in found)
    bureau.installation = installation
    page = bureau.browser("operator").get("/")
    assert ("正常" in page.text()) is (says is None)
    assert says is None or says in page.text()


def test_what_holds_up_a_containment_comes_first(bureau: Bureau) -> None:
    bureau.to_the_draft()
    bureau.office.watch.move(minutes=5)
    bureau.open(bureau.leak(persons=120, caller="clerk-zhou", rule="bulk_reads"))
    questions = open_questions(bureau.office.cases.all())
    assert [each.asked.question for each in questions] == [Question.CONTAIN, *3 * [Question.STEP]]
    assert [each.since for each in questions] == [TEN + timedelta(minutes=5), *3 * [TEN]]


def test_the_least_time_comes_first_across_cases(bureau: Bureau) -> None:
    first = bureau.with_question()
    bureau.office.watch.move(hours=1)
    second = bureau.open(bureau.leak(persons=120, caller="clerk-zhou", rule="bulk_reads"))
    clocks = running_clocks(bureau.office.cases.all(), bureau.office.watch())
    assert [each.case.id for each in clocks[:4]] == [first, second, first, second]
    bureau.office.cases.act(first, Move.DISMISS, CHEN, "误报")
    assert {each.case.id for each in running_clocks(bureau.office.cases.all(), TEN)} == {second}


def test_notices_that_wait(bureau: Bureau) -> None:
    case = bureau.to_the_draft()
    assert [each.id for each, _ in waiting_notices(bureau.office.cases.all())] == [case]
    bureau.office.cases.act(case, Move.DISMISS, CHEN, "误报")
    assert waiting_notices(bureau.office.cases.all()) == ()


def test_everybody_sees_what_concerns_them(archive: Bureau) -> None:
    sections = {
        name: {each.get("aria-labelledby") for each in archive.browser(name).get("/").all("section")}
        for name in ("officer", "oncall", "press", "auditor", "operator")
    }
    everything = {"questions", "clocks", "notices", "alerts", "machinery"}
    assert sections == {
        "officer": {*everything, "reviews"},
        "oncall": everything,
        "press": {"questions", "clocks", "notices"},
        "auditor": {*everything, "reviews"},
        "operator": {"machinery"},
    }


def test_the_overview_leads_to_each_matter(archive: Bureau) -> None:
    browser = archive.browser("oncall")
    page = browser.get("/")
    links = {each.get("href") or "": text_of(each) for each in page.all("a")}
    for start in ("/cases/C-20261123-002#answer-", "/cases/C-20261123-001#duty-", "/alerts/A-000001"):
        (address, *_) = [each for each in links if each.startswith(start)]
        target = browser.get(address)
        assert target.status == 200
        assert "#" not in address or target.has(address.partition("#")[2])


def test_alerts_of_yesterday_are_not_new(bureau: Bureau) -> None:
    bureau.leak(persons=10)
    bureau.office.watch.move(hours=25)
    assert "24 小时内没有新告警" in bureau.browser("oncall").get("/").text()


def test_alerts_that_cannot_be_read_do_not_hide_the_rest(bureau: Bureau) -> None:
    bureau.with_question()
    browser = bureau.browser("oncall")
    file = bureau.office.folder / "alerts.db"
    file.unlink()
    file.mkdir()
    page = browser.get("/")
    assert page.status == 200
    assert "告警暂时无法读取" in page.text()
    assert "确认停用涉事账号" in page.text()


def test_a_crowd_of_matters_is_cut_and_said_to_be(bureau: Bureau) -> None:
    for number in range(MOST_SHOWN):
        bureau.office.cases.open_by_hand(f"第 {number} 件", "low", CHEN, "")
    page = bureau.browser("oncall").get("/")
    assert f"还有 {2 * MOST_SHOWN} 项时限在后" in page.text()


def test_lists_say_whom_and_what_a_case_is_about(bureau: Bureau) -> None:
    bureau.to_the_draft()
    browser = bureau.browser("oncall")
    rows = [text_of(row) for row in browser.get("/cases").all("li")]
    assert any("账号 clerk-wang 系统 人口登记系统" in row for row in rows)
    for heading in ("questions", "clocks", "notices"):
        (card,) = [each for each in browser.get("/").all("section") if each.get("aria-labelledby") == heading]
        assert "账号 clerk-wang 系统 人口登记系统" in text_of(card), heading
