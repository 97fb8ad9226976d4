"""Rehearses a draft: compares it with what is in force, and says in words what would change. Chinese first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from policies.compiling.folder import compile_folder
from policies.rehearsal.changes import Kind, Side
from policies.rehearsal.rehearse import ANYBODY, LOOSER, SIGNED_IN, UNCOUNTED, Difference, rehearse
from proxy.reasons import REASONS
from yingbi.home import Home
from yingbi.in_force import programs_in_force
from yingbi.rehearsing.samples import Compared, compare_samples
from yingbi.rehearsing.usages import read_usages

MOST_NAMED = 8
"""So many callers are named; of more, their number tells."""

KINDS = {
    Kind.SHOWN: "会多显示 / more would be shown",
    Kind.ANSWERED: "会多答复 / operations that would be answered",
    Kind.ASKED: "会多允许的查询 / questions that could be asked",
    Kind.OTHERWISE: "声明有变，不能断定不会多显示 / declared otherwise, so that more may be shown",
    Kind.WITHHELD: "会拦截 / would be withheld",
    Kind.UNASKED: "会不再允许的查询 / questions that could not be asked any more",
    Kind.MASKED: "会少显示 / less would be shown",
    Kind.NO_MORE: "声明有变，肯定不会多显示 / declared otherwise, and surely no more would be shown",
}


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a draft would change."""

    differences: list[Difference]
    samples: list[Compared]
    since: datetime
    until: datetime
    answered: int
    """Answers that were looked at."""
    refused: int

    @property
    def is_looser(self) -> bool:
        """Whether anything would be shown that is not shown."""
        found = [*self.differences, *(each for sample in self.samples for each in sample.differences)]
        return any(each.kind in LOOSER for each in found) or any(sample.shows_more for sample in self.samples)


def rehearse_draft(
    home: Home, draft: Path, *, policy: Path | None, samples: Path | None, days: int, now: datetime
) -> Rehearsal:
    """What the policy in the folder *draft* would change, had it been in force for the last *days*.

    It is compared with the programs in force, or with the policy in the folder *policy*. Raises PolicyError,
    NotPublished, NotTried, BrokenChain and OSError.
    """
    after = compile_folder(draft)
    before = (
        compile_folder(policy)
        if policy is not None
        else {name: program for name, (program, _) in programs_in_force(home).items()}
    )
    since = now - timedelta(days=days)
    usages = read_usages(home.log, since, (*before.values(), *after.values()))
    return Rehearsal(
        differences=rehearse(before, after, usages, now),
        samples=compare_samples(samples, before, after, now) if samples is not None else [],
        since=since,
        until=now,
        answered=usages.answered,
        refused=usages.refused,
    )


def lines_of(rehearsal: Rehearsal) -> Iterator[str]:
    """The rehearsal in words, the most dangerous first."""
    yield f"{rehearsal.since:%Y-%m-%d %H:%M} – {rehearsal.until:%Y-%m-%d %H:%M} UTC"
    yield f"  答复 / answers: {rehearsal.answered:,}，拒绝 / refusals: {rehearsal.refused:,}"
    if not rehearsal.differences:
        yield "什么都不会变 / nothing would change"
    yield from _differences(rehearsal.differences)
    for sample in rehearsal.samples:
        yield ""
        yield f"样本 / sample {sample.body}: {_outcome(sample)}"
        yield from (f"  {line}" if line else "" for line in _differences(sample.differences))


def _outcome(sample: Compared) -> str:
    if sample.before and sample.after:
        return f"两份策略都拦截 / withheld by both: {sample.after}"
    if sample.before:
        return f"会显示，原先拦截 / would be shown, and is withheld: {sample.before}"
    if sample.after:
        return f"会拦截 / would be withheld: {sample.after}"
    if sample.shows_more:
        return "会多显示 / more would be shown"
    return "不变 / the same" if sample.is_same else "会变 / would change"


