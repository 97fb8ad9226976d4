"""Who may do what: every endpoint, tried as every role, signed out, and without the form's token."""

import re

import httpx
import pytest
from fastapi.routing import APIRoute

from console.access import ACCESS, API, allowed
from console.app import build
from console.roles import Role
from tests.console.browser import Browser, fields_of, page_of
from tests.console.bureau import Bureau
from tests.console.permits.invented import ONE
from tests.console.searches import SHARED

ROLES = ("officer", "oncall", "press", "auditor", "operator", "hotline", "engine")

# What each role may do, as the manual says it: o officer, c on-call, p press, a auditor, s system operator, h hotline,
# e engine.
EXPECTED = """
GET  /                                    o c p a s h e
GET  /password                            o c p a s h e
POST /password                            o c p a s h e
GET  /alerts                              o c   a
GET  /alerts/rules                        o c   a
GET  /alerts/{alert}                      o c   a
POST /alerts/{alert}/acknowledge          o c
POST /alerts/{alert}/assign               o c
POST /alerts/{alert}/snooze               o c
POST /alerts/{alert}/close                o c
POST /alerts/{alert}/reopen               o c
GET  /events                              o c   a
POST /events/export                       o c   a
GET  /events/{event}                      o c   a
GET  /searches                            o c   a
POST /searches                            o c   a
GET  /searches/{search}                   o c   a
POST /searches/{search}/rename            o c   a
POST /searches/{search}/delete            o c   a
GET  /people                                c   a
POST /people                                c   a
GET  /callers                             o c   a
GET  /hotline                                       h
POST /hotline                                       h
GET  /figures                             o c   a
POST /alerts/{alert}/silence              o
POST /alerts/{alert}/end-silence          o
GET  /rules                               o c   a
POST /rules/propose                       o
GET  /rules/{file}                        o c   a
POST /rules/{file}/adapt                  o
POST /rules/{file}/end                    o
GET  /rules/proposals/{number}            o c   a
POST /rules/proposals/{number}/live       o
POST /rules/proposals/{number}/withdraw   o
GET  /playbooks                           o c p a
POST /playbooks/propose                   o
GET  /playbooks/{name}                    o c p a
GET  /playbooks/proposals/{number}        o c p a
POST /playbooks/proposals/{number}/agree    o c
POST /playbooks/proposals/{number}/withdraw o c
GET  /permits                             o c   a
GET  /permits/{permit}                    o c   a
POST /permits/{permit}/end                o c
POST /permits/{permit}/review             o     a
GET  /cases                               o c p a
POST /cases                               o c
GET  /cases/{case}                        o c p a
POST /cases/{case}/answer                 o c p
POST /cases/{case}/take-step              o c p
POST /cases/{case}/give-back-step         o c p
POST /cases/{case}/retry                  o c
POST /cases/{case}/contain                o c
POST /cases/{case}/canaries               o c
POST /cases/{case}/lift                   o c
POST /cases/{case}/agree                  o c
POST /cases/{case}/reassess               o c
POST /cases/{case}/grade                  o c
POST /cases/{case}/judge                  o c
POST /cases/{case}/clock                  o c
POST /cases/{case}/fulfil                 o c
POST /cases/{case}/happened               o c
POST /cases/{case}/dispute                o c
POST /cases/{case}/withdraw               o c
POST /cases/{case}/move                   o c
POST /cases/{case}/note                   o c
POST /cases/{case}/role                   o c
POST /cases/{case}/task                   o c
POST /cases/{case}/task-done              o c p
POST /cases/{case}/mark                   o c
POST /cases/{case}/restrict               o c
POST /cases/{case}/review                 o c
POST /cases/{case}/evidence               o c
POST /cases/{case}/evidence-move          o c
POST /cases/{case}/evidence-open          o c p a
POST /cases/{case}/evidence-export        o c
GET  /actions                             o c p a
GET  /summary                             o c p a
GET  /summary/{kind}                      o c p a
GET  /drills                              o c p a
POST /drills                              o c
GET  /cases/{case}/forms/{form}           o c p a
POST /cases/{case}/state-item             o c
GET  /cases/{case}/persons                o c   a
POST /cases/{case}/persons                o c
POST /cases/{case}/persons/agree          o c
POST /cases/{case}/persons/stop           o c
GET  /cases/{case}/persons/{number}/{part} o c
POST /cases/{case}/merge                  o c
POST /cases/{case}/split                  o c
POST /cases/{case}/link                   o c
POST /cases/{case}/unlink                 o c
GET  /cases/{case}/notice                 o c p a
POST /cases/{case}/notice/settle              p
POST /cases/{case}/notice/redraft             p
POST /cases/{case}/notice/edit                p
POST /cases/{case}/notice/submit              p
POST /cases/{case}/notice/approve         o   p
POST /cases/{case}/notice/call-off            p
POST /cases/{case}/notice/withdraw            p
GET  /subscribers                         o c p a
POST /subscribers                         o   p
POST /subscribers/{hook}/end              o   p
GET  /policies                            o     a
POST /policies/drafts                     o
POST /policies/roll-back                  o
GET  /policies/drafts/{draft}             o     a
GET  /policies/drafts/{draft}/file        o     a
POST /policies/drafts/{draft}/file        o
POST /policies/drafts/{draft}/files       o
POST /policies/drafts/{draft}/submit      o
POST /policies/drafts/{draft}/approve     o
POST /policies/drafts/{draft}/publish     o
POST /policies/drafts/{draft}/rebase      o
POST /policies/drafts/{draft}/withdraw    o
GET  /policies/versions/{version}         o     a
GET  /policies/versions/{version}/file    o     a
GET  /system                              o c   a s
GET  /accounts                                  a s
GET  /tokens                              o c p a s h e
POST /tokens                              o c p a s h e
POST /tokens/{token}/revoke               o c p a s h e
POST /sign-out                            o c p a s h e
"""
ROWS = [(method, path, set(who)) for method, path, *who in map(str.split, EXPECTED.strip().splitlines())]
OPEN_TO_ALL = {("GET", "/style.css"), ("GET", "/sign-in"), ("POST", "/sign-in")}


