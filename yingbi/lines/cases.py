"""What `yingbi case` tells of cases, Chinese first. Every look follows the journal of each case from its beginning."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.exc import OperationalError

from console.cases.json import LATE, case_json, timeline_json
from console.cases.view import clocks_of, held_by, steps_left, steps_of
from console.cases.words import CAUTIONS, PROGRESS, QUESTIONS, READINGS, STATES
from console.moments import Moments, left
from console.notices.view import STANDINGS, standing_of
from console.rules.words import LEVELS
from console.unseen import Readable
from incident.command_words import CONTAINMENT_NAMES
from incident.database import open_database
from incident.duty.duties import GRADE_NAMES
from incident.graph import load_playbooks
from incident.ids import Bilingual, CaseId
from incident.incident import Case
from incident.ledger import Ledger
from incident.recheck import JournalCheck
from incident.store import CaseStore
from incident.taken import LINK_NAMES
from incident.timeline import describe
from policies.findings import spelled_out
from siem.detect.aliases import Aliases
from yingbi.case_read import CannotTell, open_to_all
from yingbi.home import Home
from yingbi.notices.press import ZONE, ZONE_NAME

_HERE = Moments(ZONE, ZONE_NAME)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The cases of an installation, newest first, and those whose journal is not as it was written."""

    cases: tuple[Case, ...]
    altered: Mapping[str, Bilingual]

    @property
    def unseen(self) -> frozenset[CaseId]:
        """The numbers of those that nobody who is not signed in may know of."""
        return frozenset(each.id for each in self.cases if each.handling.restricted)

    def get(self, case: str) -> Case | None:
        """The case of that number. Raises CannotTell where it is restricted."""
        return next((open_to_all(each) for each in self.cases if each.id == case), None)


def cases_in(home: Home) -> Shelf:
    """The cases of the installation in *home*, whether it runs or not. Raises CannotTell."""
    if not home.state.exists():
        raise CannotTell(f"`{home.root}` 中还没有案件，`yingbi up` 时建立 / nothing here yet: yingbi up makes it")
    engine = open_database(f"sqlite:///{home.state}")
    store = CaseStore(engine)
    check, ledger = JournalCheck(store), Ledger(store)
    try:
        check.again(lambda: None)
        ledger.refresh()
        return Shelf(ledger.all(), dict(check.broken))
    except OperationalError as error:
        raise CannotTell(f"无法读取状态数据库 / cannot read the state database: {error.orig}") from None
    except (ValueError, KeyError):
        broken = "，".join(check.broken) or "?"
        raise CannotTell(
            f"案件记录被改动过（{broken}），请审计员先核查 / a journal was altered: an auditor has to look first"
        ) from None
    finally:
        engine.dispose()


def shown_json(
    case: Case, altered: Bilingual | None, now: datetime, *, timeline: bool, unseen: Iterable[CaseId] = ()
) -> dict[str, Any]:
    """One case for programs, whether its journal holds included. Of the cases *unseen* it names none."""
    alias = Readable(unseen)
    found = {
        **case_json(case, now, books=load_playbooks(), alias=alias),
        "verified": altered is None,
        "altered": {"zh": altered.zh, "en": altered.en} if altered else None,
    }
    return {**found, "timeline": timeline_json(case, _told, alias=alias)} if timeline else found


def case_lines(cases: Iterable[Case], now: datetime) -> Iterator[str]:
    """Of each case how it stands, the next time limit, and what it is about."""
    nothing, alias = True, Aliases()
    for case in cases:
        nothing = False
        owed = [view for view in clocks_of(case, now) if view.record.owed]
        due = f"{_HERE.exact(owed[0].record.due)} {owed[0].left.zh}" if owed else "没有时限 / no clock"
        yield spelled_out(
            f"{case.id}  {_both(STATES[case.state])}  {_both(LEVELS[case.level])}  {due}  {alias(case.title)}"
        )
    if nothing:
        yield "没有 / none"


