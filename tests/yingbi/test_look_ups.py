"""A look-up in the console: recorded before it is made, by digests of every epoch, and without the person."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.search.look_up import CannotLookUp, LookUp
from incident.ids import PersonId
from policies.keys.epochs import Epoch, digest_key_path, digester_in, epochs_path, write_epochs
from policies.keys.key_files import make_secret
from siem.record.ecs import from_ecs
from siem.record.event import AccessEvent
from siem.record.log import StartId
from siem.record.reader import beginning_of, follow
from yingbi.home import Home
from yingbi.look_ups import OPERATION, PersonLookUps

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
ID = "11010519491231002X"
LOOK_UP = LookUp(by=PersonId("p-chen"), basis="受理-2026-118", about={"resident_id": 1})


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path)
    made.keys.mkdir()
    made.log.mkdir()
    epochs_path(made.keys).write_bytes(write_epochs([Epoch("1"), Epoch("2", NOW - timedelta(days=90), "known")]))
    for epoch in ("1", "2"):
        make_secret(digest_key_path(made.keys, epoch))
    return made


def recorded(home: Home) -> list[AccessEvent]:
    starts = sorted(path.name for path in home.log.iterdir())
    return [from_ecs(each) for start in starts for each, _ in follow(home.log / start, beginning_of(StartId(start)))]


def test_who_looked_up_is_in_the_log_and_whom_is_not(home: Home) -> None:
    look_ups = PersonLookUps(home, lambda: NOW)
    ids = [look_ups.record(LOOK_UP), look_ups.record(LOOK_UP)]
    found = recorded(home)
    assert [each.id for each in found] == ids
    assert len(list(home.log.iterdir())) == 1, "one start for all of them"
    event = found[0]
    assert (event.caller, event.operation, event.basis, event.purpose) == (
        "p-chen",
        OPERATION,
        "受理-2026-118",
        "look-up",
    )
    assert event.subjects == ()
    assert [(each.category, each.count, each.disclosure) for each in event.fields] == [("resident_id", 1, "none")]
    digests = look_ups.digests_of(ID)
    text = b"".join(path.read_bytes() for path in home.log.rglob("*.log")).decode()
    assert ID not in text
    assert not any(digest.partition(":")[2] in text for digest in digests)


def test_whose_numbers_were_looked_at_is_in_the_log(home: Home) -> None:
    PersonLookUps(home, lambda: NOW).record(LookUp(by=PersonId("p-sun"), about={"caller": 1}, caller="clerk-li"))
    (event,) = recorded(home)
    assert (event.caller, event.operation, event.basis) == ("p-sun", "GET /.yingbi/callers", "")
    assert [(each.name, each.category, each.disclosure) for each in event.fields] == [("clerk-li", "caller", "none")]


def test_a_person_is_found_in_every_epoch_however_the_number_is_spelled(home: Home) -> None:
    look_ups = PersonLookUps(home, lambda: NOW)
    now = digester_in(home.keys, NOW)
    assert look_ups.digests_of(ID) == {now(ID), now.earlier[0](ID)}
    assert look_ups.digests_of("110105 491231 002") == look_ups.digests_of("１１０１０５１９４９１２３１００２x")


def test_what_cannot_be_recorded_is_not_made(home: Home) -> None:
    home.log.rmdir()
    home.log.write_text("a file", "utf-8")
    with pytest.raises(CannotLookUp, match="cannot be recorded"):
        PersonLookUps(home, lambda: NOW).record(LOOK_UP)


def test_keys_that_are_lost_are_told(home: Home) -> None:
    digest_key_path(home.keys, "1").unlink()
    with pytest.raises(CannotLookUp, match="restore them"):
        PersonLookUps(home, lambda: NOW).digests_of(ID)
