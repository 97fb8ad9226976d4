"""A log that is sealed and anchored: what the tests of seals stand on."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from siem.record.anchor import anchor_of, anchors_in, second_party
from siem.record.log import AccessLog, StartId, new_start_id
from siem.record.seal import SealBook
from siem.record.sealing import Sealing
from siem.record.verify import Report, verify
from tests.siem.events import event

BEGAN = datetime(2026, 11, 22, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass
class Sealed:
    """An installation's log, seals and key in *folder*, and the second party's anchors beside it."""

    folder: Path
    now: datetime = BEGAN
    logs: list[AccessLog] = field(default_factory=list)

    def __post_init__(self) -> None:
        for path in (self.home / "log", self.home / "keys", self.anchors):
            path.mkdir(parents=True)
        self.open()

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def log(self) -> Path:
        return self.home / "log"

    @property
    def journal(self) -> Path:
        return self.home / "seals.jsonl"

    @property
    def anchors(self) -> Path:
        return self.folder / "anchors"

    def open(self) -> None:
        """As who seals does when it is started again."""
        self.book = SealBook(self.journal, self.home / "keys" / "seal.key")
        self.sealing = Sealing(self.log, self.book, MINUTE, lambda: self.now)

    def start(self, segment_bytes: int = 3_000) -> AccessLog:
        self.logs.append(AccessLog(self.log, new_start_id(self.now), segment_bytes=segment_bytes))
        return self.logs[-1]

    def write(self, log: AccessLog, events: int) -> None:
        for _ in range(events):
            event_id = log.new_id()
            log.append(event(int(event_id.rpartition("-")[2]), id=event_id, at=self.now))

    def seal(self, *, anchored: bool = True) -> None:
        self.now += MINUTE
        self.sealing.step()
        anchor = anchor_of(self.book)
        if anchored and anchor is not None:
            second_party(self.anchors).put(anchor)

    def close(self) -> None:
        for log in self.logs:
            log.close()

    def verified(self, *, with_anchors: bool = True) -> Report:
        return verify(self.log, self.journal, anchors_in(self.anchors) if with_anchors else [])

    def segment(self, number: int = 1, start: StartId | None = None) -> Path:
        return self.log / (start or self.logs[0].start) / f"{number:06d}.log"


def two_days(folder: Path) -> Sealed:
    """Two workers of yesterday and one of today, sealed and anchored a few times each."""
    made = Sealed(folder)
    for events in (4, 3):
        made.write(made.start(), events)
    made.seal()
    for log in made.logs:
        made.write(log, 5)
    made.seal()
    made.now += timedelta(days=1)
    made.write(made.start(), 6)
    made.seal()
    made.write(made.logs[2], 2)
    made.seal()
    made.close()
    return made
