"""How many notice pages a second one process of the public site serves, and how large the largest is.

Without TLS: a proxy in front, or the files of `yingbi notice export`, would serve it, and handshakes have figures.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import uvloop

from bulletin.files import site_files
from tests.bench.figure import Bench, Figure, figure
from tests.bench.load import load
from tests.bulletin.shelves import BODY, SITE, content, notice, put
from tests.gateway import wait_until
from tests.incident.office import zh
from tests.ports import free_port
from tests.servers import ROOT

RUNS = 3
_SERVE = """
import sys, uvicorn
from pathlib import Path
from bulletin.site import create_app
uvicorn.run(create_app(Path(sys.argv[1])), port=int(sys.argv[2]), log_config=None, access_log=False, lifespan="off")
"""
ADDRESS = "/notices/N-20261123-001"


def figures(bench: Bench) -> list[Figure]:
    """Requests a second for a notice of two versions among forty, and the bytes of its page with the style sheet."""
    after = content(body_zh=BODY.replace("1,234", "1,243"), change=zh("人数有误", "the number was wrong"))
    notices = [notice(1, content(), after), *map(notice, range(2, 41))]
    folder = bench.folder / "shelf"
    put(folder, *notices)
    request = f"GET {ADDRESS} HTTP/1.1\r\nHost: notices.example\r\n\r\n".encode()
    rates, worked_us = [], []
    with served(folder) as (port, process):
        uvloop.run(load(port, request, 0.5))
        for number in range(RUNS):
            bench.progress(f"public notice, round {number + 1} of {RUNS}")
            before = sum(process.cpu_times()[:2])
            answered = uvloop.run(load(port, request, bench.seconds))
            rates.append(answered.per_second)
            worked_us.append((sum(process.cpu_times()[:2]) - before) / answered.requests * 1e6)
    files = dict(site_files(notices, SITE))
    size = max(len(data) for name, data in files.items() if "notices/" in name) + len(files["style.css"])
    return [
        figure("public notice, one process", rates, "requests/s", "at least 2,000"),
        figure("public notice, processor time of each", worked_us, "us", "at most 500: 2,000 a second of one core"),
        figure("page of a public notice with its style sheet", [size], "bytes", "at most 50,000"),
    ]


def _answers(port: int) -> bool:
    try:
        httpx.get(f"http://127.0.0.1:{port}/")
    except httpx.ConnectError:
        return False
    return True


@contextmanager
def served(folder: Path) -> Iterator[tuple[int, psutil.Process]]:
    """The port of a process of its own that serves *folder*, and that process."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", _SERVE, str(folder), str(port)], cwd=ROOT)
    try:
        wait_until(lambda: process.poll() is not None or _answers(port), 60)
        assert process.poll() is None, "the site has ended"
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()
