"""What notices call categories and systems, followed as the policy in force changes."""

import dataclasses

from incident.cases import Cases
from incident.scope import Levels
from policies.release import NotReleased
from yingbi.clock import now
from yingbi.notices.press import levels_of, press_of
from yingbi.policy_source import Source, UnreadableFolder
from yingbi.settings import Settings


class Titles:
    """Keeps what notices call categories and systems as the policy in force has it, where nothing is wrong with it."""

    def __init__(self, settings: Settings, source: Source, cases: Cases) -> None:
        self._settings = settings
        self._source = source
        self._cases = cases
        self._seen = b""
        self.levels: Levels = ()
        """The categories of each level."""

    def renew(self) -> None:
        """Look again, where there may be another policy."""
        stamp = self._source.stamp()
        if stamp == self._seen:
            return
        try:
            loaded = self._source.take(now()).loaded
        except (NotReleased, UnreadableFolder, OSError):  # as while one is put in the place of another: looked at again
            return
        self._seen = stamp
        if not loaded.findings.errors:
            self.levels = levels_of(loaded.policy)
            press = press_of(self._settings, loaded.policy)
            self._cases.rules = dataclasses.replace(self._cases.rules, press=press)
