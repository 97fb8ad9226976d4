"""A streamed answer as a conversation: chunks in, what may be written out, and what is in the log by then."""

from collections.abc import Callable

import pytest

from policies.formats.masker import Tally, Withheld
from proxy.release import WINDOW_BYTES, WINDOW_S, Release
from siem.record.log import RecordFailed
from tests.policies.formats.masking import DIGESTER


class Upper:
    """A masker that holds a chunk back where it ends in a dash, and that can be made to fail."""

    def __init__(self) -> None:
        self.tally = Tally(DIGESTER)
        self._held = b""

    def feed(self, data: bytes) -> list[bytes]:
        if data == b"bad":
            raise Withheld("not_csv")
        if data == b"bug":
            raise ZeroDivisionError
        self._held += data
        if data.endswith(b"-"):
            return []
        taken, self._held = self._held.upper(), b""
        self.tally.fields[3] += 1
        return [taken]

    def close(self) -> list[bytes]:
        if self._held:
            raise Withheld("not_whole")
        return []


class Book:
    """A ledger that says what it was asked to write down, until it is full."""

    def __init__(self, room: int = 100) -> None:
        self.written: list[str] = []
        self.room = room
        self.bytes_out = 0

    def shown(self, tally: Tally) -> None:
        self._write(f"shown {sum(tally.fields.values())}")

    def closed(self, reason: str) -> None:
        self._write(f"closed {reason}".strip())

    def _write(self, what: str) -> None:
        if not self.room:
            raise RecordFailed("full")
        self.room -= 1
        self.written.append(what)


class Told:
    """What a release was told and did."""

    def __init__(self, room: int = 100) -> None:
        self.book = Book(room)
        self.cuts = 0
        self.forbidden: str | None = None
        self.now_s = 100.0
        self.release = Release(
            Upper(),
            self.book,  # type: ignore[arg-type]
            stopped=lambda: self.forbidden,
            cut=self._cut,
            clock=lambda: self.now_s,
        )

    def due_in_s(self) -> float | None:
        return self.release.due_in_s

    def later(self, data: bytes | None) -> list[bytes]:
        """What is released of *data* when enough time has passed."""
        self.now_s += WINDOW_S
        return self.release(data)

    def _cut(self) -> None:
        self.cuts += 1


def test_windows_are_written_down_and_then_released() -> None:
    told = Told()
    assert told.later(b"ab") == [b"AB"]
    assert told.book.written == ["shown 1"]
    assert told.later(b"cd-") == []
    assert told.later(b"ef") == [b"CD-EF"]
    assert told.release(b"") == []
    assert told.book.written == ["shown 1", "shown 1", "closed"]
    assert told.book.bytes_out == 7
    assert told.release.over
    assert told.cuts == 0


def test_small_chunks_wait_for_more_and_are_one_window() -> None:
    told = Told()
    assert [told.release(b"ab") for _ in range(9)] == [[]] * 9
    assert told.book.written == []
    assert told.later(b"cd") == [b"AB" * 9 + b"CD"]
    assert told.book.written == ["shown 10"]


def test_a_window_is_full_before_its_time() -> None:
    told = Told()
    assert told.release(b"a" * (WINDOW_BYTES - 1)) == []
    assert told.release(b"a") == [b"A" * WINDOW_BYTES]
    assert told.release(b"a" * WINDOW_BYTES) == [b"A" * WINDOW_BYTES]
    assert told.book.written == ["shown 2", "shown 1"]


def test_what_waits_goes_when_time_has_passed_though_no_more_comes() -> None:
    told = Told()
    assert told.due_in_s() is None
    told.release(b"ab")
    told.now_s += WINDOW_S / 2
    assert told.due_in_s() == pytest.approx(WINDOW_S / 2)
    assert told.release(None) == []
    told.now_s += WINDOW_S / 2
    assert told.due_in_s() == 0
    assert told.release(None) == [b"AB"]
    assert told.book.written == ["shown 1"]
    assert told.later(None) == []
    assert told.book.written == ["shown 1"]


def test_what_waits_goes_at_the_end() -> None:
    told = Told()
    told.release(b"ab")
    assert told.release(b"") == [b"AB"]
    assert told.book.written == ["shown 1", "closed"]


def test_what_waited_when_a_stream_is_cut_is_neither_shown_nor_said_to_be() -> None:
    told = Told()
    told.release(b"ab")
    told.forbidden = "caller_blocked"
    assert told.later(None) == []
    assert told.due_in_s() is None
    assert told.book.written == ["closed caller_blocked"]
    assert told.cuts == 1


def forbid(told: Told) -> bytes:
    told.forbidden = "caller_blocked"
    return b"xy"


def fill(told: Told) -> bytes:
    told.book.room = 0
    return b"xy"


ENDINGS: dict[str, tuple[Callable[[Told], bytes], list[str]]] = {
    "a body that is not what it says": (lambda told: b"bad", ["closed answer_unreadable"]),
    "an overlay": (forbid, ["closed caller_blocked"]),
    "a log that is full": (fill, []),
}


@pytest.mark.parametrize("case", ENDINGS)
def test_an_answer_that_fails_is_cut_and_nothing_more_comes_of_it(case: str) -> None:
    told = Told()
    assert told.later(b"ab") == [b"AB"]
    make, written = ENDINGS[case]
    assert told.later(make(told)) == []
    assert told.cuts == 1
    assert told.book.written[1:] == written
    assert told.release.over
    told.forbidden, told.book.room = None, 100
    assert told.release(b"cd") == []
    assert told.release(b"") == []
    told.release.abort("again")
    assert (told.cuts, told.book.written[1:]) == (1, written)


def test_a_body_that_is_not_whole_is_cut_at_its_end() -> None:
    """An ordinary end would make the rest look whole."""
    told = Told()
    told.release(b"ab-")
    assert told.release(b"") == []
    assert (told.cuts, told.book.written) == (1, ["closed answer_unreadable"])


def test_what_is_not_foreseen_is_left_to_the_latch() -> None:
    with pytest.raises(ZeroDivisionError):
        Told().release(b"bug")


def test_it_knows_when_it_last_moved() -> None:
    told = Told()
    before = told.release.moved_s
    told.later(b"ab-")
    assert told.release.moved_s > before
