"""Forms say what is recorded and where, say what is unknown to be unknown, and hold nothing personal."""

import re
from datetime import timedelta
from io import BytesIO

import docx
import pypdfium2
import pytest

from incident.duty.duties import Grade
from incident.duty.form_facts import UNKNOWN
from incident.duty.forms import FORM_NAMES, SENT_TO_PERSONS, Form, check_sheet
from incident.duty.stating import ITEMS, LONGEST, stated
from incident.facts.case import Move
from incident.facts.duty import ItemStated
from incident.ids import CaseId, DutyId, NotPermitted
from incident.sheets.file import file_of
from incident.sheets.sheet import Bullets, Fields, Grid, Heading, Paragraph, Sheet, SheetFormat, text_of, texts_of
from policies.recognisers.scan import scan
from siem.record.event import Disclosure
from tests.golden import Golden
from tests.incident.office import CHEN, LI, TEN, Office, alert, shown

REPORT, TELL = DutyId("report-cyberspace"), DutyId("tell-persons")
SAID = {
    "cause": "工作人员出借账号",
    "harm": "可能被用于冒充政府工作人员实施诈骗",
    "trend": "账号已停用，没有发现继续读取",
    "next": "逐一核对名单；暂不请求支援",
    "responsibility": "账号出借人已停职检查",
    "rectification": "启用动态口令",
    "lessons": "账号与人脸核验绑定",
}


def handled(office: Office) -> CaseId:
    """A case that was reported, and ended."""
    case = office.to_the_draft()
    office.cases.grade(case, LI, Grade.LARGE, "数据敏感，影响恶劣")
    for item, text in SAID.items():
        office.cases.state_item(case, CHEN, item, text)
    office.watch.move(hours=2)
    office.cases.fulfil(case, REPORT, CHEN, "省网信 2026-0117")
    office.watch.move(hours=1)
    office.cases.state_item(case, CHEN, "traces", "读取经由一台公用终端")
    office.cases.judge_duty(case, TELL, LI, "名单已逐一核实，信息未流出终端", applies=False)
    office.cases.act(case, Move.RESOLVE, CHEN)
    return case


def test_how_each_form_reads(office: Office, golden: Golden) -> None:
    case = handled(office)
    for form in Form:
        golden.check(f"form-{form}.txt", text_of(office.cases.form(case, form, ("内部资料",))))


def test_a_first_report_says_what_is_unknown(office: Office, golden: Golden) -> None:
    case = office.cases.open_by_hand("市民反映信息外泄", "high", CHEN, "12345 工单")
    told = text_of(office.cases.form(case, Form.FIRST))
    golden.check("form-first-little-known.txt", told)
    assert told.count(UNKNOWN) > 8


def fields_of(sheet: Sheet) -> list[tuple[str, str, str]]:
    return [
        (field.label, field.value, field.source)
        for block in sheet.blocks
        if isinstance(block, Fields)
        for field in block.fields
    ]


def test_every_number_names_the_record_that_it_comes_from(office: Office) -> None:
    case = handled(office)
    last = office.cases.get(case).last.number
    for form in set(Form) - SENT_TO_PERSONS:
        fields = fields_of(office.cases.form(case, form))
        assert any("#" in source for _, _, source in fields)
        for label, value, source in fields:
            assert source or not re.search(r"\d", value), (form, label)
            assert all(1 <= int(number) <= last for number in re.findall(r"#(\d+)", source)), (form, label)


def test_what_is_sent_to_persons_names_no_entry_of_the_journal(office: Office) -> None:
    case = handled(office)
    for form in SENT_TO_PERSONS:
        told = text_of(office.cases.form(case, form))
        assert case in told, "whoever asks about it can name the case"
        assert "案件日志" not in told
        assert "#" not in told


def test_the_numbers_are_those_of_the_scope(office: Office) -> None:
    case = handled(office)
    known = office.cases.get(case)
    assert known.scope is not None
    values = {label: (value, source) for label, value, source in fields_of(office.cases.form(case, Form.FIRST))}
    value, source = values["影响人数"]
    assert f"以明文显示 {known.scope.persons:,} 人" in value
    assert f"#{known.scope_entry}：按 user.id 查询访问日志" in source


def test_no_form_names_an_account_a_credential_or_an_address(office: Office) -> None:
    case = handled(office)
    hidden = office.cases.get(case).never_named
    assert "clerk-wang" in hidden
    for form in Form:
        for _, text in texts_of(office.cases.form(case, form)):
            assert not [name for name in hidden if name in text], form


def test_numbers_in_doubt_are_said_to_be_so(office: Office) -> None:
    case = handled(office)
    office.cases.open_or_join(alert("a-2", last_at=office.watch() + timedelta(minutes=1)))
    (persons,) = [value for label, value, _ in fields_of(office.cases.form(case, Form.FIRST)) if label == "影响人数"]
    assert "以上数字存疑：统计以后又有新的告警" in persons


