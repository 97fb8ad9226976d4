import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from prometheus_client import CollectorRegistry

from yingbi.account import NotDone, add
from yingbi.first_start import make_folders
from yingbi.home import Home
from yingbi.metrics.figures import Figures
from yingbi.settings import Settings
from yingbi.standing import broken_journals, broken_log
from yingbi.status import is_running, status_of
from yingbi.status_lines import lines_of
from yingbi.status_problems import problems_of
from yingbi.told import tell


def status(**changed: Any) -> dict[str, Any]:
    worker = {"name": "worker-0", "pid": 7, "restarts": 0, "alive": True, "serving": 1, "requests": 3, "withheld": 1}
    whole: dict[str, Any] = {
        "running": True,
        "home": "/home/yingbi",
        "index": "sqlite",
        "addresses": {"gateway": "https://127.0.0.1:8443", "systems": {"register": "https://register.localhost:8443"}},
        "processes": [{"name": "supervisor", "pid": 1, "restarts": 0, "alive": True}, worker],
        "policy": {"generation": 4, "version": 9, "two_people": True, "systems": [{}], "findings": []},
        "shipping": {"behind_bytes": 0, "trouble": ""},
        "broken_log": {},
        "broken_journals": {},
        "broken_policies": "",
        "broken_permits": "",
        "broken_alerts": "",
        "broken_rules": "",
        "broken_searches": "",
        "policies": {"folder_differs": False, "drafts": []},
        "permits": [],
        "cases": [],
        "case_numbers": {"open": 21, "closed": 9},
    }
    return {**whole, **changed}


def test_all_is_well() -> None:
    assert problems_of(status()) == []
    text = "\n".join(lines_of(status()))
    for said in (
        "https://register.localhost:8443",
        "worker-0",
        "访问 / requests 3  拦截 / withheld 1",
        "版 / version 9  代 / generation 4",
        "cases     30",
    ):
        assert said in text


@pytest.mark.parametrize("optimised", [True, False])
def test_a_python_that_takes_longer_is_told_and_nothing_is_wrong(optimised: bool) -> None:
    told = status(python={"version": "3.13.0", "optimised": optimised})
    assert ("beware: Python 3.13.0" in "\n".join(lines_of(told))) is not optimised
    assert problems_of(told) == []


def test_an_issuer_whose_keys_cannot_be_fetched_is_told() -> None:
    facts = {"issuer": "https://id.example", "keys": 1, "fetched_at": 5.0, "trouble": "not-trusted"}
    (problem,) = problems_of(status(issuers=[facts, {**facts, "trouble": ""}]))
    assert "https://id.example (not-trusted)" in problem


def test_keys_are_told_by_their_age_and_what_is_wrong_with_them() -> None:
    ring = {"name": "hall", "wrong": "文件不在 / it is not there"}
    escrow = {"made_at": None, "proved_at": None, "backup": ""}
    facts = {"wrong": "", "root": {"id": "root-2", "made_at": "2020-01-01T00:00:00+00:00"}, "systems": [ring]}
    digests = {"epoch": "1", "began_at": None, "both_until": None, "reason": ""}
    found = status(keys={**facts, "digests": digests, "escrow": escrow})
    text = "\n".join(lines_of(found))
    for said in ("root-2 2020-01-01", "从未 / never", "hall 的密钥环不能用"):
        assert said in text
    assert len(problems_of(found)) == 1


def test_stored_values_that_do_not_open_are_a_problem() -> None:
    workers = [{**status()["processes"][1], "unopened": number} for number in (0, 2, 5)]
    (problem,) = problems_of(status(processes=workers))
    assert "7 个打不开" in problem
    assert problem in lines_of(status(processes=workers))


def test_who_is_at_a_limit_is_told_and_where_nobody_can_say_it_is_a_problem() -> None:
    at_limit = {"limit": "clerks", "caller": "caller:li", "an_hour": 20, "a_day": 31, "refused": 4}
    quota = {"admitted": 51, "refused": 4, "trouble": "", "at_limit": [at_limit]}
    found = status(quota=quota)
    said = "clerks: 一小时看过 / people in the hour 20，一天 / in the day 31，被拒绝 / refused 4"
    assert said in "\n".join(lines_of(found))
    assert problems_of(found) == []
    (problem,) = problems_of(status(quota={**quota, "trouble": "额度记录被改动 / was altered"}))
    assert "什么也看不到" in problem


