"""Splits HTML into tokens as it arrives. The tokens, put together again, are the input, character for character.

Follows the WHATWG tokenizer (HTML Living Standard, 13.2.5) as far as it matters where a text, an attribute or a comment
begins and ends; character references stay as they are written. What ends in the middle of a token is withheld.

A page has tens of thousands of tokens, and most of its tags are written alike. Tokens are structs: they are made fast,
and the collector of cycles need not look at them. A tag that is written like one before it is the same token.
"""

import html
import re
from collections.abc import Iterator

import msgspec

from policies.formats.masker import Withheld

LONGEST_TOKEN = 1024 * 1024
"""Characters."""

RAW_TEXT = frozenset({"script", "style", "xmp", "iframe", "noembed", "noframes"})
"""Elements whose content is text without character references."""
ESCAPABLE_TEXT = frozenset({"title", "textarea"})
"""Elements whose content is text with character references."""

# White space in markup is these four and the space: to a browser any other is part of a name or a value.
_TAG_NAME = re.compile(r"[a-zA-Z][^\t\n\f\r />]*")
_GAP = re.compile(r"[\t\n\f\r /]*")
_NAME = re.compile(r"=?[^\t\n\f\r />=]*")
_EQUALS = re.compile(r"[\t\n\f\r ]*=[\t\n\f\r ]*")
_UNQUOTED = re.compile(r"[^\t\n\f\r >]*")
_COMMENT_END = re.compile(r"--!?>")
# Most tags are like this. Whatever it fits is a tag to the rules below as well, and ends in the same place.
_PLAIN_TAG = re.compile(r'</?[a-zA-Z][a-zA-Z0-9]*+(?: [a-zA-Z][a-zA-Z0-9-]*+="[^"]*+")*+>')
MOST_TAGS, LONGEST_TAG = 1000, 200
"""So many tags of so many characters are remembered of a document."""


class Text(msgspec.Struct, frozen=True, gc=False):
    """A run of text. `raw` where character references mean nothing in it."""

    source: str
    raw: bool = False

    @property
    def text(self) -> str:
        """As a reader sees it."""
        return self.source if self.raw or "&" not in self.source else html.unescape(self.source)


class Comment(msgspec.Struct, frozen=True, gc=False):
    """A comment, or a declaration of any kind, from `<` to `>`."""

    source: str


class Attribute(msgspec.Struct, frozen=True, gc=False):
    """One attribute of a start tag."""

    name: str
    """In lower case."""
    written: str
    """As its value stands in the source, quotes included; empty where it has none."""
    start: int
    """Where `written` begins in the tag's source."""

    @property
    def value(self) -> str:
        """As a browser reads it."""
        bare = self.written[1:-1] if self.written[:1] in ('"', "'") else self.written
        return html.unescape(bare) if "&" in bare else bare


class StartTag(msgspec.Struct, frozen=True, gc=False):
    """A start tag."""

    source: str
    name: str
    """In lower case."""
    attributes: tuple[Attribute, ...] = ()

    @property
    def ends_itself(self) -> bool:
        """Whether it is written as an element without content, which counts for those of SVG."""
        return self.source.endswith("/>") and not (self.attributes and self.attributes[-1].written.endswith("/"))

    def value_of(self, name: str) -> str | None:
        """The value of the attribute *name*: the first one counts. None where the tag has none."""
        return next((attribute.value for attribute in self.attributes if attribute.name == name), None)


class EndTag(msgspec.Struct, frozen=True, gc=False):
    """An end tag."""

    source: str
    name: str


Tag = StartTag | EndTag
"""No type statement: it is asked of each token whether it is one, and to ask that of a written union makes it anew."""
type Token = Text | Comment | Tag


