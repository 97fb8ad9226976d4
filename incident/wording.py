"""Fills in the public notice from the facts of a case: every number in it can be traced to where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from incident.audience import SHIPPED, Audience, render
from incident.draft import MISSING_MARK, Draft, Headline, NoticeFact
from incident.duty.duties import GRADE_NAMES
from incident.facts.duty import Happened
from incident.ids import Bilingual
from incident.incident import Case
from incident.notice import Contact, Content, Stage
from incident.notice_state import Settled
from incident.scope import DOUBTFUL, Caution, Scope
from incident.state import State

_STAGES: Mapping[State, Stage] = {
    State.OPEN: Stage.INVESTIGATING,
    State.CONTAINED: Stage.CONTAINED,
    State.RESOLVED: Stage.RESOLVED,
    State.CLOSED: Stage.REVIEWED,
    State.DISMISSED: Stage.RESOLVED,
    State.MERGED: Stage.RESOLVED,
}
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_LABELS: Mapping[str, Bilingual] = {
    "number": Bilingual(zh="通告编号", en="number of the notice"),
    "systems": Bilingual(zh="涉事系统", en="systems"),
    "discovered": Bilingual(zh="发现时间", en="discovered"),
    "from": Bilingual(zh="最早读取时间", en="first access"),
    "to": Bilingual(zh="最晚读取时间", en="last access"),
    "contained": Bilingual(zh="涉事账号停用时间", en="accounts stopped"),
    "persons": Bilingual(zh="以明文显示所涉人数", en="persons, data shown in clear"),
    "persons_at_most": Bilingual(
        zh="以明文显示所涉人数的上限（含没有标明属于谁的信息）",
        en="persons at most, data shown in clear that names nobody included",
    ),
    "persons_masked": Bilingual(zh="仅显示脱敏信息所涉人数", en="persons, masked data only"),
    "accounts": Bilingual(zh="涉事账号数", en="accounts involved"),
    "categories": Bilingual(zh="以明文显示的信息种类", en="kinds of data shown in clear"),
    "unit": Bilingual(zh="发布单位", en="unit"),
    "phone": Bilingual(zh="联系电话", en="phone"),
    "hotline": Bilingual(zh="政务服务便民热线", en="government service hotline"),
    "police": Bilingual(zh="报警电话", en="police"),
}
COUNTED = ("systems", "from", "to", "persons", "persons_at_most", "persons_masked", "accounts", "categories")
"""The facts that a scope tells."""
FACT_NAMES = frozenset(_LABELS)
"""The facts that a template may use, and that a person may settle."""

_DOUBTS: Mapping[Caution, Bilingual] = {
    Caution.INDEX_BEHIND: Bilingual(zh="统计时日志索引尚未完整", en="the index was behind when this was counted"),
    Caution.EPOCHS_MIXED: Bilingual(
        zh="统计时段内更换过摘要密钥，同一人可能被计两次", en="the digest key changed, so a person may count twice"
    ),
    Caution.SOURCE_UNKNOWN: Bilingual(
        zh="告警没有指明来源，只统计了告警列出的记录",
        en="the alert names no source, so only the events that it lists were counted",
    ),
    Caution.NOTHING_FOUND: Bilingual(zh="日志中没有找到相应记录", en="the log has no such record"),
}
_OUTDATED = Bilingual(zh="统计以后又有新的告警", en="an alert came after this was counted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What the public calls the things that the log has ids for."""

    categories: Mapping[str, Bilingual]
    systems: Mapping[str, Bilingual]


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What a notice needs beside the case: who publishes it, in which words, in which zone."""

    contact: Contact
    labels: Labels
    zone: tzinfo
    zone_name: Bilingual
    templates: Path = SHIPPED
    """A folder of the installation's own templates, which stand in the place of ours of the same name."""


