"""Finds personal data in what is to be published, by all that we have: names and addresses in prose included."""

import functools
import threading
from collections.abc import Sequence

from incident.draft import Hit
from policies.recognisers import table
from policies.recognisers.scan import scan
from policies.recognisers.weights import NoWeights

MOST_TEXTS = 256
"""Whose hits are remembered: a page asks about each text of a draft whenever it is shown."""


def full_scan(text: str) -> Sequence[Hit]:
    """The personal data in *text*, in doubt more. Raises NoWeights where the tagger of names is not installed.

    Without the tagger nothing is published: a notice that names somebody cannot be called back.
    """
    return scan(text, prose=True)


@functools.lru_cache(MOST_TEXTS)
def scan_or_refuse(text: str) -> Sequence[Hit]:
    """The same for the console: where the tagger is not installed, all of *text* counts as a name nobody looked for."""
    try:
        return full_scan(text)
    except NoWeights:
        return (table.Hit(0, len(text), "person_name", 1.0, "no tagger"),) if text else ()


def warm_up() -> None:
    """Have the tagger loaded before anybody waits for it."""
    threading.Thread(target=scan_or_refuse, args=("预备",), name="names", daemon=True).start()
