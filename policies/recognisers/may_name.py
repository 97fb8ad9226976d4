"""Which texts may name somebody or tell an address: the question before a tagger is asked, which takes a thousand times
as long. It may say yes where the tagger finds nothing, never the other way.
"""

import re
from collections.abc import Iterator

from policies.recognisers.normalise import normalise
from policies.recognisers.persons.rare_surnames import LABELLED, WORDY
from policies.recognisers.persons.words import ALL_SURNAMES, COMPOUND, GIVEN, JAPANESE, TRANSLITERATING
from policies.recognisers.sentences import sentences_in

SHORTEST = 8
"""Characters of a text that is read as prose where nothing else is declared: what is shorter is a word, a state, a date
or a label, and answers have thousands of them."""
_BEGINNING = "".join(sorted({*ALL_SURNAMES, *WORDY, *(name[0] for name in COMPOUND), *"".join(JAPANESE)}))
_SPELLING = "".join(sorted(TRANSLITERATING))
_HAN = "\u4e00-\u9fff\u3400-\u4dbf"
_TELLS = re.compile(
    f"[{_BEGINNING}]|[{_SPELLING}]{{2}}|[·•・]|[A-Z][A-Za-z]"  # who
    f"|(?:^|[^{_HAN}])[{LABELLED}][{_HAN}]"
    f"|[，,：: 　（(][男女]|族[，,]|[绰外诨]号|[网艺笔化小乳]名|昵称|([{''.join(sorted(GIVEN))}])\\1"
    "|[路街道巷弄条段线村屯庄寨坊湾坪沟坡堡营镇乡省市区县旗盟州场]|[0-9一二三四五六七八九十百零〇两甲乙丙丁]"  # where
)
_ANY_HAN = re.compile(f"[{_HAN}]")


def may_name(text: str, shortest: int = SHORTEST) -> bool:
    """Whether *text*, if it is of *shortest* characters at least, may hold a name or an address."""
    if len(text) < shortest or _ANY_HAN.search(text) is None:
        return False
    return _TELLS.search(text if text.isascii() else normalise(text).text) is not None


def may_name_in_lines(texts: str) -> bool:
    """False only where `may_name` is false of each line of *texts*. Of many short ones that takes next to nothing."""
    long = "".join([line for line in texts.split("\n") if len(line) >= SHORTEST])
    return not long.isascii() and _ANY_HAN.search(long) is not None


def sentences_that_may(text: str) -> Iterator[tuple[int, int]]:
    """Where the sentences of *text* begin and end that may hold a name or an address."""
    normal = normalise(text)
    for start, sentence in sentences_in(normal.text):
        if _TELLS.search(sentence) is not None:
            yield (
                normal.original_span(start, start + len(sentence))
                if normal.origin is not None
                else (
                    start,
                    start + len(sentence),
                )
            )
