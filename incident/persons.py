"""Asking for the list of persons to tell, agreeing to it, and giving it up: what one and another person may do.

Re-identifying takes two people, as publishing does, and both see the exact key that the list is encrypted to.
"""

import re

from incident.acts import needs_open, needs_reason
from incident.facts.persons import PersonsAgreed, PersonsAsked, PersonsListed, PersonsStopped
from incident.ids import NotPermitted, PersonId
from incident.incident import Case
from incident.journal import Fact
from incident.person_lists import ListStanding, PersonList

RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}")
"""An X25519 public key as age spells it. Source: C2SP age, "The X25519 recipient type"."""
MOST_LISTS = 50


def ask(case: Case, source: str, recipient: str, reason: str, *, masked: bool) -> tuple[Fact, ...]:
    """Want a list from the declared system *source*, for the holder of *recipient*."""
    needs_open(case)
    needs_reason(reason)
    if case.scope is None:
        raise NotPermitted("请先统计影响范围", "count first who is affected")
    if not RECIPIENT.fullmatch(recipient):
        raise NotPermitted(
            "公钥以 age1 开头，共 62 个字符，由 `yingbi persons key` 生成",
            "the public key begins with age1 and has 62 characters: `yingbi persons key` makes one",
        )
    if len(case.person_lists) >= MOST_LISTS:
        raise NotPermitted("这个案件的名单太多", "the case has too many lists")
    number = len(case.person_lists) + 1
    return (PersonsAsked(number=number, source=source, recipient=recipient, masked=masked, reason=reason),)


def agree(case: Case, number: int, recipient: str, by: PersonId) -> tuple[Fact, ...]:
    """Agree, as the second person, to the list with that very *recipient*."""
    needs_open(case)
    found = _found(case, number)
    if found.standing is not ListStanding.ASKED:
        raise NotPermitted("这份名单没有在等人同意", "this list waits for nobody")
    if found.asked_by == by:
        raise NotPermitted("须由另一人同意", "another person has to agree")
    if found.asked.recipient != recipient:
        raise NotPermitted("公钥与申请的不同，请看最新情况", "the key is not the one that was asked for: look again")
    return (PersonsAgreed(number=number),)


def listed(case: Case, fact: PersonsListed) -> tuple[Fact, ...]:
    """Record what an attempt came to; nothing where it changes nothing, or nobody wants the list any more."""
    known = case.person_lists.get(fact.number)
    if known is None or not known.is_due:
        return ()
    last = known.last
    same = (
        last
        and fact.part == 0
        and (last.found, last.affected, last.complete, last.why)
        == (
            fact.found,
            fact.affected,
            fact.complete,
            fact.why,
        )
    )
    return () if same else (fact,)


def stop(case: Case, number: int, reason: str) -> tuple[Fact, ...]:
    """Give up what is missing. The parts that there are stay, and stay partial."""
    needs_reason(reason)
    if _found(case, number).standing in (ListStanding.COMPLETE, ListStanding.STOPPED):
        raise NotPermitted("这份名单已经结束", "this list has come to its end")
    return (PersonsStopped(number=number, reason=reason),)


def _found(case: Case, number: int) -> PersonList:
    if number not in case.person_lists:
        raise NotPermitted("没有这份名单", "there is no such list")
    return case.person_lists[number]
