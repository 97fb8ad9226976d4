"""Brings events of other makers, lines of ECS in JSON, into the log: as a start of their own, all of them or none.

The same file is brought in once: what was imported is kept by the SHA-256 of the file; so is the same event, in
whichever file it comes (`yingbi.log.brought_in`). No event takes an id that is
not of the import's own start: anybody can write lines of our form, with the ids that a worker will give next.
"""

import contextlib
import fcntl
import gzip
import hashlib
import os
import shutil
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import orjson

from policies.digest import Digester
from policies.keys.epochs import BadEpochs, digester_in
from siem.record.event import AccessEvent, EventId, ExchangeId
from siem.record.foreign import SUBJECTS, NotAnEvent, id_in, ours
from siem.record.log import AccessLog, RecordFailed, StartId, new_start_id
from siem.record.own_id import is_own_id
from siem.record.reader import is_kept
from yingbi.clock import now
from yingbi.home import Home
from yingbi.log.brought_in import BroughtIn
from yingbi.log.refused_lines import RefusedLines

LONGEST_LINE = 4 * 1024 * 1024
MOST_NAMED = 20
_BESIDE = ".import-"
_NEW = "brought-in"
_BOM = b"\xef\xbb\xbf"
"""What programs for Windows put before a text."""
_HERE = "its `event.id` is of a start that this log has: what was written there is read there, and not brought in"


class CannotImport(Exception):
    """Nothing was brought in. The message says why."""


@dataclass(slots=True, kw_only=True)
class Imported:
    """What came of a file."""

    start: StartId
    lines: int = 0
    events: int = 0
    refused: int = 0
    wrong: list[tuple[int, str]] = field(default_factory=list)
    """The first lines that are no event, and why."""
    all_wrong: str = ""
    """The file that names all of them, or empty where none is wrong or it could not be written."""
    trouble: str = ""
    """Why it could not be written."""
    known: int = 0
    """The lines whose events the log had already, by an earlier import or an earlier line: they were left out."""
    before: bool = False
    """Whether it was brought in earlier, and nothing was done now."""


def import_events(home: Home, path: Path, subjects: Sequence[str] = ()) -> Imported:
    """Bring the events in *path* into the log. *subjects*: further fields that name subjects. Raises CannotImport."""
    try:
        digest = digester_in(home.keys, now())
    except BadEpochs as problem:
        raise CannotImport(f"`keys/{problem}` 读不懂，请先启动一次 / no usable key: start the gateway once") from None
    try:
        told = _digest_of(path)
        with _alone(home):
            for line in _journalled(home):
                if line["file"] == told:
                    return Imported(start=StartId(line["start"]), events=line["events"], before=True)
            imported = Imported(start=new_start_id(now()))
            beside = home.log / f"{_BESIDE}{imported.start}"
            beside.mkdir(parents=True, mode=0o750)
            try:
                with RefusedLines(path) as refused:
                    _write(beside, home, imported, path, digest, [*SUBJECTS, *subjects], refused)
                imported.trouble = refused.trouble
                if imported.refused and not refused.trouble:
                    imported.all_wrong = str(refused.path)
                if imported.events:
                    _put_in_place(home, beside, imported, told)
                elif not imported.known:
                    raise CannotImport(f"`{path}` 中没有一条事件 / holds no event: {_first(imported)}")
            finally:
                shutil.rmtree(beside, ignore_errors=True)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise CannotImport(f"`{path}` 压缩文件不完整 / is not whole, and cannot be unpacked") from None
    except OSError as error:
        raise CannotImport(f"`{error.filename or path}`: {error.strerror}") from None
    except RecordFailed as problem:
        raise CannotImport(f"写不进日志 / the log takes nothing: {problem}") from None
    return imported


def interrupted(logs: Path) -> list[str]:
    """The names of what imports have begun in *logs* and not ended. The next import removes it."""
    return sorted(path.name for path in logs.glob(f"{_BESIDE}*"))


@contextlib.contextmanager
def _alone(home: Home) -> Iterator[None]:
    """Let no other import run. What one that was killed has left is removed. Raises CannotImport."""
    with home.imports.open("ab") as journal:
        try:
            fcntl.flock(journal, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotImport(
                "另一个并入还没有结束，请稍后再试 / another import is under way: try again later"
            ) from None
        for name in interrupted(home.log):
            shutil.rmtree(home.log / name)
        yield


def _write(
    folder: Path,
    home: Home,
    imported: Imported,
    path: Path,
    digest: Digester,
    subjects: Sequence[str],
    refused: RefusedLines,
) -> None:
    before = BroughtIn(home.brought_in, home.log, digest, folder / _NEW)
    log = AccessLog(folder, imported.start)

    def own(event: AccessEvent) -> AccessEvent:
        return _under(imported.start, event)

    try:
        for number, line in _lines(path):
            imported.lines += 1
            try:
                document = _read(line)
                if is_own_id(identity := id_in(document)) and is_kept(home.log, identity):
                    raise NotAnEvent(_HERE)
                events = ours(document, iter(log.new_id, None), digest, subjects, own)
            except NotAnEvent as problem:
                imported.refused += 1
                refused.add(number, str(problem))
                if len(imported.wrong) < MOST_NAMED:
                    imported.wrong.append((number, str(problem)))
                continue
            if not before.take(document, events):
                imported.known += 1
                continue
            for event in events:
                log.append(event)
                imported.events += 1
    finally:
        log.close()
        before.close()


def _under(start: StartId, event: AccessEvent) -> AccessEvent:
    """*event*, which was given out by an installation, with its ids behind that of *start*."""
    return msgspec.structs.replace(
        event, id=EventId(f"{start}-{event.id}"), exchange=ExchangeId(f"{start}-{event.exchange}")
    )


def _read(line: bytes) -> Any:
    if len(line) > LONGEST_LINE:
        raise NotAnEvent(f"a line has at most {LONGEST_LINE} bytes")
    try:
        return orjson.loads(line)
    except ValueError:
        raise NotAnEvent("is no JSON") from None


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            whole = line
            if number == 1:
                line = line.removeprefix(_BOM)
            while not whole.endswith(b"\n") and (whole := file.readline(LONGEST_LINE)):
                pass  # the rest of a line that is too long is not kept
            if line.strip():
                yield number, line


def _put_in_place(home: Home, beside: Path, imported: Imported, told: str) -> None:
    """Let the start be part of the log, whole, and remember its events and the file.

    After a crash between the two the file is read again, and all its events are known.
    """
    folder = beside / imported.start
    for segment in folder.iterdir():
        with segment.open("rb") as file:
            os.fdatasync(file.fileno())
    home.brought_in.mkdir(mode=0o700, exist_ok=True)
    (beside / _NEW).rename(home.brought_in / imported.start)
    folder.rename(home.log / imported.start)
    line = orjson.dumps({"file": told, "start": imported.start, "events": imported.events, "at": now()})
    with home.imports.open("ab") as journal:
        journal.write(line + b"\n")
        journal.flush()
        os.fsync(journal.fileno())


def _journalled(home: Home) -> list[dict[str, Any]]:
    if not home.imports.exists():
        return []
    lines = home.imports.read_bytes().split(b"\n")[:-1]
    return [found for line in lines if isinstance(found := orjson.loads(line), dict)]


def _digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _first(imported: Imported) -> str:
    return next((f"{number}: {why}" for number, why in imported.wrong), "-")
