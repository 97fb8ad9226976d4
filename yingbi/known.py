"""Whom the baselines have to know of besides the log: listed persons, relatives, canaries, and who was excused.

People are those that `yingbi reasons import --people` keeps. All of it may change while all runs: whoever asks again
has it as it is then.
"""

from collections import defaultdict
from contextlib import closing
from pathlib import Path

from proxy.stamp import Stamp, stamp_of
from siem.baseline.excuse import Excuse
from siem.baseline.watch import Baselines
from siem.canary import read_canaries
from siem.index.store import StoreUnavailable
from siem.reasons.case import People
from siem.reasons.store import CaseStore
from yingbi.excused import read_excused
from yingbi.home import Home


class Known:
    """The lists of the installation in *home*. One that cannot be read stays as it was last."""

    def __init__(self, home: Home) -> None:
        self._people = home.reason_store
        self._canaries = home.canaries
        self._excused = home.excused
        self._seen: Stamp = ()
        self._listed: frozenset[str] = frozenset()
        self._relatives: dict[str, frozenset[str]] = {}
        self._of_nobody: frozenset[str] = frozenset()
        self._excuses: dict[str, list[Excuse]] = {}
        self._trouble = ""

    def renew(self, baselines: Baselines) -> str:
        """Let *baselines* have the lists as they are now. Returns why one of them is not, or nothing."""
        written = self._people.with_name(f"{self._people.name}-wal")
        seen = stamp_of(self._people, written, self._canaries, self._excused)
        if seen != self._seen:
            self._seen = seen
            self._trouble = self._read()
            self.give(baselines)
        return self._trouble

    def give(self, baselines: Baselines) -> None:
        """Let *baselines* have the lists as they were read last."""
        baselines.know(listed=self._listed, relatives=self._relatives, canaries=self._of_nobody, excuses=self._excuses)

    def _read(self) -> str:
        trouble = self._read_lists()
        try:
            self._excuses = read_excused(self._excused)
        except (OSError, ValueError):
            self._excuses = {}  # better an alert too many
            return trouble or f"无法读取，无人放宽 / cannot be read, nobody is excused: {self._excused.name}"
        return trouble

    def _read_lists(self) -> str:
        try:
            if self._people.exists():
                self._listed, self._relatives = _people_in(self._people)
            elif self._listed or self._relatives:
                return f"名单不见了，沿用上次的 / the lists are gone, and the last ones count: {self._people.name}"
            if self._canaries.exists():
                self._of_nobody = read_canaries(self._canaries)
        except StoreUnavailable as unavailable:
            self._seen = ()  # as while it is being written to: the next time may do
            return f"名单无法读取，沿用上次的 / the lists cannot be read, and the last ones count: {unavailable}"
        except OSError as error:
            return f"无法读取 / cannot be read: {error.filename}: {error.strerror}"
        except ValueError as problem:
            return f"诱饵名单有误 / the list of canaries is wrong: {problem}"
        return ""


def _people_in(path: Path) -> tuple[frozenset[str], dict[str, frozenset[str]]]:
    """The listed persons, and the relatives of each caller, by digest. Raises StoreUnavailable."""
    with closing(CaseStore(path, read_only=True)) as store:
        listed, relatives = store.people(People.LISTED), store.people(People.RELATIVES)
    of_callers = defaultdict(set)
    for person, callers in relatives.items():
        for caller in callers:
            of_callers[caller].add(person)
    return frozenset(listed), {caller: frozenset(people) for caller, people in of_callers.items()}
