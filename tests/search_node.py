"""One Elasticsearch node for all the processes of a test run, and nodes of one's own.

Who needs it first starts it; who started it stops it, once all others have let go of it. Two locks of the kernel say
so, which a process that dies lets go of as well.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from deploy.elasticsearch.account import node_account
from deploy.elasticsearch.configure import HEAP, Member
from deploy.elasticsearch.connection import Connection, connection_of
from deploy.elasticsearch.install import default_cache, install
from deploy.elasticsearch.jdk import find_jdk
from deploy.elasticsearch.node import Node, start
from tests.ports import free_port

URL = "YINGBI_TEST_ELASTICSEARCH_URL"
"""Names a cluster to test against instead, such as one that `python -m deploy.elasticsearch` runs: one node or some."""
FOLDER = "YINGBI_TEST_ELASTICSEARCH_FOLDER"
"""Names the folder with its `ca.pem` and `passwords.json`."""


def given_cluster() -> Connection | None:
    """The cluster that the environment names, or None. Raises NodeUnavailable where its folder holds no passwords."""
    urls = os.environ.get(URL, "").split()
    return connection_of(Path(os.environ.get(FOLDER, ".")), *urls) if urls else None


def check_parts() -> None:
    """Have everything that a node needs on this machine, downloaded if need be. Raises NodeUnavailable."""
    account = node_account()
    find_jdk(account)
    install(default_cache(account))


@contextlib.contextmanager
def new_home() -> Iterator[Path]:
    """A folder for a node that another account can enter, removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="yingbi search "))
    folder.chmod(0o711)
    try:
        yield folder / "home"
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def running_node(home: Path, *, brief: bool = True, heap: str = HEAP) -> Iterator[Node]:
    """A node of one's own in *home*, ready, and stopped afterwards. Who measures it wants none that is `brief`."""
    member = Member(http_port=free_port(), transport_port=free_port(), brief=brief, heap=heap)
    with _running(home, [member]) as (node,):
        yield node


@contextlib.contextmanager
def running_cluster(home: Path, nodes: int = 3) -> Iterator[Sequence[Node]]:
    """Some nodes of one's own in *home* that make one cluster, all of them ready, and stopped afterwards."""
    ports = tuple(free_port() for _ in range(nodes))
    members = [Member(http_port=free_port(), transport_port=port, cluster=ports, brief=True) for port in ports]
    with _running(home, members) as made:
        yield made


@contextlib.contextmanager
def returning(node: Node) -> Iterator[Node]:
    """*node*, which has ended, running anew with what it has on the disk, ready, and stopped afterwards."""
    with _running(node.connection.ca_file.parent, [node.member]) as (again,):
        yield again


@contextlib.contextmanager
def _running(home: Path, members: Sequence[Member]) -> Iterator[list[Node]]:
    with contextlib.ExitStack() as running:
        nodes: list[Node] = []
        for member in members:
            nodes.append(start(home, member, now=datetime.now(UTC)))
            running.callback(nodes[-1].stop)
        for node in nodes:  # which answers for its health once it has found the others
            node.wait_ready()
        yield nodes


@contextlib.contextmanager
def shared_node(folder: Path) -> Iterator[Connection]:
    """The node of the run whose processes share *folder*. Raises NodeUnavailable."""
    place = folder / "node"  # names the home and the address of the node that runs
    with (
        (folder / "joining").open("w") as joining,
        (folder / "using").open("w") as using,
        contextlib.ExitStack() as own,
    ):
        fcntl.flock(joining, fcntl.LOCK_EX)
        if not place.exists():
            home = own.enter_context(new_home())
            node = own.enter_context(running_node(home))
            place.write_text(f"{home}\n{node.connection.url}\n")
            own.callback(place.unlink)
            own.callback(fcntl.flock, using, fcntl.LOCK_EX)  # waits until all others have let go
            own.callback(fcntl.flock, joining, fcntl.LOCK_EX)  # from here on nobody joins
        fcntl.flock(using, fcntl.LOCK_SH)
        fcntl.flock(joining, fcntl.LOCK_UN)
        named, url = place.read_text().splitlines()
        yield connection_of(Path(named), url)
