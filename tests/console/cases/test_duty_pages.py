"""The clocks of a case stand on each of its pages, and its forms are handed out as files."""

from io import BytesIO

import docx
import pypdfium2
import pytest

from incident.duty.clocks import ProofFile
from incident.duty.duties import Audience
from incident.duty.forms import Form
from incident.facts.duty import ItemStated
from incident.ids import DutyId
from incident.sheets.sheet import SheetFormat
from tests.console.browser import text_of
from tests.console.bureau import Bureau
from tests.incident.office import CHEN

NOTIFY = DutyId("notify-authority")


def strip_of(bureau: Bureau, path: str) -> str:
    page = bureau.another("oncall").get(path)  # where hours have passed, the session before has ended
    (strip,) = [each for each in page.all("section") if each.get("class") == "strip"]
    return text_of(strip)


def test_the_clocks_stand_on_each_page_of_the_case_with_what_becomes_of_them(bureau: Bureau) -> None:
    case = bureau.to_the_draft()
    assert len(list(Audience)) == 2
    paths = (f"/cases/{case}", f"/cases/{case}?timeline=all", f"/cases/{case}/notice")
    for path in paths:
        assert "通知履行个人信息保护职责的部门 剩余 1 天" in strip_of(bureau, path)
        assert "通知受影响的个人 剩余" in strip_of(bureau, path)
    bureau.office.watch.move(hours=13)
    assert "过半" in strip_of(bureau, paths[2])
    bureau.office.watch.move(hours=12)
    bureau.office.cases.tick()
    for path in paths:
        assert "通知履行个人信息保护职责的部门 已超时" in strip_of(bureau, path)
    bureau.office.cases.fulfil(case, NOTIFY, CHEN, "回执")
    for path in paths:
        assert "曾超时" in strip_of(bureau, path)


def test_other_pages_have_no_clocks(bureau: Bureau) -> None:
    bureau.to_the_draft()
    for path in ("/", "/cases", "/alerts"):
        assert not [each for each in bureau.browser("oncall").get(path).all("section") if each.get("class") == "strip"]


def test_a_form_is_handed_out_as_each_kind_of_file(bureau: Bureau) -> None:
    case = bureau.to_the_draft()
    browser = bureau.browser("press")
    page = browser.get(f"/cases/{case}")
    links = {each.get("href", "") for each in page.all("a")}
    can = {f"/cases/{case}/forms/{form}.{kind}" for form in (Form.FIRST, Form.SUMMARY) for kind in SheetFormat}
    assert {link for link in links if "/forms/" in link} == can
    assert page.text().count("告知个人须先核定影响范围") == 3
    answers = {kind: browser.client.get(f"/cases/{case}/forms/first.{kind}") for kind in SheetFormat}
    assert {answer.status_code for answer in answers.values()} == {200}
    for kind, answer in answers.items():
        assert answer.headers["content-disposition"] == f'attachment; filename="{case}-first.{kind}"'
        assert answer.headers["cache-control"] == "no-store"
    said = docx.Document(BytesIO(answers[SheetFormat.DOCX].content)).paragraphs[0].text
    with pypdfium2.PdfDocument(answers[SheetFormat.PDF].content) as pdf:
        assert said in pdf[0].get_textpage().get_text_range()
    assert said == "网络安全事件报告（首报）"


def test_a_form_that_cannot_be_filled_in_says_why_on_the_page(bureau: Bureau) -> None:
    case = bureau.to_the_draft()
    page = bureau.browser("oncall").get(f"/cases/{case}/forms/letter.pdf")
    assert page.status == 422
    assert "写明原因和可能造成的危害" in page.said


@pytest.mark.parametrize("form", ["first", "first.exe", "colour.pdf", ".pdf", "first.pdf.pdf"])
def test_no_other_files(bureau: Bureau, form: str) -> None:
    case = bureau.to_the_draft()
    assert bureau.browser("oncall").get(f"/cases/{case}/forms/{form}").status == 404


def test_what_no_log_knows_is_stated_and_stands_in_the_form(bureau: Bureau) -> None:
    case = bureau.to_the_draft()
    browser = bureau.browser("oncall")
    page = browser.submit(browser.get(f"/cases/{case}"), "state-item", item="cause", text="工作人员出借账号")
    assert "报送事项已登记" in page.said
    last = next(e for e in bureau.office.cases.get(case).entries if isinstance(e.fact, ItemStated))
    assert (last.by.id, last.fact) == (CHEN, ItemStated(item="cause", text="工作人员出借账号"))
    assert "工作人员出借账号" in browser.client.get(f"/cases/{case}/forms/first.txt").text
    personal = "1380013" + "8000"
    page = browser.submit(browser.get(f"/cases/{case}"), "state-item", item="cause", text=f"号码 {personal}")
    assert (page.status, "疑似有个人信息" in page.said) == (422, True)


def test_a_duty_is_fulfilled_with_a_file_that_proves_it(bureau: Bureau) -> None:
    case = bureau.to_the_draft()
    browser = bureau.browser("oncall")

    def fulfil(**fields: str) -> tuple[int, str]:
        page = browser.submit(browser.get(f"/cases/{case}"), f"fulfil-{NOTIFY}", **fields)
        return page.status, page.said

    assert fulfil(reference="12", file="回执.pdf")[0] == 422
    assert fulfil(reference="12", file="回执.pdf", size="1234", sha256="abc")[0] == 422
    assert fulfil(reference="12", file="", size="1234", sha256="A" * 64)[0] == 422
    assert fulfil(reference="12", file="回执.pdf", size="1234", sha256="A" * 64)[0] == 200
    done = bureau.office.cases.get(case).clocks[NOTIFY].fulfilled
    assert done is not None
    assert done.file == ProofFile(name="回执.pdf", sha256="a" * 64, size=1234)
    assert "证明文件 回执.pdf，1,234 字节" in browser.get(f"/cases/{case}").text()
