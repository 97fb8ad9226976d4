from http.cookies import SimpleCookie

import httpx
import pytest

from console import cookies
from tests.console.browser import HOST, Browser, fields_of
from tests.console.bureau import Bureau
from tests.console.people import PASSWORD


def set_by(response: httpx.Response) -> SimpleCookie:
    found = SimpleCookie()
    for header in response.headers.get_list("set-cookie"):
        found.load(header)
    return found


def sign_in(browser: Browser) -> httpx.Response:
    token = fields_of(browser.get("/sign-in").by_id("sign-in"))["token"]
    data = {"name": "press", "password": PASSWORD, "token": token}
    return browser.client.post("/sign-in", data=data, follow_redirects=False)


def test_the_cookies_are_bound_to_host_tls_and_site(bureau: Bureau) -> None:
    bureau.employ("press")
    browser = Browser(bureau.app)
    first = set_by(browser.client.get("/sign-in"))
    later = set_by(sign_in(browser))
    assert set(first) == {cookies.VISIT}
    assert later[cookies.SESSION].value
    for cookie in (*first.values(), *later.values()):
        assert cookie.key.startswith("__Host-")
        assert cookie["secure"]
        assert cookie["httponly"]
        assert cookie["samesite"].lower() == "strict"
        assert cookie["path"] == "/"
        assert not cookie["domain"]
    assert later[cookies.SESSION]["max-age"] == ""
    assert later[cookies.SESSION]["expires"] == ""


def test_every_sign_in_has_a_token_of_its_own_and_ends_the_one_before(bureau: Bureau) -> None:
    bureau.employ("press")
    browser = Browser(bureau.app)
    sign_in(browser)
    first = browser.client.cookies[cookies.SESSION]
    sign_in(browser)
    second = browser.client.cookies[cookies.SESSION]
    assert first != second
    assert bureau.accounts.session(first) is None
    assert bureau.accounts.session(second)


def test_a_token_that_somebody_planted_is_never_taken_over(bureau: Bureau) -> None:
    bureau.employ("press")
    browser = Browser(bureau.app)
    browser.client.cookies.set(cookies.SESSION, "planted", domain=HOST.partition(":")[0])
    answer = sign_in(browser)
    assert set_by(answer)[cookies.SESSION].value != "planted"
    assert bureau.accounts.session("planted") is None


def test_signing_out_ends_the_session_and_takes_the_cookie_back(bureau: Bureau) -> None:
    browser = bureau.browser("press")
    token = browser.client.cookies[cookies.SESSION]
    page = browser.get("/password")
    form = next(each for each in page.all("form") if each.get("action") == "/sign-out")
    after = browser.post("/sign-out", fields_of(form))
    assert after.path == "/sign-in"
    assert "已退出登录" in after.said
    assert bureau.accounts.session(token) is None
    assert cookies.SESSION not in browser.client.cookies


@pytest.mark.parametrize("secret", ["", "x", "\ud800"])
def test_no_secret_no_token(secret: str) -> None:
    assert cookies.is_token(cookies.token_of(secret), secret) is bool(secret)
    assert not cookies.is_token("", secret)


def test_a_confirmation_shows_once(bureau: Bureau) -> None:
    case = bureau.with_question()
    browser = bureau.browser("oncall")
    page = browser.submit(browser.get(f"/cases/{case}"), "note", text="已联系")
    assert "备注已登记" in page.said
    assert browser.get(f"/cases/{case}").said == ""


def test_only_confirmations_of_ours_are_shown(bureau: Bureau) -> None:
    browser = bureau.browser("oncall")
    browser.client.cookies.set(cookies.DONE, "approve<script>", domain=HOST.partition(":")[0])
    page = browser.get("/")
    assert page.said == ""
    assert "approve" not in page.text()
