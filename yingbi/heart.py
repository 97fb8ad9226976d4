"""The sign of life that somebody outside waits for: given each minute while all is well."""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime

from siem.notify.secret import WrongAddress, address_of
from yingbi.carrying import RETRY_S
from yingbi.clock import now
from yingbi.settings import Settings

_LOOKS_EVERY_S = 1.0


class Heart:
    """Beats while *is_well* says so. `beat_at` and `trouble` tell how that goes."""

    def __init__(self, settings: Settings, is_well: Callable[[], bool], environment: Mapping[str, str]) -> None:
        self._settings = settings
        self._is_well = is_well
        self._environment = environment
        self.beat_at: datetime | None = None
        self.trouble = ""

    @property
    def is_set(self) -> bool:
        """Whether the settings say where to."""
        return bool(self._settings.notify.heartbeat_file or self._settings.notify.heartbeat_env)

    def beat(self, stop: threading.Event) -> None:
        """Give the sign of life each minute while all is well, until *stop* is set. For a thread of its own."""
        from siem.notify.heartbeat import EVERY, Heartbeat

        heart: Heartbeat | None = None
        notify = self._settings.notify
        while not stop.is_set():
            if heart is None:
                try:
                    where = (notify.heartbeat_file, notify.heartbeat_env)
                    address = address_of("heartbeat", self._settings.home, *where, self._environment)
                    heart = Heartbeat(address, notify.heartbeat_method)
                except WrongAddress as wrong:
                    self.trouble = str(wrong)
                    stop.wait(RETRY_S)
                    continue
            if not self._is_well():
                stop.wait(_LOOKS_EVERY_S)
                continue
            self.trouble = heart.beat()
            if not self.trouble:
                self.beat_at = now()
            stop.wait(EVERY.total_seconds() if not self.trouble else RETRY_S)
