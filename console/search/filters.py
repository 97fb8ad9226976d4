"""What somebody looks for among the events: read from an address, strictly, and made a condition for the index.

INVARIANT: what was typed reaches an index as a value of a field only, never as a piece of its language. INVARIANT 3: a
person is not looked for here: an identifier in a filter would stand in the address and in a saved search.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from urllib.parse import urlencode

from console.forms import LONGEST_LINE, Mistyped, Typed
from console.search.event_rows import is_digest
from incident.ids import Bilingual, NotPermitted
from siem.index.condition import AllOf, AnyOf, Condition, Is, Like, Within
from siem.record.event import CallerKind, Disclosure, Phase, Verdict

LONGEST_SPAN = timedelta(days=366)
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_WILD = re.compile(r"[*?\\]")


class Span(StrEnum):
    """Which time is looked through."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "week"
    MONTH = "month"
    GIVEN = "given"
    """From and to, as typed."""
    ABOUT = "about"
    """That of the alert or the case."""


SPANS: Mapping[str, Bilingual] = {
    Span.TODAY: Bilingual(zh="今天", en="today"),
    Span.YESTERDAY: Bilingual(zh="昨天", en="yesterday"),
    Span.WEEK: Bilingual(zh="最近 7 天", en="7 days"),
    Span.MONTH: Bilingual(zh="最近 30 天", en="30 days"),
    Span.GIVEN: Bilingual(zh="指定时间", en="from and to"),
    Span.ABOUT: Bilingual(zh="告警所涉时间", en="the time of the alert"),
}
FIELDS: Mapping[str, Bilingual] = {
    "system": Bilingual(zh="系统", en="system"),
    "operation": Bilingual(zh="操作（含有）", en="operation, a part of it"),
    "caller": Bilingual(zh="访问者账号", en="caller"),
    "caller_kind": Bilingual(zh="访问者种类", en="kind of caller"),
    "post": Bilingual(zh="岗位", en="post"),
    "category": Bilingual(zh="信息种类", en="category"),
    "shown": Bilingual(zh="最高显示", en="masked or shown"),
    "outcome": Bilingual(zh="结论", en="outcome"),
    "action": Bilingual(zh="记录种类", en="kind of event"),
    "reason": Bilingual(zh="原因或限额", en="reason or limit"),
    "address": Bilingual(zh="网络地址", en="address or network"),
    "credential": Bilingual(zh="凭证", en="credential"),
    "rule": Bilingual(zh="所依据的规则（文件:行）", en="declared rule, file:line"),
}
"""The filters but for the time, by the names that they have in addresses, in the order of the form."""

