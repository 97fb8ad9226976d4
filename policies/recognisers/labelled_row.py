"""A row of the second table: a label, what links it to a value, and the value."""

import re
from dataclasses import dataclass

from policies.recognisers.levels import Gravity, level_of

_LINK = (
    r"[ ]?(?:号码|编号|编码|代码|账号|帐号|卡号|号|(?i:number|num|no\.?|id)|#)?(?:/(?i:no)\.?)?[ ]?"
    r"(?:\([^()\n]{1,10}\)|[1-9](?=[ ]?:)|\*{1,2})?[\u4e00-\u9fff]{0,4}?"
    r"[ ]?(?:[\"'”’\]】*_`]{0,2}[ ]?"
    r"(?::[ ]{0,12}(?:\r?\n[ ]{0,12})?|[\ufe55\ufe30\u2236|,;~→]|=>?|--?>|--?(?=[ A-Za-z0-9(\"“])|\?[ ]?\r?\n?答[:,]?"
    r"|(?<![保金院诊历案])[ ]?\r?\n[ ]{0,16})?[ ]{0,2}_{0,16}[(\"'“‘\[【「*`]{0,2})?[ ]?"
)
"""What may stand between a label and its value: what the label goes on with, a mark, the end of its line, blanks that
are to be filled in. Between a question and its answer stands 答. A line of 社保 or 住院 alone is a heading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """One row."""

    category: str
    words: tuple[str, ...]
    """Any of which stands before the value, in lower case and simplified characters; those of `links` behind it."""
    value: str
    """The value, as a pattern."""
    score: float
    denied: str = ""
    """What makes another word of it right behind one of `words`, as a pattern: 公众号 behind 微信."""
    of_others: tuple[str, ...] = ()
    """Whose it is where these stand before one of `words`, with or without a blank: nobody's."""
    past: str = ""
    """What stands between a label's link and the value, as a pattern: other values of the same label."""
    glued: bool = False
    """Whether the value may stand right behind a word of letters, without anything between."""
    behind: bool = False
    """Whether the words stand behind the value, and end what is said."""
    only_reported: bool = False
    """Whether the data path leaves it alone unless its field is declared."""
    source: str

    @property
    def level(self) -> Gravity:
        """How grave what it finds is."""
        return level_of(self.category)

    def pattern(self) -> re.Pattern[str]:
        """Finds the row's values: group `value`."""
        if self.behind:
            return re.compile(
                rf"(?<![0-9])(?P<value>{self.value})[ ]?出?生(?=\Z|[^\u4e00-\u9fff]|[于的在]|人(?![口数]))"
            )
        words = sorted(self.words, key=len, reverse=True)
        first = "".join(dict.fromkeys(char for word in words for char in (word[0], word[0].upper())))
        ends = rf"(?:(?![A-Za-z])|(?={self.value}))" if self.glued else "(?![A-Za-z])"
        one_of = "|".join(
            f"(?<![A-Za-z0-9]){re.escape(word)}{ends}" if word.isascii() else re.escape(word) for word in words
        )
        denied = f"(?!{self.denied})" if self.denied else ""
        others = "".join(f"(?<!{word})(?<!{word} )" for word in self.of_others)
        return re.compile(rf"(?=[{first}]){others}(?i:{one_of}){denied}{_LINK}{self.past}(?P<value>{self.value})")


def labels_of(text: str) -> tuple[str, ...]:
    """The labels that *text* holds, with blanks between them and `_` where one has a blank."""
    return tuple(word.replace("_", " ") for word in text.split())
