"""Who of the callers that were shown something of a sample is a source of it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from siem.trace.candidate import Candidate
from siem.trace.found import Suspect, Verdict

SOURCES = 10
LEAST_LIKELY = -6.0
"""How unlikely chance has to be, as a decimal logarithm, after as many callers were compared as there were."""
LEAST_SHARE = 0.05
"""Of the sample: a source of less is none."""
FEWEST = 3
LEAST_ODDS = 5.0
"""How many times as often a source was shown a subject of the sample as any other subject, by odds."""
EXPLAINED = 0.6
"""The share of what was shown in clear that sources have to explain together; of less it is explained in part."""

ABOUT = 0.1
"""Of those whose likelihood differs by no more, the order of the sample decides: it may be an order that many lists
have, and is no evidence by itself.
"""


@dataclass(frozen=True, slots=True)
class Judging:
    """Who of the candidates is a source."""

    known: int
    """How many subjects the index knows."""
    shown: frozenset[int]
    """What of the sample anybody was shown in clear."""
    compared: int
    """How many callers were."""

    def sources(self, ranked: Sequence[Candidate]) -> tuple[list[Candidate], frozenset[int]]:
        """The sources in the order in which they explain most of what is left, and what they explain."""
        sources: list[Candidate] = []
        explained: frozenset[int] = frozenset()
        while len(sources) < SOURCES:
            able = [each for each in ranked if each not in sources and self._is_able(each, explained)]
            if not able:
                break
            chances = [self._chance(each, explained) for each in able]
            about = min(chances) * (1 - ABOUT)
            sources.append(
                max(
                    (each for each, chance in zip(able, chances, strict=True) if chance <= about),
                    key=lambda each: each.detail.order if each.detail else 0.0,
                )
            )
            explained |= sources[-1].matched
        return sources, explained

    def verdict(self, sources: int, explained: int) -> Verdict:
        """What so many sources come to that explain so many identifiers."""
        if not self.shown:
            return Verdict.NOTHING_SHOWN
        if not sources:
            return Verdict.NO_CALLER
        if explained < EXPLAINED * len(self.shown):
            return Verdict.IN_PART
        return Verdict.ONE_CALLER if sources == 1 else Verdict.SEVERAL_CALLERS

    def suspects(
        self, ranked: Sequence[Candidate], sources: Sequence[Candidate], identifiers: int
    ) -> Iterator[Suspect]:
        """The sources, then the others by likelihood."""
        explained: set[int] = set()
        others = [each for each in ranked if each not in sources]
        for rank, each in enumerate((*sources, *others), start=1):
            yield each.suspect(
                rank,
                identifiers=identifiers,
                shown=len(self.shown),
                likelihood=max(0.0, -self._chance(each, frozenset())),
                newly=len(each.matched - explained),
                is_source=rank <= len(sources),
            )
            if rank <= len(sources):
                explained |= each.matched

    def _is_able(self, candidate: Candidate, explained: frozenset[int]) -> bool:
        rest = self.shown - explained
        if len(candidate.matched & rest) < max(FEWEST, LEAST_SHARE * len(self.shown)):
            return False
        return self._chance(candidate, explained) <= LEAST_LIKELY and candidate.odds(self.known, rest) >= LEAST_ODDS

    def _chance(self, candidate: Candidate, explained: frozenset[int]) -> float:
        """The decimal logarithm of how likely it is that one of all callers agrees so well with the rest by chance."""
        chance = candidate.log10_chance(self.known, self.shown - explained, explained)
        return min(0.0, chance + math.log10(self.compared))
