"""Makes the lists of persons to tell that two people have agreed on: an attempt at a time, as often as it takes.

The records of a declared system are read through the gateway; whoever's digest is one of the case's is written, and
encrypted before it is. What lies in clear is digests and counts. An attempt that is broken off leaves the part that it
made, says what is missing, and goes on from there in a while.

INVARIANT: a part is recorded in the access log before it can be had.
"""

import json
import logging
import threading
from collections.abc import Callable, Iterator, Set
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from deploy.private_file import write_private
from incident.cases import Cases
from incident.counting import affected
from incident.distinct import Distinct
from incident.facts.persons import PersonsListed
from incident.incident import Case
from incident.perform import SEARCH_TIMEOUT
from incident.person_lists import PersonList, part_name
from incident.sought import Sought
from incident.state import ENDED
from policies.digest import Digester
from policies.durable import flush_folder
from policies.keys.epochs import BadEpochs
from siem.detect.rule_file import RuleError
from siem.index.store import EventStore, StoreUnavailable
from siem.record.log import AccessLog, RecordFailed, new_start_id
from yingbi.home import Home
from yingbi.log.own_events import not_shown, own_event
from yingbi.persons.files import encrypt, end_of, head_of, is_public_key, line_of
from yingbi.persons.reading import NotRead, Page
from yingbi.persons.sources import PERSON, PersonSource, read_sources

OPERATION = "POST /.yingbi/persons"
"""What the event of a part says was asked."""
PURPOSE = "incident-notification"
EVERY = timedelta(seconds=1)
AGAIN, LONGEST_AGAIN = timedelta(minutes=1), timedelta(hours=1)
"""So long after an attempt that came to nothing the next follows; twice as long after each, and at most so long."""

log = logging.getLogger("yingbi.persons")

type Reads = Callable[[PersonSource, str, int], Iterator[Page]]
"""The records of a system, from where a page said after so many. Raises NotRead."""


@dataclass(slots=True)
class _Progress:
    """How far a list is. Digests only."""

    part: int = 0
    after: str = ""
    read: int = 0
    found: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Attempt:
    """One attempt while it is made."""

    sought: Sought
    progress: _Progress
    new: int = 0
    read: int = 0
    after: str = ""
    why: str = ""


