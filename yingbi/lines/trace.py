"""What `yingbi trace` prints, Chinese first. Callers, counts and times; nothing of the sample."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from policies.findings import spelled_out
from siem.trace.found import Suspect, Trace, Verdict
from siem.trace.marks import Bearer
from yingbi.trace import Traced

TOLD = 5
"""Callers who are no source and told of all the same."""

VERDICTS = {
    Verdict.ONE_CALLER: "一个调用者看过的能解释这份样本 / what one caller was shown explains it",
    Verdict.SEVERAL_CALLERS: "几个调用者合起来能解释这份样本 / what several callers were shown explains it together",
    Verdict.IN_PART: "只能解释一部分，其余另有来源 / it is explained in part: the rest came from elsewhere",
    Verdict.NO_CALLER: "没有调用者能解释：都不多于巧合 / no caller explains this: nobody saw more of it than chance",
    Verdict.NOTHING_SHOWN: "没有查到网关以明文显示过其中任何人 / nobody of it is found to be shown in clear",
}
KINDS = {"resident_id": "身份证号 / resident IDs", "mobile": "手机号 / mobiles", "other": "其他 / others"}


def trace_lines(traced: Traced) -> Iterator[str]:
    """The answer for people."""
    found = traced.found
    sample = found.sample
    kinds = "，".join(f"{KINDS[kind]} {count}" for kind, count in sample.counts().items())
    yield f"样本 / sample: {len(sample.identifiers)} 人 / subjects（{kinds or '没有 / none'}）"
    if unused := _unused(found):
        yield f"  没有用上 / not used: {unused}"
    if sample.rounded:
        yield "  丢了末几位的查不了：请把该列设为文本重新导出 / nobody is found by them: export the column as text"
    if sample.misspelled:
        yield f"  校验位不对，照写的查 / of a wrong check digit, looked for as they stand: {sample.misspelled}"
    for bearer in traced.bearers:
        yield from _bearer(bearer)
    if (rest := len(sample.marks.read) - len(traced.bearers)) > 0:
        yield f"另有 {rest} 个编号没有查 / so many more serials were not looked for"
    if sample.marks.unreadable:
        yield f"另有 {sample.marks.unreadable} 个编号校验不符，读不出 / serials are misspelled and cannot be read"
    yield f"结论 / verdict: {VERDICTS[found.verdict]}"
    yield (
        f"  明文显示过 / shown in clear: {found.shown}，来源能解释 / explained by the sources: {found.explained}，"
        f"只显示过掩码 / only masked: {found.masked_only}，没有查到 / not found: {found.never}"
    )
    yield from _reach(traced)
    yield (
        f"  比较了 {found.compared} 个调用者，索引中约有 {found.known} 人"
        f" / callers compared, and about so many subjects known; {_day(found.start)} – {_day(found.end)}"
    )
    others = [each for each in found.callers if not each.is_source]
    for each in (*(each for each in found.callers if each.is_source), *others[:TOLD]):
        yield from _suspect(each)
    if traced.behind_bytes:
        yield "索引尚未完整，稍后再查一次 / the index did not have all of the log yet: ask again in a while"
    yield f"本次查询已记录 / this look-up is recorded: {traced.event}"


def trace_json(traced: Traced) -> dict[str, Any]:
    """The same for programs, with every caller that was looked at."""
    found = traced.found
    return {
        "verdict": found.verdict,
        "sample": {
            "identifiers": len(found.sample.identifiers),
            "kinds": found.sample.counts(),
            "repeated": found.sample.read - len(found.sample.identifiers),
            "masked": found.sample.masked,
            "rounded": found.sample.rounded,
            "misspelled": found.sample.misspelled,
            "not_identifiers": found.sample.not_any,
        },
        "known_by": traced.known_by
        and {kind: traced.known_by.get(kind, ()) for kind in found.sample.counts() if kind != "other"},
        "marks": [_bearer_json(each) for each in traced.bearers],
        "marks_unreadable": found.sample.marks.unreadable,
        "since": found.start.isoformat(),
        "until": found.end.isoformat(),
        "epochs": found.epochs,
        "shown_in_clear": found.shown,
        "explained": found.explained,
        "unexplained": {
            "never_shown": found.never,
            "only_masked": found.masked_only,
            "shown_but_not_by_a_source": found.shown - found.explained,
        },
        "subjects_known": found.known,
        "callers_compared": found.compared,
        "callers": [_json(each) for each in found.callers],
        "index_behind_bytes": traced.behind_bytes,
        "event": traced.event,
    }


def _reach(traced: Traced) -> Iterator[str]:
    """How far not having found somebody says anything: a subject is found by what the system knows it by."""
    for kind in traced.found.sample.counts():
        systems = None if traced.known_by is None else traced.known_by.get(kind, ())
        if kind == "other" or (kind == "resident_id" and (systems is None or systems)):
            continue
        name, _, english = KINDS[kind].partition(" / ")
        if systems is None:
            which = "哪些系统这样，策略读不出 / which do, the policy in force does not tell"
        elif systems:
            which = f"现有 / they are: {', '.join(systems)}"
        else:
            which = "现在一个也没有，没有查到不等于没有显示过 / none does: not being found says nothing"
        yield spelled_out(
            f"  {name}只在以它认当事人的系统里查得到 / {english} are found where subjects are known by them；{which}"
        )


def _suspect(each: Suspect) -> Iterator[str]:
    mark = "【来源 / source】" if each.is_source else ""
    newly = f"，前面的来源没有的 / new {each.newly}" if each.is_source and each.newly != each.matched else ""
    yield spelled_out(
        f"{each.rank}. {each.caller} {mark} {each.matched} 人 / subjects，覆盖 / coverage {each.coverage:.0%}{newly}，"
        f"一共看过 / saw in all {each.seen}，精度 / precision {each.precision:.1%}，"
        f"可能性 / likelihood {each.likelihood:,.0f}"
    )
    yield f"   {_minute(each.first_at)} – {_minute(each.last_at)} UTC" + (
        f"，{each.days} 天 / days，顺序 / order {each.order:+.2f}" if each.days else ""
    )
    if each.peak is not None:
        yield (
            f"   最多的一天 / busiest 24 hours: {_minute(each.peak.first_at)} – {_minute(each.peak.last_at)} UTC，"
            f"看过 {each.peak.seen} 人，其中样本中 {each.peak.matched} 人 / so many shown, so many of the sample"
        )
    if each.events:
        yield spelled_out(f"   {', '.join(each.systems)}: {'; '.join(each.operations)}")
        yield f"   yingbi explain {each.events[0]}" + ("" if each.is_whole else "（只读了一部分 / read in part）")


def _bearer(each: Bearer) -> Iterator[str]:
    if each.at is None:
        yield f"编号 / serial {each.mark}: 记录中没有，是伪造的或太旧 / in no event: forged, or older than the index"
        return
    who = " ".join(["、".join(each.posts), each.caller or each.source]).strip()
    again = f"，后来续取 {each.again} 次 / ranges asked for later" if each.again else ""
    yield spelled_out(
        f"编号 / serial {each.mark}: 【给了 / given to {who}】{_minute(each.at)} UTC，{each.source}{again}"
    )
    yield spelled_out(f"   {each.system}: {each.operation}，显示了 {each.subjects} 人 / subjects shown")
    yield f"   yingbi explain {each.event}"


def _bearer_json(each: Bearer) -> dict[str, Any]:
    return {
        "mark": each.mark,
        "known": each.at is not None,
        "event": each.event,
        "caller": each.caller,
        "kind": each.kind,
        "posts": each.posts,
        "source": each.source,
        "at": each.at.isoformat() if each.at is not None else None,
        "system": each.system,
        "operation": each.operation,
        "subjects": each.subjects,
        "ranges_later": each.again,
    }


def _json(each: Suspect) -> dict[str, Any]:
    peak = each.peak
    return {
        "rank": each.rank,
        "caller": each.caller,
        "kind": each.kind,
        "posts": each.posts,
        "source": each.is_source,
        "matched": each.matched,
        "newly_explained": each.newly,
        "coverage": round(each.coverage, 4),
        "coverage_of_shown": round(each.coverage_shown, 4),
        "seen": each.seen,
        "precision": round(each.precision, 4),
        "likelihood": round(each.likelihood, 2),
        "first_at": each.first_at.isoformat(),
        "last_at": each.last_at.isoformat(),
        "days": each.days,
        "order": round(each.order, 3),
        "peak": None
        if peak is None
        else {
            "first_at": peak.first_at.isoformat(),
            "last_at": peak.last_at.isoformat(),
            "matched": peak.matched,
            "seen": peak.seen,
        },
        "systems": each.systems,
        "operations": each.operations,
        "events": each.events,
        "all_events_read": each.is_whole,
    }


def _unused(found: Trace) -> str:
    sample = found.sample
    told = (
        (sample.read - len(sample.identifiers), "重复 / repeated"),
        (sample.masked, "已掩码 / masked"),
        (sample.rounded, "电子表格丢了末几位 / rounded by a spreadsheet"),
        (sample.not_any, "不是标识 / no identifiers"),
    )
    return "，".join(f"{what} {count}" for count, what in told if count)


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
