"""Exports of which a part may be asked for: `Range` is answered from what was shown before, and never sent on.

What the system behind would send of its own for a range begins anywhere, and nobody could tell what it is. So it is not
asked; and whoever asks for a part of an export that he has not just been shown, as it was shown to him, gets all anew.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

import msgspec

from proxy.answer import Mask
from proxy.exchange import Exchange
from proxy.marks import mark_headers
from proxy.ranges import Unsatisfiable, is_asked, part_in
from proxy.release import Release
from proxy.spool import Spool

LARGEST_PART = 4 * 1024 * 1024
"""Bytes. Of a larger range the beginning is sent, and the rest is asked for again (RFC 9110, 15.3.7)."""
_SENT_ON = frozenset({"accept", "accept-language", "cookie"})
"""Headers by which the system behind may answer something else."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an export, or that there is none such."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    format: str
    mark: str


class Exports:
    """The exports of one worker, in its *spool*."""

    def __init__(self, spool: Spool) -> None:
        self.spool = spool

    def begin(self, exchange: Exchange, status: int) -> None:
        """Keep the answer to *exchange*, about to be released, where it is one to keep."""
        forward, treatment = exchange.forward, exchange.treatment
        if (
            forward is None
            or not forward.operation.export
            or status != HTTPStatus.OK
            or forward.request.method != "GET"
        ):
            return
        if isinstance(treatment, Mask) and exchange.system is not None and not exchange.system.is_learning:
            exchange.spooled = self.spool.begin(
                bound_of(exchange), treatment.content_type, treatment.format, exchange.ledger.mark
            )

    def whole(self, exchange: Exchange, body: bytes) -> None:
        """All of the answer to *exchange*, *body*, is released."""
        if exchange.spooled is not None:
            self.spool.write(exchange.spooled, body)
            self.spool.end(exchange.spooled)

    def abandon(self, exchange: Exchange) -> None:
        """The answer to *exchange* is withheld or cut: nobody may ask for a part of it."""
        if exchange.spooled is not None and exchange.spooled.until_s is None:
            self.spool.drop(exchange.spooled)

    def kept(self, release: Release, exchange: Exchange) -> Callable[[bytes | None], list[bytes]]:
        """*release*, but what it lets go of the answer to *exchange* is kept as well, where it is to be."""
        spooled = exchange.spooled
        if spooled is None:
            return release

        def keeping(data: bytes | None) -> list[bytes]:
            pieces = release(data)
            for piece in pieces:
                self.spool.write(spooled, piece)
            if release.is_whole:
                self.spool.end(spooled)
            return pieces

        return keeping

    def part(self, exchange: Exchange) -> Part | None:
        """The part that is asked for, of an export that was shown; None where all of it is to be asked for anew."""
        request, forward = exchange.request, exchange.forward
        if request is None or forward is None or not forward.operation.export or request.method != "GET":
            return None
        if not is_asked(request.headers):
            return None
        tag = request.headers["if-range"][0].strip()
        spooled = self.spool.find(tag[1:-1], bound_of(exchange)) if tag == f'"{tag[1:-1]}"' else None
        if spooled is None:
            return None
        try:
            found = part_in(request.headers, spooled.size, LARGEST_PART)
            if found is None:
                return None
            body = spooled.read(*found)
        except Unsatisfiable:
            status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
            return Part(status, (_content_range(f"*/{spooled.size}"),), b"", spooled.format, "")
        except OSError:
            self.spool.drop(spooled)
            return None
        headers = (
            (b"content-type", spooled.content_type.encode("ascii", "replace")),
            _content_range(f"{found[0]}-{found[1] - 1}/{spooled.size}"),
            *spooled.headers,
            *mark_headers(spooled.mark),
            (b"vary", b"Cookie, Authorization"),
        )
        return Part(HTTPStatus.PARTIAL_CONTENT, headers, body, spooled.format, spooled.mark)


def bound_of(exchange: Exchange) -> bytes:
    """What an export is bound to: who asks for what, with whose permission, and by which rules."""
    request, forward, system, ledger = exchange.request, exchange.forward, exchange.system, exchange.ledger
    assert request is not None
    assert forward is not None
    assert system is not None
    caller = ledger.caller
    said = (
        system.name,
        system.digest,
        ledger.overlay,
        forward.operation.id,
        (request.path, request.query),
        [(name, request.headers.get(name, ())) for name in sorted(_SENT_ON)],
        (caller.id, caller.kind.value, caller.credential, caller.on_behalf_of, caller.basis, caller.own),
        (sorted(caller.posts), sorted(caller.purposes), sorted(caller.attributes.items())),
        forward.view.is_harder,
        [grant.id for grant in forward.view.grants],
        [permit.id for permit in forward.permits],
    )
    return hashlib.sha256(msgspec.json.encode(said)).digest()


def _content_range(said: str) -> tuple[bytes, bytes]:
    return b"content-range", f"bytes {said}".encode()
