"""Reads the XML that a caller sends into a tree, strictly, and spells it anew: what is sent on is what was understood.

Comments and processing instructions go, sections become text, references what they stand for. Refused: a DTD, which
declares what references stand for and where to read on; inclusions, by which a reader fetches more; any charset but
UTF-8; and what is signed, for another spelling need not bear the signature.
"""

from xml.parsers import expat

from policies.formats.json.nodes import DEEPEST
from policies.formats.masker import Withheld
from policies.formats.xml.names import SIGNATURE, declaration, name_of, namespace_parser
from policies.formats.xml.tree import Element

MOST_PARTS = 20_000
"""Elements, attributes and namespaces of one document together: each takes far more memory than letters."""
_INCLUSIONS = "http://www.w3.org/2001/XInclude"
_BEGINS = '<?xml version="1.0" encoding="UTF-8"?>\n'
_UTF_8 = "utf-8"


def read_xml(data: bytes, spaces: frozenset[str]) -> Element:
    """The root element of the document *data*. *spaces* are the namespaces that a policy names. Raises Withheld."""
    return _Reader(spaces).read(data)


def spell_xml(root: Element) -> bytes:
    """The document of *root*, in UTF-8."""
    return f"{_BEGINS}{root.spelled()}".encode(_UTF_8)


class _Reader:
    def __init__(self, spaces: frozenset[str]) -> None:
        self._known = spaces
        self._spaces = ""
        self._parts = 0
        self._open: list[Element] = []
        self._said: list[str] = []
        self._root: Element | None = None

    def read(self, data: bytes) -> Element:
        parser = namespace_parser()
        parser.XmlDeclHandler = self._declares
        parser.StartNamespaceDeclHandler = self._namespace
        parser.StartElementHandler = self._begins
        parser.EndElementHandler = self._ends
        parser.CharacterDataHandler = self._said.append
        try:
            parser.Parse(data.decode(_UTF_8).removeprefix("\ufeff"), True)
        except UnicodeDecodeError:
            raise Withheld("not_utf_8") from None
        except expat.ExpatError:
            raise Withheld("not_xml") from None
        assert self._root is not None
        return self._root

    def _declares(self, version: str, encoding: str | None, standalone: int) -> None:
        if version != "1.0" or (encoding is not None and encoding.lower() != _UTF_8):
            raise Withheld("not_utf_8")

    def _namespace(self, prefix: str | None, uri: str | None) -> None:
        self._count(1)
        self._spaces += declaration(prefix or "", uri or "", self._known)

    def _begins(self, told: str, attributes: list[str]) -> None:
        self._count(1 + len(attributes) // 2)
        name, spaces, self._spaces = name_of(told), self._spaces, ""
        if (name.space, name.local) == SIGNATURE:
            raise Withheld("signed")
        if name.space == _INCLUSIONS:
            raise Withheld("xml_includes")
        if len(self._open) >= DEEPEST:
            raise Withheld("nested_too_deeply")
        self._settle_text()
        element = Element(name, dict(zip(map(name_of, attributes[::2]), attributes[1::2], strict=True)), spaces)
        if self._open:
            self._open[-1].content.append(element)
        else:
            self._root = element
        self._open.append(element)

    def _ends(self, told: str) -> None:
        self._settle_text()
        self._open.pop()

    def _settle_text(self) -> None:
        if self._said and self._open:
            self._open[-1].content.append("".join(self._said))
        self._said.clear()

    def _count(self, more: int) -> None:
        self._parts += more
        if self._parts > MOST_PARTS:
            raise Withheld("too_large_to_read")
