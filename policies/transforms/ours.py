"""Tells what reads like a token or a handle of ours, however it came to be altered since it was shown.

Nobody has a use for one where it is not opened: stored as a value it takes the place of the true one, and where an
answer repeats it, it may be read. A text that was never ours reads like one only by chance: so either all of it has the
form of one, or it names a key of the system's own.
"""

import re
import unicodedata

from policies.keys.data_keys import DataKeys
from policies.recognisers.normalise import INVISIBLE
from policies.transforms.encrypt import Method
from policies.transforms.handle import LIKE, head_of
from policies.transforms.positions import seen

_VERSIONS = f"(?:{'|'.join(Method)})"
_FORM = re.compile(rf"{_VERSIONS}\.[0-9a-f]{{8}}\.[a-z0-9_-]{{22}}|{LIKE.lower()}")
"""Whichever key has made it, revoked ones included; what is cut shorter tells nothing that is sure."""
_UNSEEN = re.compile(f"[{INVISIBLE}]+")
_LEAST_BODY = 8
"""Characters behind the id of a key of ours, where no version stands before it any more."""


class OurTokens:
    """Tokens and handles of the system whose data keys are *keys*."""

    def __init__(self, keys: DataKeys | None = None) -> None:
        ids = [key.id for key in keys or ()]
        named = [rf"{_VERSIONS}\.{key_id}|{key_id}\.[a-z0-9_-]{{{_LEAST_BODY}}}" for key_id in ids]
        heads = [re.escape(head_of(key_id).lower()) for key_id in ids]
        self._named = re.compile("|".join([*named, *heads]) or r"(?!)")

    def stand_in(self, text: str) -> bool:
        """Whether one stands anywhere in *text*: whole or cut, in any case or width, with blanks or accents within."""
        if text.isascii() and "." not in text and "~" not in text:
            return False
        read = _folded(text)
        return _FORM.search(read) is not None or self._named.search(seen(read)) is not None


def _folded(text: str) -> str:
    """*text* with neither case, width nor accents; blanks stay, or whole sentences would read like one word."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKD", text)).casefold()
