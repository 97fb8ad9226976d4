"""How many requests a second one worker serves, against a bare mitmdump before the same system behind.

Both have the same core to themselves, the load and the system behind share the other; they take turns, so that whatever
else the machine does meanwhile disturbs both alike. Of the gateway is asked what it is for: the caller shows a signed
token, every field is masked as declared, and every answer is written down before it leaves.
"""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import uvloop

from tests.bench import cores
from tests.bench.answers import answers, policies
from tests.bench.figure import Bench, Figure, figure
from tests.bench.load import load
from tests.gateway import gateway, wait_until
from tests.proxy.credentials import Provider
from tests.servers import free_port, serving

ROUNDS = 5
WARM_UP_S = 0.5


@dataclass
class Rival:
    """A server that is measured."""

    name: str
    port: int
    pid: int
    rates: dict[str, list[float]] = field(default_factory=dict)
    """Requests a second of each run, by what was asked for."""
    costs: dict[str, list[float]] = field(default_factory=dict)
    """Microseconds of a processor for each request."""

    def run(self, what: str, request: bytes, seconds: float) -> None:
        worked_s = cores.processor_seconds(self.pid)
        done = uvloop.run(load(self.port, request, seconds))
        worked_s = cores.processor_seconds(self.pid) - worked_s
        self.rates.setdefault(what, []).append(done.per_second)
        self.costs.setdefault(what, []).append(worked_s / done.requests * 1e6)


def figures(bench: Bench) -> list[Figure]:
    """Requests a second and processor time for each, for some sizes."""
    asked = answers()
    provider = Provider()
    requests = {
        what: (
            f"GET /people?page={page} HTTP/1.1\r\nHost: people.localhost\r\nAccept: application/json\r\n"
            f"Authorization: Bearer {provider.token(exp=4_000_000_000)}\r\n\r\n"
        ).encode()
        for page, what in enumerate(asked)
    }
    for_server, for_others = cores.shares()
    with (
        cores.on(for_others),
        upstream(bench.folder, list(asked.values())) as port,
        mitmdump(bench.folder, port, for_server) as dump,
        yingbi(bench.folder, port, provider, for_server) as own,
    ):
        for request in requests.values():
            for rival in (dump, own):
                uvloop.run(load(rival.port, request, WARM_UP_S))
        for number in range(ROUNDS):
            for what, request in requests.items():
                for rival in (dump, own):
                    bench.progress(f"{what}, {rival.name}, round {number + 1} of {ROUNDS}")
                    rival.run(what, request, bench.seconds)
    return [each for what in asked for each in _compared(what, own, dump)]


def _compared(what: str, own: Rival, other: Rival) -> list[Figure]:
    ratios = [a / b for a, b in zip(own.rates[what], other.rates[what], strict=True)]
    costs = [b / a for a, b in zip(own.costs[what], other.costs[what], strict=True)]
    return [
        figure(f"{what}: requests a second", ratios, "×", other.name),
        figure(f"{what}: requests for each second of a processor", costs, "×", other.name),
        figure(f"{what}: requests a second, one worker", own.rates[what], "/s"),
        figure(f"{what}: requests a second, {other.name}", other.rates[what], "/s"),
    ]


@contextlib.contextmanager
def upstream(folder: Path, answers: list[bytes]) -> Iterator[int]:
    """A system behind with *answers*, and its port."""
    port = free_port()
    files = []
    for number, body in enumerate(answers):
        files.append(folder / f"answer-{number}.json")
        files[-1].write_bytes(body)
    command = [sys.executable, "-m", "tests.bench.upstream", str(port), *map(str, files)]
    with serving(command, f"http://127.0.0.1:{port}/", folder / "upstream.log"):
        yield port


@contextlib.contextmanager
def mitmdump(folder: Path, upstream_port: int, on: set[int]) -> Iterator[Rival]:
    """mitmdump as it comes, in reverse mode, told to print nothing."""
    port = free_port()
    command = [str(Path(sys.executable).parent / "mitmdump"), "--quiet", "--listen-host", "127.0.0.1"]
    command += ["--listen-port", str(port), "--set", f"confdir={folder / 'mitmdump'}"]
    command += ["--mode", f"reverse:http://127.0.0.1:{upstream_port}"]
    with cores.on(on), contextlib.ExitStack() as stack:
        process: subprocess.Popen[bytes] = stack.enter_context(
            serving(command, f"http://127.0.0.1:{port}/", folder / "mitmdump.log")
        )
        with cores.on(cores.shares()[1]):
            yield Rival(f"mitmdump {version('mitmproxy')}", port, process.pid)


@contextlib.contextmanager
def yingbi(folder: Path, upstream_port: int, provider: Provider, on: set[int]) -> Iterator[Rival]:
    """A gateway of one worker that takes the tokens of *provider*."""
    home = folder / "gateway"
    home.mkdir()
    declared = policies(folder / "declared")
    with contextlib.ExitStack() as stack:
        running = stack.enter_context(gateway(home, {"people": upstream_port}, policies=declared, workers=0))
        provider.write(home / "policies" / "idp.json")
        running.publish()
        with cores.on(on):
            worker = running.start_worker()
        wait_until(lambda: running.counters()["programs"] == 2, 5)
        yield Rival("yingbi", running.port, worker.pid)
