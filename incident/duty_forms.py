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
from incident.duties import Audience
from incident.facts.duty import DutyFulfilled, DutyJudged
from incident.facts.notice import NoticeDrafted
from incident.form_facts import UNKNOWN, FormFacts
from incident.ids import ActorKind, Bilingual, NotPermitted
from incident.incident import Case
from incident.journal import Entry
from incident.sheet import Block, Field, Fields, Grid, Heading, Paragraph, Sheet, texts_of
from incident.sms import sms_length
from incident.stating import stated
from incident.timeline import describe
from incident.wording import Press, moment
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
_REPORT_LAW = "《国家网络安全事件报告管理办法》"
_PIPL = "《中华人民共和国个人信息保护法》第五十七条"
_CHAIN = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
"""SHA-256 of a file or a journal: letters and digits in which a number is found by chance."""
_ADVICE = (
    ("bank_card", "留意银行账户变动，必要时联系银行换卡"),
    ("resident_id", "留意是否有人冒用您的身份办理业务"),
    ("", "不要相信自称政府工作人员、要求转账或者索要验证码的电话和短信；已经受到损失的，立即报警"),
)


def fill(case: Case, form: Form, press: Press, scan: Scan, now: datetime, marks: tuple[str, ...] = ()) -> Sheet:
    """The *form* about *case* as its facts stand at *now*, with *marks* on every page, and that it is a drill.

    Raises NotPermitted where there is nothing to fill it from, or where it would hold personal data.
    """
    if (lacking := lacks(case, form)) is not None:
        raise NotPermitted(lacking.zh, lacking.en)
    facts = FormFacts(case, press, now)
    blocks = _FILLED[form](facts)
    name = FORM_NAMES[form].zh
    sheet = Sheet(
        title=marked(name, MARK.zh) if case.drill else name,
        blocks=blocks,
        made_at=now,
        marks=(f"{MARK.zh} / {MARK.en}", *marks) if case.drill else marks,
        footer=f"{press.contact.unit.zh} · {case.id} · 依据案件日志第 1 至 {case.last.number} 条，{facts.time(now)}",
    )
    check_sheet(sheet, scan, public=(press.contact.phone, press.contact.hotline))
    return sheet


def lacks(case: Case, form: Form) -> Bilingual | None:
    """What has to be recorded before *form* can be filled in; None where nothing has."""
    match form:
        case Form.SUPPLEMENT:
            return None if _reports(case) else _NO_REPORT
        case Form.NOT_TELLING:
            return None if _decision(case) else _NO_DECISION
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


def _reports(case: Case) -> list[Entry]:
    """The entries that say that an authority was told."""
    return [
        entry
        for entry in case.entries
        if isinstance(entry.fact, DutyFulfilled) and case.clocks[entry.fact.duty].duty.audience is Audience.AUTHORITY
    ]


def _decision(case: Case) -> Entry | None:
    """The entry that holds the decision not to tell persons, where that is what was decided last."""
    judged = [
        entry
        for entry in case.entries
        if isinstance(entry.fact, DutyJudged) and case.clocks[entry.fact.duty].duty.waived_when
    ]
    last = judged[-1] if judged else None
    return last if last and isinstance(last.fact, DutyJudged) and not last.fact.applies else None


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


def _report(facts: FormFacts) -> tuple[Block, ...]:
    return (
        Paragraph(f"依据{_REPORT_LAW}第七条填写。没有掌握的事项写明“{UNKNOWN}”，掌握后及时补报。"),
        Heading("一、单位及涉事系统"),
        Fields((facts.unit(), facts.systems(), facts.contact())),
        Heading("二、事件基本情况"),
        Fields(
            (
                facts.discovered(),
                facts.item("place"),
                facts.period(),
                facts.kind(),
                facts.grade(),
                facts.persons(),
                facts.categories(),
                facts.records(),
                facts.item("harm"),
                facts.measures(),
                facts.effect(),
                facts.persons_told(),
            )
        ),
        Heading("三、发展趋势"),
        Fields((facts.item("trend"),)),
        Heading("四、初步原因"),
        Fields((facts.item("cause", "初步分析的事件原因"),)),
        Heading("五、溯源线索"),
        Fields((facts.item("traces"),)),
        Heading("六、进一步措施和请求支援事项"),
        Fields((facts.item("next"),)),
        Heading("七、现场保护"),
        Fields((facts.scene(),)),
        Heading("八、其他情况"),
        Fields((facts.item("other"),)),
    )


def _supplement(facts: FormFacts) -> tuple[Block, ...]:
    """The same items as they are now, and what became known since the last report."""
    last = _reports(facts.case)[-1]
    assert isinstance(last.fact, DutyFulfilled)
    since = facts.case.entries[last.number :]
    reference = Field("上次报告", f"{facts.time(last.at)}，回执 {last.fact.reference}", facts.source(last))
    return (Fields((reference,)), *_report(facts), Heading("九、上次报告以来的经过"), _course(facts, since))


def _summary(facts: FormFacts) -> tuple[Block, ...]:
    return (
        Paragraph(f"依据{_REPORT_LAW}第八条，自处置结束之日起 30 日内按原渠道报送。"),
        Fields((facts.unit(), facts.systems(), facts.discovered(), facts.kind(), facts.grade(), facts.contact())),
        Heading("一、事件原因"),
        Fields((facts.item("cause"), facts.item("traces"))),
        Heading("二、应急处置"),
        Fields((facts.measures(), facts.effect(), facts.persons_told())),
        Heading("三、造成的危害"),
        Fields((facts.period(), facts.persons(), facts.categories(), facts.records(), facts.item("harm"))),
        Heading("四、责任认定"),
        Fields((facts.item("responsibility"),)),
        Heading("五、整改措施"),
        Fields((facts.item("rectification"),)),
        Heading("六、教训"),
        Fields((facts.item("lessons"),)),
        Heading("七、处置经过"),
        _course(facts, facts.case.entries),
    )


