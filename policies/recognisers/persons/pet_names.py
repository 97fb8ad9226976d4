"""What somebody may be called, by its form: where nothing else tells, such a value is somebody's in doubt."""

import re

from policies.recognisers.field_names.guesses import is_like_name
from policies.recognisers.normalise import normalise
from policies.recognisers.persons.names import SURNAMES
from policies.recognisers.persons.peoples import words_of_names
from policies.recognisers.persons.pinyin import is_name_in_pinyin
from policies.recognisers.persons.words import ALL_SURNAMES, TRANSLITERATING

_HAN = "\u4e00-\u9fff"
_PET_NAME = re.compile(
    f"[大小老阿一二三四五六七八九][{_HAN}]{{1,2}}|([{_HAN}])\\1"
    f"|[{_HAN}]{{1,2}}(?:儿|子|娃|妞|丫|妹|哥|姐|弟|叔|婶|嫂|爷|奶|伯|婆|公)"
)
"""What people are called among themselves."""
_OF_BOTH_PARENTS = re.compile(f"[{SURNAMES}]{{2}}[{_HAN}]{{2}}")
_LONGEST_SHORT = 3
"""Characters of a surname and a given name."""


def may_be_called(text: str) -> bool:
    """Whether all of *text* may be what a person is called: a name of whatever spelling, or one among themselves."""
    said = normalise(text).text.strip()
    return bool(
        is_like_name(said)
        or is_name_in_pinyin(said)
        or _PET_NAME.fullmatch(said)
        or (len(said) <= _LONGEST_SHORT and said[:1] in ALL_SURNAMES)
        or _OF_BOTH_PARENTS.fullmatch(said)
        or any(words_of_names(said))
        or (len(said) > 1 and all(char in TRANSLITERATING for char in said))
    )
