"""Names of other languages as Chinese text spells them: of several parts with dots between, or with a hyphen."""

import re
from collections.abc import Container, Iterator, Sequence

from policies.recognisers.persons.patterns import (
    DOT,
    ENDS,
    FOLLOWS,
    FOLLOWS_LONG,
    LEADS,
    LONGEST_PART,
    ROLE_FIRST,
)
from policies.recognisers.persons.words import NEVER_LAST, TRANSLITERATING

_LEAST = 2
"""Characters of a part whose first or last is none that such names are spelled with."""


_PARTICLES = "了着过的由被与和"
"""What stands between a word that a name may follow and the name: 会见了由…率领的."""
_APART = re.compile(r"[^\w\-－‐]")
"""What is of no name of several parts: the sign or the blank behind a label."""


class Spelled:
    """The names of one sentence that are spelled from another language."""

    def __init__(self, text: str, words: Sequence[tuple[int, int, str]], known: Container[str]) -> None:
        self.text = text
        self._words = words
        self._known = known
        self._people = {end: start for start, end, kind in words if kind == "PER"}

    def names(self) -> Iterator[tuple[int, int]]:
        """Where names of several parts with dots between begin and end."""
        text = self.text
        done = 0
        for dot in DOT.finditer(text):
            if dot.start() < done:
                continue
            start, end = self._behind_signs(self._first_part(dot.start()), dot.start()), self.run(dot.end(), 1)
            while end < len(text) and DOT.match(text, end) and self.run(end + 1, 1) > end + 1:
                end = self.run(end + 1, 1)
            if end == dot.end():
                end = self._tagged_end(dot.start(), dot.end())
            if start < dot.start() and end > dot.end():
                done = self._last(dot.end(), end)
                yield self.before_hyphen(start), done

    def _tagged_end(self, dot: int, end: int) -> int:
        """Where what the tagger takes for a name ends that goes on behind the *dot*, which ends at *end*."""
        return next((stop for stop, begun in self._people.items() if begun < dot and end < stop), end)

    def before_hyphen(self, start: int) -> int:
        """Where a name begins that goes on at *start* behind a hyphen: 让-克洛德; *start*, where none does."""
        if self.text[start - 1 : start] not in ("-", "－", "‐"):
            return start
        return start - 2 if self.text[start - 2 : start - 1] == "让" else min(self.run(start - 1, -1), start)

    def run(self, at: int, step: int) -> int:
        """How far from *at* on, by *step*, characters stand that names of other languages are written with."""
        text, limit = self.text, at + step * LONGEST_PART
        first = at if step > 0 else at - 1
        last = first
        while 0 <= last < len(text) and last != limit and text[last] in TRANSLITERATING:
            last += step
        edge = last if step > 0 else last + 1
        for start, end, kind in self._words:  # a word of several characters is not torn
            if kind != "PER" and start < edge < end and end - start > 1 and text[start:end] in self._known:
                edge = start if step > 0 else end
        return edge

    def _first_part(self, dot: int) -> int:
        """Where the part begins that ends before the *dot*: behind a role, or where the tagger lets it begin."""
        text = self.text
        start = self.run(dot, -1)
        for role in ROLE_FIRST.finditer(text, max(0, start - LONGEST_PART), dot - 1):
            # A role tells where the name begins, also before characters that such names are hardly spelled with.
            end = role.end() + text.startswith("人", role.end())  # who it is done to: 被询问|人
            is_near = end >= start - _LEAST or self._is_tagged(end, dot)
            if is_near and dot - end >= _LEAST and text[end] not in _PARTICLES:
                return end
        leads = next(LEADS.finditer(text, max(0, start - LONGEST_PART), dot - 1), None)
        if leads is not None and dot - leads.end() >= _LEAST and leads.end() >= start - _LEAST:
            return leads.end()
        tagged = next((begun for end, begun in self._people.items() if begun < start < end and end >= dot), start)
        return tagged if start - tagged <= LONGEST_PART and not self._is_role(tagged) else start

    def _behind_signs(self, start: int, dot: int) -> int:
        """Where the part begins that is told to begin at *start*, without what parts it from a label before."""
        return max((sign.end() for sign in _APART.finditer(self.text, start, dot)), default=start)

    def _is_tagged(self, start: int, dot: int) -> bool:
        """Whether all from *start* to the *dot* is of a name, as the tagger reads it."""
        return any(begun <= start and dot <= end for end, begun in self._people.items())

    def _is_role(self, start: int) -> bool:
        """Whether a role runs over *start*, so that what is tagged from there on begins too early: 副总|理素帕猜."""
        return any(
            (role := ROLE_FIRST.match(self.text, before)) is not None and role.end() > start
            for before in range(max(0, start - 3), start)
        )

    def _last(self, start: int, end: int) -> int:
        """Where the last part ends that reads on from *start* to *end* at least."""
        text = self.text
        if end - start > _LEAST and (text[end - 1] == "于" or FOLLOWS_LONG.match(text, end - 1)):
            return end - 1
        last = text[end : end + 1]
        if not "\u4e00" <= last <= "\u9fff" or last in NEVER_LAST or FOLLOWS.match(text, end):
            return end
        if text[end : end + 2] in self._known or not (ENDS.match(text, end + 1) or FOLLOWS.match(text, end + 1)):
            return end
        return end + 1
