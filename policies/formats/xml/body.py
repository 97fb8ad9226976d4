"""Masks XML bodies as they arrive: what encloses records is passed on tag by tag, each record is treated as a whole.

The parser is expat; the output is spelled anew, in UTF-8. Comments and processing instructions go, sections become
text, references what they stand for. A DTD is withheld: it declares what references stand for, and where to read on.
What is signed is withheld as well, for no mask of it would bear the signature; or it is shown as a copy without one.
"""

import re
from dataclasses import dataclass
from xml.parsers import expat

from policies.choose import EVERYBODYS, Choice
from policies.formats.charset import Charset
from policies.formats.free_text import KnownValues
from policies.formats.json.nodes import DEEPEST, Node, Object, Value
from policies.formats.masker import LEFT_OUT, Action, Tally, Withheld
from policies.formats.xml.names import SIGNATURE, Name, declaration, name_of, namespace_parser, text
from policies.formats.xml.tree import Element, XmlTree

LARGEST_UNIT = 1024 * 1024
"""Characters of a record, or of whatever else is treated as a whole; an element counts as `ELEMENT` of them."""
ELEMENT = 100
LONGEST_TOKEN = 1024 * 1024
"""Characters of one tag, comment or instruction."""
LONGEST_DECLARATION = 1024

SIGNED = "answer_signed"
_BEGINS = '<?xml version="1.0" encoding="UTF-8"?>\n'
_UNSIGNED = "<?yingbi unsigned-copy?>\n"
_DECLARED = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_DECLARATION = b"<?xml"
_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class XmlShape:
    """What is declared of a document."""

    root: Object
    """Of what the root element lies in."""
    spaces: frozenset[str] = frozenset()
    """Namespaces that the policy names."""
    unsigned_copy: bool = False
    """Whether what is signed is shown without its signatures, and says so."""


@dataclass(slots=True)
class _Open:
    """An element that was passed on before its end has come."""

    node: Node
    came: Name
    name: Name


