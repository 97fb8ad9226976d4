"""`python -m deploy.demo.visits`: serves a desk."""

import argparse
import sys
from pathlib import Path

from deploy.demo.visits.run import files_in, serve


def main(arguments: list[str]) -> int:
    """Exit code: 0 done, 2 wrong use, 3 could not."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.demo.visits",
        description="A call-back desk of invented residents: SQLAdmin on SQLite.",
    )
    parser.add_argument("--home", type=Path, required=True, help="folder of the desk")
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args(arguments)
    if not files_in(given.home).database.exists():
        print(f"there is no desk in `{given.home}`", file=sys.stderr)
        return 3
    serve(given.home, given.port)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
