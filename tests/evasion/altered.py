"""`python -m tests.evasion.altered HOW SETTINGS.json`: a worker that is altered on purpose.

For tests alone: workers that stream what others hold, that leak in one of the ways in which a masker could be wrong,
that fail where a file beside their settings says, and that have more patience. What does not find the leaks proves nothing about the real worker.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from policies.formats.json import in_place as json_in_place
from policies.formats.json.body import JsonMasker
from policies.formats.masker import Masker, Withheld
from proxy import answer, http2, ledger, release, stream
from proxy.addon import Hooks
from proxy.answer_headers import AnswerHeaders
from proxy.guard import withhold_on_failure
from siem.record.log import RecordFailed
from tests import run_worker
from tests.spellings import NAME

SMALL = 128
"""Bytes that are held, and that make a window, where everything is to be streamed."""
FAULT = "fault"
"""The file in the gateway's folder that says what fails, and at which chunk or record: `masker 3`. Of these:

`masker` withholds; `hook` raises what nobody has foreseen where a chunk is masked, `record` where it is written down and
`end` where the answer has ended; `log` finds the disk full.
"""


class Wrapped:
    """A masker around another."""

    def __init__(self, inner: Masker) -> None:
        self.inner = inner
        self.tally = inner.tally
        self.fed = 0
        self.whole = b""

    def feed(self, data: bytes) -> list[bytes]:
        self.fed += 1
        return self.inner.feed(data)

    def close(self) -> list[bytes]:
        return self.inner.close()


class Unreadable(Wrapped):
    """Lets through as it is what it cannot read."""

    def feed(self, data: bytes) -> list[bytes]:
        self.whole += data
        try:
            return super().feed(data)
        except Withheld:
            return [data]

    def close(self) -> list[bytes]:
        try:
            return super().close()
        except Withheld:
            return [self.whole]


class SecondPiece(Wrapped):
    """Lets through as it is what comes in a second piece."""

    def feed(self, data: bytes) -> list[bytes]:
        masked = super().feed(data)
        return [data] if self.fed == 2 else masked


class Names(Wrapped):
    """Knows one name too few."""

    def feed(self, data: bytes) -> list[bytes]:
        return self._leaked(super().feed(data))

    def close(self) -> list[bytes]:
        return self._leaked(super().close())

    @staticmethod
    def _leaked(masked: list[bytes]) -> list[bytes]:
        return [piece.replace("张**".encode(), NAME.encode()) for piece in masked]


class Failing(Wrapped):
    """Raises at the chunk that the file says."""

    def feed(self, data: bytes) -> list[bytes]:
        masked = super().feed(data)
        if self.fed == fault_of("masker"):
            raise Withheld("unreadable")
        if self.fed == fault_of("hook"):
            raise ZeroDivisionError
        return masked


def fault_of(kind: str) -> int:
    """At which place something of *kind* is to fail; 0: nowhere."""
    said, _, place = (HOME / FAULT).read_text().partition(" ") if (HOME / FAULT).exists() else ("", "", "")
    return int(place) if said == kind else 0


HOME = Path(sys.argv[-1]).parent if len(sys.argv) > 2 else Path()


def wrapping(kind: type[Wrapped]) -> Callable[[], None]:
    """Put a masker of *kind* around every other."""
    made: Callable[..., Masker | None] = answer._masker

    def altered(*arguments: Any) -> Masker | None:
        masker = made(*arguments)
        return kind(masker) if masker is not None else None

    def alter() -> None:
        answer._masker = altered  # type: ignore[assignment]

    return alter


def all_headers() -> None:
    """Let every header pass that a policy would have to declare."""
    AnswerHeaders._declared = property(lambda self: tuple(self.headers))  # type: ignore[assignment, method-assign]
    AnswerHeaders._tells = lambda self, value, said=(): False  # type: ignore[method-assign]


def streaming() -> None:
    """Stream everything, in small windows."""
    stream.LARGEST_BUFFERED = SMALL
    release.WINDOW_BYTES = SMALL


def leaking_in_place() -> None:
    """Mask where they stand also short lists, and let the names in them pass."""
    in_place()
    masked = JsonMasker._in_place

    def leaked(self: JsonMasker, data: bytes) -> bytes | None:
        shown = masked(self, data)
        return shown and shown.replace("张**".encode(), NAME.encode())

    JsonMasker._in_place = leaked  # type: ignore[method-assign]


def in_place() -> None:
    """Mask where they stand also the records of lists for which it does not pay, whatever the last ones told."""
    json_in_place.LEAST_BYTES = json_in_place.PASSED_OVER = 0


def leaking_streams() -> None:
    """Stream everything, and let a piece of it through."""
    streaming()
    wrapping(SecondPiece)()


def failing() -> None:
    """Stream everything, and fail at the place that the file says."""
    streaming()
    wrapping(Failing)()
    shown: Callable[..., None] = ledger.Ledger.shown
    counted: dict[str, int] = {}

    def recorded(self: ledger.Ledger, tally: Any) -> None:
        counted[self.event] = counted.get(self.event, 0) + 1
        if counted[self.event] == fault_of("log"):
            raise RecordFailed
        if counted[self.event] == fault_of("record"):
            raise ZeroDivisionError
        shown(self, tally)

    ledger.Ledger.shown = recorded  # type: ignore[method-assign]
    ended: Callable[..., None] = Hooks.response

    def response(self: Hooks, flow: Any) -> None:
        if fault_of("end"):
            raise ZeroDivisionError
        ended(self, flow)

    Hooks.response = withhold_on_failure(response)  # type: ignore[method-assign]


def patient() -> None:
    """Tell nobody that his connection goes away while an answer is under way, however long that takes."""
    http2.PATIENCE_S = 600.0  # type: ignore[attr-defined]


WAYS: dict[str, Callable[[], None]] = {
    "streaming": streaming,
    "in place": in_place,
    "failing": failing,
    "patient": patient,
    "leaks what it cannot read": wrapping(Unreadable),
    "leaks the second piece": leaking_streams,
    "leaks a name": wrapping(Names),
    "leaks headers": all_headers,
    "leaks a name in place": leaking_in_place,
}


STREAMING = ("streaming", "failing", "leaks the second piece")
"""Those by which an answer may be cut."""


def altered(how: str) -> list[str]:
    """What a gateway's workers run, so that they are altered in this way."""
    return ["tests.evasion.altered", how]


def main() -> None:
    WAYS[sys.argv.pop(1)]()
    run_worker.main()


if __name__ == "__main__":
    main()
