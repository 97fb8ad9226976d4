"""`python -m deploy.elasticsearch`: runs a node, or a cluster, until it is interrupted, to work or to test against."""

import argparse
import contextlib
import sys
from datetime import UTC, datetime
from pathlib import Path

from deploy.elasticsearch.configure import Member
from deploy.elasticsearch.connection import NodeUnavailable
from deploy.elasticsearch.node import Node, start

_EXAMPLE = "example: python -m deploy.elasticsearch --home var/elasticsearch --http-port 9200"


def main(arguments: list[str]) -> int:
    """Exit code: 0 interrupted, 2 wrong use, 3 could not."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.elasticsearch",
        description="Run secured Elasticsearch nodes on the loopback interface until they are interrupted.",
        epilog=_EXAMPLE,
    )
    parser.add_argument("--home", type=Path, required=True, help="folder of its data, passwords and authority")
    parser.add_argument("--http-port", type=int, default=9200, help="where it answers (default: %(default)s)")
    parser.add_argument("--transport-port", type=int, default=9300, help="where nodes meet (default: %(default)s)")
    parser.add_argument(
        "--nodes", type=int, default=1, choices=range(1, 8), help="how many, on ports one after the other (default: 1)"
    )
    given = parser.parse_args(arguments)
    ports = range(given.transport_port, given.transport_port + given.nodes)
    members = [
        Member(http_port=given.http_port + place, transport_port=port, cluster=tuple(ports) if given.nodes > 1 else ())
        for place, port in enumerate(ports)
    ]
    try:
        with contextlib.suppress(KeyboardInterrupt), contextlib.ExitStack() as running:
            nodes: list[Node] = []
            for member in members:
                node = start(given.home, member, now=datetime.now(UTC), say=lambda line: print(line, file=sys.stderr))
                running.callback(node.stop)
                nodes.append(node)
            for node in nodes:
                node.wait_ready()
            urls = " ".join(node.connection.url for node in nodes)
            print(f"elasticsearch answers at {urls}; users and authority lie in {given.home}", flush=True)
            nodes[0].process.wait()
    except NodeUnavailable as problem:
        print(problem, file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