def _course(facts: FormFacts, entries: tuple[Entry, ...]) -> Block:
    """What happened, entry by entry, in the words of the timeline that name nobody."""

    def told(at: datetime) -> Bilingual:
        return moment(at, facts.press) or Bilingual(zh="", en="")

    rows = tuple(
        (f"#{entry.number}", facts.time(entry.at), describe(entry.fact, facts.case, told).zh)
        for entry in entries
        if _is_for_outside(entry)
    )
    hidden = facts.case.never_named
    return Grid(
        ("案件日志", "时间", "经过"),
        tuple((number, at, _without(text, hidden)) for number, at, text in rows) or (("", "", "没有新的经过"),),
    )


def _is_for_outside(entry: Entry) -> bool:
    return not isinstance(entry.fact, NoticeDrafted) and type(entry.fact).__name__ in _COURSE


_COURSE = frozenset(
    "Opened AlertJoined Happened ClueWithdrawn DutyJudged DutyFulfilled DutyLate CommandEnded ScopeAssessed Graded "
    "StateMoved NoticePublished NoticeWithdrawn".split()
)


def _without(text: str, names: frozenset[str]) -> str:
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "（略）")
    return text


def _person_fields(facts: FormFacts) -> tuple[Field, ...]:
    """The three items of PIPL art. 57."""
    return (
        facts.categories(),
        facts.item("cause"),
        facts.item("harm"),
        facts.measures(),
        _advice(facts),
        facts.contact(),
    )


def _advice(facts: FormFacts) -> Field:
    said = facts.item("advice", "您可以采取的措施")
    if said.source:
        return said
    clear = {
        name for name, count in (facts.case.scope.categories if facts.case.scope else {}).items() if count.clear_values
    }
    lines = [text for category, text in _ADVICE if not category or category in clear]
    return Field("您可以采取的措施", "；\n".join(lines), "一般提示")


def _letter(facts: FormFacts) -> tuple[Block, ...]:
    unit, system = facts.press.contact.unit.zh, facts.systems().value
    return (
        Paragraph("尊敬的市民："),
        Paragraph(
            f"{unit}依照{_PIPL}，就您在{system}中的个人信息，告知如下。本告知书只发给受影响的个人，不会要求您转账、"
            "提供验证码或者点击链接。"
        ),
        Fields(tuple(map(facts.bare, _person_fields(facts)))),
        Paragraph(f"{unit}\n{facts.time(facts.now)}"),
    )


def _mail(facts: FormFacts) -> tuple[Block, ...]:
    title = f"【{facts.press.contact.unit.zh}】个人信息安全事件告知"
    subject = Field("邮件主题", marked(title, MARK.zh) if facts.case.drill else title)
    return (Fields((subject,)), *_letter(facts))


def _sms(facts: FormFacts) -> tuple[Block, ...]:
    text = marked(sms_text(facts), MARK.zh) if facts.case.drill else sms_text(facts)
    length = sms_length(text)
    return (
        Paragraph(text),
        Fields(
            (
                Field("短信长度", f"{length.units} 字，按 {length.parts} 条发送和计费", "3GPP TS 23.040"),
                *_person_fields(facts),
            )
        ),
    )


def sms_text(facts: FormFacts) -> str:
    """The text of the SMS: the items of PIPL art. 57 in short, and where the rest is."""
    fields = {field.label: field for field in _person_fields(facts)}
    contact, effect = facts.press.contact, facts.case.stopped_at(facts.now)
    done = "涉事账号已停用，" if effect else ""
    return (
        f"【{contact.unit.zh}】您在{facts.systems().value}中的{fields['涉及的个人信息种类'].value}可能泄露，"
        f"原因：{fields['原因'].value.rstrip('。')}；可能的危害：{fields['可能造成的危害'].value.rstrip('。')}。"
        f"{done}访问日志已保全。请勿相信要求转账或索要验证码的来电、短信。"
        f"咨询：{contact.phone}、{contact.hotline}。"
    )


def _not_telling(facts: FormFacts) -> tuple[Block, ...]:
    entry = _decision(facts.case)
    assert entry is not None
    fact = entry.fact
    assert isinstance(fact, DutyJudged)
    duty = facts.case.clocks[fact.duty].duty
    assert duty.waived_when is not None
    who = "系统" if entry.by.kind is not ActorKind.PERSON else entry.by.id
    return (
        Paragraph(f"依照{_PIPL}第二款作出。履行个人信息保护职责的部门认为可能造成危害、要求通知的，应当通知个人。"),
        Fields(
            (
                Field("决定", "不通知受影响的个人", facts.source(entry)),
                Field("法定理由", duty.waived_when.zh, "；".join(source.text for source in duty.sources[:1])),
                Field("事实理由", fact.why, facts.source(entry)),
                Field("决定人", who, facts.source(entry)),
                Field("决定时间", facts.time(entry.at), facts.source(entry)),
            )
        ),
        Heading("所依据的事实"),
        Fields(
            (
                facts.unit(),
                facts.systems(),
                facts.persons(),
                facts.categories(),
                facts.item("harm"),
                facts.measures(),
                facts.effect(),
            )
        ),
    )


_FILLED: Mapping[Form, Callable[[FormFacts], tuple[Block, ...]]] = {
    Form.FIRST: _report,
    Form.SUPPLEMENT: _supplement,
    Form.SUMMARY: _summary,
    Form.SMS: _sms,
    Form.LETTER: _letter,
    Form.MAIL: _mail,
    Form.NOT_TELLING: _not_telling,
}
