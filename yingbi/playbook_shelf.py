"""The playbooks of an installation: ours, and those taken in from others, kept as they came.

INVARIANT 8: what was taken in is used for cases once two people stand for the same text: by a signature each, with keys
that are trusted here, or in the console, by its digest. It is checked anew whenever it is read: a key that is taken
away takes its word with it, and an edited file is no text that anybody agreed to.
"""

import hashlib
import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from console.playbooks.journal import Agreements
from incident.agreeing import edited, withdrawn
from incident.graph import Books, load_playbooks, read_files, read_texts
from incident.ids import PlaybookId
from incident.playbook import Playbook
from incident.reading import Finding
from incident.signing import Trust, check_agreed, read_trusted
from policies.durable import replace_file
from yingbi.home import Home

log = logging.getLogger("yingbi.playbooks")

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
NOTHING = Agreements()
_OF_KEYS = frozenset({"signature-unknown"})
"""What is no fault of a text that two people of the house agree to: they need not know its author's key."""


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


def shelf_of(home: Home, now: datetime, agreements: Agreements = NOTHING) -> Shelf:
    """The playbooks as they lie there. Raises OSError, PlaybookError where one of ours is wrong, ValueError."""
    return _read(home, {path.name: path for path in home.playbooks.glob("*.json")}, trust_of(home, now), agreements)


def books_for_cases(home: Home, now: datetime, agreements: Agreements = NOTHING) -> Books:
    """The playbooks that cases are led by. Whatever is wrong with those of others is logged, and ours are there."""
    try:
        shelf = shelf_of(home, now, agreements)
    except (OSError, ValueError) as problem:
        log.warning("playbooks_of_others_unread problem=%s", type(problem).__name__)
        return load_playbooks()
    for finding in shelf.findings:
        log.warning("playbook_refused file=%s code=%s", finding.file, finding.code)
    return shelf.usable


def _read(home: Home, paths: dict[str, Path], trust: Trust, agreements: Agreements) -> Shelf:
    ours = load_playbooks()
    read, found = read_files(paths, ours.values(), trust)
    chosen = {file for file, book in read.items() if agreements.agreed.get(Path(file).stem) == book.digest}
    findings = [each for each in found if not (each.file in chosen and each.code in _OF_KEYS)]
    for file, book in read.items():
        findings += _not_ours(file, Path(file).stem, book, ours)
        findings += () if file in chosen else _not_agreed(file, book, trust, agreements)
    wrong = {finding.file for finding in findings}
    good = {Path(file).stem: book for file, book in read.items() if file not in wrong}
    known = {book.id for book in (*ours.values(), *good.values())}
    while left := [stem for stem, book in good.items() if not _called(book) <= known]:
        for stem in left:  # what calls one that cannot be used cannot be used either
            known.discard(good.pop(stem).id)
    return Shelf(ours=ours, others=good, findings=tuple(sorted(findings)))


def _not_ours(file: str, name: str, book: Playbook, ours: Books) -> tuple[Finding, ...]:
    if name in ours or book.id in {each.id for each in ours.values()}:
        return (Finding(file=file, line=1, code="same-id", message="one of ours has this name or id"),)
    return ()


def _not_agreed(file: str, book: Playbook, trust: Trust, agreements: Agreements) -> tuple[Finding, ...]:
    """Why *book*, to which nobody agrees in the console as it is, may not be used; nothing where two have signed it."""
    if book.digest in agreements.withdrawn:
        return withdrawn(book, file)
    missing = check_agreed(book, file, trust)
    return edited(book, file) if missing and Path(file).stem in agreements.agreed else missing


def _called(book: Playbook) -> set[PlaybookId]:
    return {step.playbook for step in book.steps.values() if step.playbook}


class PlaybookFolder:
    """The folder of playbooks, for the console."""

    def __init__(self, home: Home, clock: Callable[[], datetime]) -> None:
        self._home, self._clock = home, clock

    def check(self, name: str, text: str) -> tuple[Playbook | None, tuple[Finding, ...]]:
        """The playbook in *text*, and all that is wrong with it as one called *name*, beside those that there are."""
        ours, file = load_playbooks(), f"{name}.json"
        others = {path.name: path for path in self._home.playbooks.glob("*.json") if path.name != file}
        trust = trust_of(self._home, self._clock())
        lying, _ = read_files(others, ours.values(), trust)
        read, found = read_texts({file: text}, (*ours.values(), *lying.values()), trust)
        book = read.get(file)
        wrong = [each for each in found if each.code not in _OF_KEYS]
        return book, tuple(sorted([*wrong, *(_not_ours(file, name, book, ours) if book else ())]))

    def keep(self, name: str, text: str) -> None:
        """Have *text* lie there as *name*. Raises OSError."""
        self._home.playbooks.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_file(self._home.playbooks / f"{name}.json", text.encode())

    def lying(self) -> Mapping[str, bytes]:
        """What lies there, by name."""
        return {path.stem: path.read_bytes() for path in sorted(self._home.playbooks.glob("*.json"))}

    def usable(self, agreements: Agreements) -> tuple[Books, Books, tuple[Finding, ...]]:
        """Ours, those of others that lead cases, and what is wrong with the rest, where *agreements* count."""
        shelf = shelf_of(self._home, self._clock(), agreements)
        return shelf.ours, shelf.others, shelf.findings


def take_in(
    home: Home, source: Path, name: str, by: str, now: datetime, agreements: Agreements = NOTHING
) -> tuple[Finding, ...]:
    """Take the playbook in the file *source* in as *name*, octet by octet, and record who did.

    Nothing is taken in where something is found wrong with it, which is what comes back. Raises OSError, ValueError
    for a name that is none.
    """
    if not _NAME.fullmatch(name):
        raise ValueError("预案名只能用小写字母、数字和连字符 / a name has small letters, digits and hyphens")
    lying = {path.name: path for path in home.playbooks.glob("*.json") if path.stem != name}
    shelf = _read(home, {**lying, str(source): source}, trust_of(home, now), agreements)
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
