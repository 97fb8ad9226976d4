"""Puts a serial into what a masker has made: by it a copy that turns up somewhere tells which exchange it is from.

It adds to what may leave and takes nothing away, so it needs to know nothing of what is masked. What has no place for a
serial stays as it is. Nothing here holds more than `HELD` octets back.
"""

import re
from collections.abc import Callable

from policies.formats.masker import Masker
from policies.marking import Csv, Xml

HELD = 16 * 1024
"""Octets of the beginning, or of the end, of an answer that are looked at for the place of a serial."""
COLUMN = "yingbi_mark"
"""What the added column of a table is called."""


_HEAD = re.compile(rb"""<head(?:\s(?:[^>"']|"[^"]*"|'[^']*')*)?>""", re.IGNORECASE)
_END = re.compile(rb"</body\s*>\s*(?:</html\s*>)?\s*\Z", re.IGNORECASE)
_DECLARATION = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml[\s][^>]*\?>")
_OBJECT = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*\{[ \t\r\n]*")


class _Inside:
    """What stands around the output of *masker*, in which a serial is put."""

    def __init__(self, masker: Masker) -> None:
        self._masker = masker
        self.tally = masker.tally

    def feed(self, data: bytes) -> list[bytes]:
        """See `Masker.feed`."""
        return _pieces(self._more(b"".join(self._masker.feed(data))))

    def close(self) -> list[bytes]:
        """See `Masker.close`."""
        return _pieces(self._more(b"".join(self._masker.close())) + self._rest())

    def _more(self, made: bytes) -> bytes:
        return made

    def _rest(self) -> bytes:
        return b""


def _pieces(data: bytes) -> list[bytes]:
    return [data] if data else []


class Beginning(_Inside):
    """Puts it where *put* says in the beginning of the output; None there: more of it has to be seen."""

    def __init__(self, masker: Masker, put: Callable[[bytes, bool], bytes | None]) -> None:
        super().__init__(masker)
        self._put = put
        self._held = b""
        self._done = False

    def _more(self, made: bytes) -> bytes:
        if self._done:
            return made
        self._held += made
        # What is looked at never depends on how it came: all of `HELD`, or what there is up to the place.
        found = self._put(self._held[:HELD], len(self._held) >= HELD)
        if found is None:
            return b""
        held, self._held, self._done = self._held, b"", True
        return found + held[HELD:]

    def _rest(self) -> bytes:
        if self._done:
            return b""
        held, self._held = self._held, b""
        found = self._put(held, True)
        return held if found is None else found


class Footer(_Inside):
    """Puts *line* before the end of the body of a page, or behind all of it."""

    def __init__(self, masker: Masker, line: bytes) -> None:
        super().__init__(masker)
        self._line = line
        self._held = b""

    def _more(self, made: bytes) -> bytes:
        self._held += made
        gone, self._held = self._held[:-HELD], self._held[-HELD:]
        return gone

    def _rest(self) -> bytes:
        if not self._held:
            return b""
        end = _END.search(self._held)
        place = end.start() if end else len(self._held)
        return self._held[:place] + self._line + self._held[place:]


class LastLine(_Inside):
    """Adds *line* to a table that has any."""

    def __init__(self, masker: Masker, line: bytes) -> None:
        super().__init__(masker)
        self._line = line
        self._last = b""

    def _more(self, made: bytes) -> bytes:
        self._last = (self._last + made[-2:])[-2:]
        return made

    def _rest(self) -> bytes:
        if not self._last:
            return b""
        between = b"" if self._last.endswith((b"\n", b"\r")) else b"\r\n"
        return between + self._line + b"\r\n"


class Column(_Inside):
    """Adds a column to a table: its name to the first row, *serial* to the others.

    In the charsets that tables are read in no octet of a longer character is a quotation mark or the end of a line.
    """

    def __init__(self, masker: Masker, serial: bytes) -> None:
        super().__init__(masker)
        self._serial = serial
        self._each = b""
        """What is added to a row; empty until the first one has ended."""
        self._first = bytearray()
        """What is not quoted of the first row: it tells what stands between cells."""
        self._quoted = False
        self._in_row = False
        """Whether anything of the row has come."""

    def _more(self, made: bytes) -> bytes:
        if self._each and not self._quoted and (rows := self._rows(made)):
            return rows
        out = bytearray()
        for part in re.split(rb'(["\r\n])', made):
            if part == b'"':
                self._quoted = not self._quoted
            elif part in (b"\r", b"\n") and part and not self._quoted:
                out += self._added()
                out += part
                continue
            elif not self._each and not self._quoted:
                self._first += part
            self._in_row = self._in_row or bool(part)
            out += part
        return bytes(out)

    def _rest(self) -> bytes:
        return self._added()

    def _rows(self, made: bytes) -> bytes:
        """The same where there is no quotation mark, no empty row and one end of a row, as mostly; else nothing."""
        end = b"\r\n" if b"\r" in made else b"\n"
        ends = made.count(end)
        if b'"' in made or made[:1] in b"\r\n" or end + end in made:
            return b""
        if made.count(b"\n") != ends or made.count(b"\r") != ends * (len(end) - 1):
            return b""
        self._in_row = not made.endswith(end)
        return made.replace(end, self._each + end)

    def _added(self) -> bytes:
        """What ends the row that has come, if any has."""
        if not self._in_row:
            return b""
        self._in_row = False
        if self._each:
            return self._each
        delimiter = max((b",", b"\t", b";"), key=self._first.count)
        self._each = delimiter + self._serial
        return delimiter + COLUMN.encode()


class Lines(_Inside):
    """Adds *field* to the beginning of each object of a stream of JSON, one a line."""

    def __init__(self, masker: Masker, field: bytes) -> None:
        super().__init__(masker)
        self._field = field
        self._begins = True
        self._opened = False
        """Whether the object has begun and nothing of it has come."""

    def _more(self, made: bytes) -> bytes:
        out = bytearray()
        place = 0
        while place < len(made):
            octet = made[place : place + 1]
            if self._opened and octet not in b" \t\r":
                out += self._field + (b"" if octet == b"}" else b",")
                self._opened = False
            if self._begins and octet == b"{":
                self._begins, self._opened = False, True
            elif octet == b"\n":
                self._begins = True
            elif octet not in b" \t\r\x1e":
                self._begins = False
            if self._begins or self._opened:
                out += octet
                place += 1
                continue
            end = made.find(b"\n", place)
            end = len(made) if end < 0 else end
            out += made[place:end]
            place = end
        return bytes(out)


def meta(masker: Masker, serial: str) -> Masker:
    """*masker* with a `meta` in the head of its page, where that has one."""
    line = f'<meta name="yingbi-mark" content="{serial}">'.encode()

    def put(held: bytes, all_there_is: bool) -> bytes | None:
        found = _HEAD.search(held)
        if found is None:
            return held if all_there_is else None
        return held[: found.end()] + line + held[found.end() :]

    return Beginning(masker, put)


def footer(masker: Masker, serial: str) -> Masker:
    """*masker* with a last line on its page, in ASCII: whatever the charset, it says `编号 / serial`."""
    return Footer(masker, f'<p class="yingbi-mark">&#32534;&#21495; / serial {serial}</p>'.encode())


def field(masker: Masker, serial: str, name: str) -> Masker:
    """*masker* with a first member *name* in the object that its JSON is, where it is one."""
    member = f'"{name}":"{serial}"'.encode()

    def put(held: bytes, all_there_is: bool) -> bytes | None:
        found = _OBJECT.match(held)
        if found is None or found.end() == len(held):
            is_open = held.strip(b"\xef\xbb\xbf \t\r\n{") == b""
            return None if is_open and not all_there_is else held
        comma = b"" if held[found.end() : found.end() + 1] == b"}" else b","
        return held[: found.end()] + member + comma + held[found.end() :]

    return Beginning(masker, put)


def member_of_lines(masker: Masker, serial: str, name: str) -> Masker:
    """*masker* with a first member *name* in each object of a stream of JSON."""
    return Lines(masker, f'"{name}":"{serial}"'.encode())


def before_root(masker: Masker, serial: str, where: Xml) -> Masker:
    """*masker* with a comment or a processing instruction behind the declaration of its document."""
    said = f"<!-- {serial} -->" if where is Xml.COMMENT else f"<?yingbi-mark {serial}?>"

    def put(held: bytes, all_there_is: bool) -> bytes | None:
        begins = held.removeprefix(b"\xef\xbb\xbf")
        bom = held[: len(held) - len(begins)]
        if not all_there_is and (len(begins) < 5 or (begins.startswith(b"<?xml") and b"?>" not in begins)):
            return None
        found = _DECLARATION.match(held)
        place = found.end() if found else len(bom)
        return held[:place] + said.encode() + held[place:] if begins else held

    return Beginning(masker, put)


def table(masker: Masker, serial: str, where: Csv) -> Masker:
    """*masker* with the serial in its table."""
    if where is Csv.COLUMN:
        return Column(masker, serial.encode())
    return LastLine(masker, f"# {serial}".encode() if where is Csv.COMMENT else serial.encode())
