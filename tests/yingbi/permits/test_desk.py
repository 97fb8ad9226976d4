"""Who opens permits: from the file that a worker left to the table that workers read, over real files."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import msgspec
import pytest
from sqlalchemy import Engine

from console.permits.book import PermitBook
from console.tables import METADATA
from incident.ids import PersonId
from policies.keys.key_files import Signer, Verifier, make_secret
from policies.overlay import Overlay, OverlayEntry, Tightening
from policies.permits import Asked, PermitTable, State, asking_key, write_asked
from policies.program import RevealRule
from proxy.asked import leave, waiting
from proxy.board import Board
from proxy.published import publish_permits, read_published_permits
from siem.index.sqlite import SqliteStore
from siem.record.ecs import from_ecs
from siem.record.event import AccessEvent, ExchangeId, PermitState, Phase
from siem.record.log import AccessLog, RecordFailed, new_start_id
from siem.record.reader import beginning_of, follow, starts_in
from tests.incident.office import LIMIT, TEN, Watch, new_database
from tests.siem.events import digest, document, event
from tests.yingbi.reveals import asked, asked_for_all, glass, reveal
from yingbi.permits.desk import PATIENCE_S, PermitDesk
from yingbi.permits.record import PermitRecorder
from yingbi.permits.search import PermitSearch
from yingbi.publish.permits import KEPT_AFTER_END, MOST_REFUSED, PermitPublisher

KEY = asking_key(bytes(32))
SUN = PersonId("p-sun")
BEFORE = TEN - timedelta(minutes=1)


class Killed(BaseException):
    """The process is gone, as by SIGKILL: nothing after it is done."""


@dataclass
class Hall:
    """The folders, the index and the database of an installation, and the desk that opens permits there."""

    folder: Path
    engine: Engine
    watch: Watch = field(default_factory=Watch)
    seconds: float = 0.0
    """Of the monotonic clock."""
    indexed_until: datetime = TEN + timedelta(days=400)
    overlay: Overlay = field(default_factory=Overlay)
    reveals: tuple[RevealRule, ...] = field(default_factory=lambda: (reveal(), glass()))
    desk: PermitDesk = field(init=False)

    def __post_init__(self) -> None:
        make_secret(self.folder / "permits.key")
        self.signer = Signer(self.folder / "permits.key")
        self.events = SqliteStore(self.folder / "events.db")
        self.board = Board(self.folder / "board")
        self.restart()

    def restart(self) -> None:
        """As if the process had died: only what is on the disk is known."""
        self.book = PermitBook(self.engine, self.signer, self.watch)
        self.desk = PermitDesk(
            folder=self.folder / "asked",
            key=KEY,
            book=self.book,
            search=PermitSearch(self.events, self.folder / "log", lambda: self.indexed_until),
            recorder=PermitRecorder(self.folder / "log", lambda system: f"digest-of-{system}"),
            publisher=PermitPublisher(folder=self.folder / "published", board=self.board, signer=self.signer),
            reveals=lambda system: self.reveals if system == "register" else (),
            overlay=lambda: self.overlay,
            clock=self.watch,
            monotonic=lambda: self.seconds,
        )

    def step(self) -> None:
        """What the two threads of the control process do, one after the other."""
        try:
            self.desk.take()
        finally:
            self.desk.settle()

    def shown(self, number: int = 7, **changes: Any) -> None:
        """The index has the event that is asked about."""
        self.events.append([document(number, at=BEFORE, subjects=(digest(7),), **changes)], LIMIT)

    def ask(self, *wanted: Asked) -> None:
        for each in wanted:
            leave(self.folder / "asked", each, KEY)

    @property
    def waiting(self) -> list[str]:
        return sorted(path.stem for path in waiting(self.folder / "asked"))

    @property
    def table(self) -> PermitTable:
        return read_published_permits(self.folder / "published", Verifier(self.signer.public_bytes))

    def recorded(self) -> list[AccessEvent]:
        """What the log says of permits, in order."""
        log = self.folder / "log"
        documents = (each for start in starts_in(log) for each, _ in follow(log / start, beginning_of(start)))
        return [found for found in map(from_ecs, documents) if found.phase is Phase.PERMIT]

    def states(self) -> list[tuple[str, str]]:
        return [(found.permit.id, found.permit.state.value) for found in self.recorded() if found.permit]


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    engine = new_database(tmp_path)
    METADATA.create_all(engine)
    made = Hall(tmp_path, engine)
    yield made
    made.events.close()
    made.board.close()
    engine.dispose()


def test_a_record_that_was_shown_masked_is_opened(hall: Hall) -> None:
    hall.shown()
    hall.ask(asked())
    hall.step()
    (permit,) = hall.table.live("clerk-wang", "register", TEN)
    assert (permit.subject, permit.categories) == (digest(7), ("mobile", "resident_id"))
    assert permit.until == TEN + timedelta(minutes=15)
    assert hall.table.live("clerk-wang", "hall", TEN) == ()
    assert hall.table.live("clerk-li", "register", TEN) == ()
    answer = hall.table.answer_to(permit.id, "clerk-wang")
    assert answer is not None
    assert (answer.state, answer.until) == (State.OPEN, permit.until)
    assert hall.board.permits == hall.table.generation == 1
    assert hall.waiting == []


def test_what_is_asked_for_waits_until_it_is_answered(hall: Hall) -> None:
    """By the file workers know that it was asked for: without it, and not yet in the table, nobody would have asked."""
    hall.shown()
    hall.ask(asked())
    (hall.folder / "published").touch()
    with pytest.raises(OSError, match="published"):
        hall.step()
    assert hall.waiting == [asked().id]
    (hall.folder / "published").unlink()
    hall.step()
    assert hall.waiting == []
    assert hall.table.answer_to(asked().id, "clerk-wang") is not None
    assert hall.states() == [(asked().id, "open")]


def test_it_is_in_the_log_with_all_that_it_was_asked_for(hall: Hall) -> None:
    hall.shown()
    hall.ask(asked())
    hall.step()
    (found,) = hall.recorded()
    assert (found.caller, found.system, found.program) == ("clerk-wang", "register", "digest-of-register")
    assert found.permit is not None
    assert msgspec.structs.asdict(found.permit) == {
        "id": asked().id,
        "state": PermitState.OPEN,
        "kind": "reveal",
        "reveal": "window-sees-whole",
        "case": "受理-2026-118",
        "why": "核对申请人的证件号码",
        "about": "6YQ3K0M9ZT-7",
        "subject": digest(7),
        "until": TEN + timedelta(minutes=15),
        "by": "",
    }
    assert not found.subjects, "nobody was shown by it"


def test_what_is_refused_is_told_to_who_asked_and_recorded(hall: Hall) -> None:
    hall.shown(8)
    hall.ask(asked())
    hall.step()
    assert hall.table.permits == ()
    answer = hall.table.answer_to(asked().id, "clerk-wang")
    assert answer is not None
    assert (answer.state, answer.code) == (State.REFUSED, "event_unknown")
    assert hall.table.answer_to(asked().id, "clerk-li") is None
    (found,) = hall.recorded()
    assert (found.reason, found.verdict.value) == ("event_unknown", "withhold")


def test_of_an_exchange_all_events_are_looked_at(hall: Hall) -> None:
    for number in (7, 8):
        hall.events.append(
            [document(number, at=BEFORE, subjects=(digest(number),), exchange=ExchangeId("X-1"), phase=Phase.SHOWN)],
            LIMIT,
        )
    hall.ask(asked())
    hall.step()
    assert [each.code for each in hall.table.answered] == ["not_one_record"]


def test_the_index_is_waited_for_and_others_meanwhile_not(hall: Hall) -> None:
    hall.indexed_until = TEN - timedelta(seconds=1)
    hall.ask(asked(), asked_for_all())
    hall.step()
    assert hall.waiting == [asked().id]
    assert [permit.id for permit in hall.table.permits] == [asked_for_all().id]
    hall.shown()
    hall.indexed_until = TEN
    hall.step()
    assert hall.waiting == []
    assert {permit.id for permit in hall.table.permits} == {asked().id, asked_for_all().id}


def test_where_the_index_stays_behind_the_log_itself_is_read(hall: Hall) -> None:
    hall.indexed_until = TEN - timedelta(hours=1)
    log = AccessLog(hall.folder / "log", new_start_id(BEFORE))
    first, second = log.new_id(), log.new_id()
    for number, (name, subjects) in enumerate([(first, ()), (second, (digest(7),))]):
        shown = event(number, at=BEFORE, id=name, exchange=ExchangeId(first), subjects=subjects)
        log.append(shown)
    log.append(event(9, at=BEFORE, id=log.new_id(), exchange=ExchangeId("other"), subjects=(digest(8),)))
    log.close()
    hall.ask(asked(event=first))
    hall.step()
    assert hall.waiting, "it may come yet"
    hall.seconds = PATIENCE_S
    hall.step()
    (permit,) = hall.table.permits
    assert permit.subject == digest(7)


@pytest.mark.parametrize("name", ["../../etc-1", "6YQ3K0M9ZT-", "6YQ3K0M9ZT-99", "nonsense", ""])
def test_a_name_that_no_event_has_is_in_no_log(hall: Hall, name: str) -> None:
    hall.indexed_until = TEN - timedelta(hours=1)
    hall.seconds = PATIENCE_S
    hall.ask(asked(event=name))
    hall.step()
    hall.seconds += PATIENCE_S
    hall.step()
    assert [each.code for each in hall.table.answered] == ["event_unknown"]


def test_what_no_worker_wrote_is_thrown_away(hall: Hall) -> None:
    folder = hall.folder / "asked"
    folder.mkdir()
    (folder / f"{asked().id}.json").write_bytes(write_asked(asked(), asking_key(b"x" * 32)))
    (folder / "prm-00000000000000c3.json").write_bytes(b"{}")
    (folder / "prm-00000000000000d4.json").write_bytes(write_asked(asked_for_all(), KEY))
    hall.shown()
    hall.step()
    assert hall.waiting == []
    assert (hall.table.permits, hall.table.answered) == ((), ())


def test_as_many_a_day_as_the_reveal_allows_and_the_day_is_that_of_beijing(hall: Hall) -> None:
    hall.reveals = (reveal(at_most_a_day=2), glass())
    hall.shown()
    late = TEN.replace(hour=15, minute=59)  # a minute before midnight in Beijing
    hall.watch.at = late
    for number in range(3):
        hall.ask(asked(id=f"prm-{number:016x}", at=late))
    hall.step()
    assert [each.code for each in hall.table.answered if each.state is State.REFUSED] == ["too_many_today"]
    hall.watch.move(minutes=2)
    hall.ask(asked(id="prm-00000000000000ff", at=hall.watch.at))
    hall.step()
    assert len(hall.table.permits) == 3


def test_the_glass_is_broken_only_so_often_a_day(hall: Hall) -> None:
    hall.reveals = (glass(at_most_a_day=2),)
    for number in range(3):
        hall.ask(asked_for_all(id=f"prm-{number:016x}"))
    hall.step()
    assert [each.code for each in hall.table.answered if each.state is State.REFUSED] == ["too_many_today"]


def test_of_very_many_refusals_the_newest_of_each_caller_are_told(hall: Hall) -> None:
    wanted = [asked(id=f"prm-{number:016x}", event="6YQ3K0M9ZT-99") for number in range(MOST_REFUSED + 5)]
    hall.ask(*wanted, asked(id="prm-ffffffffffffffff", caller="clerk-li", event="6YQ3K0M9ZT-99"))
    hall.step()
    told = [each.id for each in hall.table.answered]
    assert len(told) == MOST_REFUSED + 1
    assert {"prm-ffffffffffffffff", wanted[-1].id} <= set(told)
    assert wanted[0].id not in told
    assert len(hall.states()) == MOST_REFUSED + 6, "each is in the log"


class Unasked(PermitSearch):
    """A search that takes long, so that nobody who cannot wait may ask for one."""

    def find(self, event: str, asked_at: datetime, *, last_try: bool) -> NoReturn:
        """Fail."""
        raise AssertionError("nothing that takes long is asked")


def test_an_end_waits_for_no_search(hall: Hall) -> None:
    hall.ask(asked_for_all())
    hall.step()
    hall.watch.move(minutes=1)
    hall.book.end(SUN, asked_for_all().id)
    hall.desk.search = Unasked(hall.events, hall.folder / "log", lambda: hall.indexed_until)
    hall.desk.settle()
    assert hall.table.live("head-on-duty", "register", hall.watch.at) == ()


def test_the_first_of_each_caller_and_day_is_reviewed(hall: Hall) -> None:
    hall.reveals = (reveal(sampled=0), glass())
    hall.shown()
    hall.events.append([document(8, at=BEFORE, caller="clerk-li", subjects=(digest(8),))], LIMIT)
    for number in range(3):
        hall.ask(asked(id=f"prm-{number:016x}"))
    hall.ask(asked(id="prm-00000000000000ff", caller="clerk-li", event="6YQ3K0M9ZT-8"))
    hall.step()
    assert [record.fact.sampled for record in hall.book.permits()] == [True, False, False, True]


def test_who_is_blocked_is_let_see_nothing_more(hall: Hall) -> None:
    hall.shown()
    hall.overlay = Overlay(
        generation=1,
        entries=(
            OverlayEntry(
                id="C-1.1",
                kind=Tightening.BLOCK_CREDENTIAL,
                target="key:7f3a",
                until=TEN + timedelta(hours=1),
                reason="stolen",
                by="person:p-chen",
            ),
        ),
    )
    hall.ask(asked())
    hall.step()
    assert [each.code for each in hall.table.answered] == ["caller_blocked"]


def test_a_reveal_that_went_out_of_force_opens_nothing(hall: Hall) -> None:
    hall.shown()
    hall.reveals = (glass(),)
    hall.ask(asked())
    hall.step()
    assert [each.code for each in hall.table.answered] == ["reveal_not_in_force"]


def test_what_somebody_ended_is_out_of_force_and_who_did_is_recorded(hall: Hall) -> None:
    hall.ask(asked_for_all())
    hall.step()
    hall.watch.move(minutes=3)
    hall.book.end(SUN, asked_for_all().id, "已核实，不再需要")
    hall.step()
    assert hall.table.live("head-on-duty", "register", hall.watch.at) == ()
    assert hall.table.answered[0].state is State.ENDED
    assert hall.board.permits == hall.table.generation == 2
    last = hall.recorded()[-1]
    assert last.permit is not None
    assert (last.permit.state, last.permit.by, last.permit.until) == (PermitState.ENDED, SUN, hall.watch.at)


def test_a_permit_leaves_the_table_a_day_after_its_end(hall: Hall) -> None:
    hall.shown()
    hall.ask(asked(), asked_for_all())
    hall.step()
    hall.watch.at = TEN + timedelta(minutes=15) + KEPT_AFTER_END
    hall.step()
    assert [permit.id for permit in hall.table.permits] == [asked_for_all().id]
    hall.watch.move(hours=1)
    hall.step()
    assert (hall.table.permits, hall.table.answered) == ((), ())


def test_nothing_new_publishes_nothing(hall: Hall) -> None:
    hall.shown()
    hall.ask(asked())
    for _ in range(5):
        hall.step()
        hall.watch.move(seconds=1)
    assert hall.table.generation == 1
    hall.restart()
    hall.step()
    assert hall.table.generation == 1


# -- whoever is killed


def killing(hall: Hall, at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the process killed at the moment called *at*."""

    def kill(*_: object, **__: object) -> None:
        raise Killed

    targets: dict[str, tuple[object, str]] = {
        "before it is written down": (hall.book, "note"),
        "before the file is taken away": (Path, "unlink"),
        "before it is in the log": (AccessLog, "append"),
        "before it is published": (hall.desk.publisher, "publish"),
    }
    target, name = targets[at]
    owner = type(target) if not isinstance(target, type) else target
    monkeypatch.setattr(owner, name, kill)


