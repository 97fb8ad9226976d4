"""The parts of a page that are masked once the personal values of its window are known: text runs and start tags."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import accumulate
from urllib.parse import parse_qsl, quote, unquote, unquote_plus

from policies.formats.finder import Span
from policies.formats.free_text import KnownValues, hide, mask_free_text, personal_spans
from policies.formats.html.attributes import SHOWN, WITHOUT_TEXT, builds_only, named, only
from policies.formats.html.tokens import Comment, StartTag, Text
from policies.formats.masker import Tally
from policies.formats.prose import LONG
from policies.formats.readings import with_told
from policies.transforms.make import REDACTED

_INLINE = frozenset(
    "a abbr acronym b bdi bdo big button cite code data del dfn em font i img ins kbd label mark nobr output picture q "
    "rb rp rt rtc ruby s samp small source span strong sub sup time tt u var wbr "
    "tspan textpath mi mn mo ms mtext".split()  # of drawings and of formulas
)

_FOLLOWED = frozenset({"action", "formaction", "href"})
"""Attributes by which a reader asks on: what they ask must not become another question."""
_MOST_ENCODINGS = 5
_IN_NO_UTF8 = "\ufffd"
"""What octets of another character set are read as here: what is known is looked for in them as they are written."""
_PLAIN = re.compile(r"(?!.*[0-9]{6})[A-Za-z0-9 _./:?&=#,;+-]{0,200}")
_DOCTYPE = re.compile(
    r"<!doctype\s+html(\s+system\s+[\"']about:legacy-compat[\"']|"
    r"\s+public\s+[\"']-//(w3c|ietf)//dtd x?html( basic)?( [0-9.]{1,4})?"
    r"( (strict|transitional|frameset|final))?//en[\"']"
    r"(\s+[\"']http://www\.w3\.org/tr/(html4|rec-html40|xhtml1/dtd|xhtml11/dtd|xhtml-basic)/"
    r"(strict|loose|frameset|xhtml11|xhtml-basic1[01]|xhtml1-(strict|transitional|frameset))\.dtd[\"'])?)?\s*>",
    re.IGNORECASE,
)
"""Source: HTML Living Standard, 13.1.1, and the declarations of HTML 4 and XHTML 1."""
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


UNSEEN = frozenset({"link", "meta", "script", "style", "template"})
"""Elements that draw nothing where they stand: to the eye what is before and behind one is in one piece."""


def is_inline(name: str) -> bool:
    """Whether the element does not end a run of text: a number may be split by one, to the eye it is one number.

    A custom element is drawn as one, unless a style sheet says something else.
    """
    return name in _INLINE or "-" in name


_WITHIN = re.compile(r"(?:<[!?](?:--|\[\w*\[)?)?(.*?)(?:-->|\]\]>|\?>|>)?", re.DOTALL)
"""What a comment, a declaration or a section says between its signs."""


@dataclass(slots=True)
class Run:
    """Text between two block-level tags, with the inline tags and comments that stand in it."""

    pieces: list["Text | Comment | StartTag | str | Callable[[], str]"] = field(default_factory=list)
    """A `str` is passed on as it is; what can be called is drawn nowhere, and tells what it becomes."""
    length: int = 0

    def add(self, piece: "Text | Comment | StartTag | str | Callable[[], str]") -> None:
        """Append *piece*."""
        self.pieces.append(piece)
        if isinstance(piece, Text):
            self.length += len(piece.source)

    def masked(self, known: KnownValues, tally: Tally) -> str:
        """The run with everything personal in its text hidden, even where a tag stands in the middle of it."""
        texts = [piece.text for piece in self.pieces if isinstance(piece, Text)]
        # Tags and comments in a run can tear a number apart, or hold two apart: both readings count.
        whole = texts[0] if len(texts) == 1 else "".join(texts)
        spans = personal_spans(whole, known, typed=True)
        if len(texts) > 1:
            starts = accumulate(map(len, texts), initial=0)
            apart = [
                replace(span, start=start + span.start, end=start + span.end)
                for text, start in zip(texts, starts, strict=False)
                for span in personal_spans(text)
            ]
            spans = with_told(spans, apart)
        if told := tally.prose.spans(whole, LONG):
            spans = with_told(spans, told)
        for span in spans:
            tally.count_found(span.categories)
        out, at = [], 0
        for piece in self.pieces:
            match piece:
                case Text():
                    text = piece.text
                    hidden = without_spans(text, spans, at)
                    at += len(text)
                    out.append(piece.source if hidden == text else html.escape(hidden, quote=False))
                case StartTag():
                    out.append(masked_tag(piece, known, tally))
                case Comment():
                    out.append(masked_comment(piece, known, tally))
                case str():
                    out.append(piece)
                case _:
                    out.append(piece())
        return "".join(out)


def masked_tag(tag: StartTag, known: KnownValues, tally: Tally, *, clear: frozenset[str] = frozenset()) -> str:
    """The source of *tag* with everything personal in its attributes hidden, percent-encoded or not.

    Those called as in *clear* are left as they are.
    """
    changes = {}
    kept = named(tag, known, tally)
    for attribute in kept:
        if attribute.name in clear:
            continue
        value = attribute.value
        if attribute.name in _FOLLOWED and "?" in value:
            masked = _masked_address(value, known, tally)
        elif (
            attribute.name == "value"
            and is_unseen(tag)
            and (sealed := kept_value(tag.value_of("name") or "", value, known)) is not None
        ):
            masked = sealed
        else:
            masked = _masked_escaped(value, None if attribute.name in WITHOUT_TEXT else known, tally)
        if masked != value:
            changes[attribute] = masked
    return only(tag, kept, changes).source if changes or len(kept) < len(tag.attributes) else tag.source


def _masked_escaped(value: str, known: KnownValues | None, tally: Tally) -> str:
    """*value* with everything personal in it hidden, percent-encoded or not, or spelled as JSON spells letters."""
    if known is not None and "\\u" in value:
        return masked_raw(value, known, tally)
    decoded = unquote(value) if "%" in value else value
    masked = mask_free_text(decoded, known, tally, prose=LONG)
    if decoded is not value:  # what is known is looked for as it is read, numbers also as they are written
        hidden = value if masked == decoded else quote(masked, safe="/:?#[]@!$&'()*+,;=~-._")
        masked = mask_free_text(hidden, known if _IN_NO_UTF8 in decoded else None, tally)
    return masked


def _masked_address(address: str, known: KnownValues, tally: Tally) -> str:
    """*address* with everything personal in it hidden, parameter by parameter: none changes another."""
    written, hash_, fragment = address.partition("#")
    path, _, query = written.partition("?")
    pieces = (_masked_parameter(piece, known, tally) for piece in query.split("&"))
    asked = f"{_masked_escaped(path, known, tally)}?{'&'.join(pieces)}"
    return f"{asked}{hash_}{_masked_escaped(fragment, known, tally)}"


def _masked_parameter(piece: str, known: KnownValues, tally: Tally) -> str:
    """A parameter, which may hold others, encoded once more. What of it the caller has said himself is sealed."""
    name, equals, written = piece.partition("=")
    value = unquote_plus(written)
    read = _read_through(value)
    name = _masked_escaped(name, known, tally)
    # A place in a list is written in an application's own way (`_next=~E5~BE~85,7`), after words that may be said.
    masked = mask_free_text(read, known, tally, as_written=True)
    if masked == read:
        return f"{name}{equals}{mask_free_text(written, known if _IN_NO_UTF8 in read else None, tally)}"
    kept = kept_value(unquote_plus(piece.partition("=")[0]), value, known, read)
    return f"{name}={quote(masked if kept is None else kept, safe='*~')}"


def is_unseen(tag: StartTag) -> bool:
    """Whether *tag* is a control that is sent and not shown."""
    return tag.name == "input" and (tag.value_of("type") or "").strip().lower() == "hidden"


def kept_value(name: str, value: str, known: KnownValues, read: str | None = None) -> str | None:
    """*value*, which a page would send again as *name*, sealed, where something of it is hidden and the caller said it.

    *read* is what it says, where that is not how it is written. None where nothing is hidden, or he did not.
    """
    read = value if read is None else read
    if known.said is None or not personal_spans(read, known):
        return None
    within = parse_qsl(value, keep_blank_values=True) if "=" in value else []
    hidden = [pair for pair in within if any(personal_spans(text, known) for text in pair)]
    return known.said.kept(name, value, hidden)


def _read_through(value: str) -> str:
    """*value* with all its percent-encoding undone."""
    for _ in range(_MOST_ENCODINGS):
        if "%" not in value or (decoded := unquote(value)) == value:
            break
        value = decoded
    return value


def is_plain(value: str) -> bool:
    """Whether *value*, an address or a word of a page of which nothing is declared, cannot tell of anybody."""
    return _PLAIN.fullmatch(value) is not None


def without_text(tag: StartTag) -> StartTag:
    """*tag* with three stars in place of what a reader is shown, and no attribute that could hold anything else."""
    changes = {attribute: REDACTED for attribute in tag.attributes if attribute.name in SHOWN and attribute.written}
    kept = [item for item in tag.attributes if item.name in SHOWN or builds_only(item)]
    return only(tag, kept, changes) if changes or len(kept) < len(tag.attributes) else tag


_ELEMENT = re.compile("<[A-Za-z]")


def hidden_text(token: Text) -> str:
    """Three stars in place of a text, and the space around it as it was."""
    bare = token.source.strip()
    return token.source.replace(bare, REDACTED) if bare else token.source


def masked_comment(comment: Comment, known: KnownValues, tally: Tally) -> str:
    """The source of *comment* with everything personal in it hidden; one that holds elements is hidden whole, as nobody
    has declared what stands in an element that is none.
    """
    spans = personal_spans(comment.source, known)
    if told := tally.prose.spans(comment.source, LONG):
        begin, end = _WITHIN.fullmatch(comment.source).span(1)  # type: ignore[union-attr]  # it fits anything
        inner = [replace(span, start=max(span.start, begin), end=min(span.end, end)) for span in told]
        spans = with_told(spans, [span for span in inner if span.start < span.end])
    masked = hide(comment.source, spans, tally)
    holds_elements = _ELEMENT.search(comment.source) and not comment.source.startswith("<!--[if")
    return f"<!-- {REDACTED} -->" if holds_elements else masked


def doctype(declaration: Comment) -> str:
    """The kind of document that *declaration* says: as it stands where it is one of the standard's, else HTML."""
    return declaration.source if _DOCTYPE.fullmatch(declaration.source) else "<!DOCTYPE html>"


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


def without_spans(text: str, spans: list[Span], at: int) -> str:
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
