"""`python -m tests.collected DESCRIPTOR FOLDER ARGUMENT…`: imports what a run of the tests with these arguments would
in FOLDER, and forks the processes of that run; see `tests.shared_run`.
"""

import contextlib
import os
import socket
import sys
from pathlib import Path

import pytest

from tests.fork_server import fork_for


def main() -> None:
    os.chdir(sys.argv[2])
    with (
        Path(os.devnull).open("w") as nothing,
        contextlib.redirect_stdout(nothing),
        contextlib.redirect_stderr(nothing),
    ):
        # What is wrong is said by those that are forked: they collect too, and import again what could not be imported.
        pytest.main(["--collect-only", "-p", "no:cacheprovider", *sys.argv[3:]])
    fork_for(socket.socket(fileno=int(sys.argv[1])))


if __name__ == "__main__":
    main()
