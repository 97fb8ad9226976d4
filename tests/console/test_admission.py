"""What gets past the door, and what does not: tokens, origins, bodies, passwords that must be changed."""

import re

import httpx
import pytest

from console import cookies
from console.accounts import Role
from console.forms import MOST_BYTES
from incident.ids import PersonId
from tests.console.browser import HOST, Browser, fields_of
from tests.console.bureau import Bureau
from tests.console.people import PASSWORD

HERE = {"origin": f"https://{HOST}", "sec-fetch-site": "same-origin"}
FORM = "application/x-www-form-urlencoded"


def note(browser: Browser, bureau: Bureau, **headers: str) -> httpx.Response:
    """A note on a case, sent with a good token and these headers."""
    case = bureau.office.cases.all()[0].id
    token = fields_of(browser.get("/password").by_id("password"))["token"]
    data = {"token": token, "text": "已电话联系"}
    return browser.client.post(f"/cases/{case}/note", data=data, headers=headers, follow_redirects=False)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (HERE, 303),
        ({}, 303),
        ({"origin": f"https://{HOST}"}, 303),
        ({"sec-fetch-site": "same-origin"}, 303),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": f"http://{HOST}"}, 403),
        ({"origin": "https://console.yingbi.example"}, 403),
        ({"origin": f"https://{HOST}.evil.example"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "none"}, 403),
        ({"origin": f"https://{HOST}", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "https://evil.example", "sec-fetch-site": "same-origin"}, 403),
    ],
)
def test_a_form_from_elsewhere_is_refused_even_with_its_token(
    bureau: Bureau, headers: dict[str, str], status: int
) -> None:
    case = bureau.with_question()
    before = bureau.office.cases.get(case).last.number
    answer = note(bureau.browser("oncall"), bureau, **headers)
    assert answer.status_code == status
    assert bureau.office.cases.get(case).last.number == before + (status == 303)


@pytest.mark.parametrize("token", ["", "x", "é", "a" * 43, None])
def test_a_form_without_its_token_is_refused_and_says_what_to_do(bureau: Bureau, token: str | None) -> None:
    case = bureau.with_question()
    before = bureau.office.cases.get(case)
    data = {"text": "x"} if token is None else {"text": "x", "token": token}
    answer = bureau.browser("oncall").client.post(f"/cases/{case}/note", data=data, headers=HERE)
    assert answer.status_code == 403
    assert "页面已过期" in answer.text
    assert bureau.office.cases.get(case) == before


def test_the_token_of_another_session_of_the_same_account_is_none(bureau: Bureau) -> None:
    case = bureau.with_question()
    other = fields_of(bureau.another("oncall").get("/password").by_id("password"))["token"]
    answer = bureau.browser("oncall").client.post(f"/cases/{case}/note", data={"text": "x", "token": other})
    assert answer.status_code == 403


def test_the_token_does_not_tell_the_session(bureau: Bureau) -> None:
    browser = bureau.browser("oncall")
    session = browser.client.cookies[cookies.SESSION]
    page = browser.client.get("/").text
    assert session not in page
    assert cookies.token_of(session) in page


def test_the_sign_in_form_is_guarded_too(bureau: Bureau) -> None:
    """An attacker who could sign the victim in as somebody else would read what the victim then writes."""
    bureau.employ("press")
    fields = {"name": "press", "password": PASSWORD}
    stranger = Browser(bureau.app)
    assert stranger.client.post("/sign-in", data=fields, headers=HERE).status_code == 403
    mine = Browser(bureau.app)
    token = fields_of(mine.get("/sign-in").by_id("sign-in"))["token"]
    victim = Browser(bureau.app)
    victim.get("/sign-in")
    assert victim.client.post("/sign-in", data={**fields, "token": token}, headers=HERE).status_code == 403
    assert cookies.SESSION not in victim.client.cookies


