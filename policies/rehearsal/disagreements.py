"""How often a draft that runs in the shadow of the live program would have done otherwise. Counts only, no values."""

from collections.abc import Iterable

import msgspec

from policies.keys.authentic import authenticated, checked
from policies.rehearsal.changes import Change, Kind

MOST_ROWS = 2_000
_LABEL = b"yingbi shadow 1 "


class Row(msgspec.Struct, frozen=True):
    """One thing that a draft would do otherwise."""

    kind: Kind
    system: str
    operation: str
    about: str
    category: str
    before: str
    """What the live program says."""
    after: str
    """What the draft says."""
    rule: str
    """`file:line` of the draft."""


class Disagreements(msgspec.Struct):
    """What one worker, or all of them, counted of one publication of a draft."""

    generation: int
    """Of the draft; 0 for none."""
    exchanges: int = 0
    """That both were asked about."""
    failures: int = 0
    """In which the draft could not be asked: no answer was touched by it."""
    left_out: int = 0
    """Differences that no room was left for."""
    counts: dict[Row, tuple[int, int]] = {}
    """Answers and values of each."""

    def add(self, system: str, change: Change, answers: int, values: int) -> None:
        """Count *change* so many times more."""
        before, after = change.before, change.after
        self.count(
            Row(
                change.kind,
                system,
                change.operation,
                change.about,
                change.category,
                before.transform,
                after.transform,
                after.rule,
            ),
            answers,
            values,
        )

    def count(self, row: Row, answers: int, values: int) -> None:
        """Count *row* so many times more."""
        known = self.counts.get(row)
        if known is None:
            if len(self.counts) >= MOST_ROWS:
                self.left_out += 1
                return
            known = (0, 0)
        self.counts[row] = known[0] + answers, known[1] + values


class _Kept(msgspec.Struct):
    generation: int
    exchanges: int
    failures: int
    left_out: int
    rows: list[tuple[Row, int, int]]


def write_disagreements(found: Disagreements, key: bytes) -> bytes:
    """The bytes that keep *found*; `read_disagreements` takes them back with the same *key* only."""
    rows = [(row, answers, values) for row, (answers, values) in found.counts.items()]
    kept = _Kept(found.generation, found.exchanges, found.failures, found.left_out, rows)
    return authenticated(msgspec.json.encode(kept), key, _LABEL)


def read_disagreements(data: bytes, key: bytes) -> Disagreements:
    """The counts in *data*. Raises ValueError where they are not what was written."""
    kept = msgspec.json.decode(checked(data, key, _LABEL), type=_Kept)
    counts = {row: (answers, values) for row, answers, values in kept.rows}
    return Disagreements(kept.generation, kept.exchanges, kept.failures, kept.left_out, counts)


def together(generation: int, many: Iterable[Disagreements]) -> Disagreements:
    """All of *many* that are about the draft *generation*, in one."""
    found = Disagreements(generation)
    for each in many:
        if each.generation == generation:
            found.exchanges += each.exchanges
            found.failures += each.failures
            found.left_out += each.left_out
            for row, (answers, values) in each.counts.items():
                found.count(row, answers, values)
    return found
