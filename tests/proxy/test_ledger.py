"""What is written down of an exchange, in which order, and in how many pieces."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from policies.formats.masker import Tally
from policies.program import FREE_TEXT
from policies.program_shapes import UNDECLARED
from proxy import ledger as ledger_module
from proxy.identity.caller import Caller
from proxy.ledger import MOST_SUBJECTS, Ledger
from proxy.system import System
from siem.record.event import AccessEvent, CallerKind, Disclosure, EventId, Phase
from siem.record.log import AccessLog, RecordFailed, StartId
from tests.policies.compiled import DATA_KEYS, SECRET, program
from tests.policies.formats.masking import DIGESTER
from tests.proxy.parts import NOW

SYSTEM = System(program(), "digest", DIGESTER, SECRET, DATA_KEYS)
CLERK = Caller(
    id="li",
    kind=CallerKind.STAFF,
    posts=frozenset({"clerk"}),
    purposes=frozenset({"case-handling"}),
    credential="key:K",
)
LIST = next(operation for operation in SYSTEM.program.operations if operation.id == "GET /people")
INDEX = {field.name: index for index, field in enumerate(SYSTEM.program.fields)}


class Book(AccessLog):
    """A log that remembers what it took, and whether it was to be on the disk at once."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, StartId("6YQ3K0M9ZT"))
        self.taken: list[AccessEvent] = []
        self.durable: list[EventId] = []
        self.is_full = False

    def append(self, event: AccessEvent, *, durably: bool = False) -> None:
        if self.is_full:
            raise RecordFailed("full")
        super().append(event, durably=durably)
        self.taken.append(event)
        if durably:
            self.durable.append(event.id)

    def phases(self) -> list[str]:
        return [str(event.phase) for event in self.taken]


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    made = Book(tmp_path)
    yield made
    made.close()


@pytest.fixture
def ledger(book: Book) -> Ledger:
    made = Ledger(book, lambda: NOW, "10.0.0.7")
    made.system, made.caller, made.operation, made.overlay = SYSTEM, CLERK, "GET /people", 3
    made.view = SYSTEM.view_of(CLERK, NOW, operation=LIST, address="", strictest=False)
    return made


def tally(subjects: int = 0, **counts: int) -> Tally:
    made = Tally(DIGESTER)
    made.subjects = {f"1:{number}": "" for number in range(subjects)}
    for name, count in counts.items():
        made.fields[INDEX[f"person.{name}"]] = count
    return made


def test_an_answer_that_was_held_is_one_event(book: Book, ledger: Ledger) -> None:
    ledger.format = "json"
    ledger.whole(tally(2, name=2, id_no=2), 200, 4711)
    (event,) = book.taken
    assert event == AccessEvent(
        id=ledger.event,
        at=NOW,
        exchange=event.exchange,
        phase=Phase.WHOLE,
        system="people",
        operation="GET /people",
        caller="li",
        caller_kind=CallerKind.STAFF,
        posts=("clerk",),
        credential="key:K",
        purpose="case-handling",
        purposes=("case-handling",),
        format="json",
        source_ip="10.0.0.7",
        verdict=event.verdict,
        status=200,
        program="digest",
        overlay=3,
        fields=event.fields,
        subjects=("1:0", "1:1"),
        disclosure=Disclosure.CLEAR,
        bytes_out=4711,
    )
    assert str(event.exchange) == ledger.event
    assert {use.name: (use.transform, str(use.disclosure), use.grant, use.count) for use in event.fields} == {
        "person.name": ("show", "clear", "clerks", 2),
        "person.id_no": ("keep 0..4", "masked", None, 2),
    }
    assert all(":" in use.rule for use in event.fields), "each says which line decided"


@pytest.mark.parametrize(
    ("subjects", "pieces"),
    [(0, []), (1_000, []), (1_001, [1_000, 1]), (2_500, [1_000, 1_000, 500])],
)
def test_no_event_holds_more_than_a_thousand_subjects(
    book: Book, ledger: Ledger, subjects: int, pieces: list[int]
) -> None:
    ledger.whole(tally(subjects, name=subjects), 200, 1)
    assert book.phases() == (["open", *["shown"] * len(pieces), "close"] if pieces else ["whole"])
    shown = [event for event in book.taken if event.phase in (Phase.SHOWN, Phase.WHOLE)]
    assert [len(event.subjects) for event in shown] == (pieces or [subjects])
    assert max(map(len, (event.subjects for event in book.taken))) <= MOST_SUBJECTS
    assert sum(use.count for event in book.taken for use in event.fields) == subjects, "counted once"
    assert len({digest for event in shown for digest in event.subjects}) == subjects
    assert len({event.id for event in book.taken}) == len(book.taken)
    assert {str(event.exchange) for event in book.taken} == {ledger.event}
    if subjects:
        assert {event.disclosure for event in shown} == {Disclosure.CLEAR}, "each piece says how much was shown"