def test_only_forms_of_a_sensible_size_are_read(bureau: Bureau) -> None:
    case = bureau.with_question()
    browser = bureau.browser("oncall")
    token = fields_of(browser.get("/password").by_id("password"))["token"]
    address = f"/cases/{case}/note"
    for content, kind, status in (
        (b"token=%s&text=x" % str(token).encode(), "text/plain", 415),
        (b'{"text": "x"}', "application/json", 415),
        (b"x" * (MOST_BYTES + 1), FORM, 413),
        (b"token\xff=1", FORM, 400),
        (b"no equals sign", FORM, 400),
        (b"&".join([b"a=1"] * 500), FORM, 400),
        (b"", FORM, 403),
    ):
        answer = browser.client.post(address, content=content, headers={**HERE, "content-type": kind})
        assert answer.status_code == status, (content[:30], kind)


def test_a_multipart_form_is_not_read(bureau: Bureau) -> None:
    case = bureau.with_question()
    answer = bureau.browser("oncall").client.post(f"/cases/{case}/note", files={"text": b"x"}, headers=HERE)
    assert answer.status_code == 415
    assert "提交的格式无法识别" in answer.text
    assert "没有这个页面" not in answer.text


@pytest.mark.parametrize("path", ["/", "/cases", "/alerts", "/nowhere-else"])
def test_who_must_change_the_password_gets_nowhere_else(bureau: Bureau, path: str) -> None:
    bureau.accounts.create("new", PersonId("p-new"), frozenset({Role.ONCALL}), PASSWORD, must_change=True)
    browser = Browser(bureau.app)
    page = browser.sign_in("new")
    assert page.path == "/password"
    assert "别人设置" in page.text()
    assert not page.all("nav")
    answer = browser.client.get(path, follow_redirects=False)
    assert answer.status_code in (303, 404)
    assert answer.headers.get("location", "/password") == "/password"


def test_a_changed_password_opens_the_rest(bureau: Bureau) -> None:
    bureau.accounts.create("new", PersonId("p-new"), frozenset({Role.ONCALL}), PASSWORD, must_change=True)
    browser = Browser(bureau.app)
    page = browser.sign_in("new")
    before = browser.client.cookies[cookies.SESSION]
    other = "a sentence that only I know"
    wrong = browser.submit(page, "password", old=PASSWORD, new=other, again=other + "!")
    assert wrong.status == 422
    assert "两次填写的新密码不一致" in wrong.said
    page = browser.submit(wrong, "password", old=PASSWORD, new=other, again=other)
    assert page.path == "/"
    assert "密码已修改" in page.said
    assert browser.client.cookies[cookies.SESSION] != before
    assert browser.get("/cases").status == 200


def test_who_must_change_the_password_cannot_act_either(bureau: Bureau) -> None:
    case = bureau.with_question()
    bureau.accounts.create("new", PersonId("p-new"), frozenset({Role.ONCALL}), PASSWORD, must_change=True)
    browser = Browser(bureau.app)
    browser.sign_in("new")
    before = bureau.office.cases.get(case)
    answer = note(browser, bureau, **HERE)
    assert answer.headers["location"] == "/password"
    assert bureau.office.cases.get(case) == before


SECURITY = {
    "content-security-policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/style.css", "/nowhere", "/cases/x", "/events/%ff", "/../etc/passwd"]
)
@pytest.mark.parametrize("name", ["", "officer"])
def test_every_answer_carries_the_security_headers(archive: Bureau, path: str, name: str) -> None:
    browser = archive.browser(name) if name else Browser(archive.app)
    answer = browser.client.get(path, follow_redirects=False)
    for header, value in SECURITY.items():
        assert answer.headers.get_list(header) == [value]
    assert "strict-transport-security" not in answer.headers, "it would bind every port of the host"


def test_something_that_fails_says_so_and_nothing_else(bureau: Bureau, caplog: pytest.LogCaptureFixture) -> None:
    browser = bureau.browser("officer")
    bureau.office.engine.dispose()
    for each in bureau.office.folder.glob("state.db*"):
        each.unlink()
    answer = browser.client.get("/cases")
    assert answer.status_code == 500
    assert "页面暂时出错" in answer.text
    assert "sqlite" not in answer.text.lower()
    assert "page_failed kind=" in caplog.text
    assert answer.headers["cache-control"] == "no-store"


def test_no_answer_names_the_server_or_shows_the_schema(archive: Bureau) -> None:
    browser = archive.browser("officer")
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert browser.client.get(path).status_code == 404
    assert not re.search("fastapi|starlette|uvicorn|python", browser.client.get("/").text, re.IGNORECASE)
