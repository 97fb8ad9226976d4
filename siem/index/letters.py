"""Dead letters: the events that the index did not take, and when each is offered to it again.

What an index refuses today it may take tomorrow: a mapping is mended, a program is brought up to date, a disk has room
again. So a letter is never thrown away; it is offered again after a wait that doubles, up to an hour.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from siem.index.backlog import Backlog, Taken
from siem.index.positions import DeadLetter, Place

MOST = 1_000
"""So many are kept. Where an index refuses more than that, it is not the events that are wrong: shipping waits."""
AT_ONCE = 100
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)
_ID_CHARS = 64
NOT_OURS = "another version of this program wrote it"
GONE = "its line in the log cannot be read any more"


class DeadLetters:
    """Those of one shipper, by their places."""

    def __init__(self, kept: Iterable[DeadLetter], jitter: Callable[[], float]) -> None:
        self._kept = {letter.place: letter for letter in kept}
        self._jitter = jitter

    def __len__(self) -> int:
        return len(self._kept)

    def __contains__(self, place: Place) -> bool:
        return place in self._kept

    def reasons(self) -> Mapping[str, int]:
        """How many there are for each reason, most first."""
        return reasons_of(self._kept.values())

    def write(self, line: Taken, reason: str, now: datetime) -> DeadLetter:
        """The letter of a *line* that was not taken, whether for the first time or again."""
        letter = DeadLetter(
            start=line.start,
            position=line.position,
            event=_id_of(line.document),
            reason=reason,
            since=now,
            due=now,
        )
        if before := self._kept.get(letter.place):
            letter = replace(letter, since=before.since, attempts=before.attempts + 1)
        return self._put_off(letter, now)

    def keep(self, letters: Iterable[DeadLetter], delivered: Iterable[Place] = ()) -> None:
        """Remember what has been saved."""
        self._kept |= {letter.place: letter for letter in letters}
        for place in delivered:
            del self._kept[place]

    def hasten(self, now: datetime) -> None:
        """Have all of them offered again now, and not when they would be."""
        self._kept = {place: replace(letter, due=now) for place, letter in self._kept.items()}

    def is_any_due(self, now: datetime) -> bool:
        """Whether `due` would find any."""
        return any(_is_due(letter, now) for letter in self._kept.values())

    def due(self, backlog: Backlog, now: datetime) -> tuple[list[Taken], list[DeadLetter]]:
        """The lines to be offered again now, read once more; and the letters of which the log has no line any more."""
        waited = [letter for letter in self._kept.values() if _is_due(letter, now)]
        lines, gone = [], []
        for letter in sorted(waited, key=lambda letter: letter.due)[:AT_ONCE]:
            line = backlog.again(letter.start, letter.position)
            if line is None:
                gone.append(self._put_off(replace(letter, reason=GONE, attempts=letter.attempts + 1), now))
            else:
                lines.append(line)
        return lines, gone

    def _put_off(self, letter: DeadLetter, now: datetime) -> DeadLetter:
        longest = min(LONGEST_WAIT, FIRST_WAIT * (1 << min(letter.attempts - 1, 10)))
        return replace(letter, due=now + longest * (0.5 + self._jitter() / 2))


def _is_due(letter: DeadLetter, now: datetime) -> bool:
    """Whether its wait is over: a clock that was set back must not turn one of an hour into one of days."""
    return not now < letter.due <= now + LONGEST_WAIT


def _id_of(document: object) -> str:
    """The id that *document* has, which need not be one of ours."""
    event = document.get("event") if isinstance(document, Mapping) else None
    identity = event.get("id") if isinstance(event, Mapping) else None
    return identity[:_ID_CHARS] if isinstance(identity, str) else ""


def place_of(line: Taken) -> Place:
    """Where *line* lies in the log."""
    return Place(line.start, line.position.segment, line.position.offset)


def reasons_of(letters: Iterable[DeadLetter]) -> Mapping[str, int]:
    """How many of *letters* there are for each reason, most first."""
    return dict(Counter(letter.reason for letter in letters).most_common())
