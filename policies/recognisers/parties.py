"""Names that are words of the language, behind what a party is called and before what only somebody does.

Such a word counts where a clause begins with the party and a preposition follows that has a person before it:
当事人和平对处罚无异议. 申请人高兴地说 and 当事人和平解决 tell nobody.
"""

import re
from collections.abc import Container, Iterator, Sequence

from policies.recognisers.behind_labels import BORNE
from policies.recognisers.person_labels import asked_by
from policies.recognisers.person_words import ALL_SURNAMES, GIVEN, NOT_A_NAME
from policies.recognisers.stated import Found

_HAN = "\u4e00-\u9fff"
_PARTY = re.compile(f"(?:^|(?<=[，,。；;:：（( ]))[{_HAN}]{{2,5}}人(?=[{_HAN}]{{3}})")
_ACTS = re.compile("[对因于向自从将把被持经](?!此|素)|因故|系|诉|称|自愿|自述|本人")
"""What stands behind somebody who does something, or has it done to him."""
_OF_THINGS = frozenset({"v", "vd", "d", "p", "r", "m", "q", "t", "f", "u", "TIME", "xc", "w"})
"""How the tagger reads words that are nobody's name there."""
_LONGEST = 3


def names_of_parties(text: str, tagged: Sequence[tuple[int, int, str]], words: Container[str]) -> Iterator[Found]:
    """Such names in *text*. *tagged*: its words and what they are; *words*: those of the language."""
    for match in _PARTY.finditer(text) if "人" in text else ():
        if asked_by(match[0]) is None:
            continue
        start = match.end()
        end = next((stop for at, stop, kind in tagged if at == start and kind not in _OF_THINGS), start)
        name = text[start:end]
        if not 1 < len(name) <= _LONGEST or name not in words or (name in NOT_A_NAME and name not in BORNE):
            continue
        is_name = (name[0] in ALL_SURNAMES or name in BORNE) and all(char in GIVEN for char in name[1:])
        if is_name and _ACTS.match(text, end):
            yield Found(start, end, "context", 0.65)
