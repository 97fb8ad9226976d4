"""Withholds what is about more subjects than one answer may be."""

from policies.formats.masker import TOO_MANY_SUBJECTS, Masker, Withheld


class Limited:
    """A masker that gives nothing more of its body once that is about more than *at_most* subjects.

    One that cannot be read may be any number of them, and is one too many.
    """

    def __init__(self, masker: Masker, at_most: int) -> None:
        self.tally = masker.tally
        self._masker = masker
        self._at_most = at_most
        self._subjects: set[str] = set()

    def feed(self, data: bytes) -> list[bytes]:
        """See `Masker.feed`."""
        return self._counted(self._masker.feed(data))

    def close(self) -> list[bytes]:
        """See `Masker.close`."""
        return self._counted(self._masker.close())

    def _counted(self, pieces: list[bytes]) -> list[bytes]:
        self._subjects.update(self.tally.subjects)
        if self.tally.has_unreadable or len(self._subjects) > self._at_most:
            raise Withheld(TOO_MANY_SUBJECTS)
        return pieces
