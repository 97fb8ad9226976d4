"""Citizens as people read of them: numbered, for one page or one command, where a finding names a caller by digest.

INVARIANT 3: a digest of a person is treated as personal data. A number is not made from it, and says which lines of one
page are about the same citizen and nothing more.
"""

import re

from policies.digest import DIGEST_BYTES

_DIGEST = re.compile(f"(?:[^\\s:#]{{1,20}}:)?(?<![0-9a-f])[0-9a-f]{{{2 * DIGEST_BYTES}}}(?![0-9a-f])", re.IGNORECASE)
"""With its epoch or, as whoever writes one down may leave that out, without."""


def holds_digest(text: str) -> bool:
    """Whether something in *text* has the form of a digest of a person."""
    return _DIGEST.search(text) is not None


class Aliases:
    """The aliases of one page: the same citizen has the same one, and no two have."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __call__(self, value: str | int) -> str:
        """*value*, in which `居民 1 / citizen 1` stands in the place of each digest."""
        return _DIGEST.sub(self._alias, str(value))

    def _alias(self, found: re.Match[str]) -> str:
        number = self._numbers.setdefault(found[0].casefold(), len(self._numbers) + 1)
        return f"居民 {number} / citizen {number}"
