"""The console in a real browser, without scripts: the road of a notice by two people, and how it looks and handles."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from incident.draft import CHECK_LIST
from incident.duty.duties import Grade
from incident.notice import read_notice
from policies.affected import AffectedTable, Incident
from policies.affected_answer import Standing, Told, verdict_of
from proxy.affected_pages import page
from tests.axe import axe
from tests.chromium import Chromium
from tests.console.bureau import BROKEN, DELIVERIES, INSTALLATION, LI, POLICY, SUN, Bureau
from tests.console.people import PASSWORD
from tests.console.permits.invented import ONE, broken_glass
from tests.console.serving import served
from tests.incident.office import TEN
from tests.patience import PATIENCE_S

DRAFTED, ASKED = "/cases/C-20261123-001", "/cases/C-20261123-002"


@pytest.fixture(scope="module")
def site(archive: Bureau) -> Iterator[str]:
    for name in ("officer", "officer2", "oncall", "press", "auditor", "hotline"):
        archive.employ(name)
    archive.permits.note(broken_glass(TEN, "prm-00000000000000c3"), TEN)  # every page has its banner
    archive.deliveries = DELIVERIES
    with served(archive.app, archive.office.folder / "tls") as address:
        yield address


@pytest.fixture(scope="module")
def driver(chromium: Chromium, site: str) -> Iterator[Chrome]:
    """Ends before the server does: a browser keeps its connections, and the server waits for them."""
    driver = started(chromium, scripts=False)
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def scripted(chromium: Chromium, site: str) -> Iterator[Chrome]:
    """A browser that runs scripts, as axe is one. The pages have none of their own."""
    driver = started(chromium, scripts=True)
    yield driver
    driver.quit()


def started(chromium: Chromium, *, scripts: bool) -> Chrome:
    options = ChromeOptions()
    options.binary_location = str(chromium.browser)
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--ignore-certificate-errors",
        "--lang=zh-CN",
    ):
        options.add_argument(argument)
    options.add_experimental_option("prefs", {"webkit.webprefs.javascript_enabled": scripts})
    return Chrome(options=options, service=Service(str(chromium.driver)))


@pytest.fixture
def browser(driver: Chrome, site: str) -> Chrome:
    driver.get(site + "/sign-in")
    driver.delete_all_cookies()
    wide(driver, 1280)
    return driver


def wide(browser: Chrome, width: int) -> None:
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def sign_in(browser: Chrome, site: str, name: str) -> None:
    browser.delete_all_cookies()
    browser.get(site + "/sign-in")
    browser.find_element(By.NAME, "name").send_keys(name)
    browser.find_element(By.NAME, "password").send_keys(PASSWORD + Keys.ENTER)
    WebDriverWait(browser, PATIENCE_S).until(lambda shown: "/sign-in" not in shown.current_url)


def press(browser: Chrome, selector: str) -> None:
    """Press a button and wait for the page that comes of it."""
    button = browser.find_element(By.CSS_SELECTOR, selector)
    button.send_keys(Keys.ENTER)
    # A page that is just going away is told of in several ways; only the last of them is what is waited for.
    WebDriverWait(browser, PATIENCE_S, ignored_exceptions=[WebDriverException]).until(staleness_of(button))


def said(browser: Chrome) -> str:
    return " ".join(each.text for each in browser.find_elements(By.CSS_SELECTOR, "[role=status], [role=alert]"))


def test_the_road_of_a_policy_through_a_real_browser(browser: Chrome, site: str, archive: Bureau) -> None:
    sign_in(browser, site, "officer")
    browser.get(f"{site}/policies")
    browser.find_element(By.CSS_SELECTOR, "details:has(form#draft) summary").send_keys(Keys.ENTER)
    browser.find_element(By.ID, "draft.title").send_keys("窗口改看全号")
    browser.find_element(By.ID, "draft.reason").send_keys("业务科室来函")
    press(browser, "#draft button")
    assert "草稿已建立" in said(browser)
    address = browser.current_url
    number = int(address.rpartition("/")[2])
    browser.get(f"{address}/file?name=grants.yaml")
    text = browser.find_element(By.ID, "file.yaml")
    text.send_keys(Keys.CONTROL + Keys.END)
    text.send_keys("  - broken")
    press(browser, "#file button[value=save]")
    assert "错误" in browser.find_element(By.CSS_SELECTOR, "section:has(#findings)").text
    text = browser.find_element(By.ID, "file.yaml")
    text.send_keys(Keys.CONTROL + Keys.END)
    text.send_keys(Keys.BACKSPACE * len("  - broken\n") + "# 见来函")
    press(browser, "#file button[value=save]")
    assert "没有问题" in browser.find_element(By.CSS_SELECTOR, "section:has(#findings)").text
    browser.get(address)
    assert "+# 见来函" in browser.find_element(By.CLASS_NAME, "diff").text
    press(browser, "#submit button")
    assert "请另一位安全管理员批准" in said(browser)
    assert not browser.find_elements(By.CSS_SELECTOR, "form#approve"), "not by the same person"
    sign_in(browser, site, "officer2")
    browser.get(address)
    press(browser, "#approve button")
    press(browser, "#publish button")
    assert "已发布，一秒内生效" in said(browser)
    assert archive.lives.current.draft == number
    browser.get(f"{site}/policies")
    browser.find_element(By.CSS_SELECTOR, "details:has(form#roll-back) summary").send_keys(Keys.ENTER)
    browser.find_element(By.ID, "roll-back.reason").send_keys("撤回来函")
    press(browser, "#roll-back button")
    assert "已退回" in said(browser)
    assert archive.lives.current.to == 2


def test_the_road_of_a_notice_through_a_real_browser(browser: Chrome, site: str, archive: Bureau) -> None:
    office = archive.office
    case = office.cases.all()[-1].id
    sign_in(browser, site, "oncall")
    browser.get(site + DRAFTED)
    question = next(asked for asked in office.cases.get(case).questions if asked.question.value == "step")
    form = f"[id='answer-{question.key}']"
    browser.find_element(By.CSS_SELECTOR, f"{form} textarea").send_keys("已向区网信办电话报告")
    press(browser, f"{form} button[value=yes]")
    assert "已登记您的答复" in said(browser)
    browser.find_element(By.CSS_SELECTOR, "details:has(#grade) summary").send_keys(Keys.ENTER)
    Select(browser.find_element(By.ID, "grade.grade")).select_by_value("large")
    browser.find_element(By.ID, "grade.reason").send_keys("涉及面较大")
    press(browser, "#grade button")
    graded = office.cases.get(case).graded
    assert graded is not None
    assert graded.grade is Grade.LARGE

    sign_in(browser, site, "press")
    browser.get(f"{site}{DRAFTED}/notice")
    text = browser.find_element(By.ID, "edit.body_zh")
    text.send_keys(Keys.CONTROL + Keys.END)
    text.send_keys("\n感谢大家的理解。")
    Select(browser.find_element(By.ID, "edit.grade")).select_by_value("large")
    press(browser, "#edit button")
    assert "草稿已保存" in said(browser), said(browser)
    assert "感谢大家的理解。" in browser.find_element(By.CLASS_NAME, "preview").text
    for box in browser.find_elements(By.CSS_SELECTOR, "#submit input[type=checkbox]"):
        box.send_keys(Keys.SPACE)
    press(browser, "#submit button")
    assert "请另一人批准" in said(browser)
    assert not browser.find_elements(By.CSS_SELECTOR, "form#approve"), "not by the same person"
    notice = office.cases.get(case).notice
    assert (notice.submitted_by, notice.checks) == (LI, tuple(CHECK_LIST))

    sign_in(browser, site, "officer")
    browser.get(f"{site}{DRAFTED}/notice")
    press(browser, "#approve button")
    assert "已批准，正在发布" in said(browser)
    assert office.cases.get(case).notice.approved_by == SUN
    office.perform_all()
    current = read_notice(office.folder / "published" / "N-20261123-001.json").current
    assert current.content is not None
    assert current.content.body_zh.endswith("感谢大家的理解。")
    browser.refresh()
    assert "第 1 版" in browser.find_element(By.TAG_NAME, "main").text


def test_the_road_of_a_search_through_a_real_browser(browser: Chrome, site: str, archive: Bureau) -> None:
    sign_in(browser, site, "oncall")
    browser.get(f"{site}/alerts/A-000002")
    browser.find_element(By.PARTIAL_LINK_TEXT, "查这条告警的全部记录").send_keys(Keys.ENTER)
    WebDriverWait(browser, PATIENCE_S).until(lambda shown: "about=A-000002" in shown.current_url)
    assert "共 120 条" in browser.find_element(By.TAG_NAME, "main").text
    picture = browser.find_element(By.CSS_SELECTOR, "svg[role=img]")
    assert picture.rect["height"] > 100
    bars = browser.find_elements(By.CSS_SELECTOR, "svg[role=img] rect")
    assert any(bar.rect["height"] > 100 for bar in bars), "the highest fills it"
    assert bars[0].value_of_css_property("fill") == "rgb(119, 67, 0)", "coloured by the style sheet alone"
    browser.find_element(By.PARTIAL_LINK_TEXT, "最近 7 天").send_keys(Keys.ENTER)
    WebDriverWait(browser, PATIENCE_S).until(lambda shown: "span=week" in shown.current_url)
    browser.find_element(By.ID, "search.caller").send_keys("clerk-wang")
    press(browser, "#search button")
    assert "没有符合条件的记录" in browser.find_element(By.TAG_NAME, "main").text, "it is still about the other clerk"
    browser.get(f"{site}/events?span=week&caller=clerk-zhou")
    browser.find_element(By.CSS_SELECTOR, "details:has(form#save) summary").send_keys(Keys.ENTER)
    browser.find_element(By.ID, "save.title").send_keys("周的记录")
    press(browser, "#save button")
    assert "查询已保存" in said(browser)
    browser.find_element(By.LINK_TEXT, "周的记录").send_keys(Keys.ENTER)
    WebDriverWait(browser, PATIENCE_S).until(lambda shown: "caller=clerk-zhou" in shown.current_url)
    browser.find_element(By.CSS_SELECTOR, "th + td a[href^='/events/']").send_keys(Keys.ENTER)
    browser.find_element(By.PARTIAL_LINK_TEXT, "还有谁看过他们").send_keys(Keys.ENTER)
    browser.find_element(By.ID, "look-up.basis").send_keys("受理-2026-118")
    press(browser, "#look-up button")
    assert "clerk-zhou" in browser.find_element(By.TAG_NAME, "main").text
    assert archive.look_ups.recorded[-1].basis == "受理-2026-118"


PAGES = ("/", "/alerts", "/alerts/A-000001", "/alerts/rules", "/cases", DRAFTED, ASKED, f"{DRAFTED}/notice", "/events",
         "/events/6YQ3K0M9ZT-1", "/events?about=A-000001", "/searches", "/callers?name=clerk-wang", "/figures",
         "/rules", "/rules/bulk_reads.yml", "/rules/proposals/1", "/policies", "/policies/drafts/2",
         "/policies/drafts/2/file?name=grants.yaml",
         "/policies/versions/2", "/drills", "/playbooks", "/playbooks/stolen-credential",
         "/playbooks/proposals/1", "/actions", "/summary", "/subscribers", "/permits", f"/permits/{ONE}",
         "/system", f"{DRAFTED}/persons", "/tokens", "/password", "/nowhere")  # fmt: skip
OF_OTHERS = {"hotline": ("/hotline",), "auditor": ("/people", "/accounts")}
"""Pages that no officer may open."""


@pytest.fixture
def everything_open(browser: Chrome, site: str, archive: Bureau) -> Iterator[Chrome]:
    """An officer's browser in which every form stands open, while the policy is broken: pages at their fullest."""
    archive.installation = replace(INSTALLATION, policy=replace(POLICY, findings=BROKEN))
    sign_in(browser, site, "officer")
    yield browser
    archive.installation = INSTALLATION


