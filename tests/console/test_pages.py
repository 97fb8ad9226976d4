"""Every page as each of its readers gets it: sound, labelled, without script, with hostile text as text."""

import itertools
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from console.pages import sheet
from tests.console.browser import XHTML, Browser, Page, strict, text_of
from tests.console.bureau import BROKEN, CHEN, INSTALLATION, LI, POLICY, Bureau
from tests.console.permits.invented import GLASS, ONE
from tests.golden import Golden

SVG = "{http://www.w3.org/2000/svg}"
DRAFTED, ASKED, DRILLED = "C-20261123-001", "C-20261123-002", "C-20261123-003"
PAGES = {
    "/": "officer oncall press auditor operator",
    "/password": "press",
    "/alerts": "officer oncall auditor",
    "/alerts?state=all&level=high": "auditor",
    "/alerts/rules": "officer auditor",
    "/alerts/A-000002": "oncall",
    "/alerts/A-000001": "officer oncall auditor",
    "/events": "officer oncall",
    "/events?span=week": "oncall auditor",
    "/events?about=A-000001": "oncall",
    f"/events?about={DRAFTED}": "auditor",
    "/searches": "officer oncall auditor",
    "/people": "oncall auditor",
    "/people?event=6YQ3K0M9ZT-1": "auditor",
    "/callers": "officer",
    "/callers?name=clerk-wang": "oncall",
    "/figures": "officer oncall auditor",
    "/figures?back=1": "auditor",
    "/events/6YQ3K0M9ZT-1": "officer auditor",
    "/events/6YQ3K0M9ZT-9001": "oncall",
    "/cases": "officer oncall press auditor",
    "/cases?show=open": "oncall",
    f"/cases/{DRAFTED}": "officer oncall press auditor",
    f"/cases/{DRAFTED}?timeline=all": "auditor",
    f"/cases/{ASKED}": "oncall press auditor",
    f"/cases/{DRAFTED}/notice": "officer oncall press auditor",
    f"/cases/{ASKED}/notice": "press auditor",
    "/actions": "officer press auditor",
    "/summary": "oncall press auditor",
    "/drills": "officer auditor",
    f"/cases/{DRILLED}": "oncall auditor",
    "/rules": "officer oncall auditor",
    "/rules/bulk_reads.yml": "officer oncall",
    "/rules/several_signs.yml": "officer",
    "/rules/proposals/1": "officer auditor",
    "/permits": "officer oncall auditor",
    f"/permits/{ONE}": "officer oncall auditor",
    f"/permits/{GLASS}": "oncall auditor",
    "/policies": "officer auditor",
    "/policies/drafts/1": "officer",
    "/policies/drafts/2": "officer auditor",
    "/policies/drafts/2/file?name=grants.yaml": "officer auditor",
    "/policies/drafts/2/file?name=": "officer",
    "/policies/versions/1": "officer auditor",
    "/policies/versions/2": "auditor",
    "/policies/versions/2/file?name=grants.yaml": "auditor",
    "/system": "oncall operator",
    "/accounts": "auditor operator",
    "/cases/C-1": "oncall",
}
ROWS = [(path, name) for path, names in PAGES.items() for name in names.split()]


@pytest.fixture(scope="module")
def browsers(archive: Bureau) -> dict[str, Browser]:
    return {name: archive.browser(name) for name in ("officer", "oncall", "press", "auditor", "operator")}


@pytest.mark.parametrize(("path", "name"), ROWS)
def test_every_page_is_sound(browsers: dict[str, Browser], path: str, name: str) -> None:
    page = browsers[name].get(path)
    assert page.status == (404 if path == "/cases/C-1" else 200)
    check(page)
    assert page.all("nav")[0].get("aria-label") == "主菜单"
    assert "北京时间" in page.text("footer")


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in?next=/cases", "/nowhere"])
def test_pages_of_strangers_are_sound(archive: Bureau, path: str) -> None:
    check(Browser(archive.app).get(path))


