"""Which limits concern an exchange, and whether one of them is reached (DESIGN decision 17).

A subject counts where anything personal was shown unmasked in the answer that it stands in: in a whole answer, or in
one window of a stream. Of an answer in which everything is masked nobody counts.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv6Address, ip_network

import msgspec

from policies.applies import Applying, read_address
from policies.formats.masker import Tally
from policies.limits import HARDEST, AtLimit
from policies.program import LimitRule, Program, StepUpRule
from policies.transforms.spec import Form
from policies.view import View
from proxy.identity.caller import Caller
from proxy.quota.book import Numbers, Verdict
from proxy.quota.client import Quota, QuotaUnknown
from proxy.request_rate import RequestRate
from proxy.system import System, asking_of
from siem.record.event import CallerKind

AT_LEAST_S = 60
"""So long a caller is taken to be at a limit who has asked for more people at once than it allows."""
MOST_KEPT = 10_000
LEEWAY_S = 30
"""How far an issuer's clock may be ahead of ours."""
_REASONS = {
    AtLimit.REFUSE: "subject_limit",
    AtLimit.STEP_UP: "step_up_needed",
    AtLimit.MASK_HARDER: "subject_limit",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A limit stands in the way."""

    reason: str
    """One of `reasons.REASONS`."""
    limit: str = ""
    """Its id; empty where nobody knows whether one is reached."""
    at_limit: AtLimit | None = None
    retry_s: int = 0
    step_up: StepUpRule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limited:
    """The limits that concern one exchange."""

    who: str
    """By whom is counted: the same whatever worker asks, and whatever digest key is in force."""
    rules: tuple[LimitRule, ...]
    numbers: Mapping[str, Numbers]
    """How many subjects each of them allows the caller, by its id; none where it counts none."""


class Limits:
    """The limits as one worker judges by them."""

    def __init__(
        self,
        quota: Quota | None = None,
        rate: RequestRate | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._quota = quota or Quota(None)
        self._rate = rate
        self._of: dict[str, tuple[Program, Applying]] = {}
        self._clock = clock
        self._spent: dict[tuple[str, Numbers], float] = {}
        """By caller and numbers, by which he was refused last: until when there is no room."""

    def of(self, system: System, caller: Caller, *, operation: str, address: str, now: datetime) -> Limited | None:
        """The limits of *system* that concern *caller*, who asks from *address* for *operation*; None: none."""
        if not system.program.limits:
            return None
        known = self._of.get(system.name)
        if known is None or known[0] is not system.program:
            grants = tuple(limit.grant for limit in system.program.limits)
            known = system.program, Applying(msgspec.structs.replace(system.program, grants=grants))
            self._of[system.name] = known
        applying = {grant.id for grant in known[1].to(asking_of(caller, now, address=address, operation=operation))}
        rules = tuple(limit for limit in system.program.limits if limit.grant.id in applying)
        if not rules:
            return None
        numbers = {rule.grant.id: found for rule in rules if (found := _numbers(rule, caller, now)) is not None}
        return Limited(who=_who(caller, address), rules=rules, numbers=numbers)

    def asked(self, limited: Limited) -> Reached | None:
        """Count a request; which limit it is too many for, if it is. Every limit it meets before that one counts it."""
        for rule in limited.rules:
            if rule.requests_a_minute is None:
                continue
            if self._rate is None:
                return Reached(reason="limit_unknown")
            wait_s = self._rate.wait_s(rule.grant.id, limited.who, rule.requests_a_minute)
            if wait_s:
                return Reached(reason="too_many_requests", limit=rule.grant.id, retry_s=wait_s)
        return None

    def judge(self, limited: Limited, tally: Tally, view: View) -> Reached | None:
        """Which limit *tally* would exceed, were what is counted there shown by *view*; None: none, and it counts."""
        is_uncountable = tally.has_unreadable or tally.has_nameless
        people = tally.subjects | tally.unnamed
        if not people and not is_uncountable:
            return None
        grants = {decision.grant for index in tally.fields if (decision := view.decisions[index]).form is Form.CLEAR}
        counting = [
            rule
            for rule in limited.rules
            if rule.grant.id in limited.numbers
            and (grants if rule.grants is None else not grants.isdisjoint(rule.grants))
        ]
        if not counting:
            return None
        numbers = tuple(limited.numbers[rule.grant.id] for rule in counting)
        if is_uncountable:  # of how many people it is nobody can tell
            return _hardest(counting, Verdict(tuple(each.limit for each in numbers)))
        try:
            verdict = self._quota.judge(limited.who, numbers, people)
        except QuotaUnknown:
            return Reached(reason="limit_unknown")
        self._note(limited.who, numbers, verdict)
        return _hardest(counting, verdict) if verdict.refused else None

    def _note(self, who: str, numbers: tuple[Numbers, ...], verdict: Verdict) -> None:
        if len(self._spent) > MOST_KEPT:
            self._spent.clear()
        for each in numbers:
            if each.limit in verdict.refused:
                self._spent[who, each] = self._clock() + (verdict.retry_s or AT_LEAST_S)
            elif not verdict.refused:
                self._spent.pop((who, each), None)

    def masks_harder(self, limited: Limited) -> Reached | None:
        """The limit that the caller was at when he was judged last, and is still, if all that says is to mask harder.

        Asked before an answer begins to flow, which could not be masked anew any more.
        """
        spent = [
            rule
            for rule in limited.rules
            if (numbers := limited.numbers.get(rule.grant.id)) is not None
            and self._spent.get((limited.who, numbers), 0.0) > self._clock()
        ]
        if not spent or any(rule.at_limit is not AtLimit.MASK_HARDER for rule in spent):
            return None
        return Reached(reason="subject_limit", limit=spent[0].grant.id, at_limit=AtLimit.MASK_HARDER)


def _hardest(rules: list[LimitRule], verdict: Verdict) -> Reached:
    reached = [rule for rule in rules if rule.grant.id in verdict.refused]
    rule = min(reached, key=lambda rule: HARDEST.index(rule.at_limit or AtLimit.REFUSE))
    at_limit = rule.at_limit or AtLimit.REFUSE
    return Reached(
        reason=_REASONS[at_limit],
        limit=rule.grant.id,
        at_limit=at_limit,
        retry_s=verdict.retry_s,
        step_up=rule.step_up if at_limit is AtLimit.STEP_UP else None,
    )


def _numbers(rule: LimitRule, caller: Caller, now: datetime) -> Numbers | None:
    if rule.at_limit is None:
        return None
    an_hour, a_day, step = rule.subjects_an_hour, rule.subjects_a_day, rule.step_up
    if step is not None and has_stepped_up(caller, step, now):
        an_hour = step.subjects_an_hour if step.subjects_an_hour is not None else an_hour
        a_day = step.subjects_a_day if step.subjects_a_day is not None else a_day
    return Numbers(rule.grant.id, an_hour, a_day)


def has_stepped_up(caller: Caller, step: StepUpRule, now: datetime) -> bool:
    """Whether the caller's token says all that *step* asks for."""
    if step.acr and caller.acr not in step.acr:
        return False
    if not caller.amr.issuperset(step.amr):
        return False
    if step.within_minutes is None:
        return bool(step.acr or step.amr)
    if caller.signed_in_at is None:
        return False
    return -LEEWAY_S <= now.timestamp() - caller.signed_in_at <= 60 * step.within_minutes


def _who(caller: Caller, address: str) -> str:
    """By whom is counted. A citizen has a digest under the key of each epoch, of which the first never changes."""
    if caller.kind is CallerKind.ANONYMOUS:
        return _network_of(address)
    return f"caller:{caller.earlier[0] if caller.earlier else caller.id}"


@lru_cache(maxsize=4096)
def _network_of(address: str) -> str:
    """Whose *address* it is as far as that can be told: of IPv6 everybody has a whole network of them (RFC 6177)."""
    at = read_address(address)
    if isinstance(at, IPv6Address):
        return f"address:{ip_network((at, 64), strict=False)}"
    return f"address:{at}"
