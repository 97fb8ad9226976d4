"""The permits of one installation: what the console and the composition root talk to.

Every act raises NotPermitted where a rule forbids it, and is on the disk when it returns. All of it may be called from
any thread of the one process that writes.
"""

from collections.abc import Collection
from datetime import datetime
from itertools import takewhile

from sqlalchemy import Engine

from console.book import Book, CheckText, Clock, anything
from console.permits.journal import JOURNAL, Ended, Fact, Judgement, Reviewed
from console.permits.state import PermitRecord, PermitState, Refusal
from console.separation import are_alike
from console.tables import PERMIT_JOURNAL
from incident.blank import is_blank
from incident.ids import ENGINE, NotPermitted, PersonId
from policies.keys.key_files import Signer
from policies.permits import LONGEST


class PermitBook(Book[Fact, PermitState]):
    """The journal of permits. Where it is broken nobody is let see more."""

    def __init__(self, engine: Engine, signer: Signer, clock: Clock, *, check_text: CheckText = anything) -> None:
        super().__init__(engine, PERMIT_JOURNAL, JOURNAL, signer, PermitState, clock=clock, check_text=check_text)

    # -- reading

    def permits(self) -> tuple[PermitRecord, ...]:
        """Every permit, oldest first."""
        with self._lock:
            return tuple(self._state.permits.values())

    def waiting(self) -> tuple[PermitRecord, ...]:
        """Those that somebody has to look at and nobody has, oldest first."""
        return tuple(record for record in self.permits() if record.waits)

    def get(self, permit: str) -> PermitRecord | None:
        """The permit with that id."""
        return self._state.permits.get(permit)

    def since(self, at: datetime) -> tuple[PermitRecord, ...]:
        """The permits that were opened from *at* on, newest first."""
        with self._lock:
            return tuple(takewhile(lambda each: each.opened_at >= at, reversed(self._state.permits.values())))

    def refused_since(self, at: datetime) -> tuple[Refusal, ...]:
        """The refusals from *at* on, newest first."""
        with self._lock:
            return tuple(takewhile(lambda each: each.at >= at, reversed(self._state.refused.values())))

    def starts(self) -> tuple[tuple[datetime, str], ...]:
        """The starts of the log in which permits are recorded, and from when on, oldest first."""
        with self._lock:
            return tuple(self._state.starts)

    def knows(self, permit: str) -> bool:
        """Whether it was decided of what was asked for under that id."""
        return permit in self._state.permits or permit in self._state.refused

    def live(self, now: datetime) -> tuple[PermitRecord, ...]:
        """The permits that count at *now*, newest first."""
        return tuple(record for record in self.since(now - max(LONGEST.values())) if record.is_live(now))

    # -- what the installation does

    def note(self, fact: Fact, at: datetime) -> None:
        """Write down what the installation did at *at*. Raises BrokenJournal."""
        with self._lock:
            self.journal.write(fact, at, ENGINE)

    # -- what people do

    def end(self, by: PersonId, permit: str, reason: str = "") -> None:
        """End the permit before its time. One person may: it shows less from now on."""
        self._check_text(reason)
        with self._lock:
            now = self._clock()
            found = self._found(permit)
            if not found.is_live(now):
                raise NotPermitted("这个许可已经结束", "this permit has ended")
            self.journal.act(Ended(permit=permit, reason=reason.strip()), now, by)

    def review(self, by: PersonId, names: Collection[str], permit: str, judgement: Judgement, remark: str) -> None:
        """Say whether the permit was right. *names* are what else *by* is called: nobody reviews their own.

        It is reviewed once it has ended: who is still let see goes on reading, and nobody would look at that.
        """
        self._check_text(remark)
        with self._lock:
            now = self._clock()
            found = self._found(permit)
            if found.is_live(now):
                raise NotPermitted("许可结束后才能复核", "a permit is reviewed once it has ended")
            if any(are_alike(name, found.fact.caller) for name in (by, *names)):
                raise NotPermitted("不能复核自己的查看", "nobody reviews what they were shown themselves")
            if any(review.by == by for review in found.reviews):
                raise NotPermitted("您已经复核过", "you have reviewed it already")
            if judgement is Judgement.IMPROPER and is_blank(remark):
                raise NotPermitted("认定不当的，请写明理由", "say why it was wrong")
            self.journal.act(Reviewed(permit=permit, judgement=judgement, remark=remark.strip()), now, by)

    # -- how

    def _found(self, permit: str) -> PermitRecord:
        self.journal.needs_whole()
        found = self.get(permit)
        if found is None:
            raise NotPermitted("没有这个许可", "there is no such permit")
        return found
