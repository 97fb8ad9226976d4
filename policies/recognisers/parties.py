"""Names that are words, behind what a party or somebody on duty is called and before what only somebody does.

Such a word counts where a clause begins with the party and ends behind the word, or goes on with what has a
person before it: 当事人和平对处罚无异议, 接班人黄河，. 申请人高兴地说 and 当事人和平解决 tell nobody.
"""

import re
from collections.abc import Container, Iterator, Sequence

from policies.recognisers.behind_labels import BORNE
from policies.recognisers.person_labels import Asks, asked_by
from policies.recognisers.person_patterns import ENDS
from policies.recognisers.person_words import ALL_SURNAMES, GIVEN, NOT_A_NAME
from policies.recognisers.stated import Found

_HAN = "\u4e00-\u9fff"
_PARTY = re.compile(f"(?:^|(?<=[，,。；;:：（( ]))[{_HAN}]{{1,5}}?[人员长师者](?=[{_HAN}]{{2}})")
_ACTS = re.compile("[对因于向自从将把被持经](?!此|素)|因故|系|诉|称|自愿|自述|本人")
"""What stands behind somebody who does something, or has it done to him."""
_DOES = re.compile("每[日天周月]|负责|介绍|签字|陪同|带队|来电|来访|反映")
_OF_THINGS = frozenset({"v", "vd", "d", "p", "r", "m", "q", "t", "f", "u", "xc", "w"})
"""How the tagger reads words that are nobody's name there."""
_LONGEST = 3


def names_of_parties(text: str, tagged: Sequence[tuple[int, int, str]], words: Container[str]) -> Iterator[Found]:
    """Such names in *text*. *tagged*: its words and what they are; *words*: those of the language."""
    for match in _PARTY.finditer(text):
        if asked_by(match[0]) is not Asks.SOMEBODY:
            continue
        start = match.end()
        end = next((stop for at, stop, kind in tagged if at <= start < stop and kind not in _OF_THINGS), start)
        name = text[start:end]
        if not 1 < len(name) <= _LONGEST or name not in words or (name in NOT_A_NAME and name not in BORNE):
            continue
        is_name = (name[0] in ALL_SURNAMES or name in BORNE) and all(char in GIVEN for char in name[1:])
        if is_name and (_ACTS.match(text, end) or _DOES.match(text, end) or ENDS.match(text, end)):
            yield Found(start, end, "context", 0.65)
