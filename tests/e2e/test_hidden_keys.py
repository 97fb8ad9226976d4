"""Django's admin over residents known by their ID numbers, for staff who may not see these: everything works."""

import contextlib
import html
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urljoin

import httpx
import pytest
from django.contrib.admin.utils import quote as underscored

from deploy.demo.hall.environment import STAFF, files_in
from proxy.identity.caller import hash_key
from tests.chromium import Chromium
from tests.e2e.browser import browsing
from tests.e2e.counter import changes, dump, fields_of
from tests.e2e.demo import client_of
from tests.e2e.keyed.people import PASSWORD, RESIDENTS
from tests.gateway import Gateway, gateway
from tests.ports import free_port
from tests.servers import serving

KEYS = {name: f"ybk_{name}-at-the-counter" for name in ("wu", "li", "head")}
CATALOGUE = """categories:
  resident_id:
    title: {zh: 居民身份证号, en: Resident ID number}
    level: important
    mask: redact
    on_write: restore
  person_name:
    title: {zh: 姓名, en: Name}
    level: general
    mask: redact
    on_write: restore
"""
GRANTS = """grants:
  - id: heads
    who: {posts: [head]}
    systems: [keyed]
    purpose: work
    sees: {resident_id: show, person_name: show}
    until: 2099-06-30
    reason: 受理
    approved_by: 王安全
"""
SYSTEM = """system: keyed
title: {zh: 大厅, en: Hall}
hosts: [keyed.localhost]
upstream: http://127.0.0.1:9
state: enforcing
identity: {api_keys: true}
pack: django-admin
with: {app: keyed, label: resident_id}
records:
  resident:
    subject: id_no
    key: [id_no]
    search: [street]
    fields:
      id_no: {category: resident_id, key_of: resident}
      name: person_name
      street: public
  visit:
    key: [id]
    fields:
      id: public
      resident: {category: resident_id, key_of: resident}
      item: public
operations:
  - on: GET /admin/keyed/resident/{key}/delete/
    answers: CONFIRMED
  - on: POST /admin/keyed/resident/{key}/delete/
    body: {form: {record: resident}}
    answers: CONFIRMED
  - on: POST /admin/keyed/resident/
    body: {form: {record: resident, key_controls: {_selected_action: resident}}}
    answers: CONFIRMED
""".replace(
    "CONFIRMED",
    """
      html:
        record: resident
        own_controls: [csrfmiddlewaretoken, nav-filter, post, action]
        key_controls: {_selected_action: resident}
        elements:
          - {element: p, within: colM, key_of: resident}
          - {element: li, within: colM, key_of: resident}
          - {element: li, within: messagelist, key_of: resident}
""",
)


def callers() -> str:
    entries = "".join(
        f"  - {{id: {name}, kind: staff, posts: [{name}], purposes: [work], "
        f"keys: [{{id: K-{name}, sha256: {hash_key(key)}, until: 2099-06-30}}]}}\n"
        for name, key in KEYS.items()
    )
    return f"callers:\n{entries}"


@dataclass
class Hall:
    home: Path
    gateway: Gateway
    port: int
    """Of the hall itself."""

    @property
    def url(self) -> str:
        return f"https://keyed.localhost:{self.gateway.port}"

    def asked(self) -> str:
        """What the hall says that it was asked."""
        return (self.home / "hall.log").read_text("utf-8")

    def dump(self) -> dict[str, dict[int, dict[str, object]]]:
        return dump(files_in(self.home / "hall").database)

    @contextlib.contextmanager
    def client(self, name: str) -> Iterator[httpx.Client]:
        """Somebody who has signed in to both."""
        with client_of(self.gateway, "keyed", {"X-API-Key": KEYS[name], "Origin": self.url}) as client:
            self.sign_in(client)
            yield client

    def sign_in(self, client: httpx.Client) -> None:
        page = client.get(RESIDENTS_LIST)
        assert page.status_code == 302
        form = client.get(page.headers["location"])
        sent = {**fields_of(form.text), "username": STAFF, "password": PASSWORD}
        answer = client.post(page.headers["location"], data=sent)
        assert (answer.status_code, answer.headers["location"]) == (302, RESIDENTS_LIST), answer.text


