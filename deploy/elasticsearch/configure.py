"""The configuration folder of a node: what it listens on, its users and their roles, its TLS."""

import base64
import hashlib
import json
import secrets
import shutil
from pathlib import Path

from deploy.certificate import CertificateFiles
from deploy.elasticsearch.connection import ROLES, Connection
from deploy.private_file import write_private

HEAP = "512m"

_SETTINGS = """\
cluster.name: yingbi
node.name: yingbi
discovery.type: single-node
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
xpack.ml.enabled: false
cluster.routing.allocation.disk.threshold_enabled: false
"""

_ITERATIONS = 10_000  # of a random password of 192 bits: nobody guesses it, so it need not be slow to check
_HASH_BYTES = 32


def configure(
    folder: Path, program: Path, connection: Connection, tls: CertificateFiles, *, http_port: int, transport_port: int
) -> None:
    """Write the configuration to *folder*, which is empty, from the defaults of *program*."""
    shutil.copytree(program / "config", folder, dirs_exist_ok=True)
    settings = _SETTINGS.format(
        http_port=http_port,
        transport_port=transport_port,
        data=json.dumps(str(folder.parent / "data")),  # YAML reads JSON's strings
        logs=json.dumps(str(folder.parent / "logs")),
    )
    (folder / "elasticsearch.yml").write_text(settings, "utf-8")
    (folder / "jvm.options.d").mkdir(exist_ok=True)
    (folder / "jvm.options.d" / "heap.options").write_text(f"-Xms{HEAP}\n-Xmx{HEAP}\n")
    names = {role: name for role, (name, _) in connection.users.items()}
    (folder / "roles.yml").write_text("".join(f"{names[role]}:{rights}" for role, rights in ROLES.items()))
    (folder / "users_roles").write_text("".join(f"{name}:{name}\n" for name in names.values()))
    users = "".join(f"{name}:{_hashed(password)}\n" for name, password in connection.users.values())
    write_private(folder / "users", users.encode())
    write_private(folder / "tls.key", tls.key.read_bytes())
    write_private(folder / "tls.pem", tls.certificate.read_bytes())


def _hashed(password: str) -> str:
    """The form in which the node's file realm stores a password (PBKDF2 with HMAC-SHA-512)."""
    salt = secrets.token_bytes(_HASH_BYTES)
    derived = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS, _HASH_BYTES)
    return "{PBKDF2}" + f"{_ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(derived).decode()}"
