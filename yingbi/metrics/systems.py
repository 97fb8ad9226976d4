"""Figures for each system, put together from what all workers have measured, and the memory that processes hold."""

import contextlib
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Any

import psutil
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from proxy.meter import BOUNDS_S, read_measured
from yingbi.home import Home

DURATIONS = {
    "own": "What the gateway itself took for an answer that it held until it was whole.",
    "upstream": "What the system behind took, to the end of such an answer or to where a longer one begins to flow.",
}
_LABELS = ["system", "worker"]


def of_systems(home: Home, workers: Iterable[dict[str, Any]]) -> Iterator[Metric]:
    """The figures of each system; `-` is what was asked of none."""
    exchanges = CounterMetricFamily("yingbi_system_exchanges", "Exchanges that have ended.", labels=_LABELS)
    sent = CounterMetricFamily("yingbi_system_bytes", "Bytes of bodies that callers were shown.", labels=_LABELS)
    withheld = CounterMetricFamily("yingbi_system_withheld", "Answers withheld.", labels=[*_LABELS, "reason"])
    durations = {
        name: HistogramMetricFamily(f"yingbi_system_{name}_seconds", about, labels=_LABELS)
        for name, about in DURATIONS.items()
    }
    for worker in workers:
        for system, measured in read_measured(home.measured(worker["number"])).items():
            labels = [system or "-", worker["name"]]
            exchanges.add_metric(labels, measured["exchanges"])
            sent.add_metric(labels, measured["bytes_out"])
            for reason, number in measured["withheld"].items():
                withheld.add_metric([*labels, reason], number)
            for name, family in durations.items():
                classes, total_s = measured[name]
                bounds = [*map(str, BOUNDS_S), "+Inf"]
                family.add_metric(labels, list(zip(bounds, accumulate(classes), strict=True)), total_s)
    yield from (exchanges, sent, withheld, *durations.values())


def memory(processes: Iterable[dict[str, Any]]) -> Iterator[Metric]:
    """What each process holds."""
    held = GaugeMetricFamily("yingbi_process_memory_bytes", "Resident memory.", labels=["process"])
    for process in processes:
        with contextlib.suppress(psutil.Error):
            if process["alive"]:
                held.add_metric([process["name"]], psutil.Process(process["pid"]).memory_info().rss)
    yield held
