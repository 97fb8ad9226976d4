"""Permits in a whole installation: each is opened once whoever is killed, told of, and ended by one person."""

import json
import os
import signal
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from proxy.asked import waiting
from proxy.reveal import REVEAL
from siem.detect.alert import AlertStore
from siem.record.reader import beginning_of, follow, starts_in
from tests.gateway import wait_until
from tests.installation import Installation, installation
from yingbi.home import Home

pytestmark = pytest.mark.system
PROGRAM = {"Accept": "application/json"}
ALL = {"reason": "突发火情，须逐户电话通知撤离", "break_glass": True}
ONE = {"case": "登记-2026/118", "reason": "申请人出示的证件与登记不一致，需核对"}
ROWS = "/register/residents.json?_shape=objects&_size=1&_sort=id"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("home"), forked=True) as made:
        yield made


@pytest.fixture(scope="module")
def head(running: Installation) -> Iterator[httpx.Client]:
    with running.client("hall", running.credential("head", "hall")) as client:
        yield client


@pytest.fixture(scope="module")
def clerk(running: Installation) -> Iterator[httpx.Client]:
    with running.client("register", running.credential("clerk")) as client:
        yield client


def ask(client: httpx.Client, said: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(REVEAL, json=said, headers=PROGRAM)
    assert answer.status_code == 202, answer.text
    told: dict[str, Any] = answer.json()
    return told


def state(client: httpx.Client, told: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = client.get(told["status"], headers=PROGRAM).json()
    return found


def opened(client: httpx.Client, said: dict[str, Any]) -> dict[str, Any]:
    told = ask(client, said)
    wait_until(lambda: state(client, told)["state"] != "asked", 20)
    assert state(client, told)["state"] == "open"
    return told


def in_clear(answer: httpx.Response) -> bool:
    """Whether *answer* shows the number of the first person whole; an answer that was refused shows nothing."""
    return answer.status_code == 200 and "*" not in answer.json()["rows"][0]["id_no"]


def recorded(running: Installation, permit: str) -> list[str]:
    """What the log says became of *permit*, in order."""
    log = Home(running.home).log
    documents = (each for start in starts_in(log) for each, _ in follow(log / start, beginning_of(start)))
    notes = [each["yingbi"]["permit"] for each in documents if "permit" in each["yingbi"]]
    return [note["state"] for note in notes if note["id"] == permit]


def listed(running: Installation) -> dict[str, dict[str, Any]]:
    told = json.loads(running.run("permits", "list", "--all", "--json").stdout)
    return {each["permit"]: each for each in told}


@pytest.mark.parametrize("kind", ["one", "all"])
def test_asked_for_while_the_control_process_is_killed_it_is_opened_once(
    running: Installation, head: httpx.Client, clerk: httpx.Client, kind: str
) -> None:
    client, said = (head, ALL) if kind == "all" else (clerk, {**ONE, "event": clerk.get(ROWS).headers["yingbi-event"]})
    control = running.process_named("control")["pid"]
    os.kill(control, signal.SIGSTOP)
    try:
        told = ask(client, said)
        assert state(client, told)["state"] == "asked"
        assert [path.stem for path in waiting(Home(running.home).asked)] == [told["permit"]]
    finally:
        os.kill(control, signal.SIGKILL)
    wait_until(lambda: state(client, told)["state"] != "asked", 40)
    assert state(client, told)["state"] == "open"
    assert recorded(running, told["permit"]) == ["asked", "open"]
    before = listed(running)
    assert before[told["permit"]]["in_force"]
    control = running.process_named("control")["pid"]
    os.kill(control, signal.SIGKILL)
    wait_until(lambda: running.process_named("control")["pid"] not in (0, control), 40)
    again = opened(head, ALL)  # it takes what is asked for again
    assert recorded(running, told["permit"]) == ["asked", "open"]
    assert listed(running).keys() == before.keys() | {again["permit"]}


def test_each_time_the_glass_is_broken_there_is_an_alert_and_no_case(running: Installation, head: httpx.Client) -> None:
    opened(head, ALL)
    alerts = AlertStore(running.home / "alerts.db", read_only=True)
    try:
        wait_until(lambda: "break_glass" in {alert.rule_name for alert in alerts.latest()}, 20)
        found = next(alert for alert in alerts.latest() if alert.rule_name == "break_glass")
    finally:
        alerts.close()
    assert (dict(found.group), found.level.value) == ({"user.id": "head-chen", "service.name": "hall"}, "critical")
    assert found.what_to_do.zh
    assert running.status()["cases"] == []


def test_one_person_ends_a_permit_and_within_a_second_it_shows_nothing(
    running: Installation, clerk: httpx.Client
) -> None:
    masked = clerk.get(ROWS)
    assert masked.status_code == 200
    told = opened(clerk, {**ONE, "event": masked.headers["yingbi-event"]})
    assert in_clear(clerk.get(ROWS))
    ended = running.by("oncall", "permits", "end", told["permit"], "--reason", "已核实，不再需要")
    assert ended.returncode == 0, ended.stderr
    wait_until(lambda: state(clerk, told)["state"] == "ended", 1)
    for permit, found in listed(running).items():  # of earlier tests
        if found["in_force"] and found["caller"] == "clerk-li":
            assert running.by("oncall", "permits", "end", permit).returncode == 0
    wait_until(lambda: not in_clear(clerk.get(ROWS)), 2)
    assert recorded(running, told["permit"]) == ["asked", "open", "ended"]
    again = running.by("oncall", "permits", "end", told["permit"])
    assert again.returncode == 3
    assert "this permit has ended" in again.stderr


def test_who_may_not_end_a_permit_is_told(running: Installation, head: httpx.Client) -> None:
    told = opened(head, ALL)
    ended = running.by("press", "permits", "end", told["permit"])
    assert ended.returncode == 3
    assert "your roles may not do this" in ended.stderr
    assert listed(running)[told["permit"]]["in_force"]
    unknown = running.by("oncall", "permits", "end", "prm-0000000000000000")
    assert unknown.returncode == 3
    assert "there is no such permit" in unknown.stderr


def test_who_is_stopped_starts_again_with_what_was_in_force(running: Installation, head: httpx.Client) -> None:
    told = opened(head, ALL)
    assert running.stop() == 0
    assert listed(running)[told["permit"]]["in_force"], "the list is read without anything that runs"
    running.start()
    assert state(head, told)["state"] == "open"
    assert recorded(running, told["permit"]) == ["asked", "open"]
