"""Exchanges as OpenTelemetry spans, read from the log: names, codes and durations, and no value.

What is sent is what the log holds less who asked and whom it was about. A collector that is slow or away costs no
exchange anything: what it does not take is dropped, for the log has it.
"""

import contextlib
import hashlib
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpx

from siem.record.ecs import from_ecs
from siem.record.event import AccessEvent, Phase, Verdict
from siem.record.log import BrokenChain, StartId
from siem.record.reader import Position, beginning_of, follow

MOST_SPANS = 500
"""In one request."""
TIMEOUT_S = 5.0
LATELY_S = 3600.0
_SERVER, _OK, _ERROR = 2, 1, 2
FIRST_OF_FAILURES = 500


def span_of(event: AccessEvent) -> dict[str, Any] | None:
    """The exchange that *event* ends, as a span of OTLP in JSON; None where it ends none."""
    if event.phase not in (Phase.WHOLE, Phase.CLOSE):
        return None
    ended_ns = int(event.at.timestamp() * 1e6) * 1000
    number = hashlib.sha256(event.exchange.encode()).hexdigest()
    attributes: dict[str, str | int] = {
        "yingbi.event": event.id,
        "yingbi.system": event.system,
        "yingbi.verdict": event.verdict.value,
        "yingbi.reason": event.reason,
        "yingbi.subjects": len(event.subjects),
        "http.route": event.operation,
        "http.response.status_code": event.status,
        "http.response.body.size": event.bytes_out,
    }
    return {
        "traceId": number[:32],
        "spanId": number[32:48],
        "name": event.operation,
        "kind": _SERVER,
        "startTimeUnixNano": str(ended_ns - event.duration_ns),
        "endTimeUnixNano": str(ended_ns),
        "attributes": [
            {"key": key, "value": {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}}
            for key, value in attributes.items()
            if value != ""
        ],
        "status": {"code": _ERROR if _failed(event) else _OK},
    }


def _failed(event: AccessEvent) -> bool:
    return event.status >= FIRST_OF_FAILURES or (event.phase is Phase.CLOSE and event.verdict is Verdict.WITHHOLD)


class Followed:
    """What comes to the log in *folder* from now on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._positions: dict[str, Position] = {}
        for start in self._written_lately():
            self._positions[start.name] = _end_of(start)

    def take(self) -> list[AccessEvent]:
        """What is new, at most so much as one request takes. A start whose chain breaks is left: others report it."""
        taken: list[AccessEvent] = []
        for start in self._written_lately():
            position = self._positions.get(start.name) or beginning_of(StartId(start.name))
            with contextlib.suppress(BrokenChain, OSError):
                for document, after in follow(start, position):
                    position = after
                    taken.append(from_ecs(document))
                    if len(taken) >= MOST_SPANS:
                        break
            self._positions[start.name] = position
            if len(taken) >= MOST_SPANS:
                break
        return taken

    def _written_lately(self) -> list[Path]:
        """The starts that something may have come to: those of processes that ended long ago are not read again."""
        found = []
        for start in sorted(self._folder.glob("*")):
            with contextlib.suppress(OSError, ValueError):
                written_s = max(segment.stat().st_mtime for segment in start.glob("*.log"))
                if start.name in self._positions or time.time() - written_s < LATELY_S:
                    found.append(start)
        return found


def _end_of(start: Path) -> Position:
    position = beginning_of(StartId(start.name))
    with contextlib.suppress(BrokenChain, OSError):
        for _, after in follow(start, position):
            position = after  # what was read before a line that does not follow counts
    return position


def export(endpoint: str, spans: Iterable[dict[str, Any]]) -> bool:
    """Send *spans* to the collector at *endpoint* (OTLP/HTTP, JSON). Returns whether it took them."""
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "yingbi"}}]}
    body = {"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": {"name": "yingbi"}, "spans": [*spans]}]}]}
    try:
        return httpx.post(endpoint, json=body, timeout=TIMEOUT_S, trust_env=False).is_success
    except httpx.HTTPError:
        return False