AS_A_PROGRAM = {"Accept": "application/json"}
RESIDENTS_LIST = "/admin/keyed/resident/"
NUMBERS = tuple(number for number, _, _ in RESIDENTS)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    home = tmp_path_factory.mktemp("keyed")
    (home / "policies" / "systems").mkdir(parents=True)
    for name, text in (
        ("catalogue", CATALOGUE),
        ("grants", GRANTS),
        ("callers", callers()),
        ("systems/keyed", SYSTEM),
    ):
        (home / "policies" / f"{name}.yaml").write_text(text, "utf-8")
    port = free_port()
    with gateway(home / "gateway", {"keyed": port}, policies=home / "policies", tls=True) as front:
        command = [
            sys.executable,
            "-m",
            "tests.e2e.keyed",
            str(home / "hall"),
            str(port),
            f"keyed.localhost:{front.port}",
        ]
        with serving(command, f"http://127.0.0.1:{port}/admin/login/", home / "hall.log"):
            yield Hall(home, front, port)


@pytest.fixture(scope="module")
def wu(hall: Hall) -> Iterator[httpx.Client]:
    with hall.client("wu") as client:
        yield client


def told(text: str) -> list[str]:
    """The numbers that *text* tells, in whichever way they are written."""
    forms = {
        form for number in NUMBERS for form in (number, underscored(number), quote(number), quote(underscored(number)))
    }
    return [form for form in forms if form in text or form in html.unescape(text)]


def links(page: httpx.Response) -> list[str]:
    """Where a browser could go on to within the hall."""
    found = re.findall(r'<a [^>]*?href="([^"]*)"', page.text)
    return list(dict.fromkeys(urljoin(str(page.url), html.unescape(address)).partition("#")[0] for address in found))


def rows(page: httpx.Response) -> list[str]:
    """The addresses of the records in a list."""
    return [html.unescape(each) for each in re.findall(r'<th class="field-[^"]*"><a href="([^"]*)"', page.text)]


def test_every_link_leads_on_and_none_tells(hall: Hall, wu: httpx.Client) -> None:
    seen, waiting, answered = set(), [f"{hall.url}/admin/"], dict[str, int]()
    while waiting:
        url = waiting.pop()
        if url in seen or "logout" in url or not url.startswith(hall.url):
            continue
        seen.add(url)
        page = wu.get(url)
        assert told(f"{page.headers.multi_items()}\n{page.text}") == []
        answered[url.removeprefix(hall.url)] = page.status_code
        if page.status_code == 200:
            waiting += links(page)
        elif page.status_code == 302:
            waiting.append(urljoin(url, page.headers["location"]))
    refused = {url for url, status in answered.items() if status not in (200, 302)}
    assert {
        url for url in refused if not re.search("/history/|/admin/auth/|/password_change/|/visit/[1-3]/delete/", url)
    } == set()
    forms = [url for url in answered if re.search(r"/resident/yb~[\w-]+/change/", url)]
    assert len({url.partition("?")[0] for url in forms}) == len(RESIDENTS)


def test_a_form_that_is_saved_untouched_changes_nothing_and_one_field_changes_alone(
    hall: Hall, wu: httpx.Client
) -> None:
    before = hall.dump()
    for page in (RESIDENTS_LIST, f"{RESIDENTS_LIST}?p=2", "/admin/keyed/visit/"):
        for address in rows(wu.get(page)):
            form = wu.get(address)
            assert form.status_code == 200
            answer = wu.post(address, data={**fields_of(form.text), "_save": "保存"})
            assert answer.status_code == 302, answer.text
    assert changes(before, hall.dump()) == {}
    address = rows(wu.get(f"{RESIDENTS_LIST}?street=西湖街道"))[0]
    sent = {**fields_of(wu.get(address).text), "street": "北门街道", "_continue": "保存并继续编辑"}
    answer = wu.post(address, data=sent)
    assert answer.status_code == 302
    assert told(answer.headers["location"]) == []
    shown = wu.get(answer.headers["location"])
    assert fields_of(shown.text)["street"] == "北门街道"
    assert told(shown.text) == []
    (changed,) = changes(before, hall.dump()).values()
    assert changed == {"street": "北门街道"}
    answer = wu.post(answer.headers["location"], data={**fields_of(shown.text), "street": "西湖街道"})
    assert changes(before, hall.dump()) == {}


