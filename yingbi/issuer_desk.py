"""Keeps the keys of issuers as they are published where policies say: fetches them, and lets workers know of a change.

What cannot be fetched, or is found wanting, leaves the keys that were fetched last. A key that has gone from where it
was fetched counts for as long as the policy declares, and then no more, whether this process lives or not.
"""

import logging
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from policies.keys.issuer_keys import BadKeySet, IssuerTable, KnownIssuer, merged, read_discovery, read_key_set
from policies.keys.key_files import Signer, Verifier
from policies.program import Program
from policies.program_callers import SourceRule
from proxy.board import Board, boot_time_ns
from proxy.published import NotPublished, publish_issuers, read_published_issuers
from yingbi.fetch import NotFetched, fetch

EVERY_S = 0.2
AGAIN_S = 30.0
"""So long after one look at an issuer the next is taken at the earliest, whoever asks for it, and after one in vain."""

log = logging.getLogger("yingbi.issuers")

type Place = tuple[str, str]
"""An issuer, and the address that its keys come from."""


def sources_in(programs: Iterable[Program]) -> dict[Place, SourceRule]:
    """What is to be fetched for *programs*. Where two of them differ about one place, the stricter counts."""
    found: dict[Place, SourceRule] = {}
    for program in programs:
        for issuer in program.issuers:
            if issuer.source is not None:
                place = issuer.issuer, issuer.source.address
                found[place] = _stricter(found.get(place, issuer.source), issuer.source)
    return found


def _stricter(one: SourceRule, other: SourceRule) -> SourceRule:
    return SourceRule(
        address=one.address,
        is_discovery=one.is_discovery,
        refresh_s=min(one.refresh_s, other.refresh_s),
        overlap_s=min(one.overlap_s, other.overlap_s),
    )


@dataclass(slots=True, kw_only=True)
class IssuerDesk:
    """The one who publishes keys of issuers. Only one process has it."""

    folder: Path
    board: Board
    signer: Signer
    trusted: ssl.SSLContext
    sources: Callable[[], Mapping[Place, SourceRule]]
    """What is to be fetched by the programs in force."""
    clock: Callable[[], float] = time.time
    uptime_ns: Callable[[], int] = boot_time_ns
    troubles: dict[Place, str] = field(default_factory=dict)
    """Why what was to be fetched last could not be, by place, as a code."""
    _looked_ns: dict[Place, int] = field(default_factory=dict)
    _table: IssuerTable | None = None

    def step(self) -> None:
        """Fetch what is due, and publish what has changed. Raises OSError where that cannot be written."""
        table = self._table or self._found()
        known = {(each.issuer, each.address): each for each in table.issuers}
        sources = self.sources()
        self.troubles = {place: trouble for place, trouble in self.troubles.items() if place in sources}
        for place in self._due(sources):
            self._looked_ns[place] = self.uptime_ns()
            fetched = self._fetched(place, sources[place])
            if fetched is not None:
                now = self.clock()
                before = known[place].keys if place in known else ()
                keys = merged(before, fetched, now, sources[place].overlap_s)
                known[place] = KnownIssuer(*place, keys, now)
        self._publish(table, tuple(self._living(known[place]) for place in sorted(known.keys() & sources.keys())))

    def run(self, stop: threading.Event, stepped: Callable[[], None]) -> None:
        """Step again and again until *stop* is set, and call *stepped* after each."""
        while not stop.is_set():
            try:
                self.step()
            except OSError as error:
                log.warning("cannot_write error=%s", error.strerror)
            stepped()
            stop.wait(EVERY_S)

    def facts(self) -> list[dict[str, Any]]:
        """How each issuer stands, as JSON has it."""
        known = {(each.issuer, each.address): each for each in self._table.issuers} if self._table else {}
        return [
            {
                "issuer": place[0],
                "keys": len(known[place].keys) if place in known else 0,
                "fetched_at": known[place].fetched_at if place in known else None,
                "trouble": self.troubles.get(place, ""),
            }
            for place in sorted(known.keys() | self.troubles.keys())
        ]

    def _due(self, sources: Mapping[Place, SourceRule]) -> list[Place]:
        return [place for place, source in sources.items() if self._is_due(place, source)]

    def _is_due(self, place: Place, source: SourceRule) -> bool:
        looked_ns = self._looked_ns.get(place)
        if looked_ns is None:
            return True
        passed_s = (self.uptime_ns() - looked_ns) / 1e9
        is_missed = self.board.missed_ns > looked_ns
        return passed_s >= (AGAIN_S if is_missed or place in self.troubles else source.refresh_s)

    def _fetched(self, place: Place, source: SourceRule) -> dict[str, str] | None:
        try:
            address = source.address
            if source.is_discovery:
                address = read_discovery(fetch(address, self.trusted), place[0])
            keys = read_key_set(fetch(address, self.trusted))
            trouble = ""
        except (NotFetched, BadKeySet) as error:
            keys, trouble = None, str(error)
        if trouble != self.troubles.get(place, ""):
            log.warning("issuer_trouble_changed issuer=%s now=%s", place[0], trouble or "none")
        if trouble:
            self.troubles[place] = trouble
        else:
            self.troubles.pop(place, None)
        return keys

    def _living(self, issuer: KnownIssuer) -> KnownIssuer:
        """*issuer* without the keys that have ceased to count: a clock that is set back revives none."""
        keys = tuple(key for key in issuer.keys if not key.until or self.clock() < key.until)
        return (
            issuer
            if len(keys) == len(issuer.keys)
            else KnownIssuer(issuer.issuer, issuer.address, keys, issuer.fetched_at)
        )

    def _publish(self, before: IssuerTable, issuers: tuple[KnownIssuer, ...]) -> None:
        is_other = [each.keys for each in issuers] != [each.keys for each in before.issuers]
        if is_other or len(issuers) != len(before.issuers) or before.generation < self.board.issuers:
            generation = max(before.generation, self.board.issuers) + 1
            publish_issuers(self.folder, IssuerTable(generation, issuers), self.signer)
        else:
            generation = before.generation
        self._table = IssuerTable(generation, issuers)
        if self.board.issuers != generation:
            self.board.issuers = generation

    def _found(self) -> IssuerTable:
        """What was published last; nothing where that is not what was signed, and then it is published anew."""
        try:
            return read_published_issuers(self.folder, Verifier(self.signer.public_bytes))
        except NotPublished:
            return IssuerTable(generation=self.board.issuers)
