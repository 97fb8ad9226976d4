"""Verifies the log against its seals, and the seals against what a second party holds.

Needs no key: what an auditor has of the log, the journal of seals and the anchors is enough. Says of each start the
first record that is not as it was sealed, and of all what nobody else vouches for yet.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from siem.record.anchor import Anchor
from siem.record.log import StartId, begun_at
from siem.record.reader import Position, starts_in
from siem.record.seal import BrokenSeals, Sealed, fingerprint, seals_in
from siem.record.verify_start import Fault, Mark, StartCheck, Wrong, check_start

UNNAMED_FOR = timedelta(minutes=10)
"""A start is named by a seal within a second. One that no seal made so much later names was put there afterwards."""
LEAST_KEPT = timedelta(days=184)
"""Six months, however long they are: nothing may be taken from the log before."""


class SealFault(StrEnum):
    """What can be wrong with the seals as such."""

    BROKEN = "seals_broken"
    """A seal was altered, dropped or moved: what lies behind it proves nothing."""
    OTHER_KEY = "seal_key_replaced"
    """A key signed that no seal before had named: it was lost, or somebody began anew."""
    NOT_THE_ROOT = "root_unknown"
    """The first key is not the one that the auditor or the second party knows."""
    NOT_HERE = "anchored_seal_missing"
    """The second party holds a seal that the journal does not: the journal was cut, restored or written anew."""
    BACKWARDS = "head_moved_back"
    """A seal names a place before one that an earlier seal names: lines were gone already when it was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealFinding:
    """What is wrong with a seal."""

    fault: SealFault
    seal: int
    at: datetime | None = None
    """Of the seal, where that is known."""
    start: StartId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """Records that nothing vouches for yet."""

    records: int = 0
    since: datetime | None = None
    """`@timestamp` of the earliest."""


@dataclass(slots=True, kw_only=True)
class Report:
    """What a verification has found."""

    starts: int = 0
    records: int = 0
    seals: int = 0
    sealed_at: datetime | None = None
    """Of the last seal that counts."""
    root: str = ""
    """Fingerprint of the first key."""
    is_root_known: bool = False
    """Whether somebody else than this machine says that it is the first key."""
    anchored: int = 0
    """Number of the last seal that the second party holds; 0: none."""
    anchored_at: datetime | None = None
    unsealed: Tail = field(default_factory=Tail)
    """What no seal names."""
    unanchored: Tail = field(default_factory=Tail)
    """What no seal names that the second party holds: who owns this machine can take it back, and nobody could tell."""
    removed: int = 0
    """Starts that were kept as long as they had to be."""
    seal_findings: list[SealFinding] = field(default_factory=list)
    findings: list[Wrong] = field(default_factory=list)
    """By start, the first thing that is wrong with it."""

    @property
    def is_intact(self) -> bool:
        """Whether nothing was found."""
        return not self.seal_findings and not self.findings


@dataclass(slots=True)
class _Sealed:
    """What the seals say of one start."""

    marks: list[Mark] = field(default_factory=list)
    anchored: Position | None = None
    grew_at: datetime | None = None
    removed_at: datetime | None = None


def verify(folder: Path, journal: Path, anchors: Iterable[Anchor] = (), fingerprints: Iterable[str] = ()) -> Report:
    """Verify the log in *folder*. *fingerprints* are of the keys that are known to be good. Raises OSError."""
    report = Report()
    sealed, last = _read_seals(report, journal, list(anchors), set(fingerprints))
    unsealed, unanchored = [], []
    on_disk = set(starts_in(folder))
    for start in sorted(on_disk | set(sealed)):
        about = sealed.get(start)
        if about is None:
            if last is not None and begun_at(start) < last.at - UNNAMED_FOR:
                report.findings.append(Wrong(fault=Fault.ADDED, start=start))
            about = _Sealed()
        elif start not in on_disk:
            if about.removed_at is None:
                report.findings.append(Wrong(fault=Fault.START_MISSING, start=start, seal=about.marks[0].seal))
            elif about.grew_at is None or about.removed_at < about.grew_at + LEAST_KEPT:
                report.findings.append(Wrong(fault=Fault.REMOVED_EARLY, start=start, seal=about.marks[0].seal))
            else:
                report.removed += 1
            continue
        found = check_start(folder / start, start, about.marks, about.anchored)
        _add(report, found)
        unsealed.append(found.unsealed)
        unanchored.append(found.unanchored)
    report.unsealed, report.unanchored = _tail(unsealed), _tail(unanchored)
    return report


