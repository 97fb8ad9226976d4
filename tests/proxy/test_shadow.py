import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from policies.formats.masker import Tally
from policies.keys.key_files import Signer, Verifier, make_secret
from policies.overlay import Overlay
from policies.program import Program, digest_of
from proxy.decide import decide
from proxy.identity.caller import NOBODY
from proxy.ledger import Ledger
from proxy.message import read_request
from proxy.published import SHADOW, publish_programs
from proxy.shadow import Asked, Shadow
from proxy.system import System
from proxy.verdict import Forward
from siem.record.log import AccessLog, StartId
from tests.policies.compiled import DATA_KEYS, SECRET, program
from tests.policies.formats.masking import DIGESTER

NOW = datetime(2026, 11, 25, tzinfo=UTC)
REQUEST = read_request(method="GET", authority="people.localhost", target="/people", fields=(), source_ip="10.0.0.7")
ASKED = Asked(request=REQUEST, body=b"", credential=None, overlay=Overlay(), now=NOW, overlay_now=NOW)


def shadow_of(folder: Path, draft: Program, clock: Callable[[], float] = time.monotonic) -> Shadow:
    make_secret(folder / "program.key")
    signer = Signer(folder / "program.key")
    publish_programs(folder, {draft.system: draft}, 1, signer, SHADOW)
    shadow = Shadow(folder, Verifier(signer.public_bytes), SECRET, folder / "disagreements" / "worker-0", clock)
    shadow.tick()
    return shadow


def exchange(shadow: Shadow, folder: Path, names: tuple[str, ...]) -> None:
    """One exchange of nobody's, whose answer held values of these fields."""
    live = program()
    system = System(live, digest_of(live), DIGESTER, SECRET, DATA_KEYS)
    log = AccessLog(folder / "log", StartId("6YQ3K0M9ZT"))
    ledger = Ledger(log, lambda: NOW, "10.0.0.7")
    verdict = decide(REQUEST, b"", system, NOBODY, Overlay(), NOW)
    assert isinstance(verdict, Forward)
    ledger.system, ledger.view, ledger.format = system, verdict.view, "json"
    shadow.judge(ledger, system, ASKED, verdict)
    tally = Tally(DIGESTER)
    for index, field in enumerate(live.fields):
        if field.name in names:
            tally.fields[index] = 2
    ledger.whole(tally, 200, 10)
    log.close()


def test_a_draft_like_the_live_program_disagrees_with_nothing(tmp_path: Path) -> None:
    shadow = shadow_of(tmp_path, program())
    exchange(shadow, tmp_path, ("person.name", "person.id_no"))
    assert (shadow.found.exchanges, shadow.found.failures, shadow.found.counts) == (1, 0, {})


def test_a_draft_that_raises_is_counted_and_costs_nothing_else(tmp_path: Path) -> None:
    broken = tuple(msgspec.structs.replace(each, path="(") for each in program().operations)
    shadow = shadow_of(tmp_path, msgspec.structs.replace(program(), operations=broken))
    exchange(shadow, tmp_path, ("person.name",))
    assert (shadow.found.exchanges, shadow.found.failures) == (1, 1)
    (segment,) = (tmp_path / "log").rglob("*.log")
    assert b'"name":"person.name"' in segment.read_bytes()


def test_a_system_that_the_draft_lacks_would_be_refused(tmp_path: Path) -> None:
    shadow = shadow_of(tmp_path, msgspec.structs.replace(program(), system="other"))
    exchange(shadow, tmp_path, ())
    (row,) = shadow.found.counts
    assert (row.operation, row.after) == ("GET /people", "unknown_host")


def test_a_disk_that_takes_nothing_ends_no_worker(tmp_path: Path) -> None:
    seconds = iter(range(0, 600, 60))
    shadow = shadow_of(tmp_path, program(), lambda: next(seconds))
    (tmp_path / "disagreements").write_bytes(b"")
    exchange(shadow, tmp_path, ("person.name",))
    shadow.tick()
    assert shadow.found.failures == 1
