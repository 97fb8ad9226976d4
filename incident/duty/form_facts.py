"""The entries of a case's forms: each is filled from recorded facts, and names the entry of the journal it comes from.

What is not known is said to be unknown. Forms name no account, credential or address: their number, and where they
stand in the record.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from incident.command import LASTING, Tighten
from incident.command_words import CONTAINMENT_NAMES
from incident.draft import NoticeFact
from incident.duty.duties import GRADE_NAMES
from incident.duty.stating import ITEMS, stated
from incident.facts.case import Opened
from incident.facts.duty import ClockSet, DutyFulfilled, DutyJudged, DutyLate, DutyWarned, Happened
from incident.facts.run import CommandEnded, Ending
from incident.ids import ENGINE, DutyId
from incident.incident import Case
from incident.journal import Entry
from incident.sheets.sheet import Field
from incident.wording import Press, facts_of, moment

UNKNOWN = "尚不掌握，掌握后补报"
SETTINGS = "本单位设置"


@dataclass(frozen=True, slots=True)
class FormFacts:
    """The facts of *case* as they stood at *now*."""

    case: Case
    press: Press
    now: datetime

    def source(self, *entries: Entry | int | None) -> str:
        """How a form names *entries* of the journal: `案件日志 #12`; nothing where there are none."""
        numbers = sorted({each if isinstance(each, int) else each.number for each in entries if each})
        return f"案件日志 {'、'.join(f'#{number}' for number in numbers)}" if numbers else ""

    def time(self, at: datetime | None) -> str:
        """*at* as readers know it; empty for None."""
        told = moment(at, self.press)
        return told.zh if told else ""

    def item(self, name: str, label: str = "") -> Field:
        """What people stated about an item that no log knows."""
        label = label or ITEMS[name].zh
        found = stated(self.case).get(name)
        return Field(label, found[0], self.source(found[1])) if found else Field(label, UNKNOWN)

    def notice_fact(self, name: str) -> NoticeFact:
        """A fact that the public notice may state too, in doubt or not."""
        return next(fact for fact in facts_of(self.case, self.press, self.now) if fact.name == name)

    def unit(self) -> Field:
        """Who reports."""
        return Field("单位名称", self.press.contact.unit.zh, SETTINGS)

    def contact(self) -> Field:
        """Whom to ask."""
        contact = self.press.contact
        return Field(
            "联系方式", f"{contact.unit.zh}，电话 {contact.phone}，政务服务便民热线 {contact.hotline}", SETTINGS
        )

    def systems(self) -> Field:
        """Which systems it is about."""
        return self._of_scope("systems", "涉事系统")

    def categories(self) -> Field:
        """Which kinds of personal data were shown in clear."""
        return self._of_scope("categories", "涉及的个人信息种类")

    def discovered(self) -> Field:
        """When it became known, and how."""
        at = self.case.aware_at
        found = self._first(lambda entry: isinstance(entry.fact, Happened) and entry.fact.at == at)
        return Field("发现时间", self.time(at) or UNKNOWN, self.source(found))

    def period(self) -> Field:
        """When it happened."""
        first, last = (self.notice_fact(name).value.zh for name in ("from", "to"))
        value = first if first == last else f"{first} 至 {last}"
        known = bool(first and last)
        return Field("发生时段", value if known else UNKNOWN, self._counted() if known else "")

    def kind(self) -> Field:
        """What kind of incident it is, by what was noticed first."""
        opened = self.case.entries[0]
        assert isinstance(opened.fact, Opened)
        title = opened.fact.title.partition(" / ")[0]
        return Field("事件类型", f"数据安全事件，个人信息泄露或者可能泄露（{title}）", self.source(opened))

    def grade(self) -> Field:
        """How grave it is, and who says so."""
        graded = self.case.graded
        if graded is None:
            return Field("事件级别", "尚未定级")
        who = "按影响范围推定" if self.case.graded_by == ENGINE else "人工认定"
        why = graded.why.partition(" / ")[0]
        value = f"{GRADE_NAMES[graded.grade].zh}（{who}：{why}）"
        return Field("事件级别", value, self.source(self.case.graded_entry))

    def persons(self) -> Field:
        """How many persons it is about, with what is not certain about the number."""
        scope = self.case.scope
        if scope is None:
            return Field("影响人数", UNKNOWN)
        lines = [f"以明文显示 {scope.persons:,} 人的个人信息"]
        if scope.unattributed:
            lines.append(f"另有没有标明属于谁的，合计至多 {scope.persons_at_most:,} 人")
        if scope.persons_masked:
            lines.append(f"另有 {scope.persons_masked:,} 人仅显示脱敏后的信息")
        if (doubt := self.notice_fact("persons").doubt) is not None:
            lines.append(f"以上数字存疑：{doubt.zh}")
        return Field("影响人数", "；\n".join(lines), self._counted())

    def records(self) -> Field:
        """What the log holds of it: how many exchanges, of how many accounts and addresses."""
        scope = self.case.scope
        if scope is None:
            return Field("日志记录", UNKNOWN)
        value = (
            f"访问记录 {scope.events:,} 条，其中拦截 {scope.refused:,} 条；账号 {len(scope.callers):,} 个，"
            f"凭证 {len(scope.credentials):,} 个，网络地址 {len(scope.addresses):,} 个"
        )
        return Field("日志记录", value, self._counted())

    def measures(self) -> Field:
        """What was done to contain it, without whom it was done to."""
        rows = [
            (f"{self.time(entry.at)}{CONTAINMENT_NAMES[command.kind].zh}，{self._end_of(command)}", entry)
            for entry, command in self._tightened()
        ]
        if not rows:
            return Field("已采取的措施", "尚未采取控制措施")
        return Field("已采取的措施", "；\n".join(text for text, _ in rows), self.source(*(entry for _, entry in rows)))

    def effect(self) -> Field:
        """Whether everybody it is about is stopped."""
        at = self.case.stopped_at(self.now)
        entries = [entry for entry, _ in self._tightened()]
        if at is None:
            return Field("措施效果", "涉事账号尚未全部停用" if entries else "尚无", self.source(*entries))
        return Field("措施效果", f"{self.time(at)}起，涉事账号已全部停用", self.source(*entries))

    def scene(self) -> Field:
        """What is kept of the scene: the record itself, by the chain of the journal."""
        said = stated(self.case).get("scene")
        last = self.case.last
        kept = f"访问日志只追加、已封印；案件日志至第 {last.number} 条，链值 {last.chain}"
        value = f"{said[0]}；\n{kept}" if said else kept
        return Field(ITEMS["scene"].zh, value, self.source(last, said[1] if said else None))

    def persons_told(self) -> Field:
        """Whether the persons were told, and on what proof."""
        records = [record for record in self.case.clocks.values() if record.duty.audience.value == "persons"]
        lines, sources = [], []
        for record in records:
            entries = [entry for entry in self.case.entries if _duty_of(entry) == record.duty.id]
            if record.fulfilled:
                lines.append(f"{self.time(record.fulfilled.at)}已通知，凭证：{record.fulfilled.reference}")
            elif record.judged and not record.judged.applies:
                lines.append(f"{self.time(record.judged.at)}决定不通知，理由：{record.judged.why}")
            else:
                lines.append(f"尚未通知，最迟 {self.time(record.due)}")
            sources += entries[-1:]
        return Field("通知个人的情况", "；\n".join(lines) or "尚未起算", self.source(*sources))

    def _of_scope(self, name: str, label: str) -> Field:
        fact = self.notice_fact(name)
        doubt = f"（{fact.doubt.zh}）" if fact.doubt else ""
        source = self._counted() if self.case.scope else ""
        return Field(label, f"{fact.value.zh}{doubt}" or UNKNOWN, source)

    def _counted(self) -> str:
        """The entry that holds the scope, with its query in words: it names fields and times, and nobody."""
        scope = self.case.scope
        if scope is None:
            return ""
        question = scope.question
        fields = "、".join(sorted(question.where))
        span = f"{self.time(question.start)} 至 {self.time(question.end)}"
        return f"{self.source(self.case.scope_entry)}：按 {fields} 查询访问日志，{span}"

    def _tightened(self) -> Iterator[tuple[Entry, Tighten]]:
        for entry in self.case.entries:
            if isinstance(entry.fact, CommandEnded) and entry.fact.ending is Ending.SUCCEEDED:
                command = self.case.commands[entry.fact.key].command
                if isinstance(command, Tighten):
                    yield entry, command

    def _end_of(self, command: Tighten) -> str:
        return "解除以前有效" if command.kind in LASTING else f"有效至{self.time(command.until)}"

    def _first(self, fits: Callable[[Entry], bool]) -> Entry | None:
        return next((entry for entry in self.case.entries if fits(entry)), None)


def _duty_of(entry: Entry) -> DutyId | None:
    match entry.fact:
        case ClockSet(duty=duty):
            return duty.id
        case DutyJudged(duty=duty) | DutyFulfilled(duty=duty) | DutyWarned(duty=duty) | DutyLate(duty=duty):
            return duty
        case _:
            return None
