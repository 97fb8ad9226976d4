"""What passes between a worker and the process that reads one document: messages, each after its length."""

import socket
import struct

import msgspec

_LENGTH = struct.Struct(">I")
_AT_ONCE = 1 << 20


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much is done for one document."""

    pages: int
    octets: int
    """Of what comes out."""
    seconds: float
    unsigned_copy: bool = False
    """See `Bounds.unsigned_copy`."""


class Job(msgspec.Struct, frozen=True, kw_only=True, tag="job"):
    """What is to be read, and whether it is to be masked as well."""

    format: str
    data: bytes
    masks: bool
    limits: Limits
    seen: dict[bytes, bytes] = {}
    """What was remembered of its pictures, see `memory`."""


class Answer(msgspec.Struct, frozen=True, tag="answer"):
    """Where something must be hidden in each text that was asked about: starts and ends."""

    readings: list[list[tuple[int, int]]]
    keyed: list[list[tuple[int, int]]]


class Tell(msgspec.Struct, frozen=True, tag="tell"):
    """Which of these are headings that tell what stands under them?"""

    names: list[str]


class Told(msgspec.Struct, frozen=True, tag="told"):
    """Those that are."""

    names: list[str]


class Learn(msgspec.Struct, frozen=True, tag="learn"):
    """Texts of the whole document with their headings, before any is asked about."""

    texts: list[tuple[str, str]]


class Ask(msgspec.Struct, frozen=True, tag="ask"):
    """What must be hidden in these texts?"""

    readings: list[str]
    """One and the same text, put in order in several ways."""
    keyed: list[tuple[str, str]]
    """Texts with their headings."""
    again: bool = False
    """Whether what was asked about before was the same picture, read in another way."""


class Found(msgspec.Struct, frozen=True, tag="found"):
    """A text, for who only looks for personal data."""

    place: str
    text: str
    key: str = ""
    sure: bool = True
    """Whether all of it was read without doubt."""


class Read(msgspec.Struct, frozen=True, tag="read"):
    """How many pages are read by now, of how many."""

    pages: int
    of: int


class Saw(msgspec.Struct, frozen=True, tag="saw"):
    """What is to be remembered of a picture, by its digest."""

    digest: bytes
    seen: bytes


class Done(msgspec.Struct, frozen=True, tag="done"):
    """The end; with what came of the document, where it was masked."""

    data: bytes = b""
    signatures: int = 0
    """How many it is without that were there."""


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """The end: the document is withheld."""

    reason: str


type Said = Tell | Learn | Ask | Found | Read | Saw | Done | Refused
"""What the process says."""


class Line:
    """One end of the connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def send(self, message: Job | Answer | Told | Said) -> None:
        """Say *message*. Raises OSError."""
        packed = msgspec.msgpack.encode(message)
        self._connection.sendall(_LENGTH.pack(len(packed)))
        self._connection.sendall(packed)

    def receive[T](self, kind: type[T], most: int) -> T:
        """The next message. Raises OSError or EOFError where none comes, ValueError for what is none or too long."""
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size))
        if length > most:
            raise ValueError("a message is longer than any can be")
        return msgspec.msgpack.decode(self._exactly(length), type=kind)

    def _exactly(self, length: int) -> bytes:
        received = bytearray()
        while len(received) < length:
            piece = self._connection.recv(min(length - len(received), _AT_ONCE))
            if not piece:
                raise EOFError
            received += piece
        return bytes(received)