@pytest.fixture(scope="module")
def browsers(archive: Bureau) -> dict[str, Browser]:
    return {name: archive.browser(name) for name in ROLES}


@pytest.fixture(scope="module")
def tokens(browsers: dict[str, Browser]) -> dict[str, str]:
    """What the forms of each of them carry as long as the session lasts."""
    return {name: token_in(browser) for name, browser in browsers.items()}


def address_of(path: str) -> str:
    made = path.format(
        case="C-20261123-001",
        alert="A-000001",
        event="6YQ3K0M9ZT-1",
        draft="2",
        version="2",
        permit=ONE,
        file="bulk_reads.yml",
        number="1",
        part="1",
        search=SHARED,
        token="1",
        kind="csv",
        form="first.html",
        hook="0" * 32,
        name="bulk-retrieval",
    )
    return f"{made}?name=grants.yaml" if path.endswith("/file") else made


def token_in(browser: Browser) -> str:
    page = page_of(browser.client.get("/password"))
    return str(fields_of(page.by_id("password"))["token"])


def call(browser: Browser, method: str, path: str, token: str) -> httpx.Response:
    data = {"token": token} if method == "POST" else None
    return browser.client.request(method, address_of(path), data=data, follow_redirects=False)


def test_the_tables_name_the_same_endpoints() -> None:
    named = {(method, path) for method, path, _ in ROWS}
    assert len(named) == len(ROWS)
    assert named | OPEN_TO_ALL == {key for key in ACCESS if not key[1].startswith(f"{API}/")}, "test_api has the others"
    assert {key for key, who in ACCESS.items() if who is None} == OPEN_TO_ALL


def test_every_route_of_the_application_is_in_the_table_and_no_other(archive: Bureau) -> None:
    routes = build(archive.desk).routes
    assert all(isinstance(route, APIRoute) for route in routes), "what is no endpoint passes no admission"
    found = {(method, route.path) for route in routes if isinstance(route, APIRoute) for method in route.methods or ()}
    assert found == set(ACCESS)


@pytest.mark.parametrize(("method", "path", "who"), ROWS, ids=[f"{row[0]} {row[1]}" for row in ROWS])
def test_each_endpoint_as_each_role(
    archive: Bureau, browsers: dict[str, Browser], tokens: dict[str, str], method: str, path: str, who: set[str]
) -> None:
    for letter, name in zip("ocpashe", ROLES, strict=True):
        if path == "/sign-out":
            browser = archive.another(name)
            answer = call(browser, method, path, token_in(browser))
        else:
            answer = call(browsers[name], method, path, tokens[name])
        if letter in who:
            fine = (404,) if path.startswith("/tokens/") else (200, 303, 422)  # nobody has the token of that number
            assert answer.status_code in fine, (name, answer.status_code)
            assert path == "/sign-out" or not answer.headers.get("location", "").startswith("/sign-in")
        else:
            assert answer.status_code == 403, (name, answer.status_code)
            assert "无权" in answer.text


