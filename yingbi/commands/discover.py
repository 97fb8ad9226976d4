"""`yingbi discover`: a draft from what a system was seen to have."""

import argparse
from pathlib import Path

from yingbi.commands.shape import COULD_NOT, FINE, FOUND, WRONG_USE, Commands, add_command, complain


def add_discover(commands: Commands) -> None:
    """Name the command to the parser."""
    command = add_command(
        commands,
        "discover",
        _discover,
        "据登记期间的访问起草系统的策略 / draft the policy of a system from what was seen of it",
        "yingbi discover register --out draft/systems/register.yaml",
    )
    command.add_argument(
        "system", nargs="?", metavar="SYSTEM", help="哪个系统，默认为唯一登记中的 / which; the one learnt"
    )
    command.add_argument("--policy", type=Path, metavar="DIR", help="策略目录，默认为本安装的 / a folder of policies")
    command.add_argument("--har", type=Path, metavar="FILE", help="浏览器的 HAR 录制 / a recording made by a browser")
    command.add_argument(
        "--out", type=Path, metavar="FILE", help="写到文件，默认标准输出 / write to a file, which is new"
    )


def _discover(given: argparse.Namespace) -> int:
    from policies.findings import PolicyError
    from yingbi.discover import NothingSeen, draft_of, summary_of
    from yingbi.home import Home
    from yingbi.settings import read_settings

    home = Home(read_settings().home)
    try:
        draft, text = draft_of(home, given.policy or home.policies, given.system, given.har)
        if given.out is None:
            print(text, end="")
            return FINE
        with given.out.open("x", encoding="utf-8") as file:
            file.write(text)
    except NothingSeen as problem:
        complain(str(problem))
        return WRONG_USE
    except PolicyError as error:
        complain(f"策略有误 / the policy has errors:\n{error}")
        return FOUND
    except FileExistsError:
        complain(f"文件已存在，不覆盖 / it exists already and is left alone: `{given.out}`")
        return COULD_NOT
    except (OSError, ValueError) as error:
        complain(f"无法读取 / cannot be read: {error}")
        return COULD_NOT
    print(*summary_of(draft), f"草案 / draft: {given.out}", sep="\n")
    return FINE
