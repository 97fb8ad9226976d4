"""The forms by which duties are fulfilled, filled from the facts of a case: reports, the summary, notices to persons.

Sources: 《国家网络安全事件报告管理办法》 art. 7 (report) and 8 (summary); 个人信息保护法 art. 57. A form is a draft for
people to sign and send: nothing here sends it, and sending is recorded as the fulfilment of the duty.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum

from incident.draft import Scan
from incident.drill import MARK, marked
from incident.duty.form_facts import FormFacts
from incident.duty.stating import stated
from incident.ids import Bilingual, NotPermitted
from incident.incident import Case
from incident.person_forms import decision_not_to_tell, letter, mail, not_telling, sms
from incident.report_forms import first_report, reports_sent, summary, supplement
from incident.sheets.sheet import Block, Sheet, texts_of
from incident.wording import Press
from policies.recognisers.category_names import names_of
from siem.detect.aliases import holds_digest


class Form(StrEnum):
    """Which form."""

    FIRST = "first"
    SUPPLEMENT = "supplement"
    SUMMARY = "summary"
    SMS = "sms"
    LETTER = "letter"
    MAIL = "mail"
    NOT_TELLING = "not-telling"


FORM_NAMES: Mapping[Form, Bilingual] = {
    Form.FIRST: Bilingual(zh="网络安全事件报告（首报）", en="first report of the incident"),
    Form.SUPPLEMENT: Bilingual(zh="网络安全事件报告（续报）", en="supplement to the report"),
    Form.SUMMARY: Bilingual(zh="网络安全事件处置总结报告", en="summary of the handling"),
    Form.SMS: Bilingual(zh="个人信息安全事件告知短信", en="notice to persons, SMS"),
    Form.LETTER: Bilingual(zh="个人信息安全事件告知书", en="notice to persons, letter"),
    Form.MAIL: Bilingual(zh="个人信息安全事件告知邮件", en="notice to persons, mail"),
    Form.NOT_TELLING: Bilingual(zh="不通知个人的决定", en="decision not to tell persons"),
}
SENT_TO_PERSONS = frozenset({Form.LETTER, Form.MAIL})
"""These are sent as they are; the others stay with whom is told of the record."""
_CHAIN = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
"""SHA-256 of a file or a journal: letters and digits in which a number is found by chance."""


def fill(case: Case, form: Form, press: Press, scan: Scan, now: datetime, marks: tuple[str, ...] = ()) -> Sheet:
    """The *form* about *case* as its facts stand at *now*, with *marks* on every page, and that it is a drill.

    Raises NotPermitted where there is nothing to fill it from, or where it would hold personal data.
    """
    if (lacking := lacks(case, form)) is not None:
        raise NotPermitted(lacking.zh, lacking.en)
    facts = FormFacts(case, press, now)
    blocks = _FILLED[form](facts)
    name = FORM_NAMES[form].zh
    basis = f"依据案件日志第 1 至 {case.last.number} 条，{facts.time(now)}"
    sheet = Sheet(
        title=marked(name, MARK.zh) if case.drill else name,
        blocks=blocks,
        made_at=now,
        marks=(f"{MARK.zh} / {MARK.en}", *marks) if case.drill else marks,
        footer=f"{press.contact.unit.zh} · {case.id}" + ("" if form in SENT_TO_PERSONS else f" · {basis}"),
    )
    check_sheet(sheet, scan, public=(press.contact.phone, press.contact.hotline))
    return sheet


def lacks(case: Case, form: Form) -> Bilingual | None:
    """What has to be recorded before *form* can be filled in; None where nothing has."""
    match form:
        case Form.SUPPLEMENT:
            return None if reports_sent(case) else _NO_REPORT
        case Form.NOT_TELLING:
            return None if decision_not_to_tell(case) else _NO_DECISION
        case Form.SMS | Form.LETTER | Form.MAIL:
            known = stated(case)  # a letter is sent once: it cannot say that the rest is told later
            return None if case.scope and "cause" in known and "harm" in known else _NOT_STATED
        case _:
            return None


_NO_REPORT = Bilingual(zh="还没有报送首报，请先用首报", en="no first report is recorded yet: use that first")
_NO_DECISION = Bilingual(zh="没有登记过不通知个人的决定", en="no decision not to tell persons is recorded")
_NOT_STATED = Bilingual(
    zh="告知个人须先核定影响范围，并在“报送事项”中写明原因和可能造成的危害",
    en="before persons are told, the scope has to be known, and cause and possible harm have to be stated",
)


def check_sheet(sheet: Sheet, scan: Scan, public: tuple[str, ...] = ()) -> None:
    """Return if no personal data is found in *sheet*, but for the *public* numbers. Raises NotPermitted."""
    for place, text in texts_of(sheet):
        if holds_digest(text):
            raise NotPermitted(
                f"“{place}”中有个人的摘要，表单没有生成；请改正它所依据的记录",
                f"`{place}` holds the digest of a person: no form was made",
            )
        for hit in scan(_CHAIN.sub(lambda found: "#" * len(found[0]), text)):
            if text[hit.start : hit.end].strip() not in public:
                where = f"{hit.start + 1}-{hit.end}"
                zh, en = names_of(hit.category)
                raise NotPermitted(
                    f"“{place}”第 {where} 字疑似有个人信息（{zh}），表单没有生成；请改正它所依据的记录",
                    f"`{place}` seems to hold personal data ({en}, characters {where}): no form was made",
                )


_FILLED: Mapping[Form, Callable[[FormFacts], tuple[Block, ...]]] = {
    Form.FIRST: first_report,
    Form.SUPPLEMENT: supplement,
    Form.SUMMARY: summary,
    Form.SMS: sms,
    Form.LETTER: letter,
    Form.MAIL: mail,
    Form.NOT_TELLING: not_telling,
}
