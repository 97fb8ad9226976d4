"""What persons may do with the notice of a case, from the facts it states to its withdrawal.

INVARIANT 8: publishing takes two people. One checks and submits the exact text, another approves it; both are bound to
its digest, so whatever is changed afterwards is neither submitted nor approved.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from incident import timing
from incident.acts import needs_open, needs_reason, new_key
from incident.blank import is_blank
from incident.command import DraftNotice, PublishNotice
from incident.draft import CHECK_LIST, Problem
from incident.facts.notice import FactSettled, NoticeApproved, NoticeDrafted, NoticeSubmitted
from incident.facts.run import CommandIssued
from incident.ids import Bilingual, CommandKey, NotPermitted, PersonId
from incident.incident import Case
from incident.journal import Fact
from incident.notice import Content, PublishedNotice, Version, Withdrawal, WithdrawalReason
from incident.timing import timed
from incident.wording import FACT_NAMES


def settle(name: str, value: Bilingual, reason: str) -> tuple[Fact, ...]:
    """Say what a fact of the notice is, where the log cannot."""
    needs_reason(reason)
    if name not in FACT_NAMES:
        raise NotPermitted(f"没有名为“{name}”的事实", f"there is no fact `{name}`")
    if is_blank(value.zh) or is_blank(value.en):
        raise NotPermitted("请填写中文和英文", "both the Chinese and the English are needed")
    return (FactSettled(name=name, value=value, reason=reason),)


def redraft(case: Case, template: str) -> tuple[Fact, ...]:
    """Fill in the notice anew from the facts as they are now; what was written by hand is replaced."""
    needs_open(case)
    _not_while_publishing(case)
    return (CommandIssued(step=0, command=DraftNotice(key=new_key(case), case=case.id, template=template)),)


def edit(case: Case, content: Content) -> tuple[Fact, ...]:
    """Replace the text of the draft. An approval there was is void."""
    needs_open(case)
    _not_while_publishing(case)
    draft = case.notice.draft
    if draft is None:
        raise NotPermitted("还没有通告草稿", "there is no draft yet")
    if case.notice.versions and content.change is None:
        raise NotPermitted("请说明更正了什么", "a correction says what was corrected")
    if content == draft.content:
        return ()
    return (NoticeDrafted(draft=replace(draft, content=content)),)


def submit(
    case: Case,
    digest: str,
    checks: Collection[str],
    problems: Collection[Problem],
    *,
    due: datetime | None = None,
    now: datetime | None = None,
) -> tuple[Fact, ...]:
    """Answer for the exact text and for the check list: the first of the two people.

    *due*: when it is to be published, seen from *now*; None for as soon as it is approved.
    """
    _the_draft(case, digest)
    _no_problems(problems)
    if missing := [name for name in CHECK_LIST if name not in checks]:
        item = CHECK_LIST[missing[0]]
        raise NotPermitted(f"核对清单未勾选：{item.zh}", f"not checked: {item.en}")
    submitted = NoticeSubmitted(digest=digest, checks=tuple(CHECK_LIST))
    if due is None or now is None:
        return (submitted,)
    return (submitted, timed(digest, due, now))


def call_off(case: Case, digest: str) -> tuple[Fact, ...]:
    """Call off what was to be published at a time; one person may, as with a withdrawal."""
    _the_draft(case, digest)
    return timing.call_off(case)


def approve(case: Case, digest: str, by: PersonId, problems: Collection[Problem]) -> tuple[Fact, ...]:
    """Approve the exact text: the second person (invariant 8). Persons are compared, not accounts."""
    _the_draft(case, digest)
    _no_problems(problems)
    notice = case.notice
    if notice.approved_by is not None:
        raise NotPermitted("已经批准", "it is approved already")
    if notice.submitted_by is None:
        raise NotPermitted("请先由一人核对并提交", "another person has to check and submit it first")
    if by == notice.submitted_by or by in notice.authors | case.settled_by:
        raise NotPermitted(
            "起草、核定事实或提交的人不能批准", "who wrote, settled a fact or submitted cannot approve it"
        )
    return (NoticeApproved(digest=digest),)


def withdraw(case: Case, reason: WithdrawalReason, now: datetime) -> tuple[Fact, ...]:
    """Take the published notice back. One person may, since it shows the public less, and says nothing new."""
    needs_open(case)
    _not_while_publishing(case)
    versions = case.notice.versions
    if not versions or versions[-1].withdrawn:
        raise NotPermitted("没有已发布的通告", "no notice is published")
    gone = Withdrawal(at=now, reason=reason)
    after = tuple(
        old if old.withdrawn else Version(number=old.number, at=old.at, digest=old.digest, content=None, withdrawn=gone)
        for old in versions
    )
    key = CommandKey(f"{case.id}.notice.{len(versions)}.withdrawal")
    notice = PublishedNotice(id=case.notice_id, versions=after)
    return (CommandIssued(step=0, command=PublishNotice(key=key, case=case.id, notice=notice)),)


def _the_draft(case: Case, digest: str) -> None:
    needs_open(case)
    if case.notice.draft is None or case.notice.digest != digest:
        raise NotPermitted("文本已被修改，请重新阅读后再操作", "the text has changed since: read it again")
    if case.notice.published:
        raise NotPermitted("这一版已经发布", "this version is published already")


def _no_problems(problems: Collection[Problem]) -> None:
    if problems:
        raise NotPermitted(
            "；".join(problem.text.zh for problem in problems), "; ".join(problem.text.en for problem in problems)
        )


def _not_while_publishing(case: Case) -> None:
    if any(isinstance(command, PublishNotice) for command in case.machine_commands):
        raise NotPermitted("通告正在发布，请稍候", "the notice is being published: wait a moment")
