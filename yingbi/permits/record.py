"""Records in the access log what became of permits: each opening, refusal and early end once, whoever is killed."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from console.permits.book import PermitBook
from console.permits.journal import Began, Opened, Refused
from console.permits.state import Ending, PermitRecord, Refusal
from siem.record.event import AccessEvent, EventId, ExchangeId, PermitNote, PermitState, Phase, Verdict
from siem.record.log import AccessLog, BrokenChain, StartId, new_start_id
from siem.record.reader import beginning_of, follow

BACK = timedelta(days=2)
"""So far back is looked whether everything was recorded: nobody is killed for longer with a permit in force."""
ASKING = "POST /.yingbi/reveal"
"""The operation by which a permit is asked for."""

type _Key = tuple[str, PermitState]


class PermitRecorder:
    """Writes in a log of its own, which it begins with the first thing that there is to record."""

    def __init__(self, folder: Path, program_of: Callable[[str], str]) -> None:
        """*folder* is that of the access log; *program_of* tells the digest of the program in force of a system."""
        self._folder = folder
        self._program_of = program_of
        self._log: AccessLog | None = None
        self._recorded: set[_Key] | None = None
        self._done = -1
        """The entry of the journal up to which all is recorded."""

    def record(self, book: PermitBook, now: datetime) -> None:
        """Record what *book* has and the log does not. Raises RecordFailed, OSError."""
        if self._done == book.number:
            return
        if self._recorded is None:
            self._recorded = set(self._found(book, now - BACK))
        number_before = book.number
        for event in _events_of(book, now - BACK):
            assert event.permit is not None
            key = event.permit.id, event.permit.state
            if key not in self._recorded:
                log = self._log or self._begun(book, now)
                number = log.new_id()
                program = self._program_of(event.system)
                log.append(msgspec.structs.replace(event, id=number, exchange=ExchangeId(number), program=program))
                self._recorded.add(key)
        self._done = number_before

    def is_recorded(self, permit: str, state: PermitState) -> bool:
        """Whether that is in the log."""
        return self._recorded is not None and (permit, state) in self._recorded

    @property
    def count(self) -> int:
        """How much was found or recorded so far."""
        return len(self._recorded or ())

    def close(self) -> None:
        """Flush and close the log."""
        if self._log is not None:
            self._log.close()

    def _begun(self, book: PermitBook, now: datetime) -> AccessLog:
        start = new_start_id(now)
        book.note(Began(start=start), now)  # first: who comes after looks there for what was recorded
        self._log = AccessLog(self._folder, start)
        return self._log

    def _found(self, book: PermitBook, since: datetime) -> Iterator[_Key]:
        """What the logs of this process's starts hold from *since* on."""
        starts = book.starts()
        later = [start for at, start in starts if at >= since]
        before = [start for at, start in starts if at < since][-1:]
        for start in (*before, *later):
            try:
                for document, _ in follow(self._folder / start, beginning_of(StartId(start))):
                    note = document["yingbi"].get("permit", {})
                    yield note.get("id", ""), PermitState(note.get("state", PermitState.ASKED))
            except BrokenChain:  # told by who looks at the log again; here, what cannot be read is recorded anew
                continue


def _events_of(book: PermitBook, since: datetime) -> Iterator[AccessEvent]:
    """What there is to record from *since* on, oldest first, without ids of the log."""
    opened = [_opened(record) for record in book.since(since)]
    ended = [_ended(record, record.ended) for record in book.since(since) if record.ended]
    refused = [_refused(refusal) for refusal in book.refused_since(since)]
    yield from sorted((*opened, *ended, *refused), key=lambda event: event.at)


def _opened(record: PermitRecord) -> AccessEvent:
    return _event(
        record.fact, record.opened_at, Verdict.FORWARD, _note(record.fact, PermitState.OPEN, record.fact.until)
    )


def _ended(record: PermitRecord, ending: Ending) -> AccessEvent:
    note = _note(record.fact, PermitState.ENDED, record.until)
    return _event(record.fact, ending.at, Verdict.FORWARD, msgspec.structs.replace(note, by=ending.by))


def _refused(refusal: Refusal) -> AccessEvent:
    note = _note(refusal.fact, PermitState.REFUSED, None)
    return _event(refusal.fact, refusal.at, Verdict.WITHHOLD, note, refusal.fact.code)


def _note(fact: Opened | Refused, state: PermitState, until: datetime | None) -> PermitNote:
    return PermitNote(
        id=fact.permit,
        state=state,
        kind=fact.kind.value,
        reveal=fact.reveal,
        case=fact.case,
        why=fact.why,
        about=fact.about,
        subject=fact.subject if isinstance(fact, Opened) else "",
        until=until,
    )


def _event(fact: Opened | Refused, at: datetime, verdict: Verdict, note: PermitNote, reason: str = "") -> AccessEvent:
    return AccessEvent(
        id=EventId(""),
        at=at,
        exchange=ExchangeId(""),
        phase=Phase.PERMIT,
        system=fact.system,
        operation=ASKING,
        caller=fact.caller,
        caller_kind=fact.caller_kind,
        posts=fact.posts,
        verdict=verdict,
        reason=reason,
        program="",
        permit=note,
    )
