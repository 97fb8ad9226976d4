"""A real browser that finds `*.localhost` on this machine and takes the test's certificate."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from tests.chromium import Chromium
from tests.gateway import wait_until

# Chromium asks for it by itself where a page names none.
_NOT_OURS = ("favicon.ico",)


@contextlib.contextmanager
def browsing(chromium: Chromium) -> Iterator["Browser"]:
    """A browser of its own, without anything remembered."""
    options = ChromeOptions()
    options.binary_location = str(chromium.browser)
    options.accept_insecure_certs = True
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=zh-CN"):
        options.add_argument(argument)
    options.add_argument("--window-size=1280,1000")
    driver = Chrome(options=options, service=Service(str(chromium.driver)))
    try:
        yield Browser(driver)
    finally:
        driver.quit()


class Browser:
    """What a person does with it."""

    def __init__(self, driver: Chrome) -> None:
        self.driver = driver

    def screenshot(self, path: Path) -> None:
        """The page as it is drawn, in *path*."""
        self.driver.save_screenshot(str(path))

    @property
    def dom(self) -> str:
        """The page as it stands now, whatever scripts have made of it: every text and every attribute."""
        return str(self.driver.execute_script("return document.documentElement.outerHTML"))

    @property
    def text(self) -> str:
        """What a reader sees of the page."""
        return str(self.driver.execute_script("return document.body.innerText"))

    def get(self, url: str) -> None:
        self.driver.get(url)

    def find(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def follow(self, text: str) -> None:
        """Follow the link that says *text*, and wait for the page behind it."""
        self._leave_by(self.driver.find_element(By.LINK_TEXT, text))

    def press(self, selector: str) -> None:
        """Press what leads to another page, and wait for that."""
        self._leave_by(self.find(selector))

    def _leave_by(self, element: WebElement) -> None:
        # At once: where a style sheet makes a page scroll smoothly, a click would come while it is still moving.
        scroll = "window.left = false; arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})"
        self.driver.execute_script(scroll, element)
        element.click()
        script = "return document.readyState === 'complete' && window.left === undefined"
        wait_until(lambda: self.driver.execute_script(script), 10)

    def write(self, selector: str, text: str) -> None:
        """Put *text* in a control, in the place of what was there."""
        control = self.find(selector)
        control.clear()
        control.send_keys(text)

    def complaints(self) -> list[str]:
        """What the browser found wrong since it was last asked."""
        said = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        return [entry["message"] for entry in said if not any(name in entry["message"] for name in _NOT_OURS)]
