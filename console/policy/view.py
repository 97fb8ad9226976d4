"""How drafts and versions of the policy are shown: words, differences, and who may still do what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

import msgspec

from console.forms import Mistyped, Typed
from console.policy.journal import (
    Adopted,
    Approved,
    Drafted,
    Edited,
    Fact,
    Governed,
    Published,
    RolledBack,
    Submitted,
    Withdrawn,
)
from console.policy.life import PolicyLife, fit
from console.policy.state import Draft, Origin, PolicyHistory, Standing
from incident.ids import Bilingual, PersonId
from policies.findings import Finding, Severity
from policies.rehearsal.difference import Change, FileChange, What, declarations_changed, files_changed
from policies.snapshot import Snapshot, snapshot_of

MOST_LINES = 600
"""Of a difference, on one page; `yingbi policy diff` has all of it."""
MOST_DECLARATIONS = 200

STANDINGS: Mapping[Standing, Bilingual] = {
    Standing.DRAFT: Bilingual(zh="草稿，待提交", en="a draft, to be submitted"),
    Standing.SUBMITTED: Bilingual(zh="已提交，待另一人批准", en="submitted, to be approved by another person"),
    Standing.APPROVED: Bilingual(zh="已批准，待发布", en="approved, to be published"),
    Standing.PUBLISHED: Bilingual(zh="已发布", en="published"),
    Standing.WITHDRAWN: Bilingual(zh="已撤回", en="withdrawn"),
}
STANDING_KINDS: Mapping[Standing, str] = {
    Standing.DRAFT: "warn",
    Standing.SUBMITTED: "warn",
    Standing.APPROVED: "note",
    Standing.PUBLISHED: "good",
    Standing.WITHDRAWN: "",
}
"""How each looks; its words say the same."""
ORIGINS: Mapping[Origin, Bilingual] = {
    Origin.ADOPTED: Bilingual(zh="接管，未经审批", en="taken over, approved by nobody"),
    Origin.PUBLISHED: Bilingual(zh="两人审批", en="agreed on by two people"),
    Origin.ROLLED_BACK: Bilingual(zh="退回", en="rolled back"),
}
ADOPTED_WHY: Mapping[str, Bilingual] = {
    "first": Bilingual(
        zh="开始两人审批时，策略目录按原样接管",
        en="the folder as it stood when two people were first asked for",
    ),
    "moved": Bilingual(zh="演示系统换了端口", en="the demo systems moved to other ports"),
}
WHATS: Mapping[What, Bilingual] = {
    What.ADDED: Bilingual(zh="新增", en="added"),
    What.REMOVED: Bilingual(zh="删除", en="removed"),
    What.CHANGED: Bilingual(zh="修改", en="changed"),
}
WHAT_KINDS: Mapping[What, str] = {What.ADDED: "good", What.REMOVED: "danger", What.CHANGED: "note"}
KINDS: Mapping[str, Bilingual] = {
    "categories": Bilingual(zh="种类", en="category"),
    "grants": Bilingual(zh="授权", en="grant"),
    "reveals": Bilingual(zh="查看原文的授权", en="reveal"),
    "callers": Bilingual(zh="调用者", en="caller"),
    "packs": Bilingual(zh="应用包", en="pack"),
    "systems": Bilingual(zh="系统", en="system"),
    "records": Bilingual(zh="记录", en="record"),
    "fields": Bilingual(zh="字段", en="field"),
    "operations": Bilingual(zh="操作", en="operation"),
    "transforms": Bilingual(zh="变换", en="transform"),
    "least_candidates": Bilingual(zh="最少候选数", en="least candidates"),
}
"""What is declared, by what the policy calls it; anything newer is called by that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What is different between two snapshots, as far as one page takes it."""

    files: tuple[FileChange, ...]
    declarations: tuple[Change, ...]
    whole: bool
    """Whether both could be read without an error, so that the words tell all of it."""
    lines_left: int
    declarations_left: int


def compared(life: PolicyLife, before: str, after: str) -> Comparison:
    """What is different between the files with these digests. Raises AlteredFiles and OSError."""
    old, new = life.judged(before), life.judged(after)
    files, left = [], MOST_LINES
    lines_left = 0
    for each in files_changed(life.snapshot(before), life.snapshot(after)):
        shown = each.lines[: max(left, 0)]
        left -= len(shown)
        lines_left += len(each.lines) - len(shown)
        files.append(FileChange(name=each.name, what=each.what, lines=shown))
    declarations = declarations_changed(old.loaded.policy, new.loaded.policy)
    return Comparison(
        files=tuple(files),
        declarations=declarations[:MOST_DECLARATIONS],
        whole=not (errors_in(old.findings) or errors_in(new.findings)),
        lines_left=lines_left,
        declarations_left=max(0, len(declarations) - MOST_DECLARATIONS),
    )


def errors_in(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Those that keep a draft from being submitted."""
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)


