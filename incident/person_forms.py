"""What persons are told of a case, by text message, letter or mail, and the decision not to tell them."""

from incident.drill import MARK, marked
from incident.duty.form_facts import FormFacts
from incident.facts.duty import DutyJudged
from incident.ids import ActorKind
from incident.incident import Case
from incident.journal import Entry
from incident.sheets.sheet import Block, Field, Fields, Heading, Paragraph
from incident.sms import sms_length

_PIPL = "《中华人民共和国个人信息保护法》第五十七条"
_ADVICE = (
    ("bank_card", "留意银行账户变动，必要时联系银行换卡"),
    ("resident_id", "留意是否有人冒用您的身份办理业务"),
    ("", "不要相信自称政府工作人员、要求转账或者索要验证码的电话和短信；已经受到损失的，立即报警"),
)


def decision_not_to_tell(case: Case) -> Entry | None:
    """The entry that holds the decision not to tell persons, where that is what was decided last."""
    judged = [
        entry
        for entry in case.entries
        if isinstance(entry.fact, DutyJudged) and case.clocks[entry.fact.duty].duty.waived_when
    ]
    last = judged[-1] if judged else None
    return last if last and isinstance(last.fact, DutyJudged) and not last.fact.applies else None


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


def letter(facts: FormFacts) -> tuple[Block, ...]:
    """What a person is told on paper: no entry of our journal is named, which means nothing to them."""
    unit, system = facts.press.contact.unit.zh, facts.systems().value
    return (
        Paragraph("尊敬的市民："),
        Paragraph(
            f"{unit}依照{_PIPL}，就您在{system}中的个人信息，告知如下。本告知书只发给受影响的个人，不会要求您转账、"
            "提供验证码或者点击链接。"
        ),
        Fields(tuple(Field(each.label, each.value) for each in _person_fields(facts))),
        Paragraph(f"{unit}\n{facts.time(facts.now)}"),
    )


def mail(facts: FormFacts) -> tuple[Block, ...]:
    """The same with the subject of the mail."""
    title = f"【{facts.press.contact.unit.zh}】个人信息安全事件告知"
    subject = Field("邮件主题", marked(title, MARK.zh) if facts.case.drill else title)
    return (Fields((subject,)), *letter(facts))


def sms(facts: FormFacts) -> tuple[Block, ...]:
    """The text of the message, how long it is, and the facts it goes back to."""
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


def not_telling(facts: FormFacts) -> tuple[Block, ...]:
    """The decision not to tell persons, with the grounds for it. There must be one."""
    entry = decision_not_to_tell(facts.case)
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
