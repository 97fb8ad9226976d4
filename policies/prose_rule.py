"""How much of the running text of an answer is read for names and addresses, and what becomes of the rest."""

import msgspec

from policies.policy_kinds import Beyond

MOST_READ = 30_000
"""Characters of one answer, where nothing else is declared: one processor takes most of a second for them."""
MOST_DECLARED = 300_000
MOST_WAITED_S = 3600
WAITED_S = 600
"""So long an answer that flows waits for its reader in all, where nothing else is declared. It reads 17,000 to 40,000
characters in a second on one core: ten thousand remarks in half a minute, and on a busy machine in some minutes.
"""


class ProseRule(msgspec.Struct, frozen=True):
    """What is declared of it for one operation."""

    characters: int = MOST_READ
    """Of an answer that is held until it is whole. 0: nothing is read of any."""
    beyond: Beyond = Beyond.MASK
    wait_s: int = WAITED_S
    """So long an answer that flows waits in all for what reads it; 0: it does not wait."""
    is_off: bool = False
    """Whether nothing is read but what is declared as `prose`."""
