"""What the access log says was looked up on the hotline of late: by it the pace is kept, also after a restart."""

import logging
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path

import orjson

from incident.ids import PersonId
from siem.record.ecs import from_ecs
from siem.record.event import AccessEvent, Verdict
from siem.record.log import BrokenChain, StartId, begun_at
from siem.record.reader import beginning_of, follow_lines, starts_in
from yingbi.log.own_events import SYSTEM
from yingbi.look_ups import OF_CALLER
from yingbi.look_ups import OPERATION as OF_PERSON

OPERATION = "POST /.yingbi/hotline"
"""What the event says was asked; two rules count by it."""

log = logging.getLogger("yingbi.hotline")


def asked_since(folder: Path, since: datetime) -> list[tuple[PersonId, datetime]]:
    """Who asked on the hotline after *since*, and when, the oldest first, by the log in *folder*.

    Who was refused did not ask. A start that cannot be read counts as far as it can, and the program's log tells of it:
    callers are answered all the same, since each look-up is recorded. Raises OSError where there is no reading the
    folder.
    """
    found: list[tuple[PersonId, datetime]] = []
    for start in reversed(starts_in(folder)):
        events = _look_ups(folder / start)
        if (first := next(events, None)) is None:
            continue
        found += [
            (PersonId(each.caller), each.at)
            for each in chain((first,), events)
            if each.operation == OPERATION and each.verdict is Verdict.FORWARD and each.at > since
        ]
        # One process looks up at a time: what was looked up before this start began is older than its first event.
        if begun_at(start) <= since:
            break
    return sorted(found, key=lambda each: each[1])


def _look_ups(folder: Path) -> Iterator[AccessEvent]:
    """The look-ups in the start in *folder*: none where it is the start of another writer, as its first line says."""
    try:
        for body, _ in follow_lines(folder, beginning_of(StartId(folder.name))):
            event = from_ecs(orjson.loads(body))
            if event.system != SYSTEM or event.operation not in (OPERATION, OF_PERSON, OF_CALLER):
                return
            yield event
    except (BrokenChain, OSError, ValueError, KeyError, TypeError, AttributeError):
        log.warning("hotline_pace_unread start=%s", folder.name)
