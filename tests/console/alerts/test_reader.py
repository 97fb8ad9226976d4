"""Who only reads the journal of alerts, as a process that notifies does: beside the one that writes it."""

import pytest
from sqlalchemy.exc import OperationalError

from console.alerts.reader import AlertReader
from console.tables import METADATA
from incident.database import for_writing
from policies.keys.key_files import Signer, Verifier
from siem.detect.lifecycle import Change, Disposition
from tests.console.alerts.invented import Ward


def reader_of(ward: Ward) -> AlertReader:
    return AlertReader(ward.engine, Verifier(Signer(ward.folder / "alerts.key").public_bytes))


def test_a_reader_beside_the_writer_is_told_each_change_once(ward: Ward) -> None:
    reader, told, sequence = reader_of(ward), list[Change](), 0
    alert = ward.raised()
    for step in (
        lambda: None,
        lambda: ward.pass_on(hours=1),
        lambda: ward.acknowledge(alert),
        lambda: ward.snooze(alert, hours=1),
        lambda: ward.pass_on(hours=1),
        lambda: ward.book.close(ward.as_shown(alert), ward.alert(alert), Disposition.BENIGN, "年检"),
        lambda: ward.raised(3),
    ):
        step()
        reader.follow()
        for change in reader.changes_since(sequence):
            told.append(change.change)
            sequence = change.sequence
    assert told == [Change.ESCALATED, Change.RETURNED]
    assert reader.all() == ward.book.all()
    _, later = ward.book.all()
    ward.book.close(ward.as_shown(later.id), ward.alert(later.id), Disposition.BENIGN, "年检")
    ward.clock.move(minutes=1)
    ward.raised(1)
    again = reader_of(ward)
    again.follow()
    assert [change.change for change in again.changes_since(sequence)] == [Change.REOPENED], "also after it has died"


def test_what_is_altered_while_it_is_read_is_noticed_with_what_follows(ward: Ward) -> None:
    reader = reader_of(ward)
    alert = ward.raised()
    reader.follow()
    assert reader.get(alert) is not None
    ward.acknowledge(alert)
    with for_writing(ward.engine).begin() as connection:
        connection.exec_driver_sql("UPDATE alert_journal SET by_id = 'p-wei' WHERE number = 2")
    reader.follow()
    assert reader.broken is not None
    assert (reader.get(alert), reader.changes_since(0)) == (None, ())
    reader.follow()
    assert reader.broken is not None, "and stays so"


def test_a_database_without_the_journal_cannot_be_read(ward: Ward) -> None:
    METADATA.tables["alert_journal"].drop(ward.engine)
    with pytest.raises(OperationalError):
        reader_of(ward).follow()
