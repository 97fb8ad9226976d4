"""`python -m yingbi.process.quota SETTINGS`: counts how many subjects each caller is shown, for all workers of a host.

The only process that writes the folder of quotas.
"""

import contextlib
import signal
import sys
import threading
from collections.abc import Mapping
from typing import Any

from proxy.quota.keeper import FileKeeper, Keeper
from proxy.quota.server import QuotaServer
from yingbi.home import Home
from yingbi.said import speak
from yingbi.settings import Settings, settings_of
from yingbi.told import tell

TELL_EVERY_S = 1.0
DATABASE_SHARE = 0.7
"""Of the time that a worker waits for its answer, so much the database may take: the rest is the way there and back."""


def main(settings: Settings) -> None:
    """Answer workers until asked to stop."""
    home = Home(settings.home)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    server = QuotaServer(lambda: _keeper(settings, home), home.quota_socket)

    def told(facts: Mapping[str, Any]) -> None:
        with contextlib.suppress(OSError):  # on a full disk nobody learns how things stand; callers are answered
            tell(home.told("quota"), facts)

    server.serve(stop.is_set, told, TELL_EVERY_S)


def _keeper(settings: Settings, home: Home) -> Keeper:
    if not settings.quota_database:
        return FileKeeper(home.quota)
    # A host that counts for itself speaks to no PostgreSQL, and loads no client of it.
    from proxy.quota.database import DatabaseKeeper
    from proxy.quota.link import Link, LinkLost
    from proxy.quota.tables import open_link

    def connect() -> Link:
        try:
            password = home.quota_password.read_text("utf-8").strip()
        except FileNotFoundError:
            password = ""
        except OSError as error:
            raise LinkLost(f"{home.quota_password.name}: {error.strerror}") from None
        return open_link(settings.quota_database, password, settings.quota_database_ca)

    return DatabaseKeeper(connect, home.quota, within_s=DATABASE_SHARE * settings.capacity.quota_ms / 1000)


if __name__ == "__main__":
    speak()
    main(settings_of(sys.argv[1]))
