"""A log, an index and a shipper between them, with a clock that moves when told to."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from siem.index.condition import EVERYTHING
from siem.index.positions import Positions
from siem.index.progress import Progress
from siem.index.ship import Shipper
from siem.index.store import EventStore
from siem.record.log import StartId
from tests.siem.events import NINE
from tests.siem.lines import write_start

SOON = timedelta(seconds=20)
START = StartId("6YQ3K0M9ZT")


class Shipping:
    """Ships a log of lines that are given, in a folder of its own."""

    def __init__(self, folder: Path, store: EventStore) -> None:
        self.log = folder / "log"
        self.log.mkdir()
        self.store = store
        self.now = NINE
        self.positions = Positions(folder / "positions.db", timeout=SOON)
        self.restart()

    def restart(self) -> None:
        """Go on as another process would."""
        self.shipper = Shipper(self.log, self.store, self.positions, lambda: self.now, timeout=SOON, jitter=lambda: 1.0)

    def write(self, *lines: dict[str, Any] | bytes, start: StartId = START) -> None:
        """A start of the log with these *lines*."""
        write_start(self.log, start, lines)

    def step(self) -> Progress:
        """One step, and the wait that it asks for."""
        progress = self.shipper.step()
        self.now += progress.pause
        return progress

    def drain(self) -> Progress:
        """Steps until there is nothing left to do."""
        while (progress := self.step()).shipped or progress.trouble:
            pass
        return progress

    def indexed(self) -> list[str]:
        """The ids of what is in the index, in order."""
        far = NINE + timedelta(days=400)
        return [found["event"]["id"] for found in self.store.search(EVERYTHING, NINE - SOON, far, SOON)]

    def close(self) -> None:
        """Let go of the files. The store is who opened it's."""
        self.positions.close()
