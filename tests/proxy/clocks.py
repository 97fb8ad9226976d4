"""A machine for tests of the quota: its clock goes on when it is told to, and it can be started anew."""

from proxy.quota.file import Boot


class Machine(Boot):
    """Has run for an hour when it is first asked."""

    def __init__(self) -> None:
        self.starts = 1
        self.uptime_ms = 3600_000

    @property
    def id(self) -> str:
        """Another one at each start."""
        return f"start-{self.starts}"

    def time_ms(self) -> int:
        """Since the start."""
        return self.uptime_ms

    def start_anew(self) -> None:
        """As after its power was off, for however long."""
        self.starts += 1
        self.uptime_ms = 5_000
