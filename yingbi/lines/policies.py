"""What the commands `yingbi policy …` print: histories, differences, findings, Chinese first."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from console.policy.state import Draft, PolicyHistory, Version
from console.policy.view import KINDS, ORIGINS, STANDINGS, WHATS
from incident.ids import Bilingual
from policies.findings import Severity, spelled_out
from policies.rehearsal.difference import Change, FileChange, shortened


def history_lines(history: PolicyHistory, policy: Mapping[str, Any]) -> Iterator[str]:
    """Versions, newest first, then the drafts that wait. *policy* is what the supervisor tells, or nothing.

    The version that workers serve by has a star; one that was published and is not in force yet, an exclamation mark.
    """
    current = history.current.number if history.two_people and history.current else 0
    served = policy.get("version", current)
    for version in reversed(history.versions):
        sign = "*" if current and version.number == served else "!" if version.number == current else " "
        when, origin = f"{version.at:%Y-%m-%d %H:%M:%S} UTC", _both(ORIGINS[version.origin])
        yield f"{sign} {version.number:>4}  {when}  {origin}  {_hands(version)}"
        if version.title or version.reason not in ("first", "moved"):
            yield spelled_out(f"        {f'{version.title}：' if version.title else ''}{version.reason}")
    for draft in history.waiting:
        yield spelled_out(
            f"  d{draft.number:<4} {_both(STANDINGS[draft.standing])}  基于 / on {draft.base}  {draft.title}"
        )
    if history.two_people is False:
        yield "没有启用两人审批：策略目录中的文件生效 / two people are not asked for: the folder is in force"
    elif current:
        yield from behind_lines(policy, current)


def behind_lines(policy: Mapping[str, Any], number: int) -> Iterator[str]:
    """Why version *number* is not in force: what workers serve by, and the errors that the supervisor tells.

    Nothing where they serve by it, or nobody tells anything.
    """
    served = policy.get("version", number)
    if served == number:
        return
    zh, en = (f"第 {served} 版", f"version {served}") if served else ("没有任何一版", "no version")
    said = f"网关进程现在依据的是：{zh}；第 {number} 版还没有生效"
    yield f"{said} / workers serve by {en}, version {number} is not in force"
    for finding in policy.get("findings", ()):
        if finding["severity"] == Severity.ERROR:
            told = f"{finding['zh']} / {finding['message']}"
            yield spelled_out(f"    {finding['file']}:{finding['line']}: {told} [{finding['code']}]")


def history_json(history: PolicyHistory, policy: Mapping[str, Any]) -> dict[str, Any]:
    """The same for programs."""
    return {
        "two_people": history.two_people,
        "in_force": history.current.number if history.current else None,
        "served": policy.get("version"),
        "versions": [_version_json(version) for version in history.versions],
        "drafts": [_draft_json(draft) for draft in history.drafts.values()],
    }


def change_lines(changes: Iterable[Change]) -> Iterator[str]:
    """What is different in words."""
    for change in changes:
        kind = KINDS.get(change.kind)
        called = _both(kind) if kind else change.kind
        yield spelled_out(f"{_both(WHATS[change.what])}  {called} `{change.name}`  {change.at}")
        for each in change.attributes:
            before, after = (shortened(text) or "（无 / none）" for text in (each.before, each.after))
            yield spelled_out(f"    {each.name}: {before} → {after}")


def file_lines(files: Iterable[FileChange], before: str, after: str) -> Iterator[str]:
    """What is different line for line, as `diff -u` writes it; what a terminal would not show is spelled out."""
    for file in files:
        yield spelled_out(f"--- {before}/{file.name}")
        yield spelled_out(f"+++ {after}/{file.name}")
        yield from (
            map(spelled_out, file.lines)
            if file.lines
            else ("# 太长，没有逐行比较 / too long to be compared line for line",)
        )


def _hands(version: Version) -> str:
    if not version.drafted_by:
        return f"没有人批准 / approved by nobody{f'，{version.by} 退回 / rolled back' if version.by else ''}"
    did = "退回到 / rolled back to " + str(version.to) if version.to else "发布 / published"
    return f"{', '.join(version.drafted_by)} 起草 / drafted，{version.approved_by} 批准 / approved，{version.by} {did}"


def _version_json(version: Version) -> dict[str, Any]:
    return {
        "version": version.number,
        "digest": version.content,
        "origin": version.origin.value,
        "at": version.at.isoformat(),
        "by": version.by,
        "drafted_by": list(version.drafted_by),
        "approved_by": version.approved_by,
        "title": version.title,
        "reason": version.reason,
        "draft": version.draft,
        "rolled_back_to": version.to,
        "entry": version.entry,
        "chain": version.chain,
    }


def _draft_json(draft: Draft) -> dict[str, Any]:
    return {
        "draft": draft.number,
        "digest": draft.content,
        "standing": draft.standing.value,
        "base": draft.base,
        "title": draft.title,
        "reason": draft.reason,
        "authors": sorted(draft.authors),
        "submitted_by": draft.submitted_by,
        "approved_by": draft.approved_by,
        "version": draft.version,
    }


def _both(words: Bilingual) -> str:
    return f"{words.zh} / {words.en}"
