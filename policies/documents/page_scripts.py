"""What the scripts of a page hold: values behind what they are called, the texts of strings, of comments and of what
has no quotes around it.
"""

import json
import re
from collections.abc import Callable

from policies.documents.held import ASKED, Held, Holding, Place, beside
from policies.formats.html.scripts import Script

_ASSIGNED = re.compile(
    r"""(?P<quote>["']?)(?P<key>[\w$\u4e00-\u9fff-]{1,64})(?P=quote)\s*[:=]\s*"""
    r"""(?P<value>"(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+'|[0-9]++)"""
)
"""A value in a script, and what it is called."""
_LITERAL = re.compile(
    r""""(?P<double>(?:[^"\\\n]|\\[\s\S])*+)"?|'(?P<single>(?:[^'\\\n]|\\[\s\S])*+)'?|`(?P<back>(?:[^`\\]|\\[\s\S])*+)`?"""
    r"|/\*(?P<block>(?:[^*]|\*(?!/))*+)|(?<!:)//(?P<line>[^\n]*+)"
)
"""A string or a comment of a script."""
_ESCAPED = re.compile(r"\\(?:u\{0{0,4}([0-9A-Fa-f]{1,5})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(\n|[^\n]))")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
_STRINGS = frozenset({"double", "single"})


def hold_script(source: str, kind: Script, at: int, held: Holding) -> None:
    """Hold what the script *source*, of a *kind*, says of somebody, and what it says in Chinese; it begins *at*."""
    if kind is Script.JSON and held.document(source, (at, at + len(source)), str):
        return
    before = len(held.found)
    for found in _ASSIGNED.finditer(source):
        written, key = found["value"], found["key"]
        quote = written[0] if written[0] in "\"'" else ""
        bare = written[1:-1] if quote else written
        if key.lower() != "name" or not bare.isascii() or "\\u" in bare:  # scripts call everything a name
            place = (at + found.start("value"), at + found.end("value"))
            held.hold(bare, key, place, _between(quote or '"'))
    told = [each.places[0] for each in held.found[before:]]
    behind = 0
    for found in _LITERAL.finditer(source):
        name = found.lastgroup or ""
        start, end = found.span(name)
        _code(held, source, told, at, (behind, start))
        behind = end
        is_closed_string = name in _STRINGS and found.end() > end
        for piece in beside(told, (at + start, at + end)):
            _literal(held, source[piece[0] - at : piece[1] - at], piece, is_escaped=is_closed_string)
    _code(held, source, told, at, (behind, len(source)))


def _code(held: Holding, source: str, told: list[Place], at: int, place: Place) -> None:
    """Hold what is not in ASCII at *place* in *source*, which begins *at*: templates have no quotes around texts,
    and a quote in a regular expression makes of strings what is between them.
    """
    if source[slice(*place)].isascii():
        return
    for start, end in beside(told, (at + place[0], at + place[1])):
        if not source[start - at : end - at].isascii():
            _literal(held, source[start - at : end - at], (start, end), is_escaped=False)


def _literal(held: Holding, said: str, place: Place, *, is_escaped: bool) -> None:
    """Hold what a script says at *place* in a string, which *is_escaped*, or in a comment."""
    is_escaped = is_escaped and "\\" in said
    text = _unescaped(said) if is_escaped else said
    if text == said and held.path(said, place[0]):
        return
    if not held.is_label(text.strip()) and (not text.isascii() or ASKED.search(text)):
        held.found.append(Held(text, "", [place], _escaped if is_escaped else str))


def _unescaped(said: str) -> str:
    """What a string of a script says that is written *said*."""
    text = _ESCAPED.sub(_character, said)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _character(escaped: re.Match[str]) -> str:
    number = escaped[1] or escaped[2] or escaped[3]
    if number is None:
        return _ESCAPES.get(escaped[4], escaped[4])
    return chr(int(number, 16))


def _escaped(text: str) -> str:
    """*text* as it is written in a string of a script, whichever quotes are around it."""
    return json.dumps(text, ensure_ascii=False)[1:-1].replace("'", "\\'").replace("`", "\\`").replace("<", "\\u003c")


def _between(quote: str) -> Callable[[str], str]:
    return lambda new: f"{quote}{new}{quote}"
