"""Regular expressions as the kernel runs them: the patterns of the tables, step by step (see `matcher.rs`).

Python's own parser reads them, so that the kernel means what `re` means. What the kernel has no step for raises
Unsupported, and `re` runs that pattern.
"""

import functools
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

UNITS = 0x10000
LAST = 0x10FFFF
ASCII = 128
_END, _LITERAL, _SET, _REPEAT, _SPLIT, _JUMP, _SAVE, _LOOK, _BACK, _IF, _AT_END, _AT_BEGIN, _SPACED = range(13)
"""The same in `matcher.rs`."""
_GREEDY, _LAZY, _POSSESSIVE = range(3)
_MOST_COPIES = 64

type Ranges = tuple[tuple[int, int], ...]
"""Code points, first and last of each row, in order."""


class Unsupported(Exception):
    """The kernel has no step for this."""


class Programs:
    """Patterns made into steps, one behind the other, and the sets of characters that they ask for."""

    def __init__(self) -> None:
        self.code = array("I")
        self.sets = array("I")
        self._places: dict[Ranges, int] = {}

    def add(self, pattern: re.Pattern[str]) -> int:
        """Where in `code` the steps of *pattern* begin. Raises Unsupported."""
        begun = len(self.code)
        try:
            self._sequence(list(_parser.parse(pattern.pattern, pattern.flags)), ignore_case=_ignores_case(pattern))
        except Unsupported:
            del self.code[begun:]
            raise
        self.code.append(_END)
        return begun

    def set_of(self, ranges: Ranges) -> int:
        """Where in `sets` that of *ranges* stands: four words for ASCII, how many rows there are beyond, and these."""
        if ranges not in self._places:
            self._places[ranges] = len(self.sets)
            low = sum(1 << code for first, last in ranges for code in range(first, min(last, ASCII - 1) + 1))
            self.sets.extend(low >> 32 * word & 0xFFFFFFFF for word in range(4))
            beyond = [(max(first, ASCII), last) for first, last in ranges if last >= ASCII]
            self.sets.append(len(beyond))
            self.sets.extend(code for row in beyond for code in row)
        return self._places[ranges]

    def _sequence(self, items: Sequence[Any], *, ignore_case: bool) -> None:
        for number, item in enumerate(items):
            self._item(item, items[number + 1 :], ignore_case=ignore_case)

    def _item(self, item: Any, following: Sequence[Any], *, ignore_case: bool) -> None:
        kind, value = item
        if (ranges := _ranges_of(item, ignore_case=ignore_case)) is not None:
            is_one = len(ranges) == 1 and ranges[0][0] == ranges[0][1]
            self.code.extend((_LITERAL, ranges[0][0]) if is_one else (_SET, self.set_of(ranges)))
        elif kind is op.BRANCH:
            self._branches(value[1], ignore_case=ignore_case)
        elif kind is op.SUBPATTERN:
            group, added, removed, items = value
            inner = (ignore_case or bool(added & re.IGNORECASE)) and not removed & re.IGNORECASE
            if group is not None:
                self.code.extend((_SAVE, 2 * group))
            self._sequence(list(items), ignore_case=inner)
            if group is not None:
                self.code.extend((_SAVE, 2 * group + 1))
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT):
            self._repeat(kind is op.MIN_REPEAT, value, following, ignore_case=ignore_case)
        elif kind in (op.ASSERT, op.ASSERT_NOT):
            self._look(kind is op.ASSERT_NOT, *value, ignore_case=ignore_case)
        elif kind is op.GROUPREF and not ignore_case:
            self.code.extend((_BACK, value))
        elif kind is op.GROUPREF_EXISTS:
            self._condition(*value, ignore_case=ignore_case)
        elif kind is op.AT and value in (op.AT_END_STRING, op.AT_BEGINNING, op.AT_BEGINNING_STRING):
            self.code.append(_AT_END if value is op.AT_END_STRING else _AT_BEGIN)
        else:
            raise Unsupported(str(kind))

    def _branches(self, branches: Sequence[Any], *, ignore_case: bool) -> None:
        jumps = []
        for number, branch in enumerate(branches):
            is_last = number == len(branches) - 1
            split = self._leave() if not is_last else None
            self._sequence(list(branch), ignore_case=ignore_case)
            if split is not None:
                self.code.extend((_JUMP, 0))
                jumps.append(len(self.code) - 1)
                self.code[split : split + 3] = array("I", (_SPLIT, split + 3, len(self.code)))
        for jump in jumps:
            self.code[jump] = len(self.code)

    def _leave(self) -> int:
        self.code.extend((_SPLIT, 0, 0))
        return len(self.code) - 3

    def _repeat(self, is_lazy: bool, repeated: Any, following: Sequence[Any], *, ignore_case: bool) -> None:
        least, most, items = repeated
        most = 0xFFFFFFFF if most is op.MAXREPEAT else int(most)
        body = list(items)
        ranges = _ranges_of(body[0], ignore_case=ignore_case) if len(body) == 1 else None
        if ranges is not None:
            apart = _first_of(following, ignore_case=ignore_case)
            # What follows is none of these: to give one back would never help.
            mode = _LAZY if is_lazy else _POSSESSIVE if apart is not None and _disjoint(ranges, apart) else _GREEDY
            self.code.extend((_REPEAT, self.set_of(ranges), least, most, mode))
            return
        if not is_lazy and (spaced := _spaced(body, ignore_case=ignore_case)) is not None and most <= _MOST_COPIES:
            between, number, among = spaced
            self.code.extend((_SPACED, self.set_of(between), number, self.set_of(among), least, most))
            return
        if most > _MOST_COPIES or ((least, most) != (0, 1) and items.getwidth()[0] == 0):
            raise Unsupported("a repetition without end, or of nothing")
        splits = []
        for number in range(most):
            if number >= least:
                splits.append(self._leave())
            self._sequence(body, ignore_case=ignore_case)
        for split in splits:
            ways = (len(self.code), split + 3) if is_lazy else (split + 3, len(self.code))
            self.code[split : split + 3] = array("I", (_SPLIT, *ways))

    def _look(self, is_not: bool, direction: int, items: Any, *, ignore_case: bool) -> None:
        least, most = items.getwidth()
        if direction < 0 and least != most:
            raise Unsupported("a look behind of no fixed width")
        self.code.extend((_LOOK, int(is_not), least if direction < 0 else 0, 0))
        end = len(self.code) - 1
        self._sequence(list(items), ignore_case=ignore_case)
        self.code.append(_END)
        self.code[end] = len(self.code)

    def _condition(self, group: int, yes: Any, no: Any, *, ignore_case: bool) -> None:
        self.code.extend((_IF, group, 0))
        otherwise = len(self.code) - 1
        self._sequence(list(yes), ignore_case=ignore_case)
        self.code.extend((_JUMP, 0))
        jump = len(self.code) - 1
        self.code[otherwise] = len(self.code)
        self._sequence(list(no or ()), ignore_case=ignore_case)
        self.code[jump] = len(self.code)