def test_what_the_system_behind_is_asked_is_true(hall: Hall, wu: httpx.Client) -> None:
    assert wu.get(rows(wu.get(RESIDENTS_LIST))[0]).status_code == 200
    assert "yb~" not in hall.asked()
    assert any(f"GET /admin/keyed/resident/{number}/change/" in hall.asked() for number in NUMBERS)


@pytest.fixture(scope="module")
def li(hall: Hall) -> Iterator[httpx.Client]:
    with hall.client("li") as client:
        yield client


@pytest.fixture(scope="module")
def handle(wu: httpx.Client) -> str:
    """Of the first resident in Wu's list."""
    return rows(wu.get(RESIDENTS_LIST))[0].split("/")[4]


NEVER_MADE = "yb~" + "A" * 75
UNKNOWN, MASK, HIDDEN = (404, "unknown_handle"), (409, "mask_returned"), (403, "question_about_hidden_field")
MADE_UP: dict[str, tuple[str, tuple[int, str]]] = {
    "the number itself": ("resident/11010519491231002X/change/", HIDDEN),
    "a number that nobody has": ("resident/110105194912310011/change/", HIDDEN),
    "never made": (f"resident/{NEVER_MADE}/change/", UNKNOWN),
    "cut short": ("resident/{:.70}/change/", UNKNOWN),
    "longer": ("resident/{}A/change/", UNKNOWN),
    "twice": ("resident/{0}{0}/change/", UNKNOWN),
    "behind something": ("resident/x{}/change/", MASK),
    "of another kind of record": ("visit/{}/change/", UNKNOWN),
    "in a search": ("resident/?q={}", UNKNOWN),
    "in a filter": ("resident/?street={}", UNKNOWN),
    "within a search": ("resident/?q=x{}", MASK),
    "as a name": ("resident/?{}=1", MASK),
    "a number to go back to": ("../login/?next=/admin/keyed/resident/11010519491231002X/change/", HIDDEN),
    "a number to filter by when going back": ("visit/1/change/?_changelist_filters=id_no%3D11010519491231002X", HIDDEN),
    "in the place of an operation": ("{}/", (403, "operation_not_declared")),
}


