"""Ports that nobody else is given: `tests.ports`."""

import socket
import subprocess
import sys

from tests.ports import BLOCK, FIRST, free_port
from tests.servers import ROOT


def test_what_is_given_is_free_and_given_once() -> None:
    given = [free_port() for _ in range(20)]
    assert len(set(given)) == 20
    for port in given:
        socket.create_server(("127.0.0.1", port)).close()


WITH_ONE_IN_USE = """
import contextlib, socket
from tests.ports import free_port, free_ports
used = free_port() + 2  # of a block that begins there, so that it is this process's
with contextlib.suppress(OSError):
    used_here = socket.create_server(("127.0.0.1", used))
base = free_ports(4)
print(used in range(base, base + 4))
"""


def test_some_in_a_row_hold_none_that_is_in_use() -> None:
    assert _said(WITH_ONE_IN_USE) == "False"


def test_another_process_has_others_for_as_long_as_this_one_lives() -> None:
    other = int(_said("from tests.ports import free_port; print(free_port())"))
    assert (other - FIRST) // BLOCK != (free_port() - FIRST) // BLOCK


def _said(script: str) -> str:
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return ran.stdout.strip()