def show(browser: Chrome, address: str) -> None:
    browser.get(address)
    browser.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")


def everywhere(browser: Chrome, site: str) -> Iterator[str]:
    """Shows every page that there is, with all that folds unfolded, to somebody who may open it."""
    for path in PAGES:
        show(browser, site + path)
        yield path
    for name, paths in OF_OTHERS.items():
        sign_in(browser, site, name)
        for path in paths:
            show(browser, site + path)
            yield path


def overflow(browser: Chrome) -> object:
    """What has to be scrolled to sideways, or is cut. Tables scroll within themselves."""
    return browser.execute_script(
        "const wide = document.documentElement.scrollWidth > innerWidth ? ['the page'] : [];"
        "const shown = [...document.querySelectorAll('main *')].filter(e => !e.closest('.table, .unseen'));"
        "return wide.concat(shown.filter(e => e.getBoundingClientRect().right > innerWidth + 1 ||"
        " (e.scrollWidth > e.clientWidth + 1 && e.clientWidth && getComputedStyle(e).overflowX === 'hidden'))"
        ".map(e => e.outerHTML.slice(0, 80)))"
    )


def test_nothing_has_to_be_scrolled_sideways_on_a_phone_nor_magnified(everything_open: Chrome, site: str) -> None:
    """Source: WCAG 2.2, 1.4.10 and 1.4.4. 320 px is also 1280 px at 400 %, and 640 px the same at 200 %; then text
    alone at 200 %.
    """
    for path in everywhere(everything_open, site):
        for width in (320, 390, 640):
            wide(everything_open, width)
            assert overflow(everything_open) == [], (path, width)
        wide(everything_open, 1280)
        everything_open.execute_script("document.documentElement.style.fontSize = '200%'")
        assert overflow(everything_open) == [], (path, "text at 200 %")


