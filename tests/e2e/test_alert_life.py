"""An alert from finding to closing: a clerk reads through the gateway, the staff on duty act in a real browser."""

import json
import re
import shlex
from collections.abc import Iterator
from difflib import unified_diff
from typing import Any

import pytest
from selenium.webdriver.support.select import Select

from tests.chromium import Chromium
from tests.e2e.browser import Browser, browsing
from tests.gateway import ROOT, wait_until
from tests.installation import Installation, installation
from yingbi.first_accounts import first_password
from yingbi.home import Home

pytestmark = pytest.mark.system

ONE = "/register/residents.json?_shape=objects&_size=1"
ALERT = "A-000001"
LIMIT_S = 60
VARIES = (
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "<time>"),
    (r"\d+ 次访问、\d+ 人", "<n> 次访问、<n> 人"),
    (r"\d+ events, \d+ persons", "<n> events, <n> persons"),
    (r"/\S*siem/rules/|siem/rules/", "<rules>/"),
    (r"\s+", " "),
)
"""What is otherwise each time, and what stands for it when two outputs are compared."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("home"), forked=True) as made:
        yield made


def read(on: Installation, times: int) -> None:
    """The clerk looks one resident up, again and again."""
    with on.client(credential=on.credential("clerk")) as clerk:
        for _ in range(times):
            assert clerk.get(ONE).status_code == 200


def shown(on: Installation) -> dict[str, Any]:
    """What the command tells of the alert; nothing before there is one."""
    ended = on.run("alerts", "show", ALERT, "--json")
    found: dict[str, Any] = json.loads(ended.stdout) if ended.returncode == 0 else {}
    return found


def open_form(browser: Browser, form: str) -> None:
    browser.find(f"details:has(form#{form}) summary").click()


def plain(line: str) -> str:
    for pattern, stands in VARIES:
        line = re.sub(pattern, stands, line)
    return line.strip()


def test_an_alert_from_finding_to_closing(running: Installation, chromium: Chromium) -> None:
    read(running, 110)
    wait_until(lambda: bool(shown(running)), LIMIT_S)
    found = shown(running)
    assert (found["rule"], found["state"], found["assignee"]) == ("bulk_reads", "new", None)

    console = running.status()["addresses"]["console"]
    with browsing(chromium) as browser:
        browser.get(f"{console}/sign-in")
        browser.write("[name=name]", "oncall")
        browser.write("[name=password]", first_password(Home(running.home), "oncall") or "")
        browser.press("main form button")
        browser.follow("短时间大量读取个人信息")
        assert "待确认" in browser.text
        browser.press("form#acknowledge button")
        assert "已确认，由您处理" in browser.text
        open_form(browser, "assign")
        Select(browser.find("[id='assign.to']")).select_by_visible_text("officer")
        browser.press("form#assign button")
        assert "已指派" in browser.text
        open_form(browser, "snooze")
        Select(browser.find("[id='snooze.growth']")).select_by_value("150")
        browser.write("[id='snooze.reason']", "本人说在核对台账，下午复查")
        browser.press("form#snooze button")
        assert "增长到 1.5 倍提前返回" in browser.text
        assert shown(running)["state"] == "snoozed"

        read(running, 110)
        wait_until(lambda: shown(running)["state"] == "new", LIMIT_S)
        browser.get(f"{console}/alerts")
        assert "又回来了" in browser.text
        browser.get(f"{console}/alerts/{ALERT}")
        open_form(browser, "close")
        Select(browser.find("[id='close.disposition']")).select_by_value("violation")
        browser.write("[id='close.reason']", "替同事批量核对，没有授权；数据没有外传，已谈话")
        browser.press("form#close button")
        for words in ("属实：违规，没有泄露", "（近 90 天属实 1 条，不属实 0 条）", "已关闭"):
            assert words in browser.text, words
        browser.get(f"{console}/alerts/rules")
        assert "100%" in browser.find("tbody tr").text
        assert browser.complaints() == []

    closed = shown(running)
    assert (closed["state"], closed["disposition"], closed["assignee"]) == ("closed", "violation", "P-001")
    rules = {rule["name"]: rule["precision"] for rule in json.loads(running.run("rules", "list", "--json").stdout)}
    assert (rules["bulk_reads"]["percent"], rules["bulk_reads"]["true"]) == (100, 1)


def test_the_manual_shows_what_the_product_says_of_it(running: Installation) -> None:
    manual = (ROOT / "docs" / "on-call.md").read_text("utf-8")
    section = manual.split("\n## 告警怎样处理", 1)[1].split("\n## ", 1)[0]
    (block,) = re.findall(r"```console\n(.*?)```", section, re.DOTALL)
    parts = re.split(r"^\$ yingbi (.+)$", block, flags=re.MULTILINE)[1:]
    walked = list(zip(parts[::2], parts[1::2], strict=True))
    assert [command for command, _ in walked] == ["alerts show A-000001", "rules list"]
    for command, printed in walked:
        said = [plain(line) for line in running.run(*shlex.split(command)).stdout.splitlines()]
        wanted = [plain(line) for line in printed.splitlines() if line.strip("… ")]
        missing = [line for line in wanted if line not in said]
        assert not missing, "\n".join(unified_diff(said, wanted, "said", "manual"))
