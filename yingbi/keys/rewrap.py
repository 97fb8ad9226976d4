"""The job that makes the tokens of an exported file anew. It can be stopped at any moment, and goes on where it was.

Beside the file that it writes it keeps a note: how far it has read and written. Both are on the disk before the note
says so, so that a job that was killed writes nothing twice and leaves nothing out.
"""

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from deploy.private_file import write_private
from policies.keys.data_keys import DataKeys
from policies.keys.rewrap import Counts, Rewrap, UnreadableRow, csv_header, csv_rows, json_rows

EVERY_ROWS = 2000
"""So many rows are written again, at most, by a job that was killed."""


class NotRewrapped(Exception):
    """The file cannot be rewrapped. The message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be rewrapped."""

    file: Path
    """Rows as CSV with a header, or as JSON lines (`.ndjson`, `.jsonl`)."""
    system: str
    record: str
    fields: dict[str, str]
    keys: DataKeys
    stored: frozenset[str]
    """The fields that the system stores encrypted."""

    @property
    def out(self) -> Path:
        """Where the rewrapped rows go."""
        return self.file.with_name(f"{self.file.stem}.rewrapped{self.file.suffix}")

    @property
    def note(self) -> Path:
        """How far it has come."""
        return self.out.with_name(f"{self.out.name}.progress.json")


def rewrap(job: Job, tell: Callable[[Counts, float], None]) -> Counts:
    """Rewrap all of the file. *tell* is told now and then what was found, and which share of the file is done.

    Raises NotRewrapped, OSError.
    """
    is_csv = job.file.suffix.lower() == ".csv"
    if not is_csv and job.file.suffix.lower() not in (".ndjson", ".jsonl"):
        raise NotRewrapped(f"`{job.file}` 应是 .csv、.ndjson 或 .jsonl 文件 / is to be a .csv, .ndjson or .jsonl file")
    with job.file.open("rb") as source:
        size = os.fstat(source.fileno()).st_size
        about = _about(job, source)
        read, written, counts = _progress(job, about)
        header = csv_header(next(csv_rows(source))[0]) if is_csv and read else None
        source.seek(read)
        work = Rewrap(job.keys, job.system, job.fields, job.record, counts, job.stored)
        with os.fdopen(os.open(job.out, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as out:
            out.truncate(written)
            out.seek(written)
            lines = iter(source.readline, b"")
            try:
                for raw, pieces in csv_rows(lines, header) if is_csv else json_rows(lines):
                    out.write(work.row(raw, pieces))
                    read += len(raw)
                    if counts.rows % EVERY_ROWS == 0:
                        _note(job, about, out, read, counts)
                        tell(counts, read / size)
            except UnreadableRow:
                raise NotRewrapped(f"`{job.file}`:{counts.rows + 1}：读不懂这一行 / this row cannot be read") from None
            out.flush()
            os.fsync(out.fileno())
    job.note.unlink(missing_ok=True)
    return counts


def _about(job: Job, source: BinaryIO) -> dict[str, Any]:
    """What must be the same for a job to go on: the file, and how it is rewrapped."""
    found = os.fstat(source.fileno())
    return {
        "size": found.st_size,
        "changed": found.st_mtime_ns,
        "system": job.system,
        "record": job.record,
        "fields": job.fields,
        "stored": sorted(job.stored),
        "key": job.keys.current.id,
        "keys": sorted(key.id for key in job.keys),
    }


def _progress(job: Job, about: dict[str, Any]) -> tuple[int, int, Counts]:
    """How far an earlier run has read and written, with what it found; nothing where it was another job."""
    try:
        found = json.loads(job.note.read_bytes())
        if found["about"] == about and job.out.stat().st_size >= found["written"]:
            return found["read"], found["written"], Counts(**found["counts"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        pass
    return 0, 0, Counts()


def _note(job: Job, about: dict[str, Any], out: BinaryIO, read: int, counts: Counts) -> None:
    out.flush()
    os.fsync(out.fileno())
    noted = {"about": about, "read": read, "written": out.tell(), "counts": asdict(counts)}
    write_private(job.note, json.dumps(noted, ensure_ascii=False).encode())