def check(quick: Page) -> None:
    page = strict(quick.response)
    assert [_name_of(each) for each in page.root.iter()] == [_name_of(each) for each in quick.root.iter()]
    root = page.root
    assert root.get("lang") == "zh-CN"
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("header")) == len(page.all("footer")) == 1
    assert text_of(page.all("title")[0]).endswith("影壁控制台")
    levels = [int(each.tag[-1]) for each in root.iter() if re.fullmatch(XHTML + "h[1-6]", str(each.tag))]
    above = levels[levels.index(1) :]
    assert all(after - before <= 1 for before, after in itertools.pairwise(above)), levels
    ids = [each.get("id") for each in root.iter() if each.get("id")]
    assert len(set(ids)) == len(ids), {each for each in ids if ids.count(each) > 1}
    labels = [each.get("aria-label") for each in page.all("nav")]
    assert all(labels)
    assert len(set(labels)) == len(labels)
    assert (page.all("a")[0].get("class"), page.all("a")[0].get("href")) == ("skip", "#main")
    for reference in ("aria-labelledby", "aria-describedby", "for"):
        for each in root.iter():
            assert set((each.get(reference) or "").split()) <= set(ids), each.get(reference)
    _check_controls(page)
    _check_tables(page)
    _check_pictures(page)
    _check_no_script(page)


def _name_of(element: ElementTree.Element) -> str:
    """Without its namespace: a picture has one of its own."""
    return str(element.tag).rpartition("}")[2]


def _check_pictures(page: Page) -> None:
    """A picture has a name or stands beside its table, and none brings anything in."""
    for picture in page.root.iter(SVG + "svg"):
        named = picture.get("role") == "img" and bool(picture.get("aria-label"))
        assert named != (picture.get("aria-hidden") == "true")
        assert {_name_of(each) for each in picture.iter()} <= {"svg", "rect"}


def _check_controls(page: Page) -> None:
    labelled = {each.get("for") for each in page.all("label")}
    inside = {control for label in page.all("label") for control in label.iter()}
    for control in (*page.all("input"), *page.all("select"), *page.all("textarea")):
        if control.get("type") != "hidden":
            assert control.get("id") in labelled or control in inside, control.get("name")
    for form in page.all("form"):
        if form.get("method") == "post":
            tokens = [each for each in form.iter(XHTML + "input") if each.get("name") == "token"]
            assert len(tokens) == 1
            assert len(tokens[0].get("value") or "") == 43
    for button in page.all("button"):
        assert text_of(button)


def _check_tables(page: Page) -> None:
    for table in page.all("table"):
        assert text_of(next(table.iter(XHTML + "caption")))
        assert all(each.get("scope") for each in table.iter(XHTML + "th"))
        rows = list(next(table.iter(XHTML + "tbody")).iter(XHTML + "tr"))
        assert all(row[0].tag == XHTML + "th" for row in rows)


def _check_no_script(page: Page) -> None:
    for name in ("script", "style", "img", "iframe", "object", "embed", "base"):
        assert not page.all(name)
    for element in page.root.iter():
        for attribute, value in element.attrib.items():
            assert not attribute.startswith("on"), attribute
            assert attribute != "style"
            if attribute in ("href", "src", "action"):
                assert re.match(r"/(?!/)|#|https://notices\.yingbi\.example/", value), value


def test_the_style_sheet_comes_with_every_page(archive: Bureau) -> None:
    page = Browser(archive.app).get("/sign-in")
    (link,) = page.all("link")
    answer = Browser(archive.app).client.get(link.get("href") or "")
    assert answer.headers["content-type"].startswith("text/css")
    assert ":root" in answer.text


def test_the_page_one_is_on_is_marked(browsers: dict[str, Browser]) -> None:
    for path in ("/", "/alerts", "/cases", "/events", "/policies", "/system", "/accounts"):
        page = browsers["auditor"].get(path)
        marked = [each.get("href") for each in page.all("nav")[0].iter(XHTML + "a") if each.get("aria-current")]
        assert marked == [path]


HOSTILE = "<script>alert(1)</script>\"'&amp; {{ 7*7 }}"


