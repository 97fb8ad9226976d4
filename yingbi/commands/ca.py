"""`yingbi ca init | issue | revoke | list`: certificates for callers, where an office has no authority of its own."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from yingbi.commands.shape import COULD_NOT, FINE, Commands, add_command, complain

if TYPE_CHECKING:
    from yingbi.own_authority import OwnAuthority


def add_ca(commands: Commands) -> None:
    """Name the commands `yingbi ca …` to the parser."""
    authority = commands.add_parser(
        "ca",
        help="给系统和终端颁发客户端证书 / certificates for systems and terminals",
        epilog="example: yingbi ca list halls",
    )
    group = authority.add_subparsers(dest="ca", required=True, metavar="COMMAND")
    making = add_command(group, "init", _init, "建立一个机构 / make an authority", "yingbi ca init halls")
    issuing = add_command(
        group,
        "issue",
        _issue,
        "颁发证书，写入一个新目录 / issue a certificate, into a folder of its own",
        "yingbi ca issue halls uri:urn:example:window-7 --to /mnt/usb/window-7 --p12",
    )
    revoking = add_command(
        group,
        "revoke",
        _revoke,
        "吊销证书，一秒左右生效 / revoke a certificate, within a second or so",
        "yingbi ca revoke halls uri:urn:example:window-7",
    )
    listing = add_command(
        group, "list", _list, "列出颁发过的证书 / say which were issued, and which revoked", "yingbi ca list halls"
    )
    for command in (making, issuing, revoking, listing):
        command.add_argument("authority", metavar="AUTHORITY", help="机构的名称 / what the authority is called")
    issuing.add_argument("name", metavar="NAME", help="uri:… 或 dns:…，与 callers.yaml 相同 / as in callers.yaml")
    issuing.add_argument("--to", required=True, type=Path, metavar="DIR", help="写到哪里 / the folder, which is made")
    issuing.add_argument("--days", type=int, default=365, metavar="N", help="有效天数，1 至 3650 / how long it lasts")
    issuing.add_argument(
        "--p12", action="store_true", help="另写 PKCS #12，并打印密码 / PKCS #12 as well, and print its password"
    )
    revoking.add_argument("which", metavar="NAME_OR_NUMBER", help="名称或序列号 / the name, or the serial number")


def _authority(given: argparse.Namespace) -> "OwnAuthority":
    from yingbi.clock import now
    from yingbi.home import Home
    from yingbi.own_authority import OwnAuthority
    from yingbi.settings import read_settings

    return OwnAuthority(Home(read_settings().home).authorities, given.authority, now())


def _init(given: argparse.Namespace) -> int:
    from yingbi.own_authority import NotIssued

    try:
        made = _authority(given)
        made.make()
    except NotIssued as problem:
        complain(str(problem))
        return COULD_NOT
    print(f"{made.folder}")
    return FINE


def _issue(given: argparse.Namespace) -> int:
    import secrets
    from datetime import timedelta

    from deploy.private_file import write_private
    from yingbi.own_authority import NotIssued

    try:
        if not 1 <= given.days <= 3650:
            raise NotIssued("`--days` 是 1 至 3650 / is from 1 to 3650")
        if given.to.exists():
            raise NotIssued(f"`{given.to}` 已存在 / exists already: name a new folder")
        new = _authority(given).issue(given.name, timedelta(days=given.days))
    except NotIssued as problem:
        complain(str(problem))
        return COULD_NOT
    given.to.mkdir(parents=True, mode=0o700)
    write_private(given.to / "client.pem", new.pem)
    write_private(given.to / "client.key", new.key_pem)
    if given.p12:
        password = secrets.token_urlsafe(12)
        write_private(given.to / "client.p12", new.pkcs12(password))
        print(f"client.p12: {password}")
    print(f"{new.serial}  {given.name}  {new.certificate.not_valid_after_utc:%Y-%m-%d}")
    return FINE


def _revoke(given: argparse.Namespace) -> int:
    from yingbi.own_authority import NotIssued

    try:
        revoked = _authority(given).revoke(given.which)
    except NotIssued as problem:
        complain(str(problem))
        return COULD_NOT
    for each in revoked:
        print(f"{each.serial}  {', '.join(each.names)}")
    return FINE


def _list(given: argparse.Namespace) -> int:
    from yingbi.own_authority import NotIssued

    try:
        issued = _authority(given).issued()
    except NotIssued as problem:
        complain(str(problem))
        return COULD_NOT
    for each in issued:
        ended = f"已吊销 / revoked {each.revoked_at:%Y-%m-%d}" if each.revoked_at else ""
        last = f"{each.certificate.not_valid_after_utc:%Y-%m-%d}"
        print(f"{each.serial}  {', '.join(each.names)}  {last}  {ended}".rstrip())
    return FINE
