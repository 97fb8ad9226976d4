"""Publishes the table of permits: how what was opened comes into force in every worker, and goes out of it."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from console.permits.book import PermitBook
from console.permits.state import PermitRecord
from policies.keys.key_files import Signer, Verifier
from policies.permits import Answered, Permit, PermitTable, State
from proxy.board import Board
from proxy.published import NotPublished, publish_permits, read_published_permits
from siem.record.event import PermitState

KEPT_AFTER_END = timedelta(days=1)
"""So long who asked can read what became of it."""
MOST_REFUSED = 20
"""Of so many refusals of each caller it is told, the newest: the table is read whole at each publication."""

type Recorded = Callable[[str, PermitState], bool]


@dataclass(slots=True, kw_only=True)
class PermitPublisher:
    """The one who publishes permits. Only one process has it."""

    folder: Path
    board: Board
    signer: Signer
    _published: PermitTable | None = field(default=None)

    def publish(self, book: PermitBook, recorded: Recorded, now: datetime) -> None:
        """Let the table be what *book* makes of it at *now*, of what is *recorded* in the log. Raises OSError."""
        before = self._published or self._found()
        records = [record for record in book.since(now - KEPT_AFTER_END * 2) if record.until > now - KEPT_AFTER_END]
        open_ones = [record for record in records if recorded(record.fact.permit, PermitState.OPEN)]
        permits = tuple(_permits_of(open_ones))
        answered = (*map(_answered, open_ones), *_refused(book, recorded, now))
        is_other = (permits, answered) != (before.permits, before.answered)
        if is_other or before.generation < self.board.permits:
            generation = max(before.generation, self.board.permits) + 1
            before = PermitTable(generation=generation, permits=permits, answered=answered)
            publish_permits(self.folder, before, self.signer)
        self._published = before
        if self.board.permits != before.generation:  # also after the machine was started again
            self.board.permits = before.generation

    def _found(self) -> PermitTable:
        """What was published last; nothing where that is not what was signed, and then it is published anew."""
        try:
            return read_published_permits(self.folder, Verifier(self.signer.public_bytes))
        except NotPublished:
            return PermitTable(generation=self.board.permits)


def _permits_of(records: list[PermitRecord]) -> Iterator[Permit]:
    for record in records:
        fact = record.fact
        if record.until > record.opened_at:  # a clock that was set back may have it end before it began
            yield Permit(
                id=fact.permit,
                kind=fact.kind,
                reveal=fact.reveal,
                caller=fact.caller,
                system=fact.system,
                subject=fact.subject,
                categories=fact.categories,
                case=fact.case,
                event=fact.about,
                opened_at=record.opened_at,
                until=record.until,
            )


def _answered(record: PermitRecord) -> Answered:
    state = State.ENDED if record.ended else State.OPEN
    return Answered(id=record.fact.permit, caller=record.fact.caller, state=state, until=record.until)


def _refused(book: PermitBook, recorded: Recorded, now: datetime) -> Iterator[Answered]:
    told: Counter[str] = Counter()
    for refusal in book.refused_since(now - KEPT_AFTER_END):
        fact = refusal.fact
        if told[fact.caller] < MOST_REFUSED and recorded(fact.permit, PermitState.REFUSED):
            told[fact.caller] += 1
            yield Answered(id=fact.permit, caller=fact.caller, state=State.REFUSED, code=fact.code)
