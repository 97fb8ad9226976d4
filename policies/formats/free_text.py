"""Masks free text: what recognisers find, and values known to be personal from elsewhere in the same message."""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

from policies.documents.labels import keyed_in
from policies.formats.finder import LONGEST_KNOWN, Finder, Span, is_looked_for, merge
from policies.formats.found import found_as
from policies.formats.masker import Tally, Withheld
from policies.formats.readings import with_told
from policies.formats.said import Said
from policies.recognisers.labelled import LABELLED
from policies.recognisers.readings import may_say_more, packed, readings
from policies.recognisers.scan import scan
from policies.recognisers.table import ORDER
from policies.transforms.handle import handles_in
from policies.transforms.make import REDACTED

MOST_KNOWN = 50_000
"""Values of one message, which may be a page: a table of thousand rows has some ten thousand."""
FEW_KNOWN = 32
LEAST_NUMBER = 11
"""Digits of a mobile number, the shortest that identifies somebody by itself."""
_NUMBER = re.compile(r"[0-9]+[Xx]?")
_OF_WORDS = frozenset(("person_name", "address"))
_LEAST_DIGITS = 7
"""Digits of a telephone number without its area, the shortest of the numbers that are looked for behind a key."""
_LOOKED_FOR = frozenset(ORDER) - {row.category for row in LABELLED if row.only_reported} - _OF_WORDS
"""Categories of numbers of which each is hidden wherever it stands."""


class KnownValues:
    """Personal values seen in declared fields of one message: each is masked wherever else it stands.

    *handles*: those that stand in it by now. They are left as they are, whatever letters they happen to be made of.
    """

    def __init__(self, said: Said | None = None, handles: Container[str] = ()) -> None:
        self.said = said
        self.handles = handles
        self.hides = False
        """Whether anything was hidden so far, looked for elsewhere or not."""
        self._values: dict[str, None] = {}
        self._finder: Finder | None = None  # made when there are many
        self._shortest_number = 0  # of those that identify somebody by themselves

    def add(self, value: str) -> None:
        """Look for *value* from now on. Raises Withheld for too many: none may be forgotten."""
        value = value.strip()
        if value in self._values or len(value) > LONGEST_KNOWN or not is_looked_for(value):
            return
        if len(self._values) >= MOST_KNOWN:
            raise Withheld("too_large_to_mask")
        self._values[value] = None
        if _NUMBER.fullmatch(value) and len(value) >= LEAST_NUMBER:
            self._shortest_number = min(self._shortest_number or len(value), len(value))
        if self._finder is not None:
            self._finder.add(value)

    def include(self, others: "KnownValues") -> None:
        """Look for what *others* hold as well, as `add` does."""
        for value in others._values:
            self.add(value)

    def spans(self, text: str, *, typed: bool = False) -> list[Span]:
        """What of *text* must be hidden, whether the caller has said it or not.

        *typed*: somebody may have written it, the caller perhaps, to see whether it is a hidden number. So no number of
        that length is shown, right or wrong, whatever digits stand around it.
        """
        known = self._known(text)
        if typed and self._shortest_number:
            numbers = (match.span() for match in _NUMBER.finditer(text))
            known += [Span(start, end, ()) for start, end in numbers if end - start >= self._shortest_number]
        return known if self.said is None or not self.hides else self.said.guarded(text, known)

    def hidden_in(self, text: str) -> str:
        """*text*, which is shown but for these values, without them: what recognisers find in it stays."""
        ours = [found.span() for found in handles_in(text) if found[0] in self.handles]
        spans = self.spans(text, typed=True)
        return hide(text, merge(each for each in spans if not any(a <= each.start < each.end <= b for a, b in ours)))

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __bool__(self) -> bool:
        return bool(self._values)

    def __contains__(self, text: object) -> bool:
        return text in self._values

    def _known(self, text: str) -> list[Span]:
        if len(self._values) <= FEW_KNOWN:
            return [Span(start, start + len(value), ()) for value in self._values for start in _places(value, text)]
        if self._finder is None:
            self._finder = Finder(self._values)
        return self._finder.spans(text)


def _places(value: str, text: str) -> Iterator[int]:
    start = text.find(value)
    while start >= 0:
        yield start
        start = text.find(value, start + 1)