def test_hostile_text_is_text_wherever_it_stands(bureau: Bureau) -> None:
    cases = bureau.office.cases
    case = cases.open_by_hand(HOSTILE, "high", CHEN, HOSTILE)
    cases.note(case, CHEN, HOSTILE)
    cases.fulfil(case, next(iter(cases.get(case).clocks)), CHEN, HOSTILE, HOSTILE)
    cases.redraft_notice(case, LI, "bulk-retrieval")
    draft = cases.get(case).notice.draft
    assert draft is not None
    cases.edit_notice(case, LI, replace(draft.content, title_zh=HOSTILE, body_zh=f"## {HOSTILE}\n\n- {HOSTILE}\n"))
    bureau.installation = replace(
        INSTALLATION,
        addresses={HOSTILE: HOSTILE},
        policy=replace(POLICY, findings=tuple(replace(each, message=HOSTILE) for each in BROKEN)),
    )
    officer, press = bureau.browser("officer"), bureau.browser("press")
    for page in (
        officer.get("/"),
        officer.get("/cases"),
        officer.get(f"/cases/{case}"),
        officer.get("/policies"),
        officer.get("/system"),
        press.get(f"/cases/{case}/notice"),
        officer.submit(officer.get(f"/cases/{case}"), "note", text=HOSTILE * 200),
        officer.get(f"/events?id={HOSTILE}"),
        Browser(bureau.app).get(f"/sign-in?next=/{HOSTILE}"),
        Browser(bureau.app).sign_in(HOSTILE, HOSTILE),
    ):
        check(page)
        assert "<script" not in page.response.text


def test_what_was_typed_stands_in_the_form_again(archive: Bureau) -> None:
    browser = archive.browser("oncall")
    page = browser.submit(browser.get(f"/cases/{ASKED}"), "happened", what="crime_clue", note="电话核实", at="昨天")
    assert page.status == 422
    check(page)
    assert "请按" in page.said
    assert "a time such as" in page.said
    assert page.all("title")[0].text.startswith("有错误")  # type: ignore[union-attr]
    field = page.by_id("happened.at")
    assert field.get("aria-invalid") == "true"
    assert field.get("aria-describedby") == " happened.at.wrong"
    assert page.by_id("happened.note").text == "电话核实"
    chosen = [each for each in page.by_id("happened.what") if each.get("selected") is not None]
    assert [each.get("value") for each in chosen] == ["crime_clue"]
    summary = page.by_id("errors")
    assert summary.get("role") == "alert"
    (link,) = summary.iter(XHTML + "a")
    assert link.get("href") == "#happened.at"
    details = [each for each in page.all("details") if any(form.get("id") == "happened" for form in each.iter())]
    assert details[0].get("open") is not None, "the form is not hidden behind its summary"


@pytest.mark.parametrize("name", ["officer", "auditor", "operator"])
@pytest.mark.parametrize("path", ["/", "/system", "/accounts", "/password", "/policies"])
def test_a_broken_policy_is_told_on_top_of_every_page(bureau: Bureau, name: str, path: str) -> None:
    browser = bureau.browser(name)
    assert "策略文件有错误" not in browser.client.get(path).text.replace("没有", "")
    bureau.installation = replace(INSTALLATION, policy=replace(POLICY, findings=BROKEN))
    page = browser.get(path)
    banner = next(each for each in page.all("section") if each.get("aria-labelledby") == "broken-policy")
    assert "systems/register.yaml:12：没有这个种类 there is no category `mobil`" in text_of(banner)
    assert "wide-grant" not in text_of(banner), "a warning breaks nothing"
    check(page)


def test_a_broken_policy_does_not_trouble_the_others(bureau: Bureau) -> None:
    bureau.installation = replace(INSTALLATION, policy=replace(POLICY, findings=BROKEN))
    for name in ("oncall", "press"):
        page = bureau.browser(name).get("/cases")
        assert not page.has("broken-policy")
    bureau.installation = replace(INSTALLATION, policy=replace(POLICY, findings=BROKEN[2:]))
    assert not bureau.browser("officer").get("/cases").has("broken-policy")


def test_of_many_errors_the_banner_tells_a_few_and_how_many(bureau: Bureau) -> None:
    many = tuple(replace(BROKEN[0], message=f"fault {number}") for number in range(9))
    bureau.installation = replace(INSTALLATION, policy=replace(POLICY, findings=many))
    page = bureau.browser("officer").get("/policies")
    banner = next(each for each in page.all("section") if each.get("aria-labelledby") == "broken-policy")
    assert text_of(banner).count("fault") == 5
    assert "共 9 处" in text_of(banner)


