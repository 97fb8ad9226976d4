"""In what order the texts of answers are read."""

import asyncio
import threading

import pytest

from policies.formats.prose import Prose
from proxy.reading import Reader, Reading


class Told(Prose):
    """A text that says when it is read; the first waits until it may be."""

    def __init__(self, name: str, read: list[str], may: threading.Event) -> None:
        super().__init__()
        self._name, self._read_so_far, self._may = name, read, may

    def read(self) -> None:
        assert self._may.wait(60)
        self._read_so_far.append(self._name)
        if self._name == "wrong":
            raise ZeroDivisionError


async def order(names: str, *, forget: str = "") -> tuple[str, str]:
    """In what order texts are read that are given while the first is, and in what order who waits is told.

    An upper-case letter is a page, any other a part of what flows; *forget* is not wanted any more by then.
    """
    reader, read, told, may = Reader(), list[str](), list[str](), threading.Event()
    readings = {}
    over = asyncio.Event()
    for name in names:
        prose = Told(name, read, may)
        readings[name] = reading = Reading(reader, prose, None if name.isupper() else 600)

        def done(name: str = name) -> None:
            told.append(name)
            if len(told) == len(names) - len(forget):
                over.set()

        reading.begin(done)
    for name in forget:
        readings[name].end()
    may.set()
    await asyncio.wait_for(over.wait(), 30)
    return "".join(read), "".join(told)


@pytest.mark.parametrize(
    ("given", "read"),
    [("abcd", "abcd"), ("ABC", "ABC"), ("aAbcBd", "aAbBcd"), ("AaBCb", "AaBbC"), ("abA", "aAb")],
    ids=["flowing", "pages", "both, a part first", "both, a page first", "a page waits for one part"],
)
def test_pages_and_parts_of_what_flows_are_read_in_turn(given: str, read: str) -> None:
    assert asyncio.run(order(given)) == (read, read)


def test_what_nobody_wants_any_more_is_not_read() -> None:
    assert asyncio.run(order("aAb", forget="A")) == ("ab", "ab")


def test_what_cannot_be_read_is_told_all_the_same_and_the_next_is_read() -> None:
    async def wrong() -> list[str]:
        reader, read, may, over = Reader(), list[str](), threading.Event(), asyncio.Event()
        may.set()
        Reading(reader, Told("wrong", read, may)).begin(lambda: read.append("told"))
        Reading(reader, Told("next", read, may)).begin(over.set)
        await asyncio.wait_for(over.wait(), 30)
        return read

    assert asyncio.run(wrong()) == ["wrong", "told", "next"]


def test_who_has_waited_for_long_enough_is_told_and_not_read_any_more() -> None:
    async def late() -> tuple[list[str], bool]:
        reader, read, may, over = Reader(), list[str](), threading.Event(), asyncio.Event()
        Reading(reader, Told("a", read, may), 600).begin(lambda: None)
        Reading(reader, Told("b", read, may), 0.001).begin(over.set)
        await asyncio.wait_for(over.wait(), 30)
        may.set()
        return read, reader.forget(Reading(reader, Prose()))

    read, was_there = asyncio.run(late())
    assert "b" not in read
    assert not was_there
