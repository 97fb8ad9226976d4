"""Whether the folder of policies is what is in force, and what waits for somebody: for status and console."""

from typing import Any

from console.policy.journal import BrokenPolicyJournal
from console.policy.life import PolicyLife
from incident.ids import Bilingual
from policies.snapshot import UnfitFiles, read_folder
from yingbi.home import Home
from yingbi.policy_source import stamp_of


class PolicyWatch:
    """Looks again where the folder or the journal has changed."""

    def __init__(self, home: Home, life: PolicyLife) -> None:
        self._folder = home.policies
        self._life = life
        self._seen: tuple[bytes, int] | None = None
        self.told: dict[str, Any] = {}
        """Of the folder and the drafts, as `yingbi status` has it."""

    def step(self) -> None:
        """Look, where there may be anything new."""
        seen = stamp_of(self._folder), self._life.last()
        if seen == self._seen:
            return
        self._seen = seen
        try:
            history = self._life.history()
        except BrokenPolicyJournal:  # told by `broken`
            return
        waiting = [draft.number for draft in history.waiting]
        current = history.current.content if history.current else ""
        try:
            differs = read_folder(self._folder).digest != current
        except (UnfitFiles, OSError):
            differs = True
        self.told = {"folder_differs": differs, "drafts": waiting}

    def broken(self) -> Bilingual | None:
        """Where the journal of policies is not as it was written."""
        try:
            self._life.history()
        except BrokenPolicyJournal as broken:
            return Bilingual(zh=broken.zh, en=str(broken))
        return None