def bars(draft: Draft, person: PersonId) -> Bilingual | None:
    """Why *person* cannot approve *draft*, or None. The rule is `policy_acts`'; here it is shown before they try."""
    if person in draft.authors:
        return Bilingual(zh="您起草或修改过，须由另一人批准", en="you wrote in it: another person approves")
    if person == draft.submitted_by:
        return Bilingual(zh="您提交了这份草稿，须由另一人批准", en="you submitted it: another person approves")
    return None


def is_behind(draft: Draft, history: PolicyHistory) -> bool:
    """Whether another version than that which *draft* was made from is in force."""
    return history.current is not None and draft.base != history.current.number


def files_typed(form: Typed) -> Snapshot:
    """The files that were sent in the field `files`, as JSON. Raises NotPermitted."""
    try:
        files = msgspec.json.decode(form.get("files"), type=dict[str, str])
    except (msgspec.DecodeError, UnicodeError):
        raise Mistyped("files", "文件列表无法读取", "the list of files cannot be read") from None
    return fit(lambda: snapshot_of(files))


def told(fact: Fact) -> Bilingual:
    """What an entry of the journal says, for a reader."""
    match fact:
        case Governed(two_people=True):
            return Bilingual(zh="启用两人审批", en="two people are asked for from now on")
        case Governed():
            return Bilingual(zh="停用两人审批：保存文件即生效", en="two people are no longer asked for")
        case Adopted(version=version, reason=reason):
            why = ADOPTED_WHY[reason]
            return Bilingual(zh=f"接管为第 {version} 版：{why.zh}", en=f"taken over as version {version}: {why.en}")
        case Drafted(draft=draft, base=base):
            return Bilingual(zh=f"基于第 {base} 版建立草稿第 {draft} 号", en=f"began draft {draft} on version {base}")
        case Edited(draft=draft, base=base):
            return Bilingual(
                zh=f"修改草稿第 {draft} 号（基于第 {base} 版），原有的提交和批准作废",
                en=f"changed draft {draft}, on version {base}: submission and approval are void",
            )
        case Submitted(draft=draft, warnings=warnings, content=content):
            return Bilingual(
                zh=f"提交草稿第 {draft} 号，摘要 {content[:16]}，检查有 {warnings} 处提醒",
                en=f"submitted draft {draft}; the check has {warnings} warnings",
            )
        case Approved(draft=draft, content=content):
            return Bilingual(
                zh=f"批准草稿第 {draft} 号，摘要 {content[:16]}", en=f"approved draft {draft}, these files"
            )
        case Published(draft=draft, version=version):
            return Bilingual(
                zh=f"发布草稿第 {draft} 号为第 {version} 版", en=f"published draft {draft} as version {version}"
            )
        case RolledBack(version=version, to=to, reason=reason):
            return Bilingual(
                zh=f"退回到第 {to} 版，成为第 {version} 版：{reason}", en=f"rolled back to {to}, as version {version}"
            )
        case Withdrawn(draft=draft, reason=reason):
            return Bilingual(zh=f"撤回草稿第 {draft} 号：{reason}", en=f"withdrew draft {draft}")
        case _:
            assert_never(fact)
