"""Makes one process for each document that is read: from one that has loaded all readers, and has read nothing itself.

What a document brings the readers to cannot outlive it, and sees no other document. Each has so much time and memory,
and may not write a file. It holds no key, and decides nothing: it asks what must be hidden.
"""

import contextlib
import os
import resource
import select
import signal
import socket
import struct
import sys

import pikepdf

from policies.documents.painted import pdf_work, pictures
from policies.documents.painted.judge import Desk
from policies.documents.painted.memory import Memory
from policies.documents.painted.optical import Eyes
from policies.documents.painted.wire import Done, Job, Line, Refused, Saw
from policies.formats.masker import Withheld

_WHO = struct.Struct("3i")
MOST_MEMORY = 4 * 1024**3
SECONDS_FOR_A_JOB = 60.0
"""Within which it must have come."""
MOST_FILES = 64
"""Open at once: fonts of the machine, for documents that bring none."""


def main() -> None:
    """Make a process for each connection, until the one that has started this is there no more."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listening = socket.socket(fileno=int(sys.argv[1]))
    eyes = Eyes()
    while True:
        ready, _, _ = select.select([listening, sys.stdin], [], [])
        if sys.stdin in ready:  # nothing is ever written there: it has been closed
            return
        connection, _ = listening.accept()
        with connection:
            if _is_of_ours(connection) and os.fork() == 0:
                listening.close()
                _serve(connection, eyes)


def _is_of_ours(connection: socket.socket) -> bool:
    """Whether the other end belongs to the same account."""
    _, user, _ = _WHO.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _WHO.size))
    return bool(user == os.getuid())


def _serve(connection: socket.socket, eyes: Eyes) -> None:
    """Read one document, and end: whatever goes wrong, nothing is said of it."""
    try:
        signal.setitimer(signal.ITIMER_REAL, SECONDS_FOR_A_JOB)
        _leave_the_network()
        line = Line(connection)
        job = line.receive(Job, MOST_MEMORY)
        _limit(job.limits.seconds)
        _do(job, line, eyes)
    finally:
        os._exit(0)


def _leave_the_network() -> None:
    """Reach nobody any more but the worker, where the kernel lets an account do that to itself."""
    with contextlib.suppress(OSError):
        os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET)


def _limit(seconds: float) -> None:
    for kind, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, int(seconds) + 1),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, MOST_FILES),
    ):
        allowed = resource.getrlimit(kind)[1]
        value = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
        resource.setrlimit(kind, (value, value))
    signal.setitimer(signal.ITIMER_REAL, seconds + 1)


def _do(job: Job, line: Line, all_eyes: Eyes) -> None:
    desk = Desk(line)
    eyes = Memory(all_eyes, job.seen, lambda digest, seen: line.send(Saw(digest, seen)))
    try:
        if job.masks:
            line.send(
                pdf_work.masked(job.data, job.limits, eyes, desk)
                if job.format == "pdf"
                else Done(pictures.masked(job.data, job.format, eyes, desk))
            )
        elif job.format == "pdf":
            pdf_work.tell(job.data, job.limits, eyes, desk)
        else:
            pictures.tell(job.data, job.format, eyes, desk)
    except Withheld as withheld:
        line.send(Refused(withheld.reason))
    except MemoryError:
        line.send(Refused("too_large_to_mask"))
    except pikepdf.PdfError:
        line.send(Refused("document_malformed"))


if __name__ == "__main__":
    main()