def test_why_something_was_withheld_pushes_no_column_out_of_sight(browser: Chrome, site: str) -> None:
    """On a desk, that is: a table that is too wide scrolls within itself, and the kinds shown in clear come last."""
    sign_in(browser, site, "oncall")
    browser.get(f"{site}/events")
    cut = "const table = document.querySelector('.table:has(#found-caption)');"
    reason = "不能写证件号码、电话、姓名" * 4
    made_long = f"document.querySelectorAll('td:has(.chip.danger)').forEach(e => e.append('{reason}'))"
    assert browser.execute_script("return document.querySelectorAll('td > .chip.danger').length") > 0
    browser.execute_script(made_long)
    assert browser.execute_script(f"{cut} return table.scrollWidth - table.clientWidth") <= 1


FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
WATCH = """
window.walked = [];
addEventListener('focusin', ({target: e}) => {
  const style = getComputedStyle(e), box = e.getBoundingClientRect();
  const ringed = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
  walked.push([e, ringed && box.width > 1 && box.height > 1]);
});
const all = [...document.querySelectorAll(arguments[0])].filter(e => e.checkVisibility() && !e.disabled);
window.wanted = all;
return all.length + 8 * document.querySelectorAll('[type=datetime-local], [type=date], [type=time]').length;
"""  # a field of a time takes a Tab for each of its parts
WALKED = """
const first = [];
for (const [e] of walked) { if (wanted.includes(e) && !first.includes(e)) first.push(e); }
const said = e => e.outerHTML.slice(0, 100);
return {
  missed: wanted.filter(e => !first.includes(e)).map(said),
  astray: first.filter((e, place) => wanted.indexOf(e) !== place).map(said),
  unseen: walked.filter(([e, seen]) => wanted.includes(e) && !seen).map(([e]) => said(e)),
};
"""


