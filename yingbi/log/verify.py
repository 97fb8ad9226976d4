"""What `yingbi log verify` does and says: the log against its seals, in words for people and as JSON."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from siem.record.verify import Report, SealFault, SealFinding, Tail
from siem.record.verify_start import Fault, Wrong
from yingbi.log.compare_index import IndexReport

SEAL_FAULTS = {
    SealFault.BROKEN: (
        "封存记录第 {seal} 条起被改动、缺失或换过位置，其后的不足为据",
        "from seal {seal} on the journal of seals was altered, dropped or moved, and proves nothing",
    ),
    SealFault.OTHER_KEY: (
        "封存记录第 {seal} 条（{at}）用的密钥，此前没有任何一条说明过：密钥丢失过，或有人另起炉灶",
        "seal {seal} ({at}) is signed by a key that no seal before it names: it was lost, or somebody began anew",
    ),
    SealFault.NOT_THE_ROOT: (
        "封存记录的第一把密钥不是审计员或第三方所知的那一把：整份封存记录可能是重写的",
        "the first key of the seals is not the one that is known: all of them may have been written anew",
    ),
    SealFault.NOT_HERE: (
        "第三方存有第 {seal} 条封存（{at}），本机没有或不同：封存记录被截短、被旧备份取代，或被重写",
        "the second party holds seal {seal} ({at}), which is not here or another: cut, restored or written anew",
    ),
    SealFault.BACKWARDS: (
        "封存第 {seal} 条（{at}）时，`{start}` 已经比以前短：在那以前有记录被删",
        "when seal {seal} ({at}) was made, `{start}` was shorter than before: records had been removed by then",
    ),
}
FAULTS = {
    Fault.ALTERED: ("记录被改动", "the record was altered"),
    Fault.ALTERED_OR_MISSING: (
        "记录被改动，或紧挨在它前面的记录被改动、缺失",
        "the record was altered, or one right before it was altered or is missing",
    ),
    Fault.REORDERED: ("记录换过位置：应在这里的在后面", "records were moved: the one that belongs here comes later"),
    Fault.REPLAYED: ("记录重复出现", "the record stands there a second time"),
    Fault.WRITTEN_ANEW: (
        "链完好但不是封存时的链：从这条起到第 {seal} 条封存之间被重写",
        "the chain holds and is not the one that was sealed: written anew between here and seal {seal}",
    ),
    Fault.TAIL_MISSING: (
        "这条之后的记录缺失，第 {seal} 条封存时它们还在",
        "records behind this one are missing, which seal {seal} names",
    ),
    Fault.SEGMENT_MISSING: ("整个文件缺失", "the whole file is missing"),
    Fault.UNREADABLE: ("压缩过的文件已损坏", "the compressed file is damaged"),
    Fault.START_MISSING: (
        "整个启动目录缺失，第 {seal} 条封存时它还在",
        "the whole folder of the start is missing, which seal {seal} names",
    ),
    Fault.REMOVED_EARLY: (
        "启动目录在保存期满以前被移走",
        "the folder of the start was taken away before it might be",
    ),
    Fault.ADDED: (
        "没有任何封存提到这个启动目录，而它的名称说它早就存在：是后来放进去的",
        "no seal names this start, though its name says that it is older: it was put there afterwards",
    ),
}


def unread_lines(places: Sequence[str]) -> list[str]:
    """What is to be said of second parties that were not asked, in an index that only its auditor may read."""
    return [
        f"没有问 / not asked: {place}（只有对方的审计员能读 / only who audits there may read it:"
        " --anchors, --anchors-login, --anchors-ca）"
        for place in places
    ]


def report_json(report: Report) -> dict[str, Any]:
    """*report* as JSON types; `intact` is whether nothing was found."""
    told = dataclasses.asdict(report)
    for name in ("seal_findings", "findings"):
        del told[name]
    return {
        "intact": report.is_intact,
        **_plain(told),
        "findings": [
            *(_finding(each) for each in report.seal_findings),
            *(_finding(each) for each in report.findings),
        ],
    }


def report_lines(report: Report) -> list[str]:
    """*report* for people."""
    lines = [
        f"记录 / records    {report.records:,} 条，{report.starts} 次启动 / in {report.starts} starts",
        f"封存 / seals      {_sealed(report)}",
        f"指纹 / root       {report.root or '-'}{_of_root(report)}",
        f"第三方 / anchored {_anchored(report)}",
        *_tail("没有封存的 / not sealed", report.unsealed),
        *_tail("第三方不能作证的 / not anchored", report.unanchored),
    ]
    if report.removed:
        lines.append(f"保存期满已移走 / kept long enough and removed: {report.removed}")
    found: list[Wrong | SealFinding] = [*report.seal_findings, *report.findings]
    if not found:
        return [*lines, "", "没有发现改动 / nothing was altered, as far as the above vouches for it"]
    lines += ["", f"发现 {len(found)} 处 / found:"]
    for each in found:
        zh, en = said_of(each)
        lines += [f"  {zh}", f"    {en}"]
    return lines


def index_json(report: IndexReport) -> dict[str, Any]:
    """*report* as JSON types."""
    return {"same": report.is_same, **dataclasses.asdict(report)}


def index_lines(report: IndexReport) -> list[str]:
    """*report* for people."""
    lines = ["", f"索引 / index      {report.compared:,} 条与日志比较 / events compared with the log"]
    if report.waiting:
        lines.append(f"  还没有搬运的 / still to be shipped: {report.waiting:,}")
    if report.refused:
        lines.append(f"  无法索引的 / that no index takes: {report.refused:,}")
    for what, named in (
        ("索引中缺少的 / missing in the index", report.missing),
        ("索引中被改动的 / altered in the index", report.altered),
        ("日志中没有的 / that the log does not have", report.additional),
    ):
        if named.count:
            more = "…" if named.count > len(named.events) else ""
            lines.append(f"  {what}: {named.count:,}: {', '.join(named.events)}{more}")
    return [*lines, "  索引与日志一致 / the index holds what the log does"] if report.is_same else lines


def said_of(finding: Wrong | SealFinding) -> tuple[str, str]:
    """*finding* in Chinese and in English."""
    if isinstance(finding, SealFinding):
        zh, en = SEAL_FAULTS[finding.fault]
        facts = {"seal": finding.seal, "at": _time(finding.at), "start": finding.start}
        return zh.format(**facts), en.format(**facts)
    zh, en = FAULTS[finding.fault]
    place_zh = place_en = f"`{finding.start}`"
    if finding.segment:
        place_zh = place_en = f"`{finding.start}/{finding.segment:06d}.log`"
    if finding.line:
        place_zh += f" 第 {finding.line} 行"
        place_en += f" line {finding.line}"
    if finding.event:
        place_zh += f"（{finding.event}）"
        place_en += f" ({finding.event})"
    return f"{place_zh}：{zh.format(seal=finding.seal)}", f"{place_en}: {en.format(seal=finding.seal)}"


def _sealed(report: Report) -> str:
    if not report.seals:
        return "没有 / none: yingbi up 运行时每分钟一次 / is made every minute while yingbi up runs"
    return f"{report.seals:,}，最后一条 / the last {_time(report.sealed_at)}"


def _of_root(report: Report) -> str:
    if not report.root or report.is_root_known:
        return ""
    return "（没有人证实 / nobody vouches for it: --fingerprint, --anchors）"


def _anchored(report: Report) -> str:
    if not report.anchored:
        return "没有 / none: 能写本机的人可以重写一切 / who owns this machine could write it all anew"
    return f"到第 {report.anchored:,} 条 / up to seal {report.anchored:,}, {_time(report.anchored_at)}"


def _tail(what: str, tail: Tail) -> list[str]:
    if not tail.records:
        return []
    return [f"{what}: {tail.records:,} 条 / records，自 / since {_time(tail.since)}"]


def _time(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else "-"


def _finding(finding: Wrong | SealFinding) -> dict[str, Any]:
    zh, en = said_of(finding)
    return {**_plain(dataclasses.asdict(finding)), "zh": zh, "en": en}


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    """*facts* with times as texts."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else _plain(value) if isinstance(value, dict) else value
        for name, value in facts.items()
    }
