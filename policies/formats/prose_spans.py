"""What a tagger hides in texts that are declared as prose: names and addresses, as far as the time of a body goes.

Fails closed: a text that cannot be read so, because nothing to read it with is installed or because the body holds more
than `masker.MOST_PROSE` characters of prose, is hidden as a whole.
"""

import re

from policies.formats.finder import Span
from policies.formats.masker import Tally
from policies.recognisers.prose import find_in_prose
from policies.recognisers.weights import are_there

UNREAD = "unread_text"
"""What is counted where a text is hidden because nobody has read it."""
_MAY_NAME = re.compile("[\u4e00-\u9fff\u3400-\u4dbf]")


def prose_spans(text: str, tally: Tally) -> list[Span]:
    """What of *text* the tagger hides, in order; *tally* keeps how much of its body may still be read."""
    if _MAY_NAME.search(text) is None:
        return []
    if len(text) > tally.prose_left or not are_there():
        return [Span(0, len(text), (UNREAD,))]
    tally.prose_left -= len(text)
    (hits,) = find_in_prose([text])
    return [Span(hit.start, hit.end, (hit.category,)) for hit in hits]
