"""What is wrong with a playbook of others where people agree on such in a console, besides in signatures."""

from incident.playbook import Playbook
from incident.reading import Finding, Reader


def withdrawn(book: Playbook, file: str) -> tuple[Finding, ...]:
    """That people withdrew the very text of *book*."""
    reader = Reader(book.source, file)
    reader.report("withdrawn", "id", "it was withdrawn in the console: two people have to agree to it there anew")
    return reader.findings


def edited(book: Playbook, file: str) -> tuple[Finding, ...]:
    """That two people agreed to another text of that name."""
    reader = Reader(book.source, file)
    reader.report("edited", "id", "it is not the text that two people agreed to in the console")
    return reader.findings
