"""What a tagger hides in running text: names and addresses, as far as the time of a body goes.

Fails closed: a text that nobody has read, because nothing to read it with is installed or because the body holds more
of it than may be read, loses each sentence in which somebody could be named, or is withheld where that is declared. Of
a text that is longer than what may be read the beginning is, up to the end of a sentence.
"""

import contextlib
import hashlib
import secrets
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from policies.formats.finder import Span
from policies.formats.found import found_as
from policies.formats.withheld import Withheld
from policies.policy_kinds import Beyond
from policies.prose_rule import ProseRule
from policies.recognisers.may_name import SHORTEST, may_name, may_name_in_lines, sentences_that_may
from policies.recognisers.prose import find_in_prose
from policies.recognisers.sentences import end_of_part
from policies.recognisers.table import Hit
from policies.recognisers.weights import NoWeights, are_there

EVERY = 1
"""Characters from which on a text that is declared as prose is read."""
LONG = SHORTEST
"""The same of any other text in which something is looked for."""
MOST_IN_STREAM = 6_000
"""Characters that may be read at once of what is masked as it comes: the worker does nothing else meanwhile."""
STREAM_PER_S = 2_000
"""Characters that may be read of it for each second that it lasts: a tenth of a processor."""
AT_ONCE = 4_000
"""Characters of what waits to be read that are read before others have their turn: a tenth of a second on one core."""
OF_A_LONG_TEXT = 2
"""The same of a text that comes as part of one that is long."""
UNREAD = "unread_text"
"""What is counted where a text is hidden because nobody has read it."""
TOO_MUCH = "prose_unread"
"""For a body that is withheld because of such a text."""
USUAL = ProseRule()
_MOST_REMEMBERED = 50_000


