"""The hall in a real browser: a clerk signs in, filters, edits and saves; the register keeps what was masked."""

from collections.abc import Iterator

import pytest
from selenium.webdriver.support.select import Select

from deploy.demo.people import CLERKS
from proxy.identity.caller import COOKIE
from tests.chromium import Chromium
from tests.e2e.browser import Browser, browsing
from tests.e2e.counter import LIST, change, changes, dump
from tests.e2e.demo import Demo
from tests.e2e.truth import Truth, truth_of

NUMBER = 7


@pytest.fixture(scope="module")
def truth(hall: Demo) -> Truth:
    return truth_of(hall.register.database)


@pytest.fixture(scope="module")
def signed_in(hall: Demo, chromium: Chromium) -> Iterator[Browser]:
    """The browser of a clerk who has signed in to the gateway and to Django."""
    with browsing(chromium) as browser:
        browser.get(hall.url("hall"))
        assert "云溪区办事大厅" in browser.text
        browser.get(hall.url("hall") + "/.yingbi/sign-in")
        browser.write("#credential", hall.keys[CLERKS[0]])
        browser.press("button")
        browser.write("#id_username", "clerk")
        browser.write("#id_password", hall.hall.password.read_text("ascii").strip())
        browser.press("input[type=submit]")
        assert browser.find("#user-tools").text.startswith("欢迎")
        browser.complaints()
        yield browser


@pytest.fixture
def browser(signed_in: Browser, truth: Truth) -> Iterator[Browser]:
    """The clerk's browser; after each test its page holds nothing but what was granted."""
    yield signed_in
    assert truth.found_in(signed_in.dom, but=frozenset({"name"})) == set()


def test_a_clerk_edits_one_field(hall: Demo, browser: Browser) -> None:
    before = dump(hall.hall.database)
    row = before["hall_application"][NUMBER]
    browser.follow("办件")
    browser.follow(str(NUMBER))
    masked = f"{str(row['mobile'])[:3]}****{str(row['mobile'])[-4:]}"
    assert browser.find("#id_mobile").get_attribute("value") == masked
    assert browser.find("#id_applicant").get_attribute("value") == row["applicant"]
    status = Select(browser.find("#id_status"))
    assert status.first_selected_option.text == row["status"]
    new = "已办结" if row["status"] != "已办结" else "待补正"
    status.select_by_visible_text(new)
    browser.press("input[name=_save]")
    assert "成功修改" in browser.find("ul.messagelist").text
    assert changes(before, dump(hall.hall.database)) == {("hall_application", NUMBER): {"status": new}}
    assert browser.complaints() == []


def test_what_the_hall_keeps_in_the_browser_cannot_be_read_there(browser: Browser) -> None:
    kept = {cookie["name"]: cookie["value"] for cookie in browser.driver.get_cookies()}
    assert kept.keys() >= {"sessionid", "csrftoken", COOKIE}
    assert all(value.startswith("y1.") for name, value in kept.items() if name != COOKIE)


def test_a_clerk_filters_and_searches(hall: Demo, browser: Browser) -> None:
    rows = dump(hall.hall.database)["hall_application"].values()
    browser.get(hall.url("hall") + LIST)
    browser.follow("待受理")
    shown = [cell.text for cell in browser.all("td.field-status")]
    assert shown == ["待受理"] * min(50, sum(row["status"] == "待受理" for row in rows))
    browser.write("#searchbar", "居住证")
    browser.press("#changelist-search input[type=submit]")
    assert all("居住证" in cell.text for cell in browser.all("td.field-item"))
    assert browser.find("#searchbar").get_attribute("value") == "居住证"
    assert browser.complaints() == []


def test_a_mask_typed_by_hand_is_refused_on_a_page_that_names_the_field(hall: Demo, browser: Browser) -> None:
    before = dump(hall.hall.database)
    browser.get(hall.url("hall") + change(NUMBER))
    browser.write("#id_mobile", "138****9999")
    browser.press("input[name=_save]")
    assert "提交的内容含有脱敏后的值" in browser.text
    assert "application.mobile" in browser.text
    assert changes(before, dump(hall.hall.database)) == {}
    browser.complaints()  # that the answer was 409


def test_a_new_number_is_saved_and_masked_from_then_on(hall: Demo, browser: Browser) -> None:
    before = dump(hall.hall.database)
    browser.get(hall.url("hall") + change(NUMBER))
    browser.write("#id_mobile", "13912345678")
    browser.press("input[name=_continue]")
    assert changes(before, dump(hall.hall.database)) == {("hall_application", NUMBER): {"mobile": "13912345678"}}
    assert browser.find("#id_mobile").get_attribute("value") == "139****5678"
    assert "13912345678" not in browser.dom
