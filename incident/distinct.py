"""The persons of an incident, each once and exactly: in memory while they are few, then in sorted runs on the disk.

An estimate such as HyperLogLog gives would be wrong in a notice, and can name nobody who has to be told. Runs lie in
files without a name, which are gone with the process.
"""

import heapq
import tempfile
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import groupby
from operator import itemgetter
from typing import IO

MOST_HELD = 500_000
"""Digests in memory: some 100 MB."""

type Marked = tuple[str, int]
"""A digest, and the marks that it has been given."""


class Distinct:
    """Digests, each with marks: bits of a number, joined by *or*. Memory does not grow beyond *most_held* digests.

    But for those of persons who were recorded by digests of two epochs, which are held as pairs.
    """

    def __init__(self, most_held: int = MOST_HELD) -> None:
        self._most_held = most_held
        self._held: dict[str, int] = {}
        self._runs: list[IO[bytes]] = []
        self._former: dict[str, str] = {}
        """The digest of the epoch before, by that of the same person now."""

    def note(self, digests: Iterable[str], marks: int) -> None:
        """Add *digests*, each with *marks*."""
        held = self._held
        for digest in digests:
            held[digest] = held.get(digest, 0) | marks
        if len(held) > self._most_held:
            self._spill()

    def same(self, digests: Sequence[str], former: Sequence[str]) -> None:
        """Note that each of *digests* is the person whom the same place of *former* names by the epoch before."""
        self._former.update(zip(digests, former, strict=False))

    def persons(self) -> "Distinct":
        """The same, with a person who was noted by digests of several epochs once, by the oldest. It takes the place
        of this one, which is closed if it is another.
        """
        if not self._former:
            return self
        joined = Distinct(self._most_held)
        for digest, marks in self:
            joined.note((self._oldest(digest),), marks)
        joined._former = self._former
        self.close()
        return joined

    def without(self, digests: Set[str]) -> tuple["Distinct", int]:
        """The same without those whom *digests* name by any epoch, and how many of them were there. It takes the place
        of this one, which is closed if it is another.
        """
        nobody = {self._oldest(digest) for digest in digests}
        there = sum(1 for digest, _ in self if digest in nobody) if nobody else 0
        if not there:
            return self, 0
        left = Distinct(self._most_held)
        for digest, marks in self:
            if digest not in nobody:
                left.note((digest,), marks)
        left._former = self._former
        self.close()
        return left, there

    def __iter__(self) -> Iterator[Marked]:
        """Each once, sorted by digest. Nothing may be added meanwhile."""
        held = sorted(self._held.items())
        if not self._runs:
            yield from held
            return
        merged = heapq.merge(*map(_read, self._runs), held, key=itemgetter(0))
        for digest, each in groupby(merged, key=itemgetter(0)):
            marks = 0
            for _, more in each:
                marks |= more
            yield digest, marks

    def close(self) -> None:
        """Let go of the files."""
        for run in self._runs:
            run.close()
        self._runs.clear()

    def _oldest(self, digest: str) -> str:
        while digest in self._former:  # epochs come one after the other: this ends
            digest = self._former[digest]
        return digest

    def _spill(self) -> None:
        run = tempfile.TemporaryFile()  # noqa: SIM115  lives as long as this does
        run.writelines(f"{digest} {marks:x}\n".encode() for digest, marks in sorted(self._held.items()))
        self._runs.append(run)
        self._held = {}


def _read(run: IO[bytes]) -> Iterator[Marked]:
    run.seek(0)
    for line in run:
        digest, _, marks = line.decode().partition(" ")
        yield digest, int(marks, 16)
