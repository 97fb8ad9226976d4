"""Masks a plain text that has all come as texts on a desk are masked: by lines, paragraphs, tables, lists and labels.

What is in a table, in a list of names, below its label or torn over two lines is told by the lines around it, so all of
the text is held. That takes some milliseconds for each thousand characters: it is done where the body may take its time
(`Tally.takes_time`) and the text is no longer than `LARGEST_READ`. Any other is masked line by line as it comes.
"""

import functools
from collections import deque

from policies.documents.document import Bounds, Clock
from policies.documents.look import Look
from policies.documents.registry import Inner, learnt_and_masked
from policies.documents.text_file import TEXT
from policies.formats.charset import Charset
from policies.formats.free_text import KnownValues
from policies.formats.text_body import TextMasker

LARGEST_READ = 64 * 1024
"""Bytes of a text that is read as a whole: of a list of names, they take a second."""


_SAMPLE = "姓名\n王小明\n李晓红\n张建国\n他现住在青麦镇和顺路8号2栋，请送到那里。\n"


@functools.cache
def make_ready() -> None:
    """Let what reads texts be loaded, which takes a quarter of a second, so that no process forked for one loads it."""
    bounds = Bounds()
    deque(TEXT.texts(_SAMPLE.encode(), Inner((), bounds, Clock(bounds.seconds))), maxlen=0)


class WholeTextMasker:
    """A masker for one text that is scanned: as *look* says where it is read as a whole, else as *by_lines* does.

    *charset* is what *by_lines* reads; what is *hidden* is shown nowhere.
    """

    def __init__(self, by_lines: TextMasker, look: Look, charset: str, hidden: KnownValues | None = None) -> None:
        self.tally = by_lines.tally
        self._by_lines = by_lines
        self._look = look
        self._charset = Charset(charset)
        self._hidden = hidden
        self._held: bytes | None = b""
        """All that has come; None once it is masked line by line."""

    def feed(self, data: bytes) -> list[bytes]:
        """See `Masker.feed`."""
        if self._held is None:
            return self._by_lines.feed(data)
        self._held += data
        if self.tally.takes_time and len(self._held) <= LARGEST_READ:
            return []
        held, self._held = self._held, None
        return self._by_lines.feed(held)

    def close(self) -> list[bytes]:
        """See `Masker.close`."""
        if self._held is None:
            return self._by_lines.close()
        text = self._charset.decode(self._held, final=True).encode()
        if not text or not TEXT.is_one(text):  # a sign that stands in no file, a bell perhaps
            return [*self._by_lines.feed(self._held), *self._by_lines.close()]
        bounds = Bounds(octets=LARGEST_READ)
        within = Inner((TEXT.name,), bounds, Clock(bounds.seconds), is_label=self._look.tells)
        masked = learnt_and_masked(TEXT, text, self._look, within).decode()
        if self._hidden is not None:
            masked = self._hidden.hidden_in(masked)  # whatever somebody may have typed of it, see `KnownValues.spans`
        return [self._charset.encode(masked)]
