"""Why a caller got what they got: in words, of a trial or of an event in the log, Chinese first."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from policies.findings import spelled_out
from policies.formats.found import words_of
from policies.more import More, more_of
from policies.permits import Kind
from policies.policy_kinds import Gravity, Harmed
from policies.rehearsal.trial import Tried
from policies.transforms.spec import Form
from proxy.ledger import UNOPENED
from proxy.reasons import REASONS
from siem.record.ecs import from_ecs
from siem.record.event import AccessEvent, CallerKind, FieldUse, PermitState, Verdict
from siem.record.own_id import start_in
from siem.record.reader import beginning_of, follow
from yingbi.home import Home
from yingbi.kept_programs import KeptPrograms
from yingbi.publications import publications_in, version_of

NONE_SHOWS_MORE = "  没有授权能看到更多，需要起草新的授权 / no grant shows more: a new one would be needed"
FORMS = {
    Form.NONE: "隐藏 / hidden",
    Form.MASKED: "部分显示 / masked",
    Form.PSEUDONYMOUS: "假名 / pseudonym",
    Form.CLEAR: "明文 / clear",
}


class NoSuchEvent(Exception):
    """The log holds no such event. The message says where was looked."""


_HARMED = {
    Harmed.NATIONAL_SECURITY: "国家安全",
    Harmed.ECONOMY: "经济运行",
    Harmed.SOCIAL_ORDER: "社会秩序",
    Harmed.PUBLIC_INTEREST: "公共利益",
    Harmed.ORGANISATION: "组织权益",
    Harmed.PERSON: "个人权益",
}
_STATES = {
    PermitState.ASKED: "已申请 / asked for",
    PermitState.OPEN: "已开启 / opened",
    PermitState.REFUSED: "已拒绝 / refused",
    PermitState.ENDED: "已提前终止 / ended early",
}
_GRAVELY = {Gravity.GENERAL: "一般危害", Gravity.SERIOUS: "严重危害", Gravity.VERY_SERIOUS: "特别严重危害"}


@dataclass(frozen=True, slots=True)
class _Told:
    name: str
    category: str
    form: Form
    transform: str
    rule: str
    grant: str | None


def lines_of_trial(tried: Tried) -> Iterator[str]:
    """What a trial came to, line by line."""
    if tried.withheld:
        yield f"拦截 / withheld: {tried.withheld}"
    yield f"适用的授权 / grants that apply: {', '.join(tried.grants) or '无 / none'}"
    yield f"当事人 / subjects: {tried.subjects}"
    for used in tried.used:
        decision = used.decision
        told = _Told(decision.name, decision.category, decision.form, decision.transform, decision.rule, decision.grant)
        yield from _field(told, used.count, used.more, used.harm)
        if not used.more and told.form is not Form.CLEAR:
            yield NONE_SHOWS_MORE
    for name, count in tried.unopened.items():
        zh = f"{name}: {count} 个值是密文，试用没有密钥，显示为 ***；请用加密前的值"
        yield f"{zh} / values are encrypted, and a trial has no key: give it what they were before"
    for category, (number, whys) in sorted(tried.found.items()):
        yield f"{category}: 在自由文本中识别并遮盖 / found in free text and masked: {number}"
        yield from _decided(whys)


def lines_of_event(home: Home, event_id: str, now: datetime) -> Iterator[str]:
    """The event *event_id* with the others of its exchange, as the log of the installation has them.

    Each field with the line that decided it, in the policy of that time, and what would show more of it by that
    policy. Raises NoSuchEvent, BrokenChain and OSError.
    """
    events = list(_exchange(home, event_id))
    if not events:
        raise NoSuchEvent(f"访问日志中没有 / there is no such event in `{home.log}`: {event_id[:40]}")
    first, last = events[0], events[-1]
    yield f"{first.id}  {first.at:%Y-%m-%d %H:%M:%S} UTC  {first.system}  {first.operation}"
    yield f"调用者 / caller: {_caller(first)}"
    reason = REASONS.get(last.reason)
    verdict = "显示 / shown" if last.verdict is Verdict.FORWARD else "拦截 / withheld"
    yield f"{verdict}，状态 / status {last.status}" + (f"：{reason.zh} / {reason.en}" if reason else "")
    yield f"策略 / policy: {first.program[:12]}{_version(home, first)}，叠加 / overlay: {first.overlay}"
    yield from _permits(first)
    if mark := next((event.mark for event in events if event.mark), ""):
        yield f"编号 / the serial that it bears: {mark}"
    yield from _raised(events)
    if limit := next((event.limit for event in events if event.limit), ""):
        masked = "，已按最严的规则脱敏 / and had it masked harder" if last.verdict is Verdict.FORWARD else ""
        yield f"到了上限 / the limit that acted: {limit}{masked}"
    yield f"当事人 / subjects: {len({subject for event in events for subject in event.subjects})}"
    if left_out := sum(event.left_out for event in events):
        yield f"去掉的记录 / records left out: {left_out}"
    program = KeptPrograms(home).of(first.program)
    reveals = {reveal.grant.id for reveal in program.reveals} if program else set()
    applied = {use.grant for event in events for use in event.fields if use.grant}
    whys = _whys(events)
    for told, count in _fields(events).items():
        if told.transform == UNOPENED:
            yield f"{told.name} ({told.category}): 后端存的密文打不开，已遮盖，{told.rule}，{count} 个值 / values"
            yield "  what is stored does not open: another key, altered, moved or never encrypted; tell the operator"
            continue
        more = more_of(program, told.name, told.category, told.form, applied, now) if program else ()
        harm = program.harms.get(told.category, {}) if program else {}
        yield from _field(told, count, more, harm, is_revealed=told.grant in reveals, whys=whys.get(told, {}))
        if program is not None and not more and told.form is not Form.CLEAR:
            yield NONE_SHOWS_MORE
    if program is None:
        yield "当时的策略已不在，说不出怎样才能看到更多"
        yield "  the policy of that time is gone, and with it what would show more"


def _exchange(home: Home, event_id: str) -> Iterator[AccessEvent]:
    start = start_in(event_id)
    if start is None or not (folder := home.log / start).is_dir():
        return
    events = [from_ecs(document) for document, _ in follow(folder, beginning_of(start))]
    exchange = next((event.exchange for event in events if event.id == event_id), None)
    yield from (event for event in events if event.exchange == exchange)


def _version(home: Home, event: AccessEvent) -> str:
    """Which version of the policy the program was made from, and who agreed on it, as far as that is known."""
    found = version_of(event.program, event.at, publications_in(home.publications))
    if found is None:
        return ""
    hands = "没有人批准 / approved by nobody"
    if found.drafted_by:
        hands = f"{', '.join(found.drafted_by)} 起草 / drafted，{found.approved_by} 批准 / approved"
    return f"（第 {found.version} 版 / version {found.version}，{hands}）"


def _fields(events: Iterable[AccessEvent]) -> Counter[_Told]:
    counted: Counter[_Told] = Counter()
    for use in (use for event in events for use in event.fields):
        counted[_told(use)] += use.count
    return counted


def _whys(events: Iterable[AccessEvent]) -> Mapping[_Told, Counter[str]]:
    """Of what was found in free text: how often what decided."""
    counted: dict[_Told, Counter[str]] = {}
    for use in (use for event in events for use in event.fields if use.whys):
        counted.setdefault(_told(use), Counter()).update(dict(use.whys))
    return counted


def _decided(whys: Iterable[tuple[str, int]]) -> Iterator[str]:
    for why, number in whys:
        yield f"  {words_of(why)}: {number}"


def _told(use: FieldUse) -> _Told:
    return _Told(use.name, use.category, Form(use.disclosure.value), use.transform, use.rule, use.grant)


def _caller(event: AccessEvent) -> str:
    posts = f"（{', '.join(event.posts)}）" if event.posts else ""
    purpose = f"，目的 / purpose {event.purpose}" if event.purpose else ""
    who = "公民 / a citizen" if event.caller_kind is CallerKind.CITIZEN else event.caller
    acting = f"，代他人办理，依据 / acts for somebody, by {event.basis}" if event.on_behalf_of else ""
    return f"{who or '未登录 / nobody signed in'}{posts}{purpose}{acting}"


def _raised(events: list[AccessEvent]) -> Iterator[str]:
    """What was recorded besides, as a case asked for it."""
    told = next((event.raised for event in events if event.raised is not None), None)
    if told is None:
        return
    yield f"加强记录，按 / more is recorded, by {', '.join(told.by)}"
    asked = ", ".join(told.asked) or "无 / none"
    size = f"{told.bytes_in:,} 字节 / octets"
    yield f"  参数 / parameters: {asked}；HTTP {told.version}；请求体 / body: {size}；提及 / about: {len(told.about)}"
    yield f"  提问的摘要 / digest of the question: {told.question}"
    if told.client:
        yield f"  程序的摘要 / digest of the program: {told.client}"


def _permits(event: AccessEvent) -> Iterator[str]:
    """The permits of the caller that were in force, and the permit that *event* is about."""
    if event.permits:
        yield f"生效的查看许可 / permits in force: {', '.join(event.permits)}"
    note = event.permit
    if note is None:
        return
    kind = "紧急查看 / everything, in an emergency" if note.kind == Kind.BREAK_GLASS else "查看原文 / one record whole"
    yield f"许可 / permit {note.id}: {_STATES[note.state]}，{kind}，授权 / by the reveal {note.reveal or '-'}"
    if note.case or note.why:
        yield spelled_out(f"  案件编号 / case {note.case or '-'}，事由 / because: {note.why}")
    if note.about:
        yield f"  由访问 / asked for on the event {note.about}"
    if note.until is not None:
        by = f"，由 / by {note.by}" if note.by else ""
        yield f"  到 / until {note.until:%Y-%m-%d %H:%M:%S} UTC{by}"


def _field(
    told: _Told,
    count: int,
    more: Iterable[More],
    harm: Mapping[Harmed, Gravity],
    *,
    is_revealed: bool = False,
    whys: Mapping[str, int] = MappingProxyType({}),
) -> Iterator[str]:
    called = "查看许可 / permit by the reveal" if is_revealed else "授权 / grant"
    by = f"{called} {told.grant}" if told.grant else "默认 / default"
    yield (
        f"{told.name} ({told.category}): {FORMS[told.form]}，{told.transform}，{by} {told.rule}，{count} 个值 / values"
    )
    yield from _decided(sorted(whys.items()))
    if harm:
        zh = "，".join(f"{_HARMED[harmed]}{_GRAVELY[gravity]}" for harmed, gravity in harm.items())
        en = ", ".join(f"{harmed} {gravity}" for harmed, gravity in harm.items())
        yield f"  危害 / harm: {zh} / {en}"
    for each in more:
        asked_for = each.asked_for
        if asked_for is not None:
            yield f"  {asked_for.zh} / {asked_for.en}: {_asked_for(each)}"
        else:
            yield f"  要看到更多 / to see more: {_needed(each)}"


def _needed(more: More) -> str:
    return f"{_who(more)} → {more.transform}（{more.grant} {more.rule}{_ended(more)}）"


def _asked_for(reveal: More) -> str:
    return f"`{reveal.grant}` {reveal.rule}（{_who(reveal)}{_ended(reveal)}）"


def _who(more: More) -> str:
    zh, en = ("，".join(need.zh for need in more.needs), ", ".join(need.en for need in more.needs))
    return f"{zh or '任何人'} / {en or 'anyone'}"


def _ended(more: More) -> str:
    return "，已到期 / ended" if more.expired else ""
