import os
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from tests.chromium import Chromium, find_chromium


def test_a_real_browser_renders_chinese(chromium: Chromium, tmp_path: Path) -> None:
    options = webdriver.ChromeOptions()
    options.binary_location = str(chromium.browser)
    for argument in ("--headless=new", f"--user-data-dir={tmp_path}", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><meta charset=utf-8><title>影壁</title><p id=a>影壁</p><p id=b>口口</p>", "utf-8")
    driver = webdriver.Chrome(options, webdriver.ChromeService(str(chromium.driver)))
    try:
        driver.get(page.as_uri())
        assert driver.title == "影壁"
        drawn = {name: driver.find_element(By.ID, name).screenshot_as_png for name in "ab"}
        assert drawn["a"] != drawn["b"], "there is a font with these characters"
    finally:
        driver.quit()


def test_it_is_there_with_its_driver_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for program in ("chromium", "chromedriver"):
        assert find_chromium() is None
        (tmp_path / program).write_text("#!/bin/sh\n")
        (tmp_path / program).chmod(0o755)
    assert find_chromium() == Chromium(browser=tmp_path / "chromium", driver=tmp_path / "chromedriver")
