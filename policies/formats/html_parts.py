"""The parts of a page that are masked once the personal values of its window are known: text runs and start tags."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from urllib.parse import quote, unquote

from policies.formats.finder import Span, merge
from policies.formats.free_text import KnownValues, mask_free_text, personal_spans
from policies.formats.html_tokens import Attribute, Comment, StartTag, Text
from policies.formats.masker import Tally
from policies.transforms.make import REDACTED

INLINE = frozenset(
    "a abbr b bdi bdo big cite code data dfn em font i ins kbd mark nobr q s samp small span strong sub sup time tt u "
    "var wbr".split()
)
"""Elements that do not end a run of text: a number may be split by one, to the eye it is one number."""

_SHOWN = frozenset({"title", "alt", "value", "placeholder", "content", "label", "summary", "srcdoc", "aria-label"})
_BUILDING = frozenset(
    "action async charset class cols colspan crossorigin defer dir enctype for formaction headers height hidden href "
    "http-equiv id lang maxlength media method name rel role rows rowspan scope size sizes src tabindex target type "
    "width".split()
)
"""Attributes that a page is built of; of any other nobody knows what it holds."""
_WITHOUT_TEXT = frozenset(
    "charset colspan cols crossorigin cx cy d dir enctype fill height hreflang http-equiv integrity lang maxlength "
    "media method minlength patternunits points preserveaspectratio r rel role rowspan rows rx ry scope size sizes "
    "stroke stroke-width tabindex transform type viewbox width x x1 x2 xmlns y y1 y2".split()
)
"""Attributes that hold no value of anybody: a known one in them stands there by chance."""
_PLAIN = re.compile(r"(?!.*[0-9]{6})[A-Za-z0-9 _./:?&=#,;+-]{0,200}")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


@dataclass(slots=True)
class Run:
    """Text between two block-level tags, with the inline tags and comments that stand in it."""

    pieces: list["Text | Comment | StartTag | str"] = field(default_factory=list)
    """A `str` is passed on as it is."""
    length: int = 0

    def add(self, piece: "Text | Comment | StartTag | str") -> None:
        """Append *piece*."""
        self.pieces.append(piece)
        if isinstance(piece, Text):
            self.length += len(piece.source)

    def masked(self, known: KnownValues, tally: Tally) -> str:
        """The run with everything personal in its text hidden, even where a tag stands in the middle of it."""
        texts = [piece.text for piece in self.pieces if isinstance(piece, Text)]
        # Tags and comments in a run can tear a number apart, or hold two apart: both readings count.
        spans = personal_spans("".join(texts), known)
        if len(texts) > 1:
            starts = accumulate(map(len, texts), initial=0)
            apart = [
                replace(span, start=start + span.start, end=start + span.end)
                for text, start in zip(texts, starts, strict=False)
                for span in personal_spans(text)
            ]
            spans = merge([*spans, *apart])
        for span in spans:
            for category in span.categories:
                tally.found[category] += 1
        out, at = [], 0
        for piece in self.pieces:
            match piece:
                case Text():
                    text = piece.text
                    hidden = _hidden(text, spans, at)
                    at += len(text)
                    out.append(piece.source if hidden == text else html.escape(hidden, quote=False))
                case StartTag():
                    out.append(masked_tag(piece, known, tally))
                case Comment():
                    out.append(masked_comment(piece, known, tally))
                case _:
                    out.append(piece)
        return "".join(out)


def masked_tag(tag: StartTag, known: KnownValues, tally: Tally) -> str:
    """The source of *tag* with everything personal in its attributes hidden, percent-encoded or not."""
    changes = {}
    for attribute in tag.attributes:
        value = attribute.value
        looked_for = None if attribute.name in _WITHOUT_TEXT else known
        decoded = unquote(value) if "%" in value else value
        masked = mask_free_text(decoded, looked_for, tally)
        if decoded is not value:  # what is known is looked for as it is read, numbers also as they are written
            hidden = value if masked == decoded else quote(masked, safe="/:?#[]@!$&'()*+,;=~-._")
            masked = mask_free_text(hidden, None, tally)
        if masked != value:
            changes[attribute] = masked
    return only(tag, tag.attributes, changes).source if changes else tag.source


def only(tag: StartTag, kept: Sequence[Attribute], changes: Mapping[Attribute, str] | None = None) -> StartTag:
    """*tag* with the *kept* ones of its attributes, and other values for some of them."""
    source, attributes = f"<{tag.name}", []
    for attribute in kept:
        written = attribute.written
        if changes and attribute in changes:
            written = f'"{html.escape(changes[attribute])}"'
        source += f" {attribute.name}" + ("=" if written else "")
        attributes.append(Attribute(attribute.name, written, len(source)))
        source += written
    return StartTag(source + ">", tag.name, tuple(attributes))


def is_plain(value: str) -> bool:
    """Whether *value*, an address or a word of a page of which nothing is declared, cannot tell of anybody."""
    return _PLAIN.fullmatch(value) is not None


def without_text(tag: StartTag) -> StartTag:
    """*tag* with three stars in place of what a reader is shown, and no attribute that could hold anything else."""
    changes = {attribute: REDACTED for attribute in tag.attributes if attribute.name in _SHOWN and attribute.written}
    kept = [item for item in tag.attributes if item.name in _SHOWN or (item.name in _BUILDING and is_plain(item.value))]
    return only(tag, kept, changes) if changes or len(kept) < len(tag.attributes) else tag


def hidden_text(token: Text) -> str:
    """Three stars in place of a text, and the space around it as it was."""
    bare = token.source.strip()
    return token.source.replace(bare, REDACTED) if bare else token.source


def masked_comment(comment: Comment, known: KnownValues, tally: Tally) -> str:
    """The source of *comment* with everything personal in it hidden."""
    return mask_free_text(comment.source, known, tally)


def masked_raw(source: str, known: KnownValues, tally: Tally) -> str:
    """The text of a script or style sheet with everything personal in it hidden, `\\u` escapes of letters included."""
    if "\\u" in source:
        spelled_out = _ESCAPED.sub(_letter, source)
        if (hidden := mask_free_text(spelled_out, known, tally)) != spelled_out:
            return mask_free_text(hidden, None, tally)
    return mask_free_text(source, known, tally)


def _letter(match: re.Match[str]) -> str:
    char = chr(int(match[1], 16))
    return char if char.isalnum() else match[0]


def _hidden(text: str, spans: list[Span], at: int) -> str:
    """*text*, which stands at *at* in its run, without what lies in *spans*; the stars stand where a span begins."""
    out, done = [], 0
    for span in spans:
        start, end = span.start - at, span.end - at
        if end <= 0 or start >= len(text):
            continue
        out.append(text[done : max(0, start)])
        if start >= 0:
            out.append(REDACTED)
        done = min(len(text), end)
    return "".join([*out, text[done:]])
