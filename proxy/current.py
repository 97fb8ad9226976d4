"""What a worker serves by: the current systems, the overlay and the permits in force, and a lease on the first two.

A worker that was stopped, or whose supervisor has died, must not go on as if nothing had happened: once its lease has
run out it shows no personal data until it has read everything anew (invariant 6).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from policies.digest import Digester
from policies.keys.data_keys import DataKeys
from policies.keys.issuer_keys import IssuerTable
from policies.keys.key_files import Verifier
from policies.overlay import Overlay
from policies.permits import PermitTable
from policies.program import Program
from proxy.board import Board, boot_time_ns
from proxy.identity.issuer_keys import IssuerKeys
from proxy.keys_in_force import KeysInForce
from proxy.permits import PermitsInForce
from proxy.published import (
    NotPublished,
    read_programs,
    read_published_issuers,
    read_published_overlay,
    read_published_permits,
)
from proxy.system import System

type Said = Callable[[str], None]

AGAIN_NS = 1_000_000_000
"""After that long a publication of programs or permits that could not be taken is tried again."""


@dataclass(slots=True)
class Current:
    """The state of one worker; `look` keeps it current, `renew` keeps the lease."""

    folder: Path
    board: Board
    program_verifier: Verifier
    overlay_verifier: Verifier
    permit_verifier: Verifier
    issuer_verifier: Verifier | None
    """None: no keys of issuers are fetched."""
    digests: Callable[[], Digester]
    secret: bytes
    keys: KeysInForce
    lease_ns: int
    """How long it may serve without having renewed, in nanoseconds of `boot_time_ns`."""
    said: Said
    """Is told, as a code, when something that was published cannot be taken."""
    overlay: Overlay = field(default_factory=Overlay)
    permits: PermitsInForce = field(default_factory=PermitsInForce)
    systems: dict[str, System] = field(default_factory=dict)
    """By host."""
    keyless: frozenset[str] = frozenset()
    """The hosts of systems whose keys cannot be read: of these nothing is served."""
    issuer_keys: IssuerKeys = field(init=False)
    digester: Digester = field(init=False)
    """What digests are made with: as `digests` gave it last."""
    _programs: dict[str, tuple[Program, str]] = field(default_factory=dict)
    _made: dict[str, System] = field(default_factory=dict)
    _seen_programs: int = 0
    _taken_programs: int = 0
    _try_programs_again_ns: int | None = None
    _seen_overlay: int = -1
    _seen_permits: int = -1
    _newest_permits: int = 0
    _seen_issuers: int = -1
    _newest_issuers: int = 0
    _try_issuers_again_ns: int | None = None
    _try_permits_again_ns: int | None = None
    _told: set[tuple[str, int]] = field(default_factory=set)
    _began: tuple[datetime, int] | None = None
    _lease_until_ns: int = 0

    def __post_init__(self) -> None:
        self.digester = self.digests()
        self.issuer_keys = IssuerKeys(self.board.miss)

    @property
    def programs_in_force(self) -> int:
        """The generation of the programs that are served by."""
        return self._taken_programs

    def look(self) -> bool:
        """Take what was published since; whether the lease still holds.

        Costs four reads of memory where nothing was.
        """
        if self.board.programs != self._seen_programs:
            self._take_programs()
        if self.board.overlay != self._seen_overlay:
            self._take_overlay()
        if self.board.permits != self._seen_permits:
            self._take_permits()
        if self.board.issuers != self._seen_issuers:
            self._take_issuers()
        return boot_time_ns() < self._lease_until_ns

    def renew(self) -> bool:
        """Renew the lease, where the supervisor lives and everything published could be taken."""
        heartbeat = self.board.heartbeat_ns  # read before the time: it may beat in between
        now = boot_time_ns()
        if self._try_programs_again_ns is not None and now >= self._try_programs_again_ns:
            self._take_programs()
        if self._try_permits_again_ns is not None and now >= self._try_permits_again_ns:
            self._take_permits()
        if self._try_issuers_again_ns is not None and now >= self._try_issuers_again_ns:
            self._take_issuers()
        self.look()
        self._take_keys()
        # A sign of life from the future is one from before the machine was started anew.
        if self.board.overlay == self._seen_overlay and heartbeat <= now:
            self._lease_until_ns = heartbeat + self.lease_ns
        return now < self._lease_until_ns

    def unhurried(self, now: datetime) -> datetime:
        """*now*, but no later than it would be had nobody set the clock ahead since this was first asked.

        A tightening ends at a time of day. A clock that is set ahead must not end it (invariant 6); a clock that was
        wrong and is put right lets it last longer until the worker is started anew.
        """
        passed = boot_time_ns()
        if self._began is None:
            self._began = now, passed
        then, began = self._began
        return min(now, then + timedelta(microseconds=(passed - began) // 1000))

    def _take_programs(self) -> None:
        generation = self._seen_programs = self.board.programs
        self._try_programs_again_ns = None
        if generation <= self._taken_programs:
            return  # published while the last were being read, and taken with them
        newer_than = max(self._taken_programs, generation - 1)
        try:
            programs, taken = read_programs(self.folder, self.program_verifier, self._programs, newer_than)
            self.keys.renew(programs)
            self._make_systems(programs)
        except (NotPublished, ValueError, re.error):
            # The last good ones stay in force. The disk may only have failed to answer for a moment.
            self._tell("programs_refused", generation)
            self._try_programs_again_ns = boot_time_ns() + AGAIN_NS
            return
        self._programs = programs
        self._taken_programs = taken

    def _take_keys(self) -> None:
        """Serve with the keys of now, where they are others than before."""
        self.keys.renew(self._programs)
        self.digester, before = self.digests(), self.digester
        used = {name: made.keys for name, made in self._made.items()}
        if self.digester is not before or any(self.keys.of(name) is not used.get(name) for name in self._programs):
            try:
                self._make_systems(self._programs)
            except (ValueError, re.error):  # as yet it had no keys, so nobody has tried to serve by it
                self._tell("programs_refused", self._taken_programs)

    def _make_systems(self, programs: Mapping[str, tuple[Program, str]]) -> None:
        """Serve by *programs*, with the keys of now. Raises ValueError or re.error where one cannot be served by."""
        made: dict[str, System] = {}
        keyless: set[str] = set()
        for name, (program, digest) in programs.items():
            keys = self.keys.of(name)
            if keys is None:
                keyless.update(program.hosts)
            else:
                made[name] = self._system(name, program, digest, keys)
        self._made, self.keyless = made, frozenset(keyless)
        self.systems = {host: system for system in made.values() for host in system.program.hosts}

    def _system(self, name: str, program: Program, digest: str, keys: DataKeys) -> System:
        made = self._made.get(name)
        if made and made.digest == digest and made.keys is keys and made.digester is self.digester:
            return made
        return System(program, digest, self.digester, self.secret, keys, self.issuer_keys)

    def _take_overlay(self) -> None:
        generation = self.board.overlay
        try:
            overlay = read_published_overlay(self.folder, self.overlay_verifier)
            if overlay.generation < max(generation, self.overlay.generation):
                raise NotPublished("the overlay is older than the one that was published last")
        except NotPublished:
            self._tell("overlay_refused", generation)
            self._lease_until_ns = 0  # what should be forbidden cannot be known: show nothing
            return
        self.overlay = overlay
        self._seen_overlay = generation

    def _take_permits(self) -> None:
        """Go by the permits of now; by none where they cannot be read, or are older than what was read before."""
        generation = self._seen_permits = self.board.permits
        self._try_permits_again_ns = None
        try:
            table = read_published_permits(self.folder, self.permit_verifier)
            if table.generation < max(generation, self._newest_permits):
                raise NotPublished("the permits are older than those that were published last")
        except NotPublished:
            self._tell("permits_refused", generation)
            self._try_permits_again_ns = boot_time_ns() + AGAIN_NS
            table = PermitTable()
        self._newest_permits = max(self._newest_permits, table.generation)
        self.permits.take(table)

    def _take_issuers(self) -> None:
        """Go by the keys of issuers of now; by none where they cannot be read, or are older than those before."""
        generation = self._seen_issuers = self.board.issuers
        self._try_issuers_again_ns = None
        if self.issuer_verifier is None:
            return
        try:
            table = read_published_issuers(self.folder, self.issuer_verifier)
            if table.generation < max(generation, self._newest_issuers):
                raise NotPublished("the keys of issuers are older than those that were published last")
            self.issuer_keys.take(table)
        except (NotPublished, ValueError):
            self._tell("issuers_refused", generation)
            self._try_issuers_again_ns = boot_time_ns() + AGAIN_NS
            self.issuer_keys.take(IssuerTable())
        else:
            self._newest_issuers = table.generation

    def _tell(self, what: str, generation: int) -> None:
        """Say once of each publication that it was not taken."""
        if (what, generation) not in self._told:
            self._told.add((what, generation))
            self.said(what)
