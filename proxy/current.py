"""What a worker serves by: the current systems, the overlay in force, and a lease on both.

A worker that was stopped, or whose supervisor has died, must not go on as if nothing had happened: once its lease has
run out it shows no personal data until it has read everything anew (invariant 6).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from policies.digest import Digester
from policies.keys import Verifier
from policies.overlay import Overlay
from policies.program import Program
from proxy.board import Board, boot_time_ns
from proxy.published import NotPublished, read_programs, read_published_overlay
from proxy.system import System

type Said = Callable[[str], None]


@dataclass(slots=True)
class Current:
    """The state of one worker; `look` keeps it current, `renew` keeps the lease."""

    folder: Path
    board: Board
    program_verifier: Verifier
    overlay_verifier: Verifier
    digester: Digester
    secret: bytes
    lease_ns: int
    """How long it may serve without having renewed, in nanoseconds of `boot_time_ns`."""
    said: Said
    """Is told, as a code, when something that was published cannot be taken."""
    overlay: Overlay = field(default_factory=Overlay)
    systems: dict[str, System] = field(default_factory=dict)
    """By host."""
    _programs: dict[str, tuple[Program, str]] = field(default_factory=dict)
    _made: dict[str, System] = field(default_factory=dict)
    _seen_programs: int = 0
    _taken_programs: int = 0
    _seen_overlay: int = -1
    _lease_until_ns: int = 0

    @property
    def programs_in_force(self) -> int:
        """The generation of the programs that are served by."""
        return self._taken_programs

    def look(self) -> bool:
        """Take what was published since; whether the lease still holds. Costs two reads of memory where nothing was."""
        if self.board.programs != self._seen_programs:
            self._take_programs()
        if self.board.overlay != self._seen_overlay:
            self._take_overlay()
        return boot_time_ns() < self._lease_until_ns

    def renew(self) -> bool:
        """Renew the lease, where the supervisor lives and everything published could be taken."""
        now = boot_time_ns()
        self.look()
        current = self.board.overlay == self._seen_overlay
        if current and now - self.board.heartbeat_ns < self.lease_ns:
            self._lease_until_ns = now + self.lease_ns
        return now < self._lease_until_ns

    def _take_programs(self) -> None:
        generation = self.board.programs
        try:
            programs, taken = read_programs(self.folder, self.program_verifier, self._programs, self._taken_programs)
        except NotPublished:
            self.said("programs_refused")
            self._seen_programs = generation  # the last good ones stay in force
            return
        self._made = {
            name: self._made[name]
            if name in self._made and self._made[name].digest == digest
            else System(program, digest, self.digester, self.secret)
            for name, (program, digest) in programs.items()
        }
        self.systems = {host: system for system in self._made.values() for host in system.program.hosts}
        self._programs = programs
        self._taken_programs = taken
        self._seen_programs = generation

    def _take_overlay(self) -> None:
        generation = self.board.overlay
        try:
            overlay = read_published_overlay(self.folder, self.overlay_verifier)
        except NotPublished:
            self.said("overlay_refused")
            self._lease_until_ns = 0  # what should be forbidden cannot be known: show nothing
            return
        if overlay.generation < self.overlay.generation:
            self.said("overlay_refused")
            self._lease_until_ns = 0
            return
        self.overlay = overlay
        self._seen_overlay = generation