def _ignores_case(pattern: re.Pattern[str]) -> bool:
    if pattern.flags & (re.MULTILINE | re.DOTALL | re.ASCII | re.LOCALE):
        raise Unsupported("a flag")
    return bool(pattern.flags & re.IGNORECASE)


def _ranges_of(item: Any, *, ignore_case: bool) -> Ranges | None:
    """The characters of *item*, where it stands for one; None where it is something else. Raises Unsupported."""
    kind, value = item
    if kind is op.LITERAL:
        return _variants(value, value) if ignore_case else ((value, value),)
    if kind is op.NOT_LITERAL and not ignore_case:
        return _without(((value, value),))
    if kind is not op.IN:
        return None
    is_not = value[0][0] is op.NEGATE
    ranges: list[tuple[int, int]] = []
    for each, what in value[is_not:]:
        if each is op.LITERAL:
            ranges += _variants(what, what) if ignore_case else ((what, what),)
        elif each is op.RANGE:
            ranges += _variants(*what) if ignore_case else (what,)
        elif each is op.CATEGORY and what is op.CATEGORY_SPACE:
            ranges += ((ord(char), ord(char)) for char in re.findall(r"\s", _every()))
        else:
            raise Unsupported(str(each))
    return _without(ranges) if is_not else _joined(ranges)


def characters(pattern: re.Pattern[str]) -> Ranges:
    """The characters of *pattern*, which is one set. Raises Unsupported."""
    items = list(_parser.parse(pattern.pattern, pattern.flags))
    if len(items) != 1 or (ranges := _ranges_of(items[0], ignore_case=False)) is None:
        raise Unsupported("more than one set")
    return ranges


@functools.cache
def _variants(first: int, last: int) -> Ranges:
    """What matches one of the characters from *first* to *last* where case is ignored."""
    if first == last and chr(first).lower() == chr(first).upper():
        return ((first, last),)
    found = re.findall(f"[\\U{first:08x}-\\U{last:08x}]", _every(), re.IGNORECASE)
    return _joined((ord(char), ord(char)) for char in found)


def either_case(char: str) -> Iterator[str]:
    """The characters that match *char* where case is ignored."""
    return (chr(code) for first, last in _variants(ord(char), ord(char)) for code in range(first, last + 1))


@functools.cache
def _every() -> str:
    return "".join(map(chr, range(UNITS)))


def _joined(ranges: Iterable[tuple[int, int]]) -> Ranges:
    joined: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return tuple(joined)


def _without(ranges: Iterable[tuple[int, int]]) -> Ranges:
    left, begin = [], 0
    for first, last in _joined(ranges):
        if begin < first:
            left.append((begin, first - 1))
        begin = last + 1
    return (*left, (begin, LAST)) if begin <= LAST else tuple(left)


def _disjoint(some: Ranges, others: Ranges) -> bool:
    return all(last < start or end < first for first, last in some for start, end in others)