def test_a_draft_in_the_shadow_is_told() -> None:
    assert "shadow" not in "\n".join(lines_of(status()))
    shadow = {"generation": 2, "exchanges": 90, "failures": 1, "disagreements": 4}
    assert "代 / generation 2，访问 / exchanges 90，不同 / disagreements 4，失败 / failed 1" in "\n".join(
        lines_of(status(shadow=shadow))
    )


def test_what_is_wrong_is_a_sentence_each() -> None:
    dead = {"name": "siem", "pid": 0, "restarts": 2, "alive": False}
    withholding = {"name": "worker-1", "pid": 8, "restarts": 0, "alive": True, "serving": 0}
    finding = {"file": "grants.yaml", "line": 3, "column": 5, "message": "needs `until`", "severity": "error"}
    warning = {**finding, "severity": "warning"}
    found = problems_of(
        status(
            processes=[dead, withholding],
            policy={"generation": 4, "systems": [], "findings": [finding, warning]},
            shipping={"trouble": "the index cannot be reached"},
            broken_log={"S": "S/000001.log: the line at byte 9"},
        )
    )
    assert [text.split(" ")[0] for text in found[:2]] == ["siem", "worker-1"]
    assert sum("grants.yaml:3:5" in text for text in found) == 1
    assert any("cannot be reached" in text for text in found)
    assert any("byte 9" in text for text in found)
    altered = problems_of(status(broken_journals={"C-20261125-001": "entry 3 does not follow"}))
    assert ["C-20261125-001: entry 3" in text for text in altered] == [True]


def test_sources_of_cases_that_are_not_used_are_said() -> None:
    troubled = {"trouble": "", "systems": {"register": {"waiting": 3, "feed": "1: 7: no CSV", "look_up": ""}}}
    (said,) = problems_of(status(reasons=troubled))
    assert "register 的事项来源不能用" in said
    assert "7: no CSV" in said
    assert len(problems_of(status(reasons={"trouble": "reasons/a.yaml:1"}))) == 1


def test_events_that_the_index_has_not_taken_are_said_with_their_reasons() -> None:
    shipping = {"trouble": "", "refused": 3, "reasons": {"document_parsing_exception": 2, "x": 1}}
    (said,) = problems_of(status(shipping=shipping))
    assert "3 条记录" in said
    assert said.endswith("document_parsing_exception (2), x (1)")
    assert problems_of(status(shipping={**shipping, "refused": 0, "reasons": {}})) == []


def test_why_the_detecting_process_ended_is_said() -> None:
    (said,) = problems_of(status(shipping={"trouble": "", "ended_by": "OverflowError (quiet.py:110)"}))
    assert said.endswith("OverflowError (quiet.py:110)")
    (said,) = problems_of(status(shipping={"trouble": "", "rules_trouble": "`endless` (own.yml:9) fails"}))
    assert "没有全部生效" in said
    assert "own.yml:9" in said


def test_who_sees_all_of_a_system_is_said() -> None:
    one = {"permit": "prm-1", "kind": "reveal", "caller": "clerk-wang", "system": "register", "until": "09:15"}
    glass = {"permit": "prm-2", "kind": "break_glass", "caller": "head-on-duty", "system": "hall", "until": "10:00"}
    said = "\n".join(lines_of(status(permits=[one, glass])))
    assert "2 生效 / in force" in said
    assert "glass broken: head-on-duty, hall，到 / until 10:00" in said
    assert "clerk-wang" not in said


def test_of_policies_it_is_said_what_waits_and_where_nobody_approves_them() -> None:
    altered = problems_of(status(broken_policies="策略记录第 3 条与写入时不符 / entry 3"))
    assert ["策略记录被改动" in text for text in altered] == [True]
    altered = problems_of(status(broken_permits="查看许可记录第 3 条与写入时不符 / entry 3"))
    assert ["许可记录被改动" in text for text in altered] == [True]
    altered = problems_of(status(broken_alerts="告警处置记录第 3 条与写入时不符 / entry 3"))
    assert ["告警处置记录被改动" in text for text in altered] == [True]
    waiting = "\n".join(lines_of(status(policies={"folder_differs": True, "drafts": [7, 9]})))
    assert "drafts that wait: 7, 9" in waiting
    assert "yingbi policy diff" in waiting
    alone = status(policy={"generation": 4, "two_people": False, "systems": [], "findings": []})
    assert problems_of(alone) == []
    assert "nobody approves policies" in "\n".join(lines_of(alone))


def test_nothing_runs() -> None:
    assert lines_of({"running": False, "home": "/x", "left": []}) == ["没有运行 / not running: /x"]


