"""`python -m deploy.demo.hall`: prepares a hall, or serves it."""

import argparse
import sys
from pathlib import Path

from deploy.demo.hall.environment import files_in
from deploy.demo.hall.run import prepare, serve

_EXAMPLE = """examples:
  python -m deploy.demo.hall prepare --home var/demo/hall --seed 1
  python -m deploy.demo.hall serve --home var/demo/hall --port 8001 --host-name hall.example:8443
"""


def main(arguments: list[str]) -> int:
    """Exit code: 0 done, 2 wrong use, 3 could not."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.demo.hall",
        description="A service hall of invented residents: Django's admin on SQLite.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    preparing = commands.add_parser("prepare", help="make the database and the password of the staff user `clerk`")
    preparing.add_argument("--seed", type=int, default=1, help="the register's seed (default: %(default)s)")
    serving = commands.add_parser("serve", help="serve on the loopback interface")
    serving.add_argument("--port", type=int, required=True)
    serving.add_argument("--host-name", required=True, help="the one browsers use, with its port if that is not 443")
    for command in (preparing, serving):
        command.add_argument("--home", type=Path, required=True, help="folder of the hall")
    given = parser.parse_args(arguments)
    try:
        if given.command == "prepare":
            prepare(given.home, given.seed)
        elif files_in(given.home).database.exists():
            serve(given.home, given.port, given.host_name)
        else:
            print(f"there is no hall in `{given.home}`: prepare it first", file=sys.stderr)
            return 3
    except OSError as error:
        print(f"cannot prepare the hall in `{given.home}`: {error.strerror}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
