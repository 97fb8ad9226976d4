"""Detection on a real index: documents in, alerts out."""

import contextlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from siem.detect.alert import AlertStore
from siem.detect.definition import Rule
from siem.detect.run import Detector
from siem.detect.silence import Silence
from siem.index.progress import Span
from siem.index.store import EventStore
from tests.contract.backends import SOON
from tests.siem.detect.reference import Found, found_in


class Detection:
    """A detector on *store* whose clock stands at the newest event it was given, as it does where nothing is late."""

    def __init__(self, rules: Sequence[Rule], store: EventStore, path: Path) -> None:
        self.rules = rules
        self.store = store
        self.path = path
        self.now: datetime | None = None
        self.silences: list[Silence] = []
        self.alerts = AlertStore(path)
        self.detector = self._detector()

    def feed(self, documents: Sequence[dict[str, Any]], *, told: bool = True) -> None:
        """Index *documents* and let the detector make a step; whether it is *told* when they happened or not."""
        self.store.append(documents, SOON)
        times = list(map(_at, documents))
        self.now = max([*times, *([self.now] if self.now else [])])
        self.detector.step(self.now, [Span(min(times), max(times))] if told else [])

    def restart(self) -> None:
        self.alerts.close()
        self.alerts = AlertStore(self.path)
        self.detector = self._detector()

    def _detector(self) -> Detector:
        return Detector(self.rules, self.store, self.alerts, silences=lambda: self.silences, timeout=SOON)

    def found(self) -> list[Found]:
        return sorted(map(found_in, self.alerts.latest(1000)))


@contextlib.contextmanager
def detecting(rules: Sequence[Rule], store: EventStore, folder: Path) -> Iterator[Detection]:
    detection = Detection(rules, store, folder / "alerts.db")
    with contextlib.ExitStack() as stack:
        stack.callback(lambda: detection.alerts.close())
        yield detection


def chopped(documents: Sequence[dict[str, Any]], parts: int) -> Iterator[list[dict[str, Any]]]:
    """*documents* as they would be shipped: those of each of *parts* equal spans of time together."""
    ordered = sorted(documents, key=_at)
    first, last = _at(ordered[0]), _at(ordered[-1])
    for number in range(parts):
        start, end = first + (last - first) * number / parts, first + (last - first) * (number + 1) / parts
        final = number == parts - 1
        if batch := [document for document in ordered if start <= _at(document) and (final or _at(document) < end)]:
            yield batch


def _at(document: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(document["@timestamp"])
