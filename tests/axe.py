"""axe-core in a real browser: which barriers it finds on the page that is shown."""

from importlib.resources import files
from typing import Any

from selenium.webdriver import Chrome

_SOURCE = (files("axe_core_python") / "axe.min.js").read_text("utf-8")
_RUN = """
const done = arguments[arguments.length - 1];
const options = {resultTypes: ['violations'], elementRef: false, selectors: false, preload: false, iframes: false};
axe.run(document, options).then(
  found => done(found.violations.map(each => [each.id, each.help, each.nodes.map(node => node.html.slice(0, 120))])),
  error => done([['axe failed', String(error), []]]));
"""


def axe(driver: Chrome) -> list[Any]:
    """What is wrong with the page, by all rules of axe, its best practices included: id, words, the elements.

    It runs although the browser runs no script of the page's own. Empty where nothing is found.
    """
    driver.execute_script(_SOURCE)
    found: list[Any] = driver.execute_async_script(_RUN)
    return found
