"""Has pages and pictures read in processes of their own, by libraries in C++ that meet whatever anybody sends.

One that is made to fall over, to run for ever or to eat memory takes nothing with it: its document is withheld. What
must be hidden is decided here, where the keys are; the process is told where things stand that it has to paint over.
"""

import atexit
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from copy import copy

from policies.documents.document import MALFORMED, SIGNATURE, TOO_LARGE, Text, Within
from policies.documents.look import Look
from policies.documents.painted.wire import (
    Answer,
    Ask,
    Done,
    Found,
    Job,
    Learn,
    Limits,
    Line,
    Read,
    Refused,
    Said,
    Saw,
    Tell,
    Told,
)
from policies.formats.found import by_category, found_as
from policies.formats.masker import Tally, Withheld

_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OPENCV_FOR_THREADS_NUM": "1",
}
"""Nothing of ours is in it; and no library may work with several threads, for the copy of a process has but one."""
_MORE_SECONDS = 5.0
"""That a process has to begin, and to say that its time is up."""
_WAITING = 64


class Readers:
    """A process that has loaded all readers, and is copied for each document."""

    def __init__(self) -> None:
        self._name = b""
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def make_ready(self) -> None:
        """Start it, unless it runs. It ends with the process that has started it, however that ends."""
        if self._process is not None and self._process.poll() is None:
            return
        self.close()
        self._owner = os.getpid()
        self._name = b"\0yingbi-readers-" + secrets.token_hex(16).encode()
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(self._name)
            listening.listen(_WAITING)
            self._process = subprocess.Popen(
                [sys.executable, "-m", "policies.documents.painted", str(listening.fileno())],
                pass_fds=[listening.fileno()],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # what libraries say of a broken file may hold what is in it
                env=_ENVIRONMENT | {key: os.environ[key] for key in ("PATH",) if key in os.environ},
                start_new_session=True,
            )

    def connection(self) -> socket.socket:
        """To a new process that waits for its job. Raises OSError."""
        if not self._name:
            self.make_ready()
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(self._name)
        except OSError:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        """End it, where this process has started it. Those that read go on to their end."""
        if self._process is not None and self._owner == os.getpid():
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.kill()
            self._process.wait()
            self._process, self._name = None, b""


READERS = Readers()
atexit.register(READERS.close)


class ReadApart:
    """What `document.Document` and `Painted` promise, for a format that those processes read by its *name*."""

    name: str

    def make_ready(self) -> None:
        """Load what reads it, in a process of its own."""
        READERS.make_ready()

    def texts(self, data: bytes, within: Within) -> Iterator[Text]:
        """See `Document.texts`."""
        return texts_in(data, self.name, within)

    def mask(self, data: bytes, look: Look, within: Within) -> bytes:
        """See `Document.mask`."""
        return masked(data, self.name, look, within)


def masked(data: bytes, name: str, look: Look, within: Within) -> bytes:
    """The document in *data*, of the format *name*, masked. Raises Withheld."""
    counted = Tally(look.tally.digester)
    for said, line in _said(data, name, within, masks=True):
        match said:
            case Tell(names=names):
                line.send(Told([each for each in names if look.tells(each)]))
            case Learn(texts=texts):
                for text, key in texts:
                    look.learn(text, key)
            case Ask():
                answer, here = _answer(said, look)
                if not said.again:
                    counted = Tally(look.tally.digester)
                _count_more(look.tally.fields, here.fields, counted.fields)
                _count_more_found(look.tally.found, here.found, counted.found)
                line.send(answer)
            case Done(data=made, signatures=signatures):
                if signatures:
                    look.tally.count_found(found_as(SIGNATURE) * signatures)
                return made
            case _:
                pass
    raise Withheld(MALFORMED)


def texts_in(data: bytes, name: str, within: Within) -> Iterator[Text]:
    """The texts of the document in *data*. Raises Withheld."""
    for said, line in _said(data, name, within, masks=False):
        match said:
            case Tell(names=names):
                line.send(Told([each for each in names if within.is_label(each)]))
            case Found(place=place, text=text, key=key, sure=sure):
                yield Text(place, text, key, sure)
            case Done():
                return
            case _:
                pass
    raise Withheld(MALFORMED)


def _said(data: bytes, name: str, within: Within, *, masks: bool) -> Iterator[tuple[Said, Line]]:
    """What the process says, which reads *data*. Raises Withheld."""
    bounds = within.bounds
    limits = Limits(
        pages=bounds.parts, octets=bounds.unpacked, seconds=bounds.seconds, unsigned_copy=bounds.unsigned_copy
    )
    try:
        with closing(READERS.connection()) as connection:
            connection.settimeout(bounds.seconds + _MORE_SECONDS)
            line = Line(connection)
            line.send(Job(format=name, data=data, masks=masks, limits=limits, seen=within.remembered(data)))
            while True:
                said = line.receive(Said.__value__, bounds.unpacked)
                within.check_time()
                if isinstance(said, Refused):
                    raise Withheld(said.reason)
                if isinstance(said, Saw):
                    within.remember(data, said.digest, said.seen)
                elif not isinstance(said, Read):
                    yield said, line
    except TimeoutError:
        raise Withheld(TOO_LARGE) from None
    except (OSError, EOFError, ValueError):
        within.check_time()  # it may have been ended because its time was up
        raise Withheld(MALFORMED) from None


def _answer(asked: Ask, look: Look) -> tuple[Answer, Tally]:
    """Where something must be hidden, and what that is: of readings of one text that in which most is found."""
    counted = look.tally.apart()
    readings = []
    for reading in asked.readings:
        quiet = _quiet(look)
        readings.append([(span.start, span.end) for span in quiet.spans(reading)])
        _count_more_found(counted.found, quiet.tally.found, dict(counted.found))
    quiet = _quiet(look)
    keyed = [[(span.start, span.end) for span in quiet.spans(text, key)] for text, key in asked.keyed]
    counted.add(quiet.tally)
    return Answer(readings, keyed), counted


def _quiet(look: Look) -> Look:
    """*look*, counting by itself."""
    quiet = copy(look)
    quiet.tally = look.tally.apart()
    return quiet


def _count_more_found(counts: dict[str, int], here: dict[str, int], counted: dict[str, int]) -> None:
    """The same of what recognisers found: of one category, whatever decided."""
    before = by_category(counted)
    for category, (number, whys) in by_category(here).items():
        more = number - (before[category].number if category in before else 0)
        for why, times in (*whys, ("", number - sum(times for _, times in whys))):
            if (most := min(more, times)) > 0:
                (told,) = found_as(category, why)
                counts[told] = counts.get(told, 0) + most
                counted[told] = counted.get(told, 0) + most
                more -= most


def _count_more[Key](counts: dict[Key, int], here: dict[Key, int], counted: dict[Key, int]) -> None:
    """Add to *counts* what there is more *here* than was *counted* of the same before."""
    for key, number in here.items():
        before = counted.get(key, 0)
        if number > before:
            counts[key] += number - before
            counted[key] = number
