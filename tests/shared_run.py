"""The processes of one run of the tests, which begin with a fork of one that has imported all of them.

To import the tests, and to rewrite what they assert, takes half a minute of processor: more than all else that a
process does before it runs its first test. What they fork in their turn they ask of the same few processes.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from execnet import XSpec, gateway_io
from execnet.gateway_base import ExecModel, Popen2IO

from tests.forked import KINDS, Forks

STDERR = 2


class ForkedIO(gateway_io.Popen2IOMaster):
    """What pytest-xdist says to a process of *forks* and hears of it."""

    def __init__(self, forks: Forks, shared: Sequence[Forks], execmodel: ExecModel) -> None:
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        with (
            os.fdopen(theirs_in, "rb") as stdin,
            os.fdopen(theirs_out, "wb") as stdout,
            os.fdopen(os.dup(STDERR), "wb") as stderr,
        ):
            sockets = [each.fileno() for each in shared]
            self._process = forks.start(
                *("tests.run_process", *map(str, sockets)),
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                keep=sockets,
                folder=Path.cwd(),
            )
        Popen2IO.__init__(self, os.fdopen(ours_out, "wb"), os.fdopen(ours_in, "rb"), execmodel)

    def wait(self) -> int | None:
        """How it has ended, once it has."""
        return self._process.wait()

    def kill(self) -> None:
        """End it."""
        self._process.kill()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """From now on fork the processes that pytest-xdist starts on this machine."""
    forks = Forks([str(Path.cwd()), *config.args], server="tests.collected")
    shared = [Forks(modules) for modules in KINDS]
    started = gateway_io.create_io

    def create_io(spec: XSpec, execmodel: ExecModel) -> gateway_io.Popen2IOMaster:
        return ForkedIO(forks, shared, execmodel) if spec.popen and spec.python is None else started(spec, execmodel)

    gateway_io.create_io = create_io
