"""`yingbi keys …`: what an operator does with keys. No command prints a key."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from yingbi.commands.shape import COULD_NOT, FINE, FOUND, WRONG_USE, Commands, add_command, complain

if TYPE_CHECKING:
    from policies.escrow import Share
    from yingbi.home import Home
    from yingbi.keys import KeyStore


def add_keys(commands: Commands) -> None:
    """Name the commands `yingbi keys …` to the parser."""
    keys = commands.add_parser(
        "keys", help="轮换、撤销、托管密钥 / rotate, revoke and escrow keys", epilog="example: yingbi keys status"
    )
    group = keys.add_subparsers(dest="keys", required=True, metavar="COMMAND")
    status = add_command(
        group,
        "status",
        _told(_status),
        "密钥有多旧，是否已托管 / say how old the keys are, and whether they are escrowed",
        "yingbi keys status --json",
    )
    status.add_argument("--json", action="store_true", help="输出 JSON / as JSON")
    rotate = add_command(
        group,
        "rotate",
        _told(_rotate),
        "换用新密钥，旧密钥的值仍可打开 / use a new key; what an old one made still opens",
        "yingbi keys rotate --system hall",
    )
    which = rotate.add_mutually_exclusive_group(required=True)
    which.add_argument("--system", action="append", metavar="NAME", help="哪个系统，可重复 / of which system")
    which.add_argument("--all", action="store_true", help="所有系统 / of every system")
    which.add_argument(
        "--digests",
        action="store_true",
        help="摘要密钥，只在泄露时 / the key of digests, only where it is known",
    )
    which.add_argument("--root", action="store_true", help="根密钥 / the root key, which wraps the others")
    which.add_argument(
        "--identity",
        action="store_true",
        help="向后端说明身份的密钥 / the key by which systems behind are told who asks",
    )
    rotate.add_argument("--reason", default="", metavar="TEXT", help="为什么，--digests 必需 / why; --digests needs it")
    rotate.add_argument(
        "--canaries",
        type=Path,
        metavar="FILE",
        help="诱饵的号码，每行一个，用完请销毁 / the identifiers of canaries, one a line, to be digested anew",
    )
    revoke = add_command(
        group,
        "revoke",
        _told(_revoke),
        "撤销密钥，它的值不再能打开 / let a key open nothing any more, at once",
        "yingbi keys revoke --system hall --key 0a1b2c3d --reason '疑似泄露'",
    )
    revoke.add_argument("--system", required=True, metavar="NAME", help="哪个系统 / of which system")
    revoke.add_argument("--key", required=True, metavar="ID", help="哪一把，见 status / which one, as status has it")
    revoke.add_argument("--reason", required=True, metavar="TEXT", help="为什么，记入密钥记录 / why; it is recorded")
    _add_rewrap(group)
    _add_escrow(group)


def _add_rewrap(group: Commands) -> None:
    rewrap = add_command(
        group,
        "rewrap",
        _told(_rewrap),
        "把导出文件中的值改用现用密钥 / make what old keys encrypted in an exported file anew",
        "yingbi keys rewrap --system hall --record application applications.csv",
    )
    rewrap.add_argument("--system", required=True, metavar="NAME", help="哪个系统 / of which system")
    rewrap.add_argument(
        "--record", default="", metavar="NAME", help="各列属于哪种记录 / of which record the columns are"
    )
    rewrap.add_argument(
        "--field",
        action="append",
        default=[],
        metavar="COLUMN=FIELD",
        help="列名与字段名不同时 / where a column is called otherwise than its field",
    )
    rewrap.add_argument(
        "--with-revoked", action="store_true", help="已撤销的密钥也打开 / open also what revoked keys made"
    )
    rewrap.add_argument("file", type=Path, metavar="FILE", help=".csv, .ndjson, .jsonl")


def _add_escrow(group: Commands) -> None:
    escrow = add_command(
        group,
        "escrow",
        _told(_escrow),
        "托管备份，或验证它 / make an escrowed backup with three shares, or prove it",
        "yingbi keys escrow --to /mnt/backup --shares /mnt/usb1 /mnt/usb2 /mnt/usb3",
    )
    doing = escrow.add_mutually_exclusive_group(required=True)
    doing.add_argument("--to", type=Path, metavar="DIR", help="备份放在哪里 / where the backup goes")
    doing.add_argument("--prove", action="store_true", help="打开备份，逐一核对 / open one, compare every key")
    escrow.add_argument(
        "--shares",
        type=Path,
        nargs=3,
        metavar="DIR",
        help="三份份额各放在哪里；不写则在屏幕上逐份显示 / a place for each share; shown one by one unless given",
    )
    _add_opening(escrow, required=False)
    restore = add_command(
        group,
        "restore",
        _told(_restore),
        "从托管备份恢复到空目录 / restore every key from an escrowed backup, into an empty folder",
        "yingbi keys restore --from keys.backup --share share-1.txt --share - --to restored",
    )
    _add_opening(restore, required=True)
    restore.add_argument("--to", type=Path, required=True, metavar="DIR", help="空目录 / an empty folder")


def _add_opening(command: argparse.ArgumentParser, *, required: bool) -> None:
    command.add_argument(
        "--from", dest="backup", type=Path, required=required, metavar="FILE", help="备份文件 / the backup"
    )
    command.add_argument(
        "--share",
        action="append",
        default=[],
        metavar="FILE",
        help="一份份额，要两份；- 从键盘输入 / a share, two are needed; - asks for its lines",
    )


def _told(run: "Callable[[argparse.Namespace, Home, KeyStore], int]") -> Callable[[argparse.Namespace], int]:
    """*run*, with what it needs, and what it cannot do told in a sentence."""

    def told(given: argparse.Namespace) -> int:
        from yingbi.clock import now
        from yingbi.escrow import NotEscrowed
        from yingbi.home import Home
        from yingbi.keys import KeysNotUsable, KeyStore
        from yingbi.settings import read_settings

        home = Home(read_settings().home)
        if not home.keys.exists() and given.keys != "restore":
            complain(f"`{home.keys}` 还没有密钥 / there are no keys yet: yingbi up makes them")
            return COULD_NOT
        try:
            return run(given, home, KeyStore(home, now))
        except (KeysNotUsable, NotEscrowed) as problem:
            complain(str(problem))
            return COULD_NOT
        except PermissionError:
            raise
        except OSError as error:
            complain(f"无法读写 `{error.filename or home.keys}` / cannot be read or written: {error.strerror or error}")
            return COULD_NOT

    return told


def _status(given: argparse.Namespace, home: "Home", store: "KeyStore") -> int:
    from yingbi.key_status import facts_of, lines_of

    facts = facts_of(home, store)
    if given.json:
        print(json.dumps(facts, ensure_ascii=False, indent=2))
    else:
        print(*lines_of(facts, store.now()), sep="\n")
    wrong = facts["wrong"] or not facts["root"] or any(system["wrong"] for system in facts["systems"])
    return FOUND if wrong else FINE


def _rotate(given: argparse.Namespace, home: "Home", store: "KeyStore") -> int:
    if given.root:
        print(f"根密钥 / root key: {store.rotate_root()}")
        print("全部密钥环已用它重新包裹；请重新托管 / every keyring is wrapped by it now: make a new escrow")
        return FINE
    if given.identity:
        print(f"身份签名密钥 / identity key: {store.rotate_identity()}")
        print("旧公钥再公布 10 分钟；请重新托管 / the old one is published for 10 minutes more: make a new escrow")
        return FINE
    if given.digests:
        return _begin_epoch(given, home, store)
    for system, key in store.rotate(store.systems() if given.all else given.system):
        print(f"{system}: {key}")
    print("旧密钥的值仍可打开；请重新托管 / what old keys made still opens: make a new escrow")
    return FINE


def _begin_epoch(given: argparse.Namespace, home: "Home", store: "KeyStore") -> int:
    from yingbi.canaries import add_canaries

    if not may_be_recorded(given.reason):
        return WRONG_USE
    identifiers = given.canaries.read_text("utf-8").split() if given.canaries else []
    print(f"摘要密钥 / digest key: {store.begin_epoch(given.reason.strip())}")
    if identifiers:
        add_canaries(home, identifiers, store.now())
        print(f"诱饵 / canaries: {len(identifiers)}；名单已经生效 / the list counts at once")
    elif home.canaries.exists():
        print("诱饵名单 31 天后失效，请重建 / the list of canaries counts for 31 days more: make it anew")
    return FINE


def _revoke(given: argparse.Namespace, home: "Home", store: "KeyStore") -> int:
    if not may_be_recorded(given.reason):
        return WRONG_USE
    current = store.revoke(given.system, given.key, given.reason.strip())
    print(f"{given.system}: {given.key} 已撤销，现用 / is revoked, now in use: {current}")
    return FINE


def _rewrap(given: argparse.Namespace, home: "Home", store: "KeyStore") -> int:
    from yingbi.in_force import ProgramsInForce
    from yingbi.rewrap import Job, NotRewrapped, rewrap
    from yingbi.stored_fields import stored_in

    pairs = [each.partition("=") for each in given.field]
    if not all(column and equals and name for column, equals, name in pairs):
        complain("`--field` 写作 列=字段 / is written COLUMN=FIELD")
        return WRONG_USE
    program = ProgramsInForce(home).of(given.system)
    job = Job(
        file=given.file,
        system=given.system,
        record=given.record,
        fields={column: name for column, _, name in pairs},
        keys=store.data_keys(given.system, with_revoked=given.with_revoked),
        stored=frozenset(field.name for field in stored_in(program)) if program is not None else frozenset(),
    )
    try:
        counts = rewrap(job, lambda found, share: print(f"{share:4.0%}  {found.rows:,} rows", file=sys.stderr))
    except NotRewrapped as problem:
        complain(str(problem))
        return COULD_NOT
    print(f"{job.out}: {counts.rows:,} rows")
    print(f"  改用现用密钥 / made anew     {counts.made_anew:,}")
    print(f"  已是现用密钥 / current       {counts.current:,}")
    print(f"  打不开，未改动 / not opened  {counts.failed:,}")
    if program is None:
        complain(f"`{given.system}` 没有在用的策略，明文未清点 / no policy is in force: plain values were not counted")
        return FOUND
    print(f"  明文，未改动 / plain         {counts.plain:,}")
    return FOUND if counts.failed or counts.plain else FINE


def may_be_recorded(reason: str) -> bool:
    """Whether *reason* says something and names nobody; complains where it does not."""
    from incident.blank import is_blank
    from policies.recognisers.scan import scan

    if is_blank(reason):
        complain("请写明原因 / say why")
        return False
    if scan(reason):
        complain("原因中不要写个人信息，它会记录下来 / name nobody in the reason: it is written down")
        return False
    return True


def _escrow(given: argparse.Namespace, home: "Home", store: "KeyStore") -> int:
    from yingbi.escrow import check_places, make_escrow, share_text

    if given.prove:
        return _prove(given, home, store)
    if given.backup or given.share:
        complain("`--from` 和 `--share` 与 `--prove` 一起用 / go with `--prove`")
        return WRONG_USE
    if not given.shares and not (sys.stdin.isatty() and sys.stdout.isatty()):
        complain("请用 `--shares` 给出三个地方，或在终端上运行 / name three places with `--shares`, or use a terminal")
        return WRONG_USE
    check_places(home, given.to, given.shares or ())
    for place in given.shares or ():
        if not place.is_dir():
            complain(f"`{place}` 不是目录 / is no folder")
            return WRONG_USE
    path, shares = make_escrow(home, store, given.to, given.shares or ())
    print(f"备份 / backup: {path}")
    if not given.shares:
        for share in shares:
            _show(share_text(share, store.now()))
    print("请用两份份额验证 / prove it with two shares:")
    print(f"  yingbi keys escrow --prove --from {path} --share … --share …")
    return FINE


def _show(text: str) -> None:
    """Show *text* to one person, and then to nobody."""
    input("请下一位保管人独自看屏幕，按回车显示 / one keeper alone before the screen, then Enter: ")
    print(text)
    input("抄写核对后按回车清屏 / Enter clears the screen: ")
    print("\033[3J\033[2J\033[H", end="", flush=True)


def _prove(given: argparse.Namespace, home: "Home", store: "KeyStore") -> int:
    from policies.escrow import read_backup
    from yingbi.escrow import prove, restored

    if not given.backup:
        complain("请给出备份 / name the backup: --from FILE --share A --share B")
        return WRONG_USE
    files = restored(given.backup, _shares(given.share))
    proof = prove(home, store, read_backup(given.backup.read_bytes()), files)
    print(f"备份 {proof.backup} 含有全部 {len(proof.keys)} 个数据密钥，验证已记录 / holds every data key; written down")
    return FINE


def _restore(given: argparse.Namespace, home: "Home", store: "KeyStore") -> int:
    from yingbi.escrow import restore, restored

    files = restored(given.backup, _shares(given.share))
    restore(files, given.to)
    print(f"{len(files)} 个文件已恢复到 `{given.to}` / files restored")
    print(f"停止影壁后，把其中的内容移到 `{home.root}` / stop Yingbi, then move what is in it there")
    return FINE


def _shares(given: list[str]) -> "list[Share]":
    from yingbi.escrow import NotEscrowed, read_share_file

    if len(given) < 2:
        raise NotEscrowed("要两份不同的份额 / two different shares are needed: --share A --share B")
    return [_typed() if name == "-" else read_share_file(Path(name)) for name in given]


def _typed() -> "Share":
    """A share that is typed line by line; a line that is wrong is asked for again."""
    from policies.escrow import LINES, BadShare, read_line, read_share
    from yingbi.escrow import wrong_line

    lines: list[str] = []
    while len(lines) < LINES:
        number = len(lines) + 1
        try:
            text = input(f"第 {number} 行 / line {number}: ").partition(":")
            line = text[2] or text[0]
            read_line(number, line)
        except BadShare as problem:
            complain(wrong_line(problem))
        except EOFError:
            break
        else:
            lines.append(f"{number}: {line}")
    try:
        return read_share("\n".join(lines))
    except BadShare as problem:
        from yingbi.escrow import NotEscrowed

        raise NotEscrowed(wrong_line(problem)) from None
