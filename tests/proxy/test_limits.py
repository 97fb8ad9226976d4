"""Which limits concern whom, who counts as shown, and how long somebody is known to be at a limit."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from policies.compiling.system import compile_system
from policies.formats.masker import Tally
from policies.limits import AtLimit
from policies.load import load_policy
from policies.program import StepUpRule
from policies.view import View
from proxy.identity.caller import NOBODY, Caller
from proxy.limits import Limited, Limits, has_stepped_up
from proxy.quota.client import Quota
from proxy.quota.keeper import FileKeeper
from proxy.quota.server import QuotaServer
from proxy.system import System
from siem.record.event import CallerKind
from tests.policies.compiled import DATA_KEYS, GOOD, SECRET
from tests.policies.formats.masking import DIGESTER
from tests.policies.granted import good_policy, grants_of, limits_of
from tests.proxy.clocks import Machine

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CLERK = Caller(id="li", kind=CallerKind.STAFF, posts=frozenset({"clerk"}), purposes=frozenset({"case-handling"}))


def system_of(**particulars: str) -> System:
    policy = good_policy(grants_of(names="", numbers="sees: {mobile: show}"), limits=limits_of(**particulars))
    program = compile_system(policy, policy.systems["people"], load_policy(GOOD).jwks)
    return System(program, "digest", DIGESTER, SECRET, DATA_KEYS)


def of(limits: Limits, system: System, caller: Caller = CLERK, address: str = "192.0.2.7") -> Limited | None:
    return limits.of(system, caller, operation="GET /people", address=address, now=NOW)


def view_of(system: System) -> View:
    (operation,) = (each for each in system.program.operations if each.id == "GET /people")
    return system.view_of(CLERK, NOW, operation=operation, address="", strictest=False)


def tally_of(system: System, subjects: str, *fields: str) -> Tally:
    """What an answer about *subjects* counts that shows values of *fields*."""
    tally = Tally(DIGESTER, subjects=dict.fromkeys(subjects, ""))
    for index, field in enumerate(system.program.fields):
        if field.name in fields:
            tally.fields[index] += 1
    return tally


@pytest.fixture
def quota(tmp_path: Path) -> Iterator[Quota]:
    server = QuotaServer(lambda: FileKeeper(tmp_path / "quota", Machine()), tmp_path / "quota.socket")
    stop = threading.Event()
    serving = threading.Thread(target=server.serve, args=(stop.is_set, lambda facts: None, 0.05))
    serving.start()
    asked = Quota(tmp_path / "quota.socket")
    yield asked
    asked.close()
    stop.set()
    serving.join()


# Whom a limit for everybody counts by.
WHO: dict[str, tuple[Caller, str, str]] = {
    "staff": (CLERK, "192.0.2.7", "caller:li"),
    "a citizen": (Caller(id="2:b", kind=CallerKind.CITIZEN, earlier=("1:a",)), "192.0.2.7", "caller:1:a"),
    "a citizen of the first epoch": (Caller(id="1:a", kind=CallerKind.CITIZEN), "192.0.2.7", "caller:1:a"),
    "nobody": (NOBODY, "192.0.2.7", "address:192.0.2.7"),
    "nobody, as IPv6 spells it": (NOBODY, "::ffff:192.0.2.7", "address:192.0.2.7"),
    "nobody in a network": (NOBODY, "2001:db8:1:2:3::4", "address:2001:db8:1:2::/64"),
}


@pytest.mark.parametrize("name", WHO)
def test_each_caller_is_counted_by_a_name_that_stays(name: str) -> None:
    caller, address, expected = WHO[name]
    limited = of(Limits(), system_of(a="who: {anyone: true}"), caller, address)
    assert limited is not None
    assert limited.who == expected


def test_only_limits_that_apply_concern_a_caller() -> None:
    system = system_of(a="", b="who: {posts: [auditor]}", c="operations: ['GET /people.csv']")
    limited = of(Limits(), system)
    assert limited is not None
    assert [rule.grant.id for rule in limited.rules] == ["a"]
    assert of(Limits(), system, NOBODY) is None
    assert of(Limits(), system_of()) is None


def test_who_is_shown_in_clear_counts_and_only_by_the_grants_that_are_named(quota: Quota) -> None:
    system = system_of(a="subjects_an_hour: 1, grants: [numbers]")
    limits, view = Limits(quota), view_of(system)
    limited = of(limits, system)
    assert limited is not None
    for tally in (
        tally_of(system, "xyz", "person.name"),  # by another grant
        tally_of(system, "xyz", "person.id_no"),  # masked
        tally_of(system, "", "person.mobile"),  # nobody who is known
        tally_of(system, "x", "person.mobile", "person.name"),
    ):
        assert limits.judge(limited, tally, view) is None
    reached = limits.judge(limited, tally_of(system, "y", "person.mobile"), view)
    assert reached is not None
    assert (reached.reason, reached.limit, reached.at_limit) == ("subject_limit", "a", AtLimit.REFUSE)


def test_an_answer_that_names_somebody_in_a_way_that_nobody_can_read_counts_as_too_many(quota: Quota) -> None:
    system = system_of(a="")
    limits, view = Limits(quota), view_of(system)
    limited, tally = of(limits, system), tally_of(system, "x", "person.name")
    assert limited is not None
    assert limits.judge(limited, tally, view) is None
    tally.has_unreadable = True
    reached = limits.judge(limited, tally, view)
    assert reached is not None
    assert (reached.reason, reached.retry_s) == ("subject_limit", 0)
    masked = tally_of(system, "x", "person.id_no")
    masked.has_unreadable = True
    assert limits.judge(limited, masked, view) is None


def test_of_several_limits_that_are_reached_the_hardest_acts(quota: Quota) -> None:
    system = system_of(
        a="at_limit: mask-harder, subjects_an_hour: 1",
        b="at_limit: step-up, step_up: {amr: [otp], subjects_a_day: 9}, subjects_a_day: 1, subjects_an_hour: ~",
        c="subjects_an_hour: 5",
    )
    limits = Limits(quota)
    limited = of(limits, system)
    assert limited is not None
    reached = limits.judge(limited, tally_of(system, "xy", "person.name"), view_of(system))
    assert reached is not None
    assert (reached.reason, reached.limit) == ("step_up_needed", "b")
    assert reached.step_up == StepUpRule(amr=("otp",), subjects_a_day=9)


def test_who_is_at_a_limit_that_masks_is_known_until_there_is_room(quota: Quota) -> None:
    now_s = [0.0]
    system = system_of(a="at_limit: mask-harder, subjects_an_hour: 1")
    limits, view = Limits(quota, clock=lambda: now_s[0]), view_of(system)
    limited = of(limits, system)
    assert limited is not None
    assert limits.judge(limited, tally_of(system, "x", "person.name"), view) is None
    assert limits.masks_harder(limited) is None
    reached = limits.judge(limited, tally_of(system, "y", "person.name"), view)
    assert reached is not None
    assert limits.masks_harder(limited) is not None
    now_s[0] += reached.retry_s
    assert limits.masks_harder(limited) is None, "or a stream of his would be masked for ever"


def test_without_a_table_or_a_process_what_is_limited_is_refused() -> None:
    system = system_of(a="requests_a_minute: 5")
    limits = Limits()
    limited = of(limits, system)
    assert limited is not None
    asked = limits.asked(limited)
    shown = limits.judge(limited, tally_of(system, "x", "person.name"), view_of(system))
    assert asked is not None
    assert shown is not None
    assert (asked.reason, shown.reason) == ("limit_unknown", "limit_unknown")


@pytest.mark.parametrize(
    ("step", "acr", "amr", "ago_s", "expected"),
    [
        (StepUpRule(acr=("strong", "stronger")), "stronger", (), None, True),
        (StepUpRule(acr=("strong",)), "", (), None, False),
        (StepUpRule(amr=("otp", "pwd")), "", ("pwd", "otp", "face"), None, True),
        (StepUpRule(amr=("otp", "pwd")), "", ("otp",), None, False),
        (StepUpRule(acr=("strong",), amr=("otp",)), "strong", (), None, False),
        (StepUpRule(within_minutes=15), "", (), 900, True),
        (StepUpRule(within_minutes=15), "", (), 901, False),
        (StepUpRule(within_minutes=15), "", (), -31, False),
        (StepUpRule(within_minutes=15), "", (), None, False),
        (StepUpRule(acr=("strong",), within_minutes=15), "weak", (), 1, False),
        (StepUpRule(), "strong", ("otp",), 1, False),
    ],
)
def test_all_that_a_strong_sign_in_asks_for_must_be_said(
    step: StepUpRule, acr: str, amr: tuple[str, ...], ago_s: float | None, expected: bool
) -> None:
    at = None if ago_s is None else NOW.timestamp() - ago_s
    caller = Caller(id="li", kind=CallerKind.STAFF, acr=acr, amr=frozenset(amr), signed_in_at=at)
    assert has_stepped_up(caller, step, NOW) is expected
