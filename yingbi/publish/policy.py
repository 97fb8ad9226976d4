"""Keeps the policy and the programs in force the same: compiles what changed, publishes what is whole.

A policy with an error leaves the programs in force as they are, and its findings are told wherever somebody looks.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from policies.findings import Finding, Position
from policies.keys.key_files import Signer, Verifier
from policies.program import Program, digest_of
from policies.release import NotReleased, Release
from proxy.board import Board
from proxy.published import NotPublished, publish_programs, read_programs
from yingbi.home import Home
from yingbi.keys.handling import KeyStore
from yingbi.keys.stored_fields import not_to_begin
from yingbi.policy_source import Source, Stamp, UnreadableFolder
from yingbi.publications import Publication, add_publication, publications_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The programs in force, and what is known of the files."""

    programs: dict[str, Program] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    generation: int = 0
    version: int = 0
    """Of the policy that two people agreed on; 0 where the folder is in force."""
    published_at: datetime | None = None
    findings: tuple[Finding, ...] = ()
    checked_at: datetime | None = None

    @property
    def hosts(self) -> list[str]:
        """Every host that a system answers to."""
        return sorted({host for program in self.programs.values() for host in program.hosts})


class PolicyPublisher:
    """Watches where the policy comes from. Only one process has it."""

    def __init__(self, home: Home, board: Board, signer: Signer, clock: Callable[[], datetime], source: Source) -> None:
        self._home = home
        self._board = board
        self._signer = signer
        self._clock = clock
        self._source = source
        self._seen: Stamp = b""
        self._done: Stamp = b""
        self._journal: int | None = None
        """Of when the journal of keys was, where a policy waits for what stands in it."""
        self._last = next(reversed(publications_in(home.publications)), None)
        self.now = self._taken_up()

    def step(self) -> bool:
        """Whether anything was found to have changed and was dealt with.

        A file is read once it stayed as it is from one call to the next, so that nobody's half-written file counts.
        """
        stamp = self._source.stamp()
        settled, self._seen = stamp == self._seen, stamp
        proved = self._journal is not None and self._journal != _stamp_of(self._home.key_journal)
        if (stamp == self._done and not proved) or not settled:
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
        self._done = self._source.stamp()  # before they are read: what changes meanwhile is a change
        try:
            taken = self._source.take(now)
            self._check_newer(taken.release)
        except NotReleased as why:
            message = f"the policy that was released cannot be put in force: {why}"
            problem = Finding(Position(self._home.release.name, 1, 1), "not-released", message)
            self.now = _judged(self.now, [problem], now)
            return
        except UnreadableFolder:
            problem = Finding(Position(".", 1, 1), "unreadable-folder", "the folder of policies cannot be read")
            self.now = _judged(self.now, [problem], now)
            return
        loaded = taken.loaded
        findings = loaded.findings.sorted()
        if loaded.findings.errors:
            self.now = _judged(self.now, findings, now)
            return
        programs = loaded.programs
        store = KeyStore(self._home, self._clock)
        store.make_missing(programs)
        unproved = not_to_begin(store, self.now.programs, programs)
        self._journal = _stamp_of(self._home.key_journal) if unproved else None
        if unproved:
            self.now = _judged(self.now, [*findings, *unproved], now)
            return
        digests = {name: digest_of(program) for name, program in programs.items()}
        version = taken.release.version if taken.release else 0
        if digests == self.now.digests and self.now.generation and self.now.generation >= self._board.programs:
            self.now = replace(_judged(self.now, findings, now), version=version)
        else:
            generation = max(self.now.generation, self._board.programs) + 1
            publish_programs(self._home.published, programs, generation, self._signer)
            self._board.programs = generation
            self.now = Published(
                programs=programs,
                digests=digests,
                generation=generation,
                version=version,
                published_at=now,
                findings=tuple(findings),
                checked_at=now,
            )
        if taken.release:
            self._record(taken.release, now)

    def _check_newer(self, release: Release | None) -> None:
        """Return if *release* is none of those that were replaced: an old file that is put back counts for nothing."""
        if release and self._last and release.version < self._last.version:
            raise NotReleased(f"version {self._last.version} was in force after it")

    def _record(self, release: Release, now: datetime) -> None:
        last, published = self._last, self.now
        if last and (last.version, last.generation) == (release.version, published.generation):
            return
        self._last = Publication(
            generation=published.generation,
            version=release.version,
            at=now,
            systems=published.digests,
            drafted_by=release.drafted_by,
            approved_by=release.approved_by,
        )
        try:
            add_publication(self._home.publications, self._last)
        except OSError:
            self._last = last
            raise

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
            version=self._last.version if self._last and self._last.generation == generation else 0,
            published_at=published_at,
        )


def _judged(published: Published, findings: list[Finding], now: datetime) -> Published:
    return replace(published, findings=tuple(findings), checked_at=now)


def _stamp_of(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0
