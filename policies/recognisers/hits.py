"""What the kernel found, as the numbers that it writes, until somebody looks at it."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, overload

from policies.recognisers.table import Hit

FEW = 8
"""Places of which each is looked up faster by itself."""


class Hits(Sequence[Hit]):
    """Hits as the kernel writes them, each made when it is asked for."""

    __slots__ = ("_ends", "_kinds", "_starts", "_tables")

    def __init__(
        self, starts: "array[int]", ends: "array[int]", kinds: "array[int]", tables: Sequence[Sequence[Any]]
    ) -> None:
        self._starts, self._ends, self._kinds = starts, ends, kinds
        self._tables = tables
        """Of each kind the category, the score, and why."""

    def __len__(self) -> int:
        return len(self._starts)

    def __iter__(self) -> Iterator[Hit]:
        return map(Hit, self._starts, self._ends, *_each_of(self._tables, self._kinds))

    @overload
    def __getitem__(self, place: int) -> Hit: ...
    @overload
    def __getitem__(self, place: slice) -> "Hits": ...
    def __getitem__(self, place: int | slice) -> "Hit | Hits":
        if isinstance(place, slice):
            return Hits(self._starts[place], self._ends[place], self._kinds[place], self._tables)
        kind = self._kinds[place]
        return Hit(self._starts[place], self._ends[place], *(table[kind] for table in self._tables))

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, list | tuple | Hits) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # as of lists

    def __repr__(self) -> str:
        return repr(list(self))


def as_hits(told: "array[int]", first: int, number: int, tables: Sequence[Sequence[Any]]) -> Sequence[Hit]:
    """So many hits as are in *told* from *first* on: where they begin, where they end, and what they are.

    A list, where they are so few that it is made as fast. *tables*: of each kind the category, the score, and why.
    """
    if number >= FEW:
        starts, ends, kinds = (told[first + number * plane : first + number * (plane + 1)] for plane in range(3))
        return Hits(starts, ends, kinds, tables)
    categories, scores, whys = tables
    hits = []
    for start in range(first, first + number):
        kind = told[start + 2 * number]
        hits.append(Hit(told[start], told[start + number], categories[kind], scores[kind], whys[kind]))
    return hits


def _each_of(tables: Sequence[Sequence[Any]], places: "array[int]") -> Iterable[Sequence[Any]]:
    """Of each of *tables*, what stands at each of *places*."""
    if len(places) < FEW:
        return ([table[place] for place in places] for table in tables)
    return map(itemgetter(*places), tables)
