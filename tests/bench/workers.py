"""What a request costs where two workers share a port, against where there is one."""

from tests.bench import cores
from tests.bench.answers import answers
from tests.bench.figure import Bench, Figure, figure
from tests.bench.rivals import race, request_for, upstream, yingbi
from tests.proxy.credentials import Provider

WHAT = "10 KiB JSON"


def figures(bench: Bench) -> list[Figure]:
    """Processor time for each request, of all workers together."""
    provider = Provider()
    with (
        cores.on(cores.shares()[1]),
        upstream(bench.folder, [answers()[WHAT]]) as port,
        yingbi(bench.folder, port, provider) as one,
        yingbi(bench.folder, port, provider, workers=2) as two,
    ):
        race(bench, (one, two), {WHAT: request_for("/people?page=0", provider)})
    ratios = [both / single for both, single in zip(two.costs[WHAT], one.costs[WHAT], strict=True)]
    return [
        figure(f"{WHAT}: processor time for a request, two workers", ratios, "×", "one worker; at most 1.1, aim 1.0"),
        figure(f"{WHAT}: the same, one worker", one.costs[WHAT], "µs"),
        figure(f"{WHAT}: two workers", two.rates[WHAT], "/s"),
    ]
