"""How many different subjects each caller was shown: counted in windows that roll, judged before anything is shown.

INVARIANT: no window of a limit's length, whenever it begins, holds more subjects than the limit, and what is refused
would have made a window longer by `LATE` hold more. Times are milliseconds of a clock that nobody can set; see
`proxy.quota.file`. Pure: what is admitted here is kept by whoever asks.
"""

from collections.abc import Iterable, Sequence
from itertools import islice

import msgspec

from policies.limits import DAY_S, HOUR_S

LATE = 0.05
"""So much longer than the window a subject counts: workers show one again without asking for half of that, and what
was judged may take the other half to leave."""
_LENGTHS_MS = tuple(int(1000 * length_s * (1 + LATE)) for length_s in (HOUR_S, DAY_S))
LONGEST_MS = max(_LENGTHS_MS)
"""After that long nothing counts any more."""


class Numbers(msgspec.Struct, frozen=True, array_like=True):
    """A limit as it is in force for a caller: how many subjects in any hour and in any 24 hours; None: any number."""

    limit: str
    an_hour: int | None
    a_day: int | None


class Question(msgspec.Struct, frozen=True, array_like=True):
    """Whether *caller* may be shown all of these subjects by all of these limits. Each comes with the digest that it
    had under the key before, or an empty one.
    """

    caller: str
    numbers: tuple[Numbers, ...]
    subjects: tuple[tuple[str, str], ...]


class Verdict(msgspec.Struct, frozen=True, array_like=True):
    """What became of a question: admitted where no limit refuses; else nothing was."""

    refused: tuple[str, ...] = ()
    """The limits that would be exceeded."""
    retry_s: int = 0
    """After that long it would be admitted, as far as can be known: 0 where it never would."""


class _Window:
    """The subjects that one caller was shown lately under one limit, each with when last, the oldest first."""

    __slots__ = ("_length_ms", "_shown")

    def __init__(self, length_ms: int) -> None:
        self._length_ms = length_ms
        self._shown: dict[str, int] = {}

    def wait_ms(self, now_ms: int, subjects: Iterable[str], most: int) -> int | None:
        """In how many milliseconds *subjects* have room; 0: now, None: never."""
        self.forget(now_ms)
        wanted = set(subjects)
        free = most - len(self._shown) - sum(1 for subject in wanted if subject not in self._shown)
        if free >= 0:
            return 0
        if len(wanted) > most:
            return None
        # The oldest ones make room, but for those that are wanted, which will count in any case.
        leaving = (at for subject, at in self._shown.items() if subject not in wanted)
        last = next(islice(leaving, -free - 1, None))
        return max(1, last + self._length_ms - now_ms)

    def add(self, now_ms: int, subjects: Iterable[str]) -> None:
        """Count *subjects* as shown now."""
        shown = self._shown
        for subject in subjects:
            shown.pop(subject, None)
            shown[subject] = now_ms
        self.forget(now_ms)

    def forget(self, now_ms: int) -> None:
        """Let go of what counts no more."""
        shown = self._shown
        while shown:
            subject = next(iter(shown))
            if shown[subject] + self._length_ms > now_ms:
                return
            del shown[subject]

    def __len__(self) -> int:
        return len(self._shown)


class _Former:
    """What subjects were called under the digest key before: for a while two processes may not call them alike."""

    def __init__(self) -> None:
        self._of: dict[str, tuple[str, int]] = {}

    def names(self, subjects: Iterable[tuple[str, str]], now_ms: int) -> list[str]:
        """The one name under which each of *subjects* counts."""
        found: dict[str, None] = {}
        for current, former in subjects:
            if former:
                self._of.pop(current, None)
                self._of[current] = former, now_ms
                found[self._first(former)] = None
            else:
                found[self._first(current) if self._of else current] = None
        return list(found)

    def forget(self, now_ms: int) -> None:
        """Let go of names that nobody counts by any more."""
        while self._of:
            name = next(iter(self._of))
            if self._of[name][1] + LONGEST_MS > now_ms:
                return
            del self._of[name]

    def _first(self, name: str) -> str:
        known = self._of.get(name)
        return known[0] if known is not None else name


class Book:
    """All that is counted on one host."""

    def __init__(self) -> None:
        self._windows: dict[tuple[str, str], tuple[_Window, _Window]] = {}
        self._former = _Former()

    def judge(self, question: Question, now_ms: int) -> Verdict:
        """Whether what is asked may be shown now. Counts nothing yet."""
        names = self._former.names(question.subjects, now_ms)
        refused: list[str] = []
        waits: list[int | None] = []
        for numbers in question.numbers:
            windows = self._windows.get((numbers.limit, question.caller)) or _new_windows()
            found = [
                window.wait_ms(now_ms, names, most)
                for window, most in zip(windows, (numbers.an_hour, numbers.a_day), strict=True)
                if most is not None
            ]
            if any(wait != 0 for wait in found):
                refused.append(numbers.limit)
                waits += found
        if not refused or None in waits:
            return Verdict(tuple(refused))
        return Verdict(tuple(refused), -(-max(wait for wait in waits if wait is not None) // 1000))

    def admit(self, caller: str, limits: Sequence[str], subjects: Sequence[tuple[str, str]], at_ms: int) -> None:
        """Count *subjects* as shown to *caller* at *at_ms*, under each of *limits*."""
        names = self._former.names(subjects, at_ms)
        for limit in limits:
            windows = self._windows.get((limit, caller))
            if windows is None:
                windows = self._windows[limit, caller] = _new_windows()
            for window in windows:
                window.add(at_ms, names)

    def forget(self, now_ms: int) -> None:
        """Let go of all that counts no more."""
        self._former.forget(now_ms)
        for key, windows in list(self._windows.items()):
            for window in windows:
                window.forget(now_ms)
            if not any(map(len, windows)):
                del self._windows[key]

    def counted(self, limit: str, caller: str) -> tuple[int, int]:
        """How many subjects count now in the hour and in the day."""
        an_hour, a_day = self._windows.get((limit, caller)) or _new_windows()
        return len(an_hour), len(a_day)


def _new_windows() -> tuple[_Window, _Window]:
    an_hour, a_day = map(_Window, _LENGTHS_MS)
    return an_hour, a_day
