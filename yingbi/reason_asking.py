"""Asks the systems behind for the cases of a caller, as it is declared: seldom, not for long, and not twice.

Whoever does not answer makes nothing known, and nobody is blamed for what is not known.
"""

import logging
import ssl
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from policies.digest import Digester
from siem.reasons.case import Case, Told
from siem.reasons.declaration import CALLER, SINCE, Declaration, LookUp
from siem.reasons.feed import BadFeed, read_cases
from siem.reasons.store import CaseStore
from yingbi.fetch import NotFetched, fetch

REST = timedelta(minutes=1)
"""So long a system is left alone that did not answer."""
_MINUTE = timedelta(minutes=1)

log = logging.getLogger("yingbi.reasons")

type Fetch = Callable[[str, float, str], str]
"""What is at an address, within so many seconds, with that header `Authorization`. Raises NotFetched."""


class Asker:
    """Asks, and puts what is answered into *cases*. *home* is the folder that headers lie in."""

    def __init__(
        self,
        cases: CaseStore,
        home: Path,
        fetching: Fetch,
        digester: Callable[[], Digester],
        now: Callable[[], datetime],
    ) -> None:
        self.cases = cases
        self.home = home
        self.trouble: dict[str, str] = {}
        """Why the last question to a system came to nothing, by system."""
        self._fetch = fetching
        self._digester = digester
        self._now = now
        self._asked: dict[tuple[str, str], datetime] = {}
        self._lately: dict[str, deque[datetime]] = {}
        self._rests: dict[str, datetime] = {}

    def known_to(self, declared: Declaration, caller: str, since: datetime, needed: datetime) -> datetime | None:
        """As `siem.reasons.judge.Asking` says. Raises StoreUnavailable."""
        told = self.cases.source(declared.system, f"caller:{caller}")
        known = told.last if told else None
        look_up, now = declared.look_up, self._now()
        if look_up is None or (known is not None and known >= needed) or not self._may(declared.system, look_up, now):
            return known
        key = (declared.system, caller)
        if key in self._asked and now < self._asked[key] + look_up.cache:
            return known
        self._asked[key] = now
        self._lately.setdefault(declared.system, deque()).append(now)
        try:
            found = self._answer(look_up, caller, since)
        except (NotFetched, BadFeed, OSError) as problem:
            why = str(problem) if isinstance(problem, NotFetched) else type(problem).__name__
            log.warning("cases_not_told system=%s why=%s", declared.system, why)
            self.trouble[declared.system] = why
            self._rests[declared.system] = now + REST
            del self._asked[key]
            return known
        self.trouble.pop(declared.system, None)
        self.cases.take(Told(as_of=now, system=declared.system, source=f"caller:{caller}", cases=found))
        return now

    def _may(self, system: str, look_up: LookUp, now: datetime) -> bool:
        if system in self._rests and now < self._rests[system]:
            return False
        lately = self._lately.setdefault(system, deque())
        while lately and not now - _MINUTE < lately[0] <= now:
            lately.popleft()
        return len(lately) < look_up.per_minute

    def _answer(self, look_up: LookUp, caller: str, since: datetime) -> tuple[Case, ...]:
        address = look_up.url.replace(CALLER, quote(caller, safe="")).replace(SINCE, quote(since.isoformat(), safe=""))
        header = (self.home / look_up.authorization).read_text("ascii").strip() if look_up.authorization else ""
        text = self._fetch(address, look_up.timeout.total_seconds(), header)
        return read_cases(text.encode(), look_up.columns, self._digester().each)


def fetching(trusted: ssl.SSLContext) -> Fetch:
    """Fetches by HTTPS, from servers that *trusted* authorities have certified."""
    return lambda address, limit_s, authorization: fetch(address, trusted, limit_s, authorization)
