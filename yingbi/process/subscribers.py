"""`python -m yingbi.process.subscribers SETTINGS`: tells subscribers of public notices. Runs only where that is set.

The only process that can read the addresses of subscribers. It reads the published notices and opens no database.
"""

import logging
import os
import signal
import sys
import threading
from functools import partial

from siem.notify.sender import trust
from yingbi.clock import now
from yingbi.home import Home
from yingbi.said import speak
from yingbi.settings import Settings, settings_of
from yingbi.site import site_of
from yingbi.subscribers.tell import SubscriberTeller, mail_server
from yingbi.told import tell

EVERY_S = 1.0
NICENESS = 5

log = logging.getLogger("yingbi.subscribers.records")


def main(settings: Settings) -> None:
    """Tell until asked to stop."""
    os.nice(NICENESS)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    trust(str(settings.home / settings.notify.ca) if settings.notify.ca else "")
    home, where = Home(settings.home), settings.subscribers
    mail = partial(mail_server, settings.home, where.mail_file, where.mail_env, os.environ)
    teller = SubscriberTeller(home, site_of(settings), mail, now)
    trouble = ""
    while not stop.is_set():
        attempts, before = 0, trouble
        try:
            attempts = teller.step()
            trouble = teller.trouble
            tell(home.told("subscribers"), {"pid": os.getpid(), **teller.facts()})
        except OSError as error:  # as on a full disk: tried again
            trouble = error.strerror or str(error)
        if trouble != before:
            log.warning("trouble_changed now=%s", trouble or "none")
        if not attempts:
            stop.wait(EVERY_S)


if __name__ == "__main__":
    speak()
    main(settings_of(sys.argv[1]))
