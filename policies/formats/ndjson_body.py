"""Masks bodies that are one JSON text behind another: each line, or each text of a sequence, is treated by itself.

Sources: the conventions NDJSON and JSON Lines; RFC 7464, where a text begins with U+001E and ends with a line feed.
"""

from collections.abc import Iterator

from policies.formats.json.body import JsonMasker
from policies.formats.masker import Withheld

LONGEST_RECORD = 1024 * 1024
"""Bytes."""

_LINE_END, _SEPARATOR = b"\n", b"\x1e"
_BOM = b"\xef\xbb\xbf"
_BLANK = b" \t\r\n"


class NdjsonMasker:
    """A masker for one body of JSON records in UTF-8, each of which *records* would mask by itself.

    Whether records are lines or the texts of a sequence is told by how the body begins, and holds for all of it.
    """

    def __init__(self, records: JsonMasker) -> None:
        self.tally = records.tally
        self._records = records
        self._rest = bytearray()
        self._following: list[bytes] = []
        """Records that have come whole and are treated next, from behind."""
        self._end = b""  # what parts the records, once that is known

    def feed(self, data: bytes) -> list[bytes]:
        """See `Masker.feed`."""
        self._rest += data
        had_begun = bool(self._end)
        if not had_begun and not self._has_begun():
            return []
        records: list[bytes] = []
        if not had_begun or self._end in data:
            *records, rest = bytes(self._rest).split(self._end)
            self._rest = bytearray(rest)
        if len(self._rest) > LONGEST_RECORD:
            raise Withheld("too_large_to_mask")
        return self._treated(records)

    def close(self) -> list[bytes]:
        """See `Masker.close`. The last line may lack its end; of a sequence a text that does may have been cut."""
        if not self._end and self._rest.removeprefix(_BOM):
            raise Withheld("not_json")
        return self._treated([bytes(self._rest)])

    def _ask(self) -> Iterator[None]:
        """Ask what is to be read of the records that follow. Raises Withheld."""
        for record in reversed(self._following):
            if record.strip(_BLANK):
                self._records.ask(self._records.node, record, 0)
            yield

    def _has_begun(self) -> bool:
        """Whether the first record has: what stands before it is dropped."""
        if _BOM.startswith(self._rest):
            return False  # a mark, as far as it has arrived
        self._rest = self._rest.removeprefix(_BOM).lstrip(_BLANK)
        if self._rest:
            self._end = _SEPARATOR if self._rest.startswith(_SEPARATOR) else _LINE_END
            self._rest = self._rest.removeprefix(_SEPARATOR)
        return bool(self._end)

    def _treated(self, records: list[bytes]) -> list[bytes]:
        with self.tally.prose.ahead(self._ask):
            out = self._each_treated(records)
        return [bytes(out)] if out else []

    def _each_treated(self, records: list[bytes]) -> bytearray:
        out = bytearray()
        before = _SEPARATOR if self._end == _SEPARATOR else b""
        records.reverse()
        self._following = records
        while records:
            record = records.pop()
            if len(record) > LONGEST_RECORD:
                raise Withheld("too_large_to_mask")
            if not record.strip(_BLANK):
                continue
            if before and not record.endswith(_LINE_END):
                raise Withheld("not_json")
            if treated := self._records.unit(self._records.node, record, 0, is_row=True):
                out += before + treated + _LINE_END
        return out


def records_in(body: bytes) -> Iterator[bytes]:
    """The records of *body*, which a masker has made or would take."""
    text = body.removeprefix(_BOM).lstrip(_BLANK)
    records = text.split(_SEPARATOR if text.startswith(_SEPARATOR) else _LINE_END)
    yield from (record for record in records if record.strip(_BLANK))
