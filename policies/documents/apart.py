"""Masks in a child process that is forked for one document, and ends with it.

What reads a document takes seconds of a processor and may be told by a hostile file to take all of it, or to crash. A
child can be bounded and killed, and it has everything from its parent without being sent anything: the body, the view,
the keys. It keeps no descriptor but the pipe, so nothing that its parent closes stays open (docs/decisions/0040).
"""

import os
import resource
import signal
import warnings
from pathlib import Path

import msgspec

from policies.documents.document import MALFORMED, TOO_LARGE
from policies.formats.masker import Masker, Tally, Withheld, masked_whole

MEMORY_BYTES = 1024 * 1024 * 1024
"""Of address space that a child may take beyond what its parent has."""
FAILED = "internal_error"
_OUT_OF_TIME = (signal.SIGXCPU, signal.SIGKILL)


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a child has made of its document."""

    masked: bytes = b""
    reason: str = ""
    """Why the document is withheld; empty where it is not."""
    field: int | None = None
    """See `Withheld.field`."""
    fields: dict[int, int] = {}
    found: dict[str, int] = {}
    subjects: dict[str, str] = {}
    unnamed: dict[str, str] = {}
    unopened: dict[int, list[int]] = {}
    left_out: int = 0
    has_unreadable: bool = False
    has_nameless: bool = False

    def add_to(self, tally: Tally) -> None:
        """Count in *tally* what the child has counted."""
        counted = Tally(tally.digester, subjects=self.subjects, unnamed=self.unnamed, left_out=self.left_out)
        counted.fields.update(self.fields)
        counted.found.update(self.found)
        counted.unopened.update({field: set(hashes) for field, hashes in self.unopened.items()})
        counted.has_unreadable, counted.has_nameless = self.has_unreadable, self.has_nameless
        tally.add(counted)


class Child:
    """A child that masks *data* by *masker* within so many *seconds* of a processor. Raises OSError."""

    def __init__(self, masker: Masker, data: bytes, seconds: float) -> None:
        self.pipe, writing = os.pipe()
        self._received = bytearray()
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            # Other threads may hold locks for ever in the child. It takes none of theirs: it masks, writes and ends.
            self.pid = os.fork()
        if not self.pid:
            _be_child(masker, data, seconds, writing)
        os.close(writing)
        os.set_blocking(self.pipe, False)

    def read(self) -> Outcome | None:
        """What has come of it, once it has; None while more must be waited for at `pipe`, to be read again."""
        try:
            while piece := os.read(self.pipe, 1024 * 1024):
                self._received += piece
        except BlockingIOError:
            return None
        status = self._end()
        try:
            return msgspec.msgpack.decode(self._received, type=Outcome)
        except msgspec.DecodeError:
            return Outcome(reason=_reason_of(status))

    def kill(self) -> None:
        """End it, whatever it is at."""
        os.kill(self.pid, signal.SIGKILL)
        self._end()

    def _end(self) -> int:
        os.close(self.pipe)
        return os.waitpid(self.pid, 0)[1]


def _reason_of(status: int) -> str:
    if not os.WIFSIGNALED(status):
        return FAILED
    return TOO_LARGE if os.WTERMSIG(status) in _OUT_OF_TIME else MALFORMED


def _be_child(masker: Masker, data: bytes, seconds: float, pipe: int) -> None:
    """Mask, write what has come of it to *pipe*, and end, without any of what its parent would do at its end."""
    code = 1
    try:
        _settle(seconds, pipe)
        _write(pipe, msgspec.msgpack.encode(_outcome(masker, data)))
        code = 0
    finally:
        os._exit(code)


def _settle(seconds: float, pipe: int) -> None:
    """Let go of what is the parent's, and take no more than is allowed."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    os.closerange(3, pipe)
    os.closerange(pipe + 1, most)
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    memory = pages * resource.getpagesize() + MEMORY_BYTES
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, int(seconds) + 1),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(limit, (value, value))


def _outcome(masker: Masker, data: bytes) -> Outcome:
    try:
        masked = masked_whole(masker, data)
    except Withheld as withheld:
        return Outcome(reason=withheld.reason, field=withheld.field)
    except MemoryError:
        return Outcome(reason=TOO_LARGE)
    tally = masker.tally
    return Outcome(
        masked=masked,
        fields=dict(tally.fields),
        found=dict(tally.found),
        subjects=tally.subjects,
        unnamed=tally.unnamed,
        unopened={field: sorted(hashes) for field, hashes in tally.unopened.items()},
        left_out=tally.left_out,
        has_unreadable=tally.has_unreadable,
        has_nameless=tally.has_nameless,
    )


def _write(pipe: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(pipe, rest) :]
