"""Whom the baselines have to know of besides the log: listed persons and relatives as digests, and the canaries.

Both lists are files that may change while all runs: whoever asks again has them as they are then.
"""

from pathlib import Path

from siem.baseline.evaluate import read_known
from siem.baseline.event_files import WrongFolder
from siem.baseline.watch import Baselines
from siem.canary import read_canaries
from yingbi.home import Home
from yingbi.settings import Settings

type _Stamp = tuple[int, int, int] | None


class Known:
    """The lists of an installation. One that cannot be read stays as it was last."""

    def __init__(self, settings: Settings) -> None:
        self._people = Path(settings.known_people) if settings.known_people else None
        self._canaries = Home(settings.home).canaries
        self._seen: tuple[_Stamp, _Stamp] = (None, None)
        self._listed: frozenset[str] = frozenset()
        self._relatives: dict[str, frozenset[str]] = {}
        self._of_nobody: frozenset[str] = frozenset()
        self._trouble = ""

    def renew(self, baselines: Baselines) -> str:
        """Let *baselines* have the lists as they are now. Returns why one of them is not, or nothing."""
        seen = (stamp_of(self._people) if self._people else None, stamp_of(self._canaries))
        if seen != self._seen:
            self._seen = seen
            self._trouble = self._read()
            self.give(baselines)
        return self._trouble

    def give(self, baselines: Baselines) -> None:
        """Let *baselines* have the lists as they were read last."""
        baselines.listed, baselines.relatives, baselines.canaries = self._listed, self._relatives, self._of_nobody

    def _read(self) -> str:
        if self._people and self._seen[0] is None:
            return f"名单不见了，沿用上次的 / the list is gone, and the last one counts: {self._people.name}"
        try:
            if self._people:
                self._listed, self._relatives = read_known(self._people)
            if self._seen[1] is not None:
                self._of_nobody = read_canaries(self._canaries)
        except OSError as error:
            return f"无法读取 / cannot be read: {error.filename}: {error.strerror}"
        except WrongFolder as problem:
            return str(problem)
        except ValueError as problem:
            return f"诱饵名单有误 / the list of canaries is wrong: {problem}"
        return ""


def stamp_of(path: Path) -> _Stamp:
    """What tells one state of the file at *path* from another; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
