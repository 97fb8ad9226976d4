"""Of which texts nothing is to be hidden, asked about many at once: of most records most texts are such.

Each question is asked of all texts joined: what opens the gate in one of them opens it in all, and what stands or is
packed in one stands in all. Only where something does is each record asked about alone.
"""

import re
from collections.abc import Iterable, Sequence

from policies.documents.labels import may_be_keyed
from policies.formats.finder import is_looked_for
from policies.formats.free_text import LEAST_NUMBER
from policies.recognisers.first_look import may_open
from policies.recognisers.packed_values import may_be_packed
from policies.recognisers.readings import may_say_more
from policies.recognisers.scan import may_hold_personal_data
from policies.transforms.handle import PREFIX

TOGETHER = 64
"""Records that are asked about at once: values of one are looked for in what is packed in any of them."""

_LONG_NUMBER = re.compile(f"[0-9]{{{LEAST_NUMBER}}}")

type Place = tuple[int, int]
"""A text: which record it is of, and which of its texts it is."""


def tell_nothing(texts: Iterable[str], hidden: Iterable[str]) -> bool:
    """True only where `mask_free_text` would leave each of *texts* as it is, typed or not, where *hidden* is known."""
    return not those_that_tell([tuple(texts)], [hidden])


def those_that_tell(records: Sequence[Sequence[str]], hidden: Sequence[Iterable[str]]) -> set[Place]:
    """The texts of *records*, of each as many, that `mask_free_text` may change where what their record hides is known.

    Any other it leaves as it is, typed or not.
    """
    found: set[Place] = set()
    for start in range(0, len(records), TOGETHER):
        some = _those_that_tell(records[start : start + TOGETHER], hidden[start : start + TOGETHER])
        found.update((start + number, place) for number, place in some)
    return found


def _those_that_tell(records: Sequence[Sequence[str]], hidden: Sequence[Iterable[str]]) -> set[Place]:
    joined = "\n".join(map("\n".join, records))
    found: set[Place] = set()
    if may_open(joined) or PREFIX in joined or may_be_keyed(joined):
        for place, column in enumerate(zip(*records, strict=True)):
            if len(column) == 1 or _may_open("\n".join(column)):
                opening = set(filter(_may_open, set(column)))  # of the texts of one field many are the same
                found.update((number, place) for number, text in enumerate(column) if text in opening)
    values = [list(filter(None, map(str.strip, each))) for each in hidden]
    for number, (texts, known) in enumerate(zip(records, values, strict=True)):
        together = "\n".join(texts)
        for value in known:
            if value in together and is_looked_for(value):
                found.update((number, place) for place, text in enumerate(texts) if value in text)
    if may_say_more(joined) and may_be_packed(joined, [value for known in values for value in known]):
        found.update(
            (number, place)
            for number, texts in enumerate(records)
            for place, text in enumerate(texts)
            if may_say_more(text) and may_be_packed(text, values[number])
        )
    return found


def says_something_known(text: str, hidden: Iterable[str]) -> bool:
    """False only where what is hidden in *text* is the same whether *hidden* is known or not."""
    if may_say_more(text) or _LONG_NUMBER.search(text):
        return True
    return any(stripped in text for value in hidden if (stripped := value.strip()))


def _may_open(text: str) -> bool:
    # Escapes open the gate, and so do numbers that identify somebody, known or only as long as one that is.
    return may_hold_personal_data(text) or PREFIX in text or may_be_keyed(text)