def test_masked_and_unnamed_persons_are_told_apart(office: Office) -> None:
    office.record(fields=(shown("name", count=3), shown("mobile", Disclosure.MASKED)), subjects=())
    case = office.cases.open_or_join(alert(automatic=True))
    office.perform_all()
    (persons,) = [value for label, value, _ in fields_of(office.cases.form(case, Form.FIRST)) if label == "影响人数"]
    assert "没有标明属于谁的，合计至多" in persons


@pytest.mark.parametrize("form", [Form.SMS, Form.LETTER, Form.MAIL])
def test_persons_are_told_nothing_before_cause_and_harm_are_stated(office: Office, form: Form) -> None:
    case = office.to_the_draft()
    with pytest.raises(NotPermitted, match="cause and possible harm have to be stated"):
        office.cases.form(case, form)


def test_no_supplement_without_a_report_and_no_decision_that_nobody_took(office: Office) -> None:
    case = office.to_the_draft()
    with pytest.raises(NotPermitted, match="no first report"):
        office.cases.form(case, Form.SUPPLEMENT)
    with pytest.raises(NotPermitted, match="no decision not to tell"):
        office.cases.form(case, Form.NOT_TELLING)
    office.cases.judge_duty(case, TELL, LI, "无须", applies=False)
    office.cases.judge_duty(case, TELL, LI, "主管部门要求通知", applies=True)
    with pytest.raises(NotPermitted, match="no decision not to tell"):
        office.cases.form(case, Form.NOT_TELLING)


def test_the_decision_not_to_tell_names_ground_and_person(office: Office) -> None:
    case = handled(office)
    values = {label: value for label, value, _ in fields_of(office.cases.form(case, Form.NOT_TELLING))}
    assert values["事实理由"] == "名单已逐一核实，信息未流出终端"
    assert values["决定人"] == LI
    assert "第五十七条第二款" in values["法定理由"]


PERSONAL = "联系 " + "1380013" + "8000"
DIGEST = "e1:" + "0a" * 16


@pytest.mark.parametrize(
    "block",
    [
        Heading(PERSONAL),
        Paragraph(PERSONAL),
        Bullets(("", PERSONAL)),
        Grid(("时间", "经过"), (("", PERSONAL),)),
        Paragraph(DIGEST),
    ],
    ids=["heading", "paragraph", "bullets", "grid", "digest"],
)
def test_personal_data_anywhere_blocks_a_form(block: Heading | Paragraph | Bullets | Grid) -> None:
    sheet = Sheet(title="表", blocks=(Heading("甲"), block), made_at=TEN)
    with pytest.raises(NotPermitted, match="no form was made"):
        check_sheet(sheet, scan)


def test_it_is_said_where_personal_data_stands_and_never_what(office: Office) -> None:
    """A journal holds none; a mark is typed when the form is made."""
    case = office.to_the_draft()
    with pytest.raises(NotPermitted, match=r"`页眉` seems to hold personal data \(mobile, characters 4-14\)") as why:
        office.cases.form(case, Form.FIRST, (PERSONAL,))
    assert "13800" not in f"{why.value}{why.value.zh}"


def test_a_digest_of_a_file_is_no_number_of_anybody() -> None:
    for chain in ("1" * 64, "6222021234567890123" + "0" * 45):
        check_sheet(Sheet(title="表", blocks=(Paragraph(f"链值 {chain}"),), made_at=TEN), scan)


@pytest.mark.parametrize("kind", [SheetFormat.DOCX, SheetFormat.PDF])
def test_a_form_is_a_file_that_opens_and_says_all_of_it(office: Office, kind: SheetFormat) -> None:
    sheet = office.cases.form(handled(office), Form.SUMMARY, ("演练",))
    made = file_of(sheet, kind)
    if kind is SheetFormat.DOCX:
        document = docx.Document(BytesIO(made))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        told = "".join([*(each.text for each in document.paragraphs), *cells])
    else:
        with pypdfium2.PdfDocument(made) as pdf:
            told = "".join(page.get_textpage().get_text_range() for page in pdf)
    told = re.sub(r"\s+", "", told)
    for label, value, _ in fields_of(sheet):
        assert re.sub(r"\s+", "", value) in told, label


@pytest.mark.parametrize(
    ("item", "text", "says"),
    [("colour", "x", "no item"), ("cause", " ", "nothing to state"), ("cause", "x" * (LONGEST + 1), "more than")],
)
def test_what_cannot_be_stated(office: Office, item: str, text: str, says: str) -> None:
    case = office.to_the_draft()
    with pytest.raises(NotPermitted, match=says):
        office.cases.state_item(case, CHEN, item, text)
    with pytest.raises(NotPermitted, match="personal data"):
        office.cases.state_item(case, CHEN, "cause", PERSONAL)


def test_the_newest_statement_stands_and_all_are_kept(office: Office) -> None:
    case = office.to_the_draft()
    for text in ("一", "二"):
        office.cases.state_item(case, CHEN, "cause", text)
    known = office.cases.get(case)
    assert stated(known)["cause"][0] == "二"
    assert [entry.fact.text for entry in known.entries if isinstance(entry.fact, ItemStated)] == ["一", "二"]
    assert set(FORM_NAMES) == set(Form)
    assert set(SAID) <= set(ITEMS)
