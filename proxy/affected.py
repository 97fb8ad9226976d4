"""Answers a citizen who asks whether an incident affects them: from their own digest, and of nobody else.

Who asks is whoever has signed in, and nothing else of the request is read. What cannot be told is never told as "no".
"""

from policies.affected_answer import shown_to_them, told_of, verdict_of
from policies.formats.masker import Tally
from proxy.affected_pages import document, page
from proxy.affected_shelf import AffectedShelf
from proxy.current import Current
from proxy.identity.caller import Caller
from proxy.ledger import Ledger
from proxy.message import Request
from proxy.published import NotPublished, digests_folder
from proxy.reveal import Refused
from proxy.signin import PREFIX, OwnAnswer
from proxy.system import System
from siem.record.event import CallerKind

AFFECTED = PREFIX + "affected"
OPERATION = f"GET {AFFECTED}"


class AffectedDesk:
    """That of one worker."""

    def __init__(self, current: Current) -> None:
        self._current = current
        self._shelf = AffectedShelf(
            current.folder, current.permit_verifier, lambda: self._current.said("affected_refused")
        )

    def answer(self, request: Request, system: System, ledger: Ledger) -> OwnAnswer | None:
        """The answer to *request*, whose caller *ledger* knows; None where there is no such page.

        Raises Refused, and RecordFailed where the question cannot be recorded: then nothing is told.
        """
        if (request.method, request.path) != ("GET", AFFECTED):
            return None
        ledger.operation = OPERATION
        digests = _digests_of(ledger.caller)
        try:
            table = self._shelf.at(self._current.unhurried(ledger.started))
        except NotPublished:
            raise Refused("affected_unknown") from None
        told = told_of(digests_folder(self._current.folder), table, digests)
        shown, verdict = shown_to_them(told), verdict_of(told)
        title = f"{system.program.title_zh} {system.program.title_en}"
        answer = page(title, table, verdict, shown) if request.wants_page else document(table, verdict, shown)
        subject, earlier = digests[0], digests[1:]
        former = earlier[0] if self._current.digester.former is not None and earlier else ""
        tally = Tally(self._current.digester, subjects={subject: former})
        ledger.whole(tally, answer.status, len(answer.body))
        return answer


def _digests_of(caller: Caller) -> tuple[str, ...]:
    """The digests of *caller*, by the keys of all epochs, the newest first. Raises Refused for all but citizens."""
    if caller.kind is CallerKind.ANONYMOUS:
        raise Refused("sign_in_needed")
    if caller.kind is not CallerKind.CITIZEN:
        raise Refused("affected_for_citizens")
    if not caller.own:
        raise Refused("affected_unknown")
    return (caller.own, *reversed(caller.earlier))
