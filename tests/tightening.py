"""What an overlay tightens, for tests of workers that are held to it."""

from datetime import UTC, datetime, timedelta

from policies.overlay import OverlayEntry, Tightening


def entry(
    kind: Tightening, target: str = "", *, system: str = "people", minutes: int = 60, since: datetime | None = None
) -> OverlayEntry:
    """An entry of *kind*, in force for so many *minutes* from now on."""
    until = datetime.now(UTC) + timedelta(minutes=minutes)
    name = f"{kind}-{target}"
    return OverlayEntry(id=name, kind=kind, system=system, target=target, since=since, until=until, reason="r", by="b")
