"""The playbooks of an installation: ours, and those taken in from others, kept as they came.

INVARIANT 8: what was taken in is used for cases once two people stand for the same text, each with a key of their own
that is trusted here. It is checked anew whenever it is read: a key that is taken away takes its word with it.
"""

import hashlib
import json
import logging
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from incident.graph import Books, load_playbooks, read_files
from incident.ids import PlaybookId
from incident.playbook import Playbook
from incident.reading import Finding
from incident.signing import Trust, check_agreed, read_trusted
from policies.durable import replace_file
from yingbi.home import Home

log = logging.getLogger("yingbi.playbooks")

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """All playbooks, and what is wrong with those that were taken in."""

    ours: Books
    others: Books
    """By the stem of their file; without those that cannot be used."""
    findings: tuple[Finding, ...]

    @property
    def usable(self) -> Books:
        """Those that cases can be led by."""
        return {**self.others, **self.ours}


def trust_of(home: Home, now: datetime) -> Trust:
    """Whose signatures count in this installation at *now*. Raises OSError, or ValueError for a file that is no key."""
    return Trust(read_trusted(home.playbook_signers), now)


def shelf_of(home: Home, now: datetime) -> Shelf:
    """The playbooks as they lie there. Raises OSError, PlaybookError where one of ours is wrong, ValueError."""
    return _read(home, {path.name: path for path in home.playbooks.glob("*.json")}, trust_of(home, now))


def books_for_cases(home: Home, now: datetime) -> Books:
    """The playbooks that cases are led by. Whatever is wrong with those of others is logged, and ours are there."""
    try:
        shelf = shelf_of(home, now)
    except (OSError, ValueError) as problem:
        log.warning("playbooks_of_others_unread problem=%s", type(problem).__name__)
        return load_playbooks()
    for finding in shelf.findings:
        log.warning("playbook_refused file=%s code=%s", finding.file, finding.code)
    return shelf.usable


def _read(home: Home, paths: dict[str, Path], trust: Trust) -> Shelf:
    ours = load_playbooks()
    read, found = read_files(paths, ours.values(), trust)
    findings = [*found]
    for file, book in read.items():
        if Path(file).stem in ours or book.id in {each.id for each in ours.values()}:
            findings.append(Finding(file=file, line=1, code="same-id", message="one of ours has this name or id"))
        findings += check_agreed(book, file, trust)
    wrong = {finding.file for finding in findings}
    good = {Path(file).stem: book for file, book in read.items() if file not in wrong}
    known = {book.id for book in (*ours.values(), *good.values())}
    while left := [stem for stem, book in good.items() if not _called(book) <= known]:
        for stem in left:  # what calls one that cannot be used cannot be used either
            known.discard(good.pop(stem).id)
    return Shelf(ours=ours, others=good, findings=tuple(sorted(findings)))


def _called(book: Playbook) -> set[PlaybookId]:
    return {step.playbook for step in book.steps.values() if step.playbook}


def take_in(home: Home, source: Path, name: str, by: str, now: datetime) -> tuple[Finding, ...]:
    """Take the playbook in the file *source* in as *name*, octet by octet, and record who did.

    Nothing is taken in where something is found wrong with it, which is what comes back. Raises OSError, ValueError
    for a name that is none.
    """
    if not _NAME.fullmatch(name):
        raise ValueError("预案名只能用小写字母、数字和连字符 / a name has small letters, digits and hyphens")
    lying = {path.name: path for path in home.playbooks.glob("*.json") if path.stem != name}
    shelf = _read(home, {**lying, str(source): source}, trust_of(home, now))
    if wrong := tuple(finding for finding in shelf.findings if finding.file == str(source)):
        return wrong
    octets = source.read_bytes()
    home.playbooks.mkdir(exist_ok=True, mode=0o700)
    told = {"at": now.isoformat(), "by": by, "name": name, "sha256": hashlib.sha256(octets).hexdigest()}
    with (home.playbooks / "taken-in.jsonl").open("a", encoding="utf-8") as journal:
        journal.write(json.dumps(told, ensure_ascii=False) + "\n")
    replace_file(home.playbooks / f"{name}.json", octets)
    return ()


def octets_of(home: Home, name: str) -> bytes:
    """The playbook *name* as it lies there, ours or taken in. Raises KeyError where there is none, OSError."""
    if not _NAME.fullmatch(name):
        raise KeyError(name)
    from_others = home.playbooks / f"{name}.json"
    if from_others.exists():
        return from_others.read_bytes()
    return load_playbooks()[name].source.encode()
