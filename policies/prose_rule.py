"""How much of the running text of an answer is read for names and addresses, and what becomes of the rest."""

import msgspec

from policies.policy_kinds import Beyond

MOST_READ = 30_000
"""Characters of one answer, where nothing else is declared: one processor takes most of a second for them."""
MOST_DECLARED = 300_000


class ProseRule(msgspec.Struct, frozen=True):
    """What is declared of it for one operation."""

    characters: int = MOST_READ
    beyond: Beyond = Beyond.MASK
    is_off: bool = False
    """Whether nothing is read but what is declared as `prose`."""
