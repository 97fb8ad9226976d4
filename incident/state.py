"""Where a case stands, and what can become of it."""

from collections.abc import Mapping
from enum import StrEnum

from incident.facts.case import Move


class State(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    CONTAINED = "contained"
    RESOLVED = "resolved"
    CLOSED = "closed"
    DISMISSED = "dismissed"
    MERGED = "merged"
    """It went into another case, where it goes on: no move leads here or away."""


TRANSITIONS: Mapping[tuple[State, Move], State] = {
    (State.OPEN, Move.CONTAIN): State.CONTAINED,
    (State.OPEN, Move.RESOLVE): State.RESOLVED,
    (State.OPEN, Move.DISMISS): State.DISMISSED,
    (State.CONTAINED, Move.RELAPSE): State.OPEN,
    (State.CONTAINED, Move.RESOLVE): State.RESOLVED,
    (State.CONTAINED, Move.DISMISS): State.DISMISSED,
    (State.RESOLVED, Move.REOPEN): State.OPEN,
    (State.RESOLVED, Move.CLOSE): State.CLOSED,
    (State.CLOSED, Move.REOPEN): State.OPEN,
    (State.DISMISSED, Move.REOPEN): State.OPEN,
}
"""What can become of a case. What is not in the table cannot."""

ENDED = frozenset({State.CLOSED, State.DISMISSED, State.MERGED})
"""In these states the engine does nothing more: new alerts open a new case, one that grows opens its own again."""