def personal_spans(
    text: str, known: KnownValues | None = None, *, typed: bool = False, as_written: bool = False, keyed: bool = False
) -> list[Span]:
    """What of *text* must be hidden, in order, apart from one another. *typed*: see `KnownValues.spans`.

    *keyed*: what stands behind the names of fields in it as well; not of a program, nor of what a page says of itself.

    *as_written*: what is known is looked for behind no escape, for a text that an application has to read again.
    """
    if known is not None and (ours := [found for found in handles_in(text) if found[0] in known.handles]):
        return _spans_between(ours, text, known, typed=typed, as_written=as_written, keyed=keyed)
    spans = [Span(hit.start, hit.end, found_as(hit.category, hit.why)) for hit in scan(text)]
    if known is not None:
        spans.extend(known.spans(text, typed=typed))
        if known and may_say_more(text):
            spans.extend(_packed(text, known))
            if not as_written:
                spans.extend(_escaped(text, known))
    spans = merge(spans)
    return with_told(spans, told) if keyed and (told := [*_keyed(text)]) else spans


def _keyed(text: str) -> Iterator[Span]:
    """What stands behind telling keys in *text*: names, addresses, and what has the digits of somebody's number.

    Words of programs stand behind the keys of other facts: `sex=1`, `mobile=true`.
    """
    for start, end, category in keyed_in(text):
        value = text[start:end]
        if category in _OF_WORDS:
            is_hidden = category == "address" or any(map(str.isalpha, value))
        else:
            is_hidden = category in _LOOKED_FOR and sum(map(str.isdigit, value)) >= _LEAST_DIGITS
        if is_hidden:
            yield Span(start, end, found_as(category, "context"))


def _escaped(text: str, known: KnownValues) -> Iterator[Span]:
    """Where what is *known* stands in *text* escaped."""
    for reading in readings(text):
        for span in known.spans(reading.text):
            yield Span(*reading.span(span.start, span.end), ())


def _packed(text: str, known: KnownValues) -> Iterator[Span]:
    """Where what is *known* stands in *text* packed."""
    for start, end, held, _ in packed(text):
        if known.spans(held):
            yield Span(start, end, ())


def _spans_between(
    handles: Sequence[re.Match[str]], text: str, known: KnownValues, *, typed: bool, as_written: bool, keyed: bool
) -> list[Span]:
    starts, ends = [0, *(found.end() for found in handles)], [*(found.start() for found in handles), len(text)]
    return [
        replace(span, start=start + span.start, end=start + span.end)
        for start, end in zip(starts, ends, strict=True)
        for span in personal_spans(text[start:end], known, typed=typed, as_written=as_written, keyed=keyed)
    ]


def hide(text: str, spans: Sequence[Span], tally: Tally | None = None) -> str:
    """*text* with three stars in place of each of *spans*, which are counted."""
    if not spans:
        return text
    pieces, end = [], 0
    for span in spans:
        pieces += [text[end : span.start], REDACTED]
        end = span.end
        if tally is not None:
            tally.count_found(span.categories)
    return "".join([*pieces, text[end:]])


def mask_free_text(
    text: str,
    known: KnownValues | None,
    tally: Tally,
    *,
    typed: bool = False,
    as_written: bool = False,
    prose: int = 0,
) -> str:
    """*text* with three stars in place of everything personal in it. *typed*, *as_written*: see `personal_spans`.

    *prose*: see `spans_to_hide`. Raises Withheld as it does.
    """
    return hide(text, spans_to_hide(text, known, tally, typed=typed, as_written=as_written, prose=prose), tally)


def spans_to_hide(
    text: str,
    known: KnownValues | None,
    tally: Tally,
    *,
    typed: bool = False,
    as_written: bool = False,
    prose: int = 0,
) -> list[Span]:
    """Everything personal in *text*, in order, apart from one another. *typed*, *as_written*: see `personal_spans`.

    What stands behind a key is hidden in what is *typed*. *prose*: from so many characters on a tagger looks for names
    and addresses besides; 0: it does not. Raises Withheld where there is more of it than may be read, and that is
    declared so. Nothing is counted but what is read.
    """
    spans = personal_spans(text, known, typed=typed, as_written=as_written, keyed=typed)
    if prose and (told := tally.prose.spans(text, prose)):
        spans = with_told(spans, told)
    return spans
