"""What `yingbi alerts` and `yingbi rules list` tell of alerts: who saw to them and what they were, Chinese first.

Every look verifies the whole journal of alerts.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import OperationalError

from console.alerts.reader import AlertReader
from console.alerts.state import AlertLife
from console.alerts.view import reason_of, said
from console.alerts.words import ALERT_STATES, DISPOSITIONS
from console.moments import Moments
from console.rules.words import LEVELS
from incident.database import open_database
from incident.ids import Bilingual, PersonId
from policies.findings import spelled_out
from policies.keys.key_files import Verifier
from siem.detect.alert import AlertId, AlertStore
from siem.detect.aliases import Aliases
from siem.detect.definition import RuleId
from siem.detect.lifecycle import AlertState
from siem.detect.precision import Precision
from siem.index.store import StoreUnavailable
from siem.record.reader import is_kept
from yingbi.home import Home

_UTC = Moments(UTC, Bilingual(zh="UTC", en="UTC"))


class CannotTell(Exception):
    """What became of the alerts cannot be told. The message says why, Chinese and English."""


def book_in(home: Home) -> AlertReader:
    """The journal of alerts of the installation in *home*, read and verified. Raises CannotTell."""
    if not home.state.exists() or not home.public_key("alerts").exists():
        raise CannotTell(f"`{home.root}` 中还没有告警处置记录，`yingbi up` 时建立 / no journal yet: yingbi up makes it")
    engine = open_database(f"sqlite:///{home.state}")
    book = AlertReader(engine, Verifier(home.public_key("alerts").read_bytes()))
    try:
        book.follow()
    except OperationalError as error:
        raise CannotTell(f"无法读取状态数据库 / cannot read the state database: {error.orig}") from None
    finally:
        engine.dispose()
    if book.broken is not None:
        raise CannotTell(f"{book.broken.zh}，请审计员先核查 / {book.broken}: an auditor has to look first")
    return book


def alert_lines(lives: Iterable[AlertLife]) -> Iterator[str]:
    """Of each alert how it stands, what it is about, and whose it is."""
    nothing, alias = True, Aliases()
    for life in lives:
        nothing = False
        about = "，".join(f"{name}={alias(value)}" for name, value in life.raised.group.items())
        level = LEVELS[life.size.level]
        yield spelled_out(
            f"{life.id}  {_standing(life)}  {level.zh} / {level.en}  {life.raised.rule_name}  {about}"
            f"  {_UTC.exact(life.raised.raised_at)} UTC  {_whose(life)}"
        )
    if nothing:
        yield "没有 / none"


def events_let_go(home: Home, alert: AlertId) -> int:
    """Of how many events of *alert*, among those that it names, the log is without: they were kept long enough."""
    with closing(AlertStore(home.alerts, read_only=True)) as alerts:
        try:
            found = alerts.get(alert)
        except StoreUnavailable:
            return 0
    return sum(not is_kept(home.log, event) for event in found.events) if found else 0


def life_lines(life: AlertLife, let_go: int = 0) -> Iterator[str]:
    """One alert, and everything that was done about it, oldest first; *let_go* of its events the log is without."""
    yield from alert_lines([life])
    yield f"    {life.raised.title}"
    if let_go:
        yield f"    列出的记录中 {let_go} 条已过保留期，只在副本中；处理经过仍在，已核验"
        yield f"    {let_go} of its events were kept long enough and are in the copies alone; what was done is here"
    for entry in life.entries:
        words = said(entry, _UTC, dict[PersonId, str]())
        who = entry.by.id or "系统 / installation"
        yield spelled_out(f"#{entry.number}  {_UTC.exact(entry.at)} UTC  {who}  {words.zh} / {words.en}")
        if reason := reason_of(entry):
            yield spelled_out(f"    {reason}")


def precision_in(home: Home, at: datetime) -> Mapping[RuleId, Precision]:
    """By rule, as it stands at *at*; empty where the installation has not kept anything yet. Raises CannotTell."""
    if not home.state.exists() or not home.public_key("alerts").exists():
        return {}
    return book_in(home).precision(at)


def precision_json(precision: Precision, below: int) -> dict[str, Any]:
    """What can be said of how often a rule is right."""
    return {
        "percent": precision.percent,
        "true": precision.true,
        "untrue": precision.untrue,
        "dispositions": {each.value: count for each, count in sorted(precision.counts.items())},
        "wants_review": precision.wants_review(below),
    }


def precision_column(precision: Precision) -> str:
    """The same in a column of a list: `83% (5/6)`, or `-` where nothing was closed."""
    if precision.percent is None:
        return "-"
    return f"{precision.percent}% ({precision.true}/{precision.true + precision.untrue})"


def _whose(life: AlertLife) -> str:
    """Who sees to it, or who closed it, which nobody has to have taken before."""
    if life.state is AlertState.CLOSED and life.closing is not None and life.closing.by:
        return f"{life.closing.by} 关闭 / closed by {life.closing.by}"
    return life.assignee or "还没有人处理 / nobody yet"


def _standing(life: AlertLife) -> str:
    if life.escalated:
        return "超时没有人确认 / escalated"
    state = ALERT_STATES[life.state]
    if life.closing is None or life.state.value != "closed":
        return f"{state.zh} / {state.en}"
    disposition = DISPOSITIONS[life.closing.fact.disposition]
    return f"{state.zh}：{disposition.zh} / {state.en}: {disposition.en}"
