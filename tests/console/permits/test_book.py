"""The journal of permits: what it adds up to, what people may do with it, and that nothing in it can be altered."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, select, update

from console.permits.book import PermitBook
from console.permits.journal import JOURNAL, BrokenPermitJournal, Judgement, Opened
from console.sealed_journal import Row
from console.tables import METADATA, PERMIT_JOURNAL
from incident.database import for_writing
from incident.ids import ENGINE, NotPermitted, PersonId
from policies.keys.key_files import Signer, make_secret
from tests.console.permits.invented import GLASS, ONE, broken_glass, open_both, opened, refused
from tests.console.policies import check_text
from tests.incident.office import TEN, Watch, new_database

SUN, WU = PersonId("p-sun"), PersonId("p-wu")


class Desk:
    """A book in a database, and what a test does to it."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.engine, self.watch = engine, Watch()
        make_secret(folder / "permits.key")
        self.signer = Signer(folder / "permits.key")
        self.book = self.again()

    def again(self) -> PermitBook:
        """As if the process had died: only what is on the disk is known."""
        self.book = PermitBook(self.engine, self.signer, self.watch, check_text=check_text)
        return self.book

    def rows(self) -> list[Row]:
        with self.engine.connect() as connection:
            found = connection.execute(select(PERMIT_JOURNAL).order_by(PERMIT_JOURNAL.c.number))
            return [Row(**row) for row in found.mappings()]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    engine = new_database(tmp_path)
    METADATA.create_all(engine)
    yield Desk(tmp_path, engine)
    engine.dispose()


def test_what_was_opened_is_live_until_it_ends(desk: Desk) -> None:
    open_both(desk.book, TEN)
    assert [record.fact.permit for record in desk.book.live(TEN)] == [GLASS, ONE]
    assert [record.fact.permit for record in desk.book.live(TEN + timedelta(minutes=15))] == [GLASS]
    assert desk.book.live(TEN + timedelta(minutes=60)) == ()
    assert desk.book.live(TEN - timedelta(seconds=1)) == ()


def test_after_a_restart_it_is_the_same(desk: Desk) -> None:
    open_both(desk.book, TEN)
    desk.book.note(refused("prm-00000000000000c3"), TEN)
    desk.book.end(SUN, ONE, "本人已离岗")
    desk.watch.move(minutes=60)
    desk.book.review(WU, ["auditor"], GLASS, Judgement.PROPER, "")
    before = desk.book.permits(), desk.book.refused_since(TEN)
    again = desk.again()
    assert (again.permits(), again.refused_since(TEN)) == before
    assert all(map(again.knows, (ONE, GLASS, "prm-00000000000000c3")))
    assert not again.knows("prm-00000000000000d4")


def test_one_person_ends_a_permit_and_only_once(desk: Desk) -> None:
    open_both(desk.book, TEN)
    desk.watch.move(minutes=5)
    desk.book.end(SUN, ONE, "本人已离岗")
    record = desk.book.get(ONE)
    assert record is not None
    assert record.until == TEN + timedelta(minutes=5)
    assert record.ended is not None
    assert (record.ended.by, record.ended.reason) == (SUN, "本人已离岗")
    with pytest.raises(NotPermitted, match="has ended"):
        desk.book.end(WU, ONE)


def test_what_has_run_out_or_never_was_is_not_ended(desk: Desk) -> None:
    desk.book.note(opened(TEN), TEN)
    desk.watch.move(minutes=15)
    with pytest.raises(NotPermitted, match="has ended"):
        desk.book.end(SUN, ONE)
    with pytest.raises(NotPermitted, match="no such permit"):
        desk.book.end(SUN, GLASS)


def test_a_clock_that_is_set_back_lets_no_permit_end_later(desk: Desk) -> None:
    desk.book.note(opened(TEN), TEN)
    desk.watch.move(minutes=14)
    desk.book.end(SUN, ONE)
    desk.watch.move(minutes=-10)
    found = desk.again().get(ONE)
    assert found is not None
    assert found.until == TEN + timedelta(minutes=14)


def test_a_reviewer_is_another_person_and_reviews_once(desk: Desk) -> None:
    open_both(desk.book, TEN)
    desk.watch.move(minutes=15)
    for by, names in ((PersonId("clerk-wang"), ["wang"]), (WU, ["Clerk-Wang"]), (WU, ["ｃｌｅｒｋ－ｗａｎｇ"])):
        with pytest.raises(NotPermitted, match="nobody reviews what they were shown themselves"):
            desk.book.review(by, names, ONE, Judgement.PROPER, "")
    desk.book.review(WU, ["auditor"], ONE, Judgement.PROPER, "")
    with pytest.raises(NotPermitted, match="already"):
        desk.book.review(WU, ["auditor"], ONE, Judgement.IMPROPER, "后来想想不对")
    desk.book.review(SUN, ["officer"], ONE, Judgement.IMPROPER, "案件编号不存在")
    record = desk.book.get(ONE)
    assert record is not None
    assert [(review.by, review.judgement) for review in record.reviews] == [
        (WU, Judgement.PROPER),
        (SUN, Judgement.IMPROPER),
    ]
    assert record.is_improper


