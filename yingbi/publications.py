"""Which programs were published for which version of the policy: one line of JSON for each publication.

The supervisor adds to the file, and nothing is decided by it: it says of the program of an event which version it was.
"""

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import msgspec


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """Programs that came into force together."""

    generation: int
    version: int
    at: datetime
    systems: dict[str, str]
    """Digest of the program, by system."""
    drafted_by: tuple[str, ...] = ()
    approved_by: str = ""


def add_publication(path: Path, publication: Publication) -> None:
    """Add *publication* to the file. Raises OSError, as on a full disk."""
    with path.open("a+b") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")  # after half a line, as a full disk leaves it
        file.write(msgspec.json.encode(publication) + b"\n")


def publications_in(path: Path) -> list[Publication]:
    """Every publication, oldest first. A line that was never finished counts for nothing."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            found.append(msgspec.json.decode(line, type=Publication))
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
    return found


def version_of(program: str, at: datetime, publications: Iterable[Publication]) -> Publication | None:
    """The publication by which the program with the digest *program* was served at the time *at*.

    A program that a version left as it was belongs to both: the later counts from its own time on.
    """
    found = [each for each in publications if program in each.systems.values()]
    before = [each for each in found if each.at <= at] or found[:1]
    return before[-1] if before else None