class XmlMasker:
    """A masker for one XML body. *charset* is what the head says of it, empty where it says nothing."""

    def __init__(
        self,
        shape: XmlShape,
        undeclared: Action,
        tally: Tally,
        charset: str,
        choice: Choice = EVERYBODYS,
        hidden: KnownValues | None = None,
    ) -> None:
        self.tally = tally
        self._shape = shape
        self._undeclared = Value(undeclared)
        self._tree = XmlTree(undeclared, tally, choice, hidden)
        self._charset = Charset(charset) if charset else None
        self._start = b""
        self._has_begun = False
        self._open: list[_Open] = []
        self._built: list[Element] = []
        self._node: Node = self._undeclared  # of the first of those being built
        self._is_declared = False
        self._weight = 0
        self._skipped = 0  # how many elements are open that are left out
        self._said: list[str] = []  # text, as far as it has come
        self._spaces = ""
        self._events = self._quiet = 0
        self._out: list[str] = []
        self._parser = self._made()

    def feed(self, data: bytes) -> list[bytes]:
        """See `Masker.feed`."""
        return self._settled(data, final=False)

    def close(self) -> list[bytes]:
        """See `Masker.close`."""
        return self._settled(b"", final=True)

    def _settled(self, data: bytes, *, final: bool) -> list[bytes]:
        if self._charset is None:
            self._start += data
            if not final and len(self._start) < LONGEST_DECLARATION and _may_go_on(self._start):
                return []
            found = _DECLARED.match(self._start[:LONGEST_DECLARATION])
            self._charset = Charset(found[1].decode("ascii") if found is not None else "utf-8")
            data, self._start = self._start, b""
        read = self._charset.decode(data, final=final)
        if read and not self._has_begun:
            read, self._has_begun = read.removeprefix(_MARK), True
        before = self._events
        try:
            self._parser.Parse(read, final)
        except expat.ExpatError:
            raise Withheld("not_xml") from None
        self._quiet = self._quiet + len(read) if self._events == before else 0
        if self._quiet > LONGEST_TOKEN:
            raise Withheld("too_large_to_mask")
        out, self._out = "".join(self._out), []
        return [out.encode("utf-8")] if out else []

    def _made(self) -> expat.XMLParserType:
        parser = namespace_parser()
        parser.XmlDeclHandler = self._declares
        parser.StartNamespaceDeclHandler = self._namespace
        parser.StartElementHandler = self._begins
        parser.EndElementHandler = self._ends
        parser.CharacterDataHandler = self._says
        parser.CommentHandler = parser.ProcessingInstructionHandler = self._leaves_out
        return parser

    def _leaves_out(self, *what: object) -> None:
        self._events += 1

    def _declares(self, version: str, encoding: str | None, standalone: int) -> None:
        assert self._charset is not None
        if version != "1.0" or (encoding is not None and Charset(encoding).codec != self._charset.codec):
            raise Withheld("wrong_charset")

    def _namespace(self, prefix: str | None, uri: str | None) -> None:
        self._events += 1
        if not self._skipped:
            self._spaces += declaration(prefix or "", uri or "", self._shape.spaces)

    def _begins(self, told: str, attributes: list[str]) -> None:
        self._events += 1
        name, spaces, self._spaces = name_of(told), self._spaces, ""
        if self._skipped or (name.space, name.local) == SIGNATURE:
            if not self._shape.unsigned_copy:
                raise Withheld(SIGNED)
            self._skipped += 1
            return
        if len(self._open) + len(self._built) >= DEEPEST:
            raise Withheld("nested_too_deeply")
        values = dict(zip(map(name_of, attributes[::2]), attributes[1::2], strict=True))
        element = Element(name, values, spaces)
        if self._built:
            self._weigh(ELEMENT + sum(map(len, attributes)))
            self._settle_text()
            self._built[-1].content.append(element)
            self._built.append(element)
            return
        self._settle_text()
        if not self._open:
            self._out.append(_BEGINS + (_UNSIGNED if self._shape.unsigned_copy else ""))
        around = self._open[-1] if self._open else None
        within = self._shape.root if around is None else around.node
        found = self._tree.node_in(within, "" if around is None else around.came.space, name)
        other = within.other if isinstance(within, Object) else self._undeclared
        self._node, self._is_declared = found or other, found is not None
        if not _may_be_opened(self._node):
            self._weigh(ELEMENT + sum(map(len, attributes)))
            self._built.append(element)
            return
        self._tree.attributes(self._node, element)
        element.name = self._tree.shown_name(name, is_declared=self._is_declared)
        self._open.append(_Open(self._node, name, element.name))
        self._out.append(f"{element.start()}>")

    def _ends(self, told: str) -> None:
        self._events += 1
        if self._skipped:
            self._skipped -= 1
            return
        self._settle_text()
        if not self._built:
            self._out.append(f"</{self._open.pop().name}>")
            return
        element = self._built.pop()
        if self._built:
            return
        self._weight = 0
        if self._tree.unit(self._node, element, is_declared=self._is_declared):
            self._out.append(element.spelled())
        elif not self._open:
            raise Withheld(LEFT_OUT)  # nothing would be left of the document

    def _says(self, said: str) -> None:
        self._events += 1
        if not self._skipped:
            self._weigh(len(said))
            self._said.append(said)

    def _settle_text(self) -> None:
        """The text that stands here has come to its end."""
        said, self._said = "".join(self._said), []
        if said and self._built:
            self._built[-1].content.append(said)
        elif said and self._open:
            self._out.append(text(self._tree.loose(said)))
            self._weight = 0

    def _weigh(self, more: int) -> None:
        self._weight += more
        if self._weight > LARGEST_UNIT:
            raise Withheld("too_large_to_mask")


def _may_go_on(start: bytes) -> bool:
    """Whether a body that begins with *start* may yet say in which charset it is."""
    said = start.removeprefix(b"\xef\xbb\xbf")
    return _DECLARATION.startswith(said) or (said.startswith(_DECLARATION) and b"?>" not in said)


def _may_be_opened(node: Node) -> bool:
    """Whether *node* encloses records, and nothing of what it becomes depends on all that is in it."""
    if not isinstance(node, Object) or node.must_be_whole or node.subject is not None:
        return False
    return any(isinstance(each, Object) for each in (*node.children.values(), node.other))
