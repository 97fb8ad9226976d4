"""The register in a real browser: it works as without the gateway, and shows nobody."""

import re
from collections.abc import Iterator

import httpx
import pytest

from deploy.demo.people import CLERKS
from tests.axe import axe
from tests.chromium import Chromium
from tests.e2e.answers import Links
from tests.e2e.browser import Browser, browsing
from tests.e2e.demo import Demo
from tests.e2e.truth import Truth
from tests.patience import PATIENCE_S

PUBLIC_DAY = frozenset({"birth_date"})
"""Birth dates that are days of registration as well: where they may stand is looked at elsewhere."""


@pytest.fixture(scope="module")
def browser(chromium: Chromium) -> Iterator[Browser]:
    with browsing(chromium) as driver:
        yield driver


@pytest.fixture
def seen(browser: Browser, truth: Truth) -> Iterator[Browser]:
    """The browser; after each test its page holds nobody and it has complained of nothing."""
    browser.complaints()
    yield browser
    assert truth.found_in(browser.dom, but=PUBLIC_DAY) == set()
    assert browser.complaints() == []


def cells(browser: Browser, column: str) -> list[str]:
    return [cell.text for cell in browser.all(f"td.col-{column}")]


def test_from_the_first_page_to_somebody(register: Demo, seen: Browser, truth: Truth) -> None:
    seen.get(register.url("register"))
    assert "云溪区居民登记册" in seen.text
    seen.follow("register")
    seen.follow("residents")
    rows = truth.rows["residents"]
    assert cells(seen, "name") == [f"{row['name']}"[0] + "**" for row in rows[:100]]
    assert cells(seen, "service") == [row["service"] for row in rows[:100]]
    seen.follow("Next page")
    assert cells(seen, "id")[0] == "101"
    seen.press("td.col-id a")
    assert seen.driver.current_url.endswith("/register/residents/101")
    assert cells(seen, "address") == ["***"]
    seen.follow("residents")
    seen.press("td.col-household_id a")
    assert cells(seen, "household_no") == ["***"]
    seen.press("ul li a")  # links from other tables
    household = rows[0]["household_id"]
    assert cells(seen, "id") == [str(row["id"]) for row in rows if row["household_id"] == household]


def test_sorting_searching_and_listing(register: Demo, seen: Browser, truth: Truth) -> None:
    rows = truth.rows["residents"]
    seen.get(register.url("register") + "/register/residents")
    seen.follow("street")
    assert cells(seen, "street")[0] == min(str(row["street"]) for row in rows)
    street = str(rows[0]["street"])
    seen.write("#_search", street)
    seen.press("input[type=submit]")
    assert set(cells(seen, "street")) == {street}
    assert seen.find("#_search").get_attribute("value") == street
    assert f"{sum(row['street'] == street for row in rows):,} rows" in seen.text
    seen.get(register.url("register") + "/register/residents")
    seen.find("th[data-column=status] svg").click()
    seen.press("a.dropdown-facet")
    listed = {item.text.rsplit(" ", 1)[0] for item in seen.all(".facet-results li")}
    assert listed == {str(row["status"]) for row in rows}
    seen.press(".facet-results li a")
    assert len(set(cells(seen, "status"))) == 1


def test_a_column_that_is_hidden_says_why_it_is_no_order(register: Demo, seen: Browser) -> None:
    seen.get(register.url("register") + "/register/residents")
    seen.follow("name")
    assert "内容未予显示" in seen.text
    assert "不能按您无权查看的字段查询" in seen.text
    assert "12345" in seen.text
    seen.complaints()  # that the answer was 403


def test_other_formats_open_from_their_links(register: Demo, seen: Browser, truth: Truth) -> None:
    seen.get(register.url("register") + "/register/residents")
    seen.follow("json")
    assert '"filtered_table_rows_count":10000' in seen.text
    seen.get(register.url("register") + "/register/residents")
    seen.follow("CSV")
    assert seen.text.startswith("id,name,sex,")
    assert len(seen.text.strip().splitlines()) == 1001


def test_a_clerk_signs_in_and_out(register: Demo, browser: Browser, truth: Truth) -> None:
    first = truth.rows["residents"][0]
    browser.get(register.url("register") + "/.yingbi/sign-in")
    browser.write("#credential", register.keys[CLERKS[0]])
    browser.press("button")
    browser.get(register.url("register") + "/register/residents")
    assert (cells(browser, "name")[0], cells(browser, "mobile")[0]) == (first["name"], first["mobile"])
    assert truth.found_in(browser.dom, but=PUBLIC_DAY | {"name", "mobile"}) == set()
    browser.get(register.url("register") + "/.yingbi/sign-out")
    browser.get(register.url("register") + "/register/residents")
    assert cells(browser, "name")[0] == str(first["name"])[0] + "**"


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_the_pages_of_the_gateway_itself_have_no_barrier(register: Demo, browser: Browser, width: int) -> None:
    """At 640 px with letters twice as large as well: what a window of 1280 px shows at 200 %."""
    scale = 2 if width == 640 else 1
    metrics = {"width": width, "height": 800, "deviceScaleFactor": scale, "mobile": False}
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        for target in ("/.yingbi/sign-in", "/register/residents?_sort=name", "/.yingbi/nowhere"):
            browser.get(register.url("register") + target)
            assert axe(browser.driver) == [], target
            assert browser.driver.execute_script("return document.documentElement.scrollWidth") <= width, target
        browser.get(register.url("register") + "/.yingbi/sign-in")
        browser.write("#credential", "no-such-credential")
        browser.press("button")
        assert "凭证无效" in browser.text
        assert axe(browser.driver) == []
    finally:
        browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.complaints()  # that some were refused


@pytest.mark.parametrize(
    ("target", "switched_off"),
    [
        ("/", ""),
        ("/register", ""),
        ("/register/residents", "?_nosuggest=1"),
        ("/register/residents?_next=100", "&_nosuggest=1"),
        ("/register/residents?_sort=street&_size=20", "&_nosuggest=1"),
        ("/register/residents?_sort_desc=registered_on&_facet=status", "&_nosuggest=1"),
        ("/register/residents?_search=入学", "&_nosuggest=1"),
        ("/register/residents?status__exact=待补正&_sort=street&_size=10", "&_nosuggest=1"),
        ("/register/residents?id__in=1,2,3&_shape=objects", "&_nosuggest=1"),
        ("/register/residents?_size=max", "&_nosuggest=1"),
        ("/register/residents/7", ""),
        ("/register/households", "?_nosuggest=1"),
        ("/register/households/7", ""),
    ],
)
def test_a_page_is_built_as_without_the_gateway(register: Demo, target: str, switched_off: str) -> None:
    """The same elements with the same classes in the same order, and the same links, but for the host."""
    behind = f"http://127.0.0.1:{register.ports['register']}"
    original = httpx.get(behind + target + switched_off, trust_env=False, timeout=PATIENCE_S)
    with register.client("register") as nobody:
        shown = nobody.get(target)
    assert re.findall(r"<(\w+)", shown.text) == re.findall(r"<(\w+)", original.text)
    assert re.findall(r'class="([^"]*)"', shown.text) == re.findall(r'class="([^"]*)"', original.text)
    links = []
    for page, host in ((shown, register.url("register")), (original, behind.replace("http:", "https:"))):
        reader = Links()
        reader.feed(page.text)
        links.append([link.removeprefix(host) for link in reader.found])
    assert links[0] == links[1]