def test_nobody_reviews_what_goes_on(desk: Desk) -> None:
    open_both(desk.book, TEN)
    desk.watch.move(minutes=14)
    with pytest.raises(NotPermitted, match="once it has ended"):
        desk.book.review(WU, [], ONE, Judgement.PROPER, "")
    desk.book.end(SUN, GLASS, "本人已离岗")
    for minutes, permit in ((0, GLASS), (1, ONE)):
        desk.watch.move(minutes=minutes)
        desk.book.review(WU, [], permit, Judgement.PROPER, "")
    assert desk.book.waiting() == ()


def test_what_is_held_to_be_wrong_has_its_reason(desk: Desk) -> None:
    open_both(desk.book, TEN)
    desk.watch.move(minutes=15)
    with pytest.raises(NotPermitted, match="say why"):
        desk.book.review(WU, [], ONE, Judgement.IMPROPER, "  ")
    personal = "查了 11010519491231002X"
    with pytest.raises(NotPermitted, match="personal data"):
        desk.book.review(WU, [], ONE, Judgement.IMPROPER, personal)
    with pytest.raises(NotPermitted, match="personal data"):
        desk.book.end(WU, GLASS, personal)
    assert len(desk.rows()) == 2


@pytest.mark.parametrize(
    ("record", "waits"),
    [(opened(TEN), True), (opened(TEN, sampled=False), False), (broken_glass(TEN), True)],
    ids=["sampled", "not sampled", "break glass"],
)
def test_what_waits_for_a_review(desk: Desk, record: Opened, waits: bool) -> None:
    desk.book.note(record, TEN)
    (found,) = desk.book.permits()
    assert found.waits is waits
    desk.watch.move(minutes=60)
    desk.book.review(WU, [], found.fact.permit, Judgement.PROPER, "")
    assert not desk.book.permits()[0].waits


def test_what_cannot_be_written_is_said_and_not_done(desk: Desk) -> None:
    open_both(desk.book, TEN)
    with for_writing(desk.engine).begin() as connection:
        connection.exec_driver_sql("ALTER TABLE permit_journal RENAME TO gone")
    with pytest.raises(NotPermitted, match="cannot be written"):
        desk.book.end(SUN, ONE)
    desk.watch.move(minutes=15)
    with pytest.raises(NotPermitted, match="cannot be written"):
        desk.book.review(WU, [], ONE, Judgement.PROPER, "")
    assert len(desk.book.live(TEN)) == 2


def altered(desk: Desk, kind: str) -> None:
    columns = PERMIT_JOURNAL.c
    with for_writing(desk.engine).begin() as connection:
        match kind:
            case "changed":
                body = desk.rows()[0].body.replace("clerk-wang", "clerk-zhao")
                connection.execute(update(PERMIT_JOURNAL).where(columns.number == 1).values(body=body))
            case "dropped":
                connection.execute(delete(PERMIT_JOURNAL).where(columns.number == 1))
            case "moved":
                connection.execute(update(PERMIT_JOURNAL).where(columns.number == 2).values(number=9))
            case _:
                make_secret(Path(str(desk.engine.url.database)).with_name("forged.key"))
                forger = Signer(Path(str(desk.engine.url.database)).with_name("forged.key"))
                row = JOURNAL.row_of(opened(TEN, "prm-00000000000000e5"), desk.rows()[-1], TEN, ENGINE, forger)
                values = {name: getattr(row, name) for name in Row.__dataclass_fields__}
                connection.execute(PERMIT_JOURNAL.insert().values(**values))


@pytest.mark.parametrize("kind", ["changed", "dropped", "moved", "added"])
def test_an_altered_journal_lets_nobody_see_more_and_takes_nothing(desk: Desk, kind: str) -> None:
    open_both(desk.book, TEN)
    altered(desk, kind)
    book = desk.again()
    assert isinstance(book.broken, BrokenPermitJournal)
    assert (book.permits(), book.live(TEN)) == ((), ())
    number = len(desk.rows())
    with pytest.raises(BrokenPermitJournal):
        book.note(opened(TEN, "prm-00000000000000f6"), TEN)
    with pytest.raises(NotPermitted, match="an auditor has to look first"):
        book.end(SUN, ONE)
    assert len(desk.rows()) == number


def test_only_what_came_lately_is_told_of_lately(desk: Desk) -> None:
    for hours, permit in ((0, ONE), (30, GLASS)):
        at = TEN + timedelta(hours=hours)
        desk.book.note(opened(at, permit), at)
        desk.book.note(replace(refused(permit.replace("prm-0", "prm-1")), code="too_many_today"), at)
    later = TEN + timedelta(hours=1)
    assert [record.fact.permit for record in desk.book.since(later)] == [GLASS]
    assert [refusal.fact.permit for refusal in desk.book.refused_since(later)] == [GLASS.replace("prm-0", "prm-1")]
