"""Publishes the overlay: how what a case commands comes into force in every worker (invariant 6)."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from incident.command import Lift, Tighten
from policies.keys.key_files import Signer, Verifier
from policies.overlay import Overlay, OverlayEntry, Tightening
from proxy.board import Board
from proxy.published import NotPublished, publish_overlay, read_published_overlay

LONGEST = timedelta(hours=24)
_KEPT_AFTER_END = timedelta(days=1)
"""So long an entry stays to be seen, and told again without effect."""


@dataclass(slots=True, kw_only=True)
class OverlayPublisher:
    """The one who publishes overlays. Only one process has it."""

    folder: Path
    board: Board
    signer: Signer
    clock: Callable[[], datetime]
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def current(self) -> Overlay:
        """The overlay in force. Raises ValueError where it is not one that was published."""
        try:
            return read_published_overlay(self.folder, Verifier(self.signer.public_bytes))
        except NotPublished as error:
            raise ValueError(f"控制措施文件无法使用 / cannot use `{self.folder / 'overlay.json'}`: {error}") from None

    def tighten(self, command: Tighten) -> str:
        """Put what *command* asks for in force, and say so. Asking again with the same key changes nothing.

        Workers look at each request and at least ten times a second. Raises OSError where it cannot be written, and
        ValueError where it must not be.
        """
        now = self.clock()
        if command.until > now + LONGEST:
            hours = LONGEST // timedelta(hours=1)
            raise ValueError(
                f"一人或规则采取的控制最长 {hours} 小时"
                f" / a tightening by one person or a rule ends within {hours} hours"
            )
        with self._lock:
            overlay = self.current()
            if any(entry.id == command.key for entry in overlay.entries):
                self.board.overlay = overlay.generation
                return f"already in force, generation {overlay.generation}"
            entry = OverlayEntry(
                id=command.key,
                kind=Tightening(command.kind),
                system=command.system,
                target=command.target,
                since=command.since,
                until=command.until,
                reason=command.reason,
                by=str(command.by),
                case=command.case,
            )
            kept = (each for each in overlay.entries if _is_kept(each, now))
            made = self._published(overlay, *kept, entry)
            return f"in force until {command.until.astimezone(UTC):%Y-%m-%d %H:%M} UTC, generation {made}"

    def lift(self, command: Lift) -> str:
        """Take back what two people want taken back, and say so. Asking again with the same key changes nothing.

        Raises OSError where it cannot be written, and ValueError where the overlay is not one that was published.
        """
        with self._lock:
            overlay = self.current()
            left = [entry for entry in overlay.entries if entry.id != command.tightening.key]
            if len(left) == len(overlay.entries):
                self.board.overlay = overlay.generation
                return f"not in force any more, generation {overlay.generation}"
            return f"taken back, generation {self._published(overlay, *left)}"

    def _published(self, overlay: Overlay, *entries: OverlayEntry) -> int:
        made = replace(overlay, generation=overlay.generation + 1, entries=entries)
        publish_overlay(self.folder, made, self.signer)
        self.board.overlay = made.generation
        return made.generation


def _is_kept(entry: OverlayEntry, now: datetime) -> bool:
    return entry.until > now - _KEPT_AFTER_END or entry.kind is Tightening.PRESERVE_EVIDENCE
