"""Counts stored values that do not open: of a lost or another key, altered, moved, or never encrypted.

To callers all of them look alike. To the people who run the system they are a loss, or a sign of tampering.
"""

from policies.formats.masker import Masker, Tally


class Unopened:
    """Where the actions of one view note what does not open: in the tally of the body that is just being masked."""

    def __init__(self) -> None:
        self.tally: Tally | None = None

    def note(self, field: int, stored: str) -> None:
        """Note that *stored*, in the field of this index, does not open. The same text counts once."""
        if self.tally is not None:
            self.tally.unopened[field].add(hash(stored))


class Noting:
    """A masker that lets *unopened* note in its tally. Maskers of one view take turns, and never run at once."""

    def __init__(self, masker: Masker, unopened: Unopened) -> None:
        self.tally = masker.tally
        self._masker = masker
        self._unopened = unopened

    def feed(self, data: bytes) -> list[bytes]:
        """See `Masker.feed`."""
        self._unopened.tally = self.tally
        try:
            return self._masker.feed(data)
        finally:
            self._unopened.tally = None

    def close(self) -> list[bytes]:
        """See `Masker.close`."""
        self._unopened.tally = self.tally
        try:
            return self._masker.close()
        finally:
            self._unopened.tally = None