def show_lines(
    case: Case, altered: Bilingual | None, now: datetime, *, timeline: bool, unseen: Iterable[CaseId] = ()
) -> Iterator[str]:
    """One case as a person on duty needs it; times in the zone of the installation. Of *unseen* it names none."""
    alias = Readable(unseen)
    for line in _lines(case, altered, now, timeline=timeline):
        yield spelled_out(alias(line))


def _lines(case: Case, altered: Bilingual | None, now: datetime, *, timeline: bool) -> Iterator[str]:
    yield from case_lines([case], now)
    zh, en = (f"记录被改动过：{altered.zh}", f"altered: {altered.en}") if altered else ("记录已核验", "verified")
    yield f"    {zh} / {en}（{case.last.number}）"
    if case.merged_into:
        yield f"已并入 / went into {case.merged_into}"
    for other in case.taken_in:
        yield f"并入本案 / taken in {other}"
    for link in case.links:
        yield f"关联 / link {_both(LINK_NAMES[link.kind])} {link.other}  {link.reason}"
    if case.graded:
        yield f"级别 / grade: {_both(GRADE_NAMES[case.graded.grade])}  {case.graded.why}"
    for alert in case.alerts.values():
        about = "，".join(f"{name}={value}" for name, value in alert.group.items())
        yield f"告警 / alert {alert.id}  {_both(LEVELS[alert.level])}  {alert.rule}  {about}"
    yield from _clock_lines(case, now)
    for held in held_by(case, now):
        command = held.command
        waits = "  等待第二人同意解除 / a second person is to agree to the lift" if held.asked else ""
        about = command.target or command.system
        ends = "两人解除以前 / until two people take it back" if held.lasting else _HERE.exact(command.until)
        yield f"控制 / held {_both(CONTAINMENT_NAMES[command.kind])} {about} → {ends}{waits}"
    yield from _scope_lines(case)
    for asked in case.questions:
        yield f"待办 / waits {_both(QUESTIONS[asked.question])}：{asked.title}  ({asked.assignee})  {asked.key}"
    for view in steps_of(case):
        yield f"步骤 / step {'  ' * view.depth}{view.step.name}  {_both(PROGRESS[view.step.progress])}"
    for name in steps_left(case, load_playbooks()):
        yield f"步骤 / step {name}  未开始 / not begun"
    yield f"通告 / notice {case.notice_id}  {_both(STANDINGS[standing_of(case)])}"
    for entry in case.entries if timeline else ():
        said = describe(entry.fact, case, _told)
        yield f"#{entry.number}  {_HERE.exact(entry.at)}  {entry.by}  {said.zh} / {said.en}"


def _clock_lines(case: Case, now: datetime) -> Iterator[str]:
    for view in clocks_of(case, now):
        record = view.record
        span = f"  {_both(left(record.due, now))}" if record.owed else ""
        late = "  超时 / late" if view.reading in LATE else ""
        due = _HERE.exact(record.due)
        yield f"时限 / clock {_both(record.duty.name)}  {due}  {_both(READINGS[view.reading])}{span}{late}"


def _scope_lines(case: Case) -> Iterator[str]:
    scope = case.scope
    if scope is None:
        yield "影响范围未核定 / it is not counted yet who is affected"
        return
    yield (
        f"影响范围 / scope  明文 / in clear {scope.persons}  仅脱敏 / masked only {scope.persons_masked}"
        f"  无主 / naming nobody ≤{scope.unattributed}  记录 / events {scope.events}"
    )
    for caution in scope.cautions:
        yield f"    {_both(CAUTIONS[caution])}"


def _both(words: Bilingual) -> str:
    return f"{words.zh} / {words.en}"


def _moment(at: datetime, moments: Moments) -> Bilingual:
    return Bilingual(zh=moments.full(at), en=moments.exact(at))


_told = partial(_moment, moments=_HERE)


def number_of(path: str) -> CaseId:
    """The number of the case whose page is at *path*."""
    return CaseId(path.rpartition("/")[2])
