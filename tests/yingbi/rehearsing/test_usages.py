"""The access log, read as far as rehearsing needs it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from policies.policy_kinds import Kind
from policies.program import GrantRule
from policies.program_callers import IssuerRule, SessionRule
from policies.rehearsal.standpoint import Standpoint
from policies.transforms.spec import Show
from siem.record.event import CallerKind, Disclosure, ExchangeId, FieldUse, PermitNote, PermitState, Phase, Verdict
from siem.record.log import AccessLog, StartId
from tests.policies.compiled import program
from tests.siem.events import event
from yingbi.rehearsing.usages import BEIJING, Usages, read_usages

NOON = datetime(2026, 11, 25, 4, tzinfo=UTC)
USE = FieldUse(
    name="person.name",
    category="person_name",
    transform="show",
    disclosure=Disclosure.CLEAR,
    rule="grants.yaml:2",
    grant="clerks",
    count=10,
)
WHOLE: dict[str, Any] = {"system": "people", "operation": "GET /people", "at": NOON, "phase": Phase.WHOLE}


def test_a_stream_is_one_answer_however_many_windows_it_has() -> None:
    usages = Usages([program()])
    facts = {**WHOLE, "exchange": ExchangeId("6YQ3K0M9ZT-1"), "status": 200, "format": "csv"}
    for number, phase in enumerate((Phase.INTENT, Phase.OPEN, Phase.SHOWN, Phase.SHOWN, Phase.CLOSE), 1):
        fields = (USE,) if phase is Phase.SHOWN else ()
        usages.add(event(number, **{**facts, "phase": phase, "fields": fields}))
    (usage,) = usages
    assert (usage.answered, usage.refused, usage.fields) == (1, 0, {"person.name": (1, 20)})
    assert usages.answered == 1


def test_tokens_of_one_caller_are_one_caller() -> None:
    issuer = IssuerRule("https://id.example", "people", "", "posts", Kind.STAFF)
    usages = Usages([replace(program(), issuers=(issuer,))])
    for number in range(3):
        usages.add(event(number, **WHOLE, credential=f"jwt:https://id.example:token:{number}"))
    usages.add(event(9, **WHOLE, credential="jwt:https://gone.example:x"))
    assert sorted(usage.asker.credential for usage in usages) == ["jwt:(unknown)", "jwt:https://id.example:"]


def test_sessions_of_one_caller_are_one_caller_who_is_known_while_sessions_are_declared() -> None:
    session = SessionRule(
        cookie="sid",
        login="POST /login",
        subject="/id",
        subject_cookie="",
        posts="",
        logout=("POST /logout",),
        purposes=("statistics",),
        kind=Kind.STAFF,
        minutes=5,
    )
    usages = Usages([program()])
    for number in range(3):
        usages.add(event(number, **WHOLE, credential=f"session:{number}"))
    (usage,) = usages
    known = Standpoint(replace(program(), session=session), datetime.now(UTC)).known(usage.asker)
    assert known is not None
    assert known.purposes == {"statistics"}
    assert Standpoint(program(), datetime.now(UTC)).known(usage.asker) is None


def test_what_became_of_permits_is_no_usage() -> None:
    usages = Usages([program()])
    for number, (phase, state) in enumerate(
        ((Phase.WHOLE, PermitState.ASKED), (Phase.PERMIT, PermitState.OPEN), (Phase.PERMIT, PermitState.REFUSED))
    ):
        note = PermitNote(id="prm-00000000000000a1", state=state, kind="reveal")
        usages.add(event(number, **{**WHOLE, "operation": "POST /.yingbi/reveal", "phase": phase}, permit=note))
    assert (list(usages), usages.answered, usages.refused) == ([], 0, 0)


def test_refusals_and_pages_of_errors_are_told_apart() -> None:
    usages = Usages([program()])
    usages.add(event(1, **WHOLE, status=404))
    usages.add(event(2, **WHOLE, status=403, verdict=Verdict.WITHHOLD, reason="not_allowed"))
    assert sorted((usage.is_error, usage.answered, usage.refused) for usage in usages) == [
        (False, 0, 1),
        (True, 1, 0),
    ]


def test_addresses_and_hours_count_where_a_grant_goes_by_them() -> None:
    def grant(**conditions: Any) -> GrantRule:
        return GrantRule(id="g", posts=("clerk",), sees={"mobile": Show()}, until=4e9, rule="g:1", **conditions)

    asked = [event(n, **{**WHOLE, "at": NOON + timedelta(hours=n)}, source_ip=f"10.0.0.{n}") for n in range(4)]
    plain, by_network, by_hours = (
        Usages([replace(program(), grants=(grant(**conditions),))])
        for conditions in ({}, {"networks": ("10.0.0.0/8",)}, {"hours": ((2 * 1440 + 13 * 60, 2 * 1440 + 14 * 60),)})
    )
    for usages in (plain, by_network, by_hours):
        for each in asked:
            usages.add(each)
    assert [usage.answered for usage in plain] == [4]
    assert {usage.asker.address for usage in by_network} == {f"10.0.0.{number}" for number in range(4)}
    hours = {datetime.fromtimestamp(usage.asker.at or 0, BEIJING).strftime("%a %H:%M") for usage in by_hours}
    assert hours == {"Mon 00:00", "Wed 13:00", "Wed 14:00"}


def test_only_the_last_days_are_read(tmp_path: Path) -> None:
    log = AccessLog(tmp_path / "log", StartId("6YQ3K0M9ZT"))
    for number, days in enumerate((0, 3, 9), 1):
        log.append(event(number, **{**WHOLE, "at": NOON - timedelta(days=days)}, caller_kind=CallerKind.STAFF))
    log.close()
    assert read_usages(tmp_path / "log", NOON - timedelta(days=7), [program()]).answered == 2
    assert read_usages(tmp_path / "none", NOON, [program()]).answered == 0
