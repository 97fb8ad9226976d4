"""The permits that one worker goes by: those of the table in force, each for no longer than it may last.

A permit ends at a time of day. A clock that is set back must not let it last longer: it counts no longer than its own
length from when this worker has first seen it, by the time since the machine was started.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from policies.permits import Permit, PermitTable
from proxy.board import boot_time_ns


@dataclass(slots=True)
class PermitsInForce:
    """What is in force now; see `proxy.current`, which keeps it so."""

    table: PermitTable = field(default_factory=PermitTable)
    _ends_ns: dict[str, int] = field(default_factory=dict)
    """By the id of a permit, until when it may count, as `boot_time_ns`."""

    def take(self, table: PermitTable) -> None:
        """Go by *table* from now on."""
        now = boot_time_ns()
        self._ends_ns = {
            permit.id: self._ends_ns.get(permit.id, now + int((permit.until - permit.opened_at).total_seconds() * 1e9))
            for permit in table.permits
        }
        self.table = table

    def live(self, caller: str, system: str, now: datetime) -> tuple[Permit, ...]:
        """The permits of *caller* for *system* that count at *now*."""
        if not self.table.permits:
            return ()
        passed = boot_time_ns()
        return tuple(
            permit for permit in self.table.live(caller, system, now) if passed < self._ends_ns.get(permit.id, 0)
        )

    def are_live(self, permits: Iterable[Permit], now: datetime) -> bool:
        """Whether each of *permits* still stands in the table and counts at *now*."""
        return all(permit in self.live(permit.caller, permit.system, now) for permit in permits)
