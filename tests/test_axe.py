"""No barrier on the public pages, in either size, on a phone and at twice the size of letters."""

from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from tests.axe import axe
from tests.bulletin.conftest import served
from tests.bulletin.shelves import BODY, content, notice, put, withdrawn
from tests.chromium import Chromium
from tests.incident.office import zh

ADDRESS = "/notices/N-20261123-001"
PAGES = ("/", ADDRESS, f"{ADDRESS}/1", f"{ADDRESS}/2/changes", "/notices/N-20261123-003", "/nowhere")


@pytest.fixture(scope="module")
def browser(chromium: Chromium, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Chrome, str]]:
    folder = tmp_path_factory.mktemp("shelf")
    after = content(body_zh=BODY.replace("1,234", "1,243"), change=zh("人数有误", "the number was wrong"))
    put(folder, notice(1, content(), after), notice(2), withdrawn(notice(3)))
    options = ChromeOptions()
    options.binary_location = str(chromium.browser)
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    with served(folder) as client:
        driver = Chrome(options=options, service=Service(str(chromium.driver)))
        yield driver, str(client.base_url).rstrip("/")
        driver.quit()


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("size", ["", "?size=large"], ids=["normal", "large"])
def test_no_barrier_is_found(browser: tuple[Chrome, str], width: int, size: str) -> None:
    driver, site = browser
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    for address in PAGES:
        driver.get(site + address + size)
        assert axe(driver) == [], (address, size, width)


def test_at_twice_the_size_nothing_is_lost(browser: tuple[Chrome, str]) -> None:
    """Source: WCAG 2.2, 1.4.4. A window of 1280 px at 200 % shows what one of 640 px does."""
    driver, site = browser
    metrics = {"width": 640, "height": 450, "deviceScaleFactor": 2, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    for address in PAGES:
        for size in ("", "?size=large"):
            driver.get(site + address + size)
            assert driver.execute_script("return document.documentElement.scrollWidth") <= 640, address
            assert axe(driver) == [], address


def test_axe_finds_what_it_is_for(browser: tuple[Chrome, str]) -> None:
    driver, site = browser
    driver.get(site + ADDRESS)
    driver.execute_script("document.querySelector('h1').remove(); document.documentElement.removeAttribute('lang')")
    assert {"html-has-lang", "page-has-heading-one"} <= {each[0] for each in axe(driver)}
