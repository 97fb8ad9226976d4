"""The tokens of JSON, and of what people and programs write for it: comments, other quotes, keys without any, commas
too many, several documents behind each other. Pure.

Each token says what it would be in JSON, so whatever reads one reads the other. What is no JSON even so is none.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]++')
_RELAXED = re.compile(
    r"(?P<space>[\s\ufeff]++)|/\*(?P<block>(?:[^*]|\*(?!/))*+)\*/|(?://|\#)(?P<line>[^\r\n]*+)"
    r'|(?P<text>"(?:[^"\\\r\n]|\\(?:\r\n|[\s\S]))*+"|\'(?:[^\'\\\r\n]|\\(?:\r\n|[\s\S]))*+\')'
    r"|(?P<sign>[{}\[\],:])|(?P<word>(?:[^\s{}\[\],:\"'/#]|/(?![/*]))++)"
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(\r\n|[\s\S]))")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}
_NO_NUMBERS = frozenset({"NaN", "Infinity", "-Infinity"})
"""What Python reads as numbers, and JSON has not."""
_OPEN, _CLOSE = frozenset("{["), frozenset("}]")


class Token(NamedTuple):
    """One token, where it stands, and what it is in JSON."""

    start: int
    end: int
    said: str


@dataclass(frozen=True, slots=True)
class Relaxed:
    """One document, and the comments before, within and behind it."""

    document: object
    tokens: list[Token]
    comments: list[Token]
    """What each says, without its marks."""


def tokens_of(text: str, start: int, end: int) -> Iterator[Token]:
    """The tokens of the JSON in *text* from *start* to *end*, which can be read as that."""
    return (Token(found.start(), found.end(), found[0]) for found in _TOKEN.finditer(text, start, end))


def relaxed(text: str, start: int, end: int) -> list[Relaxed] | None:
    """The documents in *text* from *start* to *end*, each an object or a list; None where something else is there."""
    found: list[Relaxed] = []
    tokens: list[Token] = []
    comments: list[Token] = []
    depth, at = 0, start
    while at < end:
        match = _RELAXED.match(text, at, end)
        if match is None:
            return None
        at = match.end()
        kind = match.lastgroup or ""
        if kind in ("block", "line"):
            comments.append(Token(*match.span(kind), match[kind]))
        elif kind != "space":
            said = _said(kind, match[0])
            if said in _CLOSE and len(tokens) > 1 and tokens[-1].said == "," and tokens[-2].said not in _OPEN:
                tokens.pop()  # one too many
            depth += (said in _OPEN) - (said in _CLOSE)
            if depth < 0 or (not depth and said not in _CLOSE):
                return None
            tokens.append(Token(*match.span(), said))
            if not depth:
                document = _document(tokens)
                if document is None:
                    return None
                found.append(Relaxed(document, tokens, comments))
                tokens, comments = [], []
    if tokens or not found:
        return None
    found[-1].comments.extend(comments)
    return found


def _said(kind: str, written: str) -> str:
    """What a token of *kind* that is *written* so is in JSON."""
    if kind == "sign" or (_is_json(written) and written not in _NO_NUMBERS):
        return written
    if kind == "text":
        text = _ESCAPE.sub(_character, written[1:-1])
        return json.dumps(text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass"), ensure_ascii=False)
    return json.dumps(written, ensure_ascii=False)


def _is_json(written: str) -> bool:
    try:
        json.loads(written)
    except (ValueError, RecursionError):
        return False
    return True


def _character(escaped: re.Match[str]) -> str:
    number = escaped[1] or escaped[2]
    return _ESCAPES.get(escaped[3], escaped[3]) if number is None else chr(int(number, 16))


def _document(tokens: list[Token]) -> object:
    """What *tokens* are together, where keys may be words of any kind; None where they are no JSON."""
    keyed = [*tokens]
    for at, (token, following) in enumerate(pairwise(tokens)):
        if following.said == ":" and token.said[0] not in '"{[]},:':
            keyed[at] = token._replace(said=json.dumps(token.said, ensure_ascii=False))
    tokens[:] = keyed
    try:
        return json.loads(" ".join(token.said for token in tokens))
    except (ValueError, RecursionError):
        return None
