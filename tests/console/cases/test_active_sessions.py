"""Whom a measure would hit: those who were at work lately, as far as the log knows."""

from datetime import timedelta
from typing import Any

import pytest

from console.cases.active_sessions import LATELY, active
from incident.command import Containment
from siem.index.store import StoreUnavailable
from siem.record.event import CallerKind, ExchangeId, Phase
from tests.console.bureau import Bureau
from tests.incident.office import LIMIT, TEN
from tests.siem.events import digest, document

ROWS: tuple[dict[str, Any], ...] = (
    {"caller": "clerk-wang", "credential": "session:1", "source_ip": "10.0.0.1"},
    {"caller": "clerk-wang", "credential": "session:1", "source_ip": "10.0.0.1", "system": "hall"},
    {"caller": "clerk-wang", "credential": "session:2", "source_ip": "10.0.0.9", "phase": Phase.OPEN},
    {"caller": "clerk-li", "credential": "key:7", "source_ip": "10.0.0.2", "operation": "GET /export"},
    {"caller": digest(8), "caller_kind": CallerKind.CITIZEN, "credential": "session:3", "source_ip": "10.0.0.3"},
    {"caller": "clerk-yu", "credential": "session:9", "at": TEN - LATELY - timedelta(minutes=1)},
)


def put(bureau: Bureau) -> None:
    rows = ({"at": TEN - timedelta(minutes=9 - number), **row} for number, row in enumerate(ROWS))
    bureau.office.events.append([document(900 + number, **row) for number, row in enumerate(rows)], LIMIT)


HITS = {
    "an account": (Containment.BLOCK_CALLER, "", "clerk-wang", {"session:1", "session:2"}),
    "a credential": (Containment.BLOCK_CREDENTIAL, "", "session:2", {"session:2"}),
    "an operation": (Containment.STOP_OPERATION, "register", "GET /export", {"key:7"}),
    "a system": (Containment.MASK_HARDER, "hall", "", {"session:1"}),
    "another system": (Containment.STOP_SYSTEM, "register", "", {"session:1", "session:2", "session:3", "key:7"}),
    "nobody": (Containment.PRESERVE_EVIDENCE, "", "", set()),
    "nobody either": (Containment.PLANT_CANARIES, "register", "", set()),
}


@pytest.mark.parametrize("case", HITS)
def test_those_are_hit_whom_the_measure_is_about(bureau: Bureau, case: str) -> None:
    put(bureau)
    kind, system, target, credentials = HITS[case]
    found = active(bureau.office.events, ["register", "hall"], ["clerk-wang"], TEN)
    assert found.known
    assert {each.credential for each in found.hit(kind, system, target)} == credentials


def test_whose_answer_is_on_its_way_is_told_until_it_has_ended(bureau: Bureau) -> None:
    put(bureau)
    going = {each.credential for each in active(bureau.office.events, ["register"], [], TEN).sessions if each.going_on}
    assert going == {"session:2"}
    closed = document(990, at=TEN, **{**ROWS[2], "phase": Phase.CLOSE, "exchange": ExchangeId("6YQ3K0M9ZT-902")})
    bureau.office.events.append([closed], LIMIT)
    assert not any(each.going_on for each in active(bureau.office.events, ["register"], [], TEN).sessions)


def test_an_index_that_does_not_answer_is_not_taken_for_nobody(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise StoreUnavailable("down")

    monkeypatch.setattr(bureau.office.events, "latest", fails)
    found = active(bureau.office.events, ["register"], [], TEN)
    assert (found.known, found.sessions) == (False, ())


def test_the_page_of_a_case_lists_them_and_names_no_citizen_by_a_digest(bureau: Bureau) -> None:
    case = bureau.with_question()
    put(bureau)
    text = bureau.browser("oncall").get(f"/cases/{case}").text()
    assert "个活动会话" in text
    assert "session:2" in text
    assert "提前解除须两人同意" in text
    assert digest(8) not in text
