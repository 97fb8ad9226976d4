"""Masks a text that comes in pieces and is read as one: what a value could still begin with waits for what follows.

A recogniser's hit holds no end of a sentence, and no blank behind a Latin letter. Up to the last of these everything is
decided, so it goes; the rest waits for the next one, for `MARGIN` more characters, or for the end of the text.
"""

import re
from dataclasses import replace

from policies.formats.finder import LONGEST_KNOWN, Span
from policies.formats.free_text import KnownValues, hide, personal_spans
from policies.formats.masker import VALUE_BLOCKED, Action, Kind, Tally, Withheld
from policies.formats.prose import OF_A_LONG_TEXT
from policies.formats.readings import with_told
from policies.formats.text_body import MARGIN
from policies.recognisers.normalise import NUMERALS
from policies.transforms.make import REDACTED

LONGEST_WAITING = 64 * 1024
"""Characters that may wait, because what may be one value does not come to its end."""

_MARK = re.compile(r"[\\%~&<]")
"""What begins an escape or a tag, within which anything may stand."""
_NO_HAN_NUMERAL = f"(?<=[\u4e00-\u9fff])(?<![{''.join(map(chr, NUMERALS))}])"
_END_OF_SENTENCE = re.compile("[。！？；\n]")
"""What a tagger reads as one: what it says of the beginning depends on the end."""
_END = re.compile(rf"[。！？；\n]|(?<=[A-Za-z]) |{_NO_HAN_NUMERAL}[，、：]")
_OF_WORDS = "".join(map(chr, range(ord("!"), ord("~") + 1)))
"""What is written in these may be packed, or an escape, as far as it has come."""


class RunningText:
    """One text. *action* says whether it is scanned, hidden or shown; *known* values are hidden in it as well."""

    def __init__(self, action: Action, tally: Tally, known: KnownValues) -> None:
        self._action = action
        self._prose = action.prose and min(action.prose, OF_A_LONG_TEXT)
        self._tally = tally
        self._known = known
        self._text = ""
        self._before = ""  # the end of what has gone, as it came

    def add(self, text: str) -> str:
        """What may go now that *text* has come."""
        match self._action.kind:
            case Kind.SHOW:
                return text
            case Kind.BLOCK if text.strip():
                raise Withheld(VALUE_BLOCKED)
            case Kind.MASK | Kind.DROP | Kind.BLOCK:
                return REDACTED if text.strip() else text
            case Kind.SCAN:
                self._text += text
                if len(self._text) > LONGEST_WAITING:
                    raise Withheld("too_large_to_mask")
                return self._settle(self._decided())

    def finish(self) -> str:
        """What has waited, now that the text is over. What is added later stands behind it all the same."""
        return self._settle(len(self._text))

    def _decided(self) -> int:
        """Up to where no value can begin that does not end there as well."""
        mark = _MARK.search(self._text)
        end = len(self._text) - (LONGEST_KNOWN if self._known else 0)
        end = min(end, mark.start()) if mark is not None else end
        ends = _END_OF_SENTENCE if self._tally.prose.reads(self._prose) else _END
        by_sentence = max((found.end() for found in ends.finditer(self._text, 0, max(0, end))), default=0)
        far = max(0, len(self._text) - MARGIN)
        # Not a pattern that ends with the text: it begins anew at each letter of a long word that does not.
        return max(by_sentence, len(self._text[:far].rstrip(_OF_WORDS)))

    def _settle(self, length: int) -> str:
        """What the first *length* characters become, or some less where a value stands across the end."""
        if not length:
            return ""
        spans = self._personal()
        for span in spans:
            if span.start < length < span.end:
                length = span.start
        text, self._text = self._text[:length], self._text[length:]
        self._before = (self._before + text)[-MARGIN:]
        return hide(text, [span for span in spans if span.end <= length], self._tally)

    def _personal(self) -> list[Span]:
        behind = len(self._before)
        spans = personal_spans(self._before + self._text, self._known, typed=True, keyed=True)
        if self._prose:
            # Sentences are read by themselves, so what has gone tells nothing of those that are to come.
            found = self._tally.prose.spans(self._text, self._prose)
            spans = with_told(
                spans, [replace(span, start=span.start + behind, end=span.end + behind) for span in found]
            )
        return [
            Span(max(0, span.start - behind), span.end - behind, span.categories) for span in spans if span.end > behind
        ]