def verdict(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["reason"]


@pytest.mark.parametrize("name", MADE_UP)
def test_a_handle_is_good_for_its_place_alone(hall: Hall, wu: httpx.Client, handle: str, name: str) -> None:
    target, expected = MADE_UP[name]
    before = hall.asked()
    answer = wu.get(f"/admin/keyed/{target.format(handle)}", headers=AS_A_PROGRAM)
    assert verdict(answer) == expected
    assert hall.asked() == before, "it was sent on"


@pytest.mark.parametrize("change", [str.upper, str.lower, str.swapcase])
def test_letters_in_another_case_are_another_handle(
    wu: httpx.Client, handle: str, change: Callable[[str], str]
) -> None:
    answer = wu.get(f"/admin/keyed/resident/{change(handle)}/change/", headers=AS_A_PROGRAM)
    assert verdict(answer) == UNKNOWN


def test_a_handle_that_is_encoded_twice_is_no_path(hall: Hall, wu: httpx.Client, handle: str) -> None:
    before = hall.asked()
    encoded = handle.replace("b", "%2562", 1)
    assert wu.get(f"/admin/keyed/resident/{encoded}/change/").status_code == 400
    assert hall.asked() == before


def test_a_handle_is_the_same_however_it_is_encoded(wu: httpx.Client, handle: str) -> None:
    encoded = "".join(f"%{ord(char):02X}" for char in handle)
    assert wu.get(f"/admin/keyed/resident/{encoded}/change/").status_code == 200


def test_somebody_elses_handle_is_told_from_none_by_nothing(wu: httpx.Client, li: httpx.Client, handle: str) -> None:
    assert wu.get(f"/admin/keyed/resident/{handle}/change/").status_code == 200
    answers = [li.get(f"/admin/keyed/resident/{each}/change/") for each in (handle, NEVER_MADE)]
    assert [answer.status_code for answer in answers] == [404, 404]
    texts = {re.sub(r"[A-Z0-9]{10}-\d+", "", answer.text) for answer in answers}
    heads = [{name: value for name, value in answer.headers.items() if name != "yingbi-event"} for answer in answers]
    assert len(texts) == 1
    assert heads[0] == heads[1]
    assert handle not in texts.pop()


def test_two_callers_have_no_handle_in_common(wu: httpx.Client, li: httpx.Client) -> None:
    seen = [set(re.findall(r"yb~[\w-]+", client.get(RESIDENTS_LIST).text)) for client in (wu, wu, li)]
    assert len(seen[0]) >= 5
    assert not seen[0] & seen[2]


def test_who_sees_the_number_asks_by_it(hall: Hall, handle: str) -> None:
    with hall.client("head") as head:
        page = head.get("/admin/keyed/resident/11010519491231002X/change/")
        assert page.status_code == 200
        assert "yb~" not in page.text
        assert "11010519491231002X" in page.text
        assert head.get(f"/admin/keyed/resident/{handle}/change/").status_code == 404


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("_selected_action", "11010519491231002X", HIDDEN),
        ("_selected_action", NEVER_MADE, UNKNOWN),
        ("_selected_action", "x{}", HIDDEN),
        ("action", "{}", UNKNOWN),
        ("action", "x{}", MASK),
        ("index", "{}{}", UNKNOWN),
    ],
)
def test_a_form_takes_handles_where_keys_belong(
    hall: Hall, wu: httpx.Client, handle: str, name: str, value: str, expected: tuple[int, str]
) -> None:
    token = fields_of(wu.get(RESIDENTS_LIST).text)["csrfmiddlewaretoken"]
    before = hall.asked()
    sent = {"csrfmiddlewaretoken": token, "action": "delete_selected", name: value.format(handle, handle)}
    assert verdict(wu.post(RESIDENTS_LIST, data=sent, headers=AS_A_PROGRAM)) == expected
    assert hall.asked() == before


def test_a_handle_in_a_cookie_never_arrives(hall: Hall, handle: str) -> None:
    cookies = {"Cookie": f"sessionid={handle}; x={handle}", "X-API-Key": KEYS["wu"]}
    with client_of(hall.gateway, "keyed", cookies) as client:
        answer = client.get(RESIDENTS_LIST)
    assert (answer.status_code, answer.headers["location"]) == (302, f"/admin/login/?next={RESIDENTS_LIST}")


def test_who_has_to_sign_in_comes_back_to_the_record(hall: Hall, handle: str) -> None:
    with client_of(hall.gateway, "keyed", {"X-API-Key": KEYS["wu"], "Origin": hall.url}) as client:
        answer = client.get(f"/admin/keyed/resident/{handle}/change/")
        assert answer.status_code == 302
        page = client.get(answer.headers["location"])
        assert told(answer.headers["location"] + page.text) == []
        sent = {**fields_of(page.text), "username": STAFF, "password": PASSWORD}
        answer = client.post(answer.headers["location"], data=sent)
        assert (answer.status_code, answer.headers["location"]) == (302, f"/admin/keyed/resident/{handle}/change/")


def test_a_field_that_refers_to_somebody_takes_his_handle(hall: Hall, wu: httpx.Client) -> None:
    before = hall.dump()
    there = "/admin/keyed/visit/1/change/"
    (chosen,) = [each.split("/")[4] for each in rows(wu.get(f"{RESIDENTS_LIST}?street=南门街道"))][:1]
    answer = wu.post(there, data={**fields_of(wu.get(there).text), "resident": chosen})
    assert answer.status_code == 302, answer.text
    (changed,) = changes(before, hall.dump()).values()
    assert changed["resident_id"] in {number for number, _, street in RESIDENTS if street == "南门街道"}


