"""The journal of the policies: who drafted, approved, published and took back what, chained, sealed, append-only.

An entry says what was done to which draft by the digest of its files; the files lie beside, under their digests. It is
sealed with a key that the database does not hold, so that a row which somebody wrote into it counts for nothing.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from incident.codec import canonical, decode, encode
from incident.ids import Actor, ActorKind
from policies.keys import BadSignature, Signer, Verifier

_LABEL = "yingbi policy journal 1"
_SEED = hashlib.sha256(_LABEL.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Governed:
    """From now on policies take two people, or no longer: an operator has set it."""

    two_people: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """The policy that was there was taken over as it stood. Nobody has approved it."""

    version: int
    content: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A draft was begun, on what was in force as version `base`."""

    draft: int
    base: int
    content: str
    """Digest of the files; so everywhere."""
    title: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """The files of a draft were changed, or it was brought onto a newer version. It has to be submitted anew."""

    draft: int
    base: int
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A person answers for the exact files, of which the check had no error to tell."""

    draft: int
    content: str
    warnings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """Another person approved the exact files."""

    draft: int
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The files are the policy in force."""

    draft: int
    version: int
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RolledBack:
    """The files of an earlier version are the policy in force again."""

    version: int
    to: int
    content: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """The draft will not be published."""

    draft: int
    reason: str


type Fact = Governed | Adopted | Drafted | Edited | Submitted | Approved | Published | RolledBack | Withdrawn


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
class Entry:
    """A row that was verified and read."""

    number: int
    at: datetime
    by: Actor
    fact: Fact
    chain: str


class BrokenPolicyJournal(Exception):
    """An entry is not as it was written: it was changed, dropped, added or moved."""

    def __init__(self, number: int) -> None:
        super().__init__(f"entry {number} of the journal of policies is not as it was written")
        self.zh = f"策略记录第 {number} 条与写入时不符"


def row_of(fact: Fact, after: Row | None, at: datetime, by: Actor, signer: Signer) -> Row:
    """The row that records *fact* after the row *after*, or as the first."""
    number, chain = (after.number + 1, after.chain) if after else (1, _SEED)
    body = canonical(encode(Fact, fact)).decode()
    moment = encode(datetime, at)
    chain = _link(chain, number, moment, by.kind.value, by.id, body)
    seal = signer.sign(_LABEL, chain.encode())
    return Row(number=number, at=moment, by_kind=by.kind.value, by_id=by.id, body=body, chain=chain, seal=seal)


def verified(rows: Iterable[Row], verifier: Verifier, known: Sequence[Entry] = ()) -> tuple[Entry, ...]:
    """The entries in *rows*, the whole journal. Raises BrokenPolicyJournal.

    *known* are those that were verified before: their seals are not looked at again, as long as their chains fit.
    """
    found: list[Entry] = []
    chain = _SEED
    for number, row in enumerate(rows, 1):
        chain = _link(chain, number, row.at, row.by_kind, row.by_id, row.body)
        if row.number != number or row.chain != chain:
            raise BrokenPolicyJournal(number)
        before = known[number - 1] if number <= len(known) else None
        if before is not None and before.chain != chain:
            raise BrokenPolicyJournal(number)
        found.append(before or _entry(row, verifier))
    if len(found) < len(known):
        raise BrokenPolicyJournal(len(found) + 1)
    return tuple(found)


def _entry(row: Row, verifier: Verifier) -> Entry:
    try:
        verifier.check(_LABEL, row.chain.encode(), row.seal)
        fact: Fact = decode(Fact, json.loads(row.body))
        at = datetime.fromisoformat(row.at)
        by = Actor(kind=ActorKind(row.by_kind), id=row.by_id)
    except (BadSignature, ValueError):
        raise BrokenPolicyJournal(row.number) from None
    return Entry(number=row.number, at=at, by=by, fact=fact, chain=row.chain)


def _link(chain: str, number: int, at: str, by_kind: str, by_id: str, body: str) -> str:
    return hashlib.sha256(canonical([chain, number, at, by_kind, by_id, body])).hexdigest()
