"""The quota in a PostgreSQL on another machine: over TLS, with the server that is named, or not at all."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from deploy.certificate import CertificateFiles, make_ca, make_certificate
from proxy.quota.book import Numbers, Verdict
from proxy.quota.client import Quota
from proxy.quota.database import DatabaseKeeper
from proxy.quota.keeper import CannotTell
from proxy.quota.link import LinkLost
from proxy.quota.tables import open_link
from tests.contract.test_quota_keeper import answered, asked
from tests.gateway import ROOT, wait_until
from tests.patience import PATIENCE_S
from tests.ports import free_port
from tests.postgres import PASSWORD, Server, running_server
from tests.proxy.clocks import Machine
from yingbi.home import Home
from yingbi.settings import Settings, write_settings

NOW = datetime.now(UTC)
WHICH = "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"


def certified(folder: Path, name: str = "localhost") -> CertificateFiles:
    """A server's certificate for *name*, from the authority of *folder*."""
    return make_certificate(folder, make_ca(folder, now=NOW), names=[name], now=NOW)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("authority")


@pytest.fixture(scope="module")
def server(authority: Path) -> Iterator[Server]:
    with running_server(port=free_port(), certified=certified(authority)) as started:
        yield started


def test_it_is_kept_over_tls_alone(server: Server, authority: Path, tmp_path: Path) -> None:
    ca = str(authority / "ca.pem")
    link = open_link(server.remote, PASSWORD, ca)
    assert link.run(WHICH, ends=time.monotonic() + 10) == [("t", "TLSv1.3")]
    link.close()
    keeper = DatabaseKeeper(lambda: open_link(server.remote, PASSWORD, ca), tmp_path, Machine(), within_s=PATIENCE_S)
    assert keeper.judge(asked("a", "b", "c")) == Verdict()
    assert keeper.judge(asked("d")).refused == ("l",)
    keeper.close()
    again = DatabaseKeeper(server.connect, tmp_path, Machine(), within_s=PATIENCE_S)
    assert again.judge(asked("d")).refused == ("l",), "it is one quota, whichever way it is reached"
    again.close()


def refusal(address: str, ca: str, password: str = PASSWORD) -> str:
    """What is said where there is no link."""
    with pytest.raises(LinkLost) as lost:
        open_link(address, password, ca)
    assert PASSWORD not in str(lost.value)
    return str(lost.value)


def test_who_is_not_known_for_the_named_server_is_told_nothing(server: Server, authority: Path, tmp_path: Path) -> None:
    other = make_ca(tmp_path, now=NOW)
    assert "certificate verify failed" in refusal(server.remote, str(other.certificate))
    assert "certificate verify failed" in refusal(server.remote, ""), "this machine trusts no authority of ours"
    by_address = server.remote.replace("localhost", "127.0.0.1")
    assert "certificate" in refusal(by_address, str(authority / "ca.pem")), "the certificate is for another name"
    assert "does not exist" in refusal(server.remote, str(tmp_path / "none.pem"))


def test_the_address_cannot_ask_for_less(server: Server, tmp_path: Path) -> None:
    other = str(make_ca(tmp_path, now=NOW).certificate)
    for said in ("sslmode=disable", "sslmode=require", "sslmode=verify-ca", f"sslrootcert={other}&sslmode=allow"):
        assert "certificate verify failed" in refusal(f"{server.remote}?{said}", other)


def test_a_wrong_password_is_refused_and_not_repeated(server: Server, authority: Path) -> None:
    said = refusal(server.remote, str(authority / "ca.pem"), "another-word")
    assert "password authentication failed" in said
    assert "another-word" not in said


def test_a_server_without_tls_is_told_nothing(authority: Path, tmp_path: Path) -> None:
    with running_server(port=free_port()) as plain:
        with psycopg.connect(f"{plain.remote}?sslmode=disable", password=PASSWORD) as connection:
            assert connection.execute(WHICH).fetchone() == (False, None), "the password alone would do"
        ca = str(authority / "ca.pem")
        assert "does not support SSL" in refusal(plain.remote, ca)
        keeper = DatabaseKeeper(lambda: open_link(plain.remote, PASSWORD, ca), tmp_path, Machine())
        with pytest.raises(CannotTell):
            keeper.judge(asked("a"))
        keeper.close()


def test_the_process_reaches_it_by_what_the_settings_name(server: Server, authority: Path, tmp_path: Path) -> None:
    server.empty()
    ca = str(authority / "ca.pem")
    settings = Settings(home=tmp_path, quota_database=server.remote, quota_database_ca=ca)
    home = Home(tmp_path)
    home.run.mkdir(exist_ok=True)
    home.quota_password.parent.mkdir(exist_ok=True)
    home.quota_password.write_text(f"{PASSWORD}\n", "utf-8")
    command = [sys.executable, "-m", "yingbi.process.quota", write_settings(settings)]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            wait_until(home.told("quota").exists, 30)
            worker = Quota(home.quota_socket, deadline_s=PATIENCE_S)
            assert answered(worker, Numbers("l", 1, None), "a") == Verdict()
            assert answered(worker, Numbers("l", 1, None), "b").refused == ("l",)
            worker.close()
        finally:
            process.kill()
    with psycopg.connect(server.address) as connection:
        assert connection.execute("SELECT count(*) FROM quota_shown").fetchone() == (1,)
