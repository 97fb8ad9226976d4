"""Answers the requests by which callers ask to be shown a record whole, and ask what became of it."""

from collections import OrderedDict
from datetime import datetime
from pathlib import Path

from policies.permits import Answered, Asked, asking_key, read_asked
from policies.program import RevealRule
from proxy.asked import NotTaken, leave
from proxy.current import Current
from proxy.identity.caller import Caller
from proxy.ledger import Ledger
from proxy.message import Request
from proxy.reveal import (
    REVEAL,
    Refused,
    Wanted,
    asked_by,
    event_in,
    open_to,
    permit_in,
    read_wanted,
)
from proxy.reveal_pages import form_page, state_document, state_page
from proxy.signin import OwnAnswer
from proxy.system import System
from siem.record.event import CallerKind, PermitNote, PermitState

MOST_REMEMBERED = 1000


class RevealDesk:
    """That of one worker. It leaves what is asked for in *folder*; where there is none, nothing can be asked for."""

    def __init__(self, current: Current, folder: Path | None) -> None:
        self._current = current
        self._folder = folder
        self._key = asking_key(current.secret)
        self._left: OrderedDict[str, str] = OrderedDict()
        """By the id of a permit, who asked for it here of late."""

    def answer(self, request: Request, body: bytes, system: System, ledger: Ledger, now: datetime) -> OwnAnswer | None:
        """The answer to *request*, whose caller *ledger* knows; None where there is no such page.

        Raises Refused, and RecordFailed where what is asked for cannot be recorded: then nothing is asked for.
        """
        caller, permit = ledger.caller, permit_in(request.path)
        match request.method, request.path:
            case (("GET" | "POST"), path) if path == REVEAL:
                ledger.operation = f"{request.method} {REVEAL}"
                rules = open_to(caller, system, now, request.source_ip)
                if not rules:
                    raise Refused("sign_in_needed" if caller.kind is CallerKind.ANONYMOUS else "reveal_not_granted")
                if request.method == "GET":
                    return form_page(_title(system), rules, Wanted(event=event_in(request)))
                return self._asked(request, body, system, ledger, rules, now)
            case "GET", path if path.startswith(f"{REVEAL}/"):
                ledger.operation = f"GET {REVEAL}/{{permit}}"
                return _told(request, system, permit, self._answer_to(permit, caller), now)
            case _:
                return None

    def _asked(
        self,
        request: Request,
        body: bytes,
        system: System,
        ledger: Ledger,
        rules: tuple[RevealRule, ...],
        now: datetime,
    ) -> OwnAnswer:
        wanted = read_wanted(request, body)
        try:
            asked = asked_by(ledger.caller, system, wanted, rules, now)
        except Refused as refused:
            if request.wants_page:
                return form_page(_title(system), rules, wanted, refused)
            raise
        ledger.asked(_note_of(asked))
        self._leave(asked)
        return _told(request, system, asked.id, None, now, ledger.status)

    def _leave(self, asked: Asked) -> None:
        try:
            if self._folder is None:
                raise NotTaken("there is nobody to take it")
            leave(self._folder, asked, self._key)
        except (NotTaken, ValueError):
            raise Refused("asking_not_taken") from None
        self._left[asked.id] = asked.caller
        if len(self._left) > MOST_REMEMBERED:
            self._left.popitem(last=False)

    def _answer_to(self, permit: str, caller: Caller) -> Answered | None:
        """What became of what *caller* asked for; None where that is not known yet. Raises Refused for all others."""
        known = self._current.permits.table.answer_to(permit, caller.id)
        if known is not None:
            return known
        if permit and caller.id and caller.id in (self._left.get(permit), self._waits_for(permit)):
            return None
        self._current.look()  # it may have been decided just now, and taken away
        known = self._current.permits.table.answer_to(permit, caller.id)
        if known is None:
            raise Refused("permit_unknown")
        return known

    def _waits_for(self, permit: str) -> str:
        """Whose the file is in which *permit* is asked for; empty where there is none that a worker wrote."""
        if self._folder is None:
            return ""
        try:
            return read_asked((self._folder / f"{permit}.json").read_bytes(), self._key).caller
        except (OSError, ValueError):
            return ""


def _told(
    request: Request, system: System, permit: str, answered: Answered | None, now: datetime, status: int = 200
) -> OwnAnswer:
    if request.wants_page:
        return state_page(_title(system), permit, answered, now, status)
    return state_document(permit, answered, now, status)


def _title(system: System) -> str:
    return f"{system.program.title_zh} {system.program.title_en}"


def _note_of(asked: Asked) -> PermitNote:
    return PermitNote(
        id=asked.id,
        state=PermitState.ASKED,
        kind=asked.kind.value,
        reveal=asked.reveal,
        case=asked.case,
        why=asked.reason,
        about=asked.event,
    )
