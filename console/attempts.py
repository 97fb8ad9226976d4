"""Counts failed sign-ins in the database, so that a restart forgets none.

Names that were tried are kept as hashes: people type passwords where the name belongs.
"""

import hashlib
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from console.tables import SIGN_IN_FAILURES as FAILURES
from console.throttle import BY_NAME, BY_NAME_AND_SOURCE, REMEMBERED, Failures, Limit
from incident.ids import NotPermitted

MOST_KEPT = 10_000
"""Rows. Names that nobody has must not fill the disk; the oldest go first."""


class Attempts:
    """Says whether another attempt is looked at."""

    def __init__(self, writing: Engine) -> None:
        self._writing = writing

    def begin(self, name: str, source: str, now: datetime, *, device: str = "") -> None:
        """Count an attempt before it is looked at, so that many at once do not get past the limit.

        One from a known *device* (`console.devices`) counts by itself: what strangers tried does not hold it up.
        Raises NotPermitted where one has to wait. What it says does not depend on whether there is such an account.
        """
        with self._writing.begin() as connection:
            limits = _limits(name, source, device)
            known = {digest: _failures(connection, digest) for digest in limits}
            ready = max(now if (f := known[d]) is None else f.next_at(limit, now) for d, limit in limits.items())
            if ready > now:
                minutes = -int((now - ready).total_seconds() // 60)
                raise NotPermitted(
                    f"尝试次数过多，请在 {minutes} 分钟后再试",
                    f"too many attempts: try again in {minutes} minute{'' if minutes == 1 else 's'}",
                )
            for digest, before in known.items():
                _put(connection, digest, before, now)
            _forget_old(connection, now)

    def succeeded(self, connection: Connection, name: str, source: str, *, device: str = "") -> None:
        """The attempt was good: it counts no more, nor do those from the same place before it."""
        here, *anywhere = _limits(name, source, device)
        connection.execute(delete(FAILURES).where(FAILURES.c.digest == here))
        connection.execute(
            update(FAILURES)
            .where(FAILURES.c.digest.in_(anywhere), FAILURES.c.failures > 0)
            .values(failures=FAILURES.c.failures - 1)
        )


def _limits(name: str, source: str, device: str) -> dict[str, Limit]:
    if device:
        return {_digest("device", name, device): BY_NAME_AND_SOURCE}
    return {_digest("both", name, source): BY_NAME_AND_SOURCE, _digest("name", name): BY_NAME}


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


def _failures(connection: Connection, digest: str) -> Failures | None:
    row = connection.execute(select(FAILURES).where(FAILURES.c.digest == digest)).one_or_none()
    return Failures(count=row.failures, last_at=datetime.fromisoformat(row.last_at)) if row else None


def _put(connection: Connection, digest: str, before: Failures | None, now: datetime) -> None:
    if before is None:
        connection.execute(insert(FAILURES).values(digest=digest, failures=1, last_at=now.isoformat()))
    else:
        values = {"failures": before.at(now) + 1, "last_at": now.isoformat()}
        connection.execute(update(FAILURES).where(FAILURES.c.digest == digest).values(**values))


def _forget_old(connection: Connection, now: datetime) -> None:
    connection.execute(delete(FAILURES).where(FAILURES.c.last_at < (now - REMEMBERED).isoformat()))
    too_many = (connection.scalar(select(func.count()).select_from(FAILURES)) or 0) - MOST_KEPT
    if too_many > 0:
        oldest = select(FAILURES.c.digest).order_by(FAILURES.c.last_at).limit(too_many)
        connection.execute(delete(FAILURES).where(FAILURES.c.digest.in_(oldest)))
