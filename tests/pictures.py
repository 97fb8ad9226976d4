"""`python -m tests.pictures [FOLDER]`: every page of an installation after a leak, as a browser shows it.

Takes each at 1280 px and at 390 px into FOLDER (`build/pictures`). Those that the README and the manuals show go to
`docs/pictures` with `--docs`.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from tests.chromium import find_chromium
from tests.gateway import ROOT, wait_until
from tests.installation import Installation, installation
from yingbi.first_accounts import first_password
from yingbi.home import Home

WIDTHS = (1280, 390)
TALLEST = 4000
SHOWN = {
    "register-nobody": "register",
    "case": "case",
    "notice": "notice",
    "reveal": "reveal",
    "policy-draft": "draft",
    "alert": "alert",
}
"""What the README and the manuals show, and what they call it."""


def main(arguments: list[str]) -> int:
    """Exit code: 0 taken, 3 there is no browser."""
    parser = argparse.ArgumentParser(prog="python -m tests.pictures", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "build" / "pictures")
    parser.add_argument("--docs", action="store_true", help="put those that the documents show into docs/pictures")
    given = parser.parse_args(arguments)
    chromium = find_chromium()
    if chromium is None:
        print("there is no chromium and chromedriver on the PATH", file=sys.stderr)
        return 3
    options = ChromeOptions()
    options.binary_location = str(chromium.browser)
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--lang=zh-CN"):
        options.add_argument(argument)
    options.accept_insecure_certs = True  # the authority is made anew for each installation
    for folder in (given.folder, ROOT / "docs" / "pictures"):
        folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="yingbi-") as home,
        installation(Path(home) / "home", two_people=True) as made,
    ):
        made.run("demo", "leak")
        _draft(made)
        browser = Chrome(options=options, service=Service(str(chromium.driver)))
        try:
            for name, url in _pages(made, browser):
                for width in WIDTHS:
                    _take(browser, url, width, given.folder / f"{name}-{width}.png")
                if given.docs and name in SHOWN:
                    _take(browser, url, WIDTHS[0], ROOT / "docs" / "pictures" / f"{SHOWN[name]}.png", tallest=900)
        finally:
            browser.quit()
    return 0


def _draft(made: Installation) -> None:
    """A draft that waits for another officer."""
    grants = made.home / "policies" / "grants.yaml"
    grants.write_text(grants.read_text("utf-8").replace("      mobile: show\n", "", 1), "utf-8")
    made.policy("officer", "draft", "--title", "窗口不再看手机号", "--reason", "业务科室来函")


def _pages(made: Installation, browser: Chrome) -> Iterator[tuple[str, str]]:
    """Name and address of each page; who has to be signed in for it is, when it is asked for."""
    status = made.status()
    addresses, (case, *_) = status["addresses"], status["cases"]
    register, hall = addresses["systems"]["register"], addresses["systems"]["hall"]
    console, bulletin = addresses["console"], addresses["bulletin"]
    yield "register-home", register
    yield "register-nobody", f"{register}/register/residents?_size=12"
    yield "register-row-nobody", f"{register}/register/residents/7"
    yield "refused-sql", f"{register}/register?sql=select+1"
    yield "refused-filter", f"{register}/register/residents?id_no=1"
    yield "gateway-sign-in", f"{register}/.yingbi/sign-in"
    _fill(browser, f"{register}/.yingbi/sign-in", {"credential": made.credential("clerk")})
    yield "register-clerk", f"{register}/register/residents?_size=12"
    yield "register-row-clerk", f"{register}/register/residents/7"
    yield "reveal", f"{register}/.yingbi/reveal"
    asked = {"case": "受理2026-0117", "reason": "核对申请人提交的证件号码与登记是否一致"}
    _fill(browser, f"{register}/.yingbi/reveal", asked)
    wait_until(lambda: "已经开启" in browser.page_source, 30)
    yield "reveal-open", browser.current_url
    yield "register-row-revealed", f"{register}/register/residents/7"
    yield "hall-login", hall
    password = (made.home / "demo" / "hall" / "staff-password").read_text("ascii").strip()
    _fill(browser, f"{hall}/admin/login/?next=/admin/", {"username": "clerk", "password": password})
    yield "hall-list", f"{hall}/admin/hall/application/"
    yield "hall-edit", f"{hall}/admin/hall/application/3/change/"
    yield "bulletin", bulletin
    yield "notice", f"{bulletin}/notices/{case['notice']}"
    yield "notice-large", f"{bulletin}/notices/{case['notice']}?size=large"
    yield "console-sign-in", f"{console}/sign-in"
    for name, pages in {
        "oncall": {
            "overview": "/",
            "alerts": "/alerts",
            "alert": f"/alerts/{case['alerts'][0]}",
            "cases": "/cases",
            "case": f"/cases/{case['id']}",
            "events": "/events?span=week",
            "figures": "/figures",
            "people": "/people",
            "system": "/system",
            "permits-oncall": "/permits",
        },
        "press": {"notice-draft": f"/cases/{case['id']}/notice", "overview-press": "/"},
        "officer2": {
            "policy-draft": "/policies/drafts/1",
            "policy-file": "/policies/drafts/1/file?name=grants.yaml",
            "policy-version": "/policies/versions/1",
        },
        "officer": {"policies": "/policies", "overview-officer": "/", "notice-officer": f"/cases/{case['id']}/notice"},
        "operator": {"accounts": "/accounts", "overview-operator": "/"},
        "auditor": {
            "overview-auditor": "/",
            "permits": "/permits",
            "searches": "/searches",
            "case-auditor": f"/cases/{case['id']}",
            "password": "/password",
        },
    }.items():
        browser.delete_all_cookies()
        given = first_password(Home(made.home), name) or ""
        _fill(browser, f"{console}/sign-in", {"name": name, "password": given})
        for called, path in pages.items():
            yield called, console + path
        if name == "oncall":
            browser.get(f"{console}/alerts/{case['alerts'][0]}")
            event = browser.find_element(By.CSS_SELECTOR, "main a[href^='/events/']").get_attribute("href")
            yield "event", str(event)


def _fill(browser: Chrome, page: str, values: dict[str, str]) -> None:
    browser.get(page)
    for name, value in values.items():
        browser.find_element(By.NAME, name).send_keys(value)
    browser.find_element(By.CSS_SELECTOR, "main form button, form [type=submit]").click()


def _take(browser: Chrome, url: str, width: int, file: Path, *, tallest: int = TALLEST) -> None:
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.get(url)
    tall = min(int(browser.execute_script("return document.documentElement.scrollHeight")), tallest)
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {**metrics, "height": max(tall, 400)})
    browser.save_screenshot(str(file))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