def by_tab(browser: Chrome) -> dict[str, object]:
    """What a person at the keyboard alone does not get to, or not in the order of the page, or without seeing where."""
    tabs = int(browser.execute_script(WATCH, FOCUSABLE))
    browser.switch_to.active_element.send_keys(Keys.TAB * tabs)
    return {what: which for what, which in browser.execute_script(WALKED).items() if which}


def test_all_pages_are_walked_by_the_keyboard_alone(scripted: Chrome, site: str) -> None:
    """All that takes the focus is reached by Tab, in its order, and shows it. Source: WCAG 2.2, 2.1.1 to 2.4.7."""
    wide(scripted, 1280)
    sign_in(scripted, site, "officer")
    found = {path: wrong for path in everywhere(scripted, site) if (wrong := by_tab(scripted))}
    assert found == {}


def test_what_is_tapped_is_large_enough(everything_open: Chrome, site: str) -> None:
    """Source: WCAG 2.2, 2.5.8 (24 px), and 44 px for what acts. Links within a sentence are exempt."""
    wide(everything_open, 390)
    for path in everywhere(everything_open, site):
        sizes = everything_open.execute_script(
            "return [...document.querySelectorAll('button, summary, select, input:not([type=hidden]):not([type="
            "checkbox]), textarea, .button, .tabs a, .bar a, .contents a, .more a, .back a, .filter a, .pages a')]"
            ".map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect().height])"
        )
        assert sizes
        for element, height in sizes:
            assert height >= 44, (path, element, height)
        rows = everything_open.execute_script(
            "return [...document.querySelectorAll('.rows .lead > a, .tick input')]"
            ".map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect().height])"
        )
        for element, height in rows:
            assert height >= 24, (path, element, height)


def test_the_focus_shows_on_everything_that_can_have_it(browser: Chrome, site: str) -> None:
    sign_in(browser, site, "oncall")
    browser.get(site + ASKED)
    reached = set()
    for _ in range(60):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        focused = browser.switch_to.active_element
        if focused.tag_name == "body":
            break
        assert focused.value_of_css_property("outline-style") == "solid", focused.text
        assert float(focused.value_of_css_property("outline-width").removesuffix("px")) >= 2
        reached.add(focused.tag_name)
    assert {"a", "button", "textarea", "summary"} <= reached


