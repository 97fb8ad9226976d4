"""The values of JSON, and of what is written for it, as they stand in a text."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from policies.documents.document import MALFORMED, TOO_LARGE
from policies.documents.heading_words import FREE_TEXT
from policies.documents.json_tokens import Token, relaxed, tokens_of
from policies.documents.nobodys import is_office
from policies.documents.pieces import LONGEST_PLACE, Piece
from policies.formats.json.keys import is_telling_key
from policies.formats.jsonp_body import called_with
from policies.formats.masker import Withheld
from policies.recognisers.field_names.category import category_of_key, is_label_of, key_that_tells
from policies.recognisers.field_names.words import FACTS
from policies.recognisers.persons.pet_names import may_be_called
from policies.recognisers.pointers import told_in

DEEPEST = 256
_HALF = re.compile("[\ud800-\udfff]")
_NONE = object()
"""For what is no JSON."""
_AS_BESIDE = frozenset({"name", "xm"})
"""Keys of people and of things, of which what stands around them tells."""
_CALLED = "品名"
"""As what is headed that is called so by its facts."""
_FEWEST_OFFICES = 2
"""Beside one of the same kind in a list."""
_FEWEST_LINES = 2
"""Of a text that holds a document on each of them."""


def members(text: str, is_label: Callable[[str], bool]) -> Iterator[Piece]:
    """The values of the JSON *text*: one document, one on each line, or one that a function is called with (JSONP).

    Comments, other quotes and commas too many are read as well; a line that is no JSON among others that are is a text.
    Raises Withheld.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        yield from _others(text, is_label)
    else:
        yield from _members(tokens_of(text, 0, len(text)), document, is_label)


def _others(text: str, is_label: Callable[[str], bool]) -> Iterator[Piece]:
    """The same of what is no single document of JSON."""
    if (called := called_with(text)) is not None:
        document = _parsed(text[slice(*called)])
        if document is _NONE:
            yield from _relaxed(text, called, is_label)
        else:
            yield from _members(tokens_of(text, *called), document, is_label)
        return
    start, found, held = 0, [], 0
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        if line.strip():
            document = _parsed(line)
            held += isinstance(document, dict | list)
            found.append((number, start, start + len(line), document))
        start += len(line)
    if len(found) < _FEWEST_LINES or 2 * held < len(found):
        yield from _relaxed(text, (0, len(text)), is_label)
        return
    for number, start, end, document in found:
        if document is _NONE:
            yield Piece(start, end, text[start:end], str, f"line {number}")
        else:
            yield from _members(tokens_of(text, start, end), document, is_label)


def _relaxed(text: str, place: tuple[int, int], is_label: Callable[[str], bool]) -> Iterator[Piece]:
    """The values of what is written for JSON at *place* in *text*, and the comments in it. Raises Withheld."""
    documents = relaxed(text, *place)
    if documents is None:
        raise Withheld(MALFORMED)
    for each in documents:
        yield from (Piece(*comment, str, "comment") for comment in each.comments if comment.said.strip())
        yield from _members(each.tokens, each.document, is_label)


def _parsed(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return _NONE


@dataclass(slots=True)
class _Container:
    """One that the walk through a JSON text is in."""

    step: str
    above: str
    """The key that it stands under, or that something around it stands under."""
    pointer: str
    index: int = -1
    """Of the element of a list that is looked at."""
    held: object = None
    """What it is, as far as that is known."""

    def at(self, key: str, *, named: bool) -> object:
        """What it holds under *key*, or at its index."""
        if isinstance(self.held, dict) and named:
            return self.held.get(key)
        if isinstance(self.held, list) and 0 <= self.index < len(self.held):
            return self.held[self.index]
        return None

    def inner(self, key: str, *, named: bool) -> str:
        """The pointer (RFC 6901) of what it holds under *key*, or at its index."""
        return f"{self.pointer}/{key.replace('~', '~0').replace('/', '~1') if named else self.index}"


def _members(tokens: Iterable[Token], document: object, is_label: Callable[[str], bool]) -> Iterator[Piece]:
    told = told_in(document)
    path: list[_Container] = []
    key, named = "", True
    for token, following in pairwise((*tokens, None)):
        assert token is not None
        start, end, said = token
        if said in "]}":
            key = path.pop().above
        elif said in ",:":
            named = said == ":"
        elif following is not None and following.said == ":" and said[0] == '"':
            key = json.loads(said)
            if not is_label_of(key, category_of_key(key) or ""):  # 配偶宗教信仰 names nobody
                yield Piece(start, end, key, _string, _pointer(path, ""), "")
        else:
            if path and not named:
                path[-1].index += 1
            pointer = path[-1].inner(key, named=named) if path else ""
            if said in "{[":
                held = path[-1].at(key, named=named) if path else document
                path.append(_Container(key if named else "*", key, pointer, held=held))
                named = False
                if len(path) > DEEPEST:
                    raise Withheld(TOO_LARGE)
                continue
            value = json.loads(said)
            if isinstance(value, str | int | float) and not isinstance(value, bool):
                shown = value if isinstance(value, str) else said
                tells = key if is_label(key) or pointer not in told else key_that_tells(told[pointer])
                if key.lower() in _AS_BESIDE and pointer not in told and not may_be_called(shown):
                    tells = ""  # what stands beside says that it is no person
                elif key.lower() in _AS_BESIDE and (
                    _is_part(shown, key, path) or (pointer not in told and _has_facts(path, is_label))
                ):
                    tells = _CALLED
                is_whole = is_label(tells) and category_of_key(tells) != FREE_TEXT
                inner = members if not is_whole and _is_document(value) else None
                place = _pointer(path, key if named else "*")
                yield Piece(start, end, shown, _string, place, tells, inner=inner)


def _has_facts(path: Sequence[_Container], is_label: Callable[[str], bool]) -> bool:
    """Whether the last of *path* has facts that only a thing has, and none of somebody's."""
    held = path[-1].held if path else None
    if not isinstance(held, dict) or FACTS.isdisjoint(map(str.lower, held)):
        return False
    return not any(is_label(key) for key in held if key.lower() not in _AS_BESIDE)


def _is_part(said: object, key: str, path: Sequence[_Container]) -> bool:
    """Whether *said* under *key* is a part of an organisation, for others called alike stand in the same list."""
    around = path[-2].held if len(path) > 1 else None
    if not isinstance(said, str) or not isinstance(around, list):
        return False
    others = [each.get(key) for each in around if isinstance(each, dict)]
    alike = [each for each in others if isinstance(each, str) and each != said and each[-1:] == said[-1:]]
    return sum(map(is_office, alike)) >= _FEWEST_OFFICES


def _is_document(value: object) -> bool:
    """Whether *value* is a string that holds a document of JSON: then it is looked at as that."""
    if not isinstance(value, str) or not value.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        return False
    return True


def _pointer(path: Iterable[_Container], last: str) -> str:
    """Where a value stands: keys that may be data themselves are left out."""
    steps = [*(each.step for each in path), last]
    return "/".join("*" if is_telling_key(step) else step for step in steps)[:LONGEST_PLACE]


def _string(new: str) -> str:
    """*new* as a string of JSON; half of a pair of surrogates, which no charset writes, stays escaped."""
    return _HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", json.dumps(new, ensure_ascii=False))
