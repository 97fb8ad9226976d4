"""`yingbi keys …`: what an operator does with keys. No command prints a key."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from yingbi.commands.escrow import run_escrow, run_restore
from yingbi.commands.renewing_keys import run_revoke, run_rewrap, run_rotate
from yingbi.commands.shape import COULD_NOT, FINE, FOUND, Commands, add_command, complain

if TYPE_CHECKING:
    from yingbi.home import Home
    from yingbi.keys.handling import KeyStore


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
        _told(run_rotate),
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
        _told(run_revoke),
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
        _told(run_rewrap),
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
    rewrap.add_argument("file", type=Path, metavar="FILE", help="导出的文件 / what was exported: .csv, .ndjson, .jsonl")


def _add_escrow(group: Commands) -> None:
    escrow = add_command(
        group,
        "escrow",
        _told(run_escrow),
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
        _told(run_restore),
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
        from yingbi.home import Home
        from yingbi.keys.escrow import NotEscrowed
        from yingbi.keys.handling import KeysNotUsable, KeyStore
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
    from yingbi.keys.status import facts_of, lines_of

    facts = facts_of(home, store)
    if given.json:
        print(json.dumps(facts, ensure_ascii=False, indent=2))
    else:
        print(*lines_of(facts, store.now()), sep="\n")
    wrong = facts["wrong"] or not facts["root"] or any(system["wrong"] for system in facts["systems"])
    return FOUND if wrong else FINE
