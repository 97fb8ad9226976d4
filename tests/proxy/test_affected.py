"""What is told of being affected is in the log before it is told; the rest is tried in `tests/evasion`."""

from datetime import timedelta

import pytest

from policies.affected import AffectedTable
from proxy.affected import AFFECTED, AffectedDesk
from proxy.identity.caller import Caller
from proxy.ledger import Ledger
from proxy.published import publish_affected
from proxy.reveal import Refused
from siem.record.event import CallerKind
from siem.record.log import RecordFailed
from tests.policies.formats.masking import DIGESTER
from tests.proxy.parts import NOW, Parts
from tests.proxy.test_decide import request

CITIZEN = Caller(id=DIGESTER("R-000001"), kind=CallerKind.CITIZEN)


def asked(parts: Parts, caller: Caller = CITIZEN) -> Ledger:
    parts.serve()
    publish_affected(parts.published, AffectedTable(until=NOW + timedelta(minutes=30)), parts.signers["permits"])
    ledger = Ledger(parts.log, lambda: NOW, "127.0.0.1")
    ledger.system, ledger.caller = parts.current.systems["people.localhost"], caller
    return ledger


def test_where_nothing_can_be_recorded_nothing_is_told(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = asked(parts)
    assert ledger.system is not None

    def full(*_: object, **__: object) -> None:
        raise RecordFailed

    monkeypatch.setattr(parts.log, "append", full)
    with pytest.raises(RecordFailed):
        AffectedDesk(parts.current).answer(request("GET", AFFECTED), ledger.system, ledger)


def test_who_is_named_in_a_way_that_may_be_somebody_elses_is_told_nothing(parts: Parts) -> None:
    ledger = asked(parts, Caller(id=CITIZEN.id, kind=CallerKind.CITIZEN, is_exact=False))
    assert ledger.system is not None
    with pytest.raises(Refused) as refused:
        AffectedDesk(parts.current).answer(request("GET", AFFECTED), ledger.system, ledger)
    assert refused.value.reason == "affected_unknown"


def test_a_table_that_cannot_be_taken_is_told_of_once(parts: Parts) -> None:
    ledger = asked(parts)
    assert ledger.system is not None
    desk = AffectedDesk(parts.current)
    (parts.published / "affected.json").write_bytes(b"{")
    for _ in range(3):
        with pytest.raises(Refused):
            desk.answer(request("GET", AFFECTED), ledger.system, ledger)
    assert parts.said == ["affected_refused"]
