"""What rows of the table find in normalised text: candidates, judged by check digits and by what stands around."""

import re
from collections.abc import Iterable, Iterator

from policies.recognisers.around import Said, said_before
from policies.recognisers.normalise import LOOK_ALIKE
from policies.recognisers.table import AROUND_GROUPS, DOUBTFUL, SEPARATORS, SURE_ENOUGH, Hit, Recogniser

_STRIPPED = str.maketrans("", "", f"{SEPARATORS}{AROUND_GROUPS}".replace("\\", ""))
_GROUP = re.compile("[0-9]{4,}+")
"""What an identifier ends or begins with that is not written digit by digit."""
_SEPARATING = frozenset(SEPARATORS.replace("\\", ""))
BY_CONTEXT = 0.6
"""How sure a candidate is of which the check fails, behind a word that announces it."""
MIXED = re.compile(
    rf"(?<![0-9A-Za-z])(?=[0-9 \-]{{0,36}}[{LOOK_ALIKE}])[0-9{LOOK_ALIKE}](?:[ \-]?[0-9{LOOK_ALIKE}]){{10,18}}[Xx]?"
    r"(?![0-9A-Za-z])"
)
"""A number in which letters stand for digits: one of them at least, which is not looked for beyond the longest."""


def hits_of(row: Recogniser, text: str) -> Iterator[Hit]:
    """The hits of *row* in *text*, by where they begin; they may overlap.

    A number that stands before an identifier may be taken for its first digits, and one behind it for its last: so
    where a check fails, the candidates within the candidate are looked at as well.
    """
    for match in row.pattern.finditer(text):
        hit = _judged(row, text, match)
        if hit is not None:
            yield hit
        # A candidate that counts only behind a word counts there whether its check holds or not.
        unproven = hit is None or not hit.why.startswith("checksum")
        if unproven and row.check is not None and not row.needs_context:
            yield from _hits_within(row, text, match)


def _hits_within(row: Recogniser, text: str, match: re.Match[str]) -> Iterator[Hit]:
    start, end = match.span()
    groups = list(_GROUP.finditer(text, start + 1, end))
    within = [row.pattern.match(text, start, group.end()) for group in groups if group.end() < end]
    within += [row.pattern.match(text, group.start()) for group in groups if text[group.start() - 1] in _SEPARATING]
    for candidate in within:
        if candidate is not None and (hit := _judged(row, text, candidate)) is not None:
            yield hit


def _judged(row: Recogniser, text: str, match: re.Match[str]) -> Hit | None:
    """What the candidate *match* is, or None."""
    start, end = match.span()
    candidate = match[0].translate(_STRIPPED).upper()
    said = said_before(text, start, row.context)
    if row.check is None or row.check(candidate):
        return _held(row, text, match, candidate, said)
    if row.context_only and said in (Said.ANNOUNCED, Said.DISPUTED):
        return Hit(start, end, row.category, BY_CONTEXT if said is Said.ANNOUNCED else DOUBTFUL, "context")
    if row.form is not None and row.form(candidate):
        return Hit(start, end, row.category, DOUBTFUL, "pattern")
    return None


def announced_score(row: Recogniser) -> float:
    """How sure a candidate of *row* is of which the check holds, behind a word that announces it."""
    return min(1.0, row.score + 0.1)


def _held(row: Recogniser, text: str, match: re.Match[str], candidate: str, said: Said) -> Hit | None:
    """What a candidate is of which the check holds."""
    start, end = match.span()
    grounds = "checksum" if row.check else "pattern"
    if said is Said.ANNOUNCED:
        return Hit(start, end, row.category, announced_score(row), f"{grounds},context")
    if row.needs_context and said is not Said.DISPUTED:
        return None
    doubtful = (
        not row.proof(candidate)
        if row.proof is not None
        else (row.deniable and said is not Said.NOTHING) or (row.doubt is not None and row.doubt(text, start, end))
    )
    return Hit(start, end, row.category, DOUBTFUL if doubtful else row.score, grounds)


def is_sure(hit: Hit) -> bool:
    """Whether *hit* is to be reported, and not only to be hidden."""
    return hit.score >= SURE_ENOUGH


def merged(hits: Iterable[Hit]) -> list[Hit]:
    """*hits* without two of a category that overlap: what both claim is one hit, for either may be the right one."""
    by_category: dict[str, list[Hit]] = {}
    for hit in sorted(hits, key=lambda hit: hit.start):
        last = by_category.setdefault(hit.category, [])
        if last and hit.start < last[-1].end:
            surer = max(last[-1], hit, key=lambda one: one.score)
            last[-1] = Hit(last[-1].start, max(last[-1].end, hit.end), hit.category, surer.score, surer.why)
        else:
            last.append(hit)
    return [hit for found in by_category.values() for hit in found]
