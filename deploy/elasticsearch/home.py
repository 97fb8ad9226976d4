"""The home folder of a node, or of all of a cluster: what is ours to keep, and in `node…` what each may see itself."""

import hashlib
import shutil
from datetime import datetime
from pathlib import Path

from deploy.certificate import make_ca, make_certificate
from deploy.elasticsearch.account import SYSTEM_USER, Account
from deploy.elasticsearch.configure import Member, configure
from deploy.elasticsearch.connection import Connection, connection_of, make_passwords

_MACHINE_FOLDER = Path("/var/lib") / SYSTEM_USER


def set_up(home: Path, account: Account, program: Path, now: datetime, member: Member) -> tuple[Connection, Path]:
    """How *member* of *home* will be reached, and the folder it works in. What is there is kept. Raises OSError."""
    home.mkdir(parents=True, exist_ok=True, mode=0o711)  # the account goes through it; each file has its own mode
    make_passwords(home)
    authority = make_ca(home, now=now)
    tls = make_certificate(home, authority, names=["localhost"], ips=["127.0.0.1"], now=now, stem="tls")
    ips = ["127.0.0.1"]
    transport = make_certificate(home, authority, names=[], ips=ips, now=now, stem="transport", asks_too=True)
    connection = connection_of(home, f"https://127.0.0.1:{member.http_port}")
    folder = _folder_for(home / member.folder, account)
    account.may_pass(folder)
    for part in ("data", "logs", "tmp"):
        if not (folder / part).is_dir():
            (folder / part).mkdir(mode=0o700)
            account.owns(folder / part)
    # Written anew, and never into a folder that is the account's already: we may be root, and it could put links there.
    config = folder / "config"
    if config.exists():
        shutil.rmtree(config)
    config.mkdir(mode=0o700)
    configure(config, program, connection, member, tls=tls, transport=transport)
    account.owns(config)
    return connection, folder


def _folder_for(folder: Path, account: Account) -> Path:
    """Where the node itself may write: *folder*, a link where the account cannot enter what it lies in.

    Root's folders are closed to others, and a clone that lies in one shall work too.
    """
    if account.name and not folder.is_dir() and not account.can_enter(folder.parent):
        mark = hashlib.sha256(str(folder.parent.resolve() / folder.name).encode()).hexdigest()[:16]
        _MACHINE_FOLDER.mkdir(exist_ok=True)
        _MACHINE_FOLDER.chmod(0o711)
        (_MACHINE_FOLDER / mark).mkdir(exist_ok=True)
        folder.unlink(missing_ok=True)
        folder.symlink_to(_MACHINE_FOLDER / mark)
    folder.mkdir(exist_ok=True)
    return folder.resolve()
