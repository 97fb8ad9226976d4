"""What a look without a reason becomes: a finding of a rule that the declaration makes, told in words and counts."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from siem.baseline.calendar import LOCAL
from siem.detect.definition import (
    EVERY_EVENT,
    Advice,
    Correlation,
    Finding,
    Group,
    Measure,
    Part,
    Rule,
    RuleId,
    Threshold,
)
from siem.reasons.declaration import Declaration, Kind, Wanted
from siem.reasons.declaration_file import SUFFIX
from siem.reasons.look import looks_at

DAY = timedelta(days=1)
GROUP_BY = ("user.id", "service.name")

_WORDS: Mapping[Kind, tuple[str, str]] = {
    Kind.NO_CASE: (
        "查看了 {seen} 人，其中 {count} 人没有在办事项",
        "looked up {seen} people, {count} of whom have no open case",
    ),
    Kind.ONE_LOOK: (
        "查看了 {seen} 人，其中 {count} 人没有在办事项",
        "looked up {seen} people, {count} of whom have no open case",
    ),
    Kind.COLLEAGUES: ("查看了 {count} 名同事", "looked up {count} colleagues"),
    Kind.LISTED: ("查看了 {count} 名重点保护人员", "looked up {count} listed persons"),
    Kind.RELATIVES: ("查看了 {count} 名本人亲属", "looked up {count} own relatives"),
}
_ADVICE: Mapping[Kind, Advice] = {
    kind: Advice(
        zh="请其所在科室核实查看的理由；说不出的，停用账号并立案。事项未及时录入的，请补录。",
        en="Ask the office for the reason of each look-up. Without one, block the account and open a case.",
    )
    for kind in (Kind.NO_CASE, Kind.ONE_LOOK)
} | {
    kind: Advice(
        zh="请其主管当天核实：是否在办、是否应当回避；不能说明的，停用账号并立案。",
        en="Ask the superior today whether it was a case, and whether it had to be handed on. If not, block.",
    )
    for kind in (Kind.COLLEAGUES, Kind.LISTED, Kind.RELATIVES)
}


def rule_of(
    declared: Declaration, kind: Kind, wanted: Wanted, *, who: str, day: datetime, seen: int, count: int
) -> Rule:
    """The rule that a finding of *kind* is of, with what was found so far in its title: counts, and nobody shown."""
    zh, en = (words.format(seen=seen, count=count) for words in _WORDS[kind])
    local = day.astimezone(LOCAL)
    counts = kind is Kind.NO_CASE
    part = Part(looks_at(declared.system), GROUP_BY)
    threshold = (
        Threshold(measure=Measure.VALUE_COUNT, field="yingbi.subjects", at_least=wanted.people, within=DAY)
        if counts
        else EVERY_EVENT
    )
    who = " ".join(who.replace("/", "／").split())
    return Rule(
        id=RuleId(f"reason-{kind}"),
        name=f"reason_{kind}",
        title=f"{who} {local:%m}月{local:%d}日至 {local:%H:%M} {zh} / {who} {en} on {local:%m-%d} by {local:%H:%M}",
        description="无办理事项的查看 / access without a reason",
        level=wanted.level,
        counted=Correlation((part,), GROUP_BY, threshold),
        respond=wanted.respond,
        automatic=False,
        what_to_do=_ADVICE[kind],
        tags=("yingbi.reason",),
        source=f"{declared.system}{SUFFIX}:1",
    )


def finding_of(rule: Rule, group: Group, first: datetime, last: datetime) -> Finding:
    """The finding of *rule* about *group* at looks from *first* to *last*."""
    return Finding(rule=rule, group=group, first_at=first, last_at=last, new_from=first)
