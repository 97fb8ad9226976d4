"""Journals of facts that are chained, sealed and append-only: what each of them has in common.

Every entry is chained to the one before, and its chain is sealed with a key that the database does not hold, so that a
row which somebody wrote into it counts for nothing.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from incident.codec import canonical, decode, encode
from incident.ids import Actor, ActorKind, Bilingual
from policies.keys.key_files import BadSignature, Signer, Verifier


class BrokenJournal(Exception):
    """An entry is not as it was written: it was changed, dropped, added or moved."""

    of: ClassVar[Bilingual]
    """What the journal is of: its name in Chinese, what it is about in English."""

    def __init__(self, number: int) -> None:
        super().__init__(f"entry {number} of the journal of {self.of.en} is not as it was written")
        self.zh = f"{self.of.zh}第 {number} 条与写入时不符"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An entry as it lies in the database."""

    number: int
    """From 1, without gaps."""
    at: str
    by_kind: str
    by_id: str
    body: str
    chain: str
    """SHA-256 over the chain of the entry before and this entry, in hex."""
    seal: str
    """The signature of the chain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry[Fact]:
    """A row that was verified and read."""

    number: int
    at: datetime
    by: Actor
    fact: Fact
    chain: str


class SealedJournal[Fact]:
    """How the journal called *label*, of facts of the type *kind*, is written and read."""

    def __init__(self, label: str, kind: Any, broken: Callable[[int], Exception]) -> None:
        """*broken* makes what is raised where the entry of that number is not as it was written."""
        self._label = label
        self._kind = kind
        self._broken = broken
        self._seed = hashlib.sha256(label.encode()).hexdigest()

    def row_of(self, fact: Fact, after: Row | None, at: datetime, by: Actor, signer: Signer) -> Row:
        """The row that records *fact* after the row *after*, or as the first."""
        number, chain = (after.number + 1, after.chain) if after else (1, self._seed)
        body = canonical(encode(self._kind, fact)).decode()
        moment = encode(datetime, at)
        chain = _link(chain, number, moment, by.kind.value, by.id, body)
        seal = signer.sign(self._label, chain.encode())
        return Row(number=number, at=moment, by_kind=by.kind.value, by_id=by.id, body=body, chain=chain, seal=seal)

    def verified(
        self, rows: Iterable[Row], verifier: Verifier, known: Sequence[Entry[Fact]] = ()
    ) -> tuple[Entry[Fact], ...]:
        """The entries in *rows*, the whole journal. Raises what `broken` makes.

        *known* are those that were verified before: their seals are not looked at again, as long as their chains fit.
        """
        found: list[Entry[Fact]] = []
        chain = self._seed
        for number, row in enumerate(rows, 1):
            chain = _link(chain, number, row.at, row.by_kind, row.by_id, row.body)
            if row.number != number or row.chain != chain:
                raise self._broken(number)
            before = known[number - 1] if number <= len(known) else None
            if before is not None and before.chain != chain:
                raise self._broken(number)
            found.append(before or self._entry(row, verifier))
        if len(found) < len(known):
            raise self._broken(len(found) + 1)
        return tuple(found)

    def following(self, rows: Sequence[Row], verifier: Verifier, after: Row | None) -> tuple[Entry[Fact], ...]:
        """The entries in *rows*, which follow the row *after*, or are the first. Raises what `broken` makes.

        Only the last seal is looked at: its chain vouches for everything before it.
        """
        number, chain = (after.number, after.chain) if after else (0, self._seed)
        for row in rows:
            number, chain = number + 1, _link(chain, number + 1, row.at, row.by_kind, row.by_id, row.body)
            if row.number != number or row.chain != chain:
                raise self._broken(number)
        if rows:
            self._check_seal(rows[-1], verifier)
        return tuple(map(self._read, rows))

    def _entry(self, row: Row, verifier: Verifier) -> Entry[Fact]:
        self._check_seal(row, verifier)
        return self._read(row)

    def _check_seal(self, row: Row, verifier: Verifier) -> None:
        try:
            verifier.check(self._label, row.chain.encode(), row.seal)
        except BadSignature:
            raise self._broken(row.number) from None

    def _read(self, row: Row) -> Entry[Fact]:
        try:
            fact: Fact = decode(self._kind, json.loads(row.body))
            at = datetime.fromisoformat(row.at)
            by = Actor(kind=ActorKind(row.by_kind), id=row.by_id)
        except ValueError:
            raise self._broken(row.number) from None
        return Entry(number=row.number, at=at, by=by, fact=fact, chain=row.chain)


def _link(chain: str, number: int, at: str, by_kind: str, by_id: str, body: str) -> str:
    return hashlib.sha256(canonical([chain, number, at, by_kind, by_id, body])).hexdigest()
