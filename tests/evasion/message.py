"""An answer in parts, before it is put into bytes: what is said of it, how it is framed, in which pieces it comes."""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

WHOLE, SHORT, LONG, CHUNKED, UNENDED, BOTH, NONE = "whole", "short", "long", "chunked", "unended", "both", "none"


@dataclass(frozen=True, repr=False)
class Message:
    """An answer in parts, before it is put into bytes."""

    status: int
    lines: tuple[tuple[str, str], ...]
    """Headers, but for those that say how long the body is."""
    body: bytes
    reason: str = "OK"
    framing: str = WHOLE
    cuts: tuple[int, ...] = ()
    """Where the body is cut into chunks."""
    before: bytes = b""
    after: bytes = b""
    is_kept: bool = False
    """Whether the system behind keeps its connection, where the answer has an end of its own."""
    told: list[str] = field(default_factory=list, compare=False)
    """What has been done to it."""

    def __repr__(self) -> str:
        """Without the middle of a large body."""
        body = self.body if len(self.body) < 600 else self.body[:300] + b" ... " + self.body[-300:]
        return (
            f"{self.status} {self.reason} {self.lines} {self.framing} {self.cuts} {self.is_kept} {self.told} {body!r}"
        )

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What Hypothesis says of it."""
        printer.text(repr(self))

    @property
    def is_cut(self) -> bool:
        """Whether its reader must see that something is missing."""
        return self.framing == UNENDED or (self.framing == LONG and not self.after)

    @property
    def closes(self) -> bool:
        """Whether the connection ends behind it: for its reader, or because its system does not keep it."""
        return not self.is_kept or self.framing in (LONG, UNENDED, BOTH, NONE)

    @property
    def wire(self) -> list[bytes]:
        """The answer, byte for byte, in the pieces in which it is sent."""
        lines, body = [f"{name}: {value}" for name, value in self.lines], self.body
        places = [0, *sorted(min(cut, len(body)) for cut in self.cuts), len(body)]
        pieces = [body[start:end] for start, end in pairwise(places) if start < end]
        if self.framing in (CHUNKED, UNENDED, BOTH):
            lines.append("Transfer-Encoding: chunked")
            pieces = [b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces]
            pieces += [b"0\r\n\r\n"] if self.framing != UNENDED else []
        if self.framing in (WHOLE, SHORT, LONG, BOTH):
            length = {SHORT: max(0, len(body) - 7), LONG: len(body) + 7}.get(self.framing, len(body))
            lines.append(f"Content-Length: {length}")
        head = "\r\n".join([f"HTTP/1.1 {self.status:03} {self.reason}", *lines, "", ""]).encode("utf-8", "replace")
        return [self.before + head, *pieces, self.after]


def read(recorded: bytes) -> Message:
    """The recorded answer as a message."""
    head, _, body = recorded.partition(b"\r\n\r\n")
    first, *lines = head.decode("utf-8", "replace").split("\r\n")
    pairs = [(name, value) for name, _, value in (line.partition(": ") for line in lines)]
    if ("transfer-encoding", "chunked") in [(name.lower(), value) for name, value in pairs]:
        body = joined(body)
    kept = [pair for pair in pairs if pair[0].lower() not in ("content-length", "transfer-encoding", "connection")]
    return Message(int(first.split(" ")[1]), tuple(kept), body)


def joined(chunks: bytes) -> bytes:
    """The body that comes in *chunks*."""
    whole = b""
    while chunks:
        size, _, chunks = chunks.partition(b"\r\n")
        whole, chunks = whole + chunks[: int(size, 16)], chunks[int(size, 16) + 2 :]
    return whole
