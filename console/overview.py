"""The first page: what needs somebody now, and whether the machinery runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import Response

from console.access import ONE_PAGE, SEES_MACHINERY
from console.cases.gate import visible_to
from console.cases.handling_view import open_tasks
from console.cases.step_roles import handles
from console.cases.view import ClockView, Held, clocks_of, held_by
from console.desk import Admitted
from console.installation import Installation, KeyState
from console.notices.view import Standing, standing_of
from console.pages import Pages
from incident.command import AskPerson, Question
from incident.drill_standing import PlanStanding, standings
from incident.ids import Bilingual, PersonId, in_both
from incident.incident import Case
from incident.state import ENDED
from siem.detect.alert import Alert
from siem.index.store import StoreUnavailable

MOST_SHOWN = 8
NEW = timedelta(hours=24)
"""So long an alert counts as new."""
FAR_BEHIND = 1_000_000
"""Bytes of the log that wait to be indexed: more than the index takes in a few seconds."""

UNCHECKED = timedelta(days=2)
"""All records are looked at again daily."""

_FIRST = frozenset({Question.CONTAIN, Question.RESCUE})


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    """A question of a case that waits for somebody."""

    case: Case
    asked: AskPerson
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLift:
    """A tightening that somebody wants taken back."""

    case: Case
    held: Held


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningClock:
    """A duty of a case that is, or may be, owed."""

    case: Case
    clock: ClockView


def open_questions(cases: Sequence[Case]) -> tuple[OpenQuestion, ...]:
    """What persons are asked: what holds up a containment or a playbook first, then the oldest.

    The notices have a list of their own.
    """
    found = [
        OpenQuestion(case=case, asked=asked, since=case.commands[asked.key].issued_at)
        for case in cases
        for asked in case.questions
        if asked.question is not Question.APPROVE_NOTICE
    ]
    return tuple(sorted(found, key=lambda question: (question.asked.question not in _FIRST, question.since)))


def waiting_lifts(cases: Sequence[Case], person: PersonId, now: datetime) -> tuple[WaitingLift, ...]:
    """What others than *person* want taken back, so that it waits for *person* or a third."""
    return tuple(
        WaitingLift(case=case, held=held)
        for case in cases
        if case.state not in ENDED
        for held in held_by(case, now)
        if held.asked and held.asked.by != person
    )


def running_clocks(cases: Sequence[Case], now: datetime) -> tuple[RunningClock, ...]:
    """The clocks of cases that have not ended, the least time first."""
    found = [
        RunningClock(case=case, clock=clock)
        for case in cases
        if case.state not in ENDED
        for clock in clocks_of(case, now)
        if clock.record.owed
    ]
    return tuple(sorted(found, key=lambda running: running.clock.record.due))


def waiting_notices(cases: Sequence[Case]) -> tuple[tuple[Case, Standing], ...]:
    """The cases whose notice waits for somebody to submit or approve it."""
    found = ((case, standing_of(case)) for case in cases if case.state not in ENDED)
    return tuple((case, at) for case, at in found if at in (Standing.DRAFT, Standing.SUBMITTED))


def machinery(installation: Installation, now: datetime) -> tuple[Bilingual, ...]:
    """What is wrong with the installation at *now*; nothing where all is well."""
    found: list[Bilingual] = []
    policy, shipping = installation.policy, installation.shipping
    if policy.errors:
        found.append(in_both("策略文件有错误，未生效", "the policy files are broken and not in force"))
    if installation.keys is not None:
        found += _keys(installation.keys)
    if policy.generation == 0:
        found.append(
            in_both("还没有发布过策略，网关不提供任何数据", "no policy was ever published: the gateway shows nothing")
        )
    down = [worker.name for worker in installation.workers if not (worker.alive and worker.serving)]
    if down:
        found.append(in_both(f"网关进程未在服务：{'、'.join(down)}", f"workers not serving: {', '.join(down)}"))
    if not installation.workers:
        found.append(in_both("没有网关进程在运行", "no worker runs"))
    records = installation.records
    if shipping.broken or records.log:
        found.append(
            in_both("访问日志的校验链断裂，可能被改动", "the chain of the access log breaks: it may have been altered")
        )
    if records.journals:
        names = "、".join(records.journals)
        found.append(
            in_both(f"案件记录被改动过：{names}", f"journals of cases were altered: {', '.join(records.journals)}")
        )
    if records.policies:
        found.append(
            in_both(f"策略记录被改动过：{records.policies.zh}", f"the journal of policies: {records.policies.en}")
        )
    if records.permits:
        found.append(
            in_both(
                f"许可记录被改动过，不再开启许可：{records.permits.zh}",
                f"the journal of permits, by which nothing is opened any more: {records.permits.en}",
            )
        )
    if records.alerts:
        found.append(
            in_both(
                f"告警处置记录被改动过，不再登记处理：{records.alerts.zh}",
                f"the journal of alerts, in which nothing is taken down any more: {records.alerts.en}",
            )
        )
    if records.rules:
        found.append(
            in_both(
                f"规则记录被改动过，不能提议和生效：{records.rules.zh}",
                f"the journal of rules, of which none is changed any more: {records.rules.en}",
            )
        )
    if records.playbooks:
        found.append(
            in_both(
                f"预案记录被改动过，控制台同意过的预案停用：{records.playbooks.zh}",
                f"the journal of playbooks, of which none that was agreed to here is used: {records.playbooks.en}",
            )
        )
    if records.searches:
        found.append(
            in_both(
                f"查询和导出的记录被改动过，不再保存和导出：{records.searches.zh}",
                f"the journal of searches and exports, and nothing is exported any more: {records.searches.en}",
            )
        )
    if policy.generation and not policy.two_people:
        found.append(
            in_both(
                "没有人审批策略：保存文件即生效（yingbi.toml 中 two_people = false）",
                "nobody approves policies: a saved file is in force (`two_people = false` in yingbi.toml)",
            )
        )
    if records.all_at is not None and now - records.all_at > UNCHECKED:
        found.append(in_both("记录已超过两天没有全部核验", "the records were not checked in full for two days"))
    if shipping.rules_trouble:
        found.append(
            in_both(
                f"检测规则没有全部生效：{shipping.rules_trouble}",
                f"not all detection rules are applied: {shipping.rules_trouble}",
            )
        )
    if shipping.trouble:
        found.append(
            in_both("索引暂时不接收日志，统计可能偏少", "the index does not take the log: counts may be too low")
        )
    elif shipping.behind_bytes > FAR_BEHIND:
        found.append(in_both("索引落后于日志，统计可能偏少", "the index is behind the log: counts may be too low"))
    if shipping.refused:
        found.append(in_both(f"{shipping.refused} 条记录无法进入索引", f"the index refused {shipping.refused} events"))
    return (*found, *installation.pipeline)


def _keys(keys: KeyState) -> list[Bilingual]:
    found = []
    if keys.wrong:
        found.append(in_both("密钥记录被改动过", "the journal of the keys was altered"))
    elif not keys.root:
        found.append(in_both("根密钥丢失", "the root key is lost"))
    if names := [system.name for system in keys.systems if system.wrong]:
        zh, en = "、".join(names), ", ".join(names)
        found.append(in_both(f"密钥环不能用，不提供服务：{zh}", f"not served, their keyrings cannot be used: {en}"))
    return found


class Overview:
    """The page at the root."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._office = pages.office

    def show(self, desk: Admitted) -> Response:
        """What of all this concerns the roles of who asks; who has one page goes there."""
        if (only := ONE_PAGE.get(desk.roles)) is not None:
            return self._pages.go(only)
        reads_cases, reads_alerts = desk.may("GET", "/cases"), desk.may("GET", "/alerts")
        everything = self._office.cases.all() if reads_cases else ()
        cases = visible_to(desk, everything)
        now = self._office.now()
        sees_machinery = not SEES_MACHINERY.isdisjoint(desk.roles)
        installation = self._office.state() if sees_machinery else None
        return self._pages.page(
            desk,
            "overview.html.j2",
            reads_cases=reads_cases,
            reads_alerts=reads_alerts,
            handles=handles(desk),
            questions=open_questions(cases),
            lifts=waiting_lifts(cases, desk.person, now) if desk.may("POST", "/cases/{case}/agree") else (),
            clocks=running_clocks(cases, now),
            notices=waiting_notices(cases),
            alerts=self._new_alerts(now) if reads_alerts else (),
            escalated=sum(life.escalated for life in self._office.alert_book.all()) if reads_alerts else 0,
            reviews=self._office.permits.waiting() if desk.may("POST", "/permits/{permit}/review") else (),
            open_cases=sum(1 for case in cases if case.state not in ENDED),
            hidden=sum(1 for case in everything if case.state not in ENDED and case not in cases),
            drills=self._drills(everything, now) if reads_cases else (),
            overdue=[each for each in open_tasks(cases, now) if each.overdue],
            installation=installation,
            troubles=machinery(installation, now) if installation else (),
            most=MOST_SHOWN,
        )

    def _drills(self, cases: Sequence[Case], now: datetime) -> tuple[PlanStanding, ...]:
        """The planned drill that is due next, and all that are overdue."""
        found = standings(self._office.drills, cases, self._pages.moments.zone, now)
        return tuple(each for place, each in enumerate(found) if place == 0 or each.overdue)

    def _new_alerts(self, now: datetime) -> tuple[Alert, ...] | None:
        """The alerts of the last day; None where they cannot be read now."""
        try:
            return tuple(alert for alert in self._office.alerts.latest() if now - alert.raised_at < NEW)
        except StoreUnavailable:
            return None
