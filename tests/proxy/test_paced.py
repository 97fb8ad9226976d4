"""A masker that is left amid a body: for its turn, or for what reads its text."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from policies.formats.csv_body import CsvMasker
from policies.formats.json.nodes import Object, Value
from policies.formats.masker import Action, Kind, Masker, Tally, Withheld
from policies.formats.prose import AT_ONCE, EVERY, TOO_MUCH, UNREAD, Prose
from policies.formats.text_body import TextMasker
from policies.policy_kinds import Beyond
from policies.prose_rule import ProseRule
from proxy.paced import Paced
from proxy.pausing import Pausing, pause
from proxy.reading import Reader
from proxy.release import Release
from proxy.turns import SLICE, Turn, Turns
from tests.policies.formats.masking import UNDECLARED, tally
from tests.policies.recognisers.weights_here import the_tagger

SAID = "昨天下午消防员房超宁将霍华强救出火场，高龙住在杭州市西湖区文三路128号。"
HIDDEN = "昨天下午消防员***将***救出火场，***住在***。"
PROSE = Action(field=1, kind=Kind.SCAN, prose=EVERY)
SHOWN = Value(Action(field=2, kind=Kind.SHOW, personal=False))


@dataclass
class Book:
    """A ledger that only notes how an answer has ended."""

    reasons: list[str] = field(default_factory=list)
    bytes_out: int = 0

    def shown(self, tally: Tally) -> None:
        """Nobody looks at it here."""

    def closed(self, reason: str) -> None:
        self.reasons.append(reason)


@dataclass
class Going:
    """A release that is fed and waited for, as a core does; what it lets go is put together."""

    masker: Masker
    reader: Reader
    turns: Turns
    wait_s: float = 60
    clock: Callable[[], float] = lambda: 0.0
    out: bytearray = field(default_factory=bytearray)
    book: Book = field(default_factory=Book)
    waits: int = 0
    """How often it was waited for."""

    def __post_init__(self) -> None:
        self.release = Release(
            self.masker,
            self.book,  # type: ignore[arg-type]
            stopped=lambda: None,
            cut=lambda: None,
            flows=Paced(self.masker, self.reader, self.turns, self.wait_s, clock=self.clock),
        )

    async def say(self, data: bytes) -> None:
        """Give it *data*, and wait as long as it waits."""
        self._write(self.release(data))
        while (job := self.release.awaits) is not None:
            self.waits += 1
            over = asyncio.Event()
            job.begin(over.set)
            await asyncio.wait_for(over.wait(), 60)
            self._write(self.release(None))

    def _write(self, windows: list[bytes]) -> None:
        self.out += b"".join(windows)


def counted(beyond: Beyond = Beyond.MASK, characters: int = 1) -> Tally:
    made = tally()
    made.prose = Prose(ProseRule(characters, beyond), later=True)
    return made


def table(counts: Tally) -> CsvMasker:
    return CsvMasker(Object({"id": SHOWN, "note": Value(PROSE)}, Value(UNDECLARED)), UNDECLARED, counts, "utf-8")


def remark(number: int, said: str = SAID) -> str:
    """A line of a table. Each test has numbers of its own: what was read once is remembered."""
    return f"{number},第{number}条。{said}\n"


async def told(masker: Masker, body: bytes, pieces: int = 1, **options: Any) -> Going:
    going = Going(masker, Reader(), Turns(), **options)
    size = -(-len(body) // pieces)
    for start in range(0, len(body), size):
        await going.say(body[start : start + size])
    await going.say(b"")
    return going


@pytest.mark.parametrize("pieces", [1, 7])
def test_what_flows_is_read_however_much_it_is_and_only_names_are_hidden(pieces: int) -> None:
    """However little of an answer that is held may be read: nobody is kept waiting by it."""
    the_tagger()
    rows = range(pieces * 10_000, pieces * 10_000 + 400)
    body = "id,note\n" + "".join(map(remark, rows))
    assert len(body) > 3 * AT_ONCE
    going = asyncio.run(told(table(counted()), body.encode(), pieces))
    assert going.out.decode() == "id,note\n" + "".join(remark(number, HIDDEN) for number in rows)
    assert going.book.reasons == [""]
    assert going.waits < 80, "one by one they would take twice as long"


def test_a_text_that_is_longer_than_what_is_read_at_once_is_read_part_by_part() -> None:
    the_tagger()
    said = "".join(remark(number) for number in range(600, 600 + 3 * AT_ONCE // len(SAID))).replace("\n", "")
    going = asyncio.run(told(TextMasker(PROSE, counted(), "utf-8"), said.encode()))
    assert going.out.decode() == said.replace(SAID, HIDDEN)
    assert going.waits > 2


def test_a_name_that_is_cut_where_a_slice_ends_or_what_reads_it_pauses() -> None:
    the_tagger()
    for cut in range(0, len(SAID.encode()), 5):  # within each character in one of three ways
        before, behind = f"id,note\n1,{cut}切。", f"\n2,{cut}完。{SAID}\n"
        filling = "x" * (SLICE - len(before.encode()) - cut)
        going = asyncio.run(told(table(counted()), f"{before}{filling}。{SAID}{behind}".encode()[: 2 * SLICE]))
        assert going.out.decode() == f"{before}{filling}。{HIDDEN}{behind}".replace(SAID, HIDDEN)


class Slow:
    """A clock by which each look takes some seconds."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        self.now_s += 10
        return self.now_s


