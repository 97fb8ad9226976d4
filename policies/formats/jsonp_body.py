"""Masks JSONP: JSON that a script hands to a function, where nothing but the JSON is looked at as data.

What stands around the JSON is of one of the few forms that frameworks write, so it can say nothing: it passes octet for
octet. Whatever else a script does is not looked into; it is withheld.
"""

import re
from collections.abc import Callable

from policies.formats.free_text import KnownValues
from policies.formats.masker import Masker, Withheld
from policies.recognisers.scan import scan

LONGEST_NAME = 128
"""Characters of what the function is called: a caller says that, and jQuery makes names of some forty."""
LONGEST_OPENING = 1024
"""Octets before the JSON."""
LONGEST_CLOSING = 64
"""Octets behind it."""
NOT_JSONP = "not_json"

_NAME = r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*"
_BLANK = r"[ \t\r\n]*"
_BLANKS = b" \t\r\n"
_OPENING = (
    rf"\ufeff?{_BLANK}(?:/\*\*/{_BLANK})?"
    rf"(?:typeof[ \t]+(?P<asked>{_NAME}) ?===? ?(?P<quote>['\"])function(?P=quote) ?&& ?)?"
    rf"(?P<name>{_NAME}){_BLANK}\("
)
_CLOSING = rf"{_BLANK}\){_BLANK};?{_BLANK}"
OPENING = re.compile(_OPENING, re.ASCII)
"""What may stand before the JSON. Sources: Express, `res.jsonp`; Spring, `AbstractJsonpResponseBodyAdvice`."""
CLOSING = re.compile(rf"{_CLOSING}\Z", re.ASCII)
"""What may stand behind it."""
_MAY_OPEN = re.compile(rb"(?:\xef\xbb\xbf|\xef\xbb?\Z)?[\w$./*=&'\" \t\r\n]*\Z", re.ASCII)
_OF_THE_LANGUAGE = frozenset(
    "await break case catch class const continue debugger default delete do else enum eval export extends false "
    "finally for function if import in instanceof new null return super switch this throw true try typeof var "
    "void while with yield".split()
)
"""What does something by itself where a parenthesis stands behind it."""
_LINE_ENDS = {b"\xe2\x80\xa8": b"\\u2028", b"\xe2\x80\xa9": b"\\u2029"}
"""Characters that JSON may hold as they are, and scripts before ECMAScript 2019 may not."""
_BEFORE_LINE_ENDS = (b"\xe2\x80", b"\xe2")


def opening_of(text: str) -> re.Match[str] | None:
    """What stands before the JSON in *text*; None where that is no JSONP."""
    found = OPENING.match(text, 0, LONGEST_OPENING)
    if found is None or len(found["name"]) > LONGEST_NAME:
        return None
    return found if found["asked"] in (None, found["name"]) and found["name"] not in _OF_THE_LANGUAGE else None


def called_with(text: str) -> tuple[int, int] | None:
    """From where to where in *text* there stands what its function is called with; None where it is no JSONP.

    Whether that is JSON has to be seen.
    """
    opening, closing = opening_of(text), CLOSING.search(text, max(0, len(text) - LONGEST_CLOSING))
    if opening is None or closing is None or closing.start() < opening.end():
        return None
    return opening.end(), closing.start()


def json_in(text: str) -> str:
    """The JSON in the JSONP *text*. Raises Withheld where that is none."""
    place = called_with(text)
    if place is None:
        raise Withheld(NOT_JSONP)
    return text[slice(*place)]


class JsonpMasker:
    """A masker for one body in UTF-8 whose JSON *inner* masks. *hidden*: what is shown in no place."""

    def __init__(self, inner: Masker, hidden: KnownValues | None = None) -> None:
        self.tally = inner.tally
        self._inner = inner
        self._hidden = hidden
        self._is_open = self._has_begun = False
        """Whether the parenthesis, and whether the JSON behind it, has come."""
        self._held = b""
        """Before the JSON all that came, and then what may stand behind it."""
        self._half = b""
        """Of what was made, what may begin a line end of scripts."""

    def around(self, wrap: Callable[[Masker], Masker]) -> "JsonpMasker":
        """The same where the JSON is masked by what *wrap* makes of its masker. To be called before anything is fed."""
        return JsonpMasker(wrap(self._inner), self._hidden)

    def feed(self, data: bytes) -> list[bytes]:
        """See `Masker.feed`."""
        self._held += data
        out = []
        if not self._is_open:
            opening = self._opening()
            if opening is None:
                return []
            out, self._held, self._is_open = [opening], self._held[len(opening) :], True
        inside, self._held = self._held[:-LONGEST_CLOSING], self._held[-LONGEST_CLOSING:]
        return [*out, *self._masked(inside)]

    def close(self) -> list[bytes]:
        """See `Masker.close`."""
        closing = CLOSING.search(self._held.decode("latin-1"))
        if not self._is_open or closing is None:
            raise Withheld(NOT_JSONP)
        inside, behind = self._held[: closing.start()], self._held[closing.start() :]
        return [*self._masked(inside), *self._written(self._inner.close(), final=True), behind]

    def _masked(self, inside: bytes) -> list[bytes]:
        """What becomes of more of the JSON, and of blanks before it, which stay."""
        before = b""
        if not self._has_begun:
            before, inside = inside[: len(inside) - len(inside.lstrip(_BLANKS))], inside.lstrip(_BLANKS)
            self._has_begun = bool(inside)
        return [*([before] if before else []), *self._written(self._inner.feed(inside) if inside else [])]

    def _opening(self) -> bytes | None:
        """What stands before the JSON; None as long as it has not come whole. Raises Withheld."""
        before, parenthesis, _ = self._held.partition(b"(")
        if len(before) > LONGEST_OPENING or not _MAY_OPEN.match(before):
            raise Withheld(NOT_JSONP)
        if not parenthesis:
            return None
        opening = before + parenthesis
        found = opening_of(opening.decode())
        if found is None or found.end() < len(found.string):
            raise Withheld(NOT_JSONP)
        name = found["name"]
        if scan(name) or (self._hidden is not None and self._hidden.spans(name)):
            raise Withheld(NOT_JSONP)  # the system may have called it anything
        return opening

    def _written(self, made: list[bytes], *, final: bool = False) -> list[bytes]:
        """What was *made*, as it may stand in any script."""
        text = self._half + b"".join(made)
        self._half = b"" if final else next((half for half in _BEFORE_LINE_ENDS if text.endswith(half)), b"")
        text = text[: len(text) - len(self._half)]
        for character, escaped in _LINE_ENDS.items():
            text = text.replace(character, escaped)
        return [text] if text else []
