"""Masks one page by the table of actions that counts for all records in it; see `html_whose`."""

from policies.choose import Choice
from policies.formats.html.body import HtmlMasker
from policies.formats.html.forms import Seal
from policies.formats.html.keys import Addresses
from policies.formats.html.shape import HtmlShape
from policies.formats.html.whose import Seen
from policies.formats.masker import LEFT_OUT, Tally, Withheld, masked_whole
from policies.formats.said import Said


class PageOfSomebody:
    """A masker for one page that is treated by whose it is. It is read once for each table that may count."""

    def __init__(
        self,
        shape: HtmlShape,
        tally: Tally,
        charset: str,
        seal: Seal,
        said: Said | None,
        choice: Choice,
        addresses: Addresses,
    ) -> None:
        self.tally = tally
        self._shape = shape
        self._charset = charset
        self._seal = seal
        self._said = said
        self._choice = choice
        self._addresses = addresses
        self._body = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """See `Masker.feed`. Nothing comes out before the end."""
        self._body += data
        if len(self._body) > self._shape.largest:
            raise Withheld("too_large_to_mask")
        return []

    def close(self) -> list[bytes]:
        """See `Masker.close`."""
        masked, tally = self._as_owned() or self._by(self._shape)
        self.tally.add(tally)
        return [masked] if masked else []

    def _as_owned(self) -> tuple[bytes, Tally] | None:
        """The page by another table than the general one; None where that is not of all its records."""
        if self._shape.in_table is None:
            return None
        for table in sorted(set(self._choice.tables.values())):
            try:
                shape = self._shape.in_table(table)
                seen, masked, tally = self._read(shape)
            except Withheld:
                continue  # what is wrong with the page is found again
            if seen.table(self._choice, self.tally.digester) == table:
                return self._settled(shape, seen, masked, tally)
        return None

    def _by(self, shape: HtmlShape) -> tuple[bytes, Tally]:
        return self._settled(shape, *self._read(shape))

    def _settled(self, shape: HtmlShape, seen: Seen, masked: bytes, tally: Tally) -> tuple[bytes, Tally]:
        """The page by *shape*, where the caller may see it."""
        if not seen.meets(self._choice):
            raise Withheld(LEFT_OUT)
        if shape.record.asks_whose and seen.subject:
            _, masked, tally = self._read(shape.about(seen.subject))
        return masked, tally

    def _read(self, shape: HtmlShape) -> tuple[Seen, bytes, Tally]:
        seen, tally = Seen(shape.record), Tally(self.tally.digester, gives_way=self.tally.gives_way)
        said = self._said.anew() if self._said is not None else None
        masker = HtmlMasker(shape, tally, self._charset, self._seal, said, seen, self._addresses)
        masked = masked_whole(masker, bytes(self._body))
        return seen, masked, masker.tally
