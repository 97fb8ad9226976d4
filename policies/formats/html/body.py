"""Masks HTML pages: declared elements and form controls by their fields, everything else as free text.

The personal values of declared elements are looked for in every other text, attribute and comment of the page: a name
in a cell is masked in the page's title as well. So a page is held to its end. A large one is read twice, to find its
values and to mask it: held as parts it would weigh many times what it is written with.
"""

from collections.abc import Iterator

from policies.formats.charset import Charset
from policies.formats.free_text import KnownValues
from policies.formats.html.forms import Seal
from policies.formats.html.headed import Headed
from policies.formats.html.keys import Addresses, AsTheyAre
from policies.formats.html.reading import Reading
from policies.formats.html.shape import HtmlShape
from policies.formats.html.tokens import HtmlTokens
from policies.formats.html.whose import Seen
from policies.formats.masker import Tally, Withheld
from policies.formats.said import Said

TOKENS_IN_A_TURN = 512
"""So many of a large page are read again before others have their turn."""


class HtmlMasker:
    """A masker for one HTML page. *said* is what the caller said in the request. What is found is told to *seen*."""

    def __init__(
        self,
        shape: HtmlShape,
        tally: Tally,
        charset: str,
        seal: Seal,
        said: Said | None = None,
        seen: Seen | None = None,
        addresses: Addresses | None = None,
    ) -> None:
        self.tally = tally
        self._seen = seen
        self._shape = shape
        self._charset = Charset(charset)
        self._seal = seal
        self._said = said or Said()
        self._addresses = addresses or AsTheyAre()
        self._known = KnownValues(self._said, self._addresses.handles)
        for key in self._addresses.hidden_keys:
            self._known.hides = True
            self._known.add(key)
        self._first = self._reading()
        self._headed = Headed() if shape.names_headed else None
        self._tokens = HtmlTokens()
        self._size = 0
        self._texts: list[str] = []

    def feed(self, data: bytes) -> list[bytes]:
        """See `Masker.feed`. Nothing comes out before the end."""
        self._size += len(data)
        if self._size > self._shape.largest:
            raise Withheld("too_large_to_mask")
        self._read(self._charset.decode(data), final=False)
        return []

    def close(self) -> list[bytes]:
        """See `Masker.close`."""
        self._read(self._charset.decode(b"", final=True), final=True)
        self._first.end()
        if self._headed is not None:
            self._headed.learn(self._known, self.tally)
        for key in self._addresses.met:
            self._known.hides = True
            self._known.add(key)
        if self._first.is_held:
            masked = self._first.flush()
        else:
            self.tally.take()
            if self._seen is not None:
                self._seen.clear()
            masked = "".join(self._masked_again())
        if self._headed is not None:
            self._headed.count(self.tally)
        if self._seen is not None:
            self._seen.count_unnamed(self.tally)
        return [self._charset.encode(masked)] if masked else []

    def _reading(self) -> Reading:
        return Reading(self._shape, self.tally, self._seal, self._known, self._said, self._addresses, self._seen)

    def _read(self, text: str, *, final: bool) -> None:
        self._texts.append(text)
        for token in self._tokens.feed(text, final=final):
            self._first.take(token)
            if self._headed is not None:
                self._headed.take(token)
            if self._first.is_full:
                self._first.let_go()

    def _masked_again(self) -> Iterator[str]:
        """The page, window by window, now that all its values are known."""
        second, text = self._reading(), "".join(self._texts)
        self._texts.clear()
        for number, token in enumerate(HtmlTokens().feed(text, final=True), 1):
            second.take(token)
            if number % TOKENS_IN_A_TURN == 0:
                self.tally.gives_way()
            if second.is_full:
                yield second.flush()
        second.end()
        yield second.flush()
