"""The configuration folder of a node: what it listens on, whom it meets, its users and their roles, its TLS."""

import base64
import hashlib
import json
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from deploy.certificate import CertificateFiles
from deploy.elasticsearch.connection import ROLES, Connection
from deploy.private_file import write_private

HEAP = "512m"

_SETTINGS = """\
cluster.name: yingbi
node.name: {name}
{meeting}
http.host: 127.0.0.1
http.port: {http_port}
transport.host: 127.0.0.1
transport.port: {transport_port}
path.data: {data}
path.logs: {logs}
xpack.security.enabled: true
xpack.security.enrollment.enabled: false
xpack.security.http.ssl.enabled: true
xpack.security.http.ssl.certificate: tls.pem
xpack.security.http.ssl.key: tls.key
xpack.security.transport.ssl.enabled: true
xpack.security.transport.ssl.verification_mode: full
xpack.security.transport.ssl.client_authentication: required
xpack.security.transport.ssl.certificate: transport.pem
xpack.security.transport.ssl.key: transport.key
xpack.security.transport.ssl.certificate_authorities: ca.pem
xpack.ml.enabled: false
cluster.routing.allocation.disk.threshold_enabled: false
"""

_ITERATIONS = 10_000  # of a random password of 192 bits: nobody guesses it, so it need not be slow to check
_HASH_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A node by the ports of the loopback interface that it listens on, and those it makes a cluster with."""

    http_port: int
    transport_port: int
    cluster: tuple[int, ...] = ()
    """The transport ports of all nodes of its cluster, its own among them; empty: it is one by itself."""
    brief: bool = False
    """Whether it lives for minutes only: then it starts in half the time, and never becomes as fast as it could."""
    heap: str = HEAP
    """How much memory it takes, as Java writes it."""

    @property
    def name(self) -> str:
        """What it is called in its cluster."""
        return _name_of(self.transport_port)

    @property
    def folder(self) -> str:
        """What the folder is called that it works in: the same whenever it is started."""
        return f"node-{self.transport_port}" if self.cluster else "node"

    @property
    def meeting(self) -> str:
        """Its settings of whom it meets. They elect the first master together, so that there are never two clusters."""
        if not self.cluster:
            return "discovery.type: single-node"
        seeds = json.dumps([f"127.0.0.1:{port}" for port in self.cluster])
        masters = json.dumps([_name_of(port) for port in self.cluster])
        return f"discovery.seed_hosts: {seeds}\ncluster.initial_master_nodes: {masters}"


def configure(
    folder: Path,
    program: Path,
    connection: Connection,
    member: Member,
    *,
    tls: CertificateFiles,
    transport: CertificateFiles,
) -> None:
    """Write the configuration to *folder*, which is empty, from the defaults of *program*.

    *tls* is shown to clients, *transport* to other nodes: nobody without one of our authority joins.
    """
    shutil.copytree(program / "config", folder, dirs_exist_ok=True)
    settings = _SETTINGS.format(
        name=member.name,
        meeting=member.meeting,
        http_port=member.http_port,
        transport_port=member.transport_port,
        data=json.dumps(str(folder.parent / "data")),  # YAML reads JSON's strings
        logs=json.dumps(str(folder.parent / "logs")),
    )
    (folder / "elasticsearch.yml").write_text(settings, "utf-8")
    (folder / "jvm.options.d").mkdir(exist_ok=True)
    compiling = "-XX:TieredStopAtLevel=1\n" if member.brief else ""
    (folder / "jvm.options.d" / "heap.options").write_text(f"-Xms{member.heap}\n-Xmx{member.heap}\n{compiling}")
    names = {role: name for role, (name, _) in connection.users.items()}
    (folder / "roles.yml").write_text("".join(f"{names[role]}:{rights}" for role, rights in ROLES.items()))
    (folder / "users_roles").write_text("".join(f"{name}:{name}\n" for name in names.values()))
    users = "".join(f"{name}:{_hashed(password)}\n" for name, password in connection.users.values())
    write_private(folder / "users", users.encode())
    for stem, files in (("tls", tls), ("transport", transport)):
        write_private(folder / f"{stem}.key", files.key.read_bytes())
        write_private(folder / f"{stem}.pem", files.certificate.read_bytes())
    write_private(folder / "ca.pem", connection.ca_file.read_bytes())


def _name_of(transport_port: int) -> str:
    return f"yingbi-{transport_port}"


def _hashed(password: str) -> str:
    """The form in which the node's file realm stores a password (PBKDF2 with HMAC-SHA-512)."""
    salt = secrets.token_bytes(_HASH_BYTES)
    derived = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS, _HASH_BYTES)
    return "{PBKDF2}" + f"{_ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(derived).decode()}"
