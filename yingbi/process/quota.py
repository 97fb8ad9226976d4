"""`python -m yingbi.process.quota SETTINGS`: counts how many subjects each caller is shown, for all workers of a host.

The only process that writes the folder of quotas.
"""

import contextlib
import signal
import sys
import threading
from collections.abc import Mapping
from typing import Any

from proxy.quota_server import QuotaServer
from yingbi.home import Home
from yingbi.said import speak
from yingbi.settings import Settings, settings_of
from yingbi.told import tell

TELL_EVERY_S = 1.0


def main(settings: Settings) -> None:
    """Answer workers until asked to stop."""
    home = Home(settings.home)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    server = QuotaServer(home.quota, home.quota_socket)

    def told(facts: Mapping[str, Any]) -> None:
        with contextlib.suppress(OSError):  # on a full disk nobody learns how things stand; callers are answered
            tell(home.told("quota"), facts)

    server.serve(stop.is_set, told, TELL_EVERY_S)


if __name__ == "__main__":
    speak()
    main(settings_of(sys.argv[1]))
