"""How much memory the processes hold, over time, and whether it grows."""

import contextlib
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil

MIB = 1024 * 1024


@dataclass
class Memory:
    """What each process held, each second: seconds since the beginning, and MiB."""

    pids: Callable[[], dict[str, int]]
    over: threading.Event
    samples: defaultdict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    """By name and pid: another process is another line."""

    def go_on(self) -> None:
        """Look until it is over."""
        begun_s = time.monotonic()
        while not self.over.wait(1.0):
            for name, pid in self.pids().items():
                with contextlib.suppress(psutil.Error, ValueError):
                    held = psutil.Process(pid).memory_info().rss / MIB
                    self.samples[f"{name} {pid}"].append((time.monotonic() - begun_s, held))

    def grown(self, name: str, after_s: float) -> float | None:
        """By how many MiB the line through what *name* held grows from *after_s* on; None where it is too short."""
        points = [point for point in self.samples[name] if point[0] >= after_s]
        if len(points) < 10:
            return None
        return slope(points) * (points[-1][0] - points[0][0])


def slope(points: list[tuple[float, float]]) -> float:
    """Of the line that is nearest to *points* (least squares)."""
    middle_x = sum(x for x, _ in points) / len(points)
    middle_y = sum(y for _, y in points) / len(points)
    spread = sum((x - middle_x) ** 2 for x, _ in points)
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / spread
