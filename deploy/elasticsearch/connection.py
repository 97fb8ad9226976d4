"""How our node is reached, and the three users that can: each holds the least that its part needs."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.private_file import write_private

ROLES = {
    # Can add, and neither read nor change: who takes over a shipper cannot rewrite what was recorded.
    "writer": """
  indices:
    - names: ["yingbi-*"]
      privileges: [create_index, create_doc, auto_configure, view_index_metadata]
""",
    "reader": """
  indices:
    - names: ["yingbi-*"]
      privileges: [read, view_index_metadata]
""",
    # Sets up templates and mappings, and deletes whole indices when their time has come; sees no document.
    "keeper": """
  cluster: [monitor, manage_index_templates]
  indices:
    - names: ["yingbi-*"]
      privileges: [manage]
""",
}
"""What each of our roles may do, as `roles.yml` says it."""

_PASSWORDS = "passwords.json"


class NodeUnavailable(Exception):
    """There is no node, and the message says in a sentence what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How to reach a cluster."""

    urls: tuple[str, ...]
    """Of its nodes, each with its port: any of them answers for all."""
    ca_file: Path
    users: Mapping[str, tuple[str, str]]
    """For each key of `ROLES`: name and password."""

    @property
    def url(self) -> str:
        """Of the first of its nodes."""
        return self.urls[0]

    def __repr__(self) -> str:
        return f"Connection(urls={self.urls!r})"


def connection_of(folder: Path, *urls: str) -> Connection:
    """The cluster whose nodes are at *urls* (one at least), with the authority and the passwords that lie in *folder*.

    They are those of a node's home folder (`ca.pem`, `passwords.json`), or of a cluster that has users with the same
    rights. Raises NodeUnavailable where they are not there.
    """
    try:
        stored = json.loads((folder / _PASSWORDS).read_bytes())
        users = {role: (str(stored[role][0]), str(stored[role][1])) for role in ROLES}
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        problem = f"`{folder / _PASSWORDS}` does not hold name and password for {', '.join(ROLES)}"
        raise NodeUnavailable(problem) from None
    if not (folder / "ca.pem").exists():
        raise NodeUnavailable(f"there is no `{folder / 'ca.pem'}` to check the certificate of `{urls[0]}` with")
    return Connection(urls=urls, ca_file=folder / "ca.pem", users=users)


def make_passwords(folder: Path) -> None:
    """Give each user a random password, kept in *folder*, where there is none yet."""
    if not (folder / _PASSWORDS).exists():
        users = {role: (f"yingbi_{role}", secrets.token_urlsafe(24)) for role in ROLES}
        write_private(folder / _PASSWORDS, json.dumps(users, indent=2).encode() + b"\n")
