"""The file in which the baselines tell the rules who sees many people as ordinary work. It names callers and counts."""

import os
from pathlib import Path

import orjson

from siem.detect.custom import Custom, custom_from


def write_custom(path: Path, custom: Custom) -> None:
    """Put *custom* in the place of what was told before, for nobody else on the machine to read. Raises OSError."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(orjson.dumps(custom.as_json()))
    unfinished.replace(path)


class CustomFile:
    """The file at *path*, which is read when it has changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._custom = Custom()

    def read(self) -> Custom:
        """What was told last; nobody's custom where nothing was, or what cannot be read: better an alert too many."""
        try:
            told = self._path.stat()
            if self._stamp != (told.st_mtime_ns, told.st_ino):
                self._custom = custom_from(orjson.loads(self._path.read_bytes()))
                self._stamp = told.st_mtime_ns, told.st_ino
        except (OSError, ValueError):
            self._custom, self._stamp = Custom(), None
        return self._custom
