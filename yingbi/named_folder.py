"""A policy that somebody names on the command line, as a folder."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from policies.snapshot import laid_out
from yingbi.home import Home
from yingbi.policy_desk import policy_desk


@contextlib.contextmanager
def folder_named(home: Home, name: Path) -> Iterator[Path]:
    """The folder *name*, or where there is none, one with the files of the draft or version of that name.

    Raises CannotAct and OSError.
    """
    if name.is_dir():
        yield name
        return
    with policy_desk(home) as desk, laid_out(desk.named(str(name)).snapshot) as folder:
        yield folder
