"""From when and until when a playbook counts. Source: CACAO 2.0, 3.1 (valid_from, valid_until)."""

from datetime import datetime

from incident.playbook import Playbook
from incident.reading import Finding, Reader


def check_validity(book: Playbook, file: str, now: datetime) -> tuple[Finding, ...]:
    """Why *book* does not count at *now*: it is not in force yet, or no longer."""
    reader = Reader(book.source, file)
    begins, ends = (_time(reader, book, key, now) for key in ("valid_from", "valid_until"))
    if now < begins:
        reader.report("not-yet-valid", "valid_from", f"the playbook is valid only from {book.valid_from}")
    if now > ends:
        reader.report("expired", "valid_until", f"the playbook was valid until {book.valid_until}")
    return reader.findings


def is_valid(book: Playbook, now: datetime) -> bool:
    """Whether *book* may begin to lead a case at *now*. A case that runs goes on by it, whatever the day."""
    return not check_validity(book, "", now)


def _time(reader: Reader, book: Playbook, key: str, otherwise: datetime) -> datetime:
    text = book.valid_from if key == "valid_from" else book.valid_until
    try:
        return datetime.fromisoformat(text.replace(":60", ":59")) if text else otherwise  # no clock of ours leaps
    except ValueError:
        reader.report("wrong-value", key, f"`{key}` is a day that there is not")
        return otherwise
