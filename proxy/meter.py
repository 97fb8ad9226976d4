"""What a worker measures for each system: how long it takes, how much goes, what is withheld. Numbers only.

By declared names of systems and by codes of reasons, never by caller: there are as many figures as declarations.
"""

import json
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from siem.record.event import AccessEvent, Phase, Verdict
from siem.record.log import AccessLog, StartId

BOUNDS_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds of the classes that durations are counted in; one class more takes what is longer."""
SAVE_EVERY_S = 1.0


@dataclass
class Durations:
    """How often something took how long."""

    classes: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS_S) + 1))
    total_s: float = 0.0

    def add(self, duration_s: float) -> None:
        """Something has taken *duration_s*."""
        self.classes[bisect_left(BOUNDS_S, duration_s)] += 1
        self.total_s += duration_s


@dataclass
class Measured:
    """Of one system, since the worker started."""

    exchanges: int = 0
    bytes_out: int = 0
    withheld: Counter[str] = field(default_factory=Counter)
    """By reason."""
    own: Durations = field(default_factory=Durations)
    """What the gateway itself took for answers that it held until they were whole."""
    upstream: Durations = field(default_factory=Durations)
    """What the system behind took, to the end of such an answer or to where a longer one begins to flow."""

    def as_json(self) -> dict[str, Any]:
        """For `read_measured`."""
        return {
            "exchanges": self.exchanges,
            "bytes_out": self.bytes_out,
            "withheld": dict(self.withheld),
            "own": [self.own.classes, self.own.total_s],
            "upstream": [self.upstream.classes, self.upstream.total_s],
        }


class Meter:
    """The figures of a worker, saved to *path* now and then; None: they are not kept."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._systems: defaultdict[str, Measured] = defaultdict(Measured)
        self._is_changed = True
        self._save_again_s = 0.0

    def recorded(self, event: AccessEvent) -> None:
        """*event* is in the log."""
        if event.phase not in (Phase.WHOLE, Phase.CLOSE):
            return
        measured = self._systems[event.system]
        measured.exchanges += 1
        measured.bytes_out += event.bytes_out
        if event.verdict is Verdict.WITHHOLD:
            measured.withheld[event.reason] += 1
        self._is_changed = True

    def took(self, system: str, *, upstream_s: float, own_s: float | None) -> None:
        """An answer of *system* has been masked, or begins to flow, for which *own_s* is None."""
        measured = self._systems[system]
        measured.upstream.add(upstream_s)
        if own_s is not None:
            measured.own.add(own_s)

    def tick(self) -> None:
        """Save what has changed. Raises OSError."""
        if self._path is None or not self._is_changed or time.monotonic() < self._save_again_s:
            return
        self._save_again_s = time.monotonic() + SAVE_EVERY_S
        unfinished = self._path.with_name(f"{self._path.name}-part")
        told = {name: measured.as_json() for name, measured in self._systems.items()}
        unfinished.write_text(json.dumps(told), "utf-8")
        unfinished.replace(self._path)
        self._is_changed = False


class MeteredLog(AccessLog):
    """The access log of a worker, which tells *meter* of what has been written."""

    def __init__(self, folder: Path, start: StartId, meter: Meter, flush_s: float) -> None:
        super().__init__(folder, start, flush_s=flush_s)
        self._meter = meter

    def append(self, event: AccessEvent, *, durably: bool = False) -> None:
        """See `AccessLog.append`."""
        super().append(event, durably=durably)
        self._meter.recorded(event)


def read_measured(path: Path) -> dict[str, Any]:
    """What was saved to *path*, by system; nothing where it cannot be read."""
    try:
        told = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}