def test_a_stream_is_opened_shown_and_closed(book: Book, ledger: Ledger) -> None:
    ledger.opened(200)
    ledger.shown(tally(1, name=1))
    ledger.shown(Tally(DIGESTER))
    ledger.bytes_out = 99
    ledger.closed("")
    assert book.phases() == ["open", "shown", "close"], "a window about nobody needs no record"
    assert [event.id == ledger.event for event in book.taken] == [True, False, False]
    assert [event.status for event in book.taken] == [200, 200, 200]
    assert (book.taken[-1].bytes_out, book.taken[-1].verdict) == (99, "forward")


def test_a_stream_that_was_cut_says_why(book: Book, ledger: Ledger) -> None:
    ledger.opened(200)
    ledger.closed("caller_blocked")
    assert (book.taken[-1].verdict, book.taken[-1].reason) == ("withhold", "caller_blocked")


def test_an_intent_is_on_the_disk_before_anything_is_sent_on(book: Book, ledger: Ledger) -> None:
    ledger.intent()
    assert book.durable == [ledger.event]
    ledger.whole(tally(), 200, 0)
    assert book.phases() == ["intent", "whole"]
    assert book.durable == [ledger.event], "what follows need not be"


def test_what_was_refused_is_written_down_without_a_system_or_a_caller(book: Book) -> None:
    nobody = Ledger(book, lambda: NOW, "")
    nobody.refused("malformed_request", 400)
    (event,) = book.taken
    assert (event.system, event.operation, event.caller, event.program) == ("", "unknown", "", "")
    assert (event.reason, event.status, event.verdict) == ("malformed_request", 400, "withhold")


def test_what_recognisers_hid_is_counted_by_category(book: Book, ledger: Ledger) -> None:
    made = tally()
    made.found["mobile"] = 2
    made.paths["/a/*"] = 1
    made.fields[UNDECLARED] = 3
    ledger.whole(made, 200, 1)
    assert ledger.view is not None
    text, undeclared = ledger.view.decisions[FREE_TEXT], ledger.view.decisions[UNDECLARED]
    assert [(use.name, use.category, use.count) for use in book.taken[0].fields] == [
        (undeclared.name, undeclared.category, 3),
        (text.name, "mobile", 2),
        ("/a/*", undeclared.category, 1),
    ]


def test_a_full_log_raises_every_time(book: Book, ledger: Ledger) -> None:
    book.is_full = True
    steps: list[Any] = [
        ledger.intent,
        lambda: ledger.opened(200),
        lambda: ledger.shown(tally(1)),
        lambda: ledger.closed(""),
        lambda: ledger.whole(tally(), 200, 0),
        lambda: ledger.refused("not_ready", 503),
    ]
    for step in steps:
        with pytest.raises(RecordFailed):
            step()
    assert book.taken == []


def test_what_is_kept_with_a_view_tells_answers_apart_and_stays_small(
    book: Book, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By field and count, and never by what recognisers found: that is told anew each time."""
    monkeypatch.setattr(ledger_module, "MOST_TOLD", 3)
    assert ledger.view is not None
    ledger.view.told.clear()
    for number in (*range(1, 6), 1):
        ledger.whole(tally(number, name=number), 200, 1)
        found = tally(number, name=number)
        found.found["mobile"] = number
        ledger.whole(found, 200, 1)
        assert len(ledger.view.told) <= 3
    told = [{use.name: use.count for use in event.fields} for event in book.taken]
    free_text = ledger.view.decisions[FREE_TEXT].name
    for place, number in enumerate((*range(1, 6), 1)):
        assert told[2 * place] == {"person.name": number}
        assert told[2 * place + 1] == {"person.name": number, free_text: number}
    ledger.view = SYSTEM.views.strictest
    ledger.whole(tally(1, name=1), 200, 1)
    assert book.taken[-1].disclosure is not Disclosure.CLEAR
