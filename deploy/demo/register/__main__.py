"""`python -m deploy.demo.register`: makes a register."""

import argparse
import sys
from pathlib import Path

from deploy.demo.register.database import make_register

_EXAMPLE = "example: python -m deploy.demo.register --out var/demo/register --residents 10000 --seed 1"


def main(arguments: list[str]) -> int:
    """Exit code: 0 done, 2 wrong use, 3 could not."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.demo.register",
        description="Make a register of invented residents: register.db, metadata.json and canaries.txt.",
        epilog=_EXAMPLE,
    )
    parser.add_argument("--out", type=Path, required=True, help="folder to write to; it is made if it is not there")
    parser.add_argument("--residents", type=int, default=10_000, help="how many (default: %(default)s)")
    parser.add_argument(
        "--seed", type=int, default=1, help="the same seed gives the same people (default: %(default)s)"
    )
    given = parser.parse_args(arguments)
    try:
        make_register(given.out, residents=given.residents, seed=given.seed)
    except ValueError as error:
        parser.error(str(error))
    except OSError as error:
        print(f"cannot write the register to `{given.out}`: {error.strerror}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