@pytest.mark.parametrize(
    "at",
    [
        "before it is written down",
        "before the file is taken away",
        "before it is in the log",
        "before it is published",
    ],
)
@pytest.mark.parametrize("wanted", [asked(), asked_for_all(), asked(event="6YQ3K0M9ZT-99")], ids=["one", "all", "no"])
def test_whoever_is_killed_has_it_done_once(
    hall: Hall, monkeypatch: pytest.MonkeyPatch, at: str, wanted: Asked
) -> None:
    hall.shown()
    hall.ask(wanted)
    with monkeypatch.context() as patched:
        killing(hall, at, patched)
        with pytest.raises(Killed):
            hall.step()
    hall.restart()
    hall.step()
    hall.restart()
    hall.step()
    assert hall.waiting == []
    assert len(hall.states()) == 1
    assert [each.id for each in hall.table.answered] == [wanted.id]
    assert len(hall.table.permits) == (wanted.event != "6YQ3K0M9ZT-99")
    assert len(hall.book.permits()) + len(hall.book.refused_since(TEN)) == 1


def test_told_twice_it_is_opened_once(hall: Hall) -> None:
    hall.shown()
    for _ in range(2):
        hall.ask(asked())
        hall.step()
    assert len(hall.table.permits) == 1
    assert hall.states() == [(asked().id, "open")]