@pytest.mark.parametrize(("method", "path"), [row[:2] for row in ROWS], ids=[f"{row[0]} {row[1]}" for row in ROWS])
def test_each_endpoint_signed_out(archive: Bureau, method: str, path: str) -> None:
    answer = call(Browser(archive.app), method, path, "")
    if method == "GET":
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in")
    else:
        assert answer.status_code == 401
    assert "人口登记系统" not in answer.text


@pytest.mark.parametrize("path", [row[1] for row in ROWS if row[0] == "POST"])
def test_each_form_without_its_token(
    browsers: dict[str, Browser], tokens: dict[str, str], archive: Bureau, path: str
) -> None:
    for name, browser in browsers.items():
        for token in ("", tokens["auditor" if name != "auditor" else "press"]):
            before = archive.office.cases.all()
            assert call(browser, "POST", path, token).status_code == 403
            assert archive.office.cases.all() == before


def test_an_endpoint_that_the_table_does_not_name_is_refused(archive: Bureau) -> None:
    app = build(archive.desk)
    app.add_api_route("/forgotten", lambda: "secret", methods=["GET"])
    browser = Browser(app)
    browser.sign_in("officer")
    answer = browser.client.get("/forgotten")
    assert answer.status_code == 403
    assert "secret" not in answer.text


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE"])
def test_other_methods_do_nothing(browsers: dict[str, Browser], method: str) -> None:
    for path in ("/", "/cases/C-20261123-001", "/cases/C-20261123-001/note"):
        assert browsers["officer"].client.request(method, path).status_code == 405


def test_nobody_may_what_is_not_in_the_table() -> None:
    assert not allowed(frozenset(Role), "GET", "/nowhere")
    assert not allowed(frozenset(Role), "PUT", "/cases")
    assert not allowed(frozenset(), "GET", "/")
    assert allowed(frozenset(), "GET", "/sign-in")


def test_an_account_with_two_roles_may_what_either_may(archive: Bureau) -> None:
    assert allowed({Role.PRESS, Role.ONCALL}, "GET", "/alerts")
    assert allowed({Role.PRESS, Role.ONCALL}, "POST", "/cases/{case}/notice/edit")


def test_pages_offer_only_what_is_theirs(browsers: dict[str, Browser]) -> None:
    """Every link and form on the pages that a role sees leads to where it may go."""
    for name, browser in browsers.items():
        followed: set[str] = set()
        for path in (
            "/",
            "/cases",
            "/cases/C-20261123-001",
            "/cases/C-20261123-001/notice",
            "/actions",
            "/summary",
            "/drills",
            "/subscribers",
            "/system",
            "/alerts",
            "/alerts/rules",
            "/alerts/A-000001",
            "/events",
            "/events/6YQ3K0M9ZT-1",
            "/searches",
            "/people",
            "/callers?name=clerk-wang",
            "/figures",
            "/hotline",
            "/permits",
            f"/permits/{ONE}",
            "/policies",
            "/policies/drafts/2",
            "/policies/versions/1",
            "/policies/drafts/2/file?name=x.yaml",
        ):
            page = page_of(browser.client.get(path))
            if page.status == 403:
                continue
            for link in page.all("a"):
                href = link.get("href") or ""
                if href.endswith((".pdf", ".docx")):
                    continue  # made by the endpoint that makes the page, and takes far longer
                if not href.startswith("/") or href in followed:
                    continue  # nothing of these pages changes while they are read
                followed.add(href)
                if browser.client.get(href).status_code != 200:
                    pytest.fail(f"{name} is offered {href} on {path}")
            for form in page.all("form"):
                action = form.get("action") or ""
                route = re.sub(r"C-20261123-\d+", "{case}", action).replace("drafts/2", "drafts/{draft}")
                route = route.replace(ONE, "{permit}").replace("A-000001", "{alert}")
                route = re.sub(r"S-\d{5}", "{search}", route)
                who = next(row[2] for row in ROWS if row[:2] == ((form.get("method") or "").upper(), route))
                assert "ocpashe"[ROLES.index(name)] in who, (name, path, action)