def test_no_record_of_the_gateway_holds_a_number_or_a_handle(hall: Hall, wu: httpx.Client) -> None:
    wu.get(RESIDENTS_LIST)
    files = [path for path in hall.gateway.home.rglob("*") if path.is_file()]
    assert any(path.suffix == ".log" and b"/resident/{key}/change/" in path.read_bytes() for path in files)
    for path in files:
        text = path.read_bytes().decode("utf-8", "replace")
        assert (path, told(text), "yb~" in text) == (path, [], False)


def test_one_is_deleted_by_its_link_and_one_by_its_box(hall: Hall, wu: httpx.Client) -> None:
    before = hall.dump()
    address = rows(wu.get(f"{RESIDENTS_LIST}?street=西湖街道"))[0]
    (there,) = [each for each in links(wu.get(address)) if each.endswith("/delete/")]
    page = wu.get(there)
    assert page.status_code == 200
    assert told(page.text) == []
    answer = wu.post(there, data=fields_of(page.text))
    assert (answer.status_code, answer.headers["location"]) == (302, RESIDENTS_LIST), answer.text
    listed = wu.get(f"{RESIDENTS_LIST}?street=西湖街道")
    assert told(listed.text) == []
    (box,) = re.findall(r'name="_selected_action" value="([^"]*)"', listed.text)
    sent = {"csrfmiddlewaretoken": fields_of(listed.text)["csrfmiddlewaretoken"], "action": "delete_selected"}
    page = wu.post(RESIDENTS_LIST, data={**sent, "_selected_action": html.unescape(box)})
    assert page.status_code == 200, page.text
    assert told(page.text) == []
    answer = wu.post(RESIDENTS_LIST, data=fields_of(page.text))
    assert answer.status_code == 302, answer.text
    gone = changes(before, hall.dump())
    rows_before = {row["rowid"]: row["id_no"] for row in before["keyed_resident"].values()}
    assert {rows_before[number] for table, number in gone if table == "keyed_resident"} == {
        number for number, _, street in RESIDENTS if street == "西湖街道"
    }
    assert {table for table, _ in gone} == {"keyed_resident"}


def test_a_clerk_works_in_a_browser_and_never_meets_a_number(hall: Hall, chromium: Chromium) -> None:
    with browsing(chromium) as browser:
        browser.get(f"{hall.url}/.yingbi/sign-in")
        browser.write("#credential", KEYS["wu"])
        browser.press("button")
        browser.get(hall.url + RESIDENTS_LIST)
        browser.write("#id_username", STAFF)
        browser.write("#id_password", PASSWORD)
        browser.press("input[type=submit]")
        assert browser.driver.current_url == hall.url + RESIDENTS_LIST
        before = hall.dump()
        browser.follow("2")
        assert told(browser.dom) == []
        browser.press("#result_list tbody tr:last-child th a")
        assert re.search("/resident/yb~[^/]+/change/$", browser.driver.current_url)
        browser.press("input[name=_continue]")  # untouched
        assert changes(before, hall.dump()) == {}
        browser.write("#id_street", "北门街道")
        browser.press("input[name=_continue]")
        assert told(browser.dom) == []
        assert browser.find("#id_street").get_attribute("value") == "北门街道"
        ((table, number), changed), *more = changes(before, hall.dump()).items()
        assert (table, changed, more) == ("keyed_resident", {"street": "北门街道"}, [])
        browser.press("a.deletelink")
        assert told(browser.dom) == []
        browser.press("input[type=submit]")
        assert browser.driver.current_url == hall.url + RESIDENTS_LIST
        assert told(browser.dom) == []
        gone = changes(before, hall.dump())
        assert gone.keys() >= {("keyed_resident", number)}
        assert number not in hall.dump()["keyed_resident"]
        assert browser.complaints() == []
