"""Of which texts nothing is to be hidden, asked about many at once: of most records most texts are such.

Each question is asked of all texts joined: what opens the gate in one of them opens it in all, and what stands or is
packed in one stands in all. Only where something does is each record asked about alone.
"""

from collections.abc import Iterable, Sequence

from policies.formats.finder import is_looked_for
from policies.recognisers.packed_values import may_be_packed
from policies.recognisers.readings import may_say_more
from policies.recognisers.scan import may_hold_personal_data
from policies.transforms.handle import PREFIX

TOGETHER = 64
"""Records that are asked about at once: values of one are looked for in what is packed in any of them."""


def tell_nothing(texts: Iterable[str], hidden: Iterable[str]) -> bool:
    """True only where `mask_free_text` would leave each of *texts* as it is, typed or not, where *hidden* is known."""
    return _tell_nothing(["\n".join(texts)], [hidden])


def those_that_tell_nothing(texts: Sequence[str], hidden: Sequence[Iterable[str]]) -> list[bool]:
    """The same for each of *texts*, which are those of one record, joined by line breaks, of what that record hides."""
    found: list[bool] = []
    for start in range(0, len(texts), TOGETHER):
        some, theirs = texts[start : start + TOGETHER], hidden[start : start + TOGETHER]
        if _tell_nothing(some, theirs):
            found += [True] * len(some)
        elif len(some) == 1:
            found.append(False)
        else:
            found += [_tell_nothing([text], [values]) for text, values in zip(some, theirs, strict=True)]
    return found


def _tell_nothing(texts: Sequence[str], hidden: Sequence[Iterable[str]]) -> bool:
    joined = "\n".join(texts)
    # Escapes open the gate, and so do numbers that identify somebody, known or only as long as one that is.
    if may_hold_personal_data(joined) or PREFIX in joined:
        return False
    values = [[stripped for value in each if (stripped := value.strip())] for each in hidden]
    for text, known in zip(texts, values, strict=True):
        for value in known:
            if value in text and is_looked_for(value):
                return False
    return not may_say_more(joined) or not may_be_packed(joined, [value for known in values for value in known])