def facts_of(case: Case, press: Press, now: datetime) -> tuple[NoticeFact, ...]:
    """Every fact that a notice about *case* may state at *now*. What a person settled stands above the rest."""
    of_case, of_scope = _case_facts(case, press, now), _scope_facts(case, press)
    known = {fact.name: fact for fact in (*of_case, *of_scope, *_standing(case, press))}
    for name, settled in case.settled.items():
        source, value = f"{case.id}: {settled.fact.reason}", settled.fact.value
        doubt = _outdone(settled, known[name].value, _known_at(case, name, now), press)
        known[name] = NoticeFact(name=name, label=_LABELS[name], value=value, source=source, doubt=doubt)
    return tuple(known[name] for name in _LABELS)


def headline_of(case: Case) -> Headline:
    """The stage and the grade of *case* as the public would read them now."""
    return Headline(stage=_STAGES[case.state], grade=GRADE_NAMES[case.graded.grade] if case.graded else None)


def write_draft(case: Case, template: str, press: Press, now: datetime) -> Draft:
    """The notice that *template* makes of the facts. Raises ValueError where the template is missing or wrong."""
    facts = facts_of(case, press, now)
    title_zh, body_zh = text_for(Audience.PUBLIC, case, template, facts, press)
    title_en, body_en = text_for(Audience.ENGLISH, case, template, facts, press)
    headline = headline_of(case)
    content = Content(
        title_zh=title_zh,
        body_zh=body_zh,
        title_en=title_en,
        body_en=body_en,
        stage=headline.stage,
        grade=headline.grade,
        contact=press.contact,
    )
    return Draft(template=template, content=content, facts=facts, headline=headline)


def _known_at(case: Case, name: str, now: datetime) -> datetime | None:
    """When the log, or the journal, last had something to say about the fact; None where it says nothing."""
    if name in COUNTED:
        return case.scope_at
    if name == "contained":
        return case.stopped_at(now)
    if name == "discovered":
        return max((entry.at for entry in case.entries if isinstance(entry.fact, Happened)), default=None)
    return None


def _outdone(settled: Settled, value: Bilingual, at: datetime | None, press: Press) -> Bilingual | None:
    """The doubt about what was settled where *value*, which differs, became known after it: both, with their times."""
    if at is None or at <= settled.at or not value.zh or value == settled.fact.value:
        return None
    said, then, since = settled.fact.value, moment(settled.at, press), moment(at, press)
    assert then is not None
    assert since is not None
    english = f"{settled.by} settled “{said.en}” at {then.en}, and the log says “{value.en}” since {since.en}"
    return Bilingual(
        zh=f"{settled.by} 于{then.zh}核定为“{said.zh}”，此后于{since.zh}统计为“{value.zh}”，请重新核定",
        en=f"{english}: settle it again",
    )


def _fact(name: str, value: Bilingual | None, source: str, doubt: Bilingual | None = None) -> NoticeFact:
    return NoticeFact(
        name=name, label=_LABELS[name], value=value or Bilingual(zh="", en=""), source=source, doubt=doubt
    )


def _same(text: str) -> Bilingual:
    return Bilingual(zh=text, en=text)


def _case_facts(case: Case, press: Press, now: datetime) -> list[NoticeFact]:
    return [
        _fact("number", _same(case.notice_id), str(case.id)),
        _fact("discovered", moment(case.aware_at, press), f"{case.id}#1"),
        _fact("contained", moment(case.stopped_at(now), press), str(case.id)),
    ]


def _scope_facts(case: Case, press: Press) -> list[NoticeFact]:
    scope = case.scope
    if scope is None:
        return [_fact(name, None, "") for name in COUNTED]
    source = f"{case.id}#{case.scope_entry}"
    doubts = [_DOUBTS[caution] for caution in scope.cautions if caution in DOUBTFUL]
    doubts += [_OUTDATED] if case.scope_outdated else []
    doubt = (
        Bilingual(zh="；".join(one.zh for one in doubts), en="; ".join(one.en for one in doubts)) if doubts else None
    )
    clear = [name for name, count in scope.categories.items() if count.clear_values]
    return [
        _named("systems", tuple(scope.systems), press.labels.systems, source),
        _named("categories", tuple(clear), press.labels.categories, source),
        _fact("from", moment(scope.first_at, press), source),
        _fact("to", moment(scope.last_at, press), source),
        _fact("persons", _same(f"{scope.persons:,}"), source, doubt),
        _fact("persons_at_most", _same(f"{scope.persons_at_most:,}"), source, doubt if scope.unattributed else None),
        _fact("persons_masked", _same(f"{scope.persons_masked:,}"), source, doubt),
        _fact("accounts", _same(str(len(scope.callers))), source),
    ]


