"""`yingbi demo`: the callers, the provider and the leak of the demo."""

import argparse

from yingbi.commands.shape import COULD_NOT, FINE, FOUND, WRONG_USE, Commands, add_command, complain


def add_demo(commands: Commands) -> None:
    """Add `yingbi demo` with its commands."""
    demo = commands.add_parser(
        "demo", help="使用演示系统 / use the demo of a running installation", epilog="example: yingbi demo leak"
    )
    demos = demo.add_subparsers(dest="demo", required=True, metavar="COMMAND")
    credential = add_command(
        demos,
        "credential",
        _credential,
        "打印演示人员的凭证 / print a credential of a caller of the demo",
        "yingbi demo credential clerk",
    )
    credential.add_argument(
        "name",
        metavar="NAME",
        help="谁的：clerk、clerk-wang……（窗口），batch-stats（统计系统），"
        "citizen（受影响的居民），citizen-other / whose",
    )
    credential.add_argument(
        "--system", choices=("register", "hall"), default="register", help="用于哪个系统 / for which system"
    )
    credential.add_argument(
        "--plain", action="store_true", help="只打印凭证 / the credential alone, without an example"
    )
    add_command(
        demos,
        "rotate-keys",
        _rotate_keys,
        "让演示的身份提供方换用新密钥 / let the identity provider of the demo sign with a new key",
        "yingbi demo rotate-keys",
    )
    leak = add_command(
        demos,
        "leak",
        _leak,
        "演练一次泄露，直到公众通告 / play a leak, from a stolen key to the public notice",
        "yingbi demo leak",
    )
    leak.add_argument(
        "--leave-notice",
        action="store_true",
        help="通告留给人工提交和批准 / leave the notice for people to submit and approve",
    )


def _credential(given: argparse.Namespace) -> int:
    from yingbi.credential import UnknownCaller, credential_of, example_of
    from yingbi.settings import read_settings

    settings = read_settings()
    try:
        credential = credential_of(settings, given.name, given.system)
    except UnknownCaller as problem:
        complain(str(problem))
        return WRONG_USE
    except OSError:
        complain(f"`{settings.home}` 中还没有演示系统 / there is no demo here yet: yingbi up makes it")
        return COULD_NOT
    print(credential)
    if not given.plain:
        print(f"\n# 例如 / example\n{example_of(settings, given.name, credential, given.system)}")
    return FINE


def _rotate_keys(given: argparse.Namespace) -> int:
    from yingbi.first_start import provider_of
    from yingbi.home import Home
    from yingbi.settings import read_settings

    home = Home(read_settings().home)
    if not home.demo.exists():
        complain(f"`{home.root}` 中还没有演示系统 / there is no demo here yet: yingbi up makes it")
        return COULD_NOT
    print(provider_of(home).rotate())
    print("网关遇到新密钥后至多 30 秒取到 / the gateway has it within 30 seconds of meeting it")
    return FINE


def _leak(given: argparse.Namespace) -> int:
    from yingbi.leak import CannotPlay, play
    from yingbi.settings import read_settings

    try:
        return FINE if play(read_settings(), leave_notice=given.leave_notice) else FOUND
    except CannotPlay as problem:
        complain(str(problem))
        return COULD_NOT
