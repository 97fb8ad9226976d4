"""The servers that are measured against one another, and the system behind all of them.

Each has the same core to itself, the load and the system behind share the others. Of the gateway is asked what it is
for: the caller shows a signed token, every field is masked as declared, every answer is written down before it leaves.
"""

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from pathlib import Path

import uvloop

from tests.bench import cores
from tests.bench.answers import policies
from tests.bench.figure import Bench, Figure, NotMeasured, figure
from tests.bench.load import load
from tests.gateway import Gateway, gateway, wait_until
from tests.ports import free_port
from tests.proxy.credentials import Provider
from tests.servers import serving

ROUNDS = 5
WARM_UP_S = 0.5
_NGINX = """
daemon off; master_process off; pid nginx.pid; error_log stderr crit;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fast; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  upstream behind {{ server 127.0.0.1:{behind}; keepalive 32; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    keepalive_requests 1000000000;
    location / {{
      proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;
      proxy_buffers 16 64k; proxy_buffer_size 64k; proxy_busy_buffers_size 128k;
    }}
  }}
}}
"""
"""The limit of what a proxy can do: nothing is looked at, nothing is written down, connections behind are kept."""


@dataclass
class Rival:
    """A server that is measured."""

    name: str
    port: int
    pids: tuple[int, ...]
    rates: dict[str, list[float]] = field(default_factory=dict)
    """Requests a second of each run, by what was asked for."""
    costs: dict[str, list[float]] = field(default_factory=dict)
    """Microseconds of a processor for each request."""

    def run(self, what: str, request: bytes, seconds: float) -> None:
        """Ask for *what* by *request* for some *seconds*."""
        worked_s = self.worked_s
        done = uvloop.run(load(self.port, request, seconds))
        self.note(what, done.requests, done.seconds, self.worked_s - worked_s)

    def note(self, what: str, requests: int, seconds: float, worked_s: float) -> None:
        """Remember what a run came to."""
        self.rates.setdefault(what, []).append(requests / seconds)
        self.costs.setdefault(what, []).append(worked_s / requests * 1e6)

    @property
    def worked_s(self) -> float:
        """Seconds of a processor that it has taken so far."""
        return sum(map(cores.processor_seconds, self.pids))


def request_for(target: str, provider: Provider) -> bytes:
    """A request by somebody whom *provider* vouches for."""
    return (
        f"GET {target} HTTP/1.1\r\nHost: people.localhost\r\nAccept: application/json\r\n"
        f"Authorization: Bearer {provider.token(exp=4_000_000_000)}\r\n\r\n"
    ).encode()


def race(bench: Bench, rivals: Sequence[Rival], requests: dict[str, bytes]) -> None:
    """Let *rivals* take turns, so that whatever else the machine does meanwhile disturbs all alike."""
    for request in requests.values():
        for rival in rivals:
            uvloop.run(load(rival.port, request, WARM_UP_S))
    for number in range(ROUNDS):
        for what, request in requests.items():
            for rival in rivals:
                bench.progress(f"{what}, {rival.name}, round {number + 1} of {ROUNDS}")
                rival.run(what, request, bench.seconds)


def compared(what: str, own: Rival, other: Rival, promise: str = "") -> list[Figure]:
    """How *own* does at *what* against *other*; *promise* is what it is to be held against."""
    ratios = [a / b for a, b in zip(own.rates[what], other.rates[what], strict=True)]
    costs = [b / a for a, b in zip(own.costs[what], other.costs[what], strict=True)]
    against = f"{other.name}; {promise}" if promise else other.name
    return [
        figure(f"{what}: throughput", ratios, "×", against),
        figure(f"{what}: work for each second of a processor", costs, "×", against),
        figure(f"{what}: one worker", own.rates[what], "/s"),
        figure(f"{what}: {other.name}", other.rates[what], "/s"),
    ]


