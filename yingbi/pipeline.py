"""What is to be seen of the pipeline from outside its processes: files on the disk, and what each has told.

A process that was stopped tells nothing new; what counts here is what it leaves undone.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from siem.baseline.calendar import LOCAL, Calendar
from siem.detect.alert import AlertStore
from siem.index.condition import EVERYTHING
from siem.index.positions import Bookmark, Positions
from siem.index.store import EventStore, StoreUnavailable
from siem.notify.watchdog import Patience, Signs
from siem.record.log import StartId, segment_path
from siem.record.reader import beginning_of, starts_in, unread_bytes
from yingbi.home import Home
from yingbi.settings import Settings
from yingbi.standing import processes_of
from yingbi.told import hear

TIMEOUT = timedelta(seconds=5)
WORK_BEGINS, WORK_ENDS = 9, 17
"""Hours of workdays, in local time, in which offices are open; their first hour is not asked about."""
USUAL_DAYS, USUAL_EVENTS = 3, 20
"""Something usually happens where there were so many events on so many of the last five workdays."""
LOOKED_BACK = 5
_ASK_EVERY = timedelta(minutes=5)
_LONGEST_LINE = 1024 * 1024


class Pipeline:
    """The pipeline of one installation, looked at. Not thread-safe."""

    def __init__(
        self, settings: Settings, alerts: AlertStore, index: Callable[[], EventStore | None], calendar: Calendar
    ) -> None:
        """*index* opens the index to read; None where it cannot be opened now."""
        self._home = Home(settings.home)
        self._alerts = alerts
        self._index = index
        self._calendar = calendar
        self._positions = Positions(self._home.positions(settings.index.value), read_only=True)
        self._quiet = timedelta(minutes=settings.notify.quiet_min)
        self._asked_at: datetime | None = None
        self._usual = False

    def signs(self, now: datetime, *, channels_down: Sequence[str] = (), journal_altered: bool = False) -> Signs:
        """What is to be seen at *now*, beside what its caller has seen itself.

        Raises OSError where the log cannot be looked at. Of files that cannot be read nothing is seen to move, which in
        the end is told as what it is.
        """
        bookmarks = self._bookmarks()
        unshipped = sum(_unshipped(self._home.log / start, bookmarks.get(start)) for start in starts_in(self._home.log))
        sealing = hear(self._home.told("sealer"))
        anchors = [int(each["seal"]) for each in sealing.get("anchors", [])]
        grown = _grown(self._home.log)
        return Signs(
            unshipped_bytes=unshipped,
            shipped=repr(sorted((start, mark.position) for start, mark in bookmarks.items())),
            detected_to=self._detected_to(),
            log_grown=grown,
            seal=int(sealing.get("seal", 0)),
            anchored=max(anchors) if anchors else None,
            usually_busy=self._is_oddly_quiet(grown, now),
            down=self._down(),
            channels_down=channels_down,
            rules_trouble=str(hear(self._home.told("siem")).get("rules_trouble", "")),
            journal_altered=journal_altered,
        )

    def _bookmarks(self) -> Mapping[StartId, Bookmark]:
        try:
            return self._positions.load()
        except StoreUnavailable:
            return {}

    def _detected_to(self) -> datetime | None:
        try:
            return self._alerts.detected_to() if is_made(self._home.alerts) else None
        except StoreUnavailable:
            return None

    def _down(self) -> tuple[str, ...]:
        processes = processes_of(self._home)
        serving = [process for process in processes if process.get("serving")]
        workers = [process for process in processes if "number" in process]
        dead = tuple(process["name"] for process in processes if not process["alive"])
        return dead or (() if serving or not workers else tuple(process["name"] for process in workers))

    def _is_oddly_quiet(self, grown: float, now: datetime) -> bool:
        """Whether nothing was logged for long, in working hours, and on other workdays there was something then."""
        here = now.astimezone(LOCAL)
        open_for = here - here.replace(hour=WORK_BEGINS, minute=0, second=0, microsecond=0)
        if not (
            self._quiet
            and self._calendar.is_workday(here.date())
            and self._quiet <= open_for
            and here.hour < WORK_ENDS
            and now.timestamp() - grown >= self._quiet.total_seconds()
        ):
            self._asked_at = None
            return False
        if self._asked_at is None or not self._asked_at <= now < self._asked_at + _ASK_EVERY:
            self._asked_at, self._usual = now, self._is_usually_busy(now)
        return self._usual

    def _is_usually_busy(self, now: datetime) -> bool:
        store = self._index()
        if store is None:
            return False
        days, busy, before = 0, 0, now
        while days < LOOKED_BACK and now - before < timedelta(days=30):
            before -= timedelta(days=1)
            if self._calendar.is_workday(before.astimezone(LOCAL).date()):
                days += 1
                try:
                    busy += store.count(EVERYTHING, before - self._quiet, before, TIMEOUT) >= USUAL_EVENTS
                except StoreUnavailable:  # which is told for itself
                    return False
        return busy >= USUAL_DAYS

    def close(self) -> None:
        """Let go of the files."""
        self._positions.close()


def is_made(path: Path) -> bool:
    """Whether anything was ever written to the SQLite file at *path*: an empty one is put there before anything is."""
    return path.exists() and (path.stat().st_size > 0 or path.with_name(f"{path.name}-wal").exists())


def patience_of(settings: Settings) -> Patience:
    """How long what may stand still, as it is set."""
    return Patience(
        pipeline=timedelta(seconds=settings.notify.still_s),
        anchor=timedelta(seconds=max(settings.notify.anchor_s, 3 * settings.log.seal_every_s, _mailed_in_s(settings))),
        quiet=timedelta(minutes=settings.notify.quiet_min),
    )


def _mailed_in_s(settings: Settings) -> int:
    """How long a mail about the seals may be awaited, where nobody is told of them but by mail; else 0."""
    only_mail = settings.log.anchor_mail_file and not settings.log.anchors
    return 2 * 60 * settings.log.anchor_mail_min if only_mail else 0


def _unshipped(start: Path, bookmark: Bookmark | None) -> int:
    """Bytes of *start* that the shipper has yet to take; half a line at the end is none, and is never taken."""
    if bookmark is not None and bookmark.broken:  # told as what it is: nothing behind a break is shipped
        return 0
    position = bookmark.position if bookmark is not None else beginning_of(StartId(start.name))
    unread = unread_bytes(start, position)
    if 0 < unread < _LONGEST_LINE and not _holds_line(segment_path(start, position.segment), position.offset, unread):
        return 0
    return max(unread, 0)


def _holds_line(path: Path, offset: int, unread: int) -> bool:
    """Whether a whole line is among the *unread* bytes that begin at *offset* of *path*, or in what follows it."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            rest = file.read(unread)
    except OSError:  # compressed meanwhile, and so it was closed with a whole line
        return True
    return len(rest) < unread or b"\n" in rest


def _grown(log: Path) -> float:
    """When anything was last written to *log*, in POSIX time; 0 where nothing ever was."""
    times = [0.0]
    for path in log.glob("*/*.log"):
        try:
            times.append(path.stat().st_mtime)
        except OSError:  # compressed meanwhile
            continue
    return max(times)
