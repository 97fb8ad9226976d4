"""The lines of a file that were no event, each with its number and why, in a file beside it. None of their values."""

import os
from pathlib import Path
from types import TracebackType
from typing import TextIO

ENDING = ".refused"


class RefusedLines:
    """Writes `FILE.refused` for the file at *path*, once there is something to write: `number<TAB>why`, one a line.

    One of an earlier time is replaced, or removed where nothing is refused any more. A folder that takes no file is no
    reason to bring nothing in: `trouble` then says why there is none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.with_name(path.name + ENDING)
        self.trouble = ""
        """Why it could not be written, or empty."""
        self._file: TextIO | None = None

    def __enter__(self) -> "RefusedLines":
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            self.trouble = error.strerror or "OSError"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._file:
            try:
                self._file.close()
            except OSError as error:
                self.trouble = error.strerror or "OSError"

    def add(self, number: int, why: str) -> None:
        """Note one line."""
        if self.trouble:
            return
        try:
            if self._file is None:
                kept = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
                self._file = os.fdopen(kept, "w", encoding="utf-8")
            self._file.write(f"{number}\t{why}\n")
        except OSError as error:
            self.trouble = error.strerror or "OSError"
