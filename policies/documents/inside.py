"""Documents in texts of XML: JSON, XML or a page, as a whole or in a section, is looked at as what it is."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

from policies.documents.document import NESTED, Document, Text, Within
from policies.documents.look import Look
from policies.formats.html.around import VOID
from policies.formats.html.tokens import RAW_TEXT, HtmlTokens, StartTag, Token
from policies.formats.html.tokens import Text as TextToken
from policies.formats.masker import Withheld

DEEPEST = 8
"""Documents in texts of each other."""
_MAY_BE_JSON = re.compile(r"\s*[\[{]")
_MAY_BE_XML = re.compile(r"\s*<[A-Za-z_!?/]")
_ENDED_BY_OTHERS = frozenset("body colgroup dd dt head html li option p tbody td tfoot th thead tr".split())
"""Elements whose end tags are often left out. Source: HTML Living Standard, 13.1.2.4."""
_WRAPPED = "<_>", "</_>"
"""Around several elements beside each other, which are no document by themselves."""


@dataclass(frozen=True, slots=True)
class Inside:
    """A *text* that is a document, which *document* reads."""

    text: str
    document: Document
    within: Within
    is_wrapped: bool = False

    def texts(self) -> Iterator[Text]:
        """The texts in it. Raises Withheld."""
        return self.document.texts(self._whole().encode(), self.within)

    def masked(self, look: Look) -> str:
        """It with what *look* makes of its texts. Raises Withheld."""
        out = self.document.mask(self._whole().encode(), look, self.within).decode()
        return out.removeprefix(_WRAPPED[0]).removesuffix(_WRAPPED[1]) if self.is_wrapped else out

    def _whole(self) -> str:
        return self.text.join(_WRAPPED) if self.is_wrapped else self.text


@dataclass(frozen=True, slots=True)
class Insides:
    """What looks for documents in texts, as *json*, *xml* and *page* read them."""

    json: Document
    xml: Document
    page: Document
    within: Within
    depth: int

    def find(self, text: str) -> Inside | None:
        """The document that *text* is; None where it is none. Raises Withheld for too many within each other."""
        found = self._found(text)
        if found is not None and self.depth >= DEEPEST:
            raise Withheld(NESTED)
        return found

    def _found(self, text: str) -> Inside | None:
        if _MAY_BE_JSON.match(text) and _is_json(text):
            return Inside(text, self.json, self.within)
        if _MAY_BE_XML.match(text) is None:
            return None
        if _is_xml(text):
            return Inside(text, self.xml, self.within)
        if _is_xml(text.join(_WRAPPED)):
            return Inside(text, self.xml, self.within, is_wrapped=True)
        return Inside(text, self.page, self.within) if _is_page(text) else None


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict | list)
    except (ValueError, RecursionError):
        return False


def _is_page(text: str) -> bool:
    """Whether something in *text* is markup beyond doubt; `<A级` or an address in angle brackets is none."""
    try:
        return any(map(_is_markup, list(HtmlTokens().feed(text, final=True))))
    except Withheld:
        return False


def _is_markup(token: Token) -> bool:
    if isinstance(token, StartTag):
        return token.name in VOID or token.name in _ENDED_BY_OTHERS or token.name in RAW_TEXT
    return not isinstance(token, TextToken)


def _is_xml(text: str) -> bool:
    """Whether *text* is XML that names no charset and declares nothing."""
    parser = expat.ParserCreate("utf-8")
    seen: list[object] = []
    parser.StartDoctypeDeclHandler = lambda *what: seen.append(what)
    try:
        parser.Parse(text.encode(), True)
    except (expat.ExpatError, UnicodeEncodeError):
        return False
    return not seen
