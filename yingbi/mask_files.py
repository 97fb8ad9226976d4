"""Writes copies of files without personal data. A copy is there whole or not at all, and in the place of nothing."""

import functools
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from policies.documents.desk import categories_in, format_of, masked_file
from policies.documents.document import SIGNATURE, Text
from policies.formats.masker import Withheld
from yingbi.scan_files import Told, content_of, files_in
from yingbi.unread_files import Unread, unread_for, unwritten_for


class CannotMask(Exception):
    """Nothing was written. The message says why, Chinese and English."""


@dataclass(frozen=True, slots=True)
class Masked:
    """One copy."""

    file: str
    out: str
    count: int
    """How many values are hidden in it."""
    signatures: int = 0
    """How many signatures it is without."""
    name_tells: bool = False
    """Whether what it is called, or a folder that it lies in, tells of somebody: copies keep the names of files."""


def mask_files(path: Path, out: Path, told: Told, *, unsigned_copy: bool = False) -> Iterator[Masked | Unread]:
    """Write a copy of the file *path* to *out*, or of each of a folder into a new one. Raises CannotMask, OSError.

    *unsigned_copy*: see `masked_file`.
    """
    is_folder = path.is_dir()
    if os.path.lexists(out):
        raise CannotMask(f"`{out}` 已存在，不覆盖 / exists already and is left alone: name another")
    if is_folder and out.resolve().is_relative_to(path.resolve()):
        raise CannotMask("不能写到原文件夹里面 / the copies cannot lie in the folder that they are of: name another")
    files = list(files_in([path]))
    for number, file in enumerate(files, 1):
        told(f"{number}/{len(files)} {file}")
        goes = out / file.relative_to(path) if is_folder else out
        try:
            data, tally = masked_file(file.name, content_of(file), unsigned_copy=unsigned_copy)
        except Exception as problem:  # noqa: BLE001 - one odd file keeps no other from being copied
            yield unread_for(file, problem)
            continue
        if not is_folder and out.suffix.lower() != file.suffix.lower() and not _is_read(out.name, data):
            raise CannotMask(
                f"副本的格式和原件一样，不能叫 `{out.name}`，请用扩展名 {file.suffix}"
                f" / the copy is of the format of the file, which no `{out.suffix}` is: name it {file.suffix}"
            )
        try:
            if is_folder:
                goes.parent.mkdir(parents=True, exist_ok=True)
            write_new(goes, data)
        except OSError as problem:
            yield unwritten_for(file, goes, problem)
            continue
        signatures = tally.found.pop(SIGNATURE, 0)
        count = sum(tally.fields.values()) + sum(tally.found.values())
        steps = goes.relative_to(out).parts if is_folder else (out.name,)
        yield Masked(str(file), str(goes), count, signatures, any(map(_tells, steps)))


def _is_read(name: str, data: bytes) -> bool:
    """Whether a file *name* can hold *data*, by what its ending says."""
    try:
        format_of(name, data)
    except Withheld:
        return False
    return True


@functools.lru_cache(maxsize=1024)
def _tells(step: str) -> bool:
    """Whether *step* of a path tells of somebody."""
    return bool(categories_in(Text("", step)))


def write_new(path: Path, data: bytes) -> None:
    """Put *data* in the file *path*, which must not be there; nobody sees half of it. Raises OSError."""
    unfinished = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}")
    try:
        with unfinished.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.link(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
