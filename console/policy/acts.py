"""What persons may do with a policy, from the draft to the roll-back.

INVARIANT 8: publishing takes two people. Whoever had a hand in the files, or submitted them, does not approve them;
persons are compared, not accounts. Submission, approval and publication are bound to the digest of the exact files, so
whatever is changed afterwards is neither submitted nor approved.
"""

from collections.abc import Callable, Iterable, Mapping

from console.policy.journal import Approved, Drafted, Edited, Fact, Published, RolledBack, Submitted, Withdrawn
from console.policy.state import ENDED, Draft, PolicyHistory, Standing, Version
from incident.blank import is_blank
from incident.ids import NotPermitted, PersonId
from policies.findings import Finding, Severity

type Look = Callable[[], Iterable[Finding]]
"""The check of the files, where it comes to that."""

MOST_WAITING = 50
"""Drafts that have not ended."""


def draft(history: PolicyHistory, content: str, title: str, reason: str) -> Fact:
    """Begin a draft on the version in force."""
    current = _current(history)
    _needs(title, "请填写标题", "a draft needs a title")
    _needs(reason, "请填写理由", "a draft needs a reason")
    if len(history.waiting) >= MOST_WAITING:
        raise NotPermitted(
            f"未结束的草稿已有 {MOST_WAITING} 份，请先撤回不用的",
            f"{MOST_WAITING} drafts wait: withdraw those that nobody needs",
        )
    number = len(history.drafts) + 1
    return Drafted(draft=number, base=current.number, content=content, title=title, reason=reason)


def edit(history: PolicyHistory, number: int, was: str, content: str) -> tuple[Fact, ...]:
    """Put other files in the place of those whose digest *was* seen. Submission and approval are void."""
    found = _open(history, number, was)
    if content == found.content:
        return ()
    return (Edited(draft=number, base=found.base, content=content),)


def rebase(history: PolicyHistory, number: int, was: str, content: str) -> Fact:
    """Bring the draft onto the version in force, as *content*."""
    found, current = _open(history, number, was), _current(history)
    if found.base == current.number:
        raise NotPermitted("草稿已基于现行版本", "the draft is made from the version in force already")
    return Edited(draft=number, base=current.number, content=content)


def submit(history: PolicyHistory, number: int, content: str, findings: Look) -> Fact:
    """Answer for the exact files: the first of the two people."""
    found = _open(history, number, content)
    if found.standing is not Standing.DRAFT:
        raise NotPermitted("这份草稿已经提交", "the draft is submitted already")
    told = tuple(findings())
    _no_errors(told)
    if found.content == _current(history).content:
        raise NotPermitted("草稿与现行版本没有差别", "the draft is what is in force already")
    return Submitted(draft=number, content=content, warnings=len(told))


def approve(history: PolicyHistory, number: int, content: str, by: PersonId, findings: Look) -> Fact:
    """Approve the exact files: the second person (invariant 8)."""
    found = _open(history, number, content)
    if found.standing is Standing.APPROVED:
        raise NotPermitted("已经批准", "it is approved already")
    if found.standing is not Standing.SUBMITTED:
        raise NotPermitted("请先由起草人提交", "who drafted it has to submit it first")
    if by in found.hands:
        raise NotPermitted(
            "起草、修改或提交的人不能批准，须由另一人批准",
            "who drafted, changed or submitted it cannot approve it: another person has to",
        )
    _on_the_current(history, found)
    _no_errors(findings())
    return Approved(draft=number, content=content)


def publish(history: PolicyHistory, number: int, content: str, findings: Look) -> Fact:
    """Put the approved files in force. Any officer may: two people have agreed."""
    found = _open(history, number, content)
    if found.standing is not Standing.APPROVED or found.approved_by is None or found.approved_by in found.hands:
        raise NotPermitted("还没有另一人批准", "no other person has approved it yet")
    _on_the_current(history, found)
    _no_errors(findings())
    return Published(draft=number, version=len(history.versions) + 1, content=content)


def roll_back(history: PolicyHistory, to: int, seen: int, reason: str, findings: Look) -> Fact:
    """Put a version that was in force before in force again: one person may, for it was.

    *seen* is the version that was in force when they decided. What was rolled back from is no way back: it takes two
    people again.
    """
    current = _current(history)
    _needs(reason, "请填写退回的理由", "a roll-back needs a reason")
    if seen != current.number:
        raise NotPermitted(
            f"现行版本已是第 {current.number} 版，请重新查看后再操作",
            f"version {current.number} is in force by now: look again",
        )
    if to not in history.ways_back:
        raise NotPermitted(
            "只能退回到现行版本之前生效过的版本；其他版本请另起草稿，由另一人批准",
            "back leads only to what was in force before the version that is: for another, make a draft of it",
        )
    _no_errors(findings())
    return RolledBack(version=len(history.versions) + 1, to=to, content=history.version(to).content, reason=reason)


def withdraw(history: PolicyHistory, number: int, reason: str) -> Fact:
    """Give the draft up."""
    _known(history, number)
    _needs(reason, "请填写撤回的理由", "a withdrawal needs a reason")
    return Withdrawn(draft=number, reason=reason)


def merged(
    base: Mapping[str, str], mine: Mapping[str, str], theirs: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """The files of *mine* brought from *base* onto *theirs*, and those that both have changed, where *mine* stands."""
    found: dict[str, str] = {}
    both: list[str] = []
    for name in sorted(base.keys() | mine.keys() | theirs.keys()):
        was, here, there = base.get(name), mine.get(name), theirs.get(name)
        if here != was and there != was and here != there:
            both.append(name)
        text = there if here == was else here
        if text is not None:
            found[name] = text
    return found, both


def _known(history: PolicyHistory, number: int) -> Draft:
    found = history.drafts.get(number)
    if found is None:
        raise NotPermitted(f"没有第 {number} 号草稿", f"there is no draft {number}")
    if found.standing in ENDED:
        raise NotPermitted("这份草稿已经发布或撤回", "the draft was published or withdrawn")
    return found


def _open(history: PolicyHistory, number: int, content: str) -> Draft:
    found = _known(history, number)
    if found.content != content:
        raise NotPermitted(
            "您查看以后草稿被修改过，请重新阅读后再操作", "the draft has changed since you looked: read it again"
        )
    return found


def _current(history: PolicyHistory) -> Version:
    if history.current is None or not history.two_people:
        raise NotPermitted(
            "本安装没有启用两人审批（yingbi.toml 中 two_people = false），策略目录中的文件即为现行策略",
            "policies take one person here (`two_people = false` in yingbi.toml): the files in the folder are in force",
        )
    return history.current


def _on_the_current(history: PolicyHistory, found: Draft) -> None:
    current = _current(history)
    if found.base != current.number:
        raise NotPermitted(
            f"草稿基于第 {found.base} 版，而现行的是第 {current.number} 版：请先合并到现行版本，再提交和批准",
            f"it is made from version {found.base}, and version {current.number} is in force: bring it onto that one,"
            " and have it approved anew",
        )


def _no_errors(findings: Iterable[Finding]) -> None:
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors:
        first = errors[0]
        raise NotPermitted(
            f"检查有 {len(errors)} 处错误，须先改正：{first.at} {first.zh or first.code}",
            f"the check finds {len(errors)} errors to be mended first: {first.at} {first.message}",
        )


def _needs(text: str, zh: str, en: str) -> None:
    if is_blank(text):
        raise NotPermitted(zh, en)