def test_every_list_says_when_it_is_empty(bureau: Bureau) -> None:
    shipping = replace(INSTALLATION.shipping, indexed_until=None)
    policy = replace(POLICY, generation=0, published_at=None, checked_at=None, systems=())
    bureau.installation = replace(INSTALLATION, workers=(), addresses={}, policy=policy, shipping=shipping)
    officer, auditor = bureau.browser("officer"), bureau.browser("auditor")
    for page, words in (
        (officer.get("/"), ("没有等待人工处理的事项", "没有正在计时的职责", "没有新告警", "没有等待提交或批准的通告")),
        (officer.get("/alerts"), ("没有告警",)),
        (officer.get("/cases"), ("没有案件",)),
        (officer.get("/cases?show=open"), ("没有进行中的案件",)),
        (officer.get("/policies"), ("没有系统", "还没有发布过", "没有问题")),
        (auditor.get("/system"), ("没有网关进程在运行", "没有登记地址", "没有生效的控制措施", "未知")),
    ):
        check(page)
        for word in words:
            assert word in page.text(), word
    case = bureau.office.cases.open_by_hand("接到群众电话", "low", CHEN, "")
    page = officer.get(f"/cases/{case}")
    for word in ("没有，人工立案", "还没有统计", "尚未定级", "本案没有预案"):
        assert word in page.text(), word
    page = officer.get(f"/cases/{case}/notice")
    for word in ("还没有草稿", "还没有发布过", "还没有。"):
        assert word in page.text(), word


@pytest.mark.parametrize(
    ("total", "number", "shown"),
    [
        (0, 1, 0),
        (1, 1, 1),
        (20, 1, 20),
        (21, 1, 20),
        (21, 2, 1),
        (21, 3, None),
        (0, 2, None),
        (5, 0, None),
        (5, -1, None),
    ],
)
def test_pages_of_lists(total: int, number: int, shown: int | None) -> None:
    found = sheet(range(total), number, 20)
    assert (None if found is None else len(found.items)) == shown


def test_long_lists_have_pages(bureau: Bureau) -> None:
    for number in range(25):
        bureau.office.cases.open_by_hand(f"第 {number} 件", "low", CHEN, "")
    browser = bureau.browser("auditor")
    first, second = browser.get("/cases?show=open"), browser.get("/cases?show=open&page=2")
    assert "第 1 页，共 2 页（25 条）" in first.text()
    assert "第 24 件" in first.text()
    assert "第 0 件" in second.text()
    link = next(each.get("href") for each in first.all("a") if each.get("rel") == "next")
    assert browser.get(str(link)).text() == second.text()
    for page in ("0", "3", "x", "-1", "٢", "99999999"):
        assert browser.client.get(f"/cases?page={page}").status_code == 404


def test_how_an_event_is_explained(browsers: dict[str, Browser], golden: Golden) -> None:
    page = browsers["auditor"].get("/events/6YQ3K0M9ZT-1")
    html = re.sub(r'value="[\w-]{43}"', 'value="TOKEN"', page.response.text)
    golden.check("event.html", re.sub(r"style\.css\?\w+", "style.css", html))


def test_errors_keep_their_language(browsers: dict[str, Browser]) -> None:
    page = browsers["press"].get("/alerts")
    assert page.status == 403
    assert "您的角色无权进行此操作" in page.text()
    assert [each.get("lang") for each in page.all("p") if "Forbidden" in text_of(each)] == ["en"]
    assert page.all("nav"), "the way on is there"


def test_a_refusal_is_told_in_two_languages(bureau: Bureau) -> None:
    case = bureau.with_question()
    browser = bureau.browser("oncall")
    page = browser.submit(browser.get(f"/cases/{case}"), "grade", grade="large", reason=" ")
    assert page.status == 422
    assert "请填写理由" in page.said
    assert "a reason is needed" in page.said


def test_english_is_marked_as_english(browsers: dict[str, Browser]) -> None:
    for path in ("/", f"/cases/{DRAFTED}", f"/cases/{DRAFTED}/notice", "/system"):
        page = browsers["officer"].get(path)
        for name in ("h1", "h2", "h3", "button", "label", "summary", "legend", "nav"):
            for element in (each for found in page.all(name) for each in found.iter()):
                own = " ".join(filter(None, (element.text, *(child.tail for child in element))))
                english = element.get("lang") == "en"
                assert not (english and re.search("[一-鿿]", own)), own
                assert english or element.tag == XHTML + "code" or not re.search("[a-z]{4} [a-z]{4}", own), own