def test_the_first_tab_skips_to_the_text_and_an_error_takes_the_focus(browser: Chrome, site: str) -> None:
    sign_in(browser, site, "oncall")
    browser.get(site + ASKED)
    browser.switch_to.active_element.send_keys(Keys.TAB)
    skip = browser.switch_to.active_element
    assert skip.text == "跳到正文"
    assert skip.rect["x"] >= 0
    skip.send_keys(Keys.ENTER)
    assert browser.switch_to.active_element.get_attribute("id") == "main"
    press(browser, "button[value=no]")
    assert "请填写理由" in said(browser)
    assert browser.switch_to.active_element.get_attribute("id") == "errors"
    browser.find_element(By.CSS_SELECTOR, "#errors a").send_keys(Keys.ENTER)
    assert re.search(r"#answer-", browser.current_url)


def test_no_barrier_is_found_on_any_page(scripted: Chrome, site: str, archive: Bureau) -> None:
    """By axe-core, with every form open, on the narrowest phone, where all that a wide window shows is shown too."""
    archive.installation = replace(INSTALLATION, policy=replace(POLICY, findings=BROKEN))
    sign_in(scripted, site, "officer")
    found = {}
    wide(scripted, 320)
    for path in everywhere(scripted, site):
        if barriers := axe(scripted):
            found[path] = barriers
    archive.installation = INSTALLATION
    assert found == {}


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("a.setAttribute('onkeydown', 'event.preventDefault()')", "missed"),
        ("a.setAttribute('onfocus', 'this.blur()'); a.tabIndex = 0; a.inert = true", "missed"),
        ("a.tabIndex = 5; a.setAttribute('href', '#x')", "astray"),
        ("a.style.outline = 'none'", "unseen"),
    ],
)
def test_the_walk_finds_what_it_is_for(scripted: Chrome, archive: Bureau, planted: str, found: str) -> None:
    path = archive.office.folder / "planted.html"
    path.write_text("<a href='#1'>1</a> <a id='a' href='#2'>2</a> <a href='#3'>3</a>", "utf-8")
    scripted.get(path.as_uri())
    assert by_tab(scripted) == {}
    scripted.get(path.as_uri())
    scripted.execute_script(f"const a = document.getElementById('a'); {planted}")
    assert found in by_tab(scripted)


INCIDENT = Incident(
    notice="N-20261123-001",
    title_zh="关于青石区办事大厅个人信息泄露的通告",
    title_en="Notice of a leak at the service hall of the district",
    is_counted=True,
    is_whole=True,
    has_unattributed=True,
)
UNNAMED = Incident(is_counted=True, is_whole=True)
TABLE = AffectedTable(until=TEN, site="https://notices.yingbi.example", phone="0570-8765000", incidents=(INCIDENT,))


def test_what_a_citizen_is_answered_has_no_barrier(scripted: Chrome, archive: Bureau) -> None:
    """On the narrowest phone, at 200 %, with text at 200 %, by the keyboard alone; whatever the answer is."""
    for standing in Standing:
        told = (Told(INCIDENT, standing), Told(UNNAMED, Standing.SHOWN))[: 1 + (standing is Standing.SHOWN)]
        path = archive.office.folder / f"{standing}.html"
        path.write_bytes(page("政务服务大厅 Service hall", TABLE, verdict_of(told), told).body)
        scripted.get(path.as_uri())
        for width in (320, 640):
            wide(scripted, width)
            assert (axe(scripted), overflow(scripted)) == ([], []), (standing, width)
        size = scripted.execute_script("return parseFloat(getComputedStyle(document.querySelector('p')).fontSize)")
        assert size >= 18, "large type: T/ISC 0008-2021 wants 18 px at least"
        wide(scripted, 1280)
        scripted.execute_script("document.documentElement.style.fontSize = '200%'")
        assert overflow(scripted) == [], standing
        assert by_tab(scripted) == {}, standing


def test_the_browser_finds_nothing_to_complain_about(browser: Chrome, site: str) -> None:
    sign_in(browser, site, "officer")
    browser.get_log("browser")  # type: ignore[no-untyped-call]  # what earlier tests left
    for path in PAGES[:-1]:
        browser.get(site + path)
        told = browser.get_log("browser")  # type: ignore[no-untyped-call]
        assert [entry for entry in told if "favicon" not in entry["message"]] == [], path
