"""One line of JSON for each thing that a process says of itself: a code, and names and numbers by name."""

import json
import logging
import re
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_PLACES = re.compile(r"(?:(\w+)=)?%[sd](?::%d)?")
_KNOWN = frozenset({"at", "level", "logger", "event", "text", "exception", "where"})


class JsonLines(logging.Formatter):
    """`log.error("child_ended name=%s code=%d", …)` becomes `{"event": "child_ended", "name": …, "code": …}`.

    Of an exception there are its kind and the places it came through, never what it says: that may quote anything.
    """

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter.format`."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            **_said(record),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
            line["where"] = [
                f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])
            ]
        return json.dumps(line, ensure_ascii=False, default=str)


def _said(record: logging.LogRecord) -> dict[str, Any]:
    template = str(record.msg)
    event, _, rest = template.partition(" ")
    if not re.fullmatch(r"[a-z]+(_[a-z]+)*", event) or isinstance(record.args, Mapping):
        return {"text": record.getMessage()}
    found: dict[str, Any] = {"event": event}
    arguments = list(record.args or ())
    words = []
    for place in _PLACES.finditer(rest):
        number = place[0].count("%")
        taken, arguments = arguments[:number], arguments[number:]
        value = taken[0] if number == 1 and taken else ":".join(map(str, taken))
        if place[1] and place[1] not in _KNOWN:
            found[place[1]] = value
        else:
            words.append(str(value))
    words = [*_PLACES.sub("", rest).split(), *words]
    return {**found, "text": " ".join(words)} if words else found
