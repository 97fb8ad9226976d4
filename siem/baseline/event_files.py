"""The events of a folder of files in order of time, whoever wrote them and in whatever order.

Events of other makers become ours as `yingbi log import` makes them, but for the key of their digests: it is made anew
each time, so that nobody can be recognised by what is said of them.
"""

import gzip
import os
import shutil
import zlib
from array import array
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count, groupby, pairwise
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

import orjson

from policies.digest import Digester
from siem.baseline.in_order import are_in_order
from siem.index.log_line import logged
from siem.index.strict import fault_of
from siem.record.ecs import Document, from_ecs, to_ecs
from siem.record.foreign import SUBJECTS, NotAnEvent, ours

ENDINGS = (".jsonl", ".ndjson", ".json")
PACKED = ".gz"
"""What a file ends with that is unpacked first."""
MOST_NAMED = 20
"""Of so many lines that are no event it is said why."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BOM = b"\xef\xbb\xbf"
"""What programs for Windows put before a text."""
_IN_FILE = 1 << 40
_MOST_OPEN = 100


class WrongFolder(Exception):
    """The folder does not hold events with the truth beside them. Says what is missing."""


class EventFiles:
    """The files of events in *folder*. *subjects*: further fields that name subjects in events of other makers."""

    def __init__(self, folder: Path, subjects: Sequence[str] = ()) -> None:
        self._folder = folder
        self._subjects = (*SUBJECTS, *subjects)
        self.digest: Callable[[str], str] = Digester("file", os.urandom(32))
        """What identifiers in events of other makers become."""
        self.refused = 0
        """How many lines are no event."""
        self.wrong: list[str] = []
        """The first of them: file and line, and why."""
        self.repeated = 0
        """How many events of ours were there already: in another file, or twice in one."""

    def __iter__(self) -> Iterator[Document]:
        """Every event, by its time and id; lines that are none are left out, and told. Raises WrongFolder and OSError.

        An event of ours that is there twice comes once.
        """
        paths = sorted(path for path in self._folder.glob("*") if _name_of(path).suffix in ENDINGS)
        if not paths:
            raise WrongFolder(f"{self._folder}: 没有 .jsonl 文件 / holds no .jsonl file")
        self.refused, self.wrong, self.repeated = 0, [], 0
        with TemporaryDirectory(prefix="events-") as beside:
            files = [_unpacked(path, Path(beside)) for path in paths]
            yield from self._as_they_stand(files) if are_in_order(files) else self._events(files)

    def _events(self, paths: Sequence[Path]) -> Iterator[Document]:
        """The same of files whose lines are in any order: first their times, then each once more."""
        times, places = array("q"), array("Q")
        for place, at in self._times(paths):
            times.append(at)
            places.append(place)
        if not times:
            raise self._without_events()
        order: Sequence[int] = range(len(times))
        if any(before > after for before, after in pairwise(times)):
            order = sorted(order, key=times.__getitem__)
        numbers = _numbers()
        lines = _Lines(paths)
        try:
            for _, together in groupby(order, key=times.__getitem__):
                found = [event for number in together for event in self._events_in(lines.at(places[number]), numbers)]
                yield from self._once(found) if len(found) > 1 else found
        finally:
            lines.close()

    def _as_they_stand(self, paths: Sequence[Path]) -> Iterator[Document]:
        """The same of files whose lines seem to be in order: each is read once."""
        is_empty = True
        for _, together in groupby(self._read_once(paths), key=itemgetter(0)):
            found = [event for _, events in together for event in events]
            is_empty = False
            yield from self._once(found) if len(found) > 1 else found
        if is_empty:
            raise self._without_events()

    def _read_once(self, paths: Sequence[Path]) -> Iterator[tuple[datetime, list[Document]]]:
        """The events of each line, with their time."""
        numbers, last = _numbers(), datetime.min.replace(tzinfo=UTC)
        for path in paths:
            with path.open("rb") as lines:
                for number, line in enumerate(lines, start=1):
                    line = line.removeprefix(_BOM) if number == 1 else line
                    if not line.strip():
                        continue
                    try:
                        events = self._events_in(line, numbers)
                        at = datetime.fromisoformat(events[0]["@timestamp"])
                        if at < last:
                            raise NotAnEvent("`@timestamp` is there twice")
                    except NotAnEvent as problem:
                        self._refuse(f"{path.name}:{number}: {problem}")
                        continue
                    last = at
                    yield at, events

    def _without_events(self) -> WrongFolder:
        said = self.wrong[0] if self.wrong else "-"
        return WrongFolder(f"{self._folder}: 没有一条访问事件 / holds no access event: {said}")

    def _events_in(self, line: bytes, numbers: Iterator[str]) -> list[Document]:
        own = _own_in(line)
        if own is not None:
            return [own]
        return [*map(to_ecs, ours(_loaded(line), numbers, self.digest, self._subjects))]

    def _once(self, found: list[Document]) -> Iterator[Document]:
        """Events of one time by their ids, each id once."""
        last = ""
        for event in sorted(found, key=_id_of):
            if _id_of(event) == last:
                self.repeated += 1
                continue
            last = _id_of(event)
            yield event

    def _times(self, paths: Sequence[Path]) -> Iterator[tuple[int, int]]:
        """Where each line begins, and its time in microseconds since 1970; each is an event."""
        for file, path in enumerate(paths):
            with path.open("rb") as lines:
                begins = 0
                for number, line in enumerate(lines, start=1):
                    if number == 1 and line.startswith(_BOM):
                        begins, line = len(_BOM), line.removeprefix(_BOM)
                    if line.strip():
                        try:
                            yield file * _IN_FILE + begins, self._time_of(line)
                        except NotAnEvent as problem:
                            self._refuse(f"{path.name}:{number}: {problem}")
                    begins += len(line)

    def _refuse(self, told: str) -> None:
        self.refused += 1
        if len(self.wrong) < MOST_NAMED:
            self.wrong.append(told)

    def _time_of(self, line: bytes) -> int:
        own = _own_in(line)
        if own is not None:
            at = datetime.fromisoformat(own["@timestamp"])
        else:
            at = ours(_loaded(line), iter(("-",)), self.digest, ())[0].at
        return (at - _EPOCH) // timedelta(microseconds=1)


def _numbers() -> Iterator[str]:
    """Ids whose order as texts is that in which they are given."""
    return (f"file-{number:015d}" for number in count(1))


def _loaded(line: bytes) -> Any:
    """What *line* holds. Raises NotAnEvent."""
    try:
        return orjson.loads(line)
    except ValueError:
        raise NotAnEvent("is no JSON") from None


def _name_of(path: Path) -> Path:
    """The name without the ending of what is packed."""
    return path.with_suffix("") if path.suffix == PACKED else path


def _unpacked(path: Path, folder: Path) -> Path:
    """*path*, or what it holds as a file in *folder*. Raises WrongFolder."""
    if path.suffix != PACKED:
        return path
    place = folder / path.stem
    try:
        with gzip.open(path) as packed, place.open("wb") as plain:
            shutil.copyfileobj(packed, plain)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise WrongFolder(f"{path.name}: 压缩文件不完整 / is not whole, and cannot be unpacked") from None
    return place


class _Lines:
    """Reads lines by their places; of many files no more are open than may be."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths
        self._open: dict[int, BinaryIO] = {}

    def at(self, place: int) -> bytes:
        file, begins = divmod(place, _IN_FILE)
        if file not in self._open:
            if len(self._open) >= _MOST_OPEN:
                self._open.pop(next(iter(self._open))).close()
            self._open[file] = self._paths[file].open("rb")
        lines = self._open[file]
        if lines.tell() != begins:
            lines.seek(begins)
        return lines.readline()

    def close(self) -> None:
        for file in self._open.values():
            file.close()


def _own_in(line: bytes) -> Document | None:
    """The event of ours that *line* holds, of this version or another; None where it holds none that is sound."""
    if (right := logged(line.rstrip(b"\r\n"))) is not None:
        document: Document = orjson.loads(right.body)
        return document
    try:
        document = orjson.loads(line)
        from_ecs(document)
        return None if fault_of(document) else document
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _id_of(document: Document) -> str:
    identity: str = document["event"]["id"]
    return identity
