"""Keeps the quota of several hosts in PostgreSQL: never above a limit for all of them together.

A host holds what it has read of a caller, reads what others have added since, judges, and adds its own record behind
the last one it knows. Where another host was first nothing is added, and it reads and judges again.

INVARIANT: time is a row that only goes on, moved by the hosts by what their machines have run for since they last read
it. No clock that can be set is asked, not even the database's. Who has not read it for `ANCHOR_MS` takes it as it
stands: no two hosts are further apart, which is less than a subject counts longer than its window.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from proxy.quota.book import LONGEST_MS, Book, Question, Verdict
from proxy.quota.file import Admitted, Boot
from proxy.quota.keeper import FORGET_EVERY_MS, CannotTell
from proxy.quota.link import Conflict, Link, LinkLost
from proxy.quota.tables import AT_ONCE, CLOCK, FIRST, FORGET, NEXT, READ

WITHIN_S = 0.07
"""A worker waits a little longer than that for its answer."""
EACH_S = 15e-6
PAUSE_S = 1.0
FIRST_S = 3.0
"""So long it is waited for the first connection, so that nobody is refused by a start."""
ANCHOR_MS = 10_000
MOST_CALLERS = 10_000
_decode = msgspec.json.Decoder(Admitted).decode


class _Known:
    """What was read of one caller."""

    __slots__ = ("at_ms", "book", "last")

    def __init__(self) -> None:
        self.book = Book()
        self.last = self.at_ms = 0


class DatabaseKeeper:
    """Keeps it where *connect* leads to; *folder* holds how far its time was seen to go, across restarts.

    `within_s` is how long the database is waited for.
    """

    def __init__(
        self, connect: Callable[[], Link], folder: Path, boot: Boot | None = None, *, within_s: float = WITHIN_S
    ) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.within_s = within_s
        self._connect, self._boot = connect, boot or Boot()
        self._seen = folder / "database-seen"
        self._read_ms = int(self._seen.read_text("ascii")) if self._seen.exists() else 0
        self._anchor_ms: int | None = None
        """What the machine had run for when the time was read last."""
        self._callers: dict[str, _Known] = {}
        self._forgot_ms = 0
        self._link: Link | None = None
        self._why = "还没有连上 / not connected yet"
        self._not_before = 0.0
        self._connecting = threading.Thread()
        self._begin_connecting()
        self._connecting.join(FIRST_S)

    def judge(self, question: Question) -> Verdict:
        """As every keeper does, for all hosts together."""
        ends = time.monotonic() + self.within_s + EACH_S * len(question.subjects)
        link = self._linked()
        try:
            while True:
                verdict = self._judged(link, question, ends)
                if verdict is not None:
                    return verdict
        except LinkLost as lost:
            raise self._lost(str(lost)) from None

    @property
    def can_judge(self) -> bool:
        """Whether there is a connection; where there is none, one is made."""
        if self._link is None:
            self._begin_connecting()
        return self._link is not None and time.monotonic() >= self._not_before

    def counted(self, limit: str, caller: str) -> tuple[int, int]:
        """As every keeper does."""
        known = self._callers.get(caller)
        return known.book.counted(limit, caller) if known is not None else (0, 0)

    def now_ms(self) -> int:
        """What all hosts together count by."""
        if self._anchor_ms is None:
            return self._read_ms
        gone_ms = self._boot.time_ms() - self._anchor_ms
        return self._read_ms + (gone_ms if 0 <= gone_ms <= ANCHOR_MS else 0)

    def tick(self) -> None:
        """Move the time on, and let go of what counts no more. Raises CannotTell."""
        link = self._linked()
        ends = time.monotonic() + self.within_s
        try:
            claim_ms, then_ms = self.now_ms(), self._boot.time_ms()
            rows = link.run(CLOCK, claim_ms, ends=ends)
            read_ms = int(rows[0][0] or 0) if rows else 0
            if read_ms >= claim_ms:
                self._read_ms, self._anchor_ms = claim_ms, then_ms
            self._note_time(read_ms)
            if self._read_ms - self._forgot_ms > FORGET_EVERY_MS:
                for statement in FORGET:
                    link.run(statement, self._read_ms - LONGEST_MS - FORGET_EVERY_MS, ends=ends)
                self._forgot_ms = self._read_ms
                gone = [name for name, known in self._callers.items() if known.at_ms + LONGEST_MS < self._read_ms]
                for name in gone:
                    del self._callers[name]
            new = self._seen.with_suffix(".new")
            new.write_text(str(self._read_ms), "ascii")
            new.replace(self._seen)
        except Conflict:
            return  # another host has moved it
        except LinkLost as lost:
            raise self._lost(str(lost)) from None
        except OSError as error:
            raise CannotTell(
                f"额度记录无法写入 / the record of the quota cannot be written: {error.strerror}"
            ) from None

    def close(self) -> None:
        """Let go of the connection."""
        self._not_before = float("inf")
        self._connecting.join()
        if self._link is not None:
            self._link.close()

    def _judged(self, link: Link, question: Question, ends: float) -> Verdict | None:
        """None where another host was first."""
        caller = question.caller
        try:
            known = self._read(link, caller, ends)
            now_ms = max(self.now_ms(), known.at_ms)
            verdict = known.book.judge(question, now_ms)
            if verdict.refused:
                return verdict
            limits = tuple(numbers.limit for numbers in question.numbers)
            record = msgspec.json.encode(Admitted(now_ms, caller, limits, question.subjects)).decode()
            added = link.run(NEXT if known.last else FIRST, caller, known.last, now_ms, record, ends=ends)
        except Conflict:
            return None
        if not added:
            return None
        known.book.admit(caller, limits, question.subjects, now_ms)
        known.last, known.at_ms = int(added[0][0] or 0), now_ms
        return verdict

    def _read(self, link: Link, caller: str, ends: float) -> _Known:
        """All that any host has added of *caller*. What was read stays, even where time is over before the end."""
        if len(self._callers) > MOST_CALLERS:
            self._callers.clear()
        known = self._callers.setdefault(caller, _Known())
        while True:
            rows = link.run(READ, caller, known.last, AT_ONCE, ends=ends)
            if not rows:
                raise LinkLost("its tables are empty")
            self._note_time(int(rows[0][0] or 0))
            last = int(rows[0][1] or 0)
            if last < known.last:  # all of it counted no more, and was removed
                known = self._callers[caller] = _Known()
                continue
            for _, _, number, text in rows:
                if number is not None and text is not None:
                    record = _decode(text)
                    known.book.admit(caller, record.limits, record.subjects, record.at_ms)
                    known.last, known.at_ms = int(number), max(known.at_ms, record.at_ms)
            if known.last == last:
                return known
            if len(rows) < AT_ONCE:
                raise LinkLost("a record is missing")

    def _note_time(self, read_ms: int) -> None:
        if read_ms < self._read_ms:
            raise LinkLost(
                "数据库回到了以前，请由系统管理员处理 / the database was set back; whom it forgot is not known"
            )
        if read_ms >= self.now_ms():
            self._read_ms, self._anchor_ms = read_ms, self._boot.time_ms()

    def _linked(self) -> Link:
        if not self.can_judge or self._link is None:
            raise CannotTell(f"额度数据库无法使用 / the database of the quota cannot be used: {self._why}")
        return self._link

    def _lost(self, why: str) -> CannotTell:
        if self._link is not None:
            self._link.close()
        self._link, self._why = None, why
        self._not_before = time.monotonic() + PAUSE_S
        return CannotTell(f"额度数据库无法使用 / the database of the quota cannot be used: {why}")

    def _begin_connecting(self) -> None:
        if self._link is None and not self._connecting.is_alive() and time.monotonic() >= self._not_before:
            self._connecting = threading.Thread(target=self._connected, name="quota-database", daemon=True)
            self._connecting.start()

    def _connected(self) -> None:
        try:
            self._link = self._connect()
        except LinkLost as lost:
            self._why = str(lost)
            self._not_before = time.monotonic() + PAUSE_S