class _Memory:
    """What was found in texts that were read before: pages say most of what they say again and again.

    It holds digests under a key that lives as long as the process, and never a text.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._found: dict[bytes, tuple[Span, ...]] = {}

    def get(self, text: str) -> tuple[Span, ...] | None:
        """What was found in *text*, if it is remembered."""
        return self._found.get(self._digest(text))

    def put(self, text: str, found: tuple[Span, ...]) -> None:
        """Remember what was *found* in *text*, in the place of what has been remembered for longest."""
        while len(self._found) >= _MOST_REMEMBERED:
            self._found.pop(next(iter(self._found)), None)
        self._found[self._digest(text)] = found

    def _digest(self, text: str) -> bytes:
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16).digest()


_MEMORY = _Memory()


class Prose:
    """The running text of one body; *rule* says how much of it may be read, and what becomes of the rest.

    *later*: nothing is read when it is asked about, but all of it at once by `read`; what is masked before that is for
    nobody, and what is asked about again afterwards is known.
    """

    def __init__(
        self,
        rule: ProseRule = USUAL,
        *,
        later: bool = False,
    ) -> None:
        self.left = rule.characters
        """Characters that may still be read."""
        self._rule = rule
        self._most = rule.characters
        self._later = later
        self._known: dict[str, tuple[Span, ...]] = {}
        self._wanted: dict[str, None] = {}
        self._cuts: dict[str, int] = {}
        """Of a text that was more than may be read: up to where it is read."""
        self._wait: Callable[[], bool] | None = None
        self._asks: Callable[[], Iterator[None]] | None = None

    def spans(self, text: str, shortest: int) -> Sequence[Span]:
        """What of *text* is hidden, in order, where it has *shortest* characters at least; 0: it is not read.

        Raises Withheld.
        """
        if not self.reads(shortest) or not may_name(text, shortest):
            return ()
        return self._spans(text)

    def _spans(self, text: str) -> Sequence[Span]:
        if (known := self._known_or_remembered(text)) is not None:
            return known
        if text in self._wanted:
            return _unread(text)
        most = self.left if self._wait is None else AT_ONCE
        end = self._cuts.get(text, 0) or (len(text) if len(text) <= most else end_of_part(text, most))
        if not are_there() or (not end and self._wait is None):
            return self._beyond(text)
        if 0 < end < len(text):
            if self._rule.beyond is Beyond.WITHHOLD and self._wait is None:
                raise Withheld(TOO_MUCH)
            self._cuts[text] = end
            first, rest = self._of_part(text[:end]), self._of_part(text[end:])
            return [*first, *(replace(span, start=span.start + end, end=span.end + end) for span in rest)]
        self.left -= len(text)
        self._wanted[text] = None
        if self._later:
            return _unread(text)
        if self._wait is None:
            self.read()
        else:
            self._gather()
            if not self._wait():
                self._wanted.clear()
                self.settle()
        return self._known[text] if text in self._known else self._beyond(text)

    def _of_part(self, text: str) -> Sequence[Span]:
        return self._spans(text) if may_name(text, EVERY) else ()

    def _beyond(self, text: str) -> list[Span]:
        """What is hidden of *text*, which nobody reads. Raises Withheld."""
        if self._rule.beyond is Beyond.WITHHOLD:
            raise Withheld(TOO_MUCH)
        return _unread(text)

    def tell_nothing(self, texts: Iterable[str], shortest: int) -> bool:
        """True only where nothing of any of *texts* is hidden, as far as is known."""
        if not self.reads(shortest):
            return True
        return not any(may_name(text, shortest) and self._known_or_remembered(text) != () for text in texts)

    def those_that_tell(self, records: Sequence[Sequence[str]], shortest: Sequence[int]) -> set[tuple[int, int]]:
        """Which texts of *records*, by record and by place, are not known to have nothing to hide.

        *shortest* says of each place how many characters a text must have to be read.
        """
        if not any(map(self.reads, shortest)):
            return set()
        joined = "\n".join(map("\n".join, records))
        are_lines = joined.count("\n") < len(records) * len(shortest)
        if EVERY not in shortest and are_lines and not may_name_in_lines(joined):
            return set()
        return {
            (number, place)
            for place, least in enumerate(shortest)
            for number, texts in enumerate(records)
            if len(texts[place]) >= least and not self.tell_nothing((texts[place],), least)
        }

    @property
    def is_wanted(self) -> bool:
        """Whether something waits to be read."""
        return bool(self._wanted)

    def read(self) -> None:
        """Read all that waits, at once. May be called in another thread while nobody else has to do with this."""
        texts = [*self._wanted]
        try:
            found = find_in_prose(texts)
        except NoWeights:
            self.left = 0
        else:
            for text, hits in zip(texts, found, strict=True):
                self._known[text] = spans = tuple(map(_span, hits))
                _MEMORY.put(text, spans)
        finally:
            self._wanted.clear()

    def settle(self) -> None:
        """From now on nothing more is read: what is known is known."""
        self._later, self.left, self._most, self._wait = False, 0, 0, None

    def at_once(self) -> None:
        """From now on read at once what is asked about."""
        self._later = False

    def stream(self, wait: Callable[[], bool] | None = None) -> None:
        """The same of a body that is masked as it comes: of less at a time, and of more the longer it lasts.

        With *wait* of all of it: that returns once what is wanted has been read, or False where nobody waits any more.
        """
        self.at_once()
        if wait is not None and self._rule.characters:
            self._wait = wait
            self._most = self.left = sys.maxsize
        else:
            self._most = min(self._most, MOST_IN_STREAM)
            self.left = min(self.left, self._most)

    def lasts(self, seconds: float) -> None:
        """The body has gone on for so many *seconds*: some more of it may be read."""
        if self._wait is None:
            self.left = min(self._most, self.left + int(seconds * STREAM_PER_S))
            self.forget()

    def forget(self) -> None:
        """Nothing is asked about any more of what was asked about so far, or it is as if for the first time."""
        self._known.clear()
        self._cuts.clear()

    @contextlib.contextmanager
    def ahead(self, asks: Callable[[], Iterator[None]]) -> Iterator[None]:
        """Within, what is waited for is read together with what *asks* asks about, bit by bit, of what comes behind.

        Many texts at once take half as long as one after the other. What is asked there is shown to nobody.
        """
        before, self._asks = self._asks, asks
        try:
            yield
        finally:
            self._asks = before

    def _gather(self) -> None:
        asks, self._asks = self._asks, None
        if asks is None:
            return
        self._later = True
        try:
            with contextlib.suppress(Withheld):  # which is raised again where it counts
                for _ in asks():
                    if sum(map(len, self._wanted)) >= AT_ONCE:
                        break
        finally:
            self._later, self._asks = False, asks

    @property
    def spares(self) -> bool:
        """Whether more than half of what may be read is left: then short texts, of which few name anybody, are too."""
        return not self._rule.is_off and 2 * self.left > self._most

    def reads(self, shortest: int) -> bool:
        """Whether texts of *shortest* characters are read at all; see `spans`."""
        return shortest == EVERY or (shortest > 0 and not self._rule.is_off)

    def _known_or_remembered(self, text: str) -> tuple[Span, ...] | None:
        known = self._known.get(text)
        # What is remembered counts like what is read, or it would show what others have been shown before.
        if known is None and text not in self._wanted and len(text) <= self.left:
            known = _MEMORY.get(text)
            if known is not None:
                self._known[text] = known
                self.left -= len(text)
        return known


def _unread(text: str) -> list[Span]:
    return [Span(start, end, (UNREAD,)) for start, end in sentences_that_may(text)]


def _span(hit: Hit) -> Span:
    return Span(hit.start, hit.end, found_as(hit.category, hit.why))
