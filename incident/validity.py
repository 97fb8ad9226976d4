"""From when and until when a playbook counts. Source: CACAO 2.0, 3.1 (valid_from, valid_until)."""

from datetime import datetime

from incident.playbook import Playbook
from incident.reading import Finding, Reader


def check_validity(book: Playbook, file: str, now: datetime) -> tuple[Finding, ...]:
    """Why *book* does not count at *now*: it is not in force yet, or no longer."""
    reader = Reader(book.source, file)
    for key, text, code, said in (
        ("valid_from", book.valid_from, "not-yet-valid", "the playbook is valid only from"),
        ("valid_until", book.valid_until, "expired", "the playbook was valid until"),
    ):
        try:
            at = _time(text) if text else now
        except ValueError:
            reader.report("wrong-value", key, f"`{key}` is a day that there is not")
            continue
        if now < at if key == "valid_from" else now > at:
            reader.report(code, key, f"{said} {text}")
    return reader.findings


def is_valid(book: Playbook, now: datetime) -> bool:
    """Whether *book* may begin to lead a case at *now*. A case that runs goes on by it, whatever the day."""
    return not check_validity(book, "", now)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace(":60", ":59"))  # a leap second, which no clock of ours knows
