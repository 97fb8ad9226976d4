"""How long a new caller waits beside six exports, against the wait on the same worker while it has nothing to do.

A new caller brings a connection, TLS included, and asks for a small answer. The exports have no end, are taken as fast
as they come, and go over either version of HTTP; those of letters are read for names besides. The last figures are of
one export of letters alone: how fast it flows while it waits for what reads it, and what of it is hidden as a whole.
"""

import contextlib
import itertools
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from policies.formats.prose import UNREAD
from tests.bench import cores
from tests.bench.exporting import HOST, TARGET
from tests.bench.figure import Bench, Figure, figure
from tests.bench.written import forms
from tests.evasion.test_prose import declare_letters
from tests.gateway import Gateway
from tests.http2 import secured
from tests.rig import Rig, ended, reads, rigged
from tests.scripted import Asked, Connection
from tests.servers import ROOT

EXPORTS = 6
CALLERS = 40
"""New ones, one after the other, for each figure."""
REMARKS = 10_000
SEED = 56
AT_ONCE = "/letters/now"
OPERATIONS = f"""
  - on: GET {TARGET}
    answers: {{csv: letter}}
  - on: GET {AT_ONCE}
    prose: {{wait_s: 0}}
    answers: {{csv: letter}}
"""
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n"
SMALL = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{"items":[]}'
PLAIN = f"{'x' * 40},好\n" * 5_000
FILLING = f"{'x' * 60_000},好\n" * 27
"""As much as `exporting.BEGUN`, with nothing to be read in it."""
KINDS = (
    ("HTTP/1.1", "http/1.1", False),
    ("HTTP/2", "h2", False),
    ("HTTP/1.1, of letters that are read", "http/1.1", True),
)


def figures(bench: Bench) -> list[Figure]:
    """The wait of new callers, and how one export of remarks flows."""
    remarks = [written.text.replace(",", "，").replace("\n", " ") for written in forms(SEED, REMARKS)]
    system, policies = _System(remarks), declare_letters(bench.folder / "policies", OPERATIONS)
    own, others = cores.shares()
    with (
        cores.on(others),
        rigged(bench.folder / "gateway", policies=policies, tls=True, workers=0, late_s=60, source_share=1.0) as made,
    ):
        with cores.on(own):
            made.gateway.start_worker()
        made.behind.script = system
        bench.progress("a new caller beside nobody")
        _waits(made)
        idle = _waits(made)
        found = [figure("a new caller, TLS included, beside nobody", [each * 1_000 for each in idle], "ms")]
        for version, protocol, is_read in KINDS:
            told = f"a new caller beside {EXPORTS} exports over {version}"
            bench.progress(told)
            system.says_remarks = is_read
            with _exporting(made.gateway, protocol):
                waits = _waits(made)
            for which, at in (("median", 0.5), ("95th percentile", 0.95)):
                ratio = _quantile(waits, at) / _quantile(idle, at)
                found.append(figure(f"{told}: {which}", [ratio], "×", "the same beside nobody"))
        system.says_remarks, system.ends = True, True
        for target, told in ((TARGET, "waiting for its reader"), (AT_ONCE, "waiting for nobody")):
            bench.progress(f"an export of {REMARKS:,} remarks {told}")
            before, began_s = len(made.gateway.events()), time.perf_counter()
            with secured(*_where(made.gateway), "http/1.1") as connection:
                connection.settimeout(None)
                connection.sendall(f"GET {target} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
                answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
            seconds = time.perf_counter() - began_s
            assert ended(answer)
            found += [
                figure(f"an export of {REMARKS:,} remarks, {told}", [seconds], "s"),
                figure(f"sentences hidden unread, {told}", [_unread(made.gateway, before)], ""),
            ]
    return found


class _System:
    """A system behind that says letters in CSV, of the remarks or of next to nothing, until nobody takes more."""

    def __init__(self, remarks: list[str]) -> None:
        self.says_remarks = self.ends = False
        self._remarks = remarks

    def __call__(self, connection: Connection, asked: Asked) -> None:
        if "letters" not in asked.line:
            connection.say(SMALL)
            return
        with contextlib.suppress(OSError):
            connection.raw.sendall(HEAD)
            for rows in self._rows():
                connection.raw.sendall(b"%x\r\n%s\r\n" % (len(rows), rows))
            connection.raw.sendall(b"0\r\n\r\n")

    def _rows(self) -> Iterator[bytes]:
        yield f"id,letter\n{FILLING}".encode()
        if not self.says_remarks:
            yield from itertools.repeat(PLAIN.encode())
        for start in itertools.count(step=100):
            if self.ends and start >= len(self._remarks):
                return
            some = (self._remarks[number % len(self._remarks)] for number in range(start, start + 100))
            salt = "" if self.ends else f"{start}"  # or it would be remembered, and nobody would read it
            yield "".join(f"{number},{salt}{said}\n" for number, said in enumerate(some, start)).encode()


def _where(gateway: Gateway) -> tuple[int, Path]:
    return gateway.port, gateway.home / "tls" / "ca.pem"


def _waits(rig: Rig) -> list[float]:
    """How many seconds each of some new callers waits for a small answer."""
    request = f"GET /people HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode()
    waits = []
    for _ in range(CALLERS):
        began_s = time.perf_counter()
        with secured(*_where(rig.gateway), "http/1.1") as connection:
            connection.settimeout(60)
            connection.sendall(request)
            answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
        waits.append(time.perf_counter() - began_s)
        assert reads(answer)[0] == 200
    return waits


@contextlib.contextmanager
def _exporting(gateway: Gateway, protocol: str) -> Iterator[None]:
    """Meanwhile there are exports."""
    port, ca = _where(gateway)
    command = [sys.executable, "-m", "tests.bench.exporting", str(port), str(ca), protocol, str(EXPORTS)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        try:
            assert running.stdout.readline() == b"begun\n"
            yield
        finally:
            running.kill()


def _quantile(waits: list[float], at: float) -> float:
    return statistics.quantiles(waits, n=100, method="inclusive")[round(at * 100) - 1]


def _unread(gateway: Gateway, before: int) -> int:
    """How many sentences nobody has read in what was recorded but for so many events *before*."""
    uses = (use for event in gateway.events()[before:] for use in event["yingbi"].get("fields", ()))
    return sum(use["count"] for use in uses if use["category"] == UNREAD)
