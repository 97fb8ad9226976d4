"""Look-ups of a person or a caller in the console: recorded in the access log before they are made.

A person is looked for by the digests of every epoch.
"""

import threading
from collections.abc import Callable
from datetime import datetime

from console.search.look_up import CannotLookUp, LookUp
from policies.digest import Digester
from policies.keys.epochs import BadEpochs, digester_in
from siem.record.event import AccessEvent, EventId
from siem.record.log import AccessLog, RecordFailed, new_start_id
from yingbi.home import Home
from yingbi.log.own_events import not_shown, own_event

OPERATION, OF_CALLER = "POST /.yingbi/people", "GET /.yingbi/callers"
"""What the event of a look-up says was asked: of a person, or of a caller."""


class PersonLookUps:
    """Writes in a log of its own, which it begins with the first look-up. Used from any thread."""

    def __init__(self, home: Home, clock: Callable[[], datetime]) -> None:
        self._home = home
        self._clock = clock
        self._log: AccessLog | None = None
        self._lock = threading.Lock()

    def record(self, look_up: LookUp) -> EventId:
        """As `console.search.look_up.LookUps` promises. Whom it is about is in no event: it would count as shown."""
        return self.write(lambda event, now: _event(event, now, look_up))

    def write(self, made: Callable[[EventId, datetime], AccessEvent]) -> EventId:
        """Record the event that *made* makes: on the disk when this returns. Raises CannotLookUp."""
        with self._lock:
            now = self._clock()
            try:
                log = self._log = self._log or AccessLog(self._home.log, new_start_id(now))
                event = log.new_id()
                log.append(made(event, now), durably=True)
            except (RecordFailed, OSError):
                raise CannotLookUp(
                    "查询无法记录，不予查询；请检查磁盘空间",
                    "a look-up that cannot be recorded is not made: see that there is room on the disk",
                ) from None
        return event

    def digests_of(self, identifier: str) -> frozenset[str]:
        """As `console.search.look_up.LookUps` promises. The keys are read for each look-up, and not kept."""
        digester = self.digester()
        return frozenset(each(identifier) for each in (*digester.earlier, digester))

    def digester(self) -> Digester:
        """What digests are made with now. Raises CannotLookUp."""
        try:
            return digester_in(self._home.keys, self._clock())
        except BadEpochs:
            raise CannotLookUp(
                "摘要密钥无法读取，不能按号码查；请系统管理员从备份恢复",
                "the keys of digests cannot be read: restore them from a backup",
            ) from None


def _event(event: EventId, at: datetime, look_up: LookUp) -> AccessEvent:
    return own_event(
        event,
        at,
        operation=OF_CALLER if look_up.caller else OPERATION,
        by=look_up.by,
        purpose="look-up",
        basis=look_up.basis,
        fields=(not_shown(look_up.caller or "person", kind, count) for kind, count in look_up.about.items()),
    )
