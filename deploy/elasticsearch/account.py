"""Whom the node runs as: oneself, or a system user of its own, since it refuses to run as root."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from deploy.elasticsearch.connection import NodeUnavailable

SYSTEM_USER = "yingbi-search"


class Identity(TypedDict, total=False):
    """What `subprocess` is told to run a program as somebody; nothing for oneself."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who runs the node."""

    name: str
    uid: int
    gid: int

    @property
    def identity(self) -> Identity:
        """How a program is started as this account."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_enter(self, folder: Path) -> bool:
        """Whether the account can reach what lies in *folder*; asked of the kernel, as the account."""
        test = ["test", "-x", str(folder)]
        return subprocess.run(test, cwd="/", check=False, **self.identity).returncode == 0

    def may_pass(self, folder: Path) -> None:
        """Let the account go through *folder*, which stays ours: it can neither list it nor put anything there."""
        folder.chmod(0o710)
        if self.identity:
            os.chown(folder, -1, self.gid)

    def owns(self, folder: Path) -> None:
        """Make *folder* and what we have put into it the account's, and nobody else's."""
        folder.chmod(0o700)
        if self.identity:  # the folder last: until then the account can exchange nothing in it
            for path in (*folder.rglob("*"), folder):
                os.chown(path, self.uid, self.gid, follow_symlinks=False)


def node_account() -> Account:
    """Oneself; for root the system user, made if there is none. Raises NodeUnavailable where it cannot be made."""
    if os.geteuid() != 0:
        return Account(name="", uid=os.geteuid(), gid=os.getegid())
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        _make_system_user()
        entry = pwd.getpwnam(SYSTEM_USER)
    return Account(name=SYSTEM_USER, uid=entry.pw_uid, gid=entry.pw_gid)


def _make_system_user() -> None:
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    command = [shutil.which("useradd") or "/usr/sbin/useradd", *options, "--shell", "/bin/false", SYSTEM_USER]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        if _exists(SYSTEM_USER):  # somebody else made it in the meantime
            return
        raise NodeUnavailable(
            f"elasticsearch does not run as root, and the system user `{SYSTEM_USER}` cannot be made:"
            " make it with useradd, or run this as another user"
        ) from error


def _exists(user: str) -> bool:
    return any(entry.pw_name == user for entry in pwd.getpwall())
