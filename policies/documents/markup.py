"""Pages and documents in XML as files, masked where they stand."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser

from policies.documents import page_values
from policies.documents.attributes import Attributes
from policies.documents.document import MALFORMED, MIB, SIGNATURE, TOO_LARGE, Text, Within
from policies.documents.groups import masked_part, says_something, texts_of
from policies.documents.inside import Insides
from policies.documents.look import Look, torn_over
from policies.documents.page_runs import without_torn
from policies.documents.plain import JSON, decoded
from policies.documents.prose import Prose
from policies.documents.signatures import marked_unsigned, without_signatures
from policies.documents.units import Frame
from policies.documents.xml_keys import told_in
from policies.formats.found import found_as
from policies.formats.html.body import HtmlMasker
from policies.formats.html.shape import HtmlShape
from policies.formats.json.nodes import Object, Value
from policies.formats.masker import Withheld, masked_whole

_CHINESE = "gb18030"
_DECLARATION = re.compile(rb"""<\?xml\s[^>]*?encoding\s*=\s*["'](?:gb18030|gbk|gb2312)["'][^>]*\?>""", re.IGNORECASE)
"""One that says a charset that is contained in GB 18030, octet for octet."""


class Xml:
    """XML without a document type, in UTF-8, or in what a declaration says that is GB 18030 or a part of it."""

    name = "xml"
    media_types: tuple[str, ...] = ()
    endings = (".xml", ".xhtml", ".svg", ".rdf", ".gml", ".kml")

    def __init__(self, depth: int = 0) -> None:
        self._depth = depth
        """In the texts of how many others it stands."""

    def is_one(self, data: bytes) -> bool:
        """See `Document.is_one`."""
        return data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")

    def texts(self, data: bytes, within: Within) -> Iterator[Text]:
        """See `Document.texts`."""
        _, content = _declared(data)
        content, _ = without_signatures(content, within.bounds)
        grouping = self._grouping(content, within)
        return texts_of(iter([content]), grouping, "", _nothing_refused, keeps_asides=True)

    def mask(self, data: bytes, look: Look, within: Within) -> bytes:
        """See `Document.mask`."""
        declaration, content = _declared(data)
        content, signatures = without_signatures(content, within.bounds)
        look.tally.count_found(found_as(SIGNATURE) * signatures)
        grouping = self._grouping(content, within)
        attributes = Attributes(look).of(grouping)
        masked = b"".join(masked_part(iter([content]), grouping, look, attributes, _nothing_refused, keeps_asides=True))
        if signatures:
            masked = marked_unsigned(masked)
        return declaration + masked.decode().encode(_CHINESE) if declaration else masked

    def _grouping(self, content: bytes, within: Within) -> Prose:
        insides = Insides(JSON, Xml(self._depth + 1), HTML, within, self._depth)
        return Prose(within.is_label, told=told_in(iter([content]), within.is_label), insides=insides)


def _declared(data: bytes) -> tuple[bytes, bytes]:
    """The declaration of the document *data*, where it says another charset than UTF-8, and the rest in UTF-8; or
    nothing and all of it. Raises Withheld.
    """
    found = _DECLARATION.match(data)
    if found is None:
        return b"", data
    try:
        content = data[found.end() :].decode(_CHINESE)
    except UnicodeDecodeError:
        raise Withheld(MALFORMED) from None
    if content.encode(_CHINESE) != data[found.end() :]:
        raise Withheld(MALFORMED)
    return found[0], content.encode()


class Html:
    """Pages. What something on a page heads becomes what its heading says, everything else is free text."""

    name = "html"
    media_types: tuple[str, ...] = ()
    endings = (".html", ".htm")

    def is_one(self, data: bytes) -> bool:
        """See `Document.is_one`."""
        try:
            text, *_ = decoded(data)
        except Withheld:
            return False
        return text.lstrip().startswith("<")

    def texts(self, data: bytes, within: Within) -> Iterator[Text]:
        """See `Document.texts`."""
        source, *_ = decoded(data)
        text, torn = without_torn(source, page_values.joined_in(source, within.is_label), within.is_label, torn_over)
        yield from (Text("", each) for each in torn)
        held = page_values.values_in(text, within.is_label)
        for each in held:
            yield from (Text("", value, key) for value, key in each.more or [(each.text, each.key)])
        reader = _Reader()
        reader.feed(page_values.without(text, held))
        reader.close()
        reader.end_block()
        yield from reader.found

    def mask(self, data: bytes, look: Look, within: Within) -> bytes:
        """See `Document.mask`."""
        if len(data) > LARGEST_PAGE:
            raise Withheld(TOO_LARGE)
        text, mark, codec = decoded(data)
        text, _ = without_torn(text, page_values.joined_in(text, within.is_label), within.is_label, look.spans_over)
        text = page_values.masked(text, page_values.values_in(text, within.is_label), look)
        free = replace(look.text, restore=False)
        page = HtmlShape(
            record=Object({}, Value(look.undeclared)),
            undeclared=look.undeclared,
            other_control=free,
            largest=LARGEST_PAGE,
        )
        masker = HtmlMasker(page, look.tally.apart(), codec, _sealed)
        masked = masked_whole(masker, text.encode(codec)).decode(codec)
        look.tally.add(masker.tally)
        return mark + look.without_known(masked).encode(codec)


LARGEST_PAGE = 32 * MIB


_INLINE = frozenset(
    "a abbr b bdi bdo big cite code em font i ins kbd mark q s samp small span strong sub sup tt u".split()
)
"""Elements within which a text goes on."""


class _Reader(HTMLParser):
    """Takes the texts of a page, block by block, those of its attributes, comments and scripts as well."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Text] = []
        self._block: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See `HTMLParser`."""
        self.found.extend(Text("", value) for _, value in attrs if value and says_something(value))
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """See `HTMLParser`."""
        if tag not in _INLINE:
            self.end_block()

    def end_block(self) -> None:
        """The text so far is whole."""
        if text := "".join(self._block).strip():
            self.found.append(Text("", text))
        self._block.clear()

    def handle_data(self, data: str) -> None:
        """See `HTMLParser`."""
        self._block.append(data)

    def handle_comment(self, data: str) -> None:
        """See `HTMLParser`."""
        self.found.append(Text("", data))


def _nothing_refused(frame: Frame) -> str | None:
    return None


def _sealed(*_: object) -> str:
    """On a desk no form is sent back."""
    return ""


XML, HTML = Xml(), Html()
