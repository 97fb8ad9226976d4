"""Gives an answer a serial of its own: in its head, in the name of its file and, where declared, in what it shows.

It is made before the body is looked at and recorded with what is shown, so whoever finds a copy finds the exchange.
"""

import re
from http import HTTPStatus

from msgspec.structs import replace

from policies.formats.jsonp_body import JsonpMasker
from policies.formats.marked import before_root, field, footer, member_of_lines, meta, table
from policies.formats.masker import Masker
from policies.marking import Html, Marking
from proxy.answer import Mask, Treatment
from proxy.exchange import Exchange
from siem.record.mark import new_mark

MARK_HEADER = b"yingbi-mark"
_DISPOSITION = b"content-disposition"
_NAMED = re.compile(r'(.*; filename="[^".]*)((?:\.[^"]*)?")')
_ENDINGS = {"csv": "csv", "json": "json", "jsonp": "js", "ndjson": "jsonl", "xml": "xml", "text": "txt"}


def marked(treatment: Treatment, exchange: Exchange, status: int) -> Treatment:
    """*treatment* of the answer to *exchange*, where that is one to bear a serial: its body shows it, and its records.

    An answer that is looked at again, as a limit has it masked harder, keeps the serial that it has.
    """
    forward, system = exchange.forward, exchange.system
    if not isinstance(treatment, Mask) or forward is None or system is None or system.is_learning:
        return treatment
    operation = forward.operation
    if status != HTTPStatus.OK or not (operation.export or operation.mark is not None):
        return treatment
    ledger = exchange.ledger
    ledger.mark = ledger.mark or new_mark()
    if operation.mark is None:
        return treatment
    return replace(treatment, masker=_showing(treatment.masker, treatment.format, ledger.mark, operation.mark))


def _showing(masker: Masker, format_: str, mark: str, marking: Marking) -> Masker:
    match format_:
        case "csv" if marking.csv is not None:
            return table(masker, mark, marking.csv)
        case "html" if marking.html is not None:
            shown = meta(masker, mark)
            return footer(shown, mark) if marking.html is Html.FOOTER else shown
        case "json" if marking.json:
            return field(masker, mark, marking.json)
        case "jsonp" if marking.json and isinstance(masker, JsonpMasker):
            name = marking.json
            return masker.around(lambda inner: field(inner, mark, name))
        case "ndjson" if marking.json:
            return member_of_lines(masker, mark, marking.json)
        case "xml" if marking.xml is not None:
            return before_root(masker, mark, marking.xml)
    return masker


def mark_headers(mark: str) -> tuple[tuple[bytes, bytes], ...]:
    """What the head of an answer says of its serial: nothing where it bears none."""
    return ((MARK_HEADER, mark.encode()),) if mark else ()


def with_name(fields: list[tuple[bytes, bytes]], exchange: Exchange) -> list[tuple[bytes, bytes]]:
    """*fields* with the serial in the name of the file: in that of the system behind, or of an export in one of ours.

    A page is shown and not kept, and has no name.
    """
    mark, treatment, forward = exchange.ledger.mark, exchange.treatment, exchange.forward
    if not mark or forward is None or not isinstance(treatment, Mask):
        return fields
    is_file = forward.operation.export and treatment.format in _ENDINGS
    own = f'; filename="{mark}.{_ENDINGS[treatment.format]}"' if is_file else ""
    said = [value.decode("ascii") for name, value in fields if name == _DISPOSITION] or ["attachment" if own else ""]
    rest = [pair for pair in fields if pair[0] != _DISPOSITION]
    return [*rest, *((_DISPOSITION, _renamed(value, mark, own).encode()) for value in said if value)]


def _renamed(said: str, mark: str, own: str) -> str:
    """The `Content-Disposition` *said* with the serial in its name, or with our *own* where it has none."""
    found = _NAMED.fullmatch(said)
    return f"{found[1]}-{mark}{found[2]}" if found else said + own