def test_what_the_log_does_not_take_is_not_in_force(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    hall.shown()
    hall.ask(asked())
    with monkeypatch.context() as patched:
        patched.setattr(AccessLog, "append", failing(RecordFailed("the disk is full")))
        with pytest.raises(RecordFailed):
            hall.step()
        assert (hall.table.permits, hall.table.answered) == ((), ())
    hall.step()
    assert len(hall.table.permits) == 1
    assert hall.states() == [(asked().id, "open")]


def test_an_end_is_published_though_the_log_does_not_take_it(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    hall.ask(asked_for_all())
    hall.step()
    hall.watch.move(minutes=1)
    hall.book.end(SUN, asked_for_all().id)
    with monkeypatch.context() as patched:
        patched.setattr(AccessLog, "append", failing(RecordFailed("the disk is full")))
        with pytest.raises(RecordFailed):
            hall.step()
    assert hall.table.live("head-on-duty", "register", hall.watch.at) == ()
    hall.step()
    assert [state for _, state in hall.states()] == ["open", "ended"]


def failing(error: Exception) -> Callable[..., NoReturn]:
    def fail(*_: object, **__: object) -> NoReturn:
        raise error

    return fail


def test_where_the_overlay_cannot_be_known_nothing_is_opened(hall: Hall) -> None:
    hall.desk.overlay = failing(ValueError("it is not the one that was published"))
    hall.ask(asked_for_all())
    with pytest.raises(ValueError, match="published"):
        hall.step()
    assert hall.table.permits == ()
    assert hall.waiting, "it is tried again"


def test_a_table_that_is_gone_or_old_is_published_anew(hall: Hall) -> None:
    hall.shown()
    hall.ask(asked())
    hall.step()
    kept = (hall.folder / "published" / "permits.json").read_bytes()
    hall.ask(asked_for_all())
    hall.step()
    for data in (None, b"torn", kept):
        path = hall.folder / "published" / "permits.json"
        path.unlink() if data is None else path.write_bytes(data)
        before = hall.board.permits
        hall.restart()
        hall.step()
        assert len(hall.table.permits) == 2
        assert hall.table.generation == hall.board.permits > before


def test_after_the_machine_was_started_again_the_board_says_what_is_published(hall: Hall) -> None:
    hall.ask(asked_for_all())
    hall.step()
    hall.board.permits = 0
    hall.restart()
    hall.step()
    assert hall.board.permits == hall.table.generation == 1


def test_with_an_altered_journal_no_permit_stays_in_force(hall: Hall) -> None:
    hall.shown()
    hall.ask(asked())
    hall.step()
    with hall.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE permit_journal SET body = replace(body, 'clerk-wang', 'clerk-zhao')")
    hall.restart()
    hall.ask(asked_for_all())
    hall.step()
    assert hall.table.permits == ()
    assert hall.waiting == [asked_for_all().id]


def test_a_log_that_was_lost_has_it_recorded_again(hall: Hall) -> None:
    hall.ask(asked_for_all())
    hall.step()
    shutil.rmtree(hall.folder / "log")
    hall.restart()
    hall.step()
    assert hall.states() == [(asked_for_all().id, "open")]


def test_a_table_of_more_than_may_be_is_not_written(hall: Hall) -> None:
    """What a worker would refuse whole is not made: the reader and the writer agree on what a permit is."""
    hall.shown()
    hall.reveals = (reveal(minutes=600), glass(minutes=600))
    hall.ask(asked(), asked_for_all())
    hall.step()
    lasting = sorted(permit.until - permit.opened_at for permit in hall.table.permits)
    assert lasting == [timedelta(minutes=15), timedelta(minutes=60)]


def test_a_foreign_table_counts_for_nothing(hall: Hall) -> None:
    make_secret(hall.folder / "other.key")
    publish_permits(hall.folder / "published", PermitTable(generation=9), Signer(hall.folder / "other.key"))
    hall.ask(asked_for_all())
    hall.step()
    assert [permit.id for permit in hall.table.permits] == [asked_for_all().id]


def test_ids_of_events_are_those_of_the_log(hall: Hall) -> None:
    hall.ask(asked_for_all())
    hall.step()
    (found,) = hall.recorded()
    assert {str(found.id), str(found.exchange)} == {f"{hall.book.starts()[0][1]}-1"}
