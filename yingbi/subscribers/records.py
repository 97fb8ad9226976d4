"""Who is told of public notices: each in a sealed file of its own, whose name says nothing of the address.

INVARIANT: an address stands in no log, no name of a file, no message and no other file. Who leaves is gone at once.
"""

import hashlib
import hmac
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

import msgspec

from policies.keys.sealed_folder import NotAsSealed, SealedFolder
from yingbi.subscribers.box import HookBegun, SubscriberId

CONFIRM_WITHIN = timedelta(hours=24)
MOST = 200_000
MOST_UNCONFIRMED = 5_000
"""More who have asked and not confirmed are not taken: each of them is sent a mail."""
MOST_PROOFS = 50
_SUFFIX = ".subscriber"

log = logging.getLogger("yingbi.subscribers.records")


class Kind(StrEnum):
    """How somebody is told."""

    MAIL = "mail"
    HOOK = "hook"


class Proof(msgspec.Struct, frozen=True):
    """That a webhook has taken a notice: under which key, which octets, and what it answered."""

    issue: str
    at: datetime
    result: str
    attempts: int
    sha256: str


class Subscriber(msgspec.Struct, kw_only=True):
    """One who is told."""

    id: SubscriberId
    kind: Kind
    address: str
    asked_at: datetime
    confirmed_at: datetime | None = None
    mailed_at: datetime | None = None
    """When a link was last sent for being asked for: one a day, whoever asks."""
    owed: bool = False
    """Whether that mail is still to be sent."""
    name: str = ""
    secret: str = ""
    by: str = ""
    """Who registered a webhook."""
    told_at: datetime | None = None
    """When they were last told of a notice."""
    told: dict[str, str] = {}
    """What was last told of each notice, by its number."""
    attempts: int = 0
    """In a row, that have failed."""
    not_before: datetime | None = None
    result: str = ""
    """Of the last attempt, a code."""
    refusals: int = 0
    """Notices in a row that were refused for good."""
    proofs: tuple[Proof, ...] = ()


class Subscribers:
    """All of them, in memory and in *folder*. One process writes it."""

    def __init__(self, folder: Path, secret: bytes) -> None:
        self._folder = folder
        self._sealed = SealedFolder(folder, secret, "subscribers")
        self._secret = hmac.digest(secret, b"yingbi subscriber id 1", "sha256")
        self._all: dict[str, Subscriber] = {}
        self.unreadable = 0
        for path in sorted(folder.glob(f"*{_SUFFIX}")) if folder.is_dir() else ():
            try:
                found = msgspec.json.decode(self._sealed.get(path.name), type=Subscriber)
            except (NotAsSealed, msgspec.DecodeError):
                self.unreadable += 1
                continue
            self._all[found.id] = found
        if self.unreadable:
            log.error("subscribers_unreadable number=%d", self.unreadable)

    def __iter__(self) -> Iterator[Subscriber]:
        return iter(tuple(self._all.values()))

    def get(self, subscriber: SubscriberId) -> Subscriber | None:
        """The one of that id."""
        return self._all.get(subscriber)

    def ask(self, address: str, now: datetime) -> None:
        """Note that *address* wants to be told: it is sent a link, unless it was sent one within a day."""
        name, _, host = address.rpartition("@")
        address = f"{name}@{host.lower()}"
        spelled = hmac.new(self._secret, address.lower().encode(), hashlib.sha256).hexdigest()[:32]
        found = self._all.get(spelled)
        if found is None:
            unconfirmed = sum(each.confirmed_at is None for each in self._all.values())
            if len(self._all) >= MOST or unconfirmed >= MOST_UNCONFIRMED:
                log.warning("subscription_not_taken reason=too-many")
                return
            found = Subscriber(id=spelled, kind=Kind.MAIL, address=address, asked_at=now)
        elif found.mailed_at is not None and timedelta(0) <= now - found.mailed_at < CONFIRM_WITHIN:
            return
        found.asked_at, found.owed = now, True
        self.keep(found)

    def begin(self, hook: HookBegun, now: datetime) -> None:
        """Let an office be told by its webhook from now on."""
        if hook.id not in self._all:
            made = Subscriber(id=hook.id, kind=Kind.HOOK, address=hook.url, asked_at=now, confirmed_at=now)
            made.name, made.secret, made.by = hook.name, hook.secret, hook.by
            self.keep(made)

    def confirm(self, subscriber: SubscriberId, now: datetime) -> None:
        """Whoever reads that address wants to be told; nothing where it was not asked for."""
        found = self._all.get(subscriber)
        if found is not None and found.confirmed_at is None:
            found.confirmed_at = now
            self.keep(found)

    def drop(self, subscriber: SubscriberId) -> None:
        """Let nothing be left of one. Raises OSError."""
        self._sealed.drop(f"{subscriber}{_SUFFIX}")
        self._all.pop(subscriber, None)

    def forget(self, now: datetime) -> None:
        """Let nothing be left of those who did not confirm in time."""
        for each in self:
            if each.confirmed_at is None and not timedelta(0) <= now - each.asked_at < CONFIRM_WITHIN:
                self.drop(each.id)

    def keep(self, subscriber: Subscriber) -> None:
        """Keep how one stands, on the disk when this returns. Raises OSError."""
        self._sealed.put(f"{subscriber.id}{_SUFFIX}", msgspec.json.encode(subscriber))
        self._all[subscriber.id] = subscriber
