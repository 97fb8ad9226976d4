"""What a request costs where two workers share a port, against where there is one.

It is told of two arrangements. Where both workers are on one core, each finds its caches as the other has left them
whenever its turn has come: that is the price of the core, not of the second worker, and nobody runs them so who has
two. Where each has a core of its own, the load and the system behind have to share those with them. So there are as
many loads and systems behind as cores, one on each, whether there are one or two workers: each of these has the same
neighbours. And each has as many connections: who adds a worker has more to do, and a worker that is asked by half as
many goes to sleep and wakes up more often, which costs it more than anything that it shares with others.
"""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.bench import cores
from tests.bench.answers import answers
from tests.bench.figure import Bench, Figure, figure
from tests.bench.load import CONNECTIONS
from tests.bench.rivals import ROUNDS, WARM_UP_S, Rival, race, request_for, upstream, yingbi
from tests.ports import free_port
from tests.proxy.credentials import Provider
from tests.servers import ROOT

WHAT = "10 KiB JSON"


def figures(bench: Bench) -> list[Figure]:
    """Processor time for each request, of all workers together."""
    found = []
    for where, measured in (("each on a core of its own", _spread), ("both on one core", _on_one)):
        folder = bench.folder / measured.__name__
        folder.mkdir()
        one, two = measured(Bench(folder=folder, seconds=bench.seconds, progress=bench.progress))
        ratios = [both / single for both, single in zip(two.costs[WHAT], one.costs[WHAT], strict=True)]
        told = f"{WHAT}, {where}"
        found += [
            figure(
                f"{told}: processor time for a request, two workers", ratios, "×", "one worker; at most 1.1, aim 1.0"
            ),
            figure(f"{told}: the same, one worker", one.costs[WHAT], "µs"),
            figure(f"{told}: two workers", two.rates[WHAT], "/s"),
        ]
    return found


def _on_one(bench: Bench) -> tuple[Rival, Rival]:
    """One worker, and two, on the same core; the load and the system behind on the others."""
    provider, (core, others) = Provider(), cores.shares()
    with (
        cores.on(others),
        upstream(bench.folder, [answers()[WHAT]]) as port,
        yingbi(bench.folder, port, provider, on=[core]) as one,
        yingbi(bench.folder, port, provider, on=[core, core]) as two,
    ):
        race(bench, (one, two), {WHAT: request_for("/people?page=0", provider)})
    return one, two


def _spread(bench: Bench) -> tuple[Rival, Rival]:
    """One worker, and two, each on a core of its own with its share of the load and of the system behind."""
    provider, each = Provider(), [{core} for core in sorted(os.sched_getaffinity(0))[:2]]
    request, port = bench.folder / "request", free_port()
    request.write_bytes(request_for("/people?page=0", provider))
    with contextlib.ExitStack() as stack:
        for core in each:
            with cores.on(core):
                stack.enter_context(upstream(bench.folder, [answers()[WHAT]], port=port))
        one = stack.enter_context(yingbi(bench.folder, port, provider, on=each[:1]))
        two = stack.enter_context(yingbi(bench.folder, port, provider, on=each))
        for rival in (one, two):
            _loaded(rival, request, WARM_UP_S, each)
        for number in range(ROUNDS):
            for rival in (one, two):
                bench.progress(f"{WHAT}, {len(rival.pids)} workers, round {number + 1} of {ROUNDS}")
                worked_s, begun_s = rival.worked_s, time.perf_counter()
                done = _loaded(rival, request, bench.seconds, each)
                rival.note(WHAT, done, time.perf_counter() - begun_s, rival.worked_s - worked_s)
    return one, two


def _loaded(rival: Rival, request: Path, seconds: float, each: list[set[int]]) -> int:
    """How often loads on *each* of the cores made the *request* of *rival* in some *seconds*."""
    connections = CONNECTIONS * len(rival.pids) // len(each)
    command = [sys.executable, "-m", "tests.bench.load", str(rival.port), str(seconds), str(connections)]
    running = []
    for core in each:
        with cores.on(core), request.open("rb") as asked:
            running.append(subprocess.Popen(command, cwd=ROOT, stdin=asked, stdout=subprocess.PIPE))
    return sum([int(process.communicate()[0]) for process in running])
