"""The log of a caller, a system or an operation that a case raises: what is recorded of each request, over sockets."""

from typing import Any

import pytest

from policies.overlay import Tightening
from tests.evasion.cases import CSV, ROWS
from tests.evasion.test_exports import download
from tests.front import Front
from tests.gateway import BATCH_KEY, wait_until
from tests.rig import ID_NO
from tests.scripted import answering
from tests.tightening import entry

KEY = ("authorization", f"Bearer {BATCH_KEY}")
PROGRAM = ("user-agent", "nightly/1.0")


def raised(front: Front, *headers: tuple[str, str], target: str = "/download") -> dict[str, Any] | None:
    """What the event of one download tells besides."""
    answer = download(front, answering(ROWS.encode(), CSV), *headers, target=target)
    assert answer.status != 200 or not answer.tells
    told: dict[str, Any] | None = front.rig.gateway.events()[-1]["yingbi"].get("raised")
    return told


def test_the_log_tells_more_of_whom_it_is_raised_for_and_of_nobody_else(declaring_front: Front) -> None:
    front, gateway = declaring_front, declaring_front.rig.gateway
    assert raised(front, KEY) is None
    event = gateway.events()[-1]
    caller, credential = event["user"]["id"], event["yingbi"]["credential"]
    for target in ("", event["yingbi"]["operation"], caller, credential):
        measure = entry(Tightening.RAISE_LOGGING, target)
        gateway.tighten(measure)
        wait_until(lambda: gateway.counters()["overlay"] == gateway.overlay.generation, 5)
        told = raised(front, KEY, PROGRAM, target="/download?page=2")
        assert told is not None, target
        assert told["by"] == [measure.id]
        assert (told["asked"], told["version"]) == (["page"], "2" if front.version == "HTTP/2" else "1.1")
        assert told["question"] != told["client"]
    gateway.tighten(entry(Tightening.RAISE_LOGGING, caller), entry(Tightening.RAISE_LOGGING, "GET /export"))
    wait_until(lambda: gateway.counters()["overlay"] == gateway.overlay.generation, 5)
    assert raised(front) is None
    gateway.tighten(entry(Tightening.RAISE_LOGGING, minutes=-1))
    wait_until(lambda: gateway.counters()["overlay"] == gateway.overlay.generation, 5)
    assert raised(front, KEY) is None, "it has ended"
    gateway.tighten()


@pytest.mark.parametrize("target", [f"/nothing/{ID_NO}?x={ID_NO}", f"/download?surprise={ID_NO}"])
def test_what_is_refused_is_told_of_as_well_and_never_what_was_sent(declaring_front: Front, target: str) -> None:
    gateway = declaring_front.rig.gateway
    gateway.tighten(entry(Tightening.RAISE_LOGGING))
    wait_until(lambda: gateway.counters()["overlay"] == gateway.overlay.generation, 5)
    told = raised(declaring_front, PROGRAM, target=target)
    assert told is not None
    assert told["asked"] == ["?"]
    assert ID_NO not in str(gateway.events())
    assert "nightly" not in str(gateway.events())
    bad = raised(declaring_front, ("authorization", "Bearer ybk_nobody"), PROGRAM)
    assert bad is not None, "who shows a bad credential is told of too"
    gateway.tighten()
