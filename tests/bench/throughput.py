"""How many requests a second one worker serves, against a bare mitmdump and against nginx before the same system."""

from tests.bench import cores
from tests.bench.answers import answers
from tests.bench.figure import Bench, Figure
from tests.bench.rivals import compared, mitmdump, nginx, race, request_for, upstream, yingbi
from tests.proxy.credentials import Provider

SCANNED = "10 KiB JSON, every undeclared text scanned"
PROMISES = {
    "10 KiB JSON": "at least 2.0, aim 6",
    "1 KiB JSON": "at least 2.0, aim 6",
    "100 KiB JSON": "at least 1.2, aim 3",
    SCANNED: "at least 1.5, aim 4",
}
AGAINST_NGINX = "at least 0.08, aim 0.25"


def figures(bench: Bench) -> list[Figure]:
    """Throughput and processor time against mitmdump, for some sizes."""
    asked = answers()
    provider = Provider()
    requests = {what: request_for(f"/people?page={page}", provider) for page, what in enumerate(asked)}
    requests[SCANNED] = request_for(f"/scanned?page={list(asked).index('10 KiB JSON')}", provider)
    with (
        cores.on(cores.shares()[1]),
        upstream(bench.folder, list(asked.values())) as port,
        mitmdump(bench.folder, port) as dump,
        yingbi(bench.folder, port, provider) as own,
    ):
        race(bench, (dump, own), requests)
    return [each for what in requests for each in compared(what, own, dump, PROMISES.get(what, ""))]


def against_nginx(bench: Bench) -> list[Figure]:
    """The same against nginx, which looks at nothing."""
    body = answers()["10 KiB JSON"]
    provider = Provider()
    with (
        cores.on(cores.shares()[1]),
        upstream(bench.folder, [body]) as port,
        nginx(bench.folder, port) as other,
        yingbi(bench.folder, port, provider) as own,
    ):
        race(bench, (other, own), {"10 KiB JSON": request_for("/people?page=0", provider)})
    return compared("10 KiB JSON", own, other, AGAINST_NGINX)
