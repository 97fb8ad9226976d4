"""`python -m yingbi.process.traces SETTINGS`: sends exchanges as OpenTelemetry spans to the collector that is set.

It reads the log and nothing else, and holds no key. Runs only where a collector is set.
"""

import logging
import os
import signal
import sys
import threading

from yingbi.home import Home
from yingbi.said import speak
from yingbi.settings import Settings, settings_of
from yingbi.told import tell
from yingbi.traces import MOST_SPANS, Followed, export, span_of

EVERY_S = 1.0

log = logging.getLogger("yingbi.traces")


def main(settings: Settings) -> None:
    """Send until asked to stop. What the collector does not take is dropped: the log has it."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    home = Home(settings.home)
    followed = Followed(home.log)
    takes = True
    tell(home.told("traces"), {"pid": os.getpid()})
    pause_s = EVERY_S
    while not stop.wait(pause_s):
        events = followed.take()
        pause_s = 0.0 if len(events) >= MOST_SPANS else EVERY_S
        spans = [span for span in map(span_of, events) if span is not None]
        if spans and export(settings.traces.endpoint, spans) is not takes:
            takes = not takes
            log.warning("collector_changed takes=%s", "yes" if takes else "no")


if __name__ == "__main__":
    speak()
    main(settings_of(sys.argv[1]))
