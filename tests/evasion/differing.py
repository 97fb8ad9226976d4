"""Callers of one gateway in either version of HTTP who ask for the same at once, and what must hold of what they receive."""

import contextlib
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait

from tests.effort import counted
from tests.evasion.altered import STREAMING, altered
from tests.evasion.kept import Kept
from tests.evasion.message import Message
from tests.front import VERSIONS, Answer
from tests.rig import Rig
from tests.scripted import Asked, Connection, Script
from tests.spellings import told_by

SEALED = re.compile(rb"(?:yb~|y1\.)[\w.~-]+")
_BODILESS = (204, 304)


class Told(AssertionError):
    """Something of the planted person is on the caller's side."""


def saying(message: Message) -> Script:
    """A script that says *message* piece by piece, and ends the connection where it does."""

    def script(connection: Connection, asked: Asked) -> None:
        for piece in message.wire:
            connection.say(piece)
        if message.closes:
            connection.close()

    return script


class Differing:
    """Callers of one gateway, one for each version of HTTP, each on a connection that is kept."""

    def __init__(self, rig: Rig, callers: list[Kept], at_once: ThreadPoolExecutor, *, is_streaming: bool) -> None:
        self._callers = callers
        self._rig = rig
        self._at_once = at_once
        self._is_streaming = is_streaming
        """Whether an answer may be cut, be it before anything of it has gone."""

    def ask(
        self, host: str, target: str, method: str, headers: tuple[tuple[str, str], ...], message: Message
    ) -> list[Answer]:
        """What each receives where *message* is answered. Raises Told, or AssertionError where it is told differently."""
        self._rig.behind.script = saying(message)
        self._rig.behind.asked.clear()
        asking = [self._at_once.submit(caller.ask, host, target, method, headers) for caller in self._callers]
        wait(asking)  # where one fails, the other is not still under way when it is asked for the next
        answers = [asked.result() for asked in asking]
        told = told_by(*(part for answer in answers for part in _parts(answer)))
        if told:
            raise Told(f"tells {told}: {message}")
        ways = ("streamed" if self._is_streaming else "held", "closed behind" if message.closes else "kept behind")
        for answer in answers:
            counted(host.partition(".")[0], *ways, _outcome(answer), message.framing, *(message.told or ["unaltered"]))
            assert answer.is_whole or self._is_streaming, message
            if message.is_cut and method != "HEAD" and message.status not in _BODILESS:
                assert not (answer.is_whole and answer.status < 400 and answer.body), ("looks whole", message)
        if all(answer.is_whole and not _is_refused_as_busy(answer) for answer in answers):
            first, second = map(_comparable, answers)
            assert first == second, (first, second, message)
        return answers


def _parts(answer: Answer) -> tuple[bytes, bytes]:
    """All that came, without the body where it is a part of it, and the body."""
    return answer.received.removesuffix(answer.body), answer.body


def _outcome(answer: Answer) -> str:
    """What became of an answer, for whoever counts."""
    if not answer.is_whole:
        return "cut"
    if not answer.body:
        return "without a body"
    return "withheld" if _is_ours(answer) else "shown"


def _is_ours(answer: Answer) -> bool:
    """Whether the body is the gateway's own: it names the event."""
    return answer.headers["yingbi-event"].encode() in answer.body


def _is_refused_as_busy(answer: Answer) -> bool:
    """Whether the worker could not follow just then; that is no matter of the version."""
    return answer.status == 503 and _is_ours(answer)


def _comparable(answer: Answer) -> tuple[int, str, bytes]:
    """What must be the same in either version: not the ids of events, handles, and what of a failure was seen first."""
    body = b"" if _is_ours(answer) else SEALED.sub(b"", answer.body)
    return answer.status, answer.headers.get("content-type", ""), body


@contextlib.contextmanager
def differing(rig: Rig, how: str = "") -> Iterator[Differing]:
    """Callers of the gateway of *rig*, whose one worker is altered in the way *how* where one is named."""
    if how:
        rig.gateway.runs = altered(how)
        rig.gateway.start_worker()
    ca = rig.gateway.home / "tls" / "ca.pem"
    with contextlib.ExitStack() as stack:
        callers = [stack.enter_context(Kept(rig.gateway.port, ca, version)) for version in VERSIONS]
        at_once = stack.enter_context(ThreadPoolExecutor(len(callers)))
        yield Differing(rig, callers, at_once, is_streaming=how in STREAMING)