@contextlib.contextmanager
def upstream(folder: Path, answers: list[bytes], *, port: int = 0) -> Iterator[int]:
    """A system behind with *answers*, and its port: *port*, which it shares with others, or one that is free."""
    port = port or free_port()
    files = []
    for number, body in enumerate(answers):
        files.append(folder / f"answer-{number}.json")
        files[-1].write_bytes(body)
    command = [sys.executable, "-m", "tests.bench.upstream", str(port), *map(str, files)]
    with serving(command, f"http://127.0.0.1:{port}/", folder / "upstream.log"):
        yield port


@contextlib.contextmanager
def mitmdump(folder: Path, upstream_port: int, *, script: Path | None = None) -> Iterator[Rival]:
    """mitmdump as it comes, in reverse mode, told to print nothing; with a *script* of its own where one is given."""
    port = free_port()
    command = [str(Path(sys.executable).parent / "mitmdump"), "--quiet", "--listen-host", "127.0.0.1"]
    command += ["--listen-port", str(port), "--set", f"confdir={folder / 'mitmdump'}"]
    command += ["--mode", f"reverse:http://127.0.0.1:{upstream_port}"]
    command += ["--scripts", str(script)] if script is not None else []
    name = f"mitmdump {version('mitmproxy')}{f' with {script.stem}' if script is not None else ''}"
    with _served(command, port, folder / "mitmdump.log") as process:
        yield Rival(name, port, (process.pid,))


@contextlib.contextmanager
def nginx(folder: Path, upstream_port: int) -> Iterator[Rival]:
    """nginx that passes everything on. Raises NotMeasured where there is none on this machine."""
    found = shutil.which("nginx")
    if found is None:
        raise NotMeasured("there is no nginx on this machine: install Debian's package `nginx-light`")
    port, home = free_port(), folder / "nginx"
    home.mkdir()
    (home / "nginx.conf").write_text(_NGINX.format(behind=upstream_port, port=port), "ascii")
    command = [found, "-p", str(home), "-c", "nginx.conf", "-e", "stderr"]
    said = subprocess.run([found, "-v"], capture_output=True, text=True, check=True).stderr
    with _served(command, port, folder / "nginx.log") as process:
        yield Rival(said.partition(": ")[2].strip().replace("/", " "), port, (process.pid,))


@contextlib.contextmanager
def yingbi(
    folder: Path,
    upstream_port: int,
    provider: Provider,
    *,
    on: Sequence[set[int]] = (),
    tls: bool = False,
    plain_core: bool = True,
) -> Iterator[Rival]:
    """A gateway that takes the tokens of *provider*: one worker *on* each of these cores, or one on that of the server.

    Without the *plain_core*, mitmproxy's own carries everything.
    """
    name = "yingbi" if plain_core else "mitmproxy's core"
    each = on or [cores.shares()[0]]
    home = folder / f"gateway-{len(each)}-{plain_core}"
    declared = policies(home / "declared")
    with contextlib.ExitStack() as stack:
        running = stack.enter_context(
            gateway(
                home,
                {"people": upstream_port},
                policies=declared,
                workers=0,
                tls=tls,
                lease_s=300,
                plain_core=plain_core,
            )
        )
        provider.write(home / "policies" / "idp.json")
        running.publish()
        pids = []
        for core in each:
            with cores.on(core):
                pids.append(running.start_worker().pid)
        for number in range(len(each)):
            wait_until(partial(_has_programs, running, number), 5)
        yield Rival(name, running.port, tuple(pids))


def _has_programs(running: Gateway, number: int) -> bool:
    """Whether that worker serves by what was published last."""
    return bool(running.counters(number)["programs"] == 2)


@contextlib.contextmanager
def _served(command: list[str], port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    for_server, for_others = cores.shares()
    with cores.on(for_server), contextlib.ExitStack() as stack:
        process = stack.enter_context(serving(command, f"http://127.0.0.1:{port}/", log))
        with cores.on(for_others):
            yield process