class PersonLister:
    """The one who makes the lists of an installation. Used from one thread."""

    def __init__(
        self,
        home: Home,
        cases: Cases,
        events: EventStore,
        reads: Reads,
        *,
        indexed_until: Callable[[], datetime],
        digester: Callable[[], Digester],
        canaries: Callable[[], Set[str] | None],
        clock: Callable[[], datetime],
    ) -> None:
        self._home = home
        self._cases = cases
        self._events = events
        self._reads = reads
        self._indexed_until = indexed_until
        self._digester = digester
        self._canaries = canaries
        self._clock = clock
        self._log: AccessLog | None = None
        self._rests: dict[tuple[str, int], tuple[datetime, timedelta]] = {}

    def run(self, stop: threading.Event) -> None:
        """Step after step, until *stop*."""
        while not stop.wait(EVERY.total_seconds()):
            self.step()

    def step(self) -> None:
        """Make an attempt at each list that is due."""
        for case in self._cases.all():
            if case.state not in ENDED:
                for wanted in case.person_lists.values():
                    if wanted.is_due and self._is_rested(case, wanted):
                        self._try(case, wanted)

    def _is_rested(self, case: Case, wanted: PersonList) -> bool:
        until, _ = self._rests.get((case.id, wanted.number), (self._clock(), AGAIN))
        return until <= self._clock()

    def _try(self, case: Case, wanted: PersonList) -> None:
        key = case.id, wanted.number
        _, rest = self._rests.get(key, (None, AGAIN))
        try:
            fact = self._attempt(case, wanted)
        except NotRead as problem:
            fact = self._nothing(wanted, str(problem))
        except (StoreUnavailable, BadEpochs, RecordFailed, OSError) as problem:
            log.warning("list_waits case=%s list=%d why=%s", *key, type(problem).__name__)
            fact = None
        self._rests[key] = (self._clock() + rest, min(2 * rest, LONGEST_AGAIN))
        if fact is not None:
            log.info("list_tried case=%s list=%d found=%d of=%d", *key, fact.found, fact.affected)
            self._cases.persons_listed(case.id, fact)
            if fact.part:
                self._rests.pop(key)

    def _nothing(self, wanted: PersonList, why: str) -> PersonsListed:
        last = wanted.last
        return PersonsListed(
            number=wanted.number,
            part=0,
            affected=last.affected if last else 0,
            found=last.found if last else 0,
            read=0,
            complete=False,
            why=why,
        )

    def _attempt(self, case: Case, wanted: PersonList) -> PersonsListed | None:
        """What one attempt comes to; None where it cannot be made yet. Raises NotRead where nothing can be read."""
        assert case.scope is not None
        question = case.scope.question
        if self._indexed_until() < question.end:
            return None
        source = self._source(wanted.asked.source)
        if not is_public_key(wanted.asked.recipient):
            raise NotRead("公钥有误，请停止后重新申请 / the public key is mistyped: stop this list and ask anew")
        persons = affected(self._events, question, timeout=SEARCH_TIMEOUT, canaries=self._canaries())
        with closing(persons), closing(_sought(persons, masked=wanted.asked.masked)) as sought:
            attempt = _Attempt(sought, self._progress(case, wanted))
            sought.take([(digest,) for digest in attempt.progress.found])
            return self._made(case, wanted, source, attempt)

    def _made(self, case: Case, wanted: PersonList, source: PersonSource, attempt: _Attempt) -> PersonsListed:
        part = attempt.progress.part + 1
        path = self._home.person_lists / part_name(case.id, wanted.number, part)
        unfinished = path.with_name(f".{path.name}.new")
        self._home.person_lists.mkdir(mode=0o700, exist_ok=True)
        try:
            encrypt(unfinished, wanted.asked.recipient, self._lines(case, wanted, source, attempt, part))
            if attempt.new or not attempt.why:
                self._record(case, wanted, source, attempt)
                unfinished.replace(path)
                flush_folder(self._home.person_lists)
            else:
                part = 0
        finally:
            with suppress(FileNotFoundError):
                unfinished.unlink()
        self._keep(case, wanted, attempt, part or attempt.progress.part)
        return PersonsListed(
            number=wanted.number,
            part=part,
            affected=attempt.sought.affected,
            found=attempt.sought.found,
            read=attempt.read,
            complete=not attempt.why,
            why=attempt.why,
        )

    def _lines(
        self, case: Case, wanted: PersonList, source: PersonSource, attempt: _Attempt, part: int
    ) -> Iterator[bytes]:
        yield head_of(
            case=case.id,
            list=wanted.number,
            part=part,
            system=source.system,
            made_at=self._clock().isoformat(),
            affected=attempt.sought.affected,
        )
        digester = self._digester()
        each_epoch = (*digester.earlier, digester)
        attempt.after, before = attempt.progress.after, attempt.progress.read
        try:
            for page in self._reads(source, attempt.after, before):
                attempt.read += len(page.records)
                numbers = [record[PERSON] for record in page.records]
                digests = list(zip(*(each.each(numbers) for each in each_epoch), strict=True))
                for record, is_new in zip(page.records, attempt.sought.take(digests), strict=True):
                    if is_new:
                        attempt.new += 1
                        yield line_of(record)
                attempt.after = page.after
        except NotRead as problem:
            attempt.why = str(problem)
        found, of = attempt.sought.found, attempt.sought.affected
        yield end_of(complete=not attempt.why, persons=attempt.new, found=found, missing=of - found, why=attempt.why)

    def _record(self, case: Case, wanted: PersonList, source: PersonSource, attempt: _Attempt) -> None:
        now = self._clock()
        self._log = self._log or AccessLog(self._home.log, new_start_id(now))
        event = self._log.new_id()
        self._log.append(
            own_event(
                event,
                now,
                operation=OPERATION,
                by=wanted.asked_by,
                purpose=PURPOSE,
                basis=case.id,
                fields=(
                    not_shown(f"{source.system}.{name}", "contact", attempt.new, transform="encrypt")
                    for name in source.columns
                    if name != PERSON
                ),
            ),
            durably=True,
        )

    def _source(self, system: str) -> PersonSource:
        try:
            sources = read_sources(self._home.person_sources)
        except RuleError as error:
            first = error.problems[0]
            raise NotRead(
                f"`person-sources/{first.file}:{first.line}` 有误 / `yingbi persons check` says what is wrong there"
            ) from None
        if system not in sources:
            raise NotRead("没有声明这个系统 / no file in `person-sources` declares that system")
        return sources[system]

    def _progress(self, case: Case, wanted: PersonList) -> _Progress:
        path = self._progress_of(case, wanted)
        if not path.exists():
            return _Progress()
        first, *found = path.read_text("utf-8").splitlines()
        said = json.loads(first)
        return _Progress(said["part"], said["after"], said["read"], found)

    def _keep(self, case: Case, wanted: PersonList, attempt: _Attempt, part: int) -> None:
        read = attempt.progress.read + attempt.read if attempt.after else 0
        first = json.dumps({"part": part, "after": attempt.after, "read": read})
        write_private(self._progress_of(case, wanted), "\n".join([first, *attempt.sought.all_found()]).encode() + b"\n")

    def _progress_of(self, case: Case, wanted: PersonList) -> Path:
        return self._home.person_lists / f"{case.id}-P{wanted.number}.progress"


def _sought(persons: Distinct, *, masked: bool) -> Sought:
    return Sought(digest for digest, marks in persons if marks or masked)