def _differences(found: Iterable[Difference]) -> Iterator[str]:
    for kind, each_kind in groupby(found, key=lambda each: each.kind):
        of_kind = sorted(each_kind, key=lambda each: (each.system, each.operation))
        yield ""
        yield f"{KINDS[kind]}: {len(of_kind)}"
        for (system, operation), group in groupby(of_kind, key=lambda each: (each.system, each.operation)):
            yield f"  {system}  {operation}".rstrip()
            for difference in sorted(group, key=lambda each: (-each.times, each.about)):
                yield f"    {_what(difference)}"
                yield f"      {_whom(difference)}"


def _what(difference: Difference) -> str:
    category = f" ({difference.category})" if difference.category else ""
    about = f"{difference.about}{category}: " if difference.about or category else ""
    return f"{about}{_side(difference.before)} → {_side(difference.after)}"


def _side(side: Side) -> str:
    reason = REASONS.get(side.transform)
    words = f"{reason.zh} / {reason.en}" if reason is not None else side.transform
    by = f"授权 / grant {side.grant} {side.rule}" if side.grant else side.rule
    return f"{words} [{by}]" if by else words


def _whom(difference: Difference) -> str:
    if difference.kind in (Kind.OTHERWISE, Kind.NO_MORE):
        return "请对照原文 / see the lines: yingbi policy diff"
    who = sorted(_named(each) for each in difference.who)
    concerns = f"涉及 / for {'、'.join(who[:MOST_NAMED])}{' …' if len(who) > MOST_NAMED else ''}"
    if difference.kind in UNCOUNTED:
        return f"{concerns}；记录中没有参数，说不出用过几次 / records hold no parameters: nobody knows how often"
    if not difference.times:
        return f"{concerns}；这段时间没有人用过 / nobody used it in this time"
    used = [str(name or "未登录 / nobody signed in") for name in sorted(difference.staff)[:MOST_NAMED]]
    if (rest := len(difference.staff) - MOST_NAMED) > 0:
        used.append(f"另 {rest} 个 / {rest} more")
    if difference.citizens:
        used.append(f"公民 / citizens {len(difference.citizens)}")
    values = f"，{difference.values:,} 个值 / values" if difference.values else ""
    return f"{concerns}；用过 / used by {'、'.join(used)}，{difference.times:,} 次 / times{values}"


def _named(who: str) -> str:
    return {ANYBODY: "未登录的人 / anybody", SIGNED_IN: "已登录的人 / anybody signed in"}.get(who, who)


def as_json(rehearsal: Rehearsal) -> dict[str, Any]:
    """The rehearsal as JSON types. Citizens are counted, not named."""
    return {
        "since": rehearsal.since.isoformat(),
        "until": rehearsal.until.isoformat(),
        "answers": rehearsal.answered,
        "refusals": rehearsal.refused,
        "is_looser": rehearsal.is_looser,
        "differences": [_difference_json(each) for each in rehearsal.differences],
        "samples": [
            {
                "body": sample.body,
                "before": sample.before,
                "after": sample.after,
                "is_same": sample.is_same,
                "shows_more": sample.shows_more,
                "differences": [_difference_json(each) for each in sample.differences],
            }
            for sample in rehearsal.samples
        ],
    }


def _difference_json(difference: Difference) -> dict[str, Any]:
    return {
        "kind": difference.kind,
        "system": difference.system,
        "operation": difference.operation,
        "about": difference.about,
        "category": difference.category,
        "before": _side_json(difference.before),
        "after": _side_json(difference.after),
        "who": sorted(difference.who),
        "staff": sorted(difference.staff),
        "citizens": len(difference.citizens),
        "times": difference.times,
        "values": difference.values,
    }


def _side_json(side: Side) -> dict[str, Any]:
    return {"transform": side.transform, "form": side.form, "rule": side.rule, "grant": side.grant}
