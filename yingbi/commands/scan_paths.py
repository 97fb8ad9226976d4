"""`yingbi scan PATH…`: where personal data stands in files."""

import json
import os
import sys
from pathlib import Path

from yingbi.commands.shape import COULD_NOT, FINE, FOUND, complain, printable

UNREAD = 2
"""The exit code where something could not be looked through, whatever was found besides."""
USUAL_COLUMNS = 80
"""Of a terminal that does not say how wide it is."""


def scan_paths(paths: list[Path], *, as_json: bool) -> int:
    """Look through *paths* and say what was found. Returns the exit code."""
    import dataclasses

    from policies.recognisers.category_names import named
    from yingbi.commands.tagger import has_tagger
    from yingbi.scan_files import lines_of, scan_files

    has_tagger()
    progress = Progress()
    try:
        report = scan_files(paths, progress)
    except KeyboardInterrupt:
        progress.done()
        complain("已中止，没有查完 / stopped: not everything was looked through")
        return COULD_NOT
    progress.done()
    if as_json:
        print(json.dumps(dataclasses.asdict(report), ensure_ascii=False, indent=2))
    else:
        print(*map(printable, lines_of(report, named)), sep="\n")
    return UNREAD if report.unread else FOUND if report.found else FINE


class Progress:
    """Says on a terminal what is being done, in one line that goes again; nothing where nobody looks."""

    def __init__(self) -> None:
        self._shows = sys.stderr.isatty()

    def __call__(self, what: str) -> None:
        """Show *what*: its beginning, which counts, and its end, in one line of the terminal as it is wide now."""
        if self._shows:
            try:
                columns = os.get_terminal_size(sys.stderr.fileno()).columns
            except OSError:
                columns = 0
            print(f"\r\x1b[K{fitted(what, (columns or USUAL_COLUMNS) - 1)}", end="", file=sys.stderr, flush=True)

    def done(self) -> None:
        """There is nothing more to show."""
        if self._shows:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def fitted(what: str, columns: int) -> str:
    """*what* in no more than *columns* of a terminal: its first word, and of the rest the end. See `printable`."""
    from yingbi.scan_files import width

    shown = printable(what)
    if width(shown) <= columns:
        return shown
    first, _, rest = shown.partition(" ")
    left = columns - width(first) - 2
    while rest and width(rest) > left:
        rest = rest[1:]
    return f"{first} …{rest}"
