from collections.abc import Callable

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from incident.ids import CaseId
from incident.recheck import JournalCheck
from incident.store import JOURNAL, CaseStore
from tests.incident.office import Office, alert

CASE = CaseId("C-20261123-001")


def alter_a_text(connection: Connection) -> None:
    here = (JOURNAL.c.case_id == CASE) & (JOURNAL.c.number == 2)
    body = connection.scalar(select(JOURNAL.c.body).where(here))
    connection.execute(update(JOURNAL).where(here).values(body=str(body).replace("alert", "trela")))


def alter_a_name(connection: Connection) -> None:
    connection.execute(update(JOURNAL).where(JOURNAL.c.case_id == CASE).values(by_id="p-li"))


def spoil_a_time(connection: Connection) -> None:
    connection.execute(update(JOURNAL).where(JOURNAL.c.case_id == CASE, JOURNAL.c.number == 3).values(at="yesterday"))


def drop_one(connection: Connection) -> None:
    connection.execute(delete(JOURNAL).where(JOURNAL.c.case_id == CASE, JOURNAL.c.number == 3))


def drop_the_last(connection: Connection) -> None:
    last = select(JOURNAL.c.position).where(JOURNAL.c.case_id == CASE).order_by(JOURNAL.c.number.desc()).limit(1)
    connection.execute(delete(JOURNAL).where(JOURNAL.c.position == connection.scalar(last)))


def drop_all(connection: Connection) -> None:
    connection.execute(delete(JOURNAL).where(JOURNAL.c.case_id == CASE))


def add_one(connection: Connection) -> None:
    row = {"case_id": CASE, "number": 900, "at": "2026-11-23T10:00:00+00:00", "by_kind": "engine", "by_id": ""}
    connection.execute(insert(JOURNAL).values(**row, body='{"type":"noted","text":"x"}', chain="0" * 64))


TAMPERED = [alter_a_text, alter_a_name, spoil_a_time, drop_one, drop_the_last, drop_all, add_one]


@pytest.mark.parametrize("tamper", TAMPERED, ids=lambda each: each.__name__)
def test_what_was_altered_after_it_was_read_shows(office: Office, tamper: Callable[[Connection], None]) -> None:
    office.cases.open_or_join(alert())
    office.cases.open_or_join(alert("a-2", group={"user.id": "clerk-zhou"}))
    check = JournalCheck(CaseStore(office.engine))
    for look in (check.again, check.go_on, check.again):
        look(lambda: None)
        assert check.broken == {}
    with office.engine.begin() as connection:
        tamper(connection)
    check.again(lambda: None)
    assert set(check.broken) == {CASE}
    assert "条" in check.broken[CASE].zh
    check.go_on(lambda: None)
    assert set(check.broken) == {CASE}


def test_what_is_added_is_followed_where_it_was_left(office: Office) -> None:
    case = office.cases.open_or_join(alert())
    check = JournalCheck(CaseStore(office.engine))
    check.again(lambda: None)
    office.to_the_draft()
    check.go_on(lambda: None)
    assert check.broken == {}
    assert office.cases.get(case).entries
    with office.engine.begin() as connection:
        add_one(connection)
    check.go_on(lambda: None)
    assert set(check.broken) == {CASE}
