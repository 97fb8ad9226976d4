"""`python -m deploy.elasticsearch`: runs a node until it is interrupted, to work or to test against."""

import argparse
import contextlib
import sys
from datetime import UTC, datetime
from pathlib import Path

from deploy.elasticsearch.connection import NodeUnavailable
from deploy.elasticsearch.node import start

_EXAMPLE = "example: python -m deploy.elasticsearch --home var/elasticsearch --http-port 9200"


def main(arguments: list[str]) -> int:
    """Exit code: 0 interrupted, 2 wrong use, 3 could not."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.elasticsearch",
        description="Run a secured Elasticsearch node on the loopback interface until it is interrupted.",
        epilog=_EXAMPLE,
    )
    parser.add_argument("--home", type=Path, required=True, help="folder of its data, passwords and authority")
    parser.add_argument("--http-port", type=int, default=9200, help="where it answers (default: %(default)s)")
    parser.add_argument("--transport-port", type=int, default=9300, help="where nodes meet (default: %(default)s)")
    given = parser.parse_args(arguments)
    try:
        node = start(
            given.home,
            http_port=given.http_port,
            transport_port=given.transport_port,
            now=datetime.now(UTC),
            say=lambda line: print(line, file=sys.stderr),
        )
        with contextlib.suppress(KeyboardInterrupt):
            try:
                node.wait_ready()
                print(f"elasticsearch answers at {node.connection.url}; users and authority lie in {given.home}")
                node.process.wait()
            finally:
                node.stop()
    except NodeUnavailable as problem:
        print(problem, file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
