"""The lives of the alerts of one installation: what the console and the composition root talk to.

Every act raises NotPermitted where a rule forbids it, and is on the disk when it returns. All of it may be called from
any thread of the one process that writes.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

from console.alerts.journal import (
    JOURNAL,
    Acknowledged,
    Assigned,
    Closed,
    Fact,
    Later,
    Raised,
    Reopened,
    Snoozed,
)
from console.alerts.reader import AlertReader
from console.alerts.state import AlertLife, act_of
from console.alerts.words import ACTS, ALERT_STATES
from console.journal_rows import add_rows, told_to_who_acts
from console.sealed_journal import Row
from console.separation import are_alike
from console.tables import ALERT_JOURNAL
from incident.blank import is_blank
from incident.database import for_writing
from incident.ids import ENGINE, Actor, ActorKind, NotPermitted, PersonId, person
from policies.keys.key_files import Signer, Verifier
from siem.detect.alert import Alert, AlertId
from siem.detect.lifecycle import GROWTHS, LONGEST_SNOOZE, Disposition, size_of
from siem.detect.silence import CALLER

type Clock = Callable[[], datetime]
type Due = Callable[[Alert, datetime], datetime | None]
"""Until when an alert that waits from that time on has to be acknowledged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Who acts, and on what they saw."""

    by: PersonId
    names: Collection[str] = ()
    """What else they are called: nobody judges what they did themselves."""
    seen: int
    """`AlertLife.seen` of the page that they acted on."""


class AlertBook(AlertReader):
    """The journal of alerts, for the one process that writes it: read once and then followed."""

    def __init__(
        self,
        engine: Engine,
        signer: Signer,
        clock: Clock,
        *,
        due: Due = lambda alert, since: None,
        check_text: Callable[[str], None] = lambda _: None,
    ) -> None:
        """*check_text* raises NotPermitted for a text that must not stand in a record for ever."""
        super().__init__(engine, Verifier(signer.public_bytes))
        self._writing = for_writing(engine)
        self._signer = signer
        self._clock = clock
        self._due = due
        self._check_text = check_text
        self.follow()

    # -- what the installation does

    def note(self, decide: Callable[[], Sequence[Fact]], at: datetime, by: Actor = ENGINE) -> None:
        """Write down what the installation saw at *at*, all or nothing: what *decide* makes, while nobody else acts.

        *by* is who did elsewhere what it follows from. Raises BrokenAlertJournal, OperationalError.
        """
        with self._lock:
            if facts := decide():
                self._write(facts, at, by)

    # -- what people do

    def acknowledge(self, acting: Acting, alert: AlertId) -> None:
        """See to the alert from now on."""
        self._act(acting, alert, Acknowledged(alert=alert), judges=True)

    def assign(self, acting: Acting, alert: AlertId, to: PersonId, names: Collection[str] = ()) -> None:
        """Let it be *to*'s, who has these *names* as well."""
        life = self.get(alert)
        if life is not None and is_own(life, (to, *names)):
            raise NotPermitted("不能指派给告警所涉的人", "it cannot be assigned to who it is about")
        self._act(acting, alert, Assigned(alert=alert, to=to), judges=True)

    def snooze(self, acting: Acting, alert: Alert, span: timedelta, growth: int, reason: str) -> None:
        """Let nobody see to it for *span*, unless it grows to *growth* percent of what it is now."""
        if not timedelta(0) < span <= LONGEST_SNOOZE:
            days = LONGEST_SNOOZE.days
            raise NotPermitted(f"最长暂缓 {days} 天", f"a snooze lasts {days} days at most")
        if growth not in GROWTHS:
            raise NotPermitted("请选择增长多少时提前返回", "choose how far it may grow")
        self._check_reason(reason)
        until = self._clock() + span
        fact = Snoozed(alert=alert.id, until=until, growth=growth, size=size_of(alert), reason=reason.strip())
        self._act(acting, alert.id, fact, judges=True)

    def close(self, acting: Acting, alert: Alert, disposition: Disposition, reason: str) -> None:
        """Say what it was."""
        self._check_reason(reason)
        fact = Closed(alert=alert.id, disposition=disposition, size=size_of(alert), reason=reason.strip())
        self._act(acting, alert.id, fact, judges=True)

    def reopen(self, acting: Acting, alert: Alert, reason: str) -> None:
        """Take back that it was closed."""
        self._check_reason(reason)
        due = self._due(alert, self._clock())
        fact = Reopened(alert=alert.id, reason=reason.strip(), size=size_of(alert), escalates_at=due)
        self._act(acting, alert.id, fact)

    # -- how

    def _check_reason(self, reason: str) -> None:
        if is_blank(reason):
            raise NotPermitted("请写明理由", "say why")
        self._check_text(reason)

    def _act(self, acting: Acting, alert: AlertId, fact: Later, *, judges: bool = False) -> None:
        """Write *fact* down. Where it *judges* the alert, nobody does so whom it is about."""
        with self._lock:
            if self.broken is not None:
                raise NotPermitted(f"{self.broken.zh}，请审计员先核查", f"{self.broken}: an auditor has to look first")
            life = self.get(alert)
            if life is None:
                raise NotPermitted("这条告警刚刚产生，请刷新后再试", "it was raised just now: load the page again")
            if acting.seen != life.seen:
                raise _stale(life)
            if judges:
                refuse_own(life.raised.group, (acting.by, *acting.names))
            if not life.may(act_of(fact)):
                state, act = ALERT_STATES[life.state], ACTS[type(fact)]
                raise NotPermitted(f"告警“{state.zh}”，不能{act.zh}", f"an alert that is {state.en} cannot be {act.en}")
            with told_to_who_acts():
                self._write([fact], self._clock(), person(acting.by))

    def _write(self, facts: Sequence[Fact], at: datetime, by: Actor) -> None:
        if self.broken is not None:
            raise self.broken
        rows: list[Row] = []
        for fact in facts:
            assert _may(self.get(fact.alert), fact), "what cannot be is never written"
            rows.append(JOURNAL.row_of(fact, rows[-1] if rows else self._last, at, by, self._signer))
        with self._writing.begin() as connection:
            add_rows(connection, ALERT_JOURNAL, rows)
        self._take(rows)


def _may(life: AlertLife | None, fact: Fact) -> bool:
    if isinstance(fact, Raised):
        return life is None or not life.is_of(fact.rule, fact.raised_at)
    return life is not None and life.may(act_of(fact))


def is_own(life: AlertLife, names: Collection[str]) -> bool:
    """Whether the alert is about who has one of *names*."""
    return _is_about(life.raised.group, names)


def refuse_own(group: Mapping[str, object], names: Collection[str]) -> None:
    """Raise NotPermitted where what is about *group* is about who has one of *names*: nobody judges themselves."""
    if _is_about(group, names):
        raise NotPermitted(
            "告警涉及您本人的账号，请由别人处理", "it is about your own account: somebody else sees to it"
        )


def _is_about(group: Mapping[str, object], names: Collection[str]) -> bool:
    caller = str(group.get(CALLER, ""))
    return bool(caller) and any(are_alike(name, caller) for name in names)


def _stale(life: AlertLife) -> NotPermitted:
    """Somebody, or the installation, was first."""
    last = next(entry for entry in life.entries if entry.number == life.seen)
    act, who = ACTS[type(last.fact)], last.by.id if last.by.kind is ActorKind.PERSON else ""
    return NotPermitted(
        f"您打开页面之后，{who or '系统'}已登记：{act.zh}。没有改动，请看最新情况再提交",
        f"meanwhile {who or 'the installation'} recorded that it is {act.en}: nothing was changed, look again",
    )
