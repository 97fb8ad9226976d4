"""What is read first becomes what it would have become at once; a large page is masked in turns."""

import asyncio

import pytest

from policies.formats.found import by_category
from policies.formats.html.body import HtmlMasker
from policies.formats.html.shape import HtmlShape
from policies.formats.json.nodes import Object, Value
from policies.formats.masker import Action, Kind, Tally, Withheld
from policies.formats.prose import LONG, Prose
from proxy.answer import Mask
from proxy.exchange import Exchange
from proxy.reading import Reader
from proxy.reading_first import ReadingFirst
from proxy.turns import Turns
from tests.policies.formats.masking import UNDECLARED, tally
from tests.policies.recognisers.weights_here import the_tagger

SHAPE = HtmlShape(
    record=Object({}, Value(UNDECLARED)),
    selectors=(),
    undeclared=Action(field=1, kind=Kind.SCAN, prose=LONG),
)
SAID = "昨天下午消防员房超宁将霍华强救出火场，第{}次。"
HIDDEN = "昨天下午消防员***将***救出火场，第{}次。"


def page(said: str, rows: int) -> str:
    return "".join(f"<p>{said.format(number)}</p>\n" for number in range(rows))


def looked_at(counts: Tally) -> Mask:
    return Mask(masker=HtmlMasker(SHAPE, counts, "utf-8", lambda action, held: ""), content_type="", format="html")


async def masked(body: bytes, *, ends_after: int | None = None) -> tuple[Exchange, int, bool]:
    """An exchange whose answer *body* was masked, how many turns of the loop others had, and whether that is over.

    *ends_after* so many turns nobody wants it any more.
    """
    counts = tally()
    counts.prose = Prose(later=True)
    exchange = Exchange(ledger=None, treatment=looked_at(counts), prose=counts.prose)  # type: ignore[arg-type]

    def anew() -> Mask:
        again = tally()
        again.prose = counts.prose
        return looked_at(again)

    masking = ReadingFirst(Reader(), Turns(), lambda: None).masking(exchange, body, anew)
    over = asyncio.Event()
    if masking is None:
        return exchange, 0, True
    asyncio.get_running_loop().call_soon(masking.begin, over.set)
    turns = 0
    while not over.is_set() and turns != ends_after:
        await asyncio.sleep(0)
        turns += 1
    if ends_after is not None:
        masking.end(tells=True)
        await asyncio.sleep(0)
    return exchange, turns, over.is_set()


def test_a_large_page_is_masked_in_turns() -> None:
    the_tagger()
    exchange, turns, _ = asyncio.run(masked(page(SAID, 1000).encode()))
    assert isinstance(exchange.masked, tuple)
    shown, counts = exchange.masked
    assert shown.decode() == page(HIDDEN, 1000)
    assert by_category(counts.found)["person_name"].number == 2000
    assert turns > 10


def test_one_that_cannot_be_masked_is_not() -> None:
    exchange, _, _ = asyncio.run(masked(b"\xff" * 100))
    assert isinstance(exchange.masked, Withheld)


def test_what_is_known_waits_for_nothing_and_what_is_not_is_read() -> None:
    the_tagger()
    said = SAID.format("十")
    for waits in (True, False):  # read, and then remembered
        exchange, turns, _ = asyncio.run(masked(page(said, 1).encode()))
        assert isinstance(exchange.masked, tuple)
        assert exchange.masked[0].decode() == page(HIDDEN.format("十"), 1)
        assert (turns > 0) == waits


@pytest.mark.parametrize("after", [1, 4])
def test_one_that_nobody_wants_any_more_is_left_and_who_waits_is_told(after: int) -> None:
    the_tagger()
    exchange, _, told = asyncio.run(masked(page(SAID, 1000).encode(), ends_after=after))
    assert exchange.masked is None
    assert told
