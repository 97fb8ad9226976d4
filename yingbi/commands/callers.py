"""`yingbi callers …`: keys for callers. What is printed is the caller's; nothing here keeps it."""

import argparse

from yingbi.commands.shape import COULD_NOT, FINE, Commands, add_command, complain


def add_callers(commands: Commands) -> None:
    """Name the commands `yingbi callers …` to the parser."""
    callers = commands.add_parser(
        "callers",
        help="给调用者发密钥 / keys for callers",
        epilog="example: yingbi callers new-key window-7 K-003 --until 2027-12-31",
    )
    group = callers.add_subparsers(dest="callers", required=True, metavar="COMMAND")
    new_key = add_command(
        group,
        "new-key",
        _new_key,
        "生成密钥：第一行交给调用者，其余写进 callers.yaml / a key for a caller, and the lines of callers.yaml",
        "yingbi callers new-key batch-stats K-002 --until 2027-12-31 --signs",
    )
    new_key.add_argument(
        "caller", metavar="CALLER", help="谁的，callers.yaml 中的 id / whose, by its id in callers.yaml"
    )
    new_key.add_argument("key", metavar="KEY_ID", help="密钥编号，从未用过 / what the key is called; never used before")
    new_key.add_argument("--until", required=True, metavar="DAY", help="到哪天 / its last day")
    new_key.add_argument(
        "--signs",
        action="store_true",
        help="用来签名请求，而不是直接出示 / to sign requests with, in place of showing it",
    )


def _new_key(given: argparse.Namespace) -> int:
    from yingbi.keys.new_key import new_api_key, new_signing_key
    from yingbi.settings import read_settings

    try:
        if given.signs:
            key, lines = new_signing_key(read_settings().home, given.caller, given.key, given.until)
        else:
            key, lines = new_api_key(given.key, given.until)
    except PermissionError:
        raise
    except (OSError, ValueError) as error:
        complain(
            f"本安装的密钥读不出来，请先运行一次 `yingbi up` / the secret of this installation cannot be read: {error};"
            " run `yingbi up` once"
        )
        return COULD_NOT
    print(key)
    print(*lines, sep="\n")
    return FINE
