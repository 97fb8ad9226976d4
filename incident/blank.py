"""What shows nothing, though it is not empty: a reason, a proof or a title of it would say nothing to anybody."""

import re
import unicodedata

CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What no text of a person holds, and half of a character beside it. Those that turn the direction of a text are among
them: `CON\u202etxt.exe` reads as if it were a text."""
_SHOWN_BY_NOTHING = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters that fill a place, and the empty pattern of Braille: blank, whatever Unicode counts them as."""


def is_blank(text: str) -> bool:
    """Whether nothing in *text* can be seen: blanks of any width, controls, formats, and marks on no letter alone.

    Source: Unicode, general categories Z*, C* and M* (UAX #44, 5.7.1).
    """
    return all(letter in _SHOWN_BY_NOTHING or unicodedata.category(letter)[0] in "ZCM" for letter in text)
