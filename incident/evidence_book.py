"""Evidence, kept and taken out again: what the forms of the console do, with each opening recorded before it is shown.

INVARIANT: a file is sealed on the disk before it is written down, and compared with its digests before it is given out.
"""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

from incident import evidence_acts as acts
from incident.cases import Cases
from incident.codec import encode
from incident.evidence import Custody, Evidence, digests
from incident.ids import CaseId, NotPermitted, PersonId
from incident.incident import Case
from incident.marking import Tlp

_LOOK_EVERY = timedelta(days=1)
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""The same export is the same octets; when what happened stands in the manifest."""


MANIFEST, SIGNATURE = "manifest.json", "manifest.json.jws"
"""What an export says of itself, and the signature of that: a detached JWS over its octets."""


class Shelf(Protocol):
    """Where octets rest, sealed. `get` raises *altered* for whatever is not what was put there."""

    def put(self, name: str, data: bytes) -> None:
        """Keep *data* under *name*, on the disk when this returns."""

    def get(self, name: str) -> bytes:
        """What was kept under *name*."""

    def drop(self, name: str) -> None:
        """Let go of what was kept under *name*."""


class Altered(NotPermitted):
    """A piece of evidence is not what had been added."""

    def __init__(self, piece: Evidence) -> None:
        super().__init__(
            f"证据 {piece.number}“{piece.name}”与加入时不一致，被改动过。请保全现场，通知审计员",
            f"evidence {piece.number} is not as it was added: leave all as it is, and tell an auditor",
        )


class EvidenceBook:
    """The evidence of all cases. Every act raises NotPermitted and KeyError as those of `incident.cases` do."""

    def __init__(
        self, cases: Cases, shelf: Shelf, altered: type[Exception], sign: Callable[[bytes], str] | None = None
    ) -> None:
        """*sign* makes the signature of the manifest of an export; without it there is none."""
        self._sign = sign
        self._cases = cases
        self._shelf = shelf
        self._altered = altered
        self._looked_at: datetime | None = None

    def add(self, case: CaseId, by: PersonId, name: str, data: bytes, origin: str, tlp: Tlp) -> None:
        """Keep a file as evidence."""
        self._cases.check_text(name, origin)
        acts.add(self._cases.get(case), name, data, origin, tlp, self._cases.now())  # refused before it is on the disk
        self._shelf.put(_place(case, digests(data)[0]), data)
        now = self._cases.now()
        self._cases.record(case, by, lambda known: acts.add(known, name, data, origin, tlp, now))

    def note(
        self, case: CaseId, by: PersonId, name: str, size: int, sha256: str, sm3: str, origin: str, tlp: Tlp
    ) -> None:
        """Note the digests of a file that is kept elsewhere."""
        now = self._cases.now()
        self._cases.record(
            case, by, lambda known: acts.note(known, name, size, sha256, sm3, origin, tlp, now), name, origin
        )

    def move(self, case: CaseId, by: PersonId, number: int, step: Custody, party: str, note: str) -> None:
        """Write down that it changed hands or was sealed."""
        self._cases.record(case, by, lambda known: acts.move(known, number, step, party, note), party, note)

    def open(self, case: CaseId, by: PersonId, number: int, *, audits: bool) -> tuple[Evidence, bytes]:
        """A piece and its octets, once it is recorded that *by* opens it. Raises Altered where they are others."""
        known = self._cases.get(case)
        self._needs_reader(known, by, audits=audits)
        piece = acts.find(known, number)
        return piece, self._taken_out(case, by, piece)

    def export(self, case: CaseId, by: PersonId, *, audits: bool) -> bytes:
        """A ZIP archive of all that is kept, for others, with a manifest and two files of digests.

        `sha256sum -c SHA256SUMS` verifies it. Raises Altered, and NotPermitted where the mark forbids it.
        """
        known = self._cases.get(case)
        acts.needs_exportable(known)
        self._needs_reader(known, by, audits=audits)
        now = self._cases.now()
        kept = [each for each in known.handling.evidence.values() if each.kept and now < each.keep_until]
        octets = {each.number: self._taken_out(case, by, each) for each in kept}
        return _archive(self._cases.get(case), octets, self._sign)

    def step(self) -> None:
        """Drop what has expired, once a day."""
        now = self._cases.now()
        if self._looked_at is None or now - self._looked_at >= _LOOK_EVERY:
            self._looked_at = now
            self.drop_expired()

    def drop_expired(self) -> None:
        """Let go of the files whose time has come; what is written of them stays."""
        now = self._cases.now()
        for case in self._cases.all():
            for piece in case.handling.evidence.values():
                if piece.kept and now >= piece.keep_until:
                    self._shelf.drop(_place(case.id, piece.sha256))

    def _taken_out(self, case: CaseId, by: PersonId, piece: Evidence) -> bytes:
        if not piece.kept:
            raise NotPermitted("这件证据在别处保管，这里只有摘要", "it is kept elsewhere: here are its digests only")
        if self._cases.now() >= piece.keep_until:
            raise NotPermitted("这件证据已到保存期限，文件已销毁", "its time has come: the file is gone")
        try:
            data = self._shelf.get(_place(case, piece.sha256))
            intact = digests(data) == (piece.sha256, piece.sm3)
        except self._altered:
            data, intact = b"", False
        self._cases.record(case, by, lambda known: acts.opened(known, piece.number, intact=intact))
        if not intact:
            raise Altered(piece)
        return data

    @staticmethod
    def _needs_reader(case: Case, by: PersonId, *, audits: bool) -> None:
        if not acts.may_read(case, by, audits=audits):
            raise NotPermitted(
                "只有在本案有角色的人、加入证据的人和审计员可以打开证据",
                "evidence is open to those with a role in the case, who added some, and auditors",
            )


def _place(case: CaseId, sha256: str) -> str:
    return f"{case}.{sha256}"


def _archive(case: Case, octets: dict[int, bytes], sign: Callable[[bytes], str] | None) -> bytes:
    out = io.BytesIO()
    pieces = case.handling.evidence
    files = {f"evidence/{number:03d}.bin": number for number in octets}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path, number in files.items():
            archive.writestr(zipfile.ZipInfo(path, _ZIP_TIME), octets[number])
        for name, digest in (("SHA256SUMS", "sha256"), ("SM3SUMS", "sm3")):
            lines = "".join(f"{getattr(pieces[number], digest)}  {path}\n" for path, number in files.items())
            archive.writestr(zipfile.ZipInfo(name, _ZIP_TIME), lines)
        manifest = json.dumps(_manifest(case, files), ensure_ascii=False, indent=1).encode()
        archive.writestr(zipfile.ZipInfo(MANIFEST, _ZIP_TIME), manifest)
        if sign is not None:
            archive.writestr(zipfile.ZipInfo(SIGNATURE, _ZIP_TIME), sign(manifest))
    return out.getvalue()


def _manifest(case: Case, files: dict[str, int]) -> dict[str, Any]:
    paths = {number: path for path, number in files.items()}
    return {
        "case": case.id,
        "drill": case.drill,
        "tlp": case.handling.tlp.label,
        "restricted": case.handling.restricted,
        "journal": {"entry": case.last.number, "chain": case.last.chain},
        "evidence": [
            {**encode(Evidence, piece), "file": paths.get(piece.number)} for piece in case.handling.evidence.values()
        ],
        "made_at": encode(datetime, case.last.at),
    }
