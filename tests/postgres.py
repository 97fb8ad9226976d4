"""A PostgreSQL server of a test's own, from Debian's binaries: a throwaway folder, a Unix socket, TLS where wanted."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg

from deploy.certificate import CertificateFiles
from proxy.quota.link import Link
from proxy.quota.tables import open_link
from tests.absence import not_here
from tests.gateway import wait_until

PASSWORD = "of-the-quota"
_HBA = "local all all trust\n{} all all 127.0.0.1/32 scram-sha-256\n"


class Server:
    """Runs in *folder*; can be killed, stopped, and started again with what it had acknowledged.

    With a *port* it is on the network of this machine as well, for who knows the `PASSWORD`: by TLS alone where it is
    *certified*, and without where it is not.
    """

    def __init__(self, folder: Path, *, port: int = 0, certified: CertificateFiles | None = None) -> None:
        self.folder = folder
        self.port = port
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        if not (found and (found[-1] / "initdb").exists()):
            not_here("PostgreSQL is not on this machine: `make packages` installs it")
        self._bin = found[-1]
        self.user = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            shutil.chown(folder, self.user)
        self._data = folder / "data"
        self._run("initdb", "-D", str(self._data), "-A", "trust", "-U", "yingbi", "--no-sync").wait()
        self._more = ["-c", "listen_addresses="]
        if port:
            self._more = ["-c", "listen_addresses=127.0.0.1", "-p", str(port), *self._secured(certified)]
        self.process = self.start()
        if port:
            with psycopg.connect(self.address, autocommit=True) as connection:
                connection.execute(f"ALTER ROLE yingbi PASSWORD '{PASSWORD}'".encode())

    @property
    def address(self) -> str:
        """As settings name it."""
        return f"postgresql://yingbi@/postgres?host={self.folder}{f'&port={self.port}' if self.port else ''}"

    @property
    def remote(self) -> str:
        """The same over the network."""
        return f"postgresql://yingbi@localhost:{self.port}/postgres"

    def start(self) -> subprocess.Popen[bytes]:
        """Answers when this returns."""
        self.process = self._run("postgres", "-D", str(self._data), "-k", str(self.folder), *self._more)
        wait_until(self._answers, 30)
        return self.process

    def _secured(self, certified: CertificateFiles | None) -> list[str]:
        (self._data / "pg_hba.conf").write_text(_HBA.format("host" if certified is None else "hostssl"), "ascii")
        if certified is None:
            return []
        options = ["-c", "ssl=on"]
        for option, path in (("ssl_cert_file", certified.certificate), ("ssl_key_file", certified.key)):
            mine = self.folder / path.name
            shutil.copy(path, mine)
            mine.chmod(0o600)
            if os.geteuid() == 0:
                shutil.chown(mine, self.user)
            options += ["-c", f"{option}={mine}"]
        return options

    def connect(self) -> Link:
        """As the quota process does."""
        return open_link(self.address, "", "")

    def kill(self) -> None:
        """Kill all of its processes, and return when none is left.

        Each backend has a group of its own: one that is left would answer once more, and hold up the next start.
        """
        server = psutil.Process(self.process.pid)
        server.suspend()  # it starts no other meanwhile
        backends = server.children()
        for process in (server, *backends):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()
        wait_until(lambda: all(_is_gone(backend) for backend in backends), 30)

    def empty(self) -> None:
        """Let go of all tables."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute("DROP TABLE IF EXISTS quota_clock, quota_caller, quota_shown")
            connection.execute("DROP SEQUENCE IF EXISTS quota_number")

    def _answers(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.address):
            return True
        return False

    def _run(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [str(self._bin / program), *arguments],
            cwd=self.folder,
            user=self.user if os.geteuid() == 0 else None,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


def _is_gone(process: psutil.Process) -> bool:
    """Also where nobody has asked what became of it."""
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


@contextlib.contextmanager
def running_server(**options: Any) -> Iterator[Server]:
    """A server, *options* as it takes them, and nothing of it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="yingbi-pg-", dir="/tmp"))
    server = None
    try:
        server = Server(folder, **options)
        yield server
    finally:
        if server is not None and server.process.poll() is None:
            server.kill()
        shutil.rmtree(folder)
