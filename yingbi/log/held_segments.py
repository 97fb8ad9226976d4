"""Which segments of the log a case holds as evidence, so that they are not deleted when their time comes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from policies.overlay import OverlayEntry, Tightening
from siem.record.keep import may_lie_in
from siem.record.log import StartId
from siem.record.reader import starts_in
from siem.record.seal import BrokenSeals, seals_in
from siem.record.segment import segments_in
from yingbi.home import Home
from yingbi.log.preserved import overlay_in


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSegments:
    """What one measure holds."""

    case: str
    key: str
    since: datetime
    until: datetime
    segments: tuple[str, ...]
    """As `<start>/<number>`. A start is held as a whole, where any line of it may lie in the span."""


def held_segments(home: Home, log: Path) -> tuple[HeldSegments, ...]:
    """What each measure in force holds of the log in *log*. Raises OSError where that cannot be known."""
    grew = _grew(home.seals)
    entries = (each for each in overlay_in(home).entries if each.kind is Tightening.PRESERVE_EVIDENCE)
    return tuple(
        HeldSegments(
            case=entry.case,
            key=entry.id,
            since=entry.since,
            until=entry.until,
            segments=tuple(_segments(log, entry, entry.since, grew)),
        )
        for entry in entries
        if entry.since is not None
    )


def lines_of(held: Sequence[HeldSegments]) -> list[str]:
    """*held* for people; nothing where no measure holds anything."""
    lines = [""] if held else []
    for each in held:
        span = f"{each.since.isoformat(timespec='seconds')} – {each.until.isoformat(timespec='seconds')}"
        lines.append(f"保全 / held as evidence  {each.case or '-'}（{each.key}）{span}")
        lines.append(f"  {len(each.segments)} 个文件 / files: {', '.join(each.segments) or '-'}")
    return lines


def _grew(journal: Path) -> Mapping[StartId, datetime]:
    """When each start was last seen to have grown, as its keeper takes it."""
    if not journal.exists():
        return {}
    grew: dict[StartId, datetime] = {}
    try:
        for sealed in seals_in(journal):
            grew |= dict.fromkeys(sealed.seal.heads, sealed.seal.at)
    except BrokenSeals as broken:
        raise OSError(f"the journal of seals cannot be read: {broken}") from None
    return grew


def _segments(log: Path, entry: OverlayEntry, since: datetime, grew: Mapping[StartId, datetime]) -> Iterator[str]:
    for start in starts_in(log):
        # What is not sealed yet is as good as new.
        if may_lie_in(since, entry.until, start, grew.get(start, entry.until)):
            yield from (f"{start}/{number:06d}" for number in sorted(segments_in(log / start)))