def test_what_a_killed_supervisor_has_left_is_said_and_nobody_writes_beside_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    make_folders(home)
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with child:
        control = {"name": "control", "pid": child.pid, "created": psutil.Process(child.pid).create_time()}
        reused = {"name": "siem", "pid": child.pid, "created": 1.0}
        tell(home.told("supervisor"), {"pid": 1, "processes": [control, reused, {"name": "worker-0", "pid": 0}]})
        found = status_of(Settings(home=tmp_path))
        assert found["left"] == [{"name": "control", "pid": child.pid}]
        assert any(f"control {child.pid}" in line for line in lines_of(found))
        assert ["supervisor is gone" in problem for problem in problems_of(found)] == [True]
        with pytest.raises(NotDone, match="stop it first"):
            add(home, "press2", "P-017", ["press"])
        child.communicate(b"\n")
    found = status_of(Settings(home=tmp_path))
    assert (found["left"], problems_of(found)) == ([], [])
    assert not is_running(home)
    add(home, "press2", "P-017", ["press"])


def test_whoever_finds_it_what_was_altered_is_counted_once(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.run.mkdir()
    registry = CollectorRegistry()
    registry.register(Figures(home))
    names = ("yingbi_log_broken_chains", "yingbi_journals_broken")
    assert [registry.get_sample_value(name) for name in names] == [0, 0]
    tell(home.told("siem"), {"broken": {"S1": "byte 9"}})
    told = {"broken_log": {"S1": "第 9 字节 / byte 9", "S2": "byte 7"}, "broken_journals": {"C-1": "entry 3"}}
    tell(home.told("control"), told)
    assert broken_log(home) == told["broken_log"]
    assert broken_journals(home) == told["broken_journals"]
    assert [registry.get_sample_value(name) for name in names] == [2, 1]


@pytest.mark.parametrize("reads", [True, False])
def test_texts_that_are_hidden_for_want_of_weights_are_told(reads: bool) -> None:
    assert ("run make venv" in "\n".join(lines_of(status(reads_prose=reads)))) is not reads


@pytest.mark.parametrize(("kernel", "serving", "is_told"), [(1, 1, False), (0, 1, True), (0, 0, False)])
def test_workers_without_the_compiled_kernel_are_told(kernel: int, serving: int, is_told: bool) -> None:
    worker = {"name": "worker-1", "pid": 8, "restarts": 0, "alive": True, "kernel": kernel, "serving": serving}
    assert ("没有编译的内核" in "\n".join(lines_of(status(processes=[worker])))) is is_told


TOLD_BY_MAIL = {
    "mails": 41,
    "unconfirmed": 3,
    "failing": 2,
    "unreadable": 0,
    "trouble": "",
    "sent_at": "2026-11-23T10:05:00+00:00",
    "told": {},
    "hooks": [{"attempts": 0}, {"attempts": 4}],
}


def test_subscribers_are_counted_in_the_status_and_their_troubles_told() -> None:
    assert not any("subscribers" in line for line in lines_of(status())), "nobody is told but by the feeds"
    (line,) = [line for line in lines_of(status(subscribers=TOLD_BY_MAIL)) if "subscribers" in line]
    for said in ("41 confirmed", "3 waiting", "2 webhooks", "3 failing", "2026-11-23 10:05 UTC"):
        assert said in line
    assert problems_of(status(subscribers=TOLD_BY_MAIL)) == []
    (one, other) = problems_of(status(subscribers={**TOLD_BY_MAIL, "trouble": "SMTP 451", "unreadable": 2}))
    assert "SMTP 451" in one
    assert "2 个" in other


def test_subscribers_are_figures_while_a_process_tells_them(tmp_path: Path) -> None:
    home = Home(tmp_path)
    make_folders(home)
    tell(home.told("subscribers"), TOLD_BY_MAIL)

    def figures() -> dict[str, float]:
        registry = CollectorRegistry()
        registry.register(Figures(home))
        return {
            sample.name + "".join(sample.labels.values()): sample.value
            for family in registry.collect()
            for sample in family.samples
            if "subscribers" in sample.name
        }

    tell(home.told("supervisor"), {"pid": 1, "processes": []})
    nobody = {"yingbi_subscribers_told": 0, "yingbi_subscribers_trouble": 0}
    assert figures() == nobody, "what it told once is not how it stands"
    process = {"name": "subscribers", "pid": 1, "restarts": 0, "alive": True, "created": 0}
    tell(home.told("supervisor"), {"pid": 1, "processes": [process]})
    found = figures()
    assert found["yingbi_subscribersconfirmed"] == 41
    assert found["yingbi_subscribersfailing"] == 3
    assert found["yingbi_subscribers_told"] == 1795428300
    assert found["yingbi_subscribers_trouble"] == 0
