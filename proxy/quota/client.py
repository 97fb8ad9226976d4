"""What a worker asks the quota process, and what it remembers of the answers.

The hooks of the gateway wait for nothing; here they wait for one round trip over a Unix socket, which costs less than
masking a page, and for a deadline at the most. Whoever does not answer by then is not asked again for a while: a
process that hangs must not hold up callers whom no limit concerns.
"""

import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from policies.limits import DAY_S, HOUR_S
from proxy.board import boot_time_ns
from proxy.quota.book import LATE, Numbers, Question, Verdict
from proxy.quota.socket import LARGEST, LENGTH, connect_to, framed

DEADLINE_S = 0.1
"""So long a process is waited for, unless the settings say otherwise."""
EACH_S = 20e-6
"""And so much for each subject: a page may be about ten thousand."""
PAUSE_S = 1.0
FRESH = LATE / 2
"""For this part of the window a subject that was admitted may be shown again unasked."""
MOST_KEPT = 20_000
"""Subjects of one caller, and callers, that are remembered."""


class QuotaUnknown(Exception):
    """The quota process does not say whether there is room. Then nothing may be shown."""


class Quota:
    """The quota as one worker knows it; *path* is the socket of the process, None where there is none.

    `deadline_s` is how long that is waited for.
    """

    def __init__(
        self,
        path: Path | None,
        *,
        deadline_s: float = DEADLINE_S,
        clock: Callable[[], float] = time.monotonic,
        uptime_ns: Callable[[], int] = boot_time_ns,
    ) -> None:
        self._path = path
        self.deadline_s = deadline_s
        self._clock = clock
        self._uptime_ns = uptime_ns
        self._connection: socket.socket | None = None
        self._not_before = 0.0
        self._fresh: dict[tuple[str, tuple[Numbers, ...]], dict[str, int]] = {}
        """By caller and numbers: up to when each subject may be shown unasked."""

    def judge(self, caller: str, numbers: tuple[Numbers, ...], subjects: Mapping[str, str]) -> Verdict:
        """Whether *caller* may be shown *subjects*, each with its former digest. Raises QuotaUnknown."""
        now_ns = self._uptime_ns()  # before it is asked: what is remembered must not last longer than what counts there
        fresh = self._fresh.get((caller, numbers))
        if fresh is not None and all(fresh.get(subject, 0) > now_ns for subject in subjects):
            return Verdict()
        verdict = self._asked(Question(caller, numbers, tuple(subjects.items())))
        if not verdict.refused:
            self._remember(caller, numbers, subjects, now_ns)
        return verdict

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _remember(self, caller: str, numbers: tuple[Numbers, ...], subjects: Mapping[str, str], now_ns: int) -> None:
        shortest_s = HOUR_S if any(each.an_hour is not None for each in numbers) else DAY_S
        if len(self._fresh) >= MOST_KEPT:
            self._fresh.clear()
        fresh = self._fresh.setdefault((caller, numbers), {})
        if len(fresh) >= MOST_KEPT:
            fresh.clear()
        fresh.update(dict.fromkeys(subjects, now_ns + int(shortest_s * FRESH * 1e9)))

    def _asked(self, question: Question) -> Verdict:
        if self._path is None or self._clock() < self._not_before:
            raise QuotaUnknown
        ends = self._clock() + self.deadline_s + EACH_S * len(question.subjects)
        message = framed(msgspec.json.encode(question))
        try:
            kept = self._connection is not None
            try:
                return self._round(message, ends)
            except (ConnectionError, EOFError):
                self.close()
                if not kept:
                    raise
                return self._round(message, ends)  # the process was started anew since it was asked last
        except TimeoutError:
            self._not_before = self._clock() + PAUSE_S
            self.close()  # what it says later must not be taken for the answer to another question
            raise QuotaUnknown from None
        except (OSError, EOFError, msgspec.DecodeError):
            self.close()
            raise QuotaUnknown from None

    def _round(self, message: bytes, ends: float) -> Verdict:
        if self._connection is None:
            assert self._path is not None
            self._connection = connect_to(self._path, self._left(ends))
        connection = self._connection
        connection.settimeout(self._left(ends))
        connection.sendall(message)
        (length,) = LENGTH.unpack(self._received(connection, LENGTH.size, ends))
        if length > LARGEST:
            raise EOFError
        return msgspec.json.decode(self._received(connection, length, ends), type=Verdict)

    def _received(self, connection: socket.socket, size: int, ends: float) -> bytes:
        received = b""
        while len(received) < size:
            connection.settimeout(self._left(ends))
            piece = connection.recv(size - len(received))
            if not piece:
                raise EOFError
            received += piece
        return received

    def _left(self, ends: float) -> float:
        left = ends - self._clock()
        if left <= 0:
            raise TimeoutError
        return left
