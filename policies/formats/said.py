"""What a caller has said in the request, where an answer may repeat it: whether it was right must not be seen.

A page hides the values that it knows to be personal wherever they stand. If it showed what else the caller has said,
the stars would tell that a guess was right. So every guess is hidden as well, right or wrong, in a page that hides
anything; and words are hidden whole then, or where the stars end would tell. See docs/decisions/0013-guesses.md.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from urllib.parse import unquote

from policies.digest import canonical
from policies.formats.finder import LONGEST_KNOWN, Finder, Span, is_looked_for, merge
from policies.recognisers.readings import readings

LONGEST_GUESS = 24
"""Characters of a guess that are looked for: words are hidden whole, and each length more costs at every place."""

_JOINERS = "-.@·•'’_"
_WORD = re.compile(r"\w+(?:[-.@·•'’]\w+)*")
_PART = re.compile(r"[^\W_]+")
_BETWEEN = re.compile(r"[\W_]+")
_NEAR = re.compile(r"[^\w\"'<>=&?\n]{1,3}")
"""What may stand between the words of one value."""


@dataclass(slots=True)
class _Phrase:
    """Words that were said side by side. One of them that could be somebody's makes guesses of all."""

    words: list[str] = field(default_factory=list)
    """Those long enough to be looked for, and neighbours that together are."""


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What the caller has said once, and for one control: a page may say it again there."""

    asked: Mapping[str, str] = field(default_factory=dict)
    """In the address, by the name of the parameter."""
    sent: Mapping[str, str] = field(default_factory=dict)
    """In a form, by the name of the control, and sent on as it was said."""
    is_here: Callable[[str, bool], bool] = lambda action, asks: False
    """Whether a form with this `action` leads to where the request went. *asks*: it changes nothing."""
    pairs: frozenset[tuple[str, str]] = frozenset()
    """Name and value of everything that was said by a name."""

    def for_control(self, name: str, action: str, *, asks: bool) -> str | None:
        """What the caller has just said in the control *name* of a form with *action*; None where he has not."""
        said = (self.asked if asks else self.sent).get(name)
        return said if said is not None and self.is_here(action, asks) else None


class Said:
    """What was said: *texts*, in which the words of *vocabulary* are no guesses.

    Everything is compared without regard to case. *seal* makes of a value what the caller can send back in its place.
    *own* is what may be said again where it was said.
    """

    def __init__(
        self,
        texts: Iterable[str] = (),
        vocabulary: frozenset[str] = frozenset(),
        *,
        seal: Callable[[str], str] | None = None,
        own: OwnWords | None = None,
    ) -> None:
        self.own = own or OwnWords()
        self._vocabulary = vocabulary
        self._seal = seal
        # A page may repeat it percent-encoded, and what looks escaped in any way is read that way by maskers.
        self._texts = {folded(form).strip() for said in texts for form in _forms(said)}
        self._phrases = [phrase for text in self._texts for phrase in self._phrases_in(text) if phrase.words]
        self._watched = Finder(word for phrase in self._phrases for word in phrase.words if len(word) <= LONGEST_KNOWN)
        self._public: set[str] = set()
        self._guesses: Finder | None = None
        self._bare: list[str] | None = None

    def anew(self) -> "Said":
        """The same said, of which nothing is known to be public so far."""
        other = copy(self)
        other._public, other._guesses = set(), None
        return other

    def note_public(self, text: str) -> None:
        """Whoever says what stands in *text*, which every caller of the view is shown, has guessed nothing."""
        if self._phrases:
            self._public |= self._watched.found_in(folded(text))
            self._guesses = None

    def holds(self, text: str) -> bool:
        """Whether all of *text* was said: it may be nothing but the caller's own words."""
        text = folded(text).strip()
        return any(text in said for said in self._texts)

    def names(self, identifier: str) -> bool:
        """Whether *identifier* was said, in whatever spelling a system may have read as it, or within other words."""
        subject = canonical(identifier)
        if not subject or self.holds(identifier):
            return bool(subject)
        if not is_looked_for(subject):
            words = (word for text in self._texts for word in (text, *_WORD.findall(text)))
            return any(canonical(word) == subject for word in words)
        if self._bare is None:
            self._bare = [_bare(text) for text in self._texts]
        forms = {_bare(subject), _bare(identifier)}
        if len(subject) == 18:  # its check digit can be worked out, and until 1999 it had none
            forms |= {subject[:17], subject[:6] + subject[8:17]}
        return any(form in said for form in forms for said in self._bare)

    @property
    def guesses(self) -> Finder:
        """Finds what was said and may have been guessed, as far as it is known by now what is public."""
        if self._guesses is None:
            open_ = [phrase for phrase in self._phrases if not self._public.issuperset(phrase.words)]
            found = {part[:LONGEST_GUESS] for phrase in open_ for word in phrase.words for part in self._parts_of(word)}
            self._guesses = Finder(found)
        return self._guesses

    def guarded(self, text: str, known: Sequence[Span]) -> list[Span]:
        """What of *text* is hidden besides guesses of the caller's, so that *known* cannot be told from them."""
        if not self.guesses:
            return list(known)
        lowered = folded(text)
        words = [match.span() for match in _WORD.finditer(lowered)]
        begins = [start for start, _ in words]
        said: list[Span] = []
        judged: dict[int, bool] = {}  # a word may hold thousands of guesses, and is as long as somebody made it
        for span in self.guesses.spans(lowered):
            at = bisect_right(begins, span.start) - 1
            # What the application itself says is no echo of a guess, though a guess may be part of it.
            if at >= 0 and span.end <= words[at][1]:
                if at not in judged:
                    judged[at] = self._is_vocabulary(lowered[slice(*words[at])])
                if judged[at]:
                    continue
            said.append(span)
        seeds = merge([*known, *said])
        return merge([*seeds, *_whole_words(text, seeds)]) if seeds else []

    def kept(self, name: str, value: str, within: Sequence[tuple[str, str]] = ()) -> str | None:
        """*value* sealed, so that a page works by it, where the caller has said it by this very *name*; None otherwise.

        *within*: the pairs that it holds, of what he asked before; then it does where he has said each of them.
        What an application puts there by itself was said by nobody: were it sealed where some guess is right, the seal
        would tell.
        """
        pairs = self.own.pairs
        if self._seal is None or ((name, value) not in pairs and not (within and pairs.issuperset(within))):
            return None
        return self._seal(value)

    def _phrases_in(self, text: str) -> Iterable[_Phrase]:
        for words in _side_by_side(text):
            phrase, short = _Phrase(), slice(0)
            for start, end in words:
                word = text[start:end]
                if not is_looked_for(word):
                    # From word to word: what stands before them, a comma perhaps, stands before others as well.
                    short = slice(start if short.start is None else short.start, end)
                    continue
                if is_looked_for(between := text[short]):
                    phrase.words.append(between)
                short = slice(0)
                if not self._is_vocabulary(word):
                    phrase.words.append(word)
            if is_looked_for(between := text[short]):
                phrase.words.append(between)
            yield phrase

    def _is_vocabulary(self, word: str) -> bool:
        """Whether *word* is one of the vocabulary, or made of some and of what is too short to be looked for."""
        if word in self._vocabulary:
            return True
        places = [match.span() for match in _PART.finditer(word)]
        ours = [(start, end) for start, end in places if word[start:end] in self._vocabulary]
        ends, begins = [0, *(end for _, end in ours)], [*(start for start, _ in ours), len(word)]
        between = (word[end:start].strip(_JOINERS) for end, start in zip(ends, begins, strict=True))
        return bool(ours) and not any(map(is_looked_for, between))

    def _parts_of(self, word: str) -> Iterable[str]:
        yield word
        for match in re.finditer(r"\w+", word):
            if is_looked_for(match[0]) and not self._is_vocabulary(match[0]):
                yield match[0]


