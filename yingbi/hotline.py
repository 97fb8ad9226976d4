"""Answers the hotline whether an incident affects a caller: by what was published for workers, who answer citizens.

A question is an event of the access log like one that citizens ask themselves: about that person, with nothing shown.
How often one may ask is counted by those events, so that a restart lets nobody ask more.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from msgspec import structs

from console.api.pace import Pace
from console.hotline_desk import Question, Reply
from console.search.look_up import CannotLookUp
from incident.ids import PersonId
from policies.affected import AffectedTable
from policies.affected_answer import shown_to_them, told_of, verdict_of
from policies.keys.key_files import Verifier
from proxy.affected_shelf import AffectedShelf
from proxy.published import NotPublished, digests_folder
from siem.record.event import AccessEvent, EventId, Verdict
from yingbi.hotline_record import OPERATION, asked_since
from yingbi.log.own_events import not_shown, own_event
from yingbi.look_ups import PersonLookUps

HOUR = timedelta(hours=1)
IN_A_MINUTE, IN_AN_HOUR = 4, 60
"""So often one person may ask: a call takes two minutes, with the caller's identity made sure of."""


class Hotline:
    """The one of the control process. Used from any thread."""

    def __init__(
        self, folder: Path, log: Path, verifier: Verifier, look_ups: PersonLookUps, clock: Callable[[], datetime]
    ) -> None:
        """*folder*: of what is published for workers, whose tables *verifier* proves. *log*: that *look_ups* write."""
        self._folder = folder
        self._shelf = AffectedShelf(folder, verifier, lambda: None)
        self._log = log
        self._look_ups = look_ups
        self._clock = clock
        self._lock = threading.Lock()
        self._paces: tuple[Pace, ...] = ()
        """Once the log was read."""

    def answer(self, question: Question) -> Reply:
        """As `console.hotline_desk.HotlineDesk` promises."""
        self._keep_pace(question.by)
        digester = self._look_ups.digester()
        own = digester(question.identifier)
        digests = (own, *(each(question.identifier) for each in reversed(digester.earlier)))
        former = (digester.former(question.identifier),) if digester.former is not None else ()
        table = self._table()
        event = self._look_ups.write(lambda event, at: _asked(event, at, question, own, former))
        told = told_of(digests_folder(self._folder), table, digests)
        shown, verdict = shown_to_them(told), verdict_of(told)
        return Reply(event=event, table=table, kind=question.kind, verdict=verdict, told=shown)

    def _keep_pace(self, by: PersonId) -> None:
        with self._lock:
            paces = self._paces = self._paces or self._recorded()
            if not (wait_s := max(pace.wait_s(by) for pace in paces)):
                for pace in paces:
                    pace.count(by)
                return
        self._look_ups.write(lambda event, at: _refused(event, at, by))
        minutes = -(-wait_s // 60)
        raise CannotLookUp(
            f"查得太频繁，已记录；请在 {minutes} 分钟后再查",
            f"too many look-ups, which is recorded: wait {minutes} minute{'' if minutes == 1 else 's'}",
        )

    def _recorded(self) -> tuple[Pace, ...]:
        """How often each asked within the last hour, as the log says: before a restart, too."""
        paces = Pace(IN_A_MINUTE, self._clock), Pace(IN_AN_HOUR, self._clock, HOUR)
        try:
            asked = asked_since(self._log, self._clock() - HOUR)
        except OSError:
            raise CannotLookUp(
                "访问日志无法读取，不予查询；请检查磁盘",
                "nothing is looked up while the access log cannot be read: see to the disk",
            ) from None
        for by, at in asked:
            for pace in paces:
                pace.count(by, at)
        return paces

    def _table(self) -> AffectedTable:
        with self._lock:
            try:
                return self._shelf.at(self._clock())
            except NotPublished:
                raise CannotLookUp(
                    "暂时查不了，这不表示没有受到影响：请来电人稍后再问，并告诉系统管理员",
                    "nobody can be told now, which does not mean that they are not affected: ask again later,"
                    " and tell the system operator",
                ) from None


def _asked(event: EventId, at: datetime, question: Question, own: str, former: tuple[str, ...]) -> AccessEvent:
    return structs.replace(
        _own_event(event, at, question.by),
        attributes=(f"identity={question.checked}",),
        basis=question.basis,
        status=200,
        subjects=(own,),
        former_subjects=former,
        fields=(not_shown("person", question.kind, 1),),
    )


def _refused(event: EventId, at: datetime, by: PersonId) -> AccessEvent:
    return structs.replace(_own_event(event, at, by), verdict=Verdict.WITHHOLD, reason="too_many_requests", status=429)


def _own_event(event: EventId, at: datetime, by: PersonId) -> AccessEvent:
    return own_event(event, at, operation=OPERATION, by=by, purpose="hotline")
