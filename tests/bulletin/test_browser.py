"""The public pages in a real browser: at 320 px, at 200 % zoom, in large type, by keyboard, without scripts."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.bulletin.conftest import served
from tests.bulletin.shelves import SITE, content, notice, put, withdrawn
from tests.chromium import Chromium
from tests.incident.office import zh
from yingbi.clock import now
from yingbi.home import Home
from yingbi.subscribers.box import BoxCounter

ADDRESS = "/notices/N-20261123-001"
PAGES = ("/", ADDRESS, f"{ADDRESS}/1", "/notices/N-20261123-003", "/subscribe", "/nowhere")


@pytest.fixture
def browser(chromium: Chromium) -> Iterator[Chrome]:
    options = ChromeOptions()
    options.binary_location = str(chromium.browser)
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    driver = Chrome(options=options, service=Service(str(chromium.driver)))
    yield driver
    driver.quit()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    put(tmp_path, notice(1, content(), content(change=zh("补充了人数", "added"))), notice(2), withdrawn(notice(3)))
    counter = BoxCounter(Home(tmp_path / "home"), now)
    with served(tmp_path, replace(SITE, subscribes=True), counter) as client:
        yield str(client.base_url).rstrip("/")


def narrow(browser: Chrome, width: int) -> None:
    """A window so wide to the page, whatever the least width of the browser's own."""
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


@pytest.mark.parametrize("size", ["", "?size=large"], ids=["normal", "large"])
def test_at_320_px_nothing_has_to_be_scrolled_sideways(browser: Chrome, site: str, size: str) -> None:
    """Source: WCAG 2.2, 1.4.10; 320 px is also 1280 px at 400 %."""
    narrow(browser, 320)
    for address in PAGES:
        browser.get(site + address + size)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= 320, address


@pytest.mark.parametrize(("size", "least"), [("", 44), ("?size=large", 60)], ids=["normal", "large"])
def test_what_is_tapped_is_large_enough(browser: Chrome, site: str, size: str, least: int) -> None:
    """Source: 工信厅信管函〔2021〕67号: 44 px, and 60 px in large type. Links within a sentence are exempt."""
    narrow(browser, 390)
    for address in PAGES:
        browser.get(site + address + size)
        for link in browser.find_elements(
            By.CSS_SELECTOR, "header a, footer a, .notices a, .phone, .mark a, .pages a, input, button"
        ):
            assert link.size["height"] >= least, (address, link.text, link.size)
            assert link.size["width"] >= min(least, 44), (address, link.text, link.size)


def test_text_is_large_enough(browser: Chrome, site: str) -> None:
    for size, least in (("", 18), ("?size=large", 24)):
        browser.get(site + ADDRESS + size)
        paragraph = browser.find_element(By.CSS_SELECTOR, "main p")
        assert float(paragraph.value_of_css_property("font-size").removesuffix("px")) >= least
        assert float(paragraph.value_of_css_property("line-height").removesuffix("px")) >= 1.3 * least


def test_the_first_tab_skips_to_the_text(browser: Chrome, site: str) -> None:
    browser.get(site + ADDRESS)
    browser.switch_to.active_element.send_keys(Keys.TAB)
    skip = browser.switch_to.active_element
    assert skip.text == "跳到正文"
    assert skip.rect["x"] >= 0, "it shows while it has the focus"
    skip.send_keys(Keys.ENTER)
    assert browser.switch_to.active_element.get_attribute("id") == "main"


def test_the_focus_shows_on_everything_that_can_have_it(browser: Chrome, site: str) -> None:
    browser.get(site + ADDRESS)
    links = browser.find_elements(By.CSS_SELECTOR, "a")
    for _ in links:
        browser.switch_to.active_element.send_keys(Keys.TAB)
        focused = browser.switch_to.active_element
        assert focused.value_of_css_property("outline-style") == "solid", focused.text
        assert float(focused.value_of_css_property("outline-width").removesuffix("px")) >= 2


def test_wider_spacing_of_the_reader_loses_nothing(browser: Chrome, site: str) -> None:
    """Source: WCAG 2.2, 1.4.12."""
    narrow(browser, 320)
    browser.get(site + ADDRESS)
    browser.execute_cdp_cmd("Page.setBypassCSP", {"enabled": True})
    browser.refresh()
    browser.execute_script(
        "const s = document.createElement('style');"
        "s.textContent = '* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em"
        " !important } p { margin-bottom: 2em !important }'; document.head.append(s);"
    )
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 320
    clipped = browser.execute_script(
        "return [...document.querySelectorAll('main *')].filter(e => e.scrollWidth > e.clientWidth + 1"
        " && getComputedStyle(e).overflow !== 'visible').length"
    )
    assert clipped == 0


def test_the_browser_finds_nothing_to_complain_about(browser: Chrome, site: str) -> None:
    for address in PAGES[:-1]:
        browser.get(site + address)
        told = browser.get_log("browser")  # type: ignore[no-untyped-call]
        complaints = [entry for entry in told if "favicon" not in entry["message"]]
        assert complaints == []
