"""`yingbi up`, `reload`, `status`: the installation as a whole."""

import argparse
import sys

from yingbi.commands.shape import COULD_NOT, FINE, FOUND, Commands, add_command, complain


def add_running(commands: Commands) -> None:
    """Add `yingbi up`, `yingbi reload` and `yingbi status`."""
    up = add_command(
        commands,
        "up",
        _up,
        "准备并运行，直到 Ctrl-C / prepare the installation and run it until Ctrl-C",
        "yingbi up --index elasticsearch",
    )
    up.add_argument(
        "--index",
        choices=("sqlite", "elasticsearch"),
        help="索引用什么，写入 yingbi.toml / what keeps the index of events; is written to yingbi.toml",
    )
    add_command(
        commands,
        "reload",
        _reload,
        "按新的设置逐个更换工作进程，不中断访问 / renew the workers by what is set now, one after another",
        "yingbi reload",
    )
    status = add_command(
        commands,
        "status",
        _status,
        "什么在运行，地址是什么 / say what runs and where it answers",
        "yingbi status --json",
    )
    status.add_argument("--json", action="store_true", help="输出 JSON / as JSON, with every address and process")


def _up(given: argparse.Namespace) -> int:
    from yingbi.children import CannotStart
    from yingbi.first_start import CannotPrepare, make_settings
    from yingbi.home import Home
    from yingbi.keep_index import IndexNotKept, keep_index
    from yingbi.said import Teller, speak
    from yingbi.settings import Index, read_settings
    from yingbi.up import up

    try:
        make_settings(Home(read_settings().home))
        say = Teller(sys.stdout)
        home = Home(read_settings().home)
        if given.index and keep_index(home.settings, Index(given.index)):
            say(f'`{home.settings}` 中已写明 / says now: index = "{given.index}"')
        speak()
        up(read_settings(), say)
    except (CannotPrepare, CannotStart, IndexNotKept) as problem:
        complain(str(problem))
        return COULD_NOT
    return FINE


def _reload(given: argparse.Namespace) -> int:
    from yingbi.reload import NotReloaded, reload
    from yingbi.settings import read_settings

    try:
        print(reload(read_settings()))
    except NotReloaded as problem:
        complain(str(problem))
        return COULD_NOT
    return FINE


def _status(given: argparse.Namespace) -> int:
    import json

    from yingbi.settings import read_settings
    from yingbi.status import status_of
    from yingbi.status_lines import lines_of
    from yingbi.status_problems import problems_of

    status = status_of(read_settings())
    if given.json:
        print(json.dumps(status, ensure_ascii=False, indent=2))
    else:
        print("\n".join(lines_of(status)))
    if problems_of(status):
        return FOUND
    return FINE if status["running"] else COULD_NOT
