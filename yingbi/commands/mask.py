"""`yingbi mask`: copies of files without personal data."""

import argparse
from pathlib import Path

from yingbi.commands.shape import COULD_NOT, FINE, WRONG_USE, Commands, add_command, complain, printable

WITHHOLD, UNSIGNED_COPY = "withhold", "unsigned-copy"
"""As `documents` of a policy has it."""


def add_mask(commands: Commands) -> None:
    """Name the command to the parser."""
    masking = add_command(
        commands,
        "mask",
        _mask,
        "写出遮盖了个人信息的副本，不改原件 / write copies without personal data, and leave the files as they are",
        "yingbi mask 名单.xlsx -o 名单-公开.xlsx",
    )
    masking.add_argument("path", type=Path, metavar="PATH", help="文件或文件夹 / a file or a folder")
    masking.add_argument(
        "-o", "--out", type=Path, required=True, metavar="OUT", help="写到哪里，须是新的 / where to, which is new"
    )
    masking.add_argument(
        "--signed",
        choices=(WITHHOLD, UNSIGNED_COPY),
        default=WITHHOLD,
        help=f"带电子签名的文件：不写出（默认），或 {UNSIGNED_COPY}：写出去掉签名和签章、注明是副本的 "
        "/ of signed files: write none (the default), or copies without signatures and seals, which say so",
    )


def _mask(given: argparse.Namespace) -> int:
    from yingbi.commands.scan_paths import UNREAD, Progress
    from yingbi.commands.tagger import has_tagger
    from yingbi.mask_files import CannotMask, mask_files
    from yingbi.unread_files import Unread

    if not given.path.exists() and not given.path.is_symlink():
        complain(f"没有这个文件或文件夹 / there is no such file or folder: `{printable(str(given.path))}`")
        return COULD_NOT
    has_tagger()
    progress, code = Progress(), FINE
    copies = hidden = unwritten = 0
    telling: list[str] = []
    try:
        for became in mask_files(given.path, given.out, progress, unsigned_copy=given.signed == UNSIGNED_COPY):
            progress.done()
            if isinstance(became, Unread):
                complain(printable(f"`{became.file}` 没有写出 / was not written: {became.zh} / {became.en}"))
                code, unwritten = UNREAD, unwritten + 1
            else:
                copies, hidden = copies + 1, hidden + became.count
                unsigned = became.signatures
                without = f"，去掉签名 {unsigned} 个 / an unsigned copy, without {unsigned}" if unsigned else ""
                print(printable(f"{became.out}: 遮盖 {became.count} 处 / {became.count} values hidden{without}"))
                if became.name_tells:
                    telling.append(became.out)
    except CannotMask as problem:
        progress.done()
        complain(printable(str(problem)))
        return WRONG_USE
    except OSError as error:
        progress.done()
        complain(printable(f"无法读写 / cannot read or write `{error.filename}`: {error.strerror or error}"))
        return COULD_NOT
    except KeyboardInterrupt:
        progress.done()
        complain(
            f"已中止：`{printable(str(given.out))}` 中有 {copies} 个完整的副本，其余没有写出；要重做请删去它或写到别处"
            f" / stopped: {copies} whole copies are there, and no others; to begin again remove it or name another"
        )
        return COULD_NOT
    if given.path.is_dir() and not given.path.is_symlink():
        print(
            f"写出 {copies} 个副本，共遮盖 {hidden:,} 处；{unwritten} 个没有写出"
            f" / {copies} copies with {hidden:,} values hidden, {unwritten} files not written"
        )
    if telling:
        print(
            f"{len(telling)} 个副本的文件名或所在文件夹的名称里似有个人信息，名称没有改，公开前请改名"
            f" / the names of {len(telling)} copies or of their folders seem to tell of somebody, and are as they were:"
            " rename these before you publish them"
        )
        print(*(f"  {printable(out)}" for out in telling), sep="\n")
    return code
