"""The quota process of a host: it alone knows how many subjects each caller was shown, and says whether there is room.

What it admits is kept before it is answered, so that nothing which may have been shown is ever forgotten. Where that
cannot be, or what was kept cannot be read, it ends the connection: who gets no answer shows nothing.
"""

import fcntl
import logging
import os
import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from proxy.quota.book import Question
from proxy.quota.keeper import CannotTell, Keeper
from proxy.quota.socket import LARGEST, LENGTH, framed, listen_at

AT_ONCE = 1024 * 1024
AT_LIMIT_MS = 3600 * 1000
"""So long after a caller was refused last it is told of as being at its limit."""
MOST_TOLD = 100

log = logging.getLogger("yingbi.quota")


@dataclass(slots=True)
class AtLimit:
    """A caller that was refused lately."""

    limit: str
    caller: str
    refused: int = 0
    """How often."""
    last_ms: int = 0


class Quota:
    """Judges questions by *keeper*, and tells how things stand."""

    def __init__(self, keeper: Keeper) -> None:
        self.trouble = ""
        """Why nothing can be judged, as a sentence; empty where it can."""
        self.admitted = self.refused = 0
        self._refusals: dict[tuple[str, str], AtLimit] = {}
        self._keeper = keeper

    def answer(self, message: bytes) -> bytes | None:
        """What is answered to *message*; None where that cannot be known."""
        try:
            question = msgspec.json.decode(message, type=Question)
        except msgspec.DecodeError:
            return None
        try:
            verdict = self._keeper.judge(question)
        except CannotTell as why:
            self._note_trouble(str(why))
            return None
        self._note_trouble("")
        if verdict.refused:
            self.refused += 1
            self._note(question.caller, verdict.refused)
        else:
            self.admitted += 1
        return msgspec.json.encode(verdict)

    def tick(self) -> None:
        """Do what is to be done now and then, and let go of what counts no more."""
        try:
            self._keeper.tick()
        except CannotTell as why:
            self._note_trouble(str(why))
            return
        now_ms = self._keeper.now_ms()
        gone = [key for key, each in self._refusals.items() if each.last_ms + AT_LIMIT_MS < now_ms]
        for key in gone:
            del self._refusals[key]

    def facts(self) -> dict[str, Any]:
        """What it tells of itself: numbers, and who was refused lately, as records call them."""
        latest = sorted(self._refusals.values(), key=lambda each: -each.last_ms)[:MOST_TOLD]
        found = []
        for each in latest:
            an_hour, a_day = self._keeper.counted(each.limit, each.caller)
            found.append(
                {
                    "limit": each.limit,
                    "caller": each.caller,
                    "an_hour": an_hour,
                    "a_day": a_day,
                    "refused": each.refused,
                }
            )
        return {
            "pid": os.getpid(),
            "trouble": self.trouble,
            "admitted": self.admitted,
            "refused": self.refused,
            "at_limit": found,
        }

    def close(self) -> None:
        """Flush what was written."""
        self._keeper.close()

    def _note(self, caller: str, limits: tuple[str, ...]) -> None:
        for limit in limits:
            each = self._refusals.setdefault((limit, caller), AtLimit(limit, caller))
            each.refused += 1
            each.last_ms = self._keeper.now_ms()

    def _note_trouble(self, why: str) -> None:
        if why and why != self.trouble:
            log.error("cannot_judge why=%s", why)
        self.trouble = why


@dataclass(slots=True)
class _Peer:
    connection: socket.socket
    came: bytearray = field(default_factory=bytearray)


class QuotaServer:
    """Answers the workers of a host at the socket *path*, by the keeper that *keep* opens."""

    def __init__(self, keep: Callable[[], Keeper], path: Path) -> None:
        # Who was killed may be about to end: two processes with one file would each forget what the other admits.
        self._lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self.quota = Quota(keep())
        self._listening = listen_at(path)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listening, selectors.EVENT_READ)

    def serve(self, until: Callable[[], bool], tell: Callable[[dict[str, Any]], None], every_s: float) -> None:
        """Answer until *until* says so; *tell* is told now and then how things stand, where that has changed."""
        told: dict[str, Any] = {}
        next_s = 0.0
        while not until():
            if time.monotonic() >= next_s:
                next_s = time.monotonic() + every_s
                self.quota.tick()
                if (facts := self.quota.facts()) != told:
                    tell(facts)
                    told = facts
            for key, _ in self._selector.select(every_s):
                if key.data is None:
                    self._accept()
                else:
                    self._read(key.data)
        self.quota.close()
        for key in list(self._selector.get_map().values()):
            (self._listening if key.data is None else key.data.connection).close()
        self._selector.close()
        os.close(self._lock)

    def _accept(self) -> None:
        try:
            connection, _ = self._listening.accept()
        except OSError:
            return
        connection.setblocking(False)
        self._selector.register(connection, selectors.EVENT_READ, _Peer(connection))

    def _read(self, peer: _Peer) -> None:
        try:
            data = peer.connection.recv(AT_ONCE)
            peer.came += data
            while data and len(peer.came) >= LENGTH.size:
                (length,) = LENGTH.unpack_from(peer.came)
                if length > LARGEST:
                    break
                if len(peer.came) < LENGTH.size + length:
                    return
                message = bytes(peer.came[LENGTH.size : LENGTH.size + length])
                del peer.came[: LENGTH.size + length]
                answer = self.quota.answer(message)
                if answer is None or peer.connection.send(framed(answer)) != LENGTH.size + len(answer):
                    break
            else:
                if data:
                    return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._selector.unregister(peer.connection)
        peer.connection.close()
