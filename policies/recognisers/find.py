"""Names personal data exactly where it stands in a text, for reports: `find(text)` is all that a caller needs, or
`find(text, prose=True)`.

`scan` hides: in doubt it takes more. This tells people and programs, so what is in doubt is left out, a span is the
value and nothing around it, and one of two that overlap is left.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from policies.recognisers.candidates import is_sure
from policies.recognisers.compiled import CHOSEN
from policies.recognisers.gate import opened
from policies.recognisers.persons.person import PERSON
from policies.recognisers.prose import find_in_prose
from policies.recognisers.said_of import said_of_people
from policies.recognisers.scan import candidates, identified
from policies.recognisers.table import ORDER, REPORTED, TABLE, Hit

_NUMBERS = frozenset(row.category for row in TABLE)
_RANK = {category: rank for rank, category in enumerate(ORDER)}


def find(text: str, *, prose: bool = False) -> Sequence[Hit]:
    """The personal data in *text*, by position, none overlapping another. Offsets count code points.

    *prose*: also the names and addresses in it that only a tagger finds; raises NoWeights.
    """
    return find_each([text], prose=prose)[0]


def find_each(texts: Sequence[str], *, prose: bool = False) -> list[Sequence[Hit]]:
    """The same of each of *texts*: the tagger takes less time for many at once."""
    tagged: Sequence[tuple[Hit, ...]] = [()] * len(texts)
    if prose:
        tagged = [
            (*hits, *said_of_people(text, [hit for hit in hits if hit.category == PERSON]))
            for text, hits in zip(texts, find_in_prose(texts), strict=True)
        ]
    return [_found(text, [hit for hit in more if is_sure(hit)]) for text, more in zip(texts, tagged, strict=True)]


def _found(text: str, tagged: Sequence[Hit]) -> Sequence[Hit]:
    may_hold = opened(text)
    if not tagged and (found := identified(text, may_hold, opened, CHOSEN)) is not None:
        return found
    sure = [hit for hit in candidates(text, may_hold, opened) if is_sure(hit)]
    plain = {(hit.start, hit.end, hit.category) for hit in sure}
    # 社保卡~3132332042: as an octet ~31 is a digit as well, but here it links a label and its value.
    sure = [hit for hit in sure if text[hit.start] != "~" or (hit.start + 1, hit.end, hit.category) not in plain]
    numbers = [hit for hit in sure if hit.category in _NUMBERS]
    hits = [*sure, *(left for hit in tagged if (left := _beside(hit, numbers)) is not None)]
    return [_as_reported(hit) for hit in (_chosen(hits) if len(hits) > 1 else hits)]


def _beside(hit: Hit, numbers: Sequence[Hit]) -> Hit | None:
    """What is left of what a tagger found where a number begins in it: of 李雷G, before the digits of a passport."""
    for number in numbers:
        if number.start < hit.end and hit.start < number.end:
            if hit.start < number.start:
                hit = replace(hit, end=number.start)
            elif number.end < hit.end:
                hit = replace(hit, start=number.end)
            else:
                return None
    return hit


def reported(category: str) -> str:
    """What reports call *category*."""
    return REPORTED.get(category, category)


def _chosen(hits: list[Hit]) -> list[Hit]:
    """*hits* without overlaps: what a check digit proves stays, then the surer, then the first in `ORDER`."""
    chosen: list[Hit] = []
    covered = bytearray(max(hit.end for hit in hits))
    for hit in sorted(hits, key=_precedence):
        if covered.find(1, hit.start, hit.end) < 0:
            chosen.append(hit)
            covered[hit.start : hit.end] = b"\1" * (hit.end - hit.start)
    return sorted(chosen, key=lambda hit: hit.start)


def _precedence(hit: Hit) -> tuple[bool, float, int, int, int]:
    return (not hit.why.startswith("checksum"), -hit.score, _RANK[hit.category], hit.start - hit.end, hit.start)


def _as_reported(hit: Hit) -> Hit:
    name = REPORTED.get(hit.category)
    return hit if name is None else replace(hit, category=name)
