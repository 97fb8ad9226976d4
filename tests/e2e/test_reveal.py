"""Somebody at a counter asks to see one record whole and sees it: with all of an installation, in a real browser."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from deploy.demo.hall.environment import HallFiles, files_in
from deploy.demo.people import CLERKS
from proxy.reveal import REVEAL
from tests.chromium import Chromium
from tests.e2e.browser import browsing
from tests.e2e.counter import LIST, change, changes, dump, fields_of
from tests.gateway import wait_until
from tests.installation import Installation, installation

pytestmark = pytest.mark.system
ASKED, OTHER = 7, 8
WHY = {"case": "大厅-2026/118", "reason": "申请人出示的证件与系统登记不一致，需核对"}
PAGE = {"Accept": "text/html,application/xhtml+xml"}
ROWS = "/register/residents.json?_shape=objects&_size=1&_sort=id"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("home"), forked=True) as made:
        yield made


def hall_of(running: Installation) -> HallFiles:
    return files_in(running.home / "demo" / "hall")


def row(running: Installation, number: int) -> dict[str, Any]:
    return dump(hall_of(running).database)["hall_application"][number]


@contextlib.contextmanager
def counter(running: Installation, caller: str) -> Iterator[httpx.Client]:
    """A client of the hall that has signed in to the gateway as *caller*, and to Django."""
    with running.client("hall", running.credential(caller, "hall")) as client:
        sign_in(running, client)
        yield client


def sign_in(running: Installation, client: httpx.Client) -> None:
    """Sign in to Django."""
    client.headers["Origin"] = f"https://hall.localhost:{running.base}"
    client.headers.update(PAGE)
    page = client.get("/admin/login/?next=/admin/")
    password = hall_of(running).password.read_text("ascii").strip()
    answer = client.post(
        "/admin/login/?next=/admin/", data={**fields_of(page.text), "username": "clerk", "password": password}
    )
    assert answer.status_code == 302, answer.text


def decided(client: httpx.Client, said: dict[str, Any]) -> dict[str, Any]:
    """What becomes of asking for what is *said*."""
    answer = client.post(REVEAL, json=said, headers={"Accept": "application/json"})
    assert answer.status_code == 202, answer.text
    told: dict[str, Any] = answer.json()

    def is_decided() -> bool:
        told.update(client.get(told["status"], headers={"Accept": "application/json"}).json())
        return bool(told["state"] != "asked")

    wait_until(is_decided, 20)
    return told


def test_a_clerk_of_the_hall_sees_the_one_application_whole_and_saves_it(running: Installation) -> None:
    with counter(running, "clerk") as clerk, counter(running, CLERKS[0]) as colleague:
        true = row(running, ASKED)
        masked = clerk.get(change(ASKED))
        assert str(true["mobile"]) not in masked.text
        told = decided(clerk, {"event": masked.headers["yingbi-event"], **WHY})
        assert told["state"] == "open", told
        until = datetime.fromisoformat(told["until"])
        assert timedelta(minutes=14) < until - datetime.now(UTC) <= timedelta(minutes=15)

        shown = clerk.get(change(ASKED))
        form = fields_of(shown.text)
        assert (form["mobile"], form["id_no"]) == (true["mobile"], true["id_no"])
        explained = running.run("explain", shown.headers["yingbi-event"]).stdout
        assert "hall-one-application" in explained
        assert str(row(running, OTHER)["mobile"]) not in clerk.get(change(OTHER)).text
        assert str(true["mobile"]) not in clerk.get(LIST).text
        assert str(true["mobile"]) not in colleague.get(change(ASKED)).text

        before = dump(hall_of(running).database)
        status = "已办结" if true["status"] != "已办结" else "待补正"
        saved = clerk.post(change(ASKED), data={**form, "status": status, "_save": "保存"})
        assert saved.status_code == 302, saved.text
        assert changes(before, dump(hall_of(running).database)) == {("hall_application", ASKED): {"status": status}}
        assert colleague.get(told["status"]).status_code == 404


def test_a_list_is_not_one_record(running: Installation) -> None:
    with counter(running, "clerk") as clerk:
        told = decided(clerk, {"event": clerk.get(LIST).headers["yingbi-event"], **WHY})
        assert (told["state"], told["reason"]) == ("refused", "not_one_record")
        assert "请先打开要查看的那一条记录" in told["detail"]


def test_what_a_colleague_was_shown_is_nobody_elses_to_ask_about(running: Installation) -> None:
    with counter(running, "clerk") as clerk, counter(running, CLERKS[0]) as colleague:
        told = decided(clerk, {"event": colleague.get(change(ASKED)).headers["yingbi-event"], **WHY})
        assert (told["state"], told["reason"]) == ("refused", "event_unknown")


def test_a_clerk_of_the_register_sees_the_one_person_whole(running: Installation) -> None:
    with running.client("register", running.credential("clerk")) as clerk:
        masked = clerk.get(ROWS)
        (before,) = masked.json()["rows"]
        assert "*" in before["id_no"]
        assert decided(clerk, {"event": masked.headers["yingbi-event"], **WHY})["state"] == "open"
        (after, *others) = clerk.get(ROWS.replace("_size=1", "_size=3")).json()["rows"]
        assert after["id_no"].isalnum()
        assert "*" in after["bank_card"], "nobody may ask for that"
        assert others
        assert all("*" in other["id_no"] for other in others)


def test_the_head_on_duty_breaks_the_glass_of_the_hall(running: Installation) -> None:
    with counter(running, "head") as head, counter(running, "clerk") as clerk:
        true = row(running, OTHER)
        assert str(true["mobile"]) not in head.get(change(OTHER)).text
        answer = clerk.post(REVEAL, json={**WHY, "break_glass": True}, headers={"Accept": "application/json"})
        assert (answer.status_code, answer.json()["reason"]) == (403, "reveal_not_granted")
        told = decided(head, {"reason": "突发火情，须逐户电话通知撤离", "break_glass": True})
        assert told["state"] == "open", told
        assert str(true["mobile"]) in head.get(change(OTHER)).text
        assert str(true["mobile"]) not in clerk.get(change(OTHER)).text
        by_number = head.get(f"{LIST}?id_no={true['id_no']}")
        assert by_number.status_code == 403, "nobody may ask by what only some answers show"


def test_a_clerk_asks_in_a_browser(running: Installation, chromium: Chromium) -> None:
    hall, number = f"https://hall.localhost:{running.base}", 9
    true = row(running, number)
    with browsing(chromium) as browser:
        browser.get(f"{hall}/.yingbi/sign-in")
        browser.write("#credential", running.credential(CLERKS[1]))
        browser.press("button")
        browser.write("#id_username", "clerk")
        browser.write("#id_password", hall_of(running).password.read_text("ascii").strip())
        browser.press("input[type=submit]")
        browser.get(hall + change(number))
        assert browser.find("#id_mobile").get_attribute("value") != true["mobile"]

        browser.get(f"{hall}{REVEAL}")
        assert browser.find("#event").get_attribute("value")
        browser.write("#case", WHY["case"])
        browser.write("#reason", f"核对 {true['id_no']} 的材料")
        browser.press("button")
        assert "事由的第 4 至第 21 个字像是个人信息" in browser.text
        browser.write("#reason", WHY["reason"])
        browser.press("button")
        wait_until(lambda: "已经开启" in browser.text, 20)

        browser.get(hall + change(number))
        assert browser.find("#id_mobile").get_attribute("value") == true["mobile"]
        assert browser.find("#id_id_no").get_attribute("value") == true["id_no"]
        browser.get(hall + change(OTHER))
        assert browser.find("#id_mobile").get_attribute("value") != row(running, OTHER)["mobile"]
