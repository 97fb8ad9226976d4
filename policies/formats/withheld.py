"""What every masker raises where nothing more of its body may leave."""


class Withheld(Exception):
    """Nothing more of this body may leave. Holds a code that says why, never anything of the body."""

    def __init__(self, reason: str, field: int | None = None, *, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field
        """The index of the declared field that it is about, where it is about one."""
        self.line = line
        """The line, from 1, on which a quote of a table begins that is never closed, where that is why."""
