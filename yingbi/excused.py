"""The file in which the control process tells the baselines who was excused. It names callers and days, no count."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import orjson

from deploy.private_file import write_private
from siem.baseline.excuse import Excuse, excuses_from
from siem.index.store import StoreUnavailable

log = logging.getLogger("yingbi.excused")


class ExcusedFile:
    """Keeps the file at *path* as *in_force* says."""

    def __init__(self, path: Path, in_force: Callable[[], Sequence[Excuse]]) -> None:
        self._path = path
        self._in_force = in_force
        self._written: bytes | None = None
        self._trouble = ""

    def step(self) -> None:
        """Write it anew where it has changed. What cannot be read or written now is by a later step."""
        try:
            told = orjson.dumps([each.as_json() for each in self._in_force()])
            if told != self._written:
                write_private(self._path, told)
                self._written = told
            trouble = ""
        except (StoreUnavailable, OSError) as error:
            trouble = type(error).__name__
        if trouble != self._trouble:
            log.warning("excused_trouble_changed now=%s", trouble or "none")
            self._trouble = trouble


def read_excused(path: Path) -> dict[str, list[Excuse]]:
    """Who is excused, by caller; nobody where there is no such file. Raises OSError, and ValueError for another."""
    return excuses_from(orjson.loads(path.read_bytes())) if path.exists() else {}
