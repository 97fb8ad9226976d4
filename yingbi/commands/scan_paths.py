"""`yingbi scan PATH…`: where personal data stands in files."""

import json
import sys
from pathlib import Path

from yingbi.commands.shape import FINE, FOUND, WRONG_USE, complain

UNREAD = 2
"""The exit code where something could not be looked through, whatever was found besides."""


def scan_paths(paths: list[Path], *, as_json: bool) -> int:
    """Look through *paths* and say what was found. Returns the exit code."""
    import dataclasses

    from yingbi.category_names import named
    from yingbi.commands.tagger import has_tagger
    from yingbi.scan_files import lines_of, scan_files

    has_tagger()
    progress = Progress()
    try:
        report = scan_files(paths, progress)
    except OSError as error:
        progress.done()
        complain(f"没有这个文件或文件夹 / there is no such file or folder: `{error.filename}`")
        return WRONG_USE
    progress.done()
    if as_json:
        print(json.dumps(dataclasses.asdict(report), ensure_ascii=False, indent=2))
    else:
        print(*lines_of(report, named), sep="\n")
    return UNREAD if report.unread else FOUND if report.found else FINE


class Progress:
    """Says on a terminal what is being done, in one line that goes again; nothing where nobody looks."""

    def __init__(self) -> None:
        self._shows = sys.stderr.isatty()

    def __call__(self, what: str) -> None:
        """Show *what*."""
        if self._shows:
            print(f"\r\x1b[K{what[-70:]}", end="", file=sys.stderr, flush=True)

    def done(self) -> None:
        """There is nothing more to show."""
        if self._shows:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
