"""What another policy would change: which fields of which operations it would show, mask or withhold, and to whom.

Pure: two programs of each system, what was used, the time. What cannot be proved to show no more counts as showing
more: the officer reads a line too many rather than one too few.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from policies.program import Program
from policies.rehearsal.changes import Change, Kind, Side, changes_of
from policies.rehearsal.declared import declared_changes
from policies.rehearsal.standpoint import Asker, Standpoint

DANGER = tuple(Kind)
LOOSER = frozenset({Kind.SHOWN, Kind.ANSWERED, Kind.ASKED, Kind.OTHERWISE})
"""What a draft must not do unnoticed."""
UNCOUNTED = frozenset({Kind.ASKED, Kind.UNASKED})
"""Records do not hold what was asked in parameters, so nobody can say how often it was."""
ANYBODY = "*"
"""In `Difference.who`: callers who have not signed in."""
SIGNED_IN = "@"
"""In `Difference.who`: callers who have, without any post or grant that matters."""


@dataclass(slots=True, kw_only=True)
class Usage:
    """What one caller did with one operation and one format of its answers."""

    system: str
    operation: str
    """Its id in the program that answered."""
    format: str = ""
    """Empty where nobody knows: then every declared format counts."""
    is_error: bool = False
    """Whether the answers had a status of 400 and above, made by the system behind."""
    asker: Asker
    answered: int = 0
    refused: int = 0
    fields: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Of each field of which there were values, by its name in the program that answered: answers with it, values."""


@dataclass(slots=True, kw_only=True)
class Difference:
    """One thing that would change, with everybody it would change for."""

    kind: Kind
    system: str
    operation: str
    about: str
    """A field, a question or a header; empty where it is the whole operation."""
    category: str
    before: Side
    after: Side
    who: set[str] = field(default_factory=set)
    """The posts, or else the callers, for whom it would change, whether one of them used it or not."""
    staff: set[str] = field(default_factory=set)
    """Those who used it, citizens left out; an empty text stands for callers who had not signed in."""
    citizens: set[str] = field(default_factory=set)
    """Digests: to be counted, not shown."""
    times: int = 0
    """How many answers it would have changed, or how many refusals."""
    values: int = 0


def rehearse(
    before: Mapping[str, Program], after: Mapping[str, Program], usages: Iterable[Usage], now: datetime
) -> list[Difference]:
    """What would change were *after* in force in the place of *before*, each by system: the most dangerous first.

    Counts are of *usages*. What nobody used is told as well, for every caller that either policy has a grant for.
    """
    found: dict[tuple[object, ...], Difference] = {}
    pairs = {name: _Pair(before.get(name), after.get(name), now) for name in sorted(before.keys() | after.keys())}
    for system, pair in pairs.items():
        pair.add_declared(system, found)
        for asker in pair.imagined():
            for operation in pair.operations():
                pair.add(Usage(system=system, operation=operation, asker=asker), found)
                if pair.has_other_errors:
                    pair.add(Usage(system=system, operation=operation, asker=asker, is_error=True), found)
    for usage in usages:
        if usage.system in pairs:
            pairs[usage.system].add(usage, found)
    return sorted(
        found.values(), key=lambda each: (DANGER.index(each.kind), -each.times, each.system, each.operation, each.about)
    )


class _Pair:
    """The two programs of one system; either may be missing."""

    def __init__(self, before: Program | None, after: Program | None, now: datetime) -> None:
        self._before = Standpoint(before, now) if before is not None else None
        self._after = Standpoint(after, now) if after is not None else None
        self._known: dict[tuple[object, ...], list[Change]] = {}

    @property
    def _both(self) -> list[Standpoint]:
        return [side for side in (self._before, self._after) if side is not None]

    @property
    def has_other_errors(self) -> bool:
        """Whether they declare otherwise what answers with a status of 400 and above hold."""
        first, *others = (side.program.errors for side in self._both)
        return any(first != other for other in others)

    def operations(self) -> list[str]:
        """Every operation that either declares."""
        return sorted({name for side in self._both for name in side.operations})

    def imagined(self) -> Iterator[Asker]:
        """Nobody, somebody without a post, and one caller for every way in which either tells callers apart."""
        yield Asker()
        yield Asker(is_signed_in=True)
        for side in self._both:
            yield from side.imagined()

    def add(self, usage: Usage, found: dict[tuple[object, ...], Difference]) -> None:
        """Add to *found* what would change for *usage*."""
        kinds = (side.kind_of(usage.asker) if side else None for side in (self._before, self._after))
        key = (usage.operation, usage.format, usage.is_error, *kinds)
        changes = self._known.get(key)
        if changes is None:
            changes = self._known[key] = list(
                dict.fromkeys(
                    changes_of(
                        self._before,
                        self._after,
                        usage.operation,
                        usage.asker,
                        read_as=usage.format,
                        is_error=usage.is_error,
                    )
                )
            )
        for change in changes:
            _count(change, usage, found)

    def add_declared(self, system: str, found: dict[tuple[object, ...], Difference]) -> None:
        """Add to *found* what is declared otherwise, whoever asks."""
        if self._before is not None and self._after is not None:
            for change in declared_changes(self._before.program, self._after.program):
                _add_declared(change, system, found)


def _add_declared(change: Change, system: str, found: dict[tuple[object, ...], Difference]) -> None:
    """Add *change*, which is about what is declared, for whomever it counts."""
    key = (system, change.kind, change.operation, change.about, change.category, change.before, change.after)
    found[key] = Difference(
        kind=change.kind,
        system=system,
        operation=change.operation,
        about=change.about,
        category=change.category,
        before=change.before,
        after=change.after,
    )


def _count(change: Change, usage: Usage, found: dict[tuple[object, ...], Difference]) -> None:
    key = (usage.system, change.kind, change.operation, change.about, change.category, change.before, change.after)
    difference = found.get(key)
    if difference is None:
        difference = found[key] = Difference(
            kind=change.kind,
            system=usage.system,
            operation=change.operation,
            about=change.about,
            category=change.category,
            before=change.before,
            after=change.after,
        )
    asker = usage.asker
    difference.who |= asker.posts or {_called(asker)}
    if change.kind in UNCOUNTED:
        return
    if change.counted_as:
        times, values = usage.fields.get(change.counted_as, (0, 0))
    else:
        times, values = usage.refused if change.was_refused else usage.answered, 0
        times += usage.refused if change.is_about_records else 0
    if times:
        difference.times += times
        difference.values += values
        (difference.citizens if asker.is_citizen else difference.staff).add(asker.id)


def _called(asker: Asker) -> str:
    if asker.is_citizen or not asker.id:
        return SIGNED_IN if asker.is_signed_in else ANYBODY
    return asker.id
