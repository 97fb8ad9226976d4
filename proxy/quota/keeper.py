"""Who judges what the workers of a host ask, and keeps what is admitted: in a file, or in a database of many hosts.

INVARIANT: a question is admitted as a whole or not at all, and what is admitted is kept before `judge` returns.
"""

from pathlib import Path
from typing import Protocol

from proxy.quota.book import Book, Question, Verdict
from proxy.quota.file import Admitted, Boot, Broken, NotKept, QuotaFile

FORGET_EVERY_MS = 60_000


class CannotTell(Exception):
    """Whether there is room is not known, or it could not be kept. The message says why to a person."""


class Keeper(Protocol):
    """Keeps the quota, for one thread. What it gives as time nobody can set."""

    def judge(self, question: Question) -> Verdict:
        """Whether what is asked may be shown now; if so it counts from now on. Raises CannotTell."""

    def counted(self, limit: str, caller: str) -> tuple[int, int]:
        """How many subjects count in the hour and in the day, as far as is known here."""

    def now_ms(self) -> int:
        """Milliseconds, which never go back."""

    def tick(self) -> None:
        """Do what is to be done now and then. Raises CannotTell, where nothing can be judged."""

    def close(self) -> None:
        """Let go of everything."""


class FileKeeper:
    """Keeps it in *folder*, for the workers of this host alone. Who cannot read the folder judges nothing."""

    def __init__(self, folder: Path, boot: Boot | None = None) -> None:
        self._book = Book()
        self._forgot_ms = 0
        self._why = ""
        self._file = QuotaFile(folder, boot or Boot())
        try:
            for record in self._file.open():
                self._book.admit(record.caller, record.limits, record.subjects, record.at_ms)
        except Broken as broken:
            self._why = f"额度记录被改动，请由系统管理员处理 / the record of what was shown was altered: {broken}"
        except OSError as error:
            self._why = f"额度记录无法读取 / the record of what was shown cannot be read: {error.strerror or error}"

    def judge(self, question: Question) -> Verdict:
        """As every keeper does."""
        if self._why:
            raise CannotTell(self._why)
        now_ms = self._file.now_ms()
        verdict = self._book.judge(question, now_ms)
        if verdict.refused:
            return verdict
        limits = tuple(numbers.limit for numbers in question.numbers)
        try:
            self._file.append(Admitted(now_ms, question.caller, limits, question.subjects))
        except NotKept as failed:
            raise CannotTell(f"额度记录无法写入 / the record of what is shown cannot be written: {failed}") from None
        self._book.admit(question.caller, limits, question.subjects, now_ms)
        return verdict

    def counted(self, limit: str, caller: str) -> tuple[int, int]:
        """As every keeper does."""
        return self._book.counted(limit, caller)

    def now_ms(self) -> int:
        """What the machine has run for, carried on from start to start of the process."""
        return self._file.now_ms()

    def tick(self) -> None:
        """Let go of what counts no more."""
        if self._why:
            raise CannotTell(self._why)
        now_ms = self._file.now_ms()
        if now_ms - self._forgot_ms > FORGET_EVERY_MS:
            self._forgot_ms = now_ms
            self._book.forget(now_ms)

    def close(self) -> None:
        """Flush what was written."""
        self._file.close()
