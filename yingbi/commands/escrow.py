"""`yingbi keys escrow | restore`: what an operator does with backups of keys and their shares. Nobody sees a key."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from yingbi.commands.shape import FINE, WRONG_USE, complain

if TYPE_CHECKING:
    from policies.keys.escrow import Share
    from yingbi.home import Home
    from yingbi.keys.handling import KeyStore


def run_escrow(given: argparse.Namespace, home: "Home", store: "KeyStore") -> int:
    """Make a backup, or prove one; returns the exit code."""
    from yingbi.keys.escrow import check_places, make_escrow, share_text

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
    from policies.keys.escrow import read_backup
    from yingbi.keys.escrow import prove, restored

    if not given.backup:
        complain("请给出备份 / name the backup: --from FILE --share A --share B")
        return WRONG_USE
    files = restored(given.backup, _shares(given.share))
    proof = prove(home, store, read_backup(given.backup.read_bytes()), files)
    print(f"备份 {proof.backup} 含有全部 {len(proof.keys)} 个数据密钥，验证已记录 / holds every data key; written down")
    return FINE


def run_restore(given: argparse.Namespace, home: "Home", store: "KeyStore") -> int:
    """Write what a backup holds into an empty folder; returns the exit code."""
    from yingbi.keys.escrow import restore, restored

    files = restored(given.backup, _shares(given.share))
    restore(files, given.to)
    print(f"{len(files)} 个文件已恢复到 `{given.to}` / files restored")
    print(f"停止影壁后，把其中的内容移到 `{home.root}` / stop Yingbi, then move what is in it there")
    return FINE


def _shares(given: list[str]) -> "list[Share]":
    from yingbi.keys.escrow import NotEscrowed, read_share_file

    if len(given) < 2:
        raise NotEscrowed("要两份不同的份额 / two different shares are needed: --share A --share B")
    return [_typed() if name == "-" else read_share_file(Path(name)) for name in given]


def _typed() -> "Share":
    """A share that is typed line by line; a line that is wrong is asked for again."""
    from policies.keys.escrow import LINES, BadShare, read_line, read_share
    from yingbi.keys.escrow import wrong_line

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
        from yingbi.keys.escrow import NotEscrowed

        raise NotEscrowed(wrong_line(problem)) from None