def folded(text: str) -> str:
    """*text* in lower case, character for character."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(lower if len(lower := char.lower()) == 1 else char for char in text)


def _forms(said: str) -> Iterator[str]:
    """What was *said*, and all that maskers read where a page says it again."""
    yield from (said, unquote(said))
    for reading in readings(said):
        yield reading.text


def _bare(text: str) -> str:
    """*text* of letters and digits alone, NFKC and in upper case."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()


def _side_by_side(text: str) -> list[list[tuple[int, int]]]:
    """Where words stand in *text*, those together that may belong to one value."""
    phrases: list[list[tuple[int, int]]] = []
    for match in _WORD.finditer(text):
        if phrases and _NEAR.fullmatch(text, phrases[-1][-1][1], match.start()):
            phrases[-1].append(match.span())
        else:
            phrases.append([match.span()])
    return phrases


def _whole_words(text: str, seeds: Sequence[Span]) -> list[Span]:
    """The words of *text* that *seeds* touch, and words beside them too short to be looked for; neighbours as one."""
    spans: list[Span] = []
    place = 0
    for words in _side_by_side(text):
        hidden = []
        for start, end in words:
            while place < len(seeds) and seeds[place].end <= start:
                place += 1
            hidden.append(place < len(seeds) and seeds[place].start < end)
        if not any(hidden):
            continue
        short = [not is_looked_for(text[start:end]) for start, end in words]
        for order in (range(1, len(words)), range(len(words) - 2, -1, -1)):
            for at in order:
                hidden[at] = hidden[at] or (short[at] and hidden[at - order.step])
        for at, (start, end) in enumerate(words):
            if hidden[at]:
                begins = spans.pop().start if at and hidden[at - 1] else start
                spans.append(Span(begins, end, ()))
    return spans
