"""What is held of a page: its values, where each stands in the source, and what tells of it."""

import html
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from policies.documents.heading_words import FREE_TEXT
from policies.documents.json_members import members
from policies.documents.path_words import words_in
from policies.documents.pieces import Piece
from policies.formats.masker import Withheld
from policies.formats.prose import LONG
from policies.recognisers.field_names.category import category_of_key
from policies.transforms.make import REDACTED

type Place = tuple[int, int]
"""From where to where in the source of a page."""

ASKED = re.compile(r"[?&;#][^=?&;#,\s]{1,200}=")
"""A parameter of an address."""
_CHOSEN = frozenset("sex ethnicity marriage party religion schooling".split())
"""Kinds of which a page offers all there are."""
_FEWEST_CHOICES = 2


@dataclass(slots=True)
class Held:
    """A value of a page."""

    text: str
    key: str
    places: list[Place]
    """Where it stands in the source: what becomes of it is written in the first, and nothing in the others."""
    spelled: Callable[[str], str] = html.escape
    row: int = 0
    """Tells the cells of one row of a table from those of others; 0 for what lies in none."""
    more: tuple[tuple[str, str], ...] = ()
    """Values, and their keys, that are hidden with it whatever becomes of it."""


class Holding:
    """Holds what something on a page tells of, and what may be somebody's by itself."""

    def __init__(self, is_label: Callable[[str], bool]) -> None:
        self.is_label = is_label
        self.found: list[Held] = []
        """In any order."""
        self._offered: list[Held] | None = None
        """What the list that is open offers and is not chosen, where only what is chosen is somebody's."""
        self._choices = 0
        self._is_chosen = False

    def tells(self, key: str) -> bool:
        """Whether *key* tells of somebody's value that has no text of its own."""
        return bool(key.strip()) and self.is_label(key.strip()) and category_of_key(key) != FREE_TEXT

    def hold(self, text: str, key: str, place: Place, spelled: Callable[[str], str] = html.escape) -> None:
        """Hold *text*, which stands at *place*, where *key* tells of it and it is no label itself."""
        if text.strip(" *") and self.tells(key) and not self.is_label(text.strip()):
            held = self._offered if self._offered is not None and not self._is_chosen else self.found
            held.append(Held(text, key, [place], spelled))

    def begin_choices(self, key: str) -> None:
        """Begin a list of choices of what *key* tells."""
        self.end_choices()
        self._offered = [] if is_chosen_from(key) else None

    def choice(self, *, is_chosen: bool) -> None:
        """One of the choices of the list that is open; what is held from here on belongs to it."""
        self._choices += 1
        self._is_chosen = is_chosen

    def end_choices(self) -> None:
        """End the list that is open: what it offers alone is chosen."""
        if self._offered and self._choices < _FEWEST_CHOICES:
            self.found += self._offered
        self._offered, self._choices = None, 0

    def short(self, text: str, place: Place, spelled: Callable[[str], str] = html.escape) -> None:
        """Hold *text* where pages are not looked through for texts as short, which documents are."""
        if (len(text.strip()) < LONG and not text.isascii()) or ASKED.search(text):
            self.found.append(Held(text, "", [place], spelled))

    def path(self, text: str, at: int) -> bool:
        """Whether *text*, which stands *at*, holds a path with words in Chinese: each is held, and what is beside."""
        words = path_words(text, at)
        if words:
            rests = beside([word.places[0] for word in words], (at, at + len(text)))
            said = ((text[start - at : end - at], (start, end)) for start, end in rests)
            words += (Held(rest, "", [place]) for rest, place in said if not rest.isascii() or ASKED.search(rest))
        self.found += words
        return bool(words)

    def document(self, text: str, place: Place, spelled: Callable[[str], str]) -> bool:
        """Whether *text* is JSON: then what is in it that keys tell of is held."""
        try:
            pieces = list(members(text, self.is_label))
        except Withheld:
            return False
        told = [piece for piece in pieces if piece.key and self.tells(piece.key) and piece.text.strip()]
        if spelled is str:
            for piece in told:
                self.hold(piece.text, piece.key or "", (place[0] + piece.start, place[0] + piece.end), piece.spelled)
        elif told:
            self.found.extend(_packed(text, told, place))
        return True


def is_chosen_from(key: str) -> bool:
    """Whether a page offers all that *key* may be, so that only what is chosen is somebody's."""
    return category_of_key(key) in _CHOSEN


def path_words(text: str, at: int) -> list[Held]:
    """The words in the paths in *text*, which stands *at*."""
    return [Held(word.text, "", [(at + word.start, at + word.end)], word.spelled) for word in words_in(text)]


def _packed(text: str, told: list[Piece], place: Place) -> Iterator[Held]:
    """What keys tell of in the JSON *text* of an attribute, which is written anew as a whole."""
    out, at = [], 0
    for piece in told:
        out += [text[at : piece.start], piece.spelled(REDACTED)]
        at = piece.end
    shown = "".join([*out, text[at:]])
    more = tuple((piece.text, piece.key or "") for piece in told)
    yield Held(*more[0], [place], lambda _: quoted(shown), more=more)


def quoted(new: str) -> str:
    """*new* as the value of an attribute, in quotes."""
    return f'"{html.escape(new)}"'


def beside(told: list[Place], place: Place) -> Iterator[Place]:
    """What of *place* lies beside those *told*, which are in order."""
    start, end = place
    for number in range(bisect_left(told, (start, 0)), len(told)):
        if told[number][0] >= end:
            break
        if start < told[number][0]:
            yield start, told[number][0]
        start = told[number][1]
    if start < end:
        yield start, end
