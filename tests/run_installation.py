"""`python -m tests.run_installation COMMAND…`: `yingbi` with this command, whose processes begin as forks of it.

That they start by themselves, from nothing, is for those tests that start an installation as a newcomer does.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from unittest import mock

from tests.fork_server import fork_for
from tests.forked import Asking, Forked, control_sockets
from yingbi import children, cli

PYTHON = [sys.executable, "-m"]


class _Open:
    """A descriptor that is open."""

    def __init__(self, number: int) -> None:
        self._number = number

    def fileno(self) -> int:
        return self._number


def forking() -> Asking:
    """Asks a fork of this process, as it is now, to fork. There may be no threads yet."""
    control, theirs = control_sockets()
    if os.fork() == 0:
        control.close()
        fork_for(theirs)
    theirs.close()
    return Asking(control)


def main() -> None:
    forks = forking()

    def begun(command: Sequence[str], kept: Sequence[int], out: int, err: int) -> Forked:
        python, module, arguments = command[:2], command[2], command[3:]
        assert python == PYTHON, "all that we start is written in Python"
        with Path(os.devnull).open("r+b") as nothing:
            stdout = nothing if out < 0 else _Open(out)
            return forks.start(
                module,
                *arguments,
                stdin=nothing,
                stdout=stdout,
                stderr=_Open(err),
                keep=kept,
                folder=Path.cwd(),
                apart=True,
            )

    with mock.patch.object(children, "begun", begun):
        sys.exit(cli.main())


if __name__ == "__main__":
    main()
