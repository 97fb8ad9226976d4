"""What was asked and answered, read from the access log, as far as rehearsing another policy needs it."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

from policies.program import Program
from policies.rehearsal.rehearse import Usage
from policies.rehearsal.standpoint import Asker
from siem.record.ecs import from_ecs
from siem.record.event import AccessEvent, CallerKind, Phase, Verdict
from siem.record.log import StartId
from siem.record.reader import beginning_of, follow

type _Key = tuple[str, str, str, bool, Asker]

FIRST_OF_ERRORS = 400
BEIJING = timezone(timedelta(hours=8))
WEEK = datetime(2026, 1, 5, tzinfo=BEIJING)
"""The beginning of a week: which one it was matters to no grant."""


class Usages:
    """Usages, as far as *programs* tell them apart, added up event by event. Memory: one entry for each caller of each
    operation in each format.
    """

    def __init__(self, programs: Collection[Program]) -> None:
        self._issuers = {issuer.issuer for program in programs for issuer in program.issuers}
        grants = [grant for program in programs for grant in program.grants]
        self._by_address = any(grant.networks for grant in grants)
        self._turns = sorted({turn for grant in grants for span in grant.hours or () for turn in span})
        """Minutes of the week in Beijing at which the hours of a grant begin or end."""
        self._found: dict[_Key, Usage] = {}
        self._streams: dict[str, set[str]] = {}
        """Of each stream that has not ended: which fields have been counted for it."""
        self.answered = 0
        self.refused = 0

    def __iter__(self) -> Iterator[Usage]:
        return iter(self._found.values())

    def add(self, event: AccessEvent) -> None:
        """Count *event*."""
        if event.phase is Phase.CLOSE:
            self._streams.pop(event.exchange, None)
        if event.phase in (Phase.INTENT, Phase.CLOSE) or event.permit is not None or not event.system:
            return
        usage = self._usage(event)
        if event.verdict is Verdict.WITHHOLD:
            usage.refused += 1
            self.refused += 1
            return
        if event.phase is not Phase.SHOWN:
            usage.answered += 1
            self.answered += 1
        counted = set() if event.phase is Phase.WHOLE else self._streams.setdefault(event.exchange, set())
        for use in event.fields:
            answers, values = usage.fields.get(use.name, (0, 0))
            usage.fields[use.name] = (answers + (use.name not in counted), values + use.count)
            counted.add(use.name)

    def _usage(self, event: AccessEvent) -> Usage:
        is_error = event.verdict is Verdict.FORWARD and event.status >= FIRST_OF_ERRORS
        asker = self._asker(event)
        key = (event.system, event.operation, event.format, is_error, asker)
        usage = self._found.get(key)
        if usage is None:
            usage = self._found[key] = Usage(
                system=event.system, operation=event.operation, format=event.format, is_error=is_error, asker=asker
            )
        return usage

    def _asker(self, event: AccessEvent) -> Asker:
        return Asker(
            id=event.caller,
            is_citizen=event.caller_kind is CallerKind.CITIZEN,
            is_acting=bool(event.on_behalf_of),
            is_signed_in=event.caller_kind is not CallerKind.ANONYMOUS,
            posts=frozenset(event.posts),
            attributes=frozenset(
                (name, value) for name, _, value in (each.partition("=") for each in event.attributes)
            ),
            address=event.source_ip if self._by_address else "",
            at=self._turn_before(event.at),
            purposes=frozenset(event.purposes or filter(None, event.purpose.split(","))),
            credential=self._credential(event.credential),
        )

    def _turn_before(self, moment: datetime) -> float | None:
        """The last moment up to *moment* at which any grant's hours begin or end: it stands for all from then on."""
        if not self._turns:
            return None
        local = moment.astimezone(BEIJING)
        monday = local.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=local.weekday())
        minute = int((local - monday).total_seconds() // 60)
        turn = max((each for each in self._turns if each <= minute), default=0)
        return (WEEK + timedelta(minutes=turn)).timestamp()

    def _credential(self, credential: str) -> str:
        """*credential* without the number of the token or session: a caller has a new one every day."""
        if credential.startswith("session:"):
            return "session:"
        if not credential.startswith("jwt:"):
            return credential
        return next(
            (made for issuer in self._issuers if credential.startswith(made := f"jwt:{issuer}:")), "jwt:(unknown)"
        )


def read_usages(log: Path, since: datetime, programs: Collection[Program]) -> Usages:
    """What the *log* of an installation holds from *since* on. Raises BrokenChain and OSError."""
    usages = Usages(programs)
    for folder in sorted(log.iterdir()) if log.is_dir() else ():
        written = (segment.stat().st_mtime for segment in folder.glob("*.log"))
        if max(written, default=0.0) < since.timestamp():
            continue
        for document, _ in follow(folder, beginning_of(StartId(folder.name))):
            event = from_ecs(document)
            if event.at >= since:
                usages.add(event)
    return usages
