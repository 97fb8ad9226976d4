"""Where a real Chromium and its driver are."""

import shutil
from dataclasses import dataclass
from pathlib import Path

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chromium:
    """The two programs that a browser test starts."""

    browser: Path
    driver: Path


def find_chromium() -> Chromium | None:
    """Chromium and ChromeDriver on the PATH, or None where one of them is not there."""
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    driver = shutil.which("chromedriver")
    if browser is None or driver is None:
        return None
    return Chromium(browser=Path(browser), driver=Path(driver))
