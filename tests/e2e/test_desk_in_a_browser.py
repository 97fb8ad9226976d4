"""The call-back desk in a real browser: a clerk lists, filters, searches, edits, and deletes by the desk's scripts."""

from collections.abc import Iterator

import pytest
from selenium.webdriver.support.select import Select

from deploy.demo.people import CLERKS
from proxy.identity.caller import COOKIE
from tests.chromium import Chromium
from tests.e2e.browser import Browser, browsing
from tests.e2e.counter import changes
from tests.e2e.desk import LIST, Desk, desk
from tests.e2e.truth import Truth, truth_of
from tests.gateway import wait_until

NUMBER = 7


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("desk")) as running:
        yield running


@pytest.fixture(scope="module")
def truth(at: Desk) -> Truth:
    return truth_of(at.demo.register.database)


@pytest.fixture(scope="module")
def signed_in(at: Desk, chromium: Chromium) -> Iterator[Browser]:
    """The browser of a clerk who has signed in to the gateway and to the desk."""
    with browsing(chromium) as browser:
        browser.get(at.demo.url("visits") + "/.yingbi/sign-in")
        browser.write("#credential", at.demo.keys[CLERKS[0]])
        browser.press("button")
        browser.get(at.demo.url("visits") + "/admin/login")
        browser.write("input[name=username]", "clerk")
        browser.write("input[name=password]", at.behind.password.read_text("ascii").strip())
        browser.press("button[type=submit]")
        assert "回访台" in browser.text
        browser.complaints()
        yield browser


@pytest.fixture
def browser(signed_in: Browser, truth: Truth) -> Iterator[Browser]:
    """The clerk's browser; after each test its page holds nothing but what was granted."""
    yield signed_in
    assert truth.found_in(signed_in.dom, but=frozenset({"name", "birth_date"})) == set()
    assert signed_in.complaints() == []


def test_a_clerk_lists_filters_and_pages(at: Desk, browser: Browser) -> None:
    rows = at.dumps()[0]["visits"].values()
    browser.follow("回访")
    assert browser.all("tbody tr td:nth-child(4)")[0].text == next(iter(rows))["name"]
    browser.follow("未接通")
    assert {cell.text for cell in browser.all("tbody tr td:nth-child(8)")} == {"未接通"}
    waiting = sum(row["result"] == "未接通" for row in rows)
    assert f"of {waiting} items" in browser.text
    browser.follow("2")
    assert "Showing 11 to 20" in browser.text


def test_a_clerk_searches_as_he_types(at: Desk, browser: Browser) -> None:
    browser.get(at.demo.url("visits") + LIST)
    found = sum("居住证" in str(row["item"]) for row in at.dumps()[0]["visits"].values())
    browser.write("#search-input", "居住证")
    wait_until(lambda: f"of {found} items" in browser.text, 10)
    assert all("居住证" in cell.text for cell in browser.all("tbody tr td:nth-child(7)"))
    assert browser.find("#search-input").get_attribute("value") == "居住证"


def test_a_form_that_nobody_touched_changes_nothing(at: Desk, browser: Browser) -> None:
    before = at.dumps()[0]
    for number in (NUMBER, NUMBER + 1):  # one with a picture, and one without
        browser.get(at.demo.url("visits") + f"/admin/visit/edit/{number}")
        assert browser.find("#mobile").get_attribute("value").count("*") == 4  # type: ignore[union-attr]
        browser.press("input[name=save][value=Save]")
        assert browser.driver.current_url.endswith(LIST)
    assert changes(before, at.dumps()[0]) == {}


def test_a_clerk_changes_one_field(at: Desk, browser: Browser) -> None:
    before = at.dumps()[0]
    browser.get(at.demo.url("visits") + LIST)
    browser.press(f"a[href$='/admin/visit/edit/{NUMBER}']")
    result = Select(browser.find("#result"))
    new = "满意" if before["visits"][NUMBER]["result"] != "满意" else "不满意"
    result.select_by_visible_text(new)
    browser.press("input[name=save][value=Save]")
    assert changes(before, at.dumps()[0]) == {("visits", NUMBER): {"result": new}}


def test_a_clerk_deletes_one_by_its_button(at: Desk, browser: Browser) -> None:
    before = at.dumps()[0]
    browser.get(at.demo.url("visits") + LIST)
    browser.find(f"tbody a[data-pk='{NUMBER}']").click()
    wait_until(lambda: browser.find("#modal-delete-text").text.endswith(f"回访 {NUMBER}?"), 10)
    wait_until(lambda: browser.find("#modal-delete-button").is_displayed(), 10)
    browser.press("#modal-delete-button")
    after = at.dumps()[0]
    assert after["visits"].keys() == before["visits"].keys() - {NUMBER}
    assert {key[1] for key in changes(before, after)} == {NUMBER}


def test_what_the_desk_keeps_in_the_browser_cannot_be_read_there(browser: Browser) -> None:
    kept = {cookie["name"]: cookie["value"] for cookie in browser.driver.get_cookies()}
    assert kept.keys() >= {"session", COOKIE}
    assert all(value.startswith("y1.") for name, value in kept.items() if name != COOKIE)
