"""What authorities are told of a case: the first report, the supplement and the summary, filled from its facts."""

from datetime import datetime

from incident.duty.duties import Audience
from incident.duty.form_facts import UNKNOWN, FormFacts
from incident.facts.duty import DutyFulfilled
from incident.facts.notice import NoticeDrafted
from incident.ids import Bilingual
from incident.incident import Case
from incident.journal import Entry
from incident.sheets.sheet import Block, Field, Fields, Grid, Heading, Paragraph
from incident.timeline import describe
from incident.wording import moment

_REPORT_LAW = "《国家网络安全事件报告管理办法》"


def reports_sent(case: Case) -> list[Entry]:
    """The entries that say that an authority was told."""
    return [
        entry
        for entry in case.entries
        if isinstance(entry.fact, DutyFulfilled) and case.clocks[entry.fact.duty].duty.audience is Audience.AUTHORITY
    ]


def first_report(facts: FormFacts) -> tuple[Block, ...]:
    """The items of art. 7, each with what is known of it or that nothing is."""
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


def supplement(facts: FormFacts) -> tuple[Block, ...]:
    """The same items as they are now, and what became known since the last report."""
    last = reports_sent(facts.case)[-1]
    assert isinstance(last.fact, DutyFulfilled)
    since = facts.case.entries[last.number :]
    reference = Field("上次报告", f"{facts.time(last.at)}，回执 {last.fact.reference}", facts.source(last))
    return (Fields((reference,)), *first_report(facts), Heading("九、上次报告以来的经过"), _course(facts, since))


def summary(facts: FormFacts) -> tuple[Block, ...]:
    """The items of art. 8, with the course of the handling."""
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
