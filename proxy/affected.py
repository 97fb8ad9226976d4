"""Answers a citizen who asks whether an incident affects them: from their own digest, and of nobody else.

Who asks is whoever has signed in, and nothing else of the request is read. What cannot be told is never told as "no".
"""

from datetime import datetime

from policies.affected import AffectedTable, Incident, NotKnown, shown_of
from policies.formats.masker import Tally
from proxy.affected_pages import Standing, Told, document, page, verdict_of
from proxy.current import Current
from proxy.identity import Caller
from proxy.ledger import Ledger
from proxy.message import Request
from proxy.published import AFFECTED_TABLE, NotPublished, digests_folder, read_published_affected
from proxy.reveal import Refused
from proxy.signin import PREFIX, OwnAnswer
from proxy.stamp import Stamp, stamp_of
from proxy.system import System
from siem.record.event import CallerKind

AFFECTED = PREFIX + "affected"
OPERATION = f"GET {AFFECTED}"


class AffectedDesk:
    """That of one worker."""

    def __init__(self, current: Current) -> None:
        self._current = current
        self._seen: Stamp = ()
        self._table: AffectedTable | None = None
        self._newest = 0

    def answer(self, request: Request, system: System, ledger: Ledger) -> OwnAnswer | None:
        """The answer to *request*, whose caller *ledger* knows; None where there is no such page.

        Raises Refused, and RecordFailed where the question cannot be recorded: then nothing is told.
        """
        if (request.method, request.path) != ("GET", AFFECTED):
            return None
        ledger.operation = OPERATION
        digests = _digests_of(ledger.caller)
        table = self._published(self._current.unhurried(ledger.started))
        told = [Told(incident, self._standing(incident, digests)) for incident in table.incidents]
        # Of what no notice tells, only those learn who are affected: they have been told of it already.
        shown = tuple(each for each in told if each.is_found or each.incident.notice)
        verdict = verdict_of(told)
        title = f"{system.program.title_zh} {system.program.title_en}"
        answer = page(title, table, verdict, shown) if request.wants_page else document(table, verdict, shown)
        subject, earlier = digests[0], digests[1:]
        former = earlier[0] if self._current.digester.former is not None and earlier else ""
        tally = Tally(self._current.digester, subjects={subject: former})
        ledger.whole(tally, answer.status, len(answer.body))
        return answer

    def _standing(self, incident: Incident, digests: tuple[str, ...]) -> Standing:
        try:
            shown = shown_of(digests_folder(self._current.folder), incident, digests)
        except NotKnown:
            return Standing.CANNOT_SAY
        if shown is None:
            return Standing.NOT_FOUND
        return Standing.SHOWN if shown else Standing.MASKED

    def _published(self, now: datetime) -> AffectedTable:
        """What is in force at *now*. Raises Refused where that cannot be known."""
        seen = stamp_of(self._current.folder / AFFECTED_TABLE)
        if seen != self._seen:
            self._seen, self._table = seen, self._read()
        if self._table is None or now >= self._table.until:
            raise Refused("affected_unknown")
        return self._table

    def _read(self) -> AffectedTable | None:
        try:
            table = read_published_affected(self._current.folder, self._current.permit_verifier)
            if table.generation < self._newest:
                raise NotPublished("the incidents are older than those that were published last")
        except NotPublished:
            self._current.said("affected_refused")
            return None
        self._newest = table.generation
        return table


def _digests_of(caller: Caller) -> tuple[str, ...]:
    """The digests of *caller*, by the keys of all epochs, the newest first. Raises Refused for all but citizens."""
    if caller.kind is CallerKind.ANONYMOUS:
        raise Refused("sign_in_needed")
    if caller.kind is not CallerKind.CITIZEN:
        raise Refused("affected_for_citizens")
    if not caller.own:
        raise Refused("affected_unknown")
    return (caller.own, *reversed(caller.earlier))