def _add(report: Report, found: StartCheck) -> None:
    report.starts += 1
    report.records += found.records
    if found.wrong is not None:
        report.findings.append(found.wrong)


def _read_seals(
    report: Report, journal: Path, anchors: list[Anchor], known: set[str]
) -> tuple[dict[StartId, _Sealed], "_Last | None"]:
    sealed: dict[StartId, _Sealed] = {}
    digests: dict[int, str] = {}
    wanted = {anchor.seal for anchor in anchors}
    waiting: dict[StartId, Position] = {}
    last: _Last | None = None
    held = {(anchor.seal, anchor.digest) for anchor in anchors}
    for each in _counting(report, journal):
        seal = each.seal
        if seal.key and not _is_trusted(report, seal.number, fingerprint(seal.key), known, anchors):
            fault = SealFault.NOT_THE_ROOT if seal.number == 1 else SealFault.OTHER_KEY
            report.seal_findings.append(SealFinding(fault=fault, seal=seal.number, at=seal.at))
        if seal.number in wanted:
            digests[seal.number] = each.digest
        for start, head in seal.heads.items():
            about = sealed.setdefault(start, _Sealed())
            before = about.marks[-1].place if about.marks else None
            if before is not None and (head.segment, head.offset) < (before.segment, before.offset):
                finding = SealFinding(fault=SealFault.BACKWARDS, seal=seal.number, at=seal.at, start=start)
                report.seal_findings.append(finding)
            else:
                about.marks.append(Mark(head, seal.number, seal.at))
                about.grew_at = seal.at
                waiting[start] = head
        for start in seal.removed:
            sealed.setdefault(start, _Sealed()).removed_at = seal.at
        if (seal.number, each.digest) in held:
            for start, head in waiting.items():
                sealed[start].anchored = head
            waiting.clear()
            report.anchored, report.anchored_at = seal.number, seal.at
        last = _Last(seal.number, seal.at)
    report.seal_findings += (
        SealFinding(fault=SealFault.NOT_HERE, seal=anchor.seal, at=anchor.at)
        for anchor in anchors
        if digests.get(anchor.seal) != anchor.digest
    )
    return sealed, last


@dataclass(frozen=True, slots=True)
class _Last:
    number: int
    at: datetime


def _counting(report: Report, journal: Path) -> Iterator[Sealed]:
    """The seals that hold, noted down in *report*."""
    try:
        for each in seals_in(journal):
            report.seals, report.sealed_at = each.seal.number, each.seal.at
            yield each
    except BrokenSeals:
        report.seal_findings.append(SealFinding(fault=SealFault.BROKEN, seal=report.seals + 1))


def _is_trusted(report: Report, number: int, key: str, known: set[str], anchors: list[Anchor]) -> bool:
    """Whether a key that no seal names may be believed. The first may where nobody says otherwise."""
    roots = {anchor.root for anchor in anchors}
    if number == 1:
        report.root = key
        report.is_root_known = key in known or key in roots
        return report.is_root_known or not (known or roots)
    return key in known


def _tail(tails: list[tuple[int, datetime | None]]) -> Tail:
    times = [since for _, since in tails if since is not None]
    return Tail(records=sum(records for records, _ in tails), since=min(times, default=None))
