"""Stars in the place of each character that is hidden, where the length of a text counts."""

from policies.transforms.make import REDACTED

STAR = "*"
"""In place of one character."""


def as_long(old: str, new: str) -> str:
    """*new* with its three stars stretched so that it is as long as *old*; all stars where that cannot be told."""
    kept = new.split(REDACTED)
    out, at = "", 0
    for number, piece in enumerate(kept):
        place = len(old) - len(piece) if number == len(kept) - 1 else old.find(piece, at)
        if place < at or not old.startswith(piece, place):
            return STAR * len(old)
        out += STAR * (place - at) + piece
        at = place + len(piece)
    return out if len(out) == len(old) else STAR * len(old)
