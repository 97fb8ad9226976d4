"""Keeps the policy files and the programs in force the same: compiles what changed, publishes what is whole.

A policy with an error leaves the programs in force as they are, and its findings are told wherever somebody looks.
"""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from policies.findings import Finding, Position
from policies.kept import Kept
from policies.keys import Signer, Verifier
from policies.load import load_policy
from policies.program import Program, digest_of
from proxy.board import Board
from proxy.published import NotPublished, publish_programs, read_programs
from yingbi.home import Home
from yingbi.keys import KeyStore

type Stamp = bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The programs in force, and what is known of the files."""

    programs: dict[str, Program] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    generation: int = 0
    published_at: datetime | None = None
    findings: tuple[Finding, ...] = ()
    checked_at: datetime | None = None

    @property
    def hosts(self) -> list[str]:
        """Every host that a system answers to."""
        return sorted({host for program in self.programs.values() for host in program.hosts})


class PolicyPublisher:
    """Watches the folder of policies. Only one process has it."""

    def __init__(self, home: Home, board: Board, signer: Signer, clock: Callable[[], datetime]) -> None:
        self._home = home
        self._board = board
        self._signer = signer
        self._clock = clock
        self._kept = Kept()
        self._seen: Stamp = b""
        self._done: Stamp = b""
        self.now = self._taken_up()

    def step(self) -> bool:
        """Whether anything was found to have changed and was dealt with.

        A file is read once it stayed as it is from one call to the next, so that nobody's half-written file counts.
        """
        stamp = stamp_of(self._home.policies)
        settled, self._seen = stamp == self._seen, stamp
        if stamp == self._done or not settled:
            return False
        try:
            self.publish()
        except OSError:  # as on a full disk: what is in force stays, and the next step tries again
            self._done = b""
            raise
        return True

    def publish(self) -> None:
        """Compile the files as they are and, where nothing is wrong with them, publish what changed."""
        now = self._clock()
        self._done = stamp_of(self._home.policies)  # before they are read: what changes meanwhile is a change
        try:
            loaded = load_policy(self._home.policies, now, self._kept)
        except OSError:
            problem = Finding(Position(".", 1, 1), "unreadable-folder", "the folder of policies cannot be read")
            self.now = _judged(self.now, [problem], now)
            return
        findings = loaded.findings.sorted()
        if loaded.findings.errors:
            self.now = _judged(self.now, findings, now)
            return
        programs = loaded.programs
        KeyStore(self._home, self._clock).make_missing(programs)
        digests = {name: digest_of(program) for name, program in programs.items()}
        if digests == self.now.digests and self.now.generation and self.now.generation >= self._board.programs:
            self.now = _judged(self.now, findings, now)
            return
        generation = max(self.now.generation, self._board.programs) + 1
        publish_programs(self._home.published, programs, generation, self._signer)
        self._board.programs = generation
        self.now = Published(
            programs=programs,
            digests=digests,
            generation=generation,
            published_at=now,
            findings=tuple(findings),
            checked_at=now,
        )

    def _taken_up(self) -> Published:
        """What an earlier start published, which stays in force until something newer is."""
        try:
            verifier = Verifier(self._signer.public_bytes)
            programs, generation = read_programs(self._home.published, verifier, {}, 0)
            published_at = datetime.fromtimestamp(
                (self._home.published / "programs" / "current.json").stat().st_mtime, self._clock().tzinfo
            )
        except (NotPublished, OSError):
            return Published()
        self._board.programs = max(generation, self._board.programs)
        return Published(
            programs={name: program for name, (program, _) in programs.items()},
            digests={name: digest for name, (_, digest) in programs.items()},
            generation=generation,
            published_at=published_at,
        )


def _judged(published: Published, findings: list[Finding], now: datetime) -> Published:
    return replace(published, findings=tuple(findings), checked_at=now)


def stamp_of(folder: Path) -> Stamp:
    """Changes whenever a file under *folder* does. Reads names and times only."""
    found = []
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place) / name
            try:
                about = path.stat()
            except OSError:
                continue
            found.append((str(path), about.st_mtime_ns, about.st_size, about.st_ino))
    return hashlib.sha256(repr(sorted(found)).encode()).digest()
