"""Publishes whom the incidents affect that the public was told of: by digest, for workers to answer citizens from.

The persons of a case are counted anew by the question of its scope, and count only where they are exactly those whom
the journal recorded. What is published is kept as long as the scope stays: the index may have forgotten the events.
"""

import logging
import threading
from collections.abc import Callable, Sequence, Set
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from incident.cases import Cases
from incident.counting import affected
from incident.incident import Case
from incident.perform import SEARCH_TIMEOUT
from incident.scope import Scope
from incident.telling import has_other_numbers, has_unattributed, is_told, is_whole, may_be_named, public_content
from policies.affected import LONGEST_TITLE, AffectedTable, Incident, Part, digests_are_whole, write_digests
from policies.durable import flush_folder
from policies.keys.key_files import Signer, Verifier
from proxy.published import NotPublished, digests_folder, publish_affected, read_published_affected
from siem.index.store import EventStore, StoreUnavailable

EVERY = timedelta(seconds=1)
LASTS, RENEWED_BELOW = timedelta(minutes=30), timedelta(minutes=25)
"""So long a table counts, and with so little of it left it is published anew."""
AGAIN = timedelta(minutes=5)
"""So long after a count that came to nothing the next follows."""

log = logging.getLogger("yingbi.affected")


@dataclass(slots=True, kw_only=True)
class AffectedPublisher:
    """The one who publishes them. Only one process has it, and uses it from one thread."""

    folder: Path
    """Of what is published for workers."""
    signer: Signer
    cases: Cases
    events: EventStore
    canaries: Callable[[], Set[str] | None]
    clock: Callable[[], datetime]
    site: str
    """Where the notices are."""
    phone: str
    _table: AffectedTable | None = None
    _parts: dict[str, tuple[Part, ...]] = field(default_factory=dict)
    """By the name of a file that lies there whole."""
    _rests: dict[str, datetime] = field(default_factory=dict)
    """By the name of a file, until when it is not tried again."""
    _trouble: str = ""

    def run(self, stop: threading.Event) -> None:
        """Step after step, until *stop*."""
        while not stop.wait(EVERY.total_seconds()):
            self.step()

    def step(self) -> None:
        """Publish what has changed, and count the persons of one case where that is due."""
        try:
            self._step()
        except (OSError, ValueError) as problem:  # what was published last counts until it is out of date
            self._tell(type(problem).__name__)
        else:
            self._tell("")

    def _step(self) -> None:
        if self._table is None:
            self._take_up()
        told = sorted(filter(is_told, self.cases.all()), key=lambda case: case.id, reverse=True)
        self._parts = {name: parts for name, parts in self._parts.items() if self._lies_there(name, parts)}
        self._publish(tuple(map(self._incident, told)))
        for case in told:
            if case.scope is not None and may_be_named(case) and self._is_due(_file_of(case, case.scope)):
                self._count(case, case.scope)
                return

    def _take_up(self) -> None:
        """Go on from what was published last, as far as it is whole."""
        try:
            before = read_published_affected(self.folder, Verifier(self.signer.public_bytes))
        except NotPublished:
            return
        for incident in before.incidents:
            if incident.file and digests_are_whole(digests_folder(self.folder) / incident.file, incident.parts):
                self._parts[incident.file] = incident.parts
        self._table = before

    def _incident(self, case: Case) -> Incident:
        content, scope = public_content(case), case.scope
        file = _file_of(case, scope) if scope is not None and may_be_named(case) else ""
        parts = self._parts.get(file)
        return Incident(
            notice=case.notice_id if content else "",
            title_zh=content.title_zh[:LONGEST_TITLE] if content else "",
            title_en=content.title_en[:LONGEST_TITLE] if content else "",
            is_counted=parts is not None,
            is_whole=parts is not None and is_whole(case),
            has_unattributed=parts is not None and has_unattributed(case),
            has_other_numbers=parts is not None and has_other_numbers(case),
            file=file if parts is not None else "",
            parts=parts or (),
        )

    def _publish(self, incidents: tuple[Incident, ...]) -> None:
        now, before = self.clock(), self._table
        is_same = before is not None and (before.incidents, before.site, before.phone) == (
            incidents,
            self.site,
            self.phone,
        )
        if is_same and before is not None and RENEWED_BELOW <= before.until - now <= LASTS:
            return
        # By the time of day, so that it grows where what was published before is lost.
        generation = max(before.generation + 1 if before else 0, int(now.timestamp() * 1000))
        table = AffectedTable(
            generation=generation, until=now + LASTS, site=self.site, phone=self.phone, incidents=incidents
        )
        publish_affected(self.folder, table, self.signer)
        if before is None or before.incidents != incidents:
            log.info("affected_published incidents=%d", len(incidents))
        self._table = table
        self._clear(incidents)

    def _clear(self, incidents: Sequence[Incident]) -> None:
        """Let nothing lie there that the table does not name."""
        named = {incident.file for incident in incidents}
        self._parts = {name: parts for name, parts in self._parts.items() if name in named}
        with suppress(FileNotFoundError):
            for path in digests_folder(self.folder).iterdir():
                if path.name not in named:
                    path.unlink()

    def _is_due(self, file: str) -> bool:
        return file not in self._parts and self._rests.get(file, self.clock()) <= self.clock()

    def _count(self, case: Case, scope: Scope) -> None:
        """Have the file of the persons of *case*, where they are those whom its *scope* has counted."""
        file = _file_of(case, scope)
        self._rests[file] = self.clock() + AGAIN
        folder = digests_folder(self.folder)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = folder / f".{file}.new"
        try:
            persons = affected(self.events, scope.question, timeout=SEARCH_TIMEOUT, canaries=self._nobodies(scope))
        except StoreUnavailable:
            log.warning("affected_waits case=%s", case.id)
            return
        try:
            with closing(persons), unfinished.open("wb") as opened:
                written = write_digests(opened, ((digest, bool(marks)) for digest, marks in persons))
            if written.persons_hash != scope.persons_hash:
                log.warning("affected_differs case=%s", case.id)
                return
            unfinished.chmod(0o600)
            unfinished.replace(folder / file)
            flush_folder(folder)
        finally:
            unfinished.unlink(missing_ok=True)
        self._parts[file] = written.parts
        del self._rests[file]

    def _nobodies(self, scope: Scope) -> Set[str] | None:
        """The canaries, where the scope has told them apart."""
        return None if scope.canaries is None else self.canaries()

    def _lies_there(self, name: str, parts: tuple[Part, ...]) -> bool:
        return digests_are_whole(digests_folder(self.folder) / name, parts, by_size=True)

    def _tell(self, trouble: str) -> None:
        if trouble != self._trouble:
            log.warning("affected_trouble_changed now=%s", trouble or "none")
            self._trouble = trouble


def _file_of(case: Case, scope: Scope) -> str:
    return f"{case.id}-{scope.persons_hash[:16]}.digests"
