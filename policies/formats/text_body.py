"""Masks plain text: everything that recognisers find, line by line.

A line is scanned as a whole, so it does not matter how the body was split. Of a line over `LONGEST_LINE` one window
is scanned at a time, together with a little of what stands before and after it, so that a value across two windows is
found and known by its context.
"""

from policies.formats.charset import Charset
from policies.formats.finder import Span, merge
from policies.formats.free_text import KnownValues, hide, personal_spans
from policies.formats.masker import VALUE_BLOCKED, Action, Kind, Tally, Withheld
from policies.formats.readings import with_told
from policies.transforms.make import REDACTED

LONGEST_LINE = 64 * 1024
MARGIN = 256
"""More characters than any recogniser's hit, with the context before it, can have."""


class TextMasker:
    """A masker for one body of plain text. *action* says whether it is scanned, hidden or shown, but for *hidden*."""

    def __init__(self, action: Action, tally: Tally, charset: str, hidden: KnownValues | None = None) -> None:
        self._hidden = hidden
        self.tally = tally
        self._action = action
        self._charset = Charset(charset)
        self._line = ""
        self._before = ""  # the end of what was settled of this line, as it came

    def feed(self, data: bytes) -> list[bytes]:
        """See `Masker.feed`."""
        return self._settled(self._charset.decode(data), final=False)

    def close(self) -> list[bytes]:
        """See `Masker.close`."""
        return self._settled(self._charset.decode(b"", final=True), final=True)

    def _settled(self, text: str, *, final: bool) -> list[bytes]:
        settled = []
        *whole, rest = text.split("\n")
        for end_of_line in whole:
            self._line += end_of_line
            settled += [*self._windows(), self._settle(len(self._line)), "\n"]
            self._before = ""
        self._line += rest
        settled += self._windows()
        if final:
            settled.append(self._settle(len(self._line)))
        joined = "".join(settled)
        return [self._charset.encode(joined)] if joined else []

    def _windows(self) -> list[str]:
        windows = []
        while len(self._line) > LONGEST_LINE + MARGIN:
            windows.append(self._settle(LONGEST_LINE))
        return windows

    def _settle(self, length: int) -> str:
        """What the first *length* characters of the line become, or some more where a value stands across the end."""
        text = self._line[: length + MARGIN]
        spans = self._personal(text)
        for span in spans:
            if span.start < length < span.end:
                length = span.end
        text, self._line = text[:length], self._line[length:]
        self._before = (self._before + text)[-MARGIN:]
        match self._action.kind:
            case Kind.SHOW | Kind.SCAN:
                return hide(text, [span for span in spans if span.end <= length], self.tally)
            case Kind.BLOCK if text.strip():
                raise Withheld(VALUE_BLOCKED)
            case Kind.MASK | Kind.DROP | Kind.BLOCK:
                return REDACTED if text.strip() else text

    def _personal(self, text: str) -> list[Span]:
        behind = len(self._before)
        return [
            Span(max(0, span.start - behind), span.end - behind, span.categories)
            for span in self._found(self._before + text)
            if span.end > behind
        ]

    def _found(self, text: str) -> list[Span]:
        if self._action.kind is Kind.SCAN:
            spans = personal_spans(text, self._hidden, typed=True, keyed=True)
            told = self.tally.prose.spans(text, self._action.prose)
            return with_told(spans, told) if told else spans
        return merge(self._hidden.spans(text, typed=True)) if self._hidden is not None else []
