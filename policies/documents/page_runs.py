"""Values of a page that tags tear: to the eye 手机：<b>139</b>01926599 is one number behind its label.

They are hidden before anything else is done to the page, for what a label heads is otherwise the first piece alone, and
what the other pieces say by themselves nobody could tell.
"""

import html
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from policies.formats.finder import Span
from policies.formats.html.parts import UNSEEN, is_inline, without_spans
from policies.formats.html.tokens import EndTag, HtmlTokens, StartTag, Text

type Find = Callable[[str, Sequence[int]], list[Span]]
"""What of a text is personal and stands over one of some places in it, in order, apart from one another."""

_BLANKS = str.maketrans("\t\n\r", "   ")
"""The ends of lines of a source are blanks on a page."""
_AROUND_LABELS = " \u3000:："
LONGEST = 8_000
"""Characters of texts that are looked at together."""


@dataclass(slots=True)
class TextRun:
    """Texts between two block-level tags."""

    texts: list[str] = field(default_factory=list)
    """As a reader sees them; the end of a line by itself."""
    places: list[tuple[int, int] | None] = field(default_factory=list)
    """Where each stands in the source; None for the end of a line."""

    @property
    def text(self) -> str:
        """What it says."""
        return "".join(self.texts)

    def torn(self, find: Find) -> list[Span]:
        """The values in it that stand in more than one of its texts."""
        starts = list(accumulate(map(len, self.texts), initial=0))
        return find(self.text, starts[1:-1])

    def edits(self, spans: list[Span]) -> Iterator[tuple[tuple[int, int], str]]:
        """What is written, and where, once *spans* are hidden."""
        at = 0
        for text, place in zip(self.texts, self.places, strict=True):
            if place is not None and (new := without_spans(text, spans, at)) != text:
                yield place, html.escape(new, quote=False)
            at += len(text)


def without_torn(
    source: str, whole: Iterable[tuple[int, int]], is_label: Callable[[str], bool], find: Find
) -> tuple[str, list[str]]:
    """The page *source* without the values that *find* finds torn, and the texts that they stood in.

    What stands at the places *whole* is put together by itself. A text that *is_label* ends what is before it.
    """
    kept = frozenset(whole)
    out, told, at = [], [], 0
    for run in _runs(source, is_label):
        if len(run.texts) < 2 or not kept.isdisjoint(run.places):
            continue
        spans = run.torn(find)
        if not spans:
            continue
        told.append(run.text)
        for (start, end), new in run.edits(spans):
            out += [source[at:start], new]
            at = end
    return "".join([*out, source[at:]]), told


def _runs(source: str, is_label: Callable[[str], bool]) -> Iterator[TextRun]:
    run, at, length = TextRun(), 0, 0
    for token in HtmlTokens().feed(source, final=True):
        match token:
            case Text(raw=False):
                text = token.text.translate(_BLANKS)
                if run.texts and is_label(text.strip(_AROUND_LABELS)):
                    yield run
                    run, length = TextRun(), 0
                run.texts.append(text)
                run.places.append((at, at + len(token.source)))
                length += len(text)
            case StartTag(name="br") if run.texts:
                run.texts.append("\n")
                run.places.append(None)
            case StartTag() | EndTag() if length > LONGEST or not (is_inline(token.name) or token.name in UNSEEN):
                yield run
                run, length = TextRun(), 0
            case _:
                pass
        at += len(token.source)
    yield run
