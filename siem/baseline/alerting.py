"""How what the baselines found becomes alerts: as findings of rules that say what kind of deviation it was.

Such a rule has no file. It exists so that an anomaly is kept, grouped, silenced and responded to as every finding is;
its title says in words what was not as usual. None of them contains by itself: what is unusual may be right.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from siem.baseline.anomalies import Anomalies
from siem.baseline.words import Anomaly
from siem.detect.alert import Alert, AlertStore
from siem.detect.definition import (
    Advice,
    Correlation,
    Finding,
    Group,
    Level,
    Measure,
    Part,
    Rule,
    RuleId,
    Threshold,
)
from siem.detect.silence import Silence, covering, hushed
from siem.index.condition import AllOf, Exists, Not
from siem.index.store import EventStore

PREFIX = "baseline"
"""The names of these rules begin with it."""
HIGH_FROM = 6.0
"""From so many points on an alert is of level high and opens a case. 4 are an alert."""
PLAYBOOK = "bulk-retrieval"
MOST_AT_ONCE = 20
"""So many anomalies become alerts in one step; the rules are not to wait for more."""

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_CALLER, _ADDRESS = "user.id", "source.ip"
_AGAIN = timedelta(days=1)
"""So long before the last look of the detector lie anomalies that may not be alerts yet."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """What is said of one kind of deviation."""

    advice: Advice
    within: timedelta = _DAY
    """How long before it the events lie that belong to it."""


_AMOUNT = Advice(
    zh="看这个调用者这段时间看了哪些人、按什么顺序，与业务台账核对；联系本人，说不清的，停用账号并立案。",
    en="See whom it looked at, and in which order; compare with the list of cases and ask the person. If nothing"
    " explains it, block the account and open a case.",
)
_SOMEBODY_ELSE = Advice(
    zh="打电话问本人此刻是不是自己在用、在哪里；不是的，凭证多半被盗或被共用：停用账号并立案。",
    en="Call the person: is it they, and where? If not, the credential is stolen or shared: block the account and open"
    " a case.",
)
_CURIOUS = Advice(
    zh="请本人和其部门负责人说明为何查看；没有业务理由的，停用账号并立案，并查此前查看过的人。",
    en="Have the person and their head say why. Without a reason of work, block the account, open a case, and see whom"
    " else they looked up.",
)
_TRYING = Advice(
    zh="看被拒绝的是什么：逐个试编号的，停用账号；系统改版造成的，请其负责人修正。",
    en="See what was refused. Who tries numbers one by one is blocked; where a change of the system is the cause, have"
    " it mended.",
)
_KINDS: Mapping[str, _Kind] = {
    "people": _Kind(_AMOUNT),
    "pages": _Kind(_AMOUNT),
    "seen": _Kind(_AMOUNT),
    "hour": _Kind(_AMOUNT),
    "values": _Kind(_AMOUNT),
    "kib": _Kind(_AMOUNT),
    "absolute": _Kind(_AMOUNT),
    "grown": _Kind(_AMOUNT),
    "meanwhile": _Kind(_SOMEBODY_ELSE),
    "drift": _Kind(_AMOUNT, _WEEK),
    "peers": _Kind(_AMOUNT, _WEEK),
    "first_days": _Kind(_AMOUNT, _WEEK),
    "again": _Kind(_AMOUNT, _WEEK),
    "returning": _Kind(_CURIOUS, _WEEK),
    "reveals": _Kind(_CURIOUS),
    "case": _Kind(_CURIOUS, _WEEK),
    "listed": _Kind(_CURIOUS, _WEEK),
    "relatives": _Kind(_CURIOUS, _WEEK),
    "refused": _Kind(_TRYING),
    "operation": _Kind(_SOMEBODY_ELSE),
    "network": _Kind(_SOMEBODY_ELSE),
    "credential": _Kind(_SOMEBODY_ELSE),
    "hours": _Kind(_SOMEBODY_ELSE),
    "rest_day": _Kind(_SOMEBODY_ELSE),
    "silence": _Kind(_SOMEBODY_ELSE),
    "switches": _Kind(_SOMEBODY_ELSE),
    "shared": _Kind(_SOMEBODY_ELSE, _WEEK),
}
"""By the kind of the foremost deviation. A kind that is missing here fails a test."""


def rule_of(anomaly: Anomaly) -> Rule:
    """The rule whose finding *anomaly* is: one for each kind of its foremost deviation."""
    first, *others = anomaly.deviations
    kind = _KINDS[first.kind]
    within = max(_KINDS[each.kind].within for each in anomaly.deviations)
    high = anomaly.points >= HIGH_FROM or first.kind in ("absolute", "grown")
    by = (_CALLER,) if anomaly.has_name else (_ADDRESS,)
    of = Exists(_CALLER) if anomaly.has_name else AllOf((Exists(_ADDRESS), Not(Exists(_CALLER))))
    return Rule(
        id=RuleId(f"{PREFIX}-{first.kind}"),
        name=f"{PREFIX}_{first.kind}",
        title=f"与平时不同：{first.zh} / Not as usual: {first.en}",
        description="",
        level=Level.HIGH if high else Level.MEDIUM,
        counted=Correlation(
            parts=(Part(of, by),),
            group_by=by,
            threshold=Threshold(measure=Measure.EVENT_COUNT, at_least=1, within=within),
        ),
        respond=PLAYBOOK if high else "",
        automatic=False,
        what_to_do=Advice(
            zh="".join((*(f"{each.zh}。" for each in others), kind.advice.zh)),
            en=" ".join((*(f"Also: {each.en}." for each in others), kind.advice.en)),
        ),
        source="baseline",
    )


def finding_of(anomaly: Anomaly) -> Finding:
    """What is told to the file of alerts."""
    group: Group = ((_CALLER if anomaly.has_name else _ADDRESS, anomaly.caller),)
    at = anomaly.at.astimezone(UTC)
    rule = rule_of(anomaly)
    return Finding(rule=rule, group=group, first_at=at, last_at=at, new_from=at - rule.counted.reach)


class Raiser:
    """Turns what is in *anomalies* into alerts. For the process that writes *alerts*, and no other."""

    def __init__(
        self,
        anomalies: Anomalies,
        store: EventStore,
        alerts: AlertStore,
        *,
        silences: Callable[[], Sequence[Silence]] = tuple,
        timeout: timedelta = timedelta(seconds=5),
    ) -> None:
        self._anomalies = anomalies
        self._store = store
        self._alerts = alerts
        self._silences = silences
        self._timeout = timeout
        self._taken: int | None = None

    def step(self, now: datetime) -> list[Alert]:
        """The alerts that were made of what was found since. Raises StoreUnavailable: the next step makes up for it.

        What a process that was killed has raised already is raised again, and is the same alert.
        """
        if self._taken is None:
            since = self._alerts.detected_to()
            self._taken = self._anomalies.number_before(since - _AGAIN) if since else 0
        kept = self._anomalies.after(self._taken, MOST_AT_ONCE)
        if not kept:
            return []
        before = self._alerts.sequence()
        silences = self._silences()
        for each in kept:
            self._raise(finding_of(each.anomaly), silences, now)
            self._taken = each.number
        return self._alerts.since(before)

    def _raise(self, finding: Finding, silences: Sequence[Silence], now: datetime) -> None:
        rule, group = finding.rule, finding.group
        hush = covering(silences, rule, group, finding.last_at)
        told = Finding(
            rule=hushed(rule, hush),
            group=group,
            first_at=finding.first_at,
            last_at=finding.last_at,
            new_from=finding.new_from,
        )
        since = self._alerts.evidence_from(told)
        end = finding.last_at + timedelta(microseconds=1)
        events = self._store.search(rule.condition_of(group), since, end, self._timeout)
        self._alerts.join(told, (each for each in events if group in rule.groups_of(each)), now)