def test_nobody_waits_longer_than_declared_and_the_rest_is_hidden() -> None:
    the_tagger()
    body = "id,note\n" + "".join(map(remark, range(1000, 1500)))
    masker = table(counted())
    going = asyncio.run(told(masker, body.encode(), wait_s=15, clock=Slow()))
    shown = going.out.decode()
    assert going.book.reasons == [""]
    assert 0 < shown.count(HIDDEN) < 500
    assert shown.count("***") > shown.count(HIDDEN)
    assert not any(name in shown for name in ("房超宁", "霍华强", "高龙", "文三路"))


def test_or_the_answer_is_cut_where_that_is_declared() -> None:
    the_tagger()
    body = "id,note\n" + "".join(map(remark, range(2000, 2500)))
    going = asyncio.run(told(table(counted(Beyond.WITHHOLD)), body.encode(), wait_s=15, clock=Slow()))
    assert going.book.reasons == [TOO_MUCH]
    assert going.release.over
    assert not going.release.is_whole


def test_where_nothing_is_read_nothing_is_waited_for() -> None:
    the_tagger()
    masker = table(counted(characters=0))
    going = asyncio.run(told(masker, ("id,note\n" + "".join(map(remark, range(3000, 3020)))).encode()))
    assert going.waits == 0
    assert masker.tally.prose.left == 0
    assert "高龙" not in going.out.decode()


def test_what_has_come_is_masked_slice_by_slice_in_turns() -> None:
    """Or the mebibyte that is held before an answer flows would be masked while everybody else waits."""

    async def most() -> tuple[int, int]:
        masker = Noted(tally())
        going = await told(masker, b"x" * (16 * SLICE))
        return max(masker.sizes), going.waits

    assert asyncio.run(most()) == (SLICE, 15)


class Noted:
    """A masker that notes how much it is given at once."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.sizes: list[int] = []

    def feed(self, data: bytes) -> list[bytes]:
        self.sizes.append(len(data))
        return [data]

    def close(self) -> list[bytes]:
        return []


def test_one_that_is_stopped_while_it_waits_lets_nothing_go_and_tells_who_waits() -> None:
    the_tagger()

    async def stopped() -> tuple[Going, list[str]]:
        going, woken = Going(table(counted()), Reader(), Turns()), list[str]()
        assert going.release(f"id,note\n{remark(4000)}".encode()) == []
        job = going.release.awaits
        assert job is not None
        job.begin(lambda: woken.append("woken"))
        going.release.abort("caller_blocked")
        assert going.release.awaits is None
        return going, woken

    going, woken = asyncio.run(stopped())
    assert woken == ["woken"]
    assert going.book.reasons == ["caller_blocked"]
    assert going.release(None) == []


def test_work_that_is_left_goes_on_where_it_was_and_raises_what_it_raises() -> None:
    turn = Turn(Turns())

    def work() -> str:
        for _ in range(2):
            pause(turn)
        raise Withheld(UNREAD)

    pausing = Pausing(work)
    assert (pausing.go(), pausing.go()) == (turn, turn)
    with pytest.raises(Withheld, match=UNREAD):
        pausing.go()
    pausing.stop()


def test_work_that_is_stopped_lets_go_of_what_it_holds() -> None:
    held: list[str] = ["held"]

    def work() -> None:
        try:
            pause(Turn(Turns()))
        finally:
            held.clear()

    pausing = Pausing(work)
    pausing.go()
    pausing.stop()
    assert not held
