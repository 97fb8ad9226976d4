"""`yingbi policy draft | import | submit | diff | approve | publish | rollback | withdraw | history | export`."""

import argparse
from collections.abc import Callable
from pathlib import Path

from yingbi.commands.acting import add_account
from yingbi.commands.policy_drafts import run_draft, run_import, run_submit, run_withdraw
from yingbi.commands.policy_reading import run_diff, run_export, run_history
from yingbi.commands.policy_releases import run_approve, run_publish, run_roll_back
from yingbi.commands.shape import Commands, add_command


def add_life(policies: Commands) -> None:
    """Name the commands to the parser."""
    _acting(
        policies,
        "draft",
        run_draft,
        "由策略目录建立草稿并提交 / make a draft of the folder, and submit it",
        "yingbi policy draft --as officer --title 授权窗口 --reason 业务科室来函",
        writes=True,
    )
    importing = _acting(
        policies,
        "import",
        run_import,
        "由任意目录建立草稿并提交 / make a draft of any folder, and submit it",
        "yingbi policy import ../policies --as officer --title 授权窗口 --reason 合并请求42",
        writes=True,
    )
    importing.add_argument("folder", type=Path, metavar="DIR", help="策略文件所在目录 / the folder with the files")
    _acting(
        policies,
        "submit",
        run_submit,
        "提交还没有提交的草稿 / submit a draft that is not submitted yet",
        "yingbi policy submit 3 --as officer",
        draft=True,
    )
    differing = add_command(
        policies,
        "diff",
        run_diff,
        "两份策略的差别，有则退出码为 1 / what is different between two policies; exit code 1 if anything is",
        "yingbi policy diff in-force d3",
    )
    differing.add_argument("before", nargs="?", metavar="A", help="folder、in-force、版本号或 d加草稿号 / or a number")
    differing.add_argument("after", nargs="?", metavar="B", help="默认为策略目录 / the folder unless given")
    approving = _acting(
        policies,
        "approve",
        run_approve,
        "批准另一人的草稿，不写摘要只显示差别 / approve another's draft; or read it, without a digest",
        "yingbi policy approve 3 --digest HEX --as officer2",
        draft=True,
    )
    approving.add_argument(
        "--digest", default="", metavar="HEX", help="您读过的那一份的内容摘要 / that of the files that you have read"
    )
    _acting(
        policies,
        "publish",
        run_publish,
        "发布已批准的草稿 / put an approved draft in force",
        "yingbi policy publish 3 --as officer",
        draft=True,
    )
    rolling = _acting(
        policies,
        "rollback",
        run_roll_back,
        "退回到之前生效的版本 / put a version from before in force again",
        "yingbi policy rollback --as officer --reason 授权过宽",
    )
    rolling.add_argument("version", nargs="?", metavar="VERSION", help="默认为上一版 / the one before unless given")
    rolling.add_argument("--reason", required=True, metavar="TEXT", help="理由 / why")
    withdrawing = _acting(
        policies,
        "withdraw",
        run_withdraw,
        "撤回草稿 / give a draft up",
        "yingbi policy withdraw 3 --as officer --reason 不需要了",
        draft=True,
    )
    withdrawing.add_argument("--reason", required=True, metavar="TEXT", help="理由 / why")
    telling = add_command(
        policies, "history", run_history, "历次版本和草稿 / versions and drafts", "yingbi policy history --json"
    )
    telling.add_argument("--json", action="store_true", help="输出 JSON / as JSON")
    exporting = add_command(
        policies,
        "export",
        run_export,
        "把一版策略写进目录 / write a version into a folder",
        "yingbi policy export in-force ../policies",
    )
    exporting.add_argument("version", metavar="VERSION", help="版本号、in-force 或 d加草稿号 / or a draft")
    exporting.add_argument("folder", type=Path, metavar="DIR", help="目录，其中多余的策略文件会删去 / the folder")


def _acting(
    policies: Commands,
    name: str,
    run: Callable[[argparse.Namespace], int],
    about: str,
    example: str,
    *,
    draft: bool = False,
    writes: bool = False,
) -> argparse.ArgumentParser:
    """The parser of a command that somebody acts by: who is asked for, and the password on standard input."""
    command = add_command(policies, name, run, about, example)
    add_account(command)
    if draft:
        command.add_argument("draft", metavar="DRAFT", help="草稿号 / the number of the draft")
    if writes:
        command.add_argument("--title", required=True, metavar="TEXT", help="标题 / a title")
        command.add_argument("--reason", required=True, metavar="TEXT", help="理由 / why")
        command.add_argument(
            "--draft", default="", metavar="DRAFT", help="换掉这份草稿的内容 / put the files into this draft instead"
        )
    return command