def _named(name: str, ids: tuple[str, ...], labels: Mapping[str, Bilingual], source: str) -> NoticeFact:
    """The public names of *ids*; in doubt where one has none, since an id of ours must not stand in a notice."""
    unknown = [one for one in ids if one not in labels]
    ids_text = f"`{'`, `'.join(unknown)}`"
    doubt = Bilingual(zh=f"{ids_text} 没有对外名称", en=f"{ids_text} has no public name") if unknown else None
    known = [labels[one] for one in ids if one in labels]
    value = Bilingual(zh="、".join(label.zh for label in known), en=", ".join(label.en for label in known))
    return _fact(name, value, source, doubt)


def _standing(case: Case, press: Press) -> list[NoticeFact]:
    contact = press.contact
    return [
        _fact("unit", contact.unit, "settings"),
        _fact("phone", _same(contact.phone), "settings"),
        _fact("hotline", _same(contact.hotline), "settings"),
        _fact("police", _same("110"), "national emergency number"),
    ]


def moment(at: datetime | None, press: Press) -> Bilingual | None:
    """*at* as the public reads it, to the minute, with the zone; None for None."""
    if at is None:
        return None
    here = at.astimezone(press.zone)
    zh = f"{here.year}年{here.month}月{here.day}日 {here:%H:%M}（{press.zone_name.zh}）"
    en = f"{here:%H:%M} on {here.day} {_MONTHS.split('|')[here.month - 1]} {here.year} ({press.zone_name.en})"
    return Bilingual(zh=zh, en=en)


def text_for(
    audience: Audience, case: Case, template: str, facts: tuple[NoticeFact, ...], press: Press
) -> tuple[str, str]:
    """Title and body of what *template* tells *audience*. A template sees facts as text, and what to choose by.

    Raises ValueError where the template is missing or wrong.
    """
    english = audience is Audience.ENGLISH
    known = {fact.name: (fact.value.en if english else fact.value.zh) or MISSING_MARK for fact in facts}
    stopped = any(fact.name == "contained" and fact.value.zh for fact in facts)
    chosen = {**_choices(case.scope), "stopped": stopped, "one_minute": is_one_minute(facts)}
    return render(press.templates, template, audience, known, chosen)


def is_one_minute(facts: tuple[NoticeFact, ...]) -> bool:
    """Whether all was read in one minute as *facts* have it: then a reader is told one time, and no span."""
    times = {fact.name: fact.value for fact in facts if fact.value.zh}
    return "from" in times and times["from"] == times.get("to")


def _real_persons(scope: Scope) -> int:
    """How many persons are in *scope*, without the invented one where that was not told apart."""
    shown = scope.persons + scope.persons_masked
    return max(shown - 1, 0) if scope.canaries is None else shown


def _choices(scope: Scope | None) -> dict[str, object]:
    """What a template may choose its words by; never what it prints."""
    if scope is None:
        nothing = {"known": False, "persons": 0, "unattributed": 0, "persons_masked": 0, "accounts": 0, "clear": ()}
        return {**nothing, "at_least": False, "anonymous": False, "decoy_only": False, "decoy_counted": False}
    at_least = Caution.VALUES_WITHOUT_SUBJECT in scope.cautions
    return {
        "known": True,
        "persons": scope.persons,
        "unattributed": scope.unattributed,
        "persons_masked": scope.persons_masked,
        "accounts": len(scope.callers),
        "clear": tuple(name for name, count in scope.categories.items() if count.clear_values),
        "at_least": at_least,
        "anonymous": scope.events > 0 and not scope.callers,
        "decoy_only": not at_least and not scope.doubtful and _real_persons(scope) == 0,
        "decoy_counted": scope.canaries is None,
    }
