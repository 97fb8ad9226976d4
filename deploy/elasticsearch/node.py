"""One running node: started, waited for, stopped."""

import base64
import contextlib
import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import time
from datetime import datetime
from pathlib import Path

from deploy.elasticsearch.account import node_account
from deploy.elasticsearch.configure import Member
from deploy.elasticsearch.connection import Connection, NodeUnavailable
from deploy.elasticsearch.home import set_up
from deploy.elasticsearch.install import Say, default_cache, install
from deploy.elasticsearch.jdk import find_jdk

_POLL_SECONDS = 0.25
_STOP_SECONDS = 30


class Node:
    """A node that was started, as a process group of its own."""

    def __init__(self, member: Member, connection: Connection, process: subprocess.Popen[bytes], log: Path) -> None:
        self.member = member
        self.connection = connection
        self.process = process
        self.log = log

    def wait_ready(self, limit_seconds: float = 120) -> None:
        """Return once the node answers for its health. Raises NodeUnavailable where it ends, or takes longer."""
        deadline = time.monotonic() + limit_seconds
        while not is_healthy(self.connection):
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = self.process.wait(_POLL_SECONDS)
                raise NodeUnavailable(f"elasticsearch ended while it started (exit code {code}): {self._last_error()}")
            if time.monotonic() > deadline:
                raise NodeUnavailable(
                    f"elasticsearch did not answer within {limit_seconds:.0f} s: `{self.log}` may say why"
                )

    def stop(self, limit_seconds: float = _STOP_SECONDS) -> None:
        """End the node: asked first, killed when it takes longer. Does nothing where it has ended."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(limit_seconds)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _last_error(self) -> str:
        lines = self.log.read_text("utf-8", "replace").splitlines()
        errors = [line for line in lines if "][ERROR]" in line] or [line for line in lines if "ERROR" in line]
        said = errors[0][:300] if errors else "it says nothing"
        return f"{said}; `{self.log}` has the rest"


def start(
    home: Path,
    member: Member,
    *,
    now: datetime,
    cache: Path | None = None,
    say: Say = lambda line: None,
) -> Node:
    """The node *member*, with its data, passwords and authority in *home*, which those of one cluster share.

    It is not ready yet. The program is installed in *cache* if it is not there. Raises NodeUnavailable.
    """
    account = node_account()
    jdk = find_jdk(account)
    program = install(cache or default_cache(account), say)
    if not account.can_enter(program):
        raise NodeUnavailable(f"the user `{account.name}` cannot enter `{program}`: name another XDG_CACHE_HOME")
    for port in (member.http_port, member.transport_port):
        _check_free(port)
    try:
        connection, folder = set_up(home.absolute(), account, program, now, member)
    except OSError as error:
        raise NodeUnavailable(f"cannot set up `{home}`: {error.strerror}") from error
    log = home / f"{member.folder}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(program / "bin" / "elasticsearch")],
            cwd=folder,
            env=_environment(folder, jdk),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a Ctrl-C is for who runs us: the node is stopped by `stop`
            **account.identity,
        )
    return Node(member, connection, process, log)


def is_healthy(connection: Connection) -> bool:
    """Whether the cluster answers its keeper that every index can be read and written."""
    host, port = connection.url.removeprefix("https://").rstrip("/").split(":")
    name, password = connection.users["keeper"]
    authorization = base64.b64encode(f"{name}:{password}".encode()).decode()
    trust = ssl.create_default_context(cafile=connection.ca_file)
    client = http.client.HTTPSConnection(host, int(port), timeout=5, context=trust)
    try:
        client.request("GET", "/_cluster/health", headers={"Authorization": f"Basic {authorization}"})
        answer = client.getresponse()
        return answer.status == http.HTTPStatus.OK and json.loads(answer.read())["status"] in {"green", "yellow"}
    except (OSError, http.client.HTTPException):
        return False
    finally:
        client.close()


def _environment(folder: Path, jdk: Path) -> dict[str, str]:
    """Nothing of ours: a variable meant for another Java would change this one."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "ES_JAVA_HOME": str(jdk),
        "ES_PATH_CONF": str(folder / "config"),
        "ES_TMPDIR": str(folder / "tmp"),
    }


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise NodeUnavailable(f"port {port} is taken: elasticsearch cannot listen on it") from None
