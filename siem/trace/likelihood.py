"""How likely it is that a caller's accesses and a leaked sample agree by chance.

Coverage and precision are judged together by the hypergeometric distribution (Fisher's exact test, one-sided): of
`known` subjects the caller was shown `seen`; a sample of `drawn` subjects that has nothing to do with the caller holds
`matched` or more of them with the probability that `log10_chance` tells. A caller who saw much has a great coverage of
any sample, and no small chance; one who saw little else has both. Sources: R. A. Fisher, Statistical Methods for
Research Workers, 1925; N. L. Johnson, A. W. Kemp, S. Kotz, Univariate Discrete Distributions, 3rd edition, 6.2.

The order is judged by Kendall's tau (M. G. Kendall, A New Measure of Rank Correlation, Biometrika 30, 1938): 1 where
the sample lists subjects as the caller was shown them, -1 where it does so backwards, about 0 where it was shuffled.

What the model does not know: subjects are not shown at random. A sample of one street agrees with whoever serves that
street, leak or not. So a small chance is a reason to look at a caller, and no proof.
"""

import bisect
import math
from collections.abc import Sequence

_LN10 = math.log(10)


def log10_chance(*, known: int, seen: int, drawn: int, matched: int) -> float:
    """The decimal logarithm of the probability that a sample drawn at random matches so much or more; 0 is certain.

    Raises ValueError where the numbers contradict one another.
    """
    if not (0 <= matched <= min(seen, drawn) and max(seen, drawn) <= known and seen + drawn - known <= matched):
        raise ValueError("more was matched, seen or drawn than there is")
    if matched <= max(0, seen + drawn - known):
        return 0.0
    if matched <= seen * drawn / known:
        return _log10_of(1 - _sum(known, seen, drawn, range(matched - 1, max(0, seen + drawn - known) - 1, -1)))
    # The terms fall from here on: their sum is told by the first and how the others stand to it.
    first = _ln_term(known, seen, drawn, matched)
    total = term = 1.0
    for place in range(matched, min(seen, drawn)):
        term *= (seen - place) * (drawn - place) / ((place + 1) * (known - seen - drawn + place + 1))
        total += term
        if term < total * 1e-12:
            break
    return min(0.0, (first + math.log(total)) / _LN10)


def order_of(places: Sequence[int]) -> float:
    """Kendall's tau of *places*, all different, against the order in which they stand; 0 for fewer than two."""
    pairs = len(places) * (len(places) - 1) // 2
    if not pairs:
        return 0.0
    passed: list[int] = []
    discordant = 0
    for place in places:
        discordant += len(passed) - bisect.bisect(passed, place)
        bisect.insort(passed, place)
    return 1 - 2 * discordant / pairs


def _sum(known: int, seen: int, drawn: int, places: range) -> float:
    return math.fsum(math.exp(_ln_term(known, seen, drawn, place)) for place in places)


def _log10_of(probability: float) -> float:
    return math.log10(min(1.0, max(probability, 1e-15)))


def _ln_term(known: int, seen: int, drawn: int, matched: int) -> float:
    chosen = _ln_choose(seen, matched) + _ln_choose(known - seen, drawn - matched)
    return chosen - _ln_choose(known, drawn)


def _ln_choose(count: int, chosen: int) -> float:
    return math.lgamma(count + 1) - math.lgamma(chosen + 1) - math.lgamma(count - chosen + 1)
