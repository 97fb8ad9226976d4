"""The files of a start: its segments, each as it was written or compressed once it was sealed."""

import contextlib
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import zstandard

_HEADER = 18
"""Bytes of the longest header of a frame."""
_NAME = re.compile(r"([0-9]{6,})\.log(\.zst)?")


def compressed_path(path: Path) -> Path:
    """Where the segment that was written to *path* lies once it is compressed."""
    return path.with_name(f"{path.name}.zst")


def segments_in(folder: Path) -> set[int]:
    """The numbers of the segments of the start in *folder*, in either form."""
    return {int(found[1]) for path in folder.iterdir() if (found := _NAME.fullmatch(path.name))}


def has_segment(path: Path) -> bool:
    """Whether the segment that was written to *path* is there in either form."""
    return path.exists() or compressed_path(path).exists()


def segment_size(path: Path) -> int:
    """How many bytes the segment that was written to *path* has, or had before it was compressed.

    Raises FileNotFoundError. Of one that is damaged it is another number: reading it says what is wrong.
    """
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_size
    packed = compressed_path(path)
    with packed.open("rb") as file:
        try:
            size = zstandard.frame_content_size(file.read(_HEADER))
        except zstandard.ZstdError:
            size = -1
    return size if size >= 0 else packed.stat().st_size


@contextlib.contextmanager
def opened(path: Path, offset: int = 0) -> Iterator[IO[bytes]]:
    """The segment that was written to *path*, to be read from byte *offset* of what was written.

    Raises FileNotFoundError; ValueError where it was compressed and is damaged. What is being compressed meanwhile lies
    there in one form or the other at any time, and an open file stays.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError:
        with compressed_path(path).open("rb") as packed:
            unpacked = zstandard.ZstdDecompressor().stream_reader(packed)
            try:
                unpacked.seek(offset)
                yield io.BufferedReader(unpacked)
            except zstandard.ZstdError:
                raise ValueError(f"{path.name} is damaged") from None
        return
    with file:
        file.seek(offset)
        yield file
