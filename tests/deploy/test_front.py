"""The examples of a proxy in front are run as they come, before a real gateway."""

import contextlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.certificate import make_ca, make_certificate
from tests.absence import not_here
from tests.gateway import ROOT, wait_until
from tests.ports import free_port
from tests.rig import Rig, rigged, shows_nothing
from tests.scripted import answering
from tests.spellings import ID_NO, MOBILE, NAME
from yingbi.clock import now

FRONT = ROOT / "deploy" / "front"
HOST = "people.localhost"
PERSON = f'{{"items": [{{"id": 1, "name": "{NAME}", "id_no": "{ID_NO}", "mobile": "{MOBILE}"}}]}}'.encode()
COMMANDS = {"nginx.conf": ["nginx", "-g", "daemon off;", "-c"], "haproxy.cfg": ["haproxy", "-db", "-f"]}


@pytest.fixture
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    """Its worker takes as long to leave as the test says, in seconds, and leaves at once where it says nothing."""
    leave_s = getattr(request, "param", 0.0)
    with rigged(tmp_path / "gateway", tls=True, probes=("127.0.0.0/8",), source_share=1.0, leave_s=leave_s) as made:
        made.behind.script = answering(PERSON)
        yield made


def filled_in(name: str, folder: Path, rig: Rig, port: int) -> Path:
    """The example *name* with what an operator has to fill in."""
    for inner in ("run", "files/static"):
        (folder / inner).mkdir(parents=True)
    (folder / "files/static/style.css").write_text("body { color: black }")
    files = make_certificate(folder / "tls", make_ca(folder / "tls", now=now()), names=[HOST], now=now())
    pem = folder / "both.pem"
    pem.write_bytes(files.certificate.read_bytes() + files.key.read_bytes())
    given = {
        "run": folder / "run",
        "gateway": rig.gateway.port,
        "listen": port if name == "haproxy.cfg" else f"127.0.0.1:{port}",
        "host": HOST,
        "certificate": files.certificate,
        "key": files.key,
        "pem": pem,
        "files": folder / "files",
        "authority": rig.gateway.home / "tls" / "ca.pem",
    }
    text = re.sub(r"@([a-z]+)@", lambda found: str(given[found[1]]), (FRONT / name).read_text("utf-8"))
    written = folder / name
    written.write_text(text.replace("worker_processes auto", "worker_processes 1"), "utf-8")
    for each in (folder, *folder.parents):
        if each.owner() == "root" and each.is_relative_to("/tmp") and each != Path("/tmp"):
            each.chmod(0o755)  # the worker of nginx is somebody else where it is started by root
    return written


@contextlib.contextmanager
def fronted(name: str, folder: Path, rig: Rig) -> Iterator[httpx.Client]:
    """A client of the proxy that the example *name* makes of nginx or HAProxy."""
    command = COMMANDS[name]
    if shutil.which(command[0]) is None:
        not_here(f"{command[0]} is not installed: make packages")
    folder.mkdir()
    port = free_port()
    configuration = filled_in(name, folder, rig, port)
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen([*command, str(configuration)], stdout=said, stderr=said)
    try:
        wait_until(lambda: process.poll() is not None or _listens(port), 20)
        assert process.poll() is None, (folder / "said").read_text()
        context = ssl.create_default_context(cafile=folder / "tls" / "ca.pem")
        with httpx.Client(
            base_url=f"https://127.0.0.1:{port}", headers={"Host": HOST}, verify=context, trust_env=False, timeout=20
        ) as client:
            yield client
    finally:
        process.terminate()
        process.wait(60)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


SNI = {"sni_hostname": HOST}


@pytest.mark.parametrize("name", COMMANDS)
def test_what_it_passes_on_is_masked(rig: Rig, tmp_path: Path, name: str) -> None:
    with fronted(name, tmp_path / "front", rig) as client:
        wait_until(lambda: client.get("/people", extensions=SNI).status_code == 200, 20)
        for _ in range(5):
            answer = client.get("/people", extensions=SNI)
            assert (answer.status_code, shows_nothing(answer.content)) == (200, True)
            assert answer.json()["items"][0]["name"] == f"{NAME[0]}**"
        assert client.get("/nothing", extensions=SNI).status_code == 403
        assert client.get("/.yingbi/ready", extensions=SNI).status_code == 404


def test_static_files_come_from_nginx_and_nothing_else_does(rig: Rig, tmp_path: Path) -> None:
    with fronted("nginx.conf", tmp_path / "front", rig) as client:
        answer = client.get("/static/style.css", extensions=SNI)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/css")
        for target in (
            "/static/none.css",
            "/static/../people",
            "/static/%2e%2e/people",
            "/static/..%2f..%2fnginx.conf",
        ):
            answer = client.get(f"/static/{target}", extensions=SNI)
            assert shows_nothing(answer.content)
            assert b"worker_processes" not in answer.content
        assert rig.behind.asked == [] or all("/people" in asked.line for asked in rig.behind.asked)


@pytest.mark.parametrize("rig", [60.0], indirect=True)
def test_haproxy_leads_nobody_to_a_gateway_that_is_to_stop(rig: Rig, tmp_path: Path) -> None:
    with fronted("haproxy.cfg", tmp_path / "front", rig) as client:
        wait_until(lambda: client.get("/people", extensions=SNI).status_code == 200, 20)
        rig.gateway.workers[0].send_signal(signal.SIGTERM)
        wait_until(lambda: client.get("/people", extensions=SNI).status_code == 503, 30)
        answer = client.get("/people", extensions=SNI)
        assert "yingbi-event" not in answer.headers, "HAProxy itself says that there is nobody"
        assert rig.gateway.workers[0].poll() is None, "and the gateway has not stopped yet"
        rig.gateway.workers[0].kill()  # nobody waits for the rest of its leave
