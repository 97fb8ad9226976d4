"""Against what one would build from parts: mitmproxy with presidio-analyzer in a script, and the same masks."""

from pathlib import Path

from tests.bench import cores
from tests.bench.answers import body_of
from tests.bench.figure import Bench, Figure
from tests.bench.masking import checked
from tests.bench.rivals import compared, mitmdump, race, request_for, upstream, yingbi
from tests.proxy.credentials import Provider

SCRIPT = Path(__file__).parent / "presidio_inline.py"


def figures(bench: Bench) -> list[Figure]:
    """Throughput and processor time for 10 KiB of cases whose numbers recognisers know."""
    provider = Provider()
    with (
        cores.on(cores.shares()[1]),
        upstream(bench.folder, [body_of(10, checked)]) as port,
        mitmdump(bench.folder, port, script=SCRIPT) as other,
        yingbi(bench.folder, port, provider) as own,
    ):
        race(bench, (other, own), {"10 KiB JSON": request_for("/people?page=0", provider)})
    return compared("10 KiB JSON", own, other, "at least 30, aim 100")
