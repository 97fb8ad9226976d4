"""One gateway with one scripted system behind it, and how its answers are read."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.gateway import Gateway, gateway, raw
from tests.scripted import Script, Scripted, answering, scripted
from tests.spellings import ID_NO, MOBILE, NAME, PLANTED, told_by

__all__ = ["ID_NO", "MOBILE", "NAME", "PLANTED", "Rig", "chunks_of", "ended", "reads", "rigged", "shows_nothing"]


@dataclass
class Rig:
    """A gateway with a system behind it."""

    gateway: Gateway
    behind: Scripted

    def ask(
        self,
        script: Script | None = None,
        *,
        target: str = "/people",
        method: str = "GET",
        headers: str = "",
        body: bytes = b"",
    ) -> bytes:
        """Everything that a caller receives, on a connection of its own."""
        if script is not None:
            self.behind.script = script
        self.behind.asked.clear()
        length = f"Content-Length: {len(body)}\r\n" if body or method in ("POST", "PUT") else ""
        head = f"{method} {target} HTTP/1.1\r\nHost: people.localhost\r\nConnection: close\r\n{length}{headers}\r\n"
        return raw(self.gateway.port, head.encode("utf-8") + body)


@contextlib.contextmanager
def rigged(folder: Path, **options: Any) -> Iterator[Rig]:
    """A gateway in *folder*; *options* as `gateway` takes them."""
    with scripted(answering(b"{}")) as behind, gateway(folder, {"people": behind.port}, **options) as running:
        yield Rig(running, behind)


def reads(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer; a chunked body is put together, without asking whether it ended."""
    head, _, body = answer.partition(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1]) if head else 0
    headers = headers_in(head)
    if headers.get("transfer-encoding") == "chunked":
        body = b"".join(chunks_of(body))
    return status, headers, body


def headers_in(head: bytes) -> dict[str, str]:
    """The headers of an answer by lower-case name."""
    pairs = (line.decode("latin-1").split(": ", 1) for line in head.split(b"\r\n")[1:])
    return {name.lower(): value for name, value in pairs}


def chunks_of(body: bytes) -> list[bytes]:
    """The chunks of a chunked body, as far as it goes; an empty one last where it ended."""
    chunks = []
    while b"\r\n" in body:
        size, rest = body.split(b"\r\n", 1)
        length = int(size, 16)
        if len(rest) < length + 2:
            break
        chunks.append(rest[:length])
        body = rest[length + 2 :]
    return chunks


def ended(answer: bytes) -> bool:
    """Whether an answer looks whole to its reader: the length it promised, or the last chunk."""
    head, _, body = answer.partition(b"\r\n\r\n")
    headers = headers_in(head)
    if headers.get("transfer-encoding") == "chunked":
        chunks = chunks_of(body)
        return bool(chunks) and chunks[-1] == b""
    return len(body) == int(headers.get("content-length", "-1"))


def shows_nothing(answer: bytes) -> bool:
    """Whether nothing of what was planted can be read out of *answer*, in any spelling."""
    return not told_by(answer)
