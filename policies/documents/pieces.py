"""What a text consists of that is looked at by itself, and is masked where it stands."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

LONGEST_PLACE = 80
"""Characters."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A value of a text."""

    start: int
    end: int
    text: str
    spelled: Callable[[str], str]
    """Writes another value in its place."""
    place: str
    key: str | None = ""
    """What heads it; None for a heading."""
    row: int = 0
    inner: "Pieces | None" = None
    """What finds the values of which its text consists."""


type Pieces = Callable[[str, Callable[[str], bool]], Iterator[Piece]]
