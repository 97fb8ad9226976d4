"""What `yingbi policy try --explain` says: of each field what became of it, by which rule, and what would show more."""

from collections.abc import Iterator

from policies.trial import More, Tried, Used

FORMS = {
    "none": "隐藏 / hidden",
    "masked": "部分显示 / masked",
    "pseudonymous": "假名 / pseudonym",
    "clear": "明文 / clear",
}


def lines_of(tried: Tried) -> Iterator[str]:
    """Line by line, Chinese first."""
    if tried.withheld:
        yield f"拦截 / withheld: {tried.withheld}"
    yield f"适用的授权 / grants that apply: {', '.join(tried.grants) or '无 / none'}"
    yield f"当事人 / subjects: {tried.subjects}"
    for used in tried.used:
        yield from _field(used)
    for category, count in sorted(tried.found.items()):
        yield f"{category}: 在自由文本中识别并遮盖 / found in free text and masked: {count}"


def _field(used: Used) -> Iterator[str]:
    decision = used.decision
    by = f"授权 / grant {decision.grant}" if decision.grant else "默认 / default"
    yield (
        f"{decision.name} ({decision.category}): {FORMS[decision.form]}，{decision.transform}，"
        f"{by} {decision.rule}，{used.count} 个值 / values"
    )
    for more in used.more:
        yield f"  要看到更多 / to see more: {_needed(more)}"


def _needed(more: More) -> str:
    who = [f"岗位 / post {post}" for post in more.posts] + [f"调用者 / caller {caller}" for caller in more.callers]
    ended = "，已到期 / ended" if more.expired else ""
    return (
        f"{' 或 / or '.join(who)}，目的 / purpose {more.purpose} → {more.transform}（{more.grant} {more.rule}{ended}）"
    )
