"""How pages find the words for members of closed sets, for who did something, and for texts in two languages."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from console.alerts.words import ALERT_STATES, DISPOSITIONS
from console.cases.words import (
    CAUTIONS,
    LIMITS,
    OCCURRENCES,
    PERSON_STANDINGS,
    PLAYBOOK_STANDINGS,
    PROGRESS,
    QUESTIONS,
    READINGS,
    STANDINGS,
    STATES,
)
from console.event_words import (
    CALLER_KINDS,
    DATA_LEVELS,
    DISCLOSURES,
    JUDGEMENTS,
    PERMIT_KINDS,
    PERMIT_STATES,
    PHASES,
    SYSTEM_STATES,
    VERDICTS,
)
from console.rules.words import COUNTED_FIELDS, GROUP_FIELDS, LEVELS, MEASURES, RULE_STANDINGS
from incident.command_words import CONTAINMENT_NAMES
from incident.duty.clocks import URGENCY_NAMES
from incident.duty.duties import GRADE_NAMES
from incident.evidence import CUSTODY_NAMES
from incident.goals import MILESTONE_NAMES
from incident.ids import Actor, ActorKind, Bilingual, in_both
from incident.incident import Case
from incident.lines import split
from incident.marking import CASE_ROLE_NAMES, TLP_NAMES
from incident.notice import STAGE_NAMES, WITHDRAWAL_NAMES
from siem.notify.message import KINDS

_CHINESE = re.compile("[\u3400-\u9fff]")

type Table = Mapping[str, Bilingual]

CHART_KINDS: Mapping[str, Bilingual] = {
    "clear": in_both("明文", "in clear"),
    "hidden": in_both("脱敏或假名", "masked or pseudonymous"),
    "none": in_both("没有显示", "nothing shown"),
    "withheld": in_both("拦截", "withheld"),
    "alerts": in_both("告警", "alerts"),
}
"""The parts of pictures."""
ADDRESSES: Mapping[str, Bilingual] = {
    "gateway": in_both("网关", "gateway"),
    "console": in_both("控制台", "console"),
    "bulletin": in_both("公开通告站", "public notices"),
    "metrics": in_both("监控指标", "figures for Prometheus"),
    "elasticsearch": in_both("索引节点", "node of the index"),
}

NOTIFIED: Table = {kind: in_both(words.zh, words.en) for kind, words in KINDS.items()}
TABLES: Mapping[str, Mapping[Any, Bilingual]] = {
    "states": STATES,
    "levels": LEVELS,
    "alert_states": ALERT_STATES,
    "dispositions": DISPOSITIONS,
    "notified": NOTIFIED,
    "occurrences": OCCURRENCES,
    "readings": READINGS,
    "urgencies": URGENCY_NAMES,
    "limits": LIMITS,
    "standings": STANDINGS,
    "cautions": CAUTIONS,
    "questions": QUESTIONS,
    "progress": PROGRESS,
    "caller_kinds": CALLER_KINDS,
    "phases": PHASES,
    "verdicts": VERDICTS,
    "disclosures": DISCLOSURES,
    "data_levels": DATA_LEVELS,
    "permit_kinds": PERMIT_KINDS,
    "permit_states": PERMIT_STATES,
    "judgements": JUDGEMENTS,
    "system_states": SYSTEM_STATES,
    "group_fields": GROUP_FIELDS,
    "measures": MEASURES,
    "counted_fields": COUNTED_FIELDS,
    "playbook_standings": PLAYBOOK_STANDINGS,
    "rule_standings": RULE_STANDINGS,
    "addresses": ADDRESSES,
    "chart_kinds": CHART_KINDS,
    "person_standings": PERSON_STANDINGS,
    "grades": GRADE_NAMES,
    "tlp": TLP_NAMES,
    "custody": CUSTODY_NAMES,
    "case_roles": CASE_ROLE_NAMES,
    "milestones": MILESTONE_NAMES,
    "stages": STAGE_NAMES,
    "withdrawals": WITHDRAWAL_NAMES,
    "containments": CONTAINMENT_NAMES,
}
"""For the templates, by name."""


def word(table: Table, key: str) -> Bilingual:
    """The word for *key*, or the key itself where there is none: something unknown is shown, never hidden."""
    return table.get(key) or in_both(key, key)


_BOTH = re.compile("(.*[。！？）”])\\s+([A-Z`][^\u3400-\u9fff]*)|(.*[\u3400-\u9fff].*) / ([^\u3400-\u9fff]+)")


def languages(text: str) -> list[tuple[Bilingual, bool]]:
    """The lines of a *text* for persons: of each its Chinese and its English part, and whether it is English alone."""
    found = []
    for line in text.splitlines():
        both = _BOTH.fullmatch(line)
        english = both is None and bool(line) and not _CHINESE.search(line)
        found.append((in_both(both[1] or both[3], both[2] or both[4]) if both else in_both(line, ""), english))
    return found


def who(actor: Actor, case: Case | None = None) -> Bilingual:
    """Who did something, for a reader; a rule by the title that its alert in *case* bears."""
    match actor.kind:
        case ActorKind.PERSON:
            return in_both(actor.id, "")
        case ActorKind.ENGINE:
            return in_both("系统", "the engine")
        case ActorKind.RULE:
            titles = (split(alert.title) for alert in case.alerts.values() if alert.rule == actor.id) if case else ()
            title = next(iter(titles), None)
            return in_both(f"规则“{title.zh}”", f"the rule `{title.en}`") if title else in_both("规则", "a rule")


def whose(spelled: str) -> Bilingual:
    """Who stands behind *spelled*, an actor as `str` writes it: `person:p-chen`, `rule:…`, `engine`."""
    kind, _, name = spelled.partition(":")
    return who(Actor(kind=ActorKind(kind), id=name)) if kind in {*ActorKind} else in_both(spelled, "")


def options(table: Mapping[Any, Bilingual], keys: Iterable[Any] | None = None) -> list[tuple[str, str]]:
    """The members of *table*, or those of them in *keys*, as the choices of a form."""
    return [(str(key), f"{table[key].zh} / {table[key].en}") for key in (table if keys is None else keys)]
