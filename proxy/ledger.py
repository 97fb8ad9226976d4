"""Writes down one exchange, so that nothing is shown before it is in the log (invariant 2)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus

from policies.decisions import Decision
from policies.formats.found import by_category
from policies.formats.masker import Tally
from policies.program import FREE_TEXT, Program
from policies.program_shapes import UNDECLARED
from policies.transforms.spec import FORM_ORDER, Form
from policies.view import View
from proxy.identity.caller import NOBODY, Caller
from proxy.system import System
from siem.record.event import (
    AccessEvent,
    CallerKind,
    Disclosure,
    EventId,
    ExchangeId,
    FieldUse,
    PermitNote,
    Phase,
    Raised,
    Verdict,
)
from siem.record.log import AccessLog

UNOPENED = "unopened"
"""How records call what becomes of stored values that do not open: how many different ones there were."""
SENT = "sent"
"""The same of what is sent to a system in a file and left as it is."""
MASKED = "redact"
MOST_TOLD = 256
"""So many answers are kept with a view as they are told of: there are as many as they have lengths."""
MOST_SUBJECTS = 1_000
"""Digests in one event; a window with more is written down in several."""

type Clock = Callable[[], datetime]


def _nobody(told: object) -> None:
    """Is told, and does nothing."""


class Ledger:
    """The records of one exchange. Every method but `outcome` raises RecordFailed where nothing may be released."""

    def __init__(self, log: AccessLog, now: Clock, source_ip: str) -> None:
        self._log = log
        self._now = now
        self._source_ip = source_ip
        self.started = now()
        self.event: EventId = log.new_id()
        """The id callers are given: of the first event of the exchange."""
        self._id_used = False
        self.system: System | None = None
        self.caller: Caller = NOBODY
        self.operation = "unknown"
        self.view: View | None = None
        self.format = ""
        self.watched: Callable[[Tally], None] = _nobody
        """Is told what has been shown, once that is in the log. Must not raise."""
        self.unopened: Callable[[int], None] = _nobody
        """Is told of how many stored values did not open, once that is in the log. Must not raise."""
        self.overlay = 0
        self.permits: tuple[str, ...] = ()
        """The ids of the permits of the caller for the system."""
        self.limit = ""
        """The id of the limit that acted on the exchange, if one did."""
        self.raised: Raised | None = None
        """What is told of the request besides, where a measure asks for that: then each event is on disk at once."""
        self.mark = ""
        """The serial that the answer bears, if it bears one."""
        self.bytes_out = 0
        self.status = 0

    @property
    def is_begun(self) -> bool:
        """Whether anything was recorded of the exchange."""
        return self._id_used

    def intent(self, sent: Mapping[str, int] | None = None, *, masked: bool = False) -> None:
        """Before a request that may change something is sent on: with how often what was found in its files, see
        `Tally.found`, and whether it was *masked* there. On the disk when this returns.
        """
        uses: list[FieldUse] = []
        if sent and self.view is not None:
            text, how = self.view.decisions[FREE_TEXT], MASKED if masked else SENT
            uses = _found(sent, text, transform=how)
        self._append(Phase.INTENT, Verdict.FORWARD, sent=tuple(uses), durably=True)

    def refused(self, reason: str, status: int) -> None:
        """The whole of an exchange that was answered here."""
        self.status = status
        self._append(Phase.WHOLE, Verdict.WITHHOLD, reason=reason)

    def asked(self, note: PermitNote) -> None:
        """Before what a caller asks to be shown whole is left for who decides about it."""
        self.status = HTTPStatus.ACCEPTED
        self._append(Phase.WHOLE, Verdict.FORWARD, note=note)

    def whole(self, tally: Tally, status: int, size_bytes: int) -> None:
        """Before a buffered answer is released."""
        self.status, self.bytes_out = status, size_bytes
        if len(tally.subjects) <= MOST_SUBJECTS:
            self._append(Phase.WHOLE, Verdict.FORWARD, tally=tally)
            return
        self.opened(status)
        self.shown(tally)
        self.closed("")

    def opened(self, status: int) -> None:
        """Before the first byte of a streamed answer."""
        self.status = status
        self._append(Phase.OPEN, Verdict.FORWARD)

    def shown(self, tally: Tally) -> None:
        """Before a window of a streamed answer is released. Writes nothing for a window about nobody."""
        subjects = list(tally.subjects)
        if not (subjects or tally.fields or tally.found or tally.left_out):
            return
        for start in range(0, max(1, len(subjects)), MOST_SUBJECTS):
            part = {digest: tally.subjects[digest] for digest in subjects[start : start + MOST_SUBJECTS]}
            counted = Tally(tally.digester, subjects=part)
            if start == 0:
                counted.fields, counted.found, counted.left_out = tally.fields, tally.found, tally.left_out
                counted.unopened = tally.unopened
            self._append(Phase.SHOWN, Verdict.FORWARD, tally=counted, like=tally)

    def closed(self, reason: str) -> None:
        """After the last byte of a streamed answer; *reason* where it was cut."""
        self._append(Phase.CLOSE, Verdict.WITHHOLD if reason else Verdict.FORWARD, reason=reason)

    def _append(
        self,
        phase: Phase,
        verdict: Verdict,
        *,
        reason: str = "",
        tally: Tally | None = None,
        like: Tally | None = None,
        note: PermitNote | None = None,
        sent: tuple[FieldUse, ...] = (),
        durably: bool = False,
    ) -> None:
        now = self._now()
        fields, shown = _told_of(tally, self.view)
        fields += sent
        subjects = tally.subjects if tally is not None else {}
        system, caller = self.system, self.caller
        if tally is not None and tally.unopened and system is not None:
            fields += _unopened(tally, system.program)
        self._log.append(
            AccessEvent(
                id=self._next_id(),
                at=now,
                exchange=ExchangeId(self.event),
                phase=phase,
                system=system.name if system else "",
                operation=self.operation,
                caller=caller.id,
                caller_kind=caller.kind,
                posts=_in_order(caller.posts),
                credential=caller.credential,
                on_behalf_of=caller.on_behalf_of,
                basis=caller.basis,
                purpose=self.view.purpose if self.view else "",
                attributes=_attributes(caller),
                purposes=_in_order(caller.purposes),
                source_ip=self._source_ip,
                verdict=verdict,
                reason=reason,
                status=self.status,
                format=self.format,
                program=system.digest if system else "",
                overlay=self.overlay,
                fields=fields,
                subjects=tuple(subjects),
                former_subjects=tuple(subjects.values()) if all(subjects.values()) else (),
                left_out=tally.left_out if tally is not None else 0,
                disclosure=shown if like is None else _told_of(like, self.view)[1],
                permits=self.permits,
                permit=note,
                limit=self.limit,
                raised=self.raised,
                mark=self.mark if verdict is Verdict.FORWARD or phase is Phase.CLOSE else "",
                bytes_out=self.bytes_out,
                duration_ns=max(0, int((now - self.started).total_seconds() * 1e9)),  # a clock may be set back
            ),
            durably=durably or self.raised is not None,
        )
        if tally is not None:
            self.watched(tally)
            if tally.unopened:
                self.unopened(sum(map(len, tally.unopened.values())))

    def _next_id(self) -> EventId:
        if not self._id_used:
            self._id_used = True
            return self.event
        return self._log.new_id()


@lru_cache(maxsize=1024)
def _in_order(words: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(words))


def _attributes(caller: Caller) -> tuple[str, ...]:
    """Who answers for having been shown something is recorded as the grants saw them; a citizen is a digest alone."""
    if caller.kind is CallerKind.CITIZEN or not caller.attributes:
        return ()
    return tuple(sorted(f"{name}={value}" for name, value in caller.attributes.items()))


_DISCLOSURES = {form: Disclosure(form.value) for form in Form}


def _told_of(tally: Tally | None, view: View | None) -> tuple[tuple[FieldUse, ...], Disclosure]:
    """What fields became, and the most that was shown of any subject.

    Answers of one operation show the same fields, and a list of them as many values of each as any of its length: that
    is kept with the view, of which there are as many as callers differ in what they see.
    """
    if tally is None or view is None:
        return (), Disclosure.NONE
    if tally.found or tally.paths:
        return _field_uses(tally, view), _most(tally, view)
    key = tuple(tally.fields.items())
    told: tuple[tuple[FieldUse, ...], Disclosure] | None = view.told.get(key)
    if told is None:
        if len(view.told) >= MOST_TOLD:
            view.told.clear()
        told = view.told[key] = _field_uses(tally, view), _most(tally, view)
    return told


def _field_uses(tally: Tally, view: View) -> tuple[FieldUse, ...]:
    uses = [_use(view.decisions[index], count) for index, count in tally.fields.items()]
    text, undeclared = view.decisions[FREE_TEXT], view.decisions[UNDECLARED]
    uses += _found(tally.found, text)
    uses += [_hidden(path, undeclared.category, undeclared.rule, count) for path, count in tally.paths.items()]
    return tuple(uses)


def _unopened(tally: Tally, program: Program) -> tuple[FieldUse, ...]:
    counted = ((program.fields[index % len(program.fields)], len(hashes)) for index, hashes in tally.unopened.items())
    return tuple(_hidden(field.name, field.category, field.rule, count, transform=UNOPENED) for field, count in counted)


def _use(decision: Decision, count: int) -> FieldUse:
    return FieldUse(
        name=decision.name,
        category=decision.category,
        transform=decision.transform,
        disclosure=_DISCLOSURES[decision.form],
        rule=decision.rule,
        grant=decision.grant,
        count=count,
    )


def _found(found: Mapping[str, int], text: Decision, *, transform: str = MASKED) -> list[FieldUse]:
    """What was *found* in free text, for which *text* is what the policy says, and why it was taken for that."""
    return [
        _hidden(text.name, category, text.rule, counted.number, transform=transform, whys=counted.whys)
        for category, counted in by_category(found).items()
    ]


def _hidden(
    name: str,
    category: str,
    rule: str,
    count: int,
    *,
    transform: str = MASKED,
    whys: tuple[tuple[str, int], ...] = (),
) -> FieldUse:
    return FieldUse(
        name=name,
        category=category,
        transform=transform,
        disclosure=Disclosure.NONE,
        rule=rule,
        grant=None,
        count=count,
        whys=whys,
    )


def _most(tally: Tally, view: View) -> Disclosure:
    if not tally.fields:
        return Disclosure.NONE
    return _DISCLOSURES[max((view.decisions[index].form for index in tally.fields), key=FORM_ORDER.index)]
