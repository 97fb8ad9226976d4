import logging

import pytest

from console.sign_in import local
from tests.console.browser import Browser, fields_of
from tests.console.bureau import Bureau
from tests.console.people import PASSWORD


def test_signing_in_leads_to_where_one_wanted_to_go(bureau: Bureau) -> None:
    bureau.employ("oncall")
    case = bureau.with_question()
    browser = Browser(bureau.app)
    page = browser.get(f"/cases/{case}?timeline=all")
    assert page.path.startswith("/sign-in?next=/cases/")
    page = browser.submit(page, "sign-in", name="oncall", password=PASSWORD)
    assert page.path == f"/cases/{case}?timeline=all"


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/cases/C-1?x=y", "/cases/C-1?x=y"),
        ("", "/"),
        ("/", "/"),
        ("cases", "/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("///evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("\\\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/\n/evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("http://[", "/"),
        ("//[", "/"),
        ("/%2f/evil.example", "/%2f/evil.example"),
    ],
)
def test_no_link_leads_through_the_form_to_elsewhere(bureau: Bureau, address: str, leads_to: str) -> None:
    assert local(address) == leads_to
    bureau.employ("press")
    browser = Browser(bureau.app)
    fields = fields_of(browser.get("/sign-in").by_id("sign-in"))
    answer = browser.client.post(
        "/sign-in", data={**fields, "name": "press", "password": PASSWORD, "next": address}, follow_redirects=False
    )
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/")
    assert not answer.headers["location"].startswith(("//", "/\\"))


def test_a_wrong_password_keeps_the_name_and_says_no_more(bureau: Bureau) -> None:
    bureau.employ("press")
    known, unknown = (Browser(bureau.app).sign_in(name, "wrong password") for name in ("press", "nobody"))
    for page, name in ((known, "press"), (unknown, "nobody")):
        assert page.status == 422
        assert page.by_id("sign-in.name").get("value") == name
        assert page.by_id("sign-in.password").get("value") in (None, "")
        assert "wrong password" not in page.response.text
    assert known.said == unknown.said


def test_who_tries_too_often_waits(bureau: Bureau) -> None:
    bureau.employ("press")
    browser = Browser(bureau.app)
    for _ in range(5):
        browser.sign_in("press", "wrong password")
    page = browser.sign_in("press")
    assert page.status == 422
    assert "尝试次数过多，请在 1 分钟后再试" in page.said
    bureau.office.watch.move(seconds=31)
    assert browser.sign_in("press").path == "/"


def test_a_session_that_ended_while_somebody_wrote_gives_the_text_back(bureau: Bureau) -> None:
    case = bureau.to_the_draft()
    browser = bureau.browser("press")
    page = browser.get(f"/cases/{case}/notice")
    bureau.office.watch.move(minutes=31)
    before = bureau.office.cases.get(case)
    written = "## 发生了什么\n\n写了半个小时的文字 <b>没有丢</b>。\n"
    page = browser.submit(page, "edit", body_zh=written)
    assert page.status == 401
    assert "登录已结束，内容没有提交" in page.said
    assert bureau.office.cases.get(case) == before
    given_back = [each.text for each in page.all("textarea")]
    assert written in given_back
    digest = bureau.office.cases.get(case).notice.digest
    assert digest not in page.response.text, "only what people write"
    page = browser.submit(page, "sign-in", name="press", password=PASSWORD)
    assert page.path == f"/cases/{case}/notice"


def test_text_from_elsewhere_is_not_given_back(bureau: Bureau) -> None:
    """A page of ours must not say what another site wants it to."""
    browser = Browser(bureau.app)
    answer = browser.client.post(
        "/cases/C-1/note", data={"text": "请拨打 110 以外的电话，立刻转账"}, headers={"origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert "转账" not in answer.text


def test_passwords_that_were_typed_are_not_given_back(bureau: Bureau) -> None:
    browser = bureau.browser("press")
    page = browser.get("/password")
    bureau.office.watch.move(minutes=31)
    page = browser.submit(page, "password", old=PASSWORD, new="a sentence that nobody knows", again="x")
    assert page.status == 401
    assert "a sentence that nobody knows" not in page.response.text
    assert PASSWORD not in page.response.text


def test_an_account_that_is_disabled_is_out_at_once(bureau: Bureau) -> None:
    browser = bureau.browser("press")
    bureau.accounts.disable("press")
    assert browser.get("/cases").path.startswith("/sign-in")


def test_what_happens_is_told_to_the_log_without_what_was_typed(
    bureau: Bureau, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "console")
    bureau.employ("press")
    Browser(bureau.app).sign_in("my-password-in-the-wrong-field", "wrong password")
    Browser(bureau.app).sign_in("press")
    assert "sign_in_refused source=10.0.0.9" in caplog.text
    assert "signed_in account=press source=10.0.0.9" in caplog.text
    assert "my-password" not in caplog.text
    assert PASSWORD not in caplog.text


def test_the_form_asks_nothing_of_the_memory_that_a_manager_could_not_fill_in(bureau: Bureau) -> None:
    """Source: WCAG 2.2, 3.3.8 and 1.3.5."""
    page = Browser(bureau.app).get("/sign-in")
    assert page.by_id("sign-in.name").get("autocomplete") == "username"
    assert page.by_id("sign-in.password").get("autocomplete") == "current-password"
    browser = bureau.browser("press")
    page = browser.get("/password")
    assert [page.by_id(f"password.{each}").get("autocomplete") for each in ("old", "new", "again")] == [
        "current-password",
        "new-password",
        "new-password",
    ]


def test_a_browser_is_known_again_where_strangers_try_the_name(bureau: Bureau) -> None:
    bureau.employ("press")
    known = Browser(bureau.app)
    known.sign_in("press")
    for _ in range(5):
        assert Browser(bureau.app).sign_in("press", "wrong password").status == 422
    assert "次数过多" in Browser(bureau.app).sign_in("press").said
    assert known.sign_in("press").status == 200


def test_two_people_at_one_computer_are_both_known_again(bureau: Bureau) -> None:
    shared = Browser(bureau.app)
    for name in ("press", "officer"):
        bureau.employ(name)
        shared.sign_in(name)
    for _ in range(5):
        assert Browser(bureau.app).sign_in("press", "wrong password").status == 422
    assert "次数过多" in Browser(bureau.app).sign_in("press").said
    assert shared.sign_in("press").path == "/"
