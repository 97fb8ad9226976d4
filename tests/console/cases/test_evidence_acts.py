"""Files on their way from a browser into the evidence of a case, and out of it."""

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.forms import read_upload
from incident.evidence import Evidence, digests
from incident.handling_book import HandlingBook
from incident.ids import CaseId
from incident.marking import CaseRole
from tests.console.browser import Browser, Page, page_of
from tests.console.bureau import CHEN, LI, Bureau

DATA = bytes(range(256)) * 8 + b"\r\n--\r\nend"


@pytest.fixture
def case(bureau: Bureau) -> CaseId:
    bureau.employ("oncall")
    return bureau.office.cases.open_by_hand("接到举报", "high", CHEN, "")


def evidence(bureau: Bureau, case: CaseId) -> list[Evidence]:
    return list(bureau.office.cases.get(case).handling.evidence.values())


def send(browser: Browser, case: CaseId, data: bytes = DATA, name: str = "记录.bin", **changes: str) -> Page:
    page = browser.get(f"/cases/{case}")
    token = next(each.get("value") or "" for each in page.all("input") if each.get("name") == "token")
    fields = {"token": token, "origin": "一号服务器", "tlp": "amber", "name": "", "size": "", "sha256": "", **changes}
    files = {"file": (name, data, "application/octet-stream")}
    return page_of(browser.client.post(f"/cases/{case}/evidence", data=fields, files=files))


def test_a_file_is_sent_kept_and_opened(bureau: Bureau, case: CaseId) -> None:
    oncall = bureau.browser("oncall")
    assert send(oncall, case).status == 200
    (piece,) = evidence(bureau, case)
    assert (piece.name, piece.size, (piece.sha256, piece.sm3)) == ("记录.bin", len(DATA), digests(DATA))
    page = oncall.get(f"/cases/{case}")
    assert piece.sm3 in page.text()
    answer = press(oncall, page, "evidence-open-1", f"/cases/{case}/evidence-open", number="1")
    assert answer.content == DATA
    assert "%E8%AE%B0%E5%BD%95.bin" in answer.headers["content-disposition"]
    assert len(evidence(bureau, case)[0].chain) == 1
    exported = press(oncall, page, "evidence-export", f"/cases/{case}/evidence-export")
    assert exported.headers["content-type"] == "application/zip"


def press(browser: Browser, page: Page, form: str, action: str, **fields: str) -> httpx.Response:
    assert page.by_id(form).get("action") == action
    token = next(each.get("value") or "" for each in page.all("input") if each.get("name") == "token")
    return browser.client.post(action, data={"token": token, **fields})


def test_who_has_no_role_in_the_case_is_not_offered_it_and_cannot_open_it(bureau: Bureau, case: CaseId) -> None:
    send(bureau.browser("oncall"), case)
    stranger = bureau.browser("press")
    page = stranger.get(f"/cases/{case}")
    assert not page.has("evidence-open-1")
    token = next(each.get("value") or "" for each in page.all("input") if each.get("name") == "token")
    answer = stranger.client.post(f"/cases/{case}/evidence-open", data={"token": token, "number": "1"})
    assert answer.status_code == 422
    assert evidence(bureau, case)[0].chain == ()
    HandlingBook(bureau.office.cases).give_role(case, CHEN, CaseRole.COMMUNICATIONS, [LI])
    assert stranger.client.post(f"/cases/{case}/evidence-open", data={"token": token, "number": "1"}).content == DATA


def test_a_changed_file_is_named_and_not_given_out(bureau: Bureau, case: CaseId) -> None:
    oncall = bureau.browser("oncall")
    send(oncall, case)
    (file,) = (bureau.office.folder / "evidence").iterdir()
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    page = oncall.submit(oncall.get(f"/cases/{case}"), "evidence-open-1")
    assert page.status == 422
    assert "证据 1“记录.bin”与加入时不一致" in page.said
    assert "被改动过" in oncall.get(f"/cases/{case}").text()


def test_digests_of_what_is_kept_elsewhere_need_no_file(bureau: Bureau, case: CaseId) -> None:
    oncall = bureau.browser("oncall")
    assert send(oncall, case, b"", "").status == 422
    sha256, _ = digests(b"image")
    page = oncall.get(f"/cases/{case}")
    token = next(each.get("value") or "" for each in page.all("input") if each.get("name") == "token")
    fields = {"token": token, "origin": "物证室", "tlp": "red", "name": "disk.img", "size": "5", "sha256": sha256}
    answer = oncall.client.post(f"/cases/{case}/evidence", data=fields, files={"file": ("", b"")})
    assert answer.status_code == 200
    (piece,) = evidence(bureau, case)
    assert (piece.kept, piece.sha256) == (False, sha256)


def test_a_file_without_the_token_or_to_another_form_is_refused(bureau: Bureau, case: CaseId) -> None:
    oncall = bureau.browser("oncall")
    page = oncall.get(f"/cases/{case}")
    token = next(each.get("value") or "" for each in page.all("input") if each.get("name") == "token")
    files = {"file": ("a", b"x")}
    assert oncall.client.post(f"/cases/{case}/evidence", data={"origin": "x"}, files=files).status_code == 403
    assert oncall.client.post(f"/cases/{case}/note", data={"token": token, "text": "x"}, files=files).status_code == 415
    assert Browser(bureau.app).client.post(f"/cases/{case}/evidence", files=files).status_code == 415
    assert evidence(bureau, case) == []


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=400), text=st.text(st.characters(codec="utf-8", exclude_categories=["C"])))
def test_any_file_is_read_as_a_client_sends_it(data: bytes, text: str) -> None:
    request = httpx.Request("POST", "https://c/", data={"note": text}, files={"file": ("a.bin", data)})
    typed = read_upload(request.read(), request.headers["content-type"])
    assert typed.files["file"].data == data
    assert typed.get("note") == text.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b\r\n",
        b'--b\r\ncontent-disposition: form-data; name="a"\r\n\r\nx',
        b"--b\r\ncontent-disposition: form-data\r\n\r\nx\r\n--b--\r\n",
        b'--b\r\ncontent-disposition: form-data; name="a"\r\n\r\n\xff\r\n--b--\r\n',
        b"junk",
    ],
    ids=["empty", "begun", "cut", "nameless", "no UTF-8", "junk"],
)
def test_a_body_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever is wrong with it, the form is handed back as unreadable
        read_upload(body, "multipart/form-data; boundary=b")
