"""Processes that begin at the same moment."""

import subprocess
import sys
from collections.abc import Sequence

from tests.gateway import ROOT


def raced(script: str, racers: Sequence[Sequence[str]]) -> list[str]:
    """What each of *racers*, which runs *script* with its arguments, says last.

    The script says `ready` once it is, and waits for a line before it goes on.
    """
    racing = [
        subprocess.Popen(
            [sys.executable, "-c", script, *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for arguments in racers
    ]
    for each in racing:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in racing:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    return [each.communicate()[0] for each in racing]
