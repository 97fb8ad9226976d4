"""The quota process of a host: it alone knows how many subjects each caller was shown, and says whether there is room.

What it admits is written down before it is answered, so that nothing which may have been shown is ever forgotten. Where
it cannot write, or cannot read what it has written, it ends the connection: who gets no answer shows nothing.
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

from proxy.quota_book import Book, Question
from proxy.quota_file import Admitted, Boot, Broken, NotKept, QuotaFile
from proxy.quota_socket import LARGEST, LENGTH, framed, listen_at

FORGET_EVERY_MS = 60_000
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
    """Judges questions: from a file that can be read, or not at all. *folder* is where it keeps what it admits."""

    def __init__(self, folder: Path, boot: Boot | None = None) -> None:
        self.trouble = ""
        """Why nothing can be judged, as a sentence; empty where it can."""
        self.admitted = self.refused = 0
        self._refusals: dict[tuple[str, str], AtLimit] = {}
        self._book = Book()
        self._forgot_ms = 0
        self._file: QuotaFile | None = None
        try:
            self._file = QuotaFile(folder, boot or Boot())
            for record in self._file.open():
                self._book.admit(record.caller, record.limits, record.subjects, record.at_ms)
        except Broken as broken:
            self._give_up(f"额度记录被改动，请由系统管理员处理 / the record of what was shown was altered: {broken}")
        except OSError as error:
            self._give_up(f"额度记录无法读取 / the record of what was shown cannot be read: {error.strerror or error}")

    def answer(self, message: bytes) -> bytes | None:
        """What is answered to *message*; None where that cannot be known."""
        if self._file is None:
            return None
        try:
            question = msgspec.json.decode(message, type=Question)
        except msgspec.DecodeError:
            return None
        now_ms = self._file.now_ms()
        verdict = self._book.judge(question, now_ms)
        limits = tuple(numbers.limit for numbers in question.numbers)
        if verdict.refused:
            self.refused += 1
            self._note(question.caller, verdict.refused, now_ms)
        else:
            try:
                self._file.append(Admitted(now_ms, question.caller, limits, question.subjects))
            except NotKept as failed:
                if not self.trouble:
                    log.error("cannot_write error=%s", failed)
                self.trouble = f"额度记录无法写入 / the record of what is shown cannot be written: {failed}"
                return None
            self.trouble = ""
            self.admitted += 1
            self._book.admit(question.caller, limits, question.subjects, now_ms)
        return msgspec.json.encode(verdict)

    def tick(self) -> None:
        """Let go of what counts no more, now and then."""
        if self._file is None:
            return
        now_ms = self._file.now_ms()
        if now_ms - self._forgot_ms > FORGET_EVERY_MS:
            self._forgot_ms = now_ms
            self._book.forget(now_ms)
            gone = [key for key, each in self._refusals.items() if each.last_ms + AT_LIMIT_MS < now_ms]
            for key in gone:
                del self._refusals[key]

    def facts(self) -> dict[str, Any]:
        """What it tells of itself: numbers, and who was refused lately, as records call them."""
        latest = sorted(self._refusals.values(), key=lambda each: -each.last_ms)[:MOST_TOLD]
        found = []
        for each in latest:
            an_hour, a_day = self._book.counted(each.limit, each.caller)
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
        if self._file is not None:
            self._file.close()

    def _note(self, caller: str, limits: tuple[str, ...], now_ms: int) -> None:
        for limit in limits:
            each = self._refusals.setdefault((limit, caller), AtLimit(limit, caller))
            each.refused += 1
            each.last_ms = now_ms

    def _give_up(self, why: str) -> None:
        log.error("cannot_judge why=%s", why)
        self.trouble, self._file = why, None


@dataclass(slots=True)
class _Peer:
    connection: socket.socket
    came: bytearray = field(default_factory=bytearray)


class QuotaServer:
    """Answers the workers of a host at the socket *path*; *folder* is where the quota is kept."""

    def __init__(self, folder: Path, path: Path, boot: Boot | None = None) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Who was killed may be about to end: two processes would each forget what the other admits.
        self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self.quota = Quota(folder, boot)
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
