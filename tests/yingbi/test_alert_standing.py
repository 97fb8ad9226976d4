"""What a process that only reads knows of alerts, while another one writes what becomes of them."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from incident.database import for_writing, open_database
from policies.keys.key_files import Signer
from siem.detect.lifecycle import AlertState, Change
from siem.index.store import StoreUnavailable
from tests.console.alerts.invented import Ward
from yingbi.alert_standing import AlertStanding
from yingbi.home import Home
from yingbi.migrations.apply import migrate


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    home = Home(tmp_path)
    engine = open_database(f"sqlite:///{home.state}")
    migrate(engine)
    made = Ward(tmp_path, engine)
    home.keys.mkdir()
    home.public_key("alerts").write_bytes(Signer(tmp_path / "alerts.key").public_bytes)
    yield made
    made.alerts.close()
    engine.dispose()


@pytest.fixture
def standing(ward: Ward) -> Iterator[AlertStanding]:
    with closing(AlertStanding(Home(ward.folder))) as made:
        yield made


def waiting(standing: AlertStanding) -> list[Change]:
    """What is due to be told now, and is told."""
    standing.follow()
    found = [change.change for change in standing.changes().values()]
    standing.noted()
    return found


def test_what_waits_is_due_once(ward: Ward, standing: AlertStanding) -> None:
    alert = ward.raised()
    assert waiting(standing) == []
    assert standing.state_of(ward.alert(alert)) is AlertState.NEW
    ward.pass_on(hours=1)
    assert waiting(standing) == [Change.ESCALATED]
    assert waiting(standing) == []
    ward.acknowledge(alert)
    ward.snooze(alert, hours=1)
    assert waiting(standing) == []
    assert standing.state_of(ward.alert(alert)) is AlertState.SNOOZED
    ward.pass_on(hours=1)
    assert waiting(standing) == [Change.RETURNED]


def test_what_somebody_saw_to_meanwhile_is_not_told_and_of_one_alert_the_last(
    ward: Ward, standing: AlertStanding
) -> None:
    alert, other = ward.raised(), ward.raised(caller="clerk-li")
    ward.pass_on(hours=1)
    ward.acknowledge(alert)
    ward.acknowledge(other)
    ward.snooze(other, hours=1)
    ward.pass_on(hours=1)
    ward.pass_on(hours=1)
    standing.follow()
    (change,) = standing.changes().values()
    assert (change.alert, change.change) == (other, Change.ESCALATED), "and not that it returned besides"


def test_who_is_started_anew_is_told_what_waits_still(ward: Ward, standing: AlertStanding) -> None:
    ward.raised()
    ward.pass_on(hours=1)
    assert waiting(standing) == [Change.ESCALATED]
    with closing(AlertStanding(Home(ward.folder))) as anew:
        assert waiting(anew) == [Change.ESCALATED]


def test_before_there_is_a_journal_nothing_is_known(tmp_path: Path, ward: Ward) -> None:
    alert = ward.alert(ward.raised())
    nothing = AlertStanding(Home(tmp_path / "other"))
    assert waiting(nothing) == []
    assert (nothing.state_of(alert), nothing.is_altered) == (None, False)


def test_of_an_altered_journal_nothing_is_known_and_it_is_said(ward: Ward, standing: AlertStanding) -> None:
    alert = ward.raised()
    ward.pass_on(hours=1)
    with for_writing(ward.engine).begin() as connection:
        connection.exec_driver_sql("UPDATE alert_journal SET body = replace(body, 'clerk', 'chief')")
    assert waiting(standing) == []
    assert (standing.state_of(ward.alert(alert)), standing.is_altered) == (None, True)


def test_a_journal_that_cannot_be_read_is_read_later(ward: Ward, standing: AlertStanding) -> None:
    ward.raised()
    ward.pass_on(hours=1)
    with for_writing(ward.engine).begin() as connection:
        connection.exec_driver_sql("ALTER TABLE alert_journal RENAME TO gone")
    with pytest.raises(StoreUnavailable, match="the journal of alerts cannot be read"):
        standing.follow()
    with for_writing(ward.engine).begin() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO alert_journal")
    assert waiting(standing) == [Change.ESCALATED]