def _first_of(items: Sequence[Any], *, ignore_case: bool) -> Ranges | None:
    """With what *items* begin, where they begin with one of a set."""
    if not items:
        return None
    kind, value = items[0]
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT) and value[0] > 0 and len(value[2]) == 1:
        return _ranges_of(value[2][0], ignore_case=ignore_case)
    return _ranges_of(items[0], ignore_case=ignore_case)


def begins(pattern: re.Pattern[str]) -> tuple[int, dict[int, int]]:
    """The units with which *pattern* may begin, as bits, and with which behind each ASCII character."""
    items = list(_parser.parse(pattern.pattern, pattern.flags))
    behind: list[int] = []
    firsts = _begins(items, None, behind, _ignores_case(pattern))[0]
    may: dict[tuple[bool, ...], int] = {}
    after = {}
    for code in range(ASCII):
        seen = tuple(bool(bits >> code & 1) for bits in behind)
        if seen not in may:
            may[seen] = _begins(items, code, [], _ignores_case(pattern))[0]
        after[code] = may[seen]
    return firsts, after


def consists(pattern: re.Pattern[str]) -> tuple[Ranges, int]:
    """All characters that a match of *pattern* may hold, and how many it has at least."""
    parsed = _parser.parse(pattern.pattern, pattern.flags)
    return _joined(_consists(list(parsed), _ignores_case(pattern))), parsed.getwidth()[0]


def leads_to(pattern: re.Pattern[str]) -> tuple[Ranges, int] | None:
    """Characters that *pattern* begins with, in whatever order, and the one that ends them and is none of them."""
    before: list[tuple[int, int]] = []
    for item in _parser.parse(pattern.pattern, pattern.flags):
        if item[0] is op.LITERAL:
            return (_joined(before), item[1]) if _disjoint(((item[1], item[1]),), tuple(before)) else None
        before += _consists([item], _ignores_case(pattern))
    return None


def _consists(items: Iterable[Any], ignore_case: bool) -> Iterator[tuple[int, int]]:
    for kind, value in items:
        if (ranges := _ranges_of((kind, value), ignore_case=ignore_case)) is not None:
            yield from ranges
        elif kind is op.BRANCH:
            for branch in value[1]:
                yield from _consists(branch, ignore_case)
        elif kind is op.SUBPATTERN:
            yield from _consists(value[3], ignore_case or bool(value[1] & re.IGNORECASE))
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT):
            yield from _consists(value[2], ignore_case)
        elif kind is op.GROUPREF_EXISTS:
            yield from _consists([*value[1], *(value[2] or ())], ignore_case)


_ALL = (1 << UNITS) - 1


@functools.cache
def _bits(ranges: Ranges) -> int:
    return sum((1 << min(last, UNITS - 1) + 1) - (1 << first) for first, last in ranges if first < UNITS)


def _spaced(body: Sequence[Any], *, ignore_case: bool) -> tuple[Ranges, int, Ranges] | None:
    """What *body* is, if it is one of a set behind at most so many of another that has nothing in common with it."""
    if len(body) != 2 or body[0][0] is not op.MAX_REPEAT:
        return None
    least, most, items = body[0][1]
    between = _ranges_of(items[0], ignore_case=ignore_case) if len(items) == 1 else None
    among = _ranges_of(body[1], ignore_case=ignore_case)
    if between is None or among is None or least or most is op.MAXREPEAT or not _disjoint(between, among):
        return None
    return between, most, among


def _begins(items: Sequence[Any], before: int | None, behind: list[int], ignore_case: bool) -> tuple[int, bool]:
    """With what *items* may begin behind *before*, and whether they may be nothing; *behind*: what is asked of it."""
    bits = 0
    for item in items:
        kind, value = item
        ranges = _ranges_of(item, ignore_case=ignore_case)
        if ranges is not None:
            return bits | _bits(ranges), False
        if kind is op.BRANCH:
            some, may_be_nothing = zip(
                *(_begins(list(one), before, behind, ignore_case) for one in value[1]), strict=True
            )
            more, is_nothing = functools.reduce(int.__or__, some), any(may_be_nothing)
        elif kind is op.SUBPATTERN:
            inner = ignore_case or bool(value[1] & re.IGNORECASE)
            more, is_nothing = _begins(list(value[3]), before, behind, inner)
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT):
            more, is_nothing = _begins(list(value[2]), before, behind, ignore_case)
            is_nothing |= value[0] == 0
        elif kind in (op.ASSERT, op.ASSERT_NOT):
            more, is_nothing = 0, True
            if value[0] < 0 and len(value[1]) == 1 and (asked := _ranges_of(value[1][0], ignore_case=False)):
                behind.append(_bits(asked))
                holds = before is None or bool(_bits(asked) >> before & 1) is (kind is op.ASSERT)
                is_nothing = holds
        elif kind is op.AT:
            more, is_nothing = 0, True
        else:
            return _ALL, False
        bits |= more
        if not is_nothing:
            return bits, False
    return bits, True