_EQUAL = {
    "system": "service.name",
    "caller": "user.id",
    "caller_kind": "yingbi.caller_kind",
    "post": "user.roles",
    "category": "yingbi.categories",
    "shown": "yingbi.disclosure",
    "outcome": "yingbi.verdict",
    "action": "event.action",
    "credential": "yingbi.credential",
    "rule": "yingbi.fields.rule",
}
_CHOICES: Mapping[str, type[StrEnum]] = {
    "caller_kind": CallerKind,
    "shown": Disclosure,
    "outcome": Verdict,
    "action": Phase,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """One search. Empty texts do not narrow it."""

    span: Span = Span.TODAY
    since: datetime | None = None
    """Where the span is given."""
    until: datetime | None = None
    about: str = ""
    """The alert or the case whose events are looked for; resolved by who holds them."""
    system: str = ""
    operation: str = ""
    caller: str = ""
    caller_kind: str = ""
    post: str = ""
    category: str = ""
    shown: str = ""
    outcome: str = ""
    action: str = ""
    reason: str = ""
    address: str = ""
    credential: str = ""
    rule: str = ""

    @property
    def given(self) -> dict[str, str]:
        """The filters that narrow it, by name."""
        return {name: getattr(self, name) for name in FIELDS if getattr(self, name)}

    def query(self, zone: tzinfo) -> str:
        """For an address, without what is empty: the same search, whoever opens it."""
        parts = {"span": self.span.value}
        if self.since and self.until:
            parts |= {name: _typed(at, zone) for name, at in (("since", self.since), ("until", self.until))}
        return urlencode({**parts, **({"about": self.about} if self.about else {}), **self.given})

    def within(self, now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
        """From when and until when, not included; days are those of *zone*."""
        midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        match self.span:
            case Span.YESTERDAY:
                return midnight - timedelta(days=1), midnight
            case Span.WEEK | Span.MONTH:
                days = 6 if self.span is Span.WEEK else 29
                return midnight - timedelta(days=days), midnight + timedelta(days=1)
            case Span.GIVEN if self.since and self.until:
                return self.since, self.until
            case _:
                return midnight, midnight + timedelta(days=1)

    def condition(self) -> Condition:
        """What an event satisfies that is found, but for what it is about."""
        parts: list[Condition] = [Is(_EQUAL[name], value) for name, value in self.given.items() if name in _EQUAL]
        if self.operation:
            parts.append(Like("yingbi.operation", f"*{_WILD.sub(_escaped, self.operation)}*"))
        if self.reason:
            parts.append(AnyOf((Is("event.reason", self.reason), Is("yingbi.limit", self.reason))))
        if self.address:
            is_network = "/" in self.address
            parts.append(Within("source.ip", self.address) if is_network else Is("source.ip", self.address))
        return AllOf(tuple(parts))


def read_filters(typed: Typed, zone: tzinfo, check_text: Callable[[str], None]) -> Filters:
    """The search that was asked for. Raises Mistyped; *check_text* raises NotPermitted for personal data."""
    texts = {name: _text(typed, name) for name in (*FIELDS, "about")}
    for name, kind in _CHOICES.items():
        if texts[name]:
            typed.choice(name, kind)
    for name in FIELDS:
        _check(name, texts[name], check_text)
    texts["address"] = _address(texts["address"])
    otherwise = Span.ABOUT if texts["about"] else Span.TODAY
    span = typed.choice("span", Span) if typed.get("span") else otherwise
    if typed.get("since").strip() or typed.get("until").strip():  # who types a time means it
        span = Span.GIVEN
    since, until = _given(typed, zone) if span is Span.GIVEN else (None, None)
    return Filters(span=span, since=since, until=until, **texts)


def typed_of(pairs: Sequence[tuple[str, str]]) -> Typed:
    """What stands in an address, to be read as a form is."""
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return Typed(fields)


def _text(typed: Typed, name: str) -> str:
    found = typed.text(name, most=LONGEST_LINE)
    if _CONTROL.search(found):
        raise Mistyped(name, "不能含有换行等控制字符", "no control characters, please")
    return found


def _check(name: str, text: str, check_text: Callable[[str], None]) -> None:
    """A digest is personal data as well: who has one from elsewhere follows nobody by it without a record."""
    nobody = Mistyped(
        name,
        "这里不能填写个人的号码或摘要；要查某个人的信息被谁看过，请用“谁看过谁”",
        "no number of a person here: who saw somebody is asked on its own page",
    )
    if is_digest(text):
        raise nobody
    try:
        check_text(text)
    except NotPermitted:
        raise nobody from None


def _address(text: str) -> str:
    if not text:
        return ""
    text = unicodedata.normalize("NFKC", text)
    try:
        return str(ipaddress.ip_network(text, strict=False) if "/" in text else ipaddress.ip_address(text))
    except ValueError:
        raise Mistyped(
            "address", "请填写网络地址，例如 10.20.3.7 或 10.20.0.0/16", "an address such as `10.20.0.0/16` is needed"
        ) from None


def _given(typed: Typed, zone: tzinfo) -> tuple[datetime, datetime]:
    since, until = typed.moment("since", zone), typed.moment("until", zone)
    if until <= since:
        raise Mistyped("until", "结束时间要晚于开始时间", "it has to end after it begins")
    if until - since > LONGEST_SPAN:
        raise Mistyped("until", "一次最多查 366 天", "366 days at most")
    return since, until


def _typed(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%dT%H:%M:%S}"


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[0]}"
