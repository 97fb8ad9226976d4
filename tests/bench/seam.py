"""What the plain HTTP/1.1 core brings: against the worker without it, and against a bare mitmdump."""

from tests.bench import cores
from tests.bench.answers import answers
from tests.bench.figure import Bench, Figure
from tests.bench.rivals import compared, race, request_for, upstream, yingbi
from tests.proxy.credentials import Provider


def figures(bench: Bench) -> list[Figure]:
    """Throughput and processor time for some sizes."""
    asked = answers()
    provider = Provider()
    sizes = ("1 KiB JSON", "10 KiB JSON", "100 KiB JSON")
    requests = {what: request_for(f"/people?page={list(asked).index(what)}", provider) for what in sizes}
    with (
        cores.on(cores.shares()[1]),
        upstream(bench.folder, list(asked.values())) as port,
        yingbi(bench.folder, port, provider) as own,
        yingbi(bench.folder, port, provider, plain_core=False) as other,
    ):
        race(bench, (own, other), requests)
    return [each for what in sizes for each in compared(what, own, other)]
