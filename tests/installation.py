"""A whole installation for tests: started as a newcomer starts it, asked as anybody asks it."""

import contextlib
import json
import os
import signal
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.forked import INSTALLATIONS, Running, forks, run_forked
from tests.gateway import ROOT, wait_until
from tests.patience import PATIENCE_S
from tests.ports import free_ports
from tests.ready_made import put_hall, put_register
from yingbi.first_accounts import first_password
from yingbi.home import Home

YINGBI = Path(sys.executable).parent / "yingbi"
START_LIMIT_S = 180
STOP_LIMIT_S = 120
PORTS = 22


def free_base() -> int:
    """The first of the `PORTS` ports of an installation."""
    return free_ports(PORTS)


@dataclass
class Installation:
    """An installation in `home` whose ports begin at `base`."""

    home: Path
    base: int
    two_people: bool = False
    """Whether a policy takes two people. Without, a test changes a file and it is in force."""
    from_nothing: bool = False
    """Whether its first start makes the demo's systems itself, as a newcomer's does; others find them made."""
    forked: bool = False
    """Whether its processes begin as forks of one that has imported everything: half of a start is importing."""
    process: Running | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What every command is run with."""
        return {**os.environ, "YINGBI_HOME": str(self.home), "YINGBI_PORT_BASE": str(self.base)}

    def run(self, *arguments: str, limit_s: float = 300) -> subprocess.CompletedProcess[str]:
        """A command of ours, ended."""
        return run_forked("yingbi.cli", *arguments, environment=self.environment, limit_s=limit_s)

    def policy(self, who: str, *arguments: str, password: str = "") -> subprocess.CompletedProcess[str]:
        """`yingbi policy …` by *who*, whose first password comes on standard input, or another."""
        return self.by(who, "policy", *arguments, password=password)

    def by(self, who: str, *arguments: str, password: str = "") -> subprocess.CompletedProcess[str]:
        """A command by which *who* acts, whose first password comes on standard input, or another."""
        given = password or first_password(Home(self.home), who) or ""
        return run_forked("yingbi.cli", *arguments, "--as", who, environment=self.environment, said=f"{given}\n")

    def status(self) -> dict[str, Any]:
        """What `yingbi status --json` says."""
        status: dict[str, Any] = json.loads(self.run("status", "--json").stdout)
        return status

    def process_named(self, name: str) -> dict[str, Any]:
        """The process called *name*, as the status has it."""
        return next(process for process in self.status()["processes"] if process["name"] == name)

    @property
    def said(self) -> str:
        """What `yingbi up` has printed so far."""
        return (self.home / "up.out").read_text("utf-8", "replace")

    def start(self, *options: str) -> None:
        """Start it and return once it is ready. Fails where it does not come up."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.make_settings()
        demo = Home(self.home).demo
        if not demo.exists() and not self.from_nothing:
            demo.mkdir(mode=0o700)
            put_register(demo / "register")
            put_hall(demo / "hall")
        with (self.home / "up.out").open("wb") as out, Path(os.devnull).open("rb") as nothing:
            process: Running
            if self.forked:
                process = forks(INSTALLATIONS).start(
                    *("tests.run_installation", "up", *options),
                    stdin=nothing,
                    stdout=out,
                    stderr=out,
                    environment=self.environment,
                )
            else:
                command = [str(YINGBI), "up", *options]
                process = subprocess.Popen(
                    command, cwd=ROOT, env=self.environment, stdin=nothing, stdout=out, stderr=subprocess.STDOUT
                )
        self.process = process
        wait_until(lambda: "Ctrl-C" in self.said or process.poll() is not None, START_LIMIT_S)
        assert process.poll() is None, self.said

    def make_settings(self) -> None:
        """The settings to begin with: those that come with us, but for the two people."""
        settings = self.home / "yingbi.toml"
        if not settings.exists():
            shipped = (ROOT / "deploy" / "demo" / "yingbi.toml").read_text("utf-8")
            said = f"two_people = {str(self.two_people).lower()} "
            settings.write_text(shipped.replace("two_people = true ", said), "utf-8")

    @property
    def runs(self) -> bool:
        """Whether its first process has not ended."""
        return self.process is not None and self.process.poll() is None

    def stop(self, number: int = signal.SIGINT) -> int:
        """Stop it, and return how it ended."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(STOP_LIMIT_S)

    def credential(self, name: str, system: str = "register") -> str:
        """A working credential of the caller *name*."""
        return self.run("demo", "credential", name, "--system", system, "--plain").stdout.strip()

    def client(self, system: str = "register", credential: str = "") -> httpx.Client:
        """A client of *system* through the gateway. Its requests take `extensions=` of `sni(system)`."""
        trusted = ssl.create_default_context(cafile=str(self.home / "tls" / "ca.pem"))
        headers = {"Host": f"{system}.localhost:{self.base}"}
        if credential:
            headers["Authorization"] = f"Bearer {credential}"
        return httpx.Client(
            base_url=f"https://127.0.0.1:{self.base}",
            headers=headers,
            transport=_Named(f"{system}.localhost", trusted),
            trust_env=False,
            timeout=PATIENCE_S,
        )


_DONE_NOTHING = (b"too_busy", b"not_ready")
"""For these reasons the gateway has done nothing and says so, as it may on a machine that others keep busy."""


class _Named(httpx.HTTPTransport):
    """Speaks to this machine by the name of a system, and asks again where nothing was done, as callers are told to."""

    def __init__(self, name: str, trusted: ssl.SSLContext) -> None:
        super().__init__(verify=trusted)
        self._name = name

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions = {**request.extensions, "sni_hostname": self._name}
        for pause_s in (0.5, 1, 2, 4, 8):
            answer = super().handle_request(request)
            if answer.status_code != 503 or not any(reason in answer.read() for reason in _DONE_NOTHING):
                return answer
            threading.Event().wait(pause_s)
        return super().handle_request(request)


@contextlib.contextmanager
def installation(
    home: Path, *options: str, two_people: bool = False, from_nothing: bool = False, forked: bool = False
) -> Iterator[Installation]:
    """A running installation in *home*, ended afterwards whatever happens."""
    made = Installation(home, free_base(), two_people, from_nothing, forked)
    try:
        made.start(*options)
        yield made
    finally:
        if made.runs:
            made.stop()