class HtmlTokens:
    """Tokens of one document. A text token never ends but at a tag, a comment or the end of the document."""

    def __init__(self) -> None:
        self._rest = ""
        self._raw_until = ""  # the element whose raw text is being read
        self._tags: dict[str, Tag] = {}
        """By their source, plain tags of elements that hold no raw text."""

    def feed(self, text: str, *, final: bool = False) -> Iterator[Token]:
        """The tokens that end within what has arrived. Raises Withheld where the document ends within one."""
        self._rest += text
        at = 0
        while at < len(self._rest):
            token = self._raw(at, final) if self._raw_until else self._token(at, final)
            if token is None:
                break
            if token.source:
                yield token
            at += len(token.source)
        self._rest = self._rest[at:]
        if len(self._rest) > LONGEST_TOKEN:
            raise Withheld("too_large_to_mask")
        if final and self._rest:
            raise Withheld("not_whole")

    def _token(self, at: int, final: bool) -> Token | None:
        if self._rest[at] != "<":
            return self._text(at, final)
        plain = _PLAIN_TAG.match(self._rest, at)
        if plain is not None and (known := self._tags.get(plain[0])) is not None:
            return known
        token = self._markup(at, final)
        if plain is not None and isinstance(token, Tag) and not self._raw_until:
            self._remember(token)
        return token

    def _remember(self, tag: Tag) -> None:
        if len(self._tags) < MOST_TAGS and len(tag.source) <= LONGEST_TAG:
            self._tags[tag.source] = tag

    def _markup(self, at: int, final: bool) -> Token | None:
        follows = self._rest[at + 1 : at + 2]
        if not follows:
            return Text("<") if final else None
        if follows == "!":
            return self._declaration(at)
        if follows == "?":
            return self._up_to(at, ">")
        if follows == "/":
            return self._end_tag(at, final)
        if follows.isascii() and follows.isalpha():
            return self._start_tag(at)
        return self._text(at, final)

    def _text(self, at: int, final: bool) -> Text | None:
        end = at + 1
        while True:
            end = self._rest.find("<", end)
            if end < 0:
                return Text(self._rest[at:]) if final else None
            follows = self._rest[end + 1 : end + 2]
            if not follows and not final:
                return None
            if follows in ("!", "?", "/") or (follows.isascii() and follows.isalpha()):
                return Text(self._rest[at:end])
            end += 1  # a bare < is text

    def _declaration(self, at: int) -> Comment | None:
        if not self._rest.startswith("<!--", at):
            if "<!--".startswith(self._rest[at : at + 4]):
                return None
            return self._up_to(at, ">")
        for short in ("<!-->", "<!--->"):
            if self._rest.startswith(short, at):
                return Comment(short)
        end = _COMMENT_END.search(self._rest, at + 4)
        return Comment(self._rest[at : end.end()]) if end else None

    def _up_to(self, at: int, mark: str) -> Comment | None:
        end = self._rest.find(mark, at)
        return Comment(self._rest[at : end + 1]) if end >= 0 else None

    def _end_tag(self, at: int, final: bool) -> Token | None:
        name = _TAG_NAME.match(self._rest, at + 2)
        if name is None:
            if len(self._rest) == at + 2 and not final:
                return None
            return self._up_to(at, ">")  # a comment to a browser
        end = self._tag_end(name.end())[0]
        return EndTag(self._rest[at:end], name[0].lower()) if end else None

    def _start_tag(self, at: int) -> StartTag | None:
        name = _TAG_NAME.match(self._rest, at + 1)
        assert name is not None
        end, attributes = self._tag_end(name.end(), at)
        if not end:
            return None
        tag = StartTag(self._rest[at:end], name[0].lower(), tuple(attributes))
        if tag.name in RAW_TEXT or tag.name in ESCAPABLE_TEXT:
            self._raw_until = tag.name
        return tag

    def _tag_end(self, at: int, start: int = 0) -> tuple[int, list[Attribute]]:
        """Where the tag ends that is at *at*, behind its name, and its attributes; 0 where it has not arrived whole."""
        rest = self._rest
        attributes: list[Attribute] = []
        while True:
            gap = _GAP.match(rest, at)
            assert gap is not None
            at = gap.end()
            if at >= len(rest):
                return 0, []
            if rest[at] == ">":
                return at + 1, attributes
            name = _NAME.match(rest, at)
            assert name is not None
            at = name.end()
            equals = _EQUALS.match(rest, at)
            if equals is None:
                attributes.append(Attribute(name[0].lower(), "", at - start))
                continue
            at = equals.end()
            if at >= len(rest):
                return 0, []
            if rest[at] in ('"', "'"):
                end = rest.find(rest[at], at + 1) + 1
                if not end:
                    return 0, []
            else:
                unquoted = _UNQUOTED.match(rest, at)
                assert unquoted is not None
                end = unquoted.end()
            attributes.append(Attribute(name[0].lower(), rest[at:end], at - start))
            at = end

    def _raw(self, at: int, final: bool) -> Text | None:
        escapable = self._raw_until in ESCAPABLE_TEXT
        end = re.compile(rf"</{self._raw_until}(?=[\t\n\f\r />])", re.IGNORECASE).search(self._rest, at)
        if end is None:
            return Text(self._rest[at:], raw=not escapable) if final else None
        self._raw_until = ""
        return Text(self._rest[at : end.start()], raw=not escapable)
